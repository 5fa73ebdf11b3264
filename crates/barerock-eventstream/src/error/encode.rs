//! Why a frame cannot be written.

use core::fmt;

/// Why a frame cannot be encoded. Positions count headers from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// A header name has no bytes or too many.
    HeaderNameLength {
        /// Which header.
        position: usize,
        /// The name's bytes.
        length: usize,
        /// [`MAX_HEADER_NAME_LENGTH`](crate::MAX_HEADER_NAME_LENGTH).
        limit: usize,
    },
    /// A header value has too many bytes.
    HeaderValueLength {
        /// Which header.
        position: usize,
        /// The value's bytes.
        length: usize,
        /// [`MAX_HEADER_VALUE_LENGTH`](crate::MAX_HEADER_VALUE_LENGTH).
        limit: u16,
    },
    /// A header has the name of an earlier one.
    DuplicateHeader {
        /// Which header.
        position: usize,
    },
    /// There are too many headers.
    TooManyHeaders {
        /// How many.
        count: usize,
        /// [`Limits::max_headers`](crate::Limits::max_headers).
        limit: u32,
    },
    /// The encoded headers are too long.
    HeadersTooLong {
        /// Their bytes.
        length: usize,
        /// [`Limits::max_headers_length`](crate::Limits::max_headers_length).
        limit: u32,
    },
    /// The payload is too long.
    PayloadTooLong {
        /// Its bytes.
        length: usize,
        /// [`MAX_PAYLOAD_LENGTH`](crate::MAX_PAYLOAD_LENGTH).
        limit: u32,
    },
    /// The whole message is too long.
    MessageTooLong {
        /// Its bytes.
        length: usize,
        /// [`Limits::max_message_length`](crate::Limits::max_message_length).
        limit: u32,
    },
    /// The buffer given cannot hold the frame.
    BufferTooSmall {
        /// The frame's bytes.
        needed: usize,
        /// The buffer's bytes.
        available: usize,
    },
}

impl EncodeError {
    /// What to do about it, in one sentence.
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
