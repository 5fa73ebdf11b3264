//! The error of a truncated stream.

use crate::error::{DecodeError, DecodeErrorKind, FramePart};
use crate::limits::{PRELUDE_LENGTH, index};
use crate::prelude::{MESSAGE_CRC_LENGTH, Prelude};

/// Returns the error of a stream that ends `received` bytes into a frame.
///
/// If the stream ends exactly between two parts of the frame, the error names the second, whose bytes are missing.
pub(crate) fn truncated(prelude: Option<Prelude>, received: usize) -> DecodeError {
    let (part, needed) = match prelude {
        None => (FramePart::Prelude, PRELUDE_LENGTH),
        Some(prelude) => {
            let needed = index(prelude.total_length());
            let headers_end = PRELUDE_LENGTH.saturating_add(index(prelude.headers_length()));
            let part = if received < headers_end {
                FramePart::Headers
            } else if received < needed.saturating_sub(MESSAGE_CRC_LENGTH) {
                FramePart::Payload
            } else {
                FramePart::MessageCrc
            };
            (part, needed)
        }
    };
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let kind = DecodeErrorKind::Truncated { part, received: count(received), needed: count(needed) };
    DecodeError::in_frame(kind, received)
}
