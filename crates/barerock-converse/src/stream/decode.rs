//! Bytes in, events out.

use barerock_eventstream::{DecodeError, Frame, FrameDecoder, Limits, MessageKind};

use super::error::StreamError;
use super::event::StreamEvent;
use crate::error::ServiceError;
use crate::lookalike::looks_like;

/// Makes events of the bytes of a ConverseStream answer, however they were cut.
///
/// [`push`](Self::push) bytes as they come, take events with [`next_event`](Self::next_event) until there is none, and
/// call [`finish`](Self::finish) when the bytes end: only then is it known whether the answer is whole. After an error
/// the decoder gives no more events, only the same error.
#[derive(Debug, Clone, Default)]
pub struct EventDecoder {
    frames: FrameDecoder,
    state: State,
}

#[derive(Debug, Clone, Default)]
struct State {
    /// The first bytes of the stream, until a frame came: what to look at if none comes.
    first_bytes: Vec<u8>,
    message_stopped: bool,
    failed: Option<StreamError>,
}

/// How many first bytes tell what a stream is that is not an event stream.
const FIRST_BYTES: usize = 512;

impl EventDecoder {
    /// A decoder with the default limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A decoder with limits of your own.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        Self { frames: FrameDecoder::with_limits(limits), state: State::default() }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.frames.frames() == 0 && self.state.first_bytes.len() < FIRST_BYTES {
            let wanted = FIRST_BYTES.saturating_sub(self.state.first_bytes.len()).min(bytes.len());
            self.state.first_bytes.extend_from_slice(bytes.get(..wanted).unwrap_or_default());
        }
        self.frames.push(bytes);
    }

    /// The next event, or `None` if more bytes are needed.
    ///
    /// # Errors
    /// If the bytes are no valid frame, a frame is no valid event, or the service broke off.
    pub fn next_event(&mut self) -> Result<Option<StreamEvent<'_>>, StreamError> {
        self.next_as(|event, _| event)
    }

    /// The next event beside the payload it was read from, byte for byte: padding, unknown members and all.
    ///
    /// # Errors
    /// As [`next_event`](Self::next_event)'s.
    pub fn next_with_payload(&mut self) -> Result<Option<(StreamEvent<'_>, &[u8])>, StreamError> {
        self.next_as(|event, payload| (event, payload))
    }

    fn next_as<'a, T>(
        &'a mut self,
        with: impl FnOnce(StreamEvent<'a>, &'a [u8]) -> T,
    ) -> Result<Option<T>, StreamError> {
        let Self { frames, state } = self;
        if let Some(error) = &state.failed {
            return Err(error.clone());
        }
        let offset = frames.offset();
        let outcome = match frames.next_frame() {
            Ok(None) => return Ok(None),
            Ok(Some(frame)) => event_of(&frame, offset).map(|event| (event, frame)),
            Err(error) => Err(state.name(error)),
        };
        match outcome {
            Ok((event, frame)) => {
                state.message_stopped |= matches!(event, StreamEvent::MessageStop(_));
                Ok(Some(with(event, frame.payload())))
            }
            Err(error) => {
                state.failed = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Whether [`next_event`](Self::next_event) has something to say without more bytes: an event, or an error.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.state.failed.is_some() || self.frames.is_ready()
    }

    /// Says that no more bytes will come.
    ///
    /// # Errors
    /// If the stream ended inside a frame or before messageStop; or the error that ended it before.
    pub fn finish(&mut self) -> Result<(), StreamError> {
        if let Some(error) = &self.state.failed {
            return Err(error.clone());
        }
        let outcome = match self.frames.finish() {
            Err(error) => Err(self.state.name(error)),
            Ok(()) if !self.state.message_stopped => {
                Err(StreamError::EndedEarly { offset: self.frames.offset(), frames: self.frames.frames() })
            }
            Ok(()) => Ok(()),
        };
        self.state.failed = outcome.as_ref().err().cloned();
        outcome
    }

    /// Where the next frame begins, in bytes from the start of the stream.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.frames.offset()
    }

    /// How many frames came.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames.frames()
    }
}

impl State {
    /// A frame that is none: cut off, corrupt, or never meant to be one.
    fn name(&self, error: DecodeError) -> StreamError {
        if error.stream_offset() < FRAME_PRELUDE
            && let Some(kind) = looks_like(&self.first_bytes)
        {
            return StreamError::NotAnEventStream(kind);
        }
        if error.is_truncated() { StreamError::Truncated(error) } else { StreamError::Corrupt(error) }
    }
}

/// A prelude's length: what fails behind the first one began as an event stream.
const FRAME_PRELUDE: u64 = 12;

fn event_of<'a>(frame: &Frame<'a>, offset: u64) -> Result<StreamEvent<'a>, StreamError> {
    let event_type = match frame.kind() {
        MessageKind::Event { event_type } => event_type,
        MessageKind::Exception { exception_type } => {
            return Err(StreamError::Exception(Box::new(ServiceError::from_exception(
                exception_type,
                frame.payload(),
            ))));
        }
        MessageKind::Error { code, message } => {
            return Err(StreamError::Error(Box::new(ServiceError::from_error_frame(code, message))));
        }
        // Initial messages and message types of the future carry no event of ours; they are shown, not dropped.
        MessageKind::InitialRequest => "initial-request",
        MessageKind::InitialResponse => "initial-response",
        MessageKind::Unknown { message_type } => message_type.unwrap_or_default(),
        _ => "",
    };
    StreamEvent::parse(event_type, frame.payload()).map_err(|error| StreamError::Payload {
        offset,
        event_type: event_type.to_owned(),
        error,
    })
}

#[cfg(test)]
mod tests {
    use barerock_eventstream::{Header, encode_frame};

    use super::*;
    use crate::Lookalike;
    use crate::stream::Verdict;

    fn frame(headers: &[(&str, &str)], payload: &str) -> Vec<u8> {
        let headers: Vec<_> = headers.iter().map(|(name, value)| Header::new(name, *value)).collect();
        let mut out = Vec::new();
        encode_frame(&headers, payload.as_bytes(), &mut out).unwrap();
        out
    }

    fn event(event_type: &str, payload: &str) -> Vec<u8> {
        frame(
            &[(":event-type", event_type), (":content-type", "application/json"), (":message-type", "event")],
            payload,
        )
    }

    /// The events as JSON, and how it ended.
    fn decode(stream: &[u8]) -> (Vec<String>, Result<(), StreamError>) {
        let (mut decoder, mut events) = (EventDecoder::new(), Vec::new());
        decoder.push(stream);
        loop {
            match decoder.next_event() {
                Ok(Some(event)) => events.push(serde_json::to_string(&event).unwrap()),
                Ok(None) => return (events, decoder.finish()),
                Err(error) => {
                    assert_eq!(decoder.next_event().unwrap_err(), error, "poisoned");
                    assert_eq!(decoder.finish().unwrap_err(), error, "poisoned");
                    return (events, Err(error));
                }
            }
        }
    }

    fn stop() -> Vec<u8> {
        event("messageStop", r#"{"p":"ab","stopReason":"end_turn"}"#)
    }

    #[test]
    fn events_have_boto3s_shape_and_text_borrows() {
        let delta =
            event("contentBlockDelta", r#"{"contentBlockIndex":2,"delta":{"text":"héllo"},"p":"abc"}"#);
        let mut decoder = EventDecoder::new();
        decoder.push(&delta);
        assert!(decoder.is_ready());
        let event = decoder.next_event().unwrap().unwrap();
        assert_eq!(event.text(), Some("héllo"));
        let StreamEvent::ContentBlockDelta(delta) = &event else { panic!("{event:?}") };
        assert!(matches!(&delta.delta, crate::stream::ContentBlockDelta::Text(text) if text.is_borrowed()));
        assert_eq!(
            serde_json::to_string(&event).unwrap(),
            r#"{"contentBlockDelta":{"delta":{"text":"héllo"},"contentBlockIndex":2}}"#
        );
        assert!(!decoder.is_ready());
    }

    #[test]
    fn unknown_events_and_members_come_through() {
        let stream = [
            event("blockRewritten", r#"{"a":1.50}"#),
            event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"hologram":{"x":[1]}}}"#),
            event("noise", "not json"),
            stop(),
        ];
        let (events, end) = decode(&stream.concat());
        assert_eq!(end, Ok(()));
        assert_eq!(events[0], r#"{"blockRewritten":{"a":1.50}}"#);
        assert_eq!(
            events[1],
            r#"{"contentBlockDelta":{"delta":{"hologram":{"x":[1]}},"contentBlockIndex":0}}"#
        );
        assert_eq!(events[2], r#"{"noise":null}"#);
    }

    #[test]
    fn the_payload_of_every_event_can_be_had() {
        let payloads = [r#"{"stopReason":"end_turn","p":"abc","new":1}"#, "not json"];
        let mut decoder = EventDecoder::new();
        decoder.push(&[event("messageStop", payloads[0]), event("noise", payloads[1])].concat());
        for expected in payloads {
            let (_, payload) = decoder.next_with_payload().unwrap().unwrap();
            assert_eq!(payload, expected.as_bytes());
        }
        assert_eq!(decoder.next_with_payload(), Ok(None));
    }

    #[test]
    fn an_exception_is_an_error() {
        let exception = frame(
            &[(":exception-type", "modelStreamErrorException"), (":message-type", "exception")],
            r#"{"message":"broken","originalStatusCode":500,"originalMessage":"oom"}"#,
        );
        let (events, end) = decode(&[event("messageStart", r#"{"role":"assistant"}"#), exception].concat());
        assert_eq!(events.len(), 1);
        let error = end.unwrap_err();
        assert_eq!(error.verdict(), Verdict::Exception);
        assert_eq!(
            error.to_string(),
            "the service broke off the answer: ModelStreamErrorException: broken (the model said: oom) (the model's status: 500) [HTTP 424]"
        );
    }

    #[test]
    fn an_error_frame_keeps_code_and_message() {
        let error = frame(
            &[(":message-type", "error"), (":error-code", "InternalError"), (":error-message", "try later")],
            "",
        );
        let (_, end) = decode(&error);
        let error = end.unwrap_err();
        assert_eq!(error.verdict(), Verdict::Error);
        let service = error.service_error().unwrap();
        assert_eq!((&*service.code, &*service.message), ("InternalError", "try later"));
    }

    #[test]
    fn no_message_stop_is_an_early_end() {
        let stream = event(
            "metadata",
            r#"{"usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"metrics":{"latencyMs":1}}"#,
        );
        let (_, end) = decode(&stream);
        let offset = u64::try_from(stream.len()).unwrap();
        assert_eq!(end, Err(StreamError::EndedEarly { offset, frames: 1 }));
        assert_eq!(decode(b"").1.unwrap_err().verdict(), Verdict::EndedEarly);
    }

    #[test]
    fn a_cut_and_a_flip_are_told_apart() {
        let stream = stop();
        for length in 1..stream.len() {
            let (_, end) = decode(&stream[..length]);
            assert_eq!(end.unwrap_err().verdict(), Verdict::Truncated, "cut at {length}");
        }
        let mut flipped = stream;
        flipped[40] ^= 1;
        assert_eq!(decode(&flipped).1.unwrap_err().verdict(), Verdict::Corrupt);
    }

    #[test]
    fn a_payload_that_is_no_event_is_located() {
        let (_, end) = decode(&[stop(), event("messageStart", r#"{"role":7}"#)].concat());
        let error = end.unwrap_err();
        assert_eq!(error.verdict(), Verdict::Corrupt);
        let text = error.to_string();
        let offset = format!("offset {}", stop().len());
        assert!(text.contains("messageStart") && text.contains(&offset), "{text}");
    }

    #[test]
    fn what_never_was_a_stream_is_named() {
        for (body, kind) in [
            (&br#"{"message":"Forbidden"}"#[..], Lookalike::Json),
            (b"<html><body>Sign in", Lookalike::Html),
            (b"{}", Lookalike::Json),
        ] {
            assert_eq!(decode(body).1, Err(StreamError::NotAnEventStream(kind)));
        }
    }
}
