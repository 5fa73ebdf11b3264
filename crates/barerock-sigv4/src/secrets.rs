//! Secrets hidden in text, in every spelling in which a peer may echo them.

mod spelling;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::credentials::{Credentials, REDACTED};
use spelling::{Found, Pattern, patterns};

/// Secrets to hide in text: session tokens, secret access keys, bearer keys.
///
/// A peer may echo a secret as it was sent, or as its own encoder writes it. These spellings are recognised, in either case and
/// mixed: plain text, JSON and source-code escapes (`\/`, `\u003d`, `\x3d`), percent-encoding (also twice), character references
/// (`&#61;`, `&amp;`), hexadecimal, and base64 or base64url of a text that contains the secret. A secret cut off by the end of the text is
/// recognised from its eighth character on. A secret shorter than 16 bytes is hidden only as a word of its own, so that ordinary words that
/// contain it stay readable.
///
/// `Debug` shows none of them.
///
/// ```
/// use barerock_sigv4::Secrets;
///
/// let secrets: Secrets = [b"KOALA/KEY+="].into_iter().collect();
/// assert_eq!(secrets.hide(r"got KOALA\/KEY\u002b\u003d!"), "got **redacted**!");
/// ```
#[derive(Clone, Default)]
pub struct Secrets {
    patterns: Vec<Pattern>,
}

impl Secrets {
    /// No secrets yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a secret. An empty one is ignored.
    pub fn add(&mut self, secret: impl AsRef<[u8]>) {
        self.patterns.extend(patterns(secret.as_ref()));
    }

    /// True if there is nothing to hide.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The text with [`REDACTED`] in place of every secret.
    #[must_use]
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.hide_bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            // A pattern is whole characters, so this loses nothing.
            Cow::Owned(bytes) => Cow::Owned(
                String::from_utf8(bytes)
                    .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
            ),
        }
    }

    /// The bytes with [`REDACTED`] in place of every secret; they need not be UTF-8.
    #[must_use]
    pub fn hide_bytes<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        let mut out: Vec<u8> = Vec::new();
        // Where the part of the text that is not yet in `out` begins.
        let mut kept = 0;
        let mut at = 0;
        // Most bytes of a long body begin no pattern.
        let mut begins = [false; 256];
        self.patterns.iter().for_each(|pattern| pattern.mark_beginnings(&mut begins));
        while let Some(byte) = text.get(at) {
            let is_candidate = begins.get(usize::from(*byte)).copied().unwrap_or_default();
            let found = if is_candidate {
                self.patterns.iter().filter_map(|pattern| pattern.find_at(text, at)).max()
            } else {
                None
            };
            let Some(Found { end, before }) = found else {
                at = at.saturating_add(1);
                continue;
            };
            let start = at.saturating_sub(before).max(kept);
            out.extend_from_slice(text.get(kept..start).unwrap_or_default());
            out.extend_from_slice(REDACTED.as_bytes());
            kept = end;
            at = end;
        }
        if kept == 0 {
            return Cow::Borrowed(text);
        }
        out.extend_from_slice(text.get(kept..).unwrap_or_default());
        Cow::Owned(out)
    }
}

impl<S: AsRef<[u8]>> FromIterator<S> for Secrets {
    fn from_iter<I: IntoIterator<Item = S>>(secrets: I) -> Self {
        let mut all = Self::new();
        secrets.into_iter().for_each(|secret| all.add(secret));
        all
    }
}

/// The secret access key and the session token.
impl From<&Credentials> for Secrets {
    fn from(credentials: &Credentials) -> Self {
        [Some(credentials.secret_access_key()), credentials.session_token()].into_iter().flatten().collect()
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
