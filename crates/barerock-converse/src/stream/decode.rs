//! Decoding of response bytes into stream events.

use barerock_eventstream::{DecodeError, Frame, FrameDecoder, Limits, MessageKind, header_name};

use super::error::StreamError;
use super::event::{CONTENT_BLOCK_DELTA, StreamEvent};
use super::fast::{padded_text, plain_delta};
use crate::error::ServiceError;
use crate::json::{Correction, Corrections};
use crate::lookalike::{Lookalike, looks_like};

/// Decodes the bytes of a ConverseStream response, in chunks of any size, into events.
///
/// For each chunk, call [`next_event`](Self::next_event) until it returns `None`, and [`finish`](Self::finish) at the end of
/// the body: only then is it known whether the message is complete. After an error the decoder returns only the same error.
/// Events are read from the chunk where they are; only the start of an incomplete frame is copied.
#[derive(Debug, Clone, Default)]
pub struct EventDecoder {
    frames: FrameDecoder,
    state: State,
}

#[derive(Debug, Clone, Default)]
struct State {
    message_started: bool,
    message_stopped: bool,
    has_metadata: bool,
    /// Error for the first event after the end of the message.
    misplaced: Option<StreamError>,
    failed: Option<StreamError>,
    /// What the first bytes of the stream look like, other than an event stream.
    lookalike: Option<Lookalike>,
    corrections: Corrections,
}

/// Number of bytes by which a body that is not an event stream is identified.
const FIRST_BYTES: usize = 512;

impl EventDecoder {
    /// Creates a decoder with the default limits.
    #[must_use]
    #[inline(never)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a decoder with the given limits.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        Self { frames: FrameDecoder::with_limits(limits), state: State::default() }
    }

    /// Returns the next event, or `None` if more bytes are needed. The bytes taken are removed from the front of `chunk`: all of
    /// them if the result is `None`. The next call must have the rest.
    ///
    /// # Errors
    /// If the bytes are not a valid frame, a frame lacks a required header, the payload of a known event is not a JSON
    /// object, or the service ended the stream with an exception or error. Invalid members of a payload are not errors
    /// but [`corrections`](Self::corrections).
    pub fn next_event<'a, 'chunk: 'a>(
        &'a mut self,
        chunk: &mut &'chunk [u8],
    ) -> Result<Option<StreamEvent<'a>>, StreamError> {
        self.next_as(chunk, |event, _| event)
    }

    /// Returns the next event with the unchanged bytes of its payload, including padding.
    ///
    /// # Errors
    /// As [`next_event`](Self::next_event)'s.
    pub fn next_with_payload<'a, 'chunk: 'a>(
        &'a mut self,
        chunk: &mut &'chunk [u8],
    ) -> Result<Option<(StreamEvent<'a>, &'a [u8])>, StreamError> {
        self.next_as(chunk, |event, payload| (event, payload))
    }

    fn next_as<'a, 'chunk: 'a, T>(
        &'a mut self,
        chunk: &mut &'chunk [u8],
        with: impl FnOnce(StreamEvent<'a>, &'a [u8]) -> T,
    ) -> Result<Option<T>, StreamError> {
        let Self { frames, state } = self;
        if let Some(error) = &state.failed {
            return Err(error.clone());
        }
        let offset = frames.offset();
        if offset == 0 {
            state.look_at_start(frames.unread(), chunk);
        }
        let frame = match frames.next_frame(chunk) {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(None),
            Err(error) => return Err(state.fail(classify(error, state.lookalike))),
        };
        // Before all else: nearly every event is one of these.
        let padded = if is_usual_delta(&frame) { padded_text(frame.payload()) } else { None };
        if let Some(delta) = padded {
            state.follow_delta(offset);
            return Ok(Some(with(StreamEvent::ContentBlockDelta(delta.into()), frame.payload())));
        }
        let event = state.other_event(frame, offset)?;
        Ok(Some(with(event, frame.payload())))
    }

    /// Corrections made in the events so far, without duplicates.
    #[must_use]
    pub fn corrections(&self) -> &[Correction] {
        self.state.corrections.as_slice()
    }

    /// True if [`next_event`](Self::next_event) would return an event or an error. If not, all bytes of `chunk` were taken;
    /// otherwise at most those that complete a frame begun with earlier chunks.
    #[must_use]
    pub fn is_ready(&mut self, chunk: &mut &[u8]) -> bool {
        self.state.failed.is_some() || self.frames.is_ready(chunk)
    }

    /// True if messageStop was received and no frame is incomplete, so that [`finish`](Self::finish) would not report a
    /// truncated stream.
    #[must_use]
    pub fn is_complete(&mut self) -> bool {
        self.state.message_stopped && self.state.failed.is_none() && self.frames.finish().is_ok()
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
            (Err(error), _) => Err(classify(error, looks_like(self.frames.unread()))),
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
    /// Identifies a body that is not an event stream. `unread` and `chunk` are its first bytes.
    #[cold]
    fn look_at_start(&mut self, unread: &[u8], chunk: &[u8]) {
        let start: Vec<u8> = unread.iter().chain(chunk).take(FIRST_BYTES).copied().collect();
        self.lookalike = looks_like(&start);
    }

    /// Ends decoding with this error.
    #[cold]
    fn fail(&mut self, error: StreamError) -> StreamError {
        self.failed = Some(error.clone());
        error
    }

    /// Reads the event of a frame that is not a text in the usual form.
    #[inline(never)]
    fn other_event<'a>(&mut self, frame: Frame<'a>, offset: u64) -> Result<StreamEvent<'a>, StreamError> {
        let plain = if is_usual_delta(&frame) { plain_delta(frame.payload()) } else { None };
        let event = match plain {
            Some(delta) => StreamEvent::ContentBlockDelta(delta.into()),
            None => event_of(&frame, offset, &mut self.corrections).map_err(|error| self.fail(error))?,
        };
        self.follow(&event, offset);
        Ok(event)
    }

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
}

/// Classifies a frame error: truncated, corrupt, or not an event stream. `lookalike` is what the start of the stream looks like.
#[cold]
fn classify(error: DecodeError, lookalike: Option<Lookalike>) -> StreamError {
    match lookalike {
        Some(kind) if error.stream_offset() < FRAME_PRELUDE => StreamError::NotAnEventStream(kind),
        _ if error.is_truncated() => StreamError::Truncated(error),
        _ => StreamError::Corrupt(error),
    }
}

/// Length of a prelude, in bytes. A stream that fails after the first prelude did begin as an event stream.
const FRAME_PRELUDE: u64 = 12;

/// True if a frame is a delta, which usually has a form with a fast path.
#[inline(always)]
fn is_usual_delta(frame: &Frame<'_>) -> bool {
    cfg!(feature = "fast") && frame.kind() == MessageKind::Event { event_type: CONTENT_BLOCK_DELTA }
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
