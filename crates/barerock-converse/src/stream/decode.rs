//! Decoding of response bytes into stream events.

use barerock_eventstream::{DecodeError, Frame, FrameDecoder, Limits, MessageKind, header_name};

use super::error::StreamError;
use super::event::StreamEvent;
use crate::error::ServiceError;
use crate::json::{Correction, Corrections};
use crate::lookalike::looks_like;

/// Decodes the bytes of a ConverseStream response, in chunks of any size, into events.
///
/// Call [`push`](Self::push) for each chunk, then [`next_event`](Self::next_event) until it returns `None`, and
/// [`finish`](Self::finish) at the end of the body: only then is it known whether the message is complete. After an
/// error the decoder returns only the same error.
#[derive(Debug, Clone, Default)]
pub struct EventDecoder {
    frames: FrameDecoder,
    state: State,
}

#[derive(Debug, Clone, Default)]
struct State {
    /// The first bytes of the stream until the first frame is complete, to identify a body that is not an event stream.
    first_bytes: Vec<u8>,
    message_started: bool,
    message_stopped: bool,
    /// Error for the first event after the end of the message.
    misplaced: Option<StreamError>,
    failed: Option<StreamError>,
    corrections: Corrections,
}

/// Number of first bytes kept to identify the content.
const FIRST_BYTES: usize = 512;

impl EventDecoder {
    /// Creates a decoder with the default limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a decoder with the given limits.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        Self { frames: FrameDecoder::with_limits(limits), state: State::default() }
    }

    /// Adds the next bytes of the body.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.frames.frames() == 0 && self.state.first_bytes.len() < FIRST_BYTES {
            let wanted = FIRST_BYTES.saturating_sub(self.state.first_bytes.len()).min(bytes.len());
            self.state.first_bytes.extend_from_slice(bytes.get(..wanted).unwrap_or_default());
        }
        self.frames.push(bytes);
    }

    /// Returns the next event, or `None` if more bytes are needed.
    ///
    /// # Errors
    /// If the bytes are not a valid frame, a frame lacks a required header, the payload of a known event is not a JSON
    /// object, or the service ended the stream with an exception or error. Invalid members of a payload are not errors
    /// but [`corrections`](Self::corrections).
    pub fn next_event(&mut self) -> Result<Option<StreamEvent<'_>>, StreamError> {
        self.next_as(|event, _| event)
    }

    /// Returns the next event with the unchanged bytes of its payload, including padding.
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
            Ok(Some(frame)) => event_of(&frame, offset, &mut state.corrections).map(|event| (event, frame)),
            Err(error) => Err(state.classify(error)),
        };
        match outcome {
            Ok((event, frame)) => {
                state.follow(&event, offset);
                Ok(Some(with(event, frame.payload())))
            }
            Err(error) => {
                state.failed = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Corrections made in the events so far, without duplicates.
    #[must_use]
    pub fn corrections(&self) -> &[Correction] {
        self.state.corrections.as_slice()
    }

    /// True if [`next_event`](Self::next_event) would return an event or an error without more bytes.
    #[must_use]
    pub fn is_ready(&mut self) -> bool {
        self.state.failed.is_some() || self.frames.is_ready()
    }

    /// True if messageStop was received and no frame is incomplete, so that [`finish`](Self::finish) would not report a
    /// truncated stream.
    #[must_use]
    pub fn is_complete(&mut self) -> bool {
        self.state.message_stopped && self.frames.finish().is_ok()
    }

    /// Ends the stream and checks that the message is complete.
    ///
    /// # Errors
    /// If the stream ended inside a frame or before messageStop, or contained more than one message; after an error,
    /// the same error again.
    pub fn finish(&mut self) -> Result<(), StreamError> {
        if let Some(error) = &self.state.failed {
            return Err(error.clone());
        }
        let outcome = match (self.frames.finish(), self.state.misplaced.take()) {
            (Err(error), _) => Err(self.state.classify(error)),
            (Ok(()), Some(misplaced)) => Err(misplaced),
            (Ok(()), None) if !self.state.message_stopped => {
                Err(StreamError::EndedEarly { offset: self.frames.offset(), frames: self.frames.frames() })
            }
            (Ok(()), None) => Ok(()),
        };
        self.state.failed = outcome.as_ref().err().cloned();
        outcome
    }

    /// Offset of the next frame, in bytes from the start of the stream.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.frames.offset()
    }

    /// The number of frames so far.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames.frames()
    }
}

impl State {
    /// Updates the position in the message.
    #[inline]
    fn follow(&mut self, event: &StreamEvent<'_>, offset: u64) {
        let is_misplaced = match event {
            StreamEvent::Metadata(_) | StreamEvent::Unknown(_) => return,
            StreamEvent::MessageStart(_) => core::mem::replace(&mut self.message_started, true),
            _ => self.message_stopped,
        };
        if (is_misplaced || self.message_stopped) && self.misplaced.is_none() {
            self.misplaced =
                Some(StreamError::Misplaced { offset, event_type: event.event_type().to_owned() });
        }
        self.message_stopped |= matches!(event, StreamEvent::MessageStop(_));
    }

    /// Classifies a frame error: truncated, corrupt, or not an event stream.
    fn classify(&self, error: DecodeError) -> StreamError {
        if error.stream_offset() < FRAME_PRELUDE
            && let Some(kind) = looks_like(&self.first_bytes)
        {
            return StreamError::NotAnEventStream(kind);
        }
        if error.is_truncated() { StreamError::Truncated(error) } else { StreamError::Corrupt(error) }
    }
}

/// Length of a prelude, in bytes. A stream that fails after the first prelude did begin as an event stream.
const FRAME_PRELUDE: u64 = 12;

fn event_of<'a>(
    frame: &Frame<'a>,
    offset: u64,
    corrections: &mut Corrections,
) -> Result<StreamEvent<'a>, StreamError> {
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
        // Initial messages and future message types are not Converse events; they become unknown events.
        MessageKind::InitialRequest => "initial-request",
        MessageKind::InitialResponse => "initial-response",
        MessageKind::Unknown { message_type: Some(message_type) } => message_type,
        _ => return Err(StreamError::Header { offset, name: header_name::MESSAGE_TYPE }),
    };
    // A missing header is read as an empty string.
    if event_type.is_empty()
        && frame.header(header_name::EVENT_TYPE).and_then(|value| value.as_str()).is_none()
        && frame.header(header_name::MESSAGE_TYPE).and_then(|value| value.as_str()) == Some("event")
    {
        return Err(StreamError::Header { offset, name: header_name::EVENT_TYPE });
    }
    StreamEvent::parse(event_type, frame.payload(), corrections).map_err(|error| StreamError::Payload {
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

    /// Decodes a stream into events as JSON, and the result of `finish`.
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
        assert_eq!(events[2], r#"{"noise":"not json"}"#);
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
            "the service ended the stream with an exception: ModelStreamErrorException: broken (the model said: oom) (the model's status: 500) [HTTP 424]"
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
    fn a_payload_that_is_no_object_is_located() {
        for payload in ["[]", "7", "", "{\"role\":", "{} {}", "{\"role\":\"\\x\"}"] {
            let (_, end) = decode(&[stop(), event("messageStart", payload)].concat());
            let error = end.unwrap_err();
            assert_eq!(error.verdict(), Verdict::Corrupt);
            let text = error.to_string();
            let offset = format!("offset {}", stop().len());
            assert!(text.contains("messageStart") && text.contains(&offset), "{text}");
        }
    }

    #[test]
    fn a_frame_says_what_it_is_by_string_headers() {
        let text = event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"a"}}"#);
        for (headers, name) in [
            (&[][..], ":message-type"),
            (&[(":event-type", "contentBlockDelta")], ":message-type"),
            (&[(":message-type", "event")], ":event-type"),
        ] {
            let (events, end) = decode(&[text.clone(), frame(headers, "{}"), stop()].concat());
            assert_eq!(events.len(), 1);
            let offset = text.len().try_into().unwrap();
            assert_eq!(end, Err(StreamError::Header { offset, name }));
        }
        for (event_type, message_type) in [(1_i32.into(), "event".into()), ("metadata".into(), 1_i32.into())]
        {
            let headers = [
                Header { name: ":event-type", value: event_type },
                Header { name: ":message-type", value: message_type },
            ];
            let mut bytes = Vec::new();
            encode_frame(&headers, b"{}", &mut bytes).unwrap();
            assert_eq!(decode(&bytes).1.unwrap_err().verdict(), Verdict::Corrupt);
        }
        // An empty event type is valid.
        assert_eq!(decode(&[event("", "{}"), stop()].concat()).1, Ok(()));
        assert_eq!(decode(&[frame(&[(":message-type", "later")], "x"), stop()].concat()).1, Ok(()));
    }

    #[test]
    fn a_second_message_is_handed_out_and_is_an_error_at_the_end() {
        let start = || event("messageStart", r#"{"role":"assistant"}"#);
        let text = || event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"a"}}"#);
        let metadata = || event("metadata", "{}");
        for (frames, misplaced) in [
            (vec![start(), text(), stop(), metadata(), text(), stop()], Some(4)),
            (vec![start(), start(), text(), stop()], Some(1)),
            (vec![start(), stop(), start()], Some(2)),
            (vec![stop(), stop()], Some(1)),
            (vec![start(), stop(), metadata(), event("heartbeat", "{}"), metadata()], None),
            (vec![text(), start(), stop()], None),
        ] {
            let (events, end) = decode(&frames.concat());
            assert_eq!(events.len(), frames.len());
            let offset = |index: usize| frames[..index].concat().len().try_into().unwrap();
            match (end, misplaced) {
                (Ok(()), None) => {}
                (Err(error @ StreamError::Misplaced { offset: found, .. }), Some(index)) => {
                    assert_eq!((error.verdict(), found), (Verdict::Corrupt, offset(index)));
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn each_correction_is_kept_once() {
        let mut decoder = EventDecoder::new();
        for _ in 0..3 {
            decoder.push(&event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":7}}"#));
            decoder.push(&event("contentBlockStart", r#"{"start":{}}"#));
            while decoder.next_event().unwrap().is_some() {}
        }
        let corrections: Vec<_> = decoder.corrections().iter().map(ToString::to_string).collect();
        assert_eq!(
            corrections,
            [
                "contentBlockDelta.delta.text is not a string",
                "contentBlockStart.start is a union without a member",
                "contentBlockStart.contentBlockIndex is missing",
            ]
        );
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
