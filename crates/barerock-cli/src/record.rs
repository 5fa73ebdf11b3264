//! `--record`: every exchange kept as a fixture, which `replay` serves again.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use barerock::transport::ConnectTime;
use barerock::{Observe, Outcome, Stage};
use barerock_audit::{Recorder, Recording, Redaction};
use bytes::Bytes;
use clap::Args;
use http::Request;

use crate::exit::Failure;

/// Characters of a call's id in the name of its folder.
const ID: usize = 8;

/// What is recorded, and where.
#[derive(Debug, Args)]
pub(crate) struct Record {
    /// Save every exchange, with secrets redacted: to a folder as fixtures for replay --fixtures, with the arrival time of
    /// every chunk, or to a new .har file
    #[arg(long, value_name = "PATH")]
    pub(crate) record: Option<PathBuf>,
    /// Redact more of what is recorded: accounts (account ids and access key ids), text (prompts and responses), or both
    #[arg(long, value_name = "PARTS", requires = "record")]
    redact: Option<Redaction>,
}

impl Record {
    /// The recorder that was asked for. Its folder or archive is created, so that nothing is sent whose response could not be
    /// kept.
    pub(crate) fn recorder(&self) -> Result<Option<Recorder>, Failure> {
        let Some(path) = &self.record else { return Ok(None) };
        // A file that reaches its size limit is an error to write to, and does not end the program.
        #[cfg(unix)]
        let _too_large = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(
            rustix::process::Signal::XFSZ.as_raw(),
        ));
        let recorder = Recorder::create(path)
            .map_err(|error| Failure::usage(format!("--record: {}: {error}", path.display())))?;
        Ok(Some(recorder.redact(self.redact.unwrap_or_default())))
    }

    /// An observer that records calls.
    pub(crate) fn observer(&self) -> Result<Option<CallRecorder>, Failure> {
        let Some(path) = self.record.clone() else { return Ok(None) };
        // Before there is anything to remove.
        #[cfg(unix)]
        crate::interrupt::leave_nothing_unfinished();
        let recorder = self.recorder()?;
        let recorder = recorder.map(Arc::new);
        Ok(recorder.map(|recorder| CallRecorder {
            #[cfg(unix)]
            _on_interrupt: {
                let (recorder, path) = (Arc::clone(&recorder), path.clone());
                crate::interrupt::OnInterrupt::new(move || report(&path, recorder.finish()))
            },
            recorder,
            path,
            calls: Mutex::default(),
        }))
    }
}

/// Whether an exchange could not be kept.
static HAS_FAILED: AtomicBool = AtomicBool::new(false);

/// Whether a recording of this run failed. The user was told; the exit code says it too.
pub(crate) fn has_failed() -> bool {
    HAS_FAILED.load(Ordering::Relaxed)
}

/// Tells the user that an exchange is not kept.
pub(crate) fn report(path: &Path, outcome: io::Result<()>) {
    if let Err(error) = outcome {
        HAS_FAILED.store(true, Ordering::Relaxed);
        tell!("--record: {}: {error}; this exchange is not kept", path.display());
    }
}

/// The time since a request was sent, and when that was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    pub(crate) at: SystemTime,
    since: Instant,
}

impl Sent {
    pub(crate) fn now() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a recording says when it was made")]
        Self { at: SystemTime::now(), since: Instant::now() }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }
}

/// Records calls, one exchange an attempt, whose names sort by time, and by number within a second.
#[derive(Debug)]
pub(crate) struct CallRecorder {
    recorder: Arc<Recorder>,
    path: PathBuf,
    calls: Mutex<HashMap<String, Attempt>>,
    /// An archive keeps the exchanges that have ended; what has not is discarded.
    #[cfg(unix)]
    _on_interrupt: crate::interrupt::OnInterrupt,
}

/// The attempt of a call that is under way.
#[derive(Debug)]
struct Attempt {
    sent: Sent,
    /// `None` once it has ended or failed.
    recording: Option<Recording>,
    /// The wait before the next attempt.
    wait: Option<Duration>,
}

impl CallRecorder {
    fn begin(&self, call: &str, stage: &Stage<'_>, wait: Option<Duration>) -> Option<Attempt> {
        let Stage::Sending { attempt, max_attempts, request, secrets, .. } = stage else { return None };
        let id = call.get(..ID).unwrap_or(call);
        let label = format!("{id}-{attempt}-{}", operation(request));
        let sent = Sent::now();
        let mut recording = self.recorder.begin(&label, request, (*secrets).clone(), sent.at);
        let timing = recording.timing_mut();
        timing.call = Some(call.to_owned());
        timing.attempt = Some(*attempt);
        timing.max_attempts = Some(*max_attempts);
        timing.waited = wait;
        Some(Attempt { sent, recording: Some(recording), wait: None })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Attempt>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    fn note(&mut self, stage: &Stage<'_>) -> io::Result<()> {
        let at = self.sent.elapsed();
        let Some(recording) = &mut self.recording else { return Ok(()) };
        match stage {
            Stage::ResponseHead { head, .. } => {
                if let Some(time) = head.extensions.get::<ConnectTime>() {
                    recording.timing_mut().connect = Some(time.connect);
                    recording.timing_mut().tls = time.tls;
                }
                recording.head(at, head.status, &head.headers)
            }
            Stage::Chunk { bytes, .. } => recording.chunk(at, bytes),
            Stage::Body { body, .. } => {
                recording.chunk(at, body)?;
                self.end(true)
            }
            Stage::Ended { outcome, .. } => {
                let is_whole = matches!(outcome, Outcome::Complete | Outcome::BodyRead);
                self.end(is_whole)
            }
            _ => Ok(()),
        }
    }

    /// Keeps the exchange. A stream that broke off is kept as far as it came.
    fn end(&mut self, is_whole: bool) -> io::Result<()> {
        let at = is_whole.then(|| self.sent.elapsed());
        self.recording.take().map_or(Ok(()), |recording| recording.end(at).map(drop))
    }
}

impl Observe for CallRecorder {
    fn observe(&self, call: &str, stage: &Stage<'_>) {
        let mut calls = self.lock();
        let outcome = match (stage, calls.get_mut(call)) {
            (Stage::Sending { .. }, previous) => {
                let (outcome, wait) = match previous {
                    Some(previous) => (previous.end(false), previous.wait),
                    None => (Ok(()), None),
                };
                calls.extend(self.begin(call, stage, wait).map(|attempt| (call.to_owned(), attempt)));
                outcome
            }
            (Stage::Retrying { wait, .. }, Some(attempt)) => {
                attempt.wait = Some(*wait);
                Ok(())
            }
            (stage, Some(attempt)) => {
                let outcome = attempt.note(stage);
                if outcome.is_err() {
                    attempt.recording = None;
                }
                outcome
            }
            (_, None) => Ok(()),
        };
        if let Stage::Ended { .. } = stage {
            calls.remove(call);
        }
        drop(calls);
        report(&self.path, outcome);
    }
}

impl Drop for CallRecorder {
    fn drop(&mut self) {
        let attempts: Vec<Attempt> = self.lock().drain().map(|(_, attempt)| attempt).collect();
        for mut attempt in attempts {
            report(&self.path, attempt.end(false));
        }
        report(&self.path, self.recorder.finish());
    }
}

/// The last part of the path, such as `converse-stream`.
fn operation(request: &Request<Bytes>) -> &str {
    request.uri().path().rsplit('/').next().unwrap_or_default()
}
