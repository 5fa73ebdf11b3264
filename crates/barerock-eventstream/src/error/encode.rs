//! Errors of encoding.

use core::fmt;

/// Error of encoding a frame. Positions count headers from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// A header name is empty or too long.
    HeaderNameLength {
        /// The header's position.
        position: usize,
        /// The name's length in bytes.
        length: usize,
        /// [`MAX_HEADER_NAME_LENGTH`](crate::MAX_HEADER_NAME_LENGTH).
        limit: usize,
    },
    /// A header value is too long.
    HeaderValueLength {
        /// The header's position.
        position: usize,
        /// The value's length in bytes.
        length: usize,
        /// [`MAX_HEADER_VALUE_LENGTH`](crate::MAX_HEADER_VALUE_LENGTH).
        limit: u16,
    },
    /// A header has the same name as an earlier one.
    DuplicateHeader {
        /// The header's position.
        position: usize,
    },
    /// There are too many headers.
    TooManyHeaders {
        /// The number of headers.
        count: usize,
        /// [`Limits::max_headers`](crate::Limits::max_headers).
        limit: u32,
    },
    /// The encoded headers are too long.
    HeadersTooLong {
        /// Their length in bytes.
        length: usize,
        /// [`Limits::max_headers_length`](crate::Limits::max_headers_length).
        limit: u32,
    },
    /// The payload is too long.
    PayloadTooLong {
        /// Its length in bytes.
        length: usize,
        /// [`MAX_PAYLOAD_LENGTH`](crate::MAX_PAYLOAD_LENGTH).
        limit: u32,
    },
    /// The whole message is too long.
    MessageTooLong {
        /// Its length in bytes.
        length: usize,
        /// [`Limits::max_message_length`](crate::Limits::max_message_length).
        limit: u32,
    },
    /// The buffer is too small for the frame.
    BufferTooSmall {
        /// The frame's length in bytes.
        needed: usize,
        /// The buffer's length in bytes.
        available: usize,
    },
}

impl EncodeError {
    /// Returns advice in one sentence.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::HeaderNameLength { .. } => "Give the header another name.",
            Self::HeaderValueLength { .. } | Self::HeadersTooLong { .. } => "Put the value into the payload.",
            Self::DuplicateHeader { .. } => "Leave one of the headers out.",
            Self::TooManyHeaders { .. } => "Raise `Limits::with_max_headers`.",
            Self::PayloadTooLong { .. } => "Send the payload in several messages.",
            Self::MessageTooLong { .. } => "Raise `Limits::with_max_message_length`.",
            Self::BufferTooSmall { .. } => "Give a larger buffer.",
        }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::HeaderNameLength { position, length, limit } => {
                write!(f, "name of header {position} has {length} bytes, not 1 to {limit}")
            }
            Self::HeaderValueLength { position, length, limit } => {
                write!(f, "value of header {position} has {length} bytes, over the limit of {limit}")
            }
            Self::DuplicateHeader { position } => {
                write!(f, "header {position} has the name of an earlier header")
            }
            Self::TooManyHeaders { count, limit } => {
                write!(f, "{count} headers are over the limit of {limit}")
            }
            Self::HeadersTooLong { length, limit } => {
                write!(f, "headers of {length} bytes are over the limit of {limit}")
            }
            Self::PayloadTooLong { length, limit } => {
                write!(f, "payload of {length} bytes is over the limit of {limit}")
            }
            Self::MessageTooLong { length, limit } => {
                write!(f, "message of {length} bytes is over the limit of {limit}")
            }
            Self::BufferTooSmall { needed, available } => {
                write!(f, "frame has {needed} bytes and the buffer {available}")
            }
        }
    }
}

impl core::error::Error for EncodeError {}
