//! Handling of a request: checks, faults, matching, and the log.

use crate::chunking::{Chunking, Pace};
use crate::fault::{Fault, FaultRule};
use crate::forward::{Forward, ResponseBody, remove_hop_by_hop};
use crate::matching::Matcher;
use crate::operation::Operation;
use crate::origin::foreign_header;
use crate::received::{Log, Progress, ReceivedRequest};
use crate::reply::{Delivery, Reply};
use crate::request_body::RequestBody;
use crate::script::Aborted;
use crate::socket::ResetFlag;
use crate::verify::Verify;
use bytes::Bytes;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use http::header::HOST;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::time::{Instant, sleep_until};

/// Callback for each request, called once its response is chosen.
pub(crate) type Hook = Box<dyn Fn(&ReceivedRequest) + Send + Sync>;

/// State shared by all requests.
pub(crate) struct Service {
    pub(crate) matcher: Matcher,
    /// True if only this machine can reach the server.
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
    /// Responds instead of the fixtures, if set.
    pub(crate) forward: Option<Box<dyn Forward>>,
    pub(crate) log: Log,
    pub(crate) counter: AtomicU64,
}

/// The response to a request, with its fixture and note for the log.
#[derive(Default)]
struct Outcome {
    /// `None` closes the connection.
    reply: Option<Reply>,
    fixture: Option<String>,
    note: Option<String>,
    /// True if the request is to be forwarded.
    is_forwarded: bool,
}

impl Outcome {
    fn error(status: StatusCode, name: &str, message: String) -> Self {
        Self {
            reply: Some(Reply::error(status, name, &message)),
            fixture: None,
            note: Some(message),
            is_forwarded: false,
        }
    }
}

impl Service {
    /// Responds to a request, or returns the error that closes the connection.
    pub(crate) async fn respond(
        &self,
        request: Request<Incoming>,
        reset: ResetFlag,
    ) -> Result<Response<ResponseBody>, Aborted> {
        let number = self.counter.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let faults: Vec<&Fault> =
            self.rules.iter().filter(|rule| rule.strikes(number)).map(FaultRule::fault).collect();
        let received = Instant::now();
        let (mut head, body) = request.into_parts();
        add_host(&mut head);
        let (request, outcome) = match self.collect(body).await {
            Ok(body) => {
                let request = Request::from_parts(head, body);
                let outcome = self.decide(&request, &faults);
                (request, outcome)
            }
            Err(outcome) => (Request::from_parts(head, Bytes::new()), outcome),
        };
        let progress = Progress::default();
        if let Some(forward) = self.forward.as_ref().filter(|_| outcome.is_forwarded) {
            let mut response = forward.forward(request.clone()).await;
            remove_hop_by_hop(response.headers_mut());
            self.note(number, request, &outcome, Some(response.status()), progress);
            return Ok(response.map(ResponseBody::Forwarded));
        }
        let status = outcome.reply.as_ref().map(Reply::status);
        self.note(number, request, &outcome, status, progress.clone());
        for fault in &faults {
            match fault {
                Fault::Stall(duration) => tokio::time::sleep(*duration).await,
                Fault::ResetBefore | Fault::ResetAfter(_) => reset.raise(),
                _ => {}
            }
        }
        if self.pace.is_recorded()
            && let Some(head) = outcome.reply.as_ref().and_then(Reply::recorded_head)
        {
            sleep_until(received.checked_add(head).unwrap_or(received)).await;
        }
        // Deterministic, so that two runs of a test see the same id.
        let request_id = HeaderValue::from_str(&format!("00000000-0000-4000-8000-{number:012x}"));
        match (outcome.reply, request_id) {
            (Some(reply), Ok(request_id)) => {
                let delivery = Delivery {
                    faults: &faults,
                    chunking: self.chunking,
                    pace: self.pace,
                    request_id,
                    // Clients correct their clocks by the date; their signatures must still pass the check.
                    live_date: self.verify.is_some(),
                    received,
                };
                let mut response = reply.into_response(delivery);
                response.body_mut().count_in(progress);
                Ok(response.map(ResponseBody::Script))
            }
            _ => Err(Aborted),
        }
    }

    /// Reads the whole request body, within the limits on size and time.
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
            return Outcome { reply: Some(reply), note: Some(reason), ..Outcome::default() };
        }
        if let Some((fault, reply)) = faults.iter().find_map(|fault| Some((fault, Reply::of_fault(fault)?))) {
            return Outcome { reply: Some(reply), note: Some(fault.to_string()), ..Outcome::default() };
        }
        if self.forward.is_some() {
            return Outcome { is_forwarded: true, ..Outcome::default() };
        }
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let operation = Operation::parse(request.method().clone(), path);
        match self.matcher.find(&operation, &RequestBody::new(request.body().clone(), &operation)) {
            Ok(fixture) => Outcome {
                reply: Some(Reply::recorded(fixture)),
                fixture: Some(fixture.name().to_owned()),
                note: faults.first().map(|_| shown(faults)),
                is_forwarded: false,
            },
            Err(message) => Outcome::error(StatusCode::NOT_FOUND, "ResourceNotFoundException", message),
        }
    }

    fn note(
        &self,
        number: u64,
        request: Request<Bytes>,
        outcome: &Outcome,
        status: Option<StatusCode>,
        progress: Progress,
    ) {
        let (head, body) = request.into_parts();
        let request = ReceivedRequest {
            number,
            method: head.method,
            path: head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            headers: head.headers,
            body,
            fixture: outcome.fixture.clone(),
            status,
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

/// Sets the `host` header from the URI, if the URI has a host: in HTTP/2, and in a request for a proxy, where the header may
/// differ.
fn add_host(head: &mut Parts) {
    let authority = head.uri.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let Some(authority) = authority {
        head.headers.insert(HOST, authority);
    }
}

fn shown(faults: &[&Fault]) -> String {
    faults.iter().map(|fault| fault.to_string()).collect::<Vec<_>>().join(" ")
}
