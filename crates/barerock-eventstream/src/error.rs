//! Errors of decoding and encoding.

use core::fmt;

mod encode;
mod kind;

pub use encode::EncodeError;
pub use kind::{DecodeErrorKind, FramePart, HeaderPart};

/// Error of decoding a stream, with the offset of the invalid byte.
///
/// A stream cannot be decoded beyond its first error: "If either checksum is invalid, the stream MUST be terminated."
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    frame_start: u64,
    frame_offset: u64,
}

impl DecodeError {
    /// Creates an error at byte `offset` of a frame that begins at byte 0 of the stream.
    #[cold]
    pub(crate) fn in_frame(kind: DecodeErrorKind, offset: usize) -> Self {
        let frame_offset = u64::try_from(offset).unwrap_or(u64::MAX);
        Self { kind, frame_start: 0, frame_offset }
    }

    /// Sets the offset in the stream at which the frame begins.
    pub(crate) fn starting_at(mut self, frame_start: u64) -> Self {
        self.frame_start = frame_start;
        self
    }

    /// Returns the kind of error, with the values found and computed.
    #[must_use]
    pub const fn kind(&self) -> &DecodeErrorKind {
        &self.kind
    }

    /// Returns the offset of the error in the stream, in bytes; for a truncated stream, the offset of its end.
    #[must_use]
    pub const fn stream_offset(&self) -> u64 {
        self.frame_start.saturating_add(self.frame_offset)
    }

    /// Returns the offset of the error in its frame, in bytes.
    #[must_use]
    pub const fn frame_offset(&self) -> u64 {
        self.frame_offset
    }

    /// Returns true if the stream ended inside a frame and was valid up to there.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        matches!(self.kind, DecodeErrorKind::Truncated { .. })
    }

    /// Returns advice in one sentence.
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
