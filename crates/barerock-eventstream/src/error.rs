//! Errors of decoding and encoding: what is wrong and where.

use core::fmt;

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
}

impl DecodeError {
    /// An error at `offset` bytes into a frame that begins at byte 0 of the stream.
    #[cold]
    pub(crate) fn in_frame(kind: DecodeErrorKind, offset: usize) -> Self {
        let frame_offset = u64::try_from(offset).unwrap_or(u64::MAX);
        Self { kind, frame_start: 0, frame_offset }
    }

    /// The same error in a frame that begins at byte `frame_start` of the stream.
    pub(crate) fn starting_at(mut self, frame_start: u64) -> Self {
        self.frame_start = frame_start;
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

    /// What to do about it, in one sentence.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        self.kind.hint()
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, frame_offset, .. } = self;
        write!(f, "{kind} (stream offset {}, frame offset {frame_offset})", self.stream_offset())
    }
}

impl core::error::Error for DecodeError {}
