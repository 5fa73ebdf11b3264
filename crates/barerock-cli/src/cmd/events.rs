//! `barerock events`: the Converse events of a captured stream, then the message they make.

use std::path::PathBuf;

use barerock::converse::{AssembleError, EventDecoder, StreamError};
use barerock::{MessageAssembler, Verdict};
use barerock_eventstream::DecodeErrorKind;
use clap::{Args, ValueEnum};

use super::converse_stream::partial;
use crate::exit::Failure;
use crate::render::{Output, counted, safe, summary};
use crate::source::Source;

/// The captured stream, and what is printed of it.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Events {
    /// The stream: a file, a fixture's folder (its response.body is read), or - for standard input
    file: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t = What::Events)]
    output: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// One line of JSON an event, in boto3's shape, then one for the assembled message, in Converse's
    Events,
    /// The text of the answer
    Text,
    /// The assembled message alone, in Converse's shape
    Message,
}

const NOTES: &str = "\
What came of the message is printed in any case. Standard error says the
verdict: complete, truncated, ended-early, exception, error, corrupt or
not-an-event-stream.

Exit codes:
  0  complete
  2  wrong command line or input
  3  an exception or error frame
  4  truncated, ended early, corrupt or not an event stream";

/// What is made of the stream.
struct Decoding {
    decoder: EventDecoder,
    assembler: MessageAssembler,
    /// The first event that the message has no place for, and where its frame begins. The assembler gets none
    /// after it; they are printed all the same.
    misplaced: Option<(AssembleError, u64)>,
    what: What,
    output: Output,
}

pub(crate) fn run(arguments: &Events) -> Result<(), Failure> {
    let mut source = Source::open(arguments.file.as_deref())?;
    let mut decoding = Decoding {
        decoder: EventDecoder::new(),
        assembler: MessageAssembler::new(),
        misplaced: None,
        what: arguments.output,
        output: Output::new(),
    };
    let ended = loop {
        let chunk = source.read()?;
        if chunk.is_empty() {
            break decoding.decoder.finish();
        }
        decoding.decoder.push(chunk);
        if let Err(error) = decoding.print_events()? {
            break Err(error);
        }
    };
    decoding.finish(ended)
}

impl Decoding {
    /// Prints the events that are there. The outer error is of printing, the inner one of the stream.
    fn print_events(&mut self) -> Result<Result<(), StreamError>, Failure> {
        loop {
            let offset = self.decoder.offset();
            let event = match self.decoder.next_event() {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(Ok(())),
                Err(error) => return Ok(Err(error)),
            };
            match (self.what, event.text()) {
                (What::Events, _) => self.output.json_line(&event)?,
                (What::Text, Some(text)) => self.output.answer(text)?,
                _ => {}
            }
            if self.misplaced.is_none() {
                self.misplaced = self.assembler.push(event).err().map(|error| (error, offset));
            }
        }
    }

    /// Prints the message, whole or as far as it came, and says the verdict.
    fn finish(mut self, ended: Result<(), StreamError>) -> Result<(), Failure> {
        let (frames, bytes) = (self.decoder.frames(), self.decoder.offset());
        let message = self.assembler.finish();
        match (&message, self.what) {
            (Ok(message), What::Events) => self.output.json_line(message)?,
            (Ok(message), What::Message) => self.output.json(message)?,
            (Ok(message), What::Text) => {
                self.output.end_line()?;
                summary(message.stop_reason(), message.usage());
            }
            (Err(_), What::Text) => self.output.end_line()?,
            // Of a stream without events there is nothing to show.
            (Err(_), _) if frames == 0 => {}
            (Err(incomplete), What::Events) => self.output.json_line(&partial(&incomplete.partial))?,
            (Err(incomplete), What::Message) => self.output.json(&partial(&incomplete.partial))?,
        }
        let (verdict, text, hint) = match (ended, self.misplaced) {
            (Err(error), _) => (error.verdict(), error.to_string(), hint(&error)),
            (Ok(()), Some((error, offset))) => {
                (Verdict::Corrupt, format!("{error} (frame at offset {offset})"), None)
            }
            (Ok(()), None) => {
                tell!("{}: {}, {}", Verdict::Complete, counted(frames, "event"), counted(bytes, "byte"));
                return Ok(());
            }
        };
        let failure = Failure::of_stream(verdict, Some(format!("{verdict}: {}", safe(&text))));
        failure.map_or(Ok(()), |failure| Err(failure.with_hint(hint)))
    }
}

/// What to do about it: the library's limits are options of `frames`.
fn hint(error: &StreamError) -> Option<&'static str> {
    let (StreamError::Corrupt(error) | StreamError::Truncated(error)) = error else { return None };
    match error.kind() {
        DecodeErrorKind::MessageTooLong { .. }
        | DecodeErrorKind::DuplicateHeader { .. }
        | DecodeErrorKind::HeadersTooLong { .. }
        | DecodeErrorKind::TooManyHeaders { .. } => Some("`barerock frames` has options that accept it."),
        _ => Some(error.hint()),
    }
}
