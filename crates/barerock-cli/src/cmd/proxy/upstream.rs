//! The endpoint behind the proxy.

use core::time::Duration;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use barerock::converse::Endpoint;
use barerock::transport::ConnectTime;
use barerock::{ProvideCredentials, Transport as _};
use barerock_audit::{Recorder, Recording};
use barerock_hyper::HyperTransport;
use barerock_replay::{Forward, ForwardedBody, Forwarding, remove_hop_by_hop};
use barerock_sigv4::header_name::{X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN};
use barerock_sigv4::{BEARER, Secrets, Signer, Timestamp};
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, InvalidHeaderValue,
};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};

use super::body::{Kept, Passing, whole};
use crate::record::Sent;

/// Characters of an operation in the name of its recording.
const OPERATION: usize = 40;

/// Headers that the signature, the connection and the transport set. `accept-encoding` is left out so that bodies can be read
/// and redacted.
const REPLACED: [HeaderName; 8] = [
    AUTHORIZATION,
    HOST,
    CONTENT_LENGTH,
    EXPECT,
    ACCEPT_ENCODING,
    HeaderName::from_static(X_AMZ_DATE),
    HeaderName::from_static(X_AMZ_SECURITY_TOKEN),
    HeaderName::from_static(X_AMZ_CONTENT_SHA256),
];

/// How requests to the endpoint are authenticated.
pub(super) enum Authentication {
    Signature { provider: Arc<dyn ProvideCredentials>, signer: Box<Mutex<Signer>> },
    Bearer(HeaderValue),
}

impl Authentication {
    pub(super) fn bearer(key: &str) -> Result<Self, InvalidHeaderValue> {
        let mut value = HeaderValue::try_from(format!("{BEARER}{key}"))?;
        value.set_sensitive(true);
        Ok(Self::Bearer(value))
    }

    /// Authenticates a request, and adds the secrets it was done with.
    async fn apply(
        &self,
        request: &mut Request<Bytes>,
        sent: Sent,
        secrets: &mut Secrets,
    ) -> Result<(), String> {
        match self {
            Self::Signature { provider, signer } => {
                let provided = provider.provide().await.map_err(|error| error.to_string())?;
                let credentials = provided.credentials;
                secrets.add(credentials.secret_access_key());
                credentials.session_token().into_iter().for_each(|token| secrets.add(token));
                let now = Timestamp::try_from(sent.at).map_err(|error| error.to_string())?;
                let mut signer = signer.lock().unwrap_or_else(PoisonError::into_inner);
                signer.sign_http(request, &credentials, now).map_err(|error| error.to_string())?;
            }
            Self::Bearer(value) => {
                add_bearer(value, secrets);
                request.headers_mut().insert(AUTHORIZATION, value.clone());
            }
        }
        Ok(())
    }
}

/// Passes requests on.
pub(super) struct Upstream {
    transport: HyperTransport,
    endpoint: Endpoint,
    authentication: Authentication,
    /// How long the head of a response may take.
    limit: Option<Duration>,
    recorder: Option<Arc<Recorder>>,
    /// Where the recorder writes, for messages.
    path: PathBuf,
}

impl Upstream {
    pub(super) fn new(
        transport: HyperTransport,
        endpoint: Endpoint,
        authentication: Authentication,
        limit: Option<Duration>,
        recorder: Option<Arc<Recorder>>,
        path: Option<PathBuf>,
    ) -> Self {
        Self { transport, endpoint, authentication, limit, recorder, path: path.unwrap_or_default() }
    }

    async fn pass_on(&self, received: Request<Bytes>) -> Result<Response<ForwardedBody>, Refusal> {
        let (head, body) = received.into_parts();
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        let uri = format!("{}{target}", self.endpoint.as_str().trim_end_matches('/'));
        let mut secrets = secrets_of(&head.headers);
        let mut received = Request::new(body);
        *received.method_mut() = head.method;
        *received.uri_mut() = uri.parse().map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, error))?;
        *received.headers_mut() = head.headers;

        let sent = Sent::now();
        let mut request = received.clone();
        remove_hop_by_hop(request.headers_mut());
        for name in &REPLACED {
            request.headers_mut().remove(name);
        }
        let authenticated = self.authentication.apply(&mut request, sent, &mut secrets).await;
        authenticated.map_err(|problem| {
            let problem = format!("the request cannot be signed: {}", secrets.hide(&problem));
            Refusal::new(StatusCode::BAD_GATEWAY, problem)
        })?;
        let recording = self.recorder.as_ref().map(|recorder| {
            let label = format!("proxy-{}", operation(received.uri().path()));
            recorder.begin(&label, &received, secrets.clone(), sent.at)
        });
        let response = self.send(request).await.map_err(|refusal| refusal.hide(&secrets))?;
        let (mut parts, body) = response.into_parts();
        let kept = Kept::new(sent, self.path.clone(), recording, |recording: &mut Recording| {
            if let Some(time) = parts.extensions.get::<ConnectTime>() {
                recording.timing_mut().connect = Some(time.connect);
                recording.timing_mut().tls = time.tls;
            }
            recording.head(sent.elapsed(), parts.status, &parts.headers)
        });
        parts.extensions.clear();
        Ok(Response::from_parts(parts, Box::pin(Passing::new(body, kept))))
    }

    async fn send(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<<HyperTransport as barerock::Transport>::Body>, Refusal> {
        let sending = self.transport.send(request);
        let sent = match self.limit {
            None => sending.await,
            Some(limit) => tokio::time::timeout(limit, sending).await.map_err(|_| {
                let problem = format!("timed out after {limit:?} waiting for the response");
                Refusal::new(StatusCode::GATEWAY_TIMEOUT, problem)
            })?,
        };
        sent.map_err(|error| Refusal::new(StatusCode::BAD_GATEWAY, chain(&error)))
    }
}

impl Forward for Upstream {
    fn forward(&self, request: Request<Bytes>) -> Forwarding<'_> {
        Box::pin(async move { self.pass_on(request).await.unwrap_or_else(Refusal::into_response) })
    }
}

/// A response of the proxy itself, in the form of the service's errors.
struct Refusal {
    status: StatusCode,
    problem: String,
}

impl Refusal {
    fn new(status: StatusCode, problem: impl ToString) -> Self {
        Self { status, problem: problem.to_string() }
    }

    fn hide(self, secrets: &Secrets) -> Self {
        Self { problem: secrets.hide(&self.problem).into_owned(), ..self }
    }

    fn into_response(self) -> Response<ForwardedBody> {
        let message = format!("barerock proxy: {}", self.problem);
        let mut response = Response::new(whole(serde_json::json!({"message": message}).to_string()));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

/// An error with its causes.
fn chain(error: &dyn core::error::Error) -> String {
    let causes = core::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// The secrets a caller sent, which its request is recorded without.
fn secrets_of(headers: &HeaderMap) -> Secrets {
    let mut secrets = Secrets::new();
    headers.get_all(X_AMZ_SECURITY_TOKEN).iter().for_each(|token| secrets.add(token.as_bytes()));
    headers.get_all(AUTHORIZATION).iter().for_each(|value| add_bearer(value, &mut secrets));
    secrets
}

fn add_bearer(value: &HeaderValue, secrets: &mut Secrets) {
    let key = value.as_bytes().strip_prefix(BEARER.as_bytes());
    key.into_iter().for_each(|key| secrets.add(key));
}

/// The last part of a path, as far as it can be part of a file name.
fn operation(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    last.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(OPERATION).collect()
}
