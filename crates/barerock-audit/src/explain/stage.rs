//! A stage of a signature: a text in pieces, each with its origin.

use core::fmt;
use core::ops::Range;
use std::borrow::Cow;

use barerock_sigv4::{REDACTED, Secrets};

use super::rule::Rule;

/// The stages of a signature, in the order in which one is made of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StageName {
    /// The request as it was given.
    Request,
    /// Credentials, time, region and service.
    Inputs,
    /// The canonical request.
    CanonicalRequest,
    /// The string to sign.
    StringToSign,
    /// The derivation of the signing key, without the keys.
    SigningKey,
    /// The signature.
    Signature,
    /// What the signature adds to the request: headers, or the query.
    Signed,
}

impl StageName {
    /// Every stage, in that order.
    pub const ALL: [Self; 7] = [
        Self::Request,
        Self::Inputs,
        Self::CanonicalRequest,
        Self::StringToSign,
        Self::SigningKey,
        Self::Signature,
        Self::Signed,
    ];

    /// The name in lowercase words, such as `canonical request`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Inputs => "inputs",
            Self::CanonicalRequest => "canonical request",
            Self::StringToSign => "string to sign",
            Self::SigningKey => "signing key",
            Self::Signature => "signature",
            Self::Signed => "signed request",
        }
    }
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Bytes of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// The stage.
    pub stage: StageName,
    /// The bytes, from the start of the stage. Empty where an empty body was hashed.
    pub bytes: Range<usize>,
}

impl Origin {
    pub(super) fn new(stage: StageName, bytes: Range<usize>) -> Self {
        Self { stage, bytes }
    }

    /// The part of it that `within` names, from its start.
    pub(super) fn part(&self, within: Range<usize>) -> Self {
        let at = self.bytes.start;
        Self::new(self.stage, at.saturating_add(within.start)..at.saturating_add(within.end))
    }
}

/// Bytes of a stage that have one origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub(super) bytes: Range<usize>,
    pub(super) origins: Vec<Origin>,
    pub(super) rule: Rule,
    pub(super) is_verbatim: bool,
}

impl Piece {
    /// The bytes, from the start of the stage.
    #[must_use]
    pub fn bytes(&self) -> Range<usize> {
        self.bytes.clone()
    }

    /// What the bytes were made of. Empty where the specification alone says what they are, and for the request and the inputs, which
    /// are made of nothing.
    #[must_use]
    pub fn origins(&self) -> &[Origin] {
        &self.origins
    }

    /// Whether the bytes are those of the only origin, one by one, but for the case of letters.
    #[must_use]
    pub fn is_verbatim(&self) -> bool {
        self.is_verbatim
    }

    /// The rule that the bytes follow: a sentence.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        self.rule.text
    }

    /// False for bytes of the request that no byte of the canonical request was made of.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.rule.is_signed()
    }
}

/// One stage: its bytes, in pieces without a gap.
#[derive(Clone)]
pub struct Stage {
    pub(super) name: StageName,
    pub(super) bytes: Vec<u8>,
    pub(super) pieces: Vec<Piece>,
    /// Ranges that are not shown.
    hidden: Vec<Range<usize>>,
}

impl Stage {
    pub(super) fn new(name: StageName) -> Self {
        Self { name, bytes: Vec::new(), pieces: Vec::new(), hidden: Vec::new() }
    }

    /// Which stage it is.
    #[must_use]
    pub fn name(&self) -> StageName {
        self.name
    }

    /// The stage byte for byte, session token included.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The pieces, in the order of their bytes.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The text of a piece without its secrets; `None` for bytes that are not UTF-8.
    #[must_use]
    pub fn shown(&self, piece: &Piece) -> Option<Cow<'_, str>> {
        let text = core::str::from_utf8(self.bytes.get(piece.bytes())?).ok()?;
        let start = piece.bytes.start;
        let mut shown = String::new();
        let mut at = 0;
        for range in &self.hidden {
            let from = range.start.saturating_sub(start).max(at);
            let to = range.end.saturating_sub(start).min(text.len());
            if from < to {
                shown.push_str(text.get(at..from).unwrap_or_default());
                shown.push_str(REDACTED);
                at = to;
            }
        }
        if at == 0 {
            return Some(Cow::Borrowed(text));
        }
        shown.push_str(text.get(at..).unwrap_or_default());
        Some(Cow::Owned(shown))
    }

    /// Appends a piece. An empty one is left out.
    pub(super) fn push(&mut self, text: impl AsRef<[u8]>, origins: Vec<Origin>, rule: Rule) {
        self.append(text.as_ref(), origins, rule, false);
    }

    /// Appends bytes of an origin as they are. A piece that continues the one before is joined to it.
    pub(super) fn push_verbatim(&mut self, text: impl AsRef<[u8]>, origin: Origin, rule: Rule) {
        let text = text.as_ref();
        if let Some(Piece { bytes, origins, rule: last_rule, is_verbatim: true }) = self.pieces.last_mut()
            && let [last] = origins.as_mut_slice()
            && (last.stage, last.bytes.end, *last_rule) == (origin.stage, origin.bytes.start, rule)
        {
            last.bytes.end = origin.bytes.end;
            bytes.end = bytes.end.saturating_add(text.len());
            self.bytes.extend_from_slice(text);
            return;
        }
        self.append(text, vec![origin], rule, true);
    }

    fn append(&mut self, text: &[u8], origins: Vec<Origin>, rule: Rule, is_verbatim: bool) {
        if text.is_empty() {
            return;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text);
        self.pieces.push(Piece { bytes: start..self.bytes.len(), origins, rule, is_verbatim });
    }

    /// The whole of it as an origin.
    pub(super) fn whole(&self) -> Origin {
        Origin::new(self.name, 0..self.bytes.len())
    }

    /// What is appended by `fill`, as an origin.
    pub(super) fn span(&mut self, fill: impl FnOnce(&mut Self)) -> Origin {
        let start = self.bytes.len();
        fill(self);
        Origin::new(self.name, start..self.bytes.len())
    }

    /// Does not show these bytes.
    pub(super) fn hide(&mut self, bytes: Range<usize>) {
        self.hidden.push(bytes);
        self.hidden.sort_by_key(|range| range.start);
    }

    /// Does not show these secrets, wherever they are and however they are spelled.
    pub(super) fn hide_secrets(&mut self, secrets: &Secrets) {
        for range in secrets.find(&self.bytes) {
            self.hide(range);
        }
    }
}

impl fmt::Debug for Stage {
    /// Without the text, which may hold a session token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage")
            .field("name", &self.name)
            .field("bytes", &self.bytes.len())
            .field("pieces", &self.pieces.len())
            .finish_non_exhaustive()
    }
}
