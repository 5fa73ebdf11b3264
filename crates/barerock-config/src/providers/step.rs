//! Test driver that runs a provider step by step.

use core::fmt;
use core::future::poll_fn;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;

use super::io::{Io, IoFuture, ProcessOutput};
use super::{CredentialsError, ProvideCredentials, ProvidedCredentials};
use barerock::transport::{TransportError, TransportErrorKind};

/// An operation of [`Io`]. `Debug` does not show contents of files and requests.
pub(super) enum Question {
    /// [`Io::read_file`].
    ReadFile(PathBuf),
    /// [`Io::write_file`].
    WriteFile(PathBuf, Vec<u8>),
    /// [`Io::run`].
    Run(String, Option<Duration>),
    /// [`Io::exchange`].
    Exchange(Box<http::Request<Bytes>>, Duration),
    /// [`Io::sleep`].
    Sleep(Duration),
}

/// The result of the [`Question`] of the same name. `Debug` does not show contents.
pub(super) enum Outcome {
    /// The content of the file; `None` if it does not exist.
    ReadFile(io::Result<Option<Vec<u8>>>),
    /// The result of the write.
    WriteFile(io::Result<()>),
    /// The output of the command.
    Run(io::Result<ProcessOutput>),
    /// The response.
    Exchange(Result<http::Response<Bytes>, TransportError>),
    /// The time has passed.
    Sleep,
}

/// A step of a provider.
#[derive(Debug)]
pub(super) enum Step {
    /// The provider waits for an operation.
    Ask(Question),
    /// The provider has ended.
    Done(Result<ProvidedCredentials, CredentialsError>),
}

/// Driver of a provider without executor, thread or socket.
pub(super) struct Steps {
    io: Mailbox,
    running: core::pin::Pin<Box<dyn Future<Output = Result<ProvidedCredentials, CredentialsError>> + Send>>,
    done: bool,
}

impl Steps {
    /// Starts a provider over an [`Io`] that records its operations.
    pub(super) fn new<P: ProvideCredentials + 'static>(provider: impl FnOnce(Arc<dyn Io>) -> P) -> Self {
        let io =
            Mailbox(Arc::new(Mutex::new(Post { question: None, answer: None, now: SystemTime::UNIX_EPOCH })));
        let provider = provider(Arc::new(io.clone()));
        Self { io, running: Box::pin(async move { provider.provide().await }), done: false }
    }

    /// Continues with the result of the last operation, `None` at the start.
    ///
    /// A call after the end, or without the expected result, ends the provider with an error.
    pub(super) fn next(&mut self, now: SystemTime, answer: Option<Outcome>) -> Step {
        const MISUSED: &str = "a step without the result of the last operation, or after the end";
        let misused = || Step::Done(Err(CredentialsError::invalid("stepwise", MISUSED)));
        if self.done {
            return misused();
        }
        {
            let mut post = self.io.post();
            post.now = now;
            post.answer = answer;
        }
        let polled = self.running.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let question = self.io.post().question.take();
        match (polled, question) {
            (Poll::Ready(result), _) => {
                self.done = true;
                Step::Done(result)
            }
            (Poll::Pending, Some(question)) => Step::Ask(question),
            (Poll::Pending, None) => {
                self.done = true;
                misused()
            }
        }
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps").field("done", &self.done).finish_non_exhaustive()
    }
}

/// An operation, and the result for it.
struct Post {
    question: Option<Question>,
    answer: Option<Outcome>,
    now: SystemTime,
}

#[derive(Clone)]
struct Mailbox(Arc<Mutex<Post>>);

impl Mailbox {
    fn post(&self) -> std::sync::MutexGuard<'_, Post> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self, question: Question) -> Outcome {
        self.post().question = Some(question);
        poll_fn(|_context| match self.post().answer.take() {
            Some(answer) => Poll::Ready(answer),
            None => Poll::Pending,
        })
        .await
    }
}

/// The error of a result that does not match its operation.
fn mismatch() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "the result is not that of the operation")
}

impl Io for Mailbox {
    fn read_file<'a>(&'a self, path: &'a Path) -> IoFuture<'a, io::Result<Option<Vec<u8>>>> {
        Box::pin(async move {
            match self.ask(Question::ReadFile(path.to_owned())).await {
                Outcome::ReadFile(result) => result,
                _ => Err(mismatch()),
            }
        })
    }

    fn write_file<'a>(&'a self, path: &'a Path, content: &'a [u8]) -> IoFuture<'a, io::Result<()>> {
        Box::pin(async move {
            match self.ask(Question::WriteFile(path.to_owned(), content.to_vec())).await {
                Outcome::WriteFile(result) => result,
                _ => Err(mismatch()),
            }
        })
    }

    fn run<'a>(
        &'a self,
        command: &'a str,
        limit: Option<Duration>,
    ) -> IoFuture<'a, io::Result<ProcessOutput>> {
        Box::pin(async move {
            match self.ask(Question::Run(command.to_owned(), limit)).await {
                Outcome::Run(result) => result,
                _ => Err(mismatch()),
            }
        })
    }

    fn exchange(
        &self,
        request: http::Request<Bytes>,
        limit: Duration,
    ) -> IoFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        Box::pin(async move {
            match self.ask(Question::Exchange(Box::new(request), limit)).await {
                Outcome::Exchange(result) => result,
                _ => Err(TransportError::new(TransportErrorKind::Io, mismatch())),
            }
        })
    }

    fn sleep(&self, duration: Duration) -> IoFuture<'_, ()> {
        Box::pin(async move {
            let _ = self.ask(Question::Sleep(duration)).await;
        })
    }

    fn now(&self) -> SystemTime {
        self.post().now
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").finish_non_exhaustive()
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadFile(path) => f.debug_tuple("ReadFile").field(path).finish(),
            Self::WriteFile(path, _content) => f.debug_tuple("WriteFile").field(path).finish_non_exhaustive(),
            Self::Run(_command, limit) => f.debug_tuple("Run").field(limit).finish_non_exhaustive(),
            Self::Exchange(request, limit) => {
                f.debug_tuple("Exchange").field(request.method()).field(limit).finish_non_exhaustive()
            }
            Self::Sleep(duration) => f.debug_tuple("Sleep").field(duration).finish(),
        }
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, is_ok) = match self {
            Self::ReadFile(result) => ("ReadFile", result.is_ok()),
            Self::WriteFile(result) => ("WriteFile", result.is_ok()),
            Self::Run(result) => ("Run", result.is_ok()),
            Self::Exchange(result) => ("Exchange", result.is_ok()),
            Self::Sleep => ("Sleep", true),
        };
        f.debug_struct(name).field("is_ok", &is_ok).finish_non_exhaustive()
    }
}
