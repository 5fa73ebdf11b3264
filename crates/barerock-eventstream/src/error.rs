//! What can be wrong with a stream or a frame, where, and what to do about it.

use core::fmt;

use crate::lookalike::Lookalike;

mod encode;
mod kind;

pub use encode::EncodeError;
pub use kind::{DecodeErrorKind, FramePart, HeaderPart};

/// A fault in a stream: what is wrong and at which byte.
///
/// A stream cannot be decoded past its first fault: "If either checksum is invalid, the stream MUST be
/// terminated."
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    frame_start: u64,
    frame_offset: u64,
    lookalike: Option<Lookalike>,
}

impl DecodeError {
    /// An error at `offset` bytes into a frame that begins at byte 0 of the stream.
    #[cold]
    pub(crate) fn in_frame(kind: DecodeErrorKind, offset: usize) -> Self {
        let frame_offset = u64::try_from(offset).unwrap_or(u64::MAX);
        Self { kind, frame_start: 0, frame_offset, lookalike: None }
    }

    /// The same error in a frame that begins at byte `frame_start` of the stream.
    pub(crate) fn starting_at(mut self, frame_start: u64) -> Self {
        self.frame_start = frame_start;
        self
    }

    /// Names what `bytes`, found where a frame should begin, look like. Only a fault in the prelude can
    /// mean that the bytes are no event stream at all.
    pub(crate) fn looking_at(mut self, bytes: &[u8]) -> Self {
        if self.kind.is_in_prelude() {
            self.lookalike = crate::lookalike::looks_like(bytes);
        }
        self
    }

    /// What is wrong, with the values found and computed.
    #[must_use]
    pub const fn kind(&self) -> &DecodeErrorKind {
        &self.kind
    }

    /// The byte of the stream where the fault is, counted from 0. For a cut stream: its end.
    #[must_use]
    pub const fn stream_offset(&self) -> u64 {
        self.frame_start.saturating_add(self.frame_offset)
    }

    /// The byte of the frame where the fault is, counted from 0.
    #[must_use]
    pub const fn frame_offset(&self) -> u64 {
        self.frame_offset
    }

    /// Whether the stream ended inside a frame, and nothing else was wrong.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        matches!(self.kind, DecodeErrorKind::Truncated { .. })
    }

    /// What to do about it, in a few words. [`DecodeErrorKind`]'s own words say what is wrong.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self.lookalike {
            Some(lookalike) => lookalike.advice(),
            None => self.kind.advice(),
        }
    }

    /// What the bytes at the faulty frame's start look like, where they are no event stream: JSON from a
    /// proxy, for one.
    #[must_use]
    pub const fn lookalike(&self) -> Option<Lookalike> {
        self.lookalike
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, frame_offset, .. } = self;
        write!(f, "{kind} (stream offset {}, frame offset {frame_offset}); ", self.stream_offset())?;
        if let Some(lookalike) = self.lookalike {
            write!(f, "the bytes look like {lookalike}: ")?;
        }
        f.write_str(self.advice())
    }
}

impl core::error::Error for DecodeError {}
