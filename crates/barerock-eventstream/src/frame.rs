//! A frame, the specification's "message", that borrows the bytes it was parsed from.

use core::fmt;

use crate::crc;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::header::HeaderValue;
use crate::headers::{self, EventHeaders, Headers};
use crate::kind::{MessageKind, MessageType, header_name};
use crate::limits::{Limits, PRELUDE_LENGTH, index};
use crate::prelude::{MESSAGE_CRC_LENGTH, Prelude};

/// Result of parsing bytes that may be incomplete, which is not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no third case")]
pub enum Status<T> {
    /// The bytes hold a complete value.
    Complete(T),
    /// The bytes are valid so far, but more are needed.
    Partial,
}

/// A frame whose CRCs and headers are valid.
///
/// It borrows the bytes it was parsed from; `to_owned` copies it into an [`OwnedFrame`](crate::OwnedFrame).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    bytes: &'a [u8],
    headers_length: u32,
    // The fields of `EventHeaders`, here so that a frame is five words.
    message_type: MessageType,
    event_type: &'a str,
}

impl<'a> Frame<'a> {
    /// Parses the frame at the start of `bytes`, and returns it with its length in bytes.
    ///
    /// Nothing is copied or allocated. The prelude is checked as soon as its twelve bytes are present.
    ///
    /// # Errors
    ///
    /// If the prelude, the message CRC or a header is invalid. The error's offsets count from the start of `bytes`.
    #[inline]
    pub fn parse(bytes: &'a [u8], limits: Limits) -> Result<Status<(Self, usize)>, DecodeError> {
        let Some(start) = bytes.first_chunk::<PRELUDE_LENGTH>() else {
            return Ok(Status::Partial);
        };
        let prelude = Prelude::parse(start, limits)?;
        let length = index(prelude.total_length());
        let Some(bytes) = bytes.get(..length) else {
            return Ok(Status::Partial);
        };
        let block = checked_block(prelude, bytes)?;
        let event_headers = headers::check(block, limits, "")?;
        Ok(Status::Complete((Self::new(prelude, bytes, event_headers), length)))
    }

    /// Creates a frame from checked parts.
    #[cfg_attr(feature = "fast", inline(always))]
    pub(crate) fn new(prelude: Prelude, bytes: &'a [u8], event_headers: EventHeaders<'a>) -> Self {
        let EventHeaders { message_type, event_type } = event_headers;
        Self { bytes, headers_length: prelude.headers_length(), message_type, event_type }
    }

    /// Returns the prelude: the lengths and their CRC.
    #[must_use]
    pub const fn prelude(&self) -> Prelude {
        Prelude::of_frame(self.bytes, self.headers_length)
    }

    /// Returns the length of the whole frame in bytes, including prelude and CRCs.
    #[must_use]
    pub const fn total_length(&self) -> u32 {
        self.prelude().total_length()
    }

    /// Returns the headers, in wire order.
    #[inline]
    #[must_use]
    pub fn headers(&self) -> Headers<'a> {
        Headers::new(header_block(self.headers_length, self.bytes))
    }

    /// Returns the value of the first header of this name. Names are compared byte for byte.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<HeaderValue<'a>> {
        self.headers().find_value(name)
    }

    /// Returns the payload, at most 24 MiB.
    #[inline]
    #[must_use]
    pub fn payload(&self) -> &'a [u8] {
        let start = PRELUDE_LENGTH.saturating_add(index(self.headers_length));
        let end = self.bytes.len().saturating_sub(MESSAGE_CRC_LENGTH);
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Returns the message CRC: that of the whole frame except its last four bytes.
    #[must_use]
    pub fn message_crc(&self) -> u32 {
        message_crc(self.bytes)
    }

    /// Returns the message's kind: event, exception, error or other.
    #[inline]
    #[must_use]
    pub fn kind(&self) -> MessageKind<'a> {
        MessageKind::of(self.message_type, self.event_type, self.headers())
    }

    /// Returns the media type of the payload, from the header `:content-type`.
    #[must_use]
    pub fn content_type(&self) -> Option<&'a str> {
        self.header(header_name::CONTENT_TYPE)?.as_str()
    }

    /// Returns the frame's bytes, including prelude and CRCs.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Copies the frame into one that owns its bytes.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_owned(&self) -> crate::OwnedFrame {
        crate::OwnedFrame::new(self)
    }
}

/// Checks the message CRC of the frame `bytes` and returns the header block.
#[cfg_attr(feature = "fast", inline(always))]
pub(crate) fn checked_block(prelude: Prelude, bytes: &[u8]) -> Result<&[u8], DecodeError> {
    let end = bytes.len().saturating_sub(MESSAGE_CRC_LENGTH);
    let (found, computed) = (message_crc(bytes), crc::hash(bytes.get(..end).unwrap_or_default()));
    // spec: eventstream#message-crc "If either checksum is invalid, the stream MUST be terminated."
    // "Both clients and servers MUST validate these checksums." Checked before the headers: in a frame that was changed in
    // transit, errors in the headers are meaningless.
    if found != computed {
        return Err(DecodeError::in_frame(DecodeErrorKind::MessageCrc { found, computed }, end));
    }
    Ok(header_block(prelude.headers_length(), bytes))
}

/// Returns the bytes between prelude and payload, which exist because the prelude's lengths are consistent.
#[inline]
pub(crate) fn header_block(headers_length: u32, bytes: &[u8]) -> &[u8] {
    let end = PRELUDE_LENGTH.saturating_add(index(headers_length));
    bytes.get(PRELUDE_LENGTH..end).unwrap_or_default()
}

#[inline]
fn message_crc(bytes: &[u8]) -> u32 {
    bytes.last_chunk().map_or(0, |crc| u32::from_be_bytes(*crc))
}

/// Omits the payload, which holds the texts of users and models.
impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("prelude", &self.prelude())
            .field("headers", &self.headers())
            .field("payload_length", &self.payload().len())
            .field("message_crc", &self.message_crc())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::vec::Vec;

    use super::*;
    use crate::{FrameEncoder, Header};

    fn encode(headers: &[(&str, &str)]) -> Vec<u8> {
        let headers: Vec<_> = headers.iter().map(|(name, value)| Header::new(name, *value)).collect();
        FrameEncoder::new().encode(&headers, b"secret").unwrap()
    }

    fn parse(bytes: &[u8]) -> Frame<'_> {
        match Frame::parse(bytes, Limits::default()).unwrap() {
            Status::Complete((frame, length)) => {
                assert_eq!(length, bytes.len());
                frame
            }
            Status::Partial => panic!("a whole frame"),
        }
    }

    // spec-test: eventstream#message-type, eventstream#initial-message
    #[test]
    fn the_message_type_decides_the_kind() {
        let cases: &[(&[(&str, &str)], MessageKind<'_>)] = &[
            (
                &[(":message-type", "event"), (":event-type", "metadata")],
                MessageKind::Event { event_type: "metadata" },
            ),
            (&[(":message-type", "event")], MessageKind::Event { event_type: "" }),
            (
                &[(":exception-type", "throttlingException"), (":message-type", "exception")],
                MessageKind::Exception { exception_type: "throttlingException" },
            ),
            (&[(":message-type", "exception")], MessageKind::Exception { exception_type: "" }),
            (
                &[(":message-type", "error"), (":error-code", "InternalError"), (":error-message", "sorry")],
                MessageKind::Error { code: "InternalError", message: "sorry" },
            ),
            (&[(":message-type", "error")], MessageKind::Error { code: "", message: "" }),
            (&[(":message-type", "event"), (":event-type", "initial-request")], MessageKind::InitialRequest),
            (
                &[(":message-type", "event"), (":event-type", "initial-response")],
                MessageKind::InitialResponse,
            ),
            (&[(":message-type", "later")], MessageKind::Unknown { message_type: Some("later") }),
            (&[(":event-type", "metadata")], MessageKind::Unknown { message_type: None }),
        ];
        for (headers, kind) in cases {
            assert_eq!(parse(&encode(headers)).kind(), *kind);
        }
    }

    #[test]
    fn a_message_type_that_is_no_string_is_unknown() {
        let bytes = FrameEncoder::new().encode(&[Header::new(":message-type", 1_i32)], b"").unwrap();
        assert_eq!(parse(&bytes).kind(), MessageKind::Unknown { message_type: None });
    }

    #[test]
    fn parts_are_where_they_belong() {
        let mut bytes = encode(&[(":content-type", "application/json")]);
        let length = bytes.len();
        bytes.extend(b"what follows");
        let Status::Complete((frame, taken)) = Frame::parse(&bytes, Limits::default()).unwrap() else {
            panic!("a whole frame")
        };
        assert_eq!((taken, frame.as_bytes()), (length, &bytes[..length]));
        assert_eq!((frame.payload(), frame.content_type()), (&b"secret"[..], Some("application/json")));
        assert_eq!(frame.header(":content-type"), Some(HeaderValue::String("application/json")));
        assert_eq!(frame.total_length(), u32::try_from(length).unwrap());
        assert_eq!((frame.prelude().headers_length(), frame.prelude().payload_length()), (33, 6));
        assert_eq!(frame.message_crc(), crate::crc::hash(&bytes[..length - 4]));
        assert_eq!(frame.prelude().crc(), crate::crc::hash(&bytes[..8]));
        let owned = frame.to_owned();
        assert_eq!(owned.as_frame(), frame);
    }

    #[test]
    fn too_few_bytes_are_no_error() {
        let bytes = encode(&[]);
        for end in 0..bytes.len() {
            assert_eq!(Frame::parse(&bytes[..end], Limits::default()).unwrap(), Status::Partial);
        }
    }

    #[test]
    fn debug_shows_headers_and_no_payload() {
        let bytes = encode(&[(":message-type", "event")]);
        let text = format!("{:?}", parse(&bytes));
        assert!(
            text.contains(r#"":message-type": String("event")"#) && text.contains("payload_length: 6"),
            "{text}"
        );
        assert!(!text.contains("secret"), "{text}");
    }
}
