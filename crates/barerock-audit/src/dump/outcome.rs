//! How a stream ended: a verdict, a sentence and a hint.

use core::fmt;

use barerock_converse::stream::StreamError;
use barerock_converse::{Lookalike, Verdict, looks_like};
use barerock_eventstream::{DecodeError, DecodeErrorKind, MessageKind};
use serde::Deserialize;

use super::{Excerpt, PlacedFrame};
use crate::text::{counted, grouped};

/// How a stream ended. `Display` is one sentence, which begins with the verdict.
#[derive(Debug)]
#[non_exhaustive]
pub struct StreamOutcome {
    /// The verdict.
    pub verdict: Verdict,
    /// How many frames were decoded.
    pub frames: u64,
    /// Bytes of the stream.
    pub bytes: u64,
    /// Complete or ended early: the end. Truncated: where the stream was cut. Corrupt: the fault. Exception or error:
    /// where that frame begins. Not an event stream: 0.
    pub offset: u64,
    error: Option<DecodeError>,
    looks_like: Option<Lookalike>,
    service_fault: Option<ServiceFault>,
    /// The error of a Converse stream that is not one of its frames.
    stream_error: Option<StreamError>,
}

/// The first exception or error frame of a stream.
#[derive(Debug)]
pub struct ServiceFault {
    verdict: Verdict,
    number: u64,
    offset: u64,
    code: String,
    message: String,
}

/// The member that the payload of every exception has.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ExceptionPayload {
    #[serde(alias = "Message")]
    message: String,
}

impl ServiceFault {
    /// The fault of an exception or error frame.
    pub(super) fn of(placed: &PlacedFrame<'_>) -> Option<Self> {
        let (verdict, code, message) = match placed.frame.kind() {
            MessageKind::Exception { exception_type } => {
                let payload: ExceptionPayload =
                    serde_json::from_slice(placed.frame.payload()).unwrap_or_default();
                (Verdict::Exception, exception_type, payload.message)
            }
            MessageKind::Error { code, message } => (Verdict::Error, code, message.to_owned()),
            _ => return None,
        };
        let (code, message) = (Excerpt::SHORT.line(code), Excerpt::SHORT.line(&message));
        Some(Self { verdict, number: placed.number, offset: placed.offset, code, message })
    }
}

impl fmt::Display for ServiceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { verdict, number, offset, code, message } = self;
        write!(f, "{verdict} in frame {number} at offset {offset}")?;
        for words in [code, message].into_iter().filter(|words| !words.is_empty()) {
            write!(f, ": {words}")?;
        }
        Ok(())
    }
}

impl StreamOutcome {
    /// The outcome of a stream of which `broken` is the fault that ended decoding, and the bytes from the broken frame on.
    pub(super) fn new(
        frames: u64,
        bytes: u64,
        broken: Option<(DecodeError, &[u8])>,
        service_fault: Option<ServiceFault>,
    ) -> Self {
        // Only what fails in the prelude may never have been a frame.
        let in_prelude = broken.filter(|(error, _)| error.kind().is_in_prelude());
        let looks_like = in_prelude.and_then(|(_, bytes)| looks_like(bytes));
        let error = broken.map(|(error, _)| error);
        let (verdict, offset) = match (&error, &service_fault) {
            (Some(_), _) if frames == 0 && looks_like.is_some() => (Verdict::NotAnEventStream, 0),
            (Some(error), _) if error.is_truncated() => (Verdict::Truncated, error.stream_offset()),
            (Some(error), _) => (Verdict::Corrupt, error.stream_offset()),
            (None, Some(fault)) => (fault.verdict, fault.offset),
            (None, None) => (Verdict::Complete, bytes),
        };
        let stream_error = None;
        Self { verdict, frames, bytes, offset, error, looks_like, service_fault, stream_error }
    }

    /// The outcome of the same stream as a response of ConverseStream, which ended with `error`.
    pub(super) fn of_converse(mut self, error: Option<StreamError>) -> Self {
        let Some(error) = error else { return self };
        self.verdict = error.verdict();
        let of_service = self.service_fault.as_ref().filter(|_| error.service_error().is_some());
        self.offset = error.offset().or(of_service.map(|fault| fault.offset)).unwrap_or(self.offset);
        self.stream_error = Some(error);
        self
    }

    /// True if the stream is complete.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.verdict == Verdict::Complete
    }

    /// What the broken frame's bytes look like, if they are not a frame's.
    #[must_use]
    pub fn looks_like(&self) -> Option<Lookalike> {
        self.looks_like
    }

    /// What is wrong with the broken frame.
    #[must_use]
    pub fn error(&self) -> Option<&DecodeError> {
        self.error.as_ref()
    }

    /// What to do about it, in one sentence.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match (self.looks_like, &self.error) {
            (Some(looks_like), _) => Some(hint_for(looks_like)),
            (None, Some(error)) => Some(error.hint()),
            (None, None) if self.verdict == Verdict::EndedEarly => {
                Some("Send the request again: the connection closed early.")
            }
            (None, None) => None,
        }
    }

    fn counts(&self) -> String {
        format!("{}, {}", counted(self.frames, "frame"), counted(self.bytes, "byte"))
    }

    fn of_error(&self, f: &mut fmt::Formatter<'_>, error: &DecodeError) -> fmt::Result {
        let (offset, number) = (self.offset, self.frames.saturating_add(1));
        match (self.verdict, error.kind()) {
            (Verdict::NotAnEventStream, _) => write!(f, "not-an-event-stream at offset {offset}")?,
            (_, DecodeErrorKind::Truncated { part, received, needed }) => {
                write!(f, "truncated at offset {offset} inside frame {number}'s {part}: ")?;
                write!(
                    f,
                    "{} of {} bytes are there",
                    grouped((*received).into()),
                    grouped((*needed).into())
                )?;
            }
            (_, kind) => write!(f, "corrupt at offset {offset} in frame {number}: {kind}")?,
        }
        match self.looks_like {
            Some(lookalike) => write!(f, ": looks like {lookalike}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for StreamOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.stream_error, &self.error, &self.service_fault) {
            (Some(StreamError::EndedEarly { offset, .. }), ..) => {
                write!(f, "ended-early at offset {offset}: {}, but no messageStop", self.counts())
            }
            (Some(StreamError::Exception(_) | StreamError::Error(_)), _, Some(fault))
            | (None, None, Some(fault)) => write!(f, "{fault}; {}", self.counts()),
            (
                Some(
                    error @ (StreamError::Misplaced { .. }
                    | StreamError::Header { .. }
                    | StreamError::Payload { .. }),
                ),
                ..,
            ) => write!(f, "{}: {error}; {}", self.verdict, self.counts()),
            (_, Some(error), fault) => {
                self.of_error(f, error)?;
                fault.as_ref().map_or(Ok(()), |fault| write!(f, "; before that, {fault}"))
            }
            (_, None, _) => {
                write!(f, "complete: {}", self.counts())?;
                f.write_str(if self.bytes == 0 { " (the input is empty)" } else { "" })
            }
        }
    }
}

fn hint_for(lookalike: Lookalike) -> &'static str {
    match lookalike {
        Lookalike::Gzip | Lookalike::Zstd => "Decompress it first, or send no accept-encoding.",
        Lookalike::ServerSentEvents => "Check the path and the content type: the endpoint is another API's.",
        Lookalike::Http => "Decode the body alone, without the head.",
        Lookalike::HttpChunks => "Remove the transfer coding first: chunk sizes are still in it.",
        Lookalike::Tls => "Decode the data inside TLS, not its records.",
        Lookalike::PacketCapture => "Extract the response body from the capture first.",
        Lookalike::Base64 => "Decode the base64 first.",
        _ => "Read it as an error: check the response's status and content type before decoding.",
    }
}
