//! `barerock events`: the Converse events of a captured stream, then the assembled message.

mod page;

use std::path::PathBuf;

use barerock::converse::{EventDecoder, StreamError};
use barerock::{MessageAssembler, Verdict};
use barerock_eventstream::DecodeErrorKind;
use clap::{Args, ValueEnum};

use self::page::Page;
use super::converse_stream::partial;
use crate::exit::Failure;
use crate::render::{Output, corrected, counted, malformed, safe, summary};
use crate::source::Source;

/// The captured stream, and what is printed of it.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Events {
    /// The stream: a file, a fixture's folder (its response.body is read), FILE.har or FILE.har#N for entry N of an HTTP
    /// archive, or - for standard input
    file: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t = What::Events)]
    output: What,
    /// Write the stream as a self-contained page too: timeline, coloured bytes, assembled message
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
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
The received part of the message is always printed. Standard error has the
verdict: complete, truncated, ended-early, exception, error, corrupt or
not-an-event-stream.

Exit codes:
  0  complete
  2  wrong command line or input
  3  an exception or error frame
  4  truncated, ended early, corrupt or not an event stream";

/// The state of decoding.
struct Decoding {
    decoder: EventDecoder,
    assembler: MessageAssembler,
    what: What,
    output: Output,
    page: Option<Page>,
}

pub(crate) fn run(arguments: &Events) -> Result<(), Failure> {
    let mut source = Source::open(arguments.file.as_deref())?;
    let page = match &arguments.html {
        Some(path) => Some(Page::create(path, arguments.file.as_deref())?),
        None => None,
    };
    let mut decoding = Decoding {
        decoder: EventDecoder::new(),
        assembler: MessageAssembler::new(),
        what: arguments.output,
        output: Output::new(),
        page,
    };
    let ended = loop {
        let chunk = source.read()?;
        if chunk.is_empty() {
            break decoding.decoder.finish();
        }
        if let Some(page) = &mut decoding.page {
            page.push(chunk)?;
        }
        if let Err(error) = decoding.print_events(chunk)? {
            break Err(error);
        }
    };
    decoding.finish(ended)
}

impl Decoding {
    /// Prints the events that this chunk completes. The outer error is of printing, the inner one of the stream.
    fn print_events(&mut self, mut chunk: &[u8]) -> Result<Result<(), StreamError>, Failure> {
        loop {
            let (event, payload) = match self.decoder.next_with_payload(&mut chunk) {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(Ok(())),
                Err(error) => return Ok(Err(error)),
            };
            match (self.what, event.text()) {
                (What::Events, _) => self.output.line(&event.to_document(payload))?,
                (What::Text, Some(text)) => self.output.answer(text)?,
                _ => {}
            }
            self.assembler.push(event);
        }
    }

    /// Prints the message, complete or not, and the verdict.
    fn finish(mut self, ended: Result<(), StreamError>) -> Result<(), Failure> {
        if let Some(page) = self.page.take() {
            page.finish()?;
        }
        let (frames, bytes) = (self.decoder.frames(), self.decoder.offset());
        self.assembler.add_corrections(self.decoder.corrections());
        let mut corrections = self.assembler.corrections().to_vec();
        let message = self.assembler.finish();
        match (&message, self.what) {
            (Ok(message), What::Events) => self.output.json_line(message)?,
            (Ok(message), What::Message) => self.output.json(message)?,
            (Ok(message), What::Text) => {
                self.output.end_line()?;
                summary(message.stop_reason(), message.usage());
            }
            (Err(_), What::Text) => self.output.end_line()?,
            // Of a stream without events there is nothing to print.
            (Err(_), _) if frames == 0 => {}
            (Err(incomplete), What::Events) => self.output.json_line(&partial(&incomplete.partial))?,
            (Err(incomplete), What::Message) => self.output.json(&partial(&incomplete.partial))?,
        }
        if let Ok(message) = message {
            corrections = message.corrections;
            malformed(&message.malformed_tool_inputs);
        }
        corrected(&corrections);
        let Err(error) = ended else {
            tell!("{}: {}, {}", Verdict::Complete, counted(frames, "event"), counted(bytes, "byte"));
            return Ok(());
        };
        let verdict = error.verdict();
        let failure = Failure::of_stream(verdict, Some(format!("{verdict}: {}", safe(&error.to_string()))));
        failure.map_or(Ok(()), |failure| Err(failure.with_hint(hint(&error))))
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
