//! `barerock frames`: any event stream, frame by frame, with a verdict on how it ends.

mod sink;

use core::time::Duration;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anstream::{AutoStream, ColorChoice};
use barerock_audit::Exchange;
use barerock_audit::dump::{
    DumpFormat, Excerpt, Hex, Html, Json, OutcomeLine, Palette, StreamDump, StreamOutcome, Text,
};
use barerock_audit::exchange::archive_of;
use barerock_eventstream::{
    DecodeErrorKind, Limits, MAX_HEADERS_LENGTH, MAX_PAYLOAD_LENGTH, MESSAGE_OVERHEAD,
};
use clap::{Args, ValueEnum, value_parser};

use self::sink::{Out, Sink};
use crate::exit::Failure;
use crate::page;
use crate::source::Source;

/// The stream, and how it is shown.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Frames {
    /// The stream: a file, a fixture's folder (its response.body is read), FILE.har or FILE.har#N for entry N of an HTTP
    /// archive, or - for standard input
    file: Option<PathBuf>,
    /// What to print; with --html, the verdict alone unless this is given [default: text]
    #[arg(long, value_enum)]
    output: Option<Output>,
    /// Write the stream as a self-contained page too: timeline, coloured bytes, assembled message
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Show long payloads and header values whole, in text
    #[arg(long)]
    full: bool,
    /// Refuse frames longer than this
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().max_message_length(),
        value_parser = value_parser!(u32).range(i64::from(MESSAGE_OVERHEAD)..=longest_message()))]
    max_message_bytes: u32,
    /// Accept header names that occur twice in a frame
    #[arg(long)]
    allow_duplicate_headers: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For reading: a frame a block
    Text,
    /// An annotated dump: every byte and its field
    Hex,
    /// One line of JSON per frame
    Json,
}

const NOTES: &str = "\
The last line is the verdict and its byte offset: complete, truncated, exception,
error, corrupt or not-an-event-stream. If a frame cannot be decoded, the verdict
is corrupt or truncated even if an exception or error frame came before it.

--output json prints one line per frame:
  {offset, total_length, headers_length, prelude_crc,
   headers: [{name, type, value}], payload, message_crc}
and finally {verdict, frames, bytes, offset}, with error and looks_like if they
apply. A payload that is JSON is {\"json\": …}, unchanged except that line breaks
between tokens become spaces; any other payload, or an empty one, is
{\"base64\": …}. Header values of type bytes are base64, timestamps are
milliseconds since 1970.

Exit codes:
  0  complete
  2  wrong command line or input
  3  an exception or error frame
  4  truncated, corrupt or not an event stream";

/// The longest message the specification allows.
fn longest_message() -> i64 {
    i64::from(MAX_PAYLOAD_LENGTH) + i64::from(MAX_HEADERS_LENGTH) + i64::from(MESSAGE_OVERHEAD)
}

pub(crate) fn run(arguments: &Frames) -> Result<(), Failure> {
    let limits = Limits::default()
        .with_max_message_length(arguments.max_message_bytes)
        .with_duplicate_headers(arguments.allow_duplicate_headers);
    let mut source = Source::open(arguments.file.as_deref())?;
    let excerpt = if arguments.full { Excerpt::WHOLE } else { Excerpt::SHORT.with_hint("--full shows all") };
    let palette = match AutoStream::choice(&io::stdout()) {
        ColorChoice::Never => Palette::PLAIN,
        _ => Palette::ANSI,
    };
    let format: Box<dyn DumpFormat> = match (arguments.output, &arguments.html) {
        (Some(Output::Json), _) => Box::new(Json::new()),
        (Some(Output::Hex), _) => Box::new(Hex::new(limits, palette)),
        (Some(Output::Text), _) | (None, None) => Box::new(Text::new(limits, excerpt, palette)),
        (None, Some(_)) => Box::new(OutcomeLine::new(palette)),
    };
    let page = arguments
        .html
        .as_deref()
        .map(|path| page::create(path, &[arguments.file.as_deref().unwrap_or(Path::new("-"))]))
        .transpose()?;
    let mut sinks = vec![Sink::new("standard output", Out::Standard(io::stdout()), format)];
    if let (Some(page), Some(path)) = (page, &arguments.html) {
        let html = page_of(arguments.file.as_deref(), limits);
        sinks.push(Sink::new(path.display(), Out::File(page), Box::new(html)));
    }
    let outcome = dump(&mut source, StreamDump::new(limits), sinks)?;
    // On a terminal the verdict has just been read.
    let words = (!io::stdout().is_terminal()).then(|| outcome.to_string());
    conclude(&outcome, words)
}

/// Prints frames and the verdict of a Converse stream as `--output json` does.
pub(crate) fn print_json(mut source: Source) -> Result<(), Failure> {
    let sinks = vec![Sink::new("standard output", Out::Standard(io::stdout()), Box::new(Json::new()))];
    let outcome = dump(&mut source, StreamDump::new(Limits::default()).of_converse(), sinks)?;
    conclude(&outcome, Some(outcome.to_string()))
}

/// Decodes the source to its end, or to the end of what is read after a fault.
fn dump(source: &mut Source, mut dump: StreamDump, mut sinks: Vec<Sink>) -> Result<StreamOutcome, Failure> {
    sinks.iter_mut().try_for_each(|sink| sink.write(|format, out| format.start(out)))?;
    let mut after_fault = AfterFault::default();
    loop {
        if source.is_live() {
            sinks.iter_mut().try_for_each(Sink::flush)?;
        }
        let is_live = source.is_live();
        if dump.is_broken() && is_live && !source.has_more_within(after_fault.time_left()) {
            break;
        }
        let chunk = source.read()?;
        if chunk.is_empty() {
            break;
        }
        dump.push(chunk, |placed| {
            sinks.iter_mut().try_for_each(|sink| sink.write(|format, out| format.frame(out, placed)))
        })?;
        if dump.is_broken() && is_live && after_fault.is_enough(chunk.len()) {
            break;
        }
    }
    let outcome = dump.finish(|broken| {
        sinks.iter_mut().try_for_each(|sink| sink.write(|format, out| format.broken(out, broken)))
    })?;
    for mut sink in sinks {
        sink.write(|format, out| format.outcome(out, &outcome))?;
        sink.finish()?;
    }
    Ok(outcome)
}

/// How much of a live stream is read after its first fault, so that the sender is not cut off and its length is known,
/// although the stream may never end.
#[derive(Debug, Default)]
struct AfterFault {
    bytes: usize,
    since: Option<Instant>,
}

impl AfterFault {
    const MAX_BYTES: usize = 256 * 1024 * 1024;
    const MAX_TIME: Duration = Duration::from_secs(10);

    /// How long to wait for more.
    fn time_left(&self) -> Duration {
        #[expect(clippy::disallowed_methods, reason = "the program limits how long it reads on")]
        let passed = self.since.map(|since| Instant::now().duration_since(since));
        Self::MAX_TIME.saturating_sub(passed.unwrap_or_default())
    }

    /// Counts bytes; true once they or the time are enough.
    fn is_enough(&mut self, bytes: usize) -> bool {
        #[expect(clippy::disallowed_methods, reason = "the program limits how long it reads on")]
        let now = Instant::now();
        self.bytes = self.bytes.saturating_add(bytes);
        let since = *self.since.get_or_insert(now);
        self.bytes > Self::MAX_BYTES || now.duration_since(since) > Self::MAX_TIME
    }
}

/// The exit of the program for an outcome, in these words.
fn conclude(outcome: &StreamOutcome, words: Option<String>) -> Result<(), Failure> {
    let failure = Failure::of_stream(outcome.verdict, words);
    failure.map_or(Ok(()), |failure| Err(failure.with_hint(hint(outcome))))
}

/// What to do about it: in options of the command where there are any.
fn hint(outcome: &StreamOutcome) -> Option<&'static str> {
    match outcome.error().map(|error| error.kind()) {
        Some(DecodeErrorKind::MessageTooLong { .. }) => {
            Some("Raise --max-message-bytes if such messages are expected.")
        }
        Some(DecodeErrorKind::DuplicateHeader { .. }) => {
            Some("Report it to the sender, or accept it with --allow-duplicate-headers.")
        }
        Some(DecodeErrorKind::HeadersTooLong { .. } | DecodeErrorKind::TooManyHeaders { .. }) => {
            Some("Report it to the service: none is known to send as many.")
        }
        _ => outcome.hint(),
    }
}

/// A page with the name of the input and the times of a recording.
pub(super) fn page_of(input: Option<&Path>, limits: Limits) -> Html {
    let named = input.filter(|path| path.as_os_str() != "-");
    let title = named.map_or("standard input".to_owned(), |path| path.display().to_string());
    let recorded = named.filter(|path| path.is_dir() || archive_of(path).is_some());
    let timing = recorded.and_then(|path| match Exchange::open_stream(path) {
        Ok(exchange) => exchange.response.timing().cloned(),
        // The stream itself may be whole.
        Err(error) => {
            tell!("note: no arrival times on the page: {error}");
            None
        }
    });
    Html::new(limits).titled(title).with_timing(timing)
}
