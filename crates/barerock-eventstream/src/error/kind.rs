//! Kinds of decode errors, with their texts and hints.

use core::fmt;

/// Kind of a decode error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The prelude CRC does not match the two lengths.
    PreludeCrc {
        /// The CRC in the frame.
        found: u32,
        /// The CRC computed from the bytes.
        computed: u32,
    },
    /// The total length is less than that of an empty message.
    MessageTooShort {
        /// The total length in the frame.
        length: u32,
        /// The length of an empty message.
        minimum: u32,
    },
    /// The total length is above the configured limit.
    MessageTooLong {
        /// The total length in the frame.
        length: u32,
        /// [`Limits::max_message_length`](crate::Limits::max_message_length).
        limit: u32,
    },
    /// The headers length is above the configured limit.
    HeadersTooLong {
        /// The headers length in the frame.
        length: u32,
        /// [`Limits::max_headers_length`](crate::Limits::max_headers_length).
        limit: u32,
    },
    /// The headers do not fit into the message.
    HeadersOverrun {
        /// The headers length in the frame.
        length: u32,
        /// The bytes that the total length leaves for headers and payload.
        available: u32,
    },
    /// The payload is longer than the specification allows.
    PayloadTooLong {
        /// The payload's length, computed from the two lengths in the frame.
        length: u32,
        /// [`MAX_PAYLOAD_LENGTH`](crate::MAX_PAYLOAD_LENGTH).
        limit: u32,
    },
    /// The message CRC does not match.
    MessageCrc {
        /// The CRC in the frame.
        found: u32,
        /// The CRC computed from the bytes.
        computed: u32,
    },
    /// A header's name is empty.
    HeaderNameEmpty,
    /// A part of a header extends beyond the header block.
    HeaderOverrun {
        /// The part.
        part: HeaderPart,
        /// The part's length in bytes.
        needed: u32,
        /// The bytes left in the block.
        available: u32,
    },
    /// A header's name or string value is not UTF-8; the error's offset is that of the invalid byte.
    HeaderUtf8 {
        /// The part.
        part: HeaderPart,
    },
    /// A header's type is unknown: "The set of types is fixed and not open to extension."
    HeaderType {
        /// The type byte in the frame.
        found: u8,
    },
    /// A header's value is longer than the specification allows.
    HeaderValueTooLong {
        /// The length in the frame.
        length: u16,
        /// [`MAX_HEADER_VALUE_LENGTH`](crate::MAX_HEADER_VALUE_LENGTH).
        limit: u16,
    },
    /// A header name occurs twice: "Any given header name MUST only appear once in a message."
    DuplicateHeader {
        /// The frame offset of the first header of that name.
        first: u32,
    },
    /// There are more headers than the configured limit.
    TooManyHeaders {
        /// [`Limits::max_headers`](crate::Limits::max_headers).
        limit: u32,
    },
    /// The stream ended inside a frame.
    Truncated {
        /// The part in which the stream ended.
        part: FramePart,
        /// The number of bytes of the frame that were received.
        received: u32,
        /// The length of the frame; that of the prelude if the stream ended inside it.
        needed: u32,
    },
    /// [`FrameDecoder::finish`](crate::FrameDecoder::finish) was called before all frames were taken.
    FramesPending,
}

/// Part of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderPart {
    /// The name's bytes.
    Name,
    /// The type byte.
    Type,
    /// The two length bytes of a byte array or string.
    ValueLength,
    /// The value's bytes.
    Value,
}

/// Part of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FramePart {
    /// The two lengths and their CRC.
    Prelude,
    /// The header block.
    Headers,
    /// The payload.
    Payload,
    /// The CRC of the whole message.
    MessageCrc,
}

impl DecodeErrorKind {
    /// Returns true if the error is in the prelude, so that the bytes may not be an event stream at all.
    #[must_use]
    pub const fn is_in_prelude(&self) -> bool {
        matches!(
            self,
            Self::PreludeCrc { .. }
                | Self::Truncated { part: FramePart::Prelude, .. }
                | Self::MessageTooShort { .. }
        )
    }

    /// Returns advice in one sentence.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::PreludeCrc { .. } => {
                "Check the response's status and content type, and send the request again: the bytes were changed in \
                 transit or are not an event stream."
            }
            Self::MessageCrc { .. } => "Send the request again: the bytes were changed in transit.",
            Self::MessageTooLong { .. } => {
                "Raise `Limits::with_max_message_length` if such messages are expected."
            }
            Self::HeadersTooLong { .. } => {
                "Raise `Limits::with_max_headers_length` if such headers are expected."
            }
            Self::TooManyHeaders { .. } => "Raise `Limits::with_max_headers` if so many are expected.",
            Self::DuplicateHeader { .. } => {
                "Report it to the sender, or accept it with `Limits::with_duplicate_headers(true)`."
            }
            Self::Truncated { .. } => "Send the request again: the connection closed early.",
            Self::FramesPending => "Call `next_frame` until it returns `None` before `finish`.",
            Self::MessageTooShort { .. }
            | Self::HeadersOverrun { .. }
            | Self::PayloadTooLong { .. }
            | Self::HeaderNameEmpty
            | Self::HeaderOverrun { .. }
            | Self::HeaderUtf8 { .. }
            | Self::HeaderType { .. }
            | Self::HeaderValueTooLong { .. } => {
                "Report it to the service: the CRC is right, so the sender wrote these bytes."
            }
        }
    }
}

/// Describes the error without offset and advice.
impl fmt::Display for DecodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::PreludeCrc { found, computed } => {
                write!(f, "prelude CRC mismatch: found {found:08x}, computed {computed:08x}")
            }
            Self::MessageCrc { found, computed } => {
                write!(f, "message CRC mismatch: found {found:08x}, computed {computed:08x}")
            }
            Self::MessageTooShort { length, minimum } => {
                write!(f, "total length {length} is less than the {minimum} bytes of an empty message")
            }
            Self::MessageTooLong { length, limit } => {
                write!(f, "total length {length} is over the limit of {limit} bytes")
            }
            Self::HeadersTooLong { length, limit } => {
                write!(f, "headers length {length} is over the limit of {limit} bytes")
            }
            Self::HeadersOverrun { length, available } => {
                write!(
                    f,
                    "headers length {length} does not fit into the message, which leaves {available} bytes"
                )
            }
            Self::PayloadTooLong { length, limit } => {
                write!(f, "payload length {length} is over the limit of {limit} bytes")
            }
            Self::HeaderNameEmpty => f.write_str("header name of no bytes"),
            Self::HeaderOverrun { part, needed, available } => {
                write!(f, "header {part} takes {needed} bytes and the header block has {available} left")
            }
            Self::HeaderUtf8 { part } => write!(f, "header {part} is not UTF-8"),
            Self::HeaderType { found } => write!(f, "header type {found} is none of the types 0 to 9"),
            Self::HeaderValueTooLong { length, limit } => {
                write!(f, "header value of {length} bytes is over the limit of {limit}")
            }
            Self::DuplicateHeader { first } => {
                write!(f, "header name occurs twice, first at frame offset {first}")
            }
            Self::TooManyHeaders { limit } => write!(f, "more than {limit} headers"),
            Self::Truncated { part, received, needed } => {
                write!(f, "stream ends inside a {part}: {received} of {needed} bytes are there")
            }
            Self::FramesPending => f.write_str("stream finished with a frame not yet taken"),
        }
    }
}

impl fmt::Display for HeaderPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "name",
            Self::Type => "type",
            Self::ValueLength => "value length",
            Self::Value => "value",
        })
    }
}

impl fmt::Display for FramePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prelude => "prelude",
            Self::Headers => "header block",
            Self::Payload => "payload",
            Self::MessageCrc => "message CRC",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;
    use crate::DecodeError;

    #[test]
    fn errors_say_what_and_where_and_hint_what_to_do() {
        use DecodeErrorKind::*;
        let sender = "Report it to the service: the CRC is right, so the sender wrote these bytes.";
        let cases = [
            (
                PreludeCrc { found: 0xdead_beef, computed: 0x8bb4_95fb },
                "prelude CRC mismatch: found deadbeef, computed 8bb495fb",
                "Check the response's status and content type, and send the request again: the bytes were changed in \
                 transit or are not an event stream.",
            ),
            (
                MessageCrc { found: 0xf, computed: 0x1 },
                "message CRC mismatch: found 0000000f, computed 00000001",
                "Send the request again: the bytes were changed in transit.",
            ),
            (
                MessageTooShort { length: 12, minimum: 16 },
                "total length 12 is less than the 16 bytes of an empty message",
                sender,
            ),
            (
                MessageTooLong { length: 9, limit: 8 },
                "total length 9 is over the limit of 8 bytes",
                "Raise `Limits::with_max_message_length` if such messages are expected.",
            ),
            (
                HeadersTooLong { length: 9, limit: 8 },
                "headers length 9 is over the limit of 8 bytes",
                "Raise `Limits::with_max_headers_length` if such headers are expected.",
            ),
            (
                HeadersOverrun { length: 9, available: 8 },
                "headers length 9 does not fit into the message, which leaves 8 bytes",
                sender,
            ),
            (PayloadTooLong { length: 9, limit: 8 }, "payload length 9 is over the limit of 8 bytes", sender),
            (HeaderNameEmpty, "header name of no bytes", sender),
            (
                HeaderOverrun { part: HeaderPart::ValueLength, needed: 2, available: 1 },
                "header value length takes 2 bytes and the header block has 1 left",
                sender,
            ),
            (HeaderUtf8 { part: HeaderPart::Name }, "header name is not UTF-8", sender),
            (HeaderType { found: 10 }, "header type 10 is none of the types 0 to 9", sender),
            (
                HeaderValueTooLong { length: 32_768, limit: 32_767 },
                "header value of 32768 bytes is over the limit of 32767",
                sender,
            ),
            (
                DuplicateHeader { first: 12 },
                "header name occurs twice, first at frame offset 12",
                "Report it to the sender, or accept it with `Limits::with_duplicate_headers(true)`.",
            ),
            (
                TooManyHeaders { limit: 1024 },
                "more than 1024 headers",
                "Raise `Limits::with_max_headers` if so many are expected.",
            ),
            (
                Truncated { part: FramePart::MessageCrc, received: 44, needed: 45 },
                "stream ends inside a message CRC: 44 of 45 bytes are there",
                "Send the request again: the connection closed early.",
            ),
            (
                FramesPending,
                "stream finished with a frame not yet taken",
                "Call `next_frame` until it returns `None` before `finish`.",
            ),
        ];
        for (kind, what, hint) in cases {
            let error = DecodeError::in_frame(kind, 3).starting_at(100);
            assert_eq!(error.to_string(), std::format!("{what} (stream offset 103, frame offset 3)"));
            assert_eq!(error.hint(), hint);
        }
    }
}
