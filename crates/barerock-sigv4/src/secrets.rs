//! Redaction of secrets in text, in all encodings in which a peer may echo them.

mod spelling;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::credentials::{Credentials, REDACTED};
use spelling::{Found, Pattern, patterns};

/// Set of secrets to redact in text: session tokens, secret access keys, bearer keys.
///
/// A peer may echo a secret unchanged or encoded. These encodings are recognised, in either case and mixed: plain text, JSON
/// and source-code escapes (`\/`, `\u003d`, `\x3d`), percent-encoding (also twice), character references (`&#61;`, `&amp;`),
/// UTF-16, hexadecimal, and base64 or base64url of a text that contains the secret. If the text ends inside a secret, its first
/// eight or more characters are recognised. A secret shorter than 16 bytes is redacted only as a separate word, so that
/// ordinary words that contain it stay readable.
///
/// `Debug` does not show the secrets.
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
    /// Creates an empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a secret. An empty one is ignored.
    pub fn add(&mut self, secret: impl AsRef<[u8]>) {
        self.patterns.extend(patterns(secret.as_ref()));
    }

    /// Returns true if there are no secrets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Replaces every secret in a text with [`REDACTED`].
    #[must_use]
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.hide_bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            // Lossless: a pattern consists of whole characters.
            Cow::Owned(bytes) => Cow::Owned(
                String::from_utf8(bytes)
                    .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
            ),
        }
    }

    /// Replaces every secret in bytes, which need not be UTF-8, with [`REDACTED`].
    #[must_use]
    pub fn hide_bytes<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        let found = self.find(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out: Vec<u8> = Vec::new();
        let mut kept = 0;
        for Range { start, end } in found {
            out.extend_from_slice(text.get(kept..start).unwrap_or_default());
            out.extend_from_slice(REDACTED.as_bytes());
            kept = end;
        }
        out.extend_from_slice(text.get(kept..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// The ranges of bytes that hold secrets, in order and apart from each other.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        let (mut kept, mut at) = (0, 0);
        // Skips the bytes, most of a body, with which no pattern begins.
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
            ranges.push(at.saturating_sub(before).max(kept)..end);
            kept = end;
            at = end;
        }
        ranges
    }
}

impl<S: AsRef<[u8]>> FromIterator<S> for Secrets {
    fn from_iter<I: IntoIterator<Item = S>>(secrets: I) -> Self {
        let mut all = Self::new();
        secrets.into_iter().for_each(|secret| all.add(secret));
        all
    }
}

/// Takes the secret access key and the session token.
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
