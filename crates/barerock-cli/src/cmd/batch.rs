//! `barerock batch`: Converse for every record of a file.

mod input;
mod output;
mod progress;

use std::collections::HashSet;

use barerock::batch::{BatchError, BatchProgress, BatchRecord, RecordError, RecordStatus};
use barerock::transport::TransportErrorKind;
use barerock::{Client, ConverseRequest, ConverseResponse, Error, ErrorKind};
use barerock_hyper::HyperTransport;
use tokio::task::JoinSet;

use crate::args;
use crate::catch::CatchInterrupt;
use crate::connect::Connection;
use crate::exit::Failure;
use crate::render::{counted, safe};
use input::{Input, Line};
use output::Output;
use progress::Progress;

/// Codes of the service for credentials that no request will be accepted with.
const REFUSED_CREDENTIALS: [&str; 6] = [
    "ExpiredTokenException",
    "ExpiredToken",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
];

/// Most warnings that are printed.
const MAX_WARNINGS: usize = 10;

pub(crate) async fn run(arguments: args::Batch) -> Result<(), Failure> {
    let input = Input::open(&arguments.input)?;
    let (output, done) = Output::open(&arguments.output)?;
    let connection = Connection::new(&arguments.call).await?;
    let (errors_before, done_before) = (done.errors(), done.outputs().saturating_add(done.errors()));
    let mut batch = Batch {
        client: connection.client.clone(),
        model_id: arguments.model_id,
        validates: !arguments.call.no_validate,
        progress: Progress::new(input.size(), done_before),
        output,
        done,
        open: JoinSet::new(),
        warnings: HashSet::new(),
        stopped: None,
    };
    let outcome = batch.records(input, arguments.concurrency.into()).await;
    batch.progress.summary(batch.output.name());
    if batch.output.continues() && (outcome.is_err() || batch.stopped.is_some()) {
        tell!("note: the same command continues the batch");
    }
    outcome?;
    batch.output.finish()?;
    if let Some(failure) = batch.stopped {
        return Err(failure);
    }
    match errors_before.saturating_add(batch.progress.errors()) {
        0 => Ok(()),
        errors => Err(Failure::service(format!("{} in {}", counted(errors, "error"), batch.output.name()))),
    }
}

struct Batch {
    client: Client<HyperTransport>,
    model_id: Option<String>,
    validates: bool,
    output: Output,
    done: BatchProgress,
    /// The requests under way.
    open: JoinSet<(BatchRecord, Result<ConverseResponse, Error>)>,
    /// What was warned of: a batch repeats its mistakes.
    warnings: HashSet<String>,
    progress: Progress,
    /// Why no more records are sent.
    stopped: Option<Failure>,
}

impl Batch {
    /// Sends the records of an input, at most `concurrency` at the same time, and writes a line for each.
    async fn records(&mut self, input: Input, concurrency: usize) -> Result<(), Failure> {
        // A file that reaches its size limit is an error to write to, and does not end the program.
        #[cfg(unix)]
        let _too_large = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(
            rustix::process::Signal::XFSZ.as_raw(),
        ));
        let mut lines =
            input.read().map_err(|error| Failure::io("cannot start a thread for the input", error))?;
        let mut interrupts = CatchInterrupt::begin();
        let mut is_read = false;
        loop {
            let has_room = self.open.len() < concurrency && !is_read && self.stopped.is_none();
            if self.open.is_empty() && !has_room {
                return Ok(());
            }
            tokio::select! {
                biased;
                () = interrupts.caught() => {
                    if self.stopped.is_some() {
                        return Err(Failure::interrupted());
                    }
                    self.stopped = Some(Failure::interrupted());
                    if !self.open.is_empty() {
                        let open = u64::try_from(self.open.len()).unwrap_or(u64::MAX);
                        tell!("waiting for {}; Ctrl-C again abandons them", counted(open, "open request"));
                    }
                }
                Some(ended) = self.open.join_next() => {
                    let (record, outcome) = ended.map_err(Failure::other)?;
                    self.end(&record, outcome)?;
                }
                line = lines.recv(), if has_room => match line {
                    Some(line) => self.begin(line?)?,
                    None => is_read = true,
                },
                () = self.progress.tick() => self.progress.show(self.open.len()),
            }
        }
    }

    /// Sends a record, or writes why it cannot be sent.
    fn begin(&mut self, line: Line) -> Result<(), Failure> {
        self.progress.reached(line.end);
        let id = line.record.as_ref().map_or_else(|invalid| invalid.record_id(), |record| record.record_id());
        let status = self.done.take(id);
        match (status, line.record) {
            (RecordStatus::Done, _) => {
                self.progress.skipped(line.end);
                Ok(())
            }
            (_, Err(invalid)) => self.write_error(&invalid.error_line()),
            (RecordStatus::Duplicate, Ok(record)) => self.write_error(&record.duplicate_line()),
            (_, Ok(record)) => match self.request(&record) {
                Ok(request) => {
                    let client = self.client.clone();
                    self.open.spawn(async move { (record, client.converse(&request).await) });
                    Ok(())
                }
                Err(RecordError::NoModel) => {
                    let why = "no model: name one with --model-id, or as modelId in each modelInput";
                    self.stopped.get_or_insert(Failure::usage(format!("line {}: {why}", record.line())));
                    Ok(())
                }
                Err(error) => {
                    let error = BatchError::new(400, format!("line {}: {error}", record.line()));
                    self.write_error(&record.error_line(&error))
                }
            },
        }
    }

    fn request(&mut self, record: &BatchRecord) -> Result<ConverseRequest, RecordError> {
        let model_id = self.model_id.as_deref();
        if !self.validates {
            return record.request_unchecked(model_id);
        }
        let (request, warnings) = record.request(model_id)?;
        for warning in warnings.into_iter().chain(request.warnings()) {
            let warning = warning.to_string();
            if self.warnings.len() < MAX_WARNINGS && !self.warnings.contains(&warning) {
                tell!("warning: line {}: {}", record.line(), safe(&warning));
                self.warnings.insert(warning);
            }
        }
        Ok(request)
    }

    /// Writes the outcome of a request. An error that every other record would share stops the batch, and is not the record's.
    fn end(&mut self, record: &BatchRecord, outcome: Result<ConverseResponse, Error>) -> Result<(), Failure> {
        let error = match outcome {
            Ok(response) => {
                self.output.write(&record.output_line(&response))?;
                self.progress.answered(&response.usage);
                return Ok(());
            }
            Err(error) => error,
        };
        if is_of_all(&error) {
            self.stopped.get_or_insert(error.into());
            return Ok(());
        }
        self.write_error(&record.error_line(&BatchError::new(code(&error), error.to_string())))
    }

    fn write_error(&mut self, line: &str) -> Result<(), Failure> {
        self.output.write(line)?;
        self.progress.failed();
        Ok(())
    }
}

/// True for an error that is not of one record: no usable credentials, no connection.
fn is_of_all(error: &Error) -> bool {
    let refused = |code: &str| REFUSED_CREDENTIALS.contains(&code);
    error.kind() == ErrorKind::Credentials
        || error.service_error().is_some_and(|error| refused(&error.code))
        || matches!(
            error.transport_kind(),
            Some(TransportErrorKind::Connect | TransportErrorKind::Proxy | TransportErrorKind::ProxyRefused)
        )
}

/// The HTTP status of an error: the service's, 400 for a request that was refused before it was sent, 504 for a timeout, 502 for a
/// response that is not of Converse.
fn code(error: &Error) -> u16 {
    match error.service_error() {
        Some(service) if service.status != 0 => service.status,
        _ if error.kind() == ErrorKind::Request => 400,
        _ if error.is_timeout() => 504,
        _ => 502,
    }
}
