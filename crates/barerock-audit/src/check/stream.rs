//! Event streams frame by frame.

use barerock_converse::{Drift, EventDecoder, StreamError, looks_like};
use barerock_eventstream::{
    DecodeError, DecodeErrorKind, Frame, Frames, Limits, MAX_HEADERS_LENGTH, MAX_PAYLOAD_LENGTH,
    MESSAGE_OVERHEAD, MessageKind, header_name,
};

use super::order::Order;
use super::{Operation, Place, Rule, head, json, rule};

/// Exceptions of the stream of ConverseStream; InvokeModelWithResponseStream has one more.
const EXCEPTIONS: [&str; 5] = [
    "internalServerException",
    "modelStreamErrorException",
    "validationException",
    "throttlingException",
    "serviceUnavailableException",
];
const MODEL_TIMEOUT: &str = "modelTimeoutException";

/// The event of InvokeModelWithResponseStream.
const CHUNK: &str = "chunk";

/// Checks a stream. Without an operation it is the one of its first event.
pub(super) fn check(at: &mut Place<'_>, operation: Option<Operation>, body: &[u8]) {
    // A client should accept all that the specification allows; a second header of a name is a finding of its own.
    let limits = Limits::default()
        .with_max_message_length(MAX_PAYLOAD_LENGTH + MAX_HEADERS_LENGTH + MESSAGE_OVERHEAD)
        .with_duplicate_headers(true);
    let mut frames = Frames::new(body, limits);
    let mut stream = Stream { operation, order: Order::default(), number: 0 };
    loop {
        let offset = frames.offset();
        match frames.next() {
            None => break,
            Some(Ok(frame)) => {
                stream.frame(at, &frame, offset);
                stream.number += 1;
            }
            Some(Err(error)) => return stream.broken(at, &error, offset, body),
        }
    }
    if stream.number == 0 {
        at.add(rule::MEDIA_TYPE, "response.body", Some(0), "the body is empty");
    } else if stream.operation == Some(Operation::ConverseStream) {
        stream.order.finish(at, crate::text::count(body));
    }
}

struct Stream {
    operation: Option<Operation>,
    order: Order,
    /// The number of the frame, from 0.
    number: u64,
}

impl Stream {
    fn place(&self, member: &str) -> String {
        format!("frames[{}]{member}", self.number)
    }

    fn frame(&mut self, at: &mut Place<'_>, frame: &Frame<'_>, offset: u64) {
        self.duplicates(at, frame, offset);
        match frame.kind() {
            MessageKind::Event { event_type } => {
                self.required(at, frame, offset, header_name::EVENT_TYPE, rule::EVENT_TYPE);
                self.payload_type(at, frame, offset);
                let operation = *self.operation.get_or_insert(match event_type {
                    CHUNK => Operation::InvokeModelWithResponseStream,
                    _ => Operation::ConverseStream,
                });
                if operation == Operation::ConverseStream {
                    self.event(at, frame, event_type, offset);
                } else {
                    self.chunk(at, frame, event_type, offset);
                }
            }
            MessageKind::Exception { exception_type } => self.exception(at, frame, exception_type, offset),
            MessageKind::Error { .. } => {
                self.order.end();
                for name in [header_name::ERROR_CODE, header_name::ERROR_MESSAGE] {
                    self.required(at, frame, offset, name, rule::ERROR_HEADERS);
                }
            }
            MessageKind::InitialRequest | MessageKind::InitialResponse => {
                let message = "an initial message, which only RPC protocols have";
                at.add(rule::INITIAL_MESSAGE, &self.place(""), Some(offset), message);
            }
            MessageKind::Unknown { message_type: Some(found) } => {
                let message = format!("{found:?} is not event, exception or error");
                at.add(rule::MESSAGE_TYPE, &self.place(".headers.:message-type"), Some(offset), message);
            }
            _ => self.required(at, frame, offset, header_name::MESSAGE_TYPE, rule::MESSAGE_TYPE),
        }
    }

    /// Checks that a header is there and is a string.
    fn required(&self, at: &mut Place<'_>, frame: &Frame<'_>, offset: u64, name: &str, rule: &'static Rule) {
        let message = match frame.header(name) {
            None => "the header is missing".to_owned(),
            Some(value) if value.as_str().is_none() => {
                format!("the header is a {}, not a string", value.type_name())
            }
            Some(_) => return,
        };
        at.add(rule, &self.place(&format!(".headers.{name}")), Some(offset), message);
    }

    fn duplicates(&self, at: &mut Place<'_>, frame: &Frame<'_>, offset: u64) {
        let mut names: Vec<&str> = frame.headers().map(|header| header.name).collect();
        names.sort_unstable();
        let mut last = None;
        for name in
            names.windows(2).filter_map(|pair| (pair.first() == pair.last()).then(|| pair.first()).flatten())
        {
            if last != Some(name) {
                at.add(
                    rule::HEADER_ONCE,
                    &self.place(&format!(".headers.{name}")),
                    Some(offset),
                    "the header occurs twice",
                );
            }
            last = Some(name);
        }
    }

    /// The payloads of Bedrock are JSON.
    fn payload_type(&self, at: &mut Place<'_>, frame: &Frame<'_>, offset: u64) {
        let place = self.place(".headers.:content-type");
        match frame.header(header_name::CONTENT_TYPE).map(|value| (value.as_str(), value.type_name())) {
            Some((Some(found), _)) if !head::is_media_type(found, "application/json") => {
                at.add(
                    rule::PAYLOAD_TYPE,
                    &place,
                    Some(offset),
                    format!("{found:?} instead of application/json"),
                );
            }
            Some((None, found)) => {
                at.add(
                    rule::PAYLOAD_TYPE,
                    &place,
                    Some(offset),
                    format!("the header is a {found}, not a string"),
                );
            }
            // The specification does not require it.
            Some((Some(_), _)) | None => {}
        }
    }

    fn event(&mut self, at: &mut Place<'_>, frame: &Frame<'_>, event_type: &str, offset: u64) {
        let mut decoder = EventDecoder::new();
        match decoder.next_event(&mut frame.as_bytes()) {
            Ok(Some(barerock_converse::StreamEvent::Unknown(_))) if !event_type.is_empty() => {
                let message = format!("the model has no event {event_type:?}");
                at.add(rule::UNKNOWN_EVENT, &self.place(".headers.:event-type"), Some(offset), message);
            }
            Ok(Some(event)) => self.order.event(at, event, self.number, offset),
            Err(StreamError::Payload { error, .. }) => {
                let message = format!("the payload of {event_type} is not a JSON object: {error}");
                return at.add(rule::JSON, &self.place(".payload"), Some(offset), message);
            }
            // What is wrong with the headers is a finding already.
            _ => return,
        }
        let payload = core::str::from_utf8(frame.payload()).unwrap_or_default();
        if let Ok(drift) = Drift::of_event(event_type, payload) {
            json::report(at, &self.place(".payload"), event_type, Some(offset), &drift);
        }
    }

    fn chunk(&self, at: &mut Place<'_>, frame: &Frame<'_>, event_type: &str, offset: u64) {
        if event_type != CHUNK {
            let message = format!("the model has no event {event_type:?}");
            return at.add(rule::UNKNOWN_EVENT, &self.place(".headers.:event-type"), Some(offset), message);
        }
        let payload: Result<serde_json::Value, _> = serde_json::from_slice(frame.payload());
        match payload {
            Ok(payload) if payload.get("bytes").is_some_and(serde_json::Value::is_string) => {}
            Ok(_) => {
                at.add(rule::SHAPE, &self.place(".payload.bytes"), Some(offset), "bytes is not a string")
            }
            Err(error) => {
                let message = format!("the payload of chunk is not a JSON object: {error}");
                at.add(rule::JSON, &self.place(".payload"), Some(offset), message);
            }
        }
    }

    fn exception(&mut self, at: &mut Place<'_>, frame: &Frame<'_>, exception_type: &str, offset: u64) {
        self.order.end();
        self.required(at, frame, offset, header_name::EXCEPTION_TYPE, rule::EXCEPTION_TYPE);
        self.payload_type(at, frame, offset);
        let is_known = EXCEPTIONS.contains(&exception_type)
            || exception_type == MODEL_TIMEOUT
                && self.operation == Some(Operation::InvokeModelWithResponseStream);
        if !is_known && !exception_type.is_empty() {
            let message = format!("the stream has no exception {exception_type:?}");
            at.add(rule::UNKNOWN_EVENT, &self.place(".headers.:exception-type"), Some(offset), message);
        }
        head::error_body(at, &self.place(".payload"), Some(offset), frame.payload());
    }

    /// The frame that ends decoding: nothing after it can be judged.
    fn broken(&self, at: &mut Place<'_>, error: &DecodeError, frame_offset: u64, body: &[u8]) {
        if self.number == 0
            && error.kind().is_in_prelude()
            && let Some(kind) = looks_like(body)
        {
            let message = format!("the body is {kind}, not an event stream");
            return at.add(rule::MEDIA_TYPE, "response.body", Some(0), message);
        }
        let offset = frame_offset.saturating_add(error.frame_offset());
        at.add(rule_of(error.kind()), &self.place(""), Some(offset), error.kind().to_string());
    }
}

fn rule_of(kind: &DecodeErrorKind) -> &'static Rule {
    match kind {
        DecodeErrorKind::PreludeCrc { .. } => rule::PRELUDE_CRC,
        DecodeErrorKind::MessageCrc { .. } => rule::MESSAGE_CRC,
        DecodeErrorKind::PayloadTooLong { .. } | DecodeErrorKind::MessageTooLong { .. } => rule::PAYLOAD_SIZE,
        DecodeErrorKind::HeadersTooLong { .. } | DecodeErrorKind::TooManyHeaders { .. } => rule::HEADERS_SIZE,
        DecodeErrorKind::MessageTooShort { .. } | DecodeErrorKind::HeadersOverrun { .. } => rule::LENGTHS,
        DecodeErrorKind::HeaderNameEmpty => rule::HEADER_NAME,
        DecodeErrorKind::HeaderUtf8 { .. } => rule::HEADER_UTF8,
        DecodeErrorKind::HeaderType { .. } => rule::HEADER_TYPE,
        DecodeErrorKind::HeaderValueTooLong { .. } => rule::HEADER_SIZE,
        DecodeErrorKind::DuplicateHeader { .. } => rule::HEADER_ONCE,
        DecodeErrorKind::HeaderOverrun { .. } => rule::HEADER_LAYOUT,
        _ => rule::WHOLE_MESSAGES,
    }
}
