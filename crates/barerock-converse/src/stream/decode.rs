//! Bytes in, events out.

use barerock_eventstream::{DecodeError, Frame, FrameDecoder, Limits, MessageKind, looks_like};

use super::error::StreamError;
use super::event::StreamEvent;
use crate::error::ServiceError;

/// Makes events of the bytes of a ConverseStream answer, however they were cut.
///
/// [`push`](Self::push) bytes as they come, take events with [`next_event`](Self::next_event) until there is none, and
/// call [`finish`](Self::finish) when the bytes end: only then is it known whether the answer is whole. After an error
/// the decoder gives no more events, only the same error.
#[derive(Debug, Default)]
pub struct EventDecoder {
    frames: FrameDecoder,
    state: State,
}

#[derive(Debug, Default)]
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
        let Self { frames, state } = self;
        if let Some(error) = &state.failed {
            return Err(error.clone());
        }
        let offset = frames.offset();
        let outcome = match frames.next_frame() {
            Ok(None) => return Ok(None),
            Ok(Some(frame)) => event_of(&frame, offset),
            Err(error) => Err(state.name(error)),
        };
        match outcome {
            Ok(event) => {
                state.message_stopped |= matches!(event, StreamEvent::MessageStop(_));
                Ok(Some(event))
            }
            Err(error) => {
                state.failed = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Whether [`next_event`](Self::next_event) has something to say without more bytes: an event, or an error.
    #[must_use]
    pub fn is_ready(&mut self) -> bool {
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
        error: error.to_string(),
    })
}
