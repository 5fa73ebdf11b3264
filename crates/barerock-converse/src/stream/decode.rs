//! Decoding of response bytes into stream events.

use barerock_eventstream::{DecodeError, Frame, FrameDecoder, Limits, MessageKind, header_name};

use super::error::StreamError;
use super::event::{CONTENT_BLOCK_DELTA, StreamEvent};
use super::fast::plain_delta;
use super::payload::ContentBlockDeltaEvent;
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
    has_metadata: bool,
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
            Ok(Some(frame)) => {
                // Before all else: nearly every event is one of these.
                if let Some(delta) = plain_event(&frame) {
                    state.follow_delta(offset);
                    return Ok(Some(with(StreamEvent::ContentBlockDelta(delta), frame.payload())));
                }
                event_of(&frame, offset, &mut state.corrections).map(|event| (event, frame))
            }
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

    /// True if messageStop and metadata were received and no frame is incomplete: the service sends nothing after that
    /// but the end of the body.
    #[must_use]
    pub fn has_last_event(&mut self) -> bool {
        self.state.has_metadata && self.is_complete()
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
            // spec: bedrock#message-stop "messageStop: Message stop information."
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
            // spec: bedrock#metadata "metadata: Metadata for the converse output stream."
            StreamEvent::Metadata(_) => {
                self.has_metadata = true;
                return;
            }
            StreamEvent::Unknown(_) => return,
            // spec: bedrock#message-start "messageStart: Message start information."
            StreamEvent::MessageStart(_) => core::mem::replace(&mut self.message_started, true),
            _ => self.message_stopped,
        };
        if (is_misplaced || self.message_stopped) && self.misplaced.is_none() {
            self.misplaced =
                Some(StreamError::Misplaced { offset, event_type: event.event_type().to_owned() });
        }
        self.message_stopped |= matches!(event, StreamEvent::MessageStop(_));
    }

    /// As [`follow`](Self::follow), for a delta of a content block.
    #[inline(always)]
    fn follow_delta(&mut self, offset: u64) {
        if self.message_stopped && self.misplaced.is_none() {
            self.misplaced =
                Some(StreamError::Misplaced { offset, event_type: CONTENT_BLOCK_DELTA.to_owned() });
        }
    }

    /// Classifies a frame error: truncated, corrupt, or not an event stream.
    fn classify(&self, error: DecodeError) -> StreamError {
        let is_first = error.stream_offset() < FRAME_PRELUDE;
        match looks_like(&self.first_bytes) {
            Some(kind) if is_first => StreamError::NotAnEventStream(kind),
            _ if error.is_truncated() => StreamError::Truncated(error),
            _ => StreamError::Corrupt(error),
        }
    }
}

/// Length of a prelude, in bytes. A stream that fails after the first prelude did begin as an event stream.
const FRAME_PRELUDE: u64 = 12;

/// The event of a frame that is a delta in the usual form.
#[inline(always)]
fn plain_event<'a>(frame: &Frame<'a>) -> Option<ContentBlockDeltaEvent<'a>> {
    if !cfg!(feature = "fast") || frame.kind() != (MessageKind::Event { event_type: CONTENT_BLOCK_DELTA }) {
        return None;
    }
    plain_delta(frame.payload()).map(Into::into)
}

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
        // spec: bedrock#unknown-event the events and exceptions of the stream, and those that a later model adds
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
mod tests;
