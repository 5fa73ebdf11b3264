//! Kinds of messages, by their `:message-type`.

use crate::headers::Headers;

/// Names of the headers that AWS defines (Amazon Event Semantics).
pub mod header_name {
    /// The message type: `event`, `exception` or `error`.
    pub const MESSAGE_TYPE: &str = ":message-type";
    /// Of an event: "the name of the member that targets the event shape".
    pub const EVENT_TYPE: &str = ":event-type";
    /// Of an exception: "the name of the member that targets the error shape".
    pub const EXCEPTION_TYPE: &str = ":exception-type";
    /// Of an error: "the name, type, or category of the error".
    pub const ERROR_CODE: &str = ":error-code";
    /// Of an error: "a human-readable error message".
    pub const ERROR_MESSAGE: &str = ":error-message";
    /// "The media type of the payload."
    pub const CONTENT_TYPE: &str = ":content-type";

    pub(crate) const MESSAGE_TYPE_BYTES: &[u8; 13] = b":message-type";
    pub(crate) const EVENT_TYPE_BYTES: &[u8; 11] = b":event-type";
}

// spec: eventstream#media-type "The media type for this format is application/vnd.amazon.eventstream."
/// Media type of an event stream, in the `content-type` header of an HTTP body.
pub const MEDIA_TYPE: &str = "application/vnd.amazon.eventstream";

/// Kind of a message. "Events are categorized into one of five categories."
///
/// Only `:message-type` decides whether a message is an event, an exception or an error. Other headers of the kind that are
/// missing are empty strings here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageKind<'a> {
    /// A message event, `:message-type: event`.
    Event {
        /// The `:event-type`, such as `contentBlockDelta`.
        event_type: &'a str,
    },
    /// A modeled error event, `:message-type: exception`. The payload describes it.
    Exception {
        /// The `:exception-type`, such as `throttlingException`.
        exception_type: &'a str,
    },
    /// An unmodeled error event, `:message-type: error`.
    Error {
        /// The `:error-code`, such as `InternalError`.
        code: &'a str,
        /// The `:error-message`.
        message: &'a str,
    },
    /// The event `initial-request` of an RPC protocol.
    InitialRequest,
    /// The event `initial-response` of an RPC protocol.
    InitialResponse,
    /// A message with another `:message-type`, or none.
    Unknown {
        /// The `:message-type`, if it is present and a string.
        message_type: Option<&'a str>,
    },
}

impl<'a> MessageKind<'a> {
    #[cfg_attr(feature = "fast", inline(always))]
    pub(crate) fn of(message_type: MessageType, event_type: &'a str, headers: Headers<'a>) -> Self {
        match (message_type, event_type) {
            // spec: eventstream#initial-message "In REST protocols, initial messages are bound to HTTP requests and responses."
            // "Initial messages take the form of message events with the event types `initial-request`
            // for request streams and `initial-response` for response streams."
            (MessageType::Event, "initial-request") => Self::InitialRequest,
            (MessageType::Event, "initial-response") => Self::InitialResponse,
            (MessageType::Event, event_type) => Self::Event { event_type },
            _ => Self::of_other(message_type, headers),
        }
    }

    /// The kind of a message that is not an event.
    #[cfg_attr(feature = "fast", inline(never))]
    fn of_other(message_type: MessageType, headers: Headers<'a>) -> Self {
        let text = |name| headers.clone().find_value(name).and_then(|value| value.as_str());
        match message_type {
            MessageType::Exception => {
                Self::Exception { exception_type: text(header_name::EXCEPTION_TYPE).unwrap_or_default() }
            }
            MessageType::Error => Self::Error {
                code: text(header_name::ERROR_CODE).unwrap_or_default(),
                message: text(header_name::ERROR_MESSAGE).unwrap_or_default(),
            },
            MessageType::Event | MessageType::Unknown => {
                Self::Unknown { message_type: text(header_name::MESSAGE_TYPE) }
            }
        }
    }
}

/// Value of `:message-type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum MessageType {
    Event,
    Exception,
    Error,
    /// Another value, or no such header.
    #[default]
    Unknown,
}

impl MessageType {
    #[cfg_attr(feature = "fast", inline(always))]
    pub(crate) fn of(value: &[u8]) -> Self {
        match value {
            // spec: eventstream#message-type "The value of this header MUST always be event"
            b"event" => Self::Event,
            b"exception" => Self::Exception,
            b"error" => Self::Error,
            _ => Self::Unknown,
        }
    }
}
