//! A scripted [`Io`]: each operation of a provider gets the next result.

use core::time::Duration;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use super::io::Io;
use super::step::{Outcome, Question, Step, Steps};
use super::{CredentialsError, ProvideCredentials, ProvidedCredentials};
use barerock::transport::{TransportError, TransportErrorKind};

/// 2026-01-31T12:00:00Z.
pub(super) fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_769_860_800)
}

pub(super) struct Script {
    steps: Steps,
    next: Step,
}

impl Script {
    pub(super) fn new<P: ProvideCredentials + 'static>(provider: impl FnOnce(Arc<dyn Io>) -> P) -> Self {
        let mut steps = Steps::new(provider);
        let next = steps.next(now(), None);
        Self { steps, next }
    }

    /// Completes the next operation with this result.
    pub(super) fn expect(&mut self, answer: impl FnOnce(Question) -> Outcome) {
        let step = core::mem::replace(&mut self.next, Step::Ask(Question::Sleep(Duration::ZERO)));
        let Step::Ask(question) = step else { panic!("no operation is left: {step:?}") };
        self.next = self.steps.next(now(), Some(answer(question)));
    }

    /// Expects a read of the file at this path.
    pub(super) fn file(&mut self, path: &str, content: Option<&str>) {
        self.expect(|question| {
            let Question::ReadFile(asked) = question else { panic!("{question:?}") };
            assert_eq!(asked.to_str(), Some(path));
            Outcome::ReadFile(Ok(content.map(|content| content.as_bytes().to_vec())))
        });
    }

    /// Expects a request, checks it, and responds with a status and a body.
    pub(super) fn exchange(&mut self, check: impl FnOnce(&http::Request<Bytes>), status: u16, body: &str) {
        self.expect(|question| {
            let Question::Exchange(request, _limit) = question else { panic!("{question:?}") };
            check(&request);
            let body = Bytes::copy_from_slice(body.as_bytes());
            Outcome::Exchange(Ok(http::Response::builder().status(status).body(body).unwrap()))
        });
    }

    /// Expects a request, and responds with a connection error.
    pub(super) fn unreachable(&mut self) {
        self.expect(|question| {
            let Question::Exchange(..) = question else { panic!("{question:?}") };
            Outcome::Exchange(Err(TransportError::new(TransportErrorKind::Connect, "connection refused")))
        });
    }

    /// Expects a pause, and returns its length.
    pub(super) fn pause(&mut self) -> Duration {
        let mut waited = Duration::ZERO;
        self.expect(|question| {
            let Question::Sleep(duration) = question else { panic!("{question:?}") };
            waited = duration;
            Outcome::Sleep
        });
        waited
    }

    /// Expects the end of the provider, and returns its result.
    pub(super) fn done(self) -> Result<ProvidedCredentials, CredentialsError> {
        match self.next {
            Step::Done(result) => result,
            Step::Ask(question) => panic!("an operation is left: {question:?}"),
        }
    }
}

/// The method and URI of a request.
pub(super) fn line(request: &http::Request<Bytes>) -> String {
    format!("{} {}", request.method(), request.uri())
}
