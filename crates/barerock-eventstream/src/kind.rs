//! What a message is for, by its `:message-type`.

use crate::header::Headers;

/// The names of the headers that AWS gives a meaning (Amazon Event Semantics).
pub mod header_name {
    /// `event`, `exception` or `error`.
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
}

/// What a message is for. "Events are categorized into one of five categories."
///
/// The `:message-type` alone decides, so that an exception or error without its other headers is still
/// one; what such a frame leaves out is the empty string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageKind<'a> {
    /// A message event, `:message-type: event`.
    Event {
        /// The `:event-type`, `contentBlockDelta` for one.
        event_type: &'a str,
    },
    /// A modeled error event, `:message-type: exception`. The payload describes it.
    Exception {
        /// The `:exception-type`, `throttlingException` for one.
        exception_type: &'a str,
    },
    /// An unmodeled error event, `:message-type: error`.
    Error {
        /// The `:error-code`, `InternalError` for one.
        code: &'a str,
        /// The `:error-message`.
        message: &'a str,
    },
    /// The event `initial-request` of an RPC protocol.
    InitialRequest,
    /// The event `initial-response` of an RPC protocol.
    InitialResponse,
    /// Anything else.
    Unknown {
        /// The `:message-type`, if there is one and it is a string.
        message_type: Option<&'a str>,
    },
}

impl<'a> MessageKind<'a> {
    #[inline]
    pub(crate) fn of(headers: Headers<'a>) -> Self {
        let mut message_type = None;
        let (mut event_type, mut exception_type, mut code, mut message) = ("", "", "", "");
        for header in headers {
            let Some(value) = header.value.as_str() else { continue };
            match header.name {
                header_name::MESSAGE_TYPE => message_type = Some(value),
                header_name::EVENT_TYPE => event_type = value,
                header_name::EXCEPTION_TYPE => exception_type = value,
                header_name::ERROR_CODE => code = value,
                header_name::ERROR_MESSAGE => message = value,
                _ => {}
            }
        }
        match message_type {
            // "Initial messages take the form of message events with the event types `initial-request`
            // for request streams and `initial-response` for response streams."
            Some("event") => match event_type {
                "initial-request" => Self::InitialRequest,
                "initial-response" => Self::InitialResponse,
                event_type => Self::Event { event_type },
            },
            Some("exception") => Self::Exception { exception_type },
            Some("error") => Self::Error { code, message },
            message_type => Self::Unknown { message_type },
        }
    }
}
