//! What happens to one request.

use crate::chunking::{Chunking, Pace};
use crate::fault::{Fault, FaultRule};
use crate::matching::Matcher;
use crate::operation::Operation;
use crate::origin::foreign_header;
use crate::received::{Log, Progress, ReceivedRequest};
use crate::reply::{Delivery, Reply};
use crate::request_body::RequestBody;
use crate::script::{BrokenOff, Script};
use crate::socket::ResetFlag;
use crate::verify::Verify;
use bytes::Bytes;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;

/// Called with each request once its response is chosen.
pub(crate) type Hook = Box<dyn Fn(&ReceivedRequest) + Send + Sync>;

/// Everything that requests share.
pub(crate) struct Service {
    pub(crate) matcher: Matcher,
    /// Whether only this machine can reach the server.
    pub(crate) is_on_loopback: bool,
    pub(crate) verify: Option<Verify>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<crate::tls::Tls>,
    pub(crate) rules: Vec<FaultRule>,
    pub(crate) chunking: Chunking,
    pub(crate) pace: Pace,
    pub(crate) max_request_bytes: usize,
    pub(crate) max_connections: usize,
    pub(crate) io_timeout: Duration,
    pub(crate) on_request: Option<Hook>,
    pub(crate) log: Log,
    pub(crate) counter: AtomicU64,
}

/// The response to a request, and what is logged of it.
#[derive(Default)]
struct Outcome {
    /// `None` closes the connection.
    reply: Option<Reply>,
    fixture: Option<String>,
    note: Option<String>,
}

impl Outcome {
    fn error(status: StatusCode, name: &str, message: String) -> Self {
        Self { reply: Some(Reply::error(status, name, &message)), fixture: None, note: Some(message) }
    }
}

impl Service {
    /// Responds to a request, or closes the connection.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        reset: ResetFlag,
    ) -> Result<Response<Script>, BrokenOff> {
        let number = self.counter.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let faults: Vec<&Fault> =
            self.rules.iter().filter(|rule| rule.strikes(number)).map(FaultRule::fault).collect();
        let (head, body) = request.into_parts();
        let (request, outcome) = match self.collect(body).await {
            Ok(body) => {
                let request = Request::from_parts(head, body);
                let outcome = self.decide(&request, &faults);
                (request, outcome)
            }
            Err(outcome) => (Request::from_parts(head, Bytes::new()), outcome),
        };
        let progress = Progress::default();
        self.note(number, request, &outcome, progress.clone());
        for fault in &faults {
            match fault {
                Fault::Stall(duration) => tokio::time::sleep(*duration).await,
                Fault::ResetBefore | Fault::ResetAfter(_) => reset.raise(),
                _ => {}
            }
        }
        // Deterministic, so that two runs of a test see the same.
        let request_id = HeaderValue::from_str(&format!("00000000-0000-4000-8000-{number:012x}"));
        match (outcome.reply, request_id) {
            (Some(reply), Ok(request_id)) => {
                let delivery = Delivery {
                    faults: &faults,
                    chunking: self.chunking,
                    pace: self.pace,
                    request_id,
                    // Clients correct their clocks by it, and a corrected clock must still pass the check.
                    live_date: self.verify.is_some(),
                };
                let mut response = reply.into_response(delivery);
                response.body_mut().count_in(progress);
                Ok(response)
            }
            _ => Err(BrokenOff),
        }
    }

    /// The whole request body, within its bounds.
    async fn collect(&self, body: Incoming) -> Result<Bytes, Outcome> {
        let collected = Limited::new(body, self.max_request_bytes).collect();
        match tokio::time::timeout(self.io_timeout, collected).await {
            Ok(Ok(collected)) => Ok(collected.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Outcome::error(
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLargeException",
                format!("The request body is larger than {} bytes.", self.max_request_bytes),
            )),
            Ok(Err(error)) => Err(Outcome::error(
                StatusCode::BAD_REQUEST,
                "SerializationException",
                format!("The request body cannot be read: {error}"),
            )),
            Err(_) => Err(Outcome::error(
                StatusCode::REQUEST_TIMEOUT,
                "RequestTimeoutException",
                format!("The request body did not arrive within {:?}.", self.io_timeout),
            )),
        }
    }

    fn decide(&self, request: &Request<Bytes>, faults: &[&Fault]) -> Outcome {
        if faults.contains(&&Fault::ResetBefore) {
            return Outcome { note: Some(Fault::ResetBefore.to_string()), ..Outcome::default() };
        }
        if self.is_on_loopback
            && let Some(header) = foreign_header(request.headers())
        {
            let message = format!("The {header} header does not name this machine.");
            return Outcome::error(StatusCode::FORBIDDEN, "AccessDeniedException", message);
        }
        if let Some(Err((reply, reason))) = self.verify.as_ref().map(|verify| verify.check(request)) {
            return Outcome { reply: Some(reply), fixture: None, note: Some(reason) };
        }
        if let Some((fault, reply)) = faults.iter().find_map(|fault| Some((fault, Reply::of_fault(fault)?))) {
            return Outcome { reply: Some(reply), fixture: None, note: Some(fault.to_string()) };
        }
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let operation = Operation::parse(request.method().clone(), path);
        match self.matcher.find(&operation, &RequestBody::new(request.body().clone(), &operation)) {
            Ok(fixture) => Outcome {
                reply: Some(Reply::recorded(fixture)),
                fixture: Some(fixture.name().to_owned()),
                note: faults.first().map(|_| shown(faults)),
            },
            Err(message) => Outcome::error(StatusCode::NOT_FOUND, "ResourceNotFoundException", message),
        }
    }

    fn note(&self, number: u64, request: Request<Bytes>, outcome: &Outcome, progress: Progress) {
        let (head, body) = request.into_parts();
        let request = ReceivedRequest {
            number,
            method: head.method,
            path: head.uri.to_string(),
            headers: head.headers,
            body,
            fixture: outcome.fixture.clone(),
            status: outcome.reply.as_ref().map(Reply::status),
            note: outcome.note.clone(),
            progress,
        };
        if let Some(hook) = &self.on_request {
            hook(&request);
        }
        self.log.push(request);
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("rules", &self.rules).field("log", &self.log).finish_non_exhaustive()
    }
}

fn shown(faults: &[&Fault]) -> String {
    faults.iter().map(|fault| fault.to_string()).collect::<Vec<_>>().join(" ")
}
