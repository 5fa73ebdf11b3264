//! The client: one method an operation.

use core::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use barerock_converse::{
    ApplyGuardrailRequest, ApplyGuardrailResponse, ConverseRequest, ConverseResponse, CountTokensRequest,
    CountTokensResponse, Endpoint, InvokeGuardrailChecksRequest, InvokeGuardrailChecksResponse, RequestError,
    ValidationError,
};
use barerock_sigv4::Signer;
use bytes::Bytes;
use http::Request;

use crate::authenticate::Auth;
use crate::builder::ClientBuilder;
use crate::call::ResponseHandler;
use crate::environment::Environment;
use crate::error::Error;
use crate::observe::{CallRequest, Observe};
use crate::retry::SharedRetries;
use crate::send::ResponseMode;
use crate::skew::ClockSkew;
use crate::stream::EventStream;
use crate::time::Clock;
use crate::timeout::Timeouts;
use crate::transport::LocalTransport;
use crate::validation::Validation;

/// The service's name in signatures.
pub(crate) const SIGNING_NAME: &str = "bedrock";

/// Calls Bedrock over a [`Transport`](crate::Transport) or [`LocalTransport`]. Cheap to clone; clones share connections and signing keys.
#[doc(alias = "BedrockRuntimeClient")]
#[derive(Debug)]
pub struct Client<T> {
    pub(crate) state: Arc<ClientState<T>>,
}

/// What the clones of a client share.
pub(crate) struct ClientState<T> {
    pub(crate) transport: Arc<T>,
    pub(crate) endpoint: Endpoint,
    pub(crate) region: String,
    pub(crate) auth: Auth,
    pub(crate) signer: Mutex<Signer>,
    pub(crate) timeouts: Timeouts,
    /// In bytes.
    pub(crate) max_response: usize,
    pub(crate) validation: Option<&'static Validation>,
    pub(crate) retries: SharedRetries,
    /// For the ids of calls.
    pub(crate) rng: Mutex<fastrand::Rng>,
    pub(crate) skew: Mutex<ClockSkew>,
    pub(crate) corrects_skew: bool,
    /// True if requests go to a remote host over plain HTTP and that is not allowed by name.
    pub(crate) is_plaintext: bool,
    pub(crate) observer: Option<Arc<dyn Observe>>,
    /// True if the last attempt was signed with expired credentials, which the observer knows.
    pub(crate) uses_expired: AtomicBool,
    pub(crate) clock: Clock,
}

/// Ignores lock poisoning: the guarded state is a cache, so stale values are harmless.
pub(crate) fn lock<V>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Clone for Client<T> {
    fn clone(&self) -> Self {
        Self { state: Arc::clone(&self.state) }
    }
}

impl<T> core::fmt::Debug for ClientState<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ClientState")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("auth", &self.auth)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

impl<T: LocalTransport> Client<T> {
    /// A builder of a client that is configured in code alone.
    pub fn builder(transport: T) -> ClientBuilder<T> {
        ClientBuilder::new(transport, Some(&Validation::RULES))
    }

    /// A builder of a client that does not validate requests against the service model. Programs that use it do not link the
    /// rules, which are 27 KB (`benches/size`).
    pub fn builder_without_validation(transport: T) -> ClientBuilder<T> {
        ClientBuilder::new(transport, None)
    }

    /// A client with region, endpoint, credentials and retries (`AWS_RETRY_MODE`, `AWS_MAX_ATTEMPTS`) from the process's
    /// environment.
    ///
    /// # Errors
    /// If the environment names no region, or one of its settings is invalid. Missing credentials show at the first call.
    pub fn from_env(transport: T) -> Result<Self, Error> {
        Self::builder(transport).environment(Environment::of_process()).build()
    }

    /// Opens a connection to the endpoint ahead, so that the first call need not wait for name lookup, TCP and TLS, and gets
    /// the credentials, which a provider then has cached. No request is sent to the endpoint. One attempt: nothing is retried.
    ///
    /// A transport may be unable to ([`Transport::connect`](crate::Transport::connect)): then only the credentials are there.
    ///
    /// # Errors
    /// If there is no connection, there are no credentials, or the limit of the whole call ([`Timeouts::operation`]) passes.
    ///
    /// Cancel safety: dropping the future gives the connection up.
    pub async fn connect(&self) -> Result<(), Error> {
        self.state.connect().await
    }

    /// Calls Converse and waits for the whole response.
    ///
    /// # Errors
    /// If the request is invalid, no response comes, the service returns an error, or the response is not one of Converse.
    ///
    /// Cancel safety: dropping the future cancels the request; the model may still run and be billed.
    pub async fn converse(&self, request: &ConverseRequest) -> Result<ConverseResponse, Error> {
        let call = self.state.begin(CallRequest::Converse(request));
        let request = self.prepare(|rules| (rules.converse)(request), |endpoint| request.to_http(endpoint));
        let handler = ResponseHandler {
            parse: ConverseResponse::from_http_owned,
            set_call: ConverseResponse::set_call,
            converse: |response| Some(response),
        };
        self.state.call(call, request, handler).await
    }

    /// Calls ConverseStream and returns the stream as soon as its first frame is there.
    ///
    /// # Errors
    /// If the request is invalid, no response comes, or it is no stream: then the service returns an error. An exception in the
    /// first frame is returned by the stream, as in any other frame; if it may pass, the request was retried before.
    ///
    /// Cancel safety: dropping the future, or the stream, closes the connection.
    pub async fn converse_stream(&self, request: &ConverseRequest) -> Result<EventStream<T>, Error> {
        let call = self.state.begin(CallRequest::ConverseStream(request));
        let request =
            self.prepare(|rules| (rules.converse)(request), |endpoint| request.to_http_stream(endpoint));
        let call = self.state.open(call, request, ResponseMode::Stream).await?;
        Ok(EventStream::new(Arc::clone(&self.state), call))
    }

    /// Calls CountTokens: the input tokens of a request. `CountTokensRequest::from(converse_request)` is that of a Converse
    /// request.
    ///
    /// # Errors
    /// As [`converse`](Self::converse)'s.
    ///
    /// Cancel safety: dropping the future cancels the request.
    pub async fn count_tokens(&self, request: &CountTokensRequest) -> Result<CountTokensResponse, Error> {
        let call = self.state.begin(CallRequest::CountTokens(request));
        let request =
            self.prepare(|rules| (rules.count_tokens)(request), |endpoint| request.to_http(endpoint));
        let handler = ResponseHandler {
            parse: |status, headers, body| CountTokensResponse::from_http(status, headers, &body),
            set_call: CountTokensResponse::set_call,
            converse: |_| None,
        };
        self.state.call(call, request, handler).await
    }

    /// Calls ApplyGuardrail: what a guardrail finds in texts and images.
    ///
    /// # Errors
    /// As [`converse`](Self::converse)'s.
    ///
    /// Cancel safety: dropping the future cancels the request; the guardrail may still run and be billed.
    pub async fn apply_guardrail(
        &self,
        request: &ApplyGuardrailRequest,
    ) -> Result<ApplyGuardrailResponse, Error> {
        let call = self.state.begin(CallRequest::ApplyGuardrail(request));
        let request =
            self.prepare(|rules| (rules.apply_guardrail)(request), |endpoint| request.to_http(endpoint));
        let handler = ResponseHandler {
            parse: |status, headers, body| ApplyGuardrailResponse::from_http(status, headers, &body),
            set_call: ApplyGuardrailResponse::set_call,
            converse: |_| None,
        };
        self.state.call(call, request, handler).await
    }

    /// Calls InvokeGuardrailChecks: what Bedrock's predefined checks find in messages.
    ///
    /// # Errors
    /// As [`converse`](Self::converse)'s.
    ///
    /// Cancel safety: dropping the future cancels the request; the checks may still run and be billed.
    pub async fn invoke_guardrail_checks(
        &self,
        request: &InvokeGuardrailChecksRequest,
    ) -> Result<InvokeGuardrailChecksResponse, Error> {
        let call = self.state.begin(CallRequest::InvokeGuardrailChecks(request));
        let request = self
            .prepare(|rules| (rules.invoke_guardrail_checks)(request), |endpoint| request.to_http(endpoint));
        let handler = ResponseHandler {
            parse: |status, headers, body| InvokeGuardrailChecksResponse::from_http(status, headers, &body),
            set_call: InvokeGuardrailChecksResponse::set_call,
            converse: |_| None,
        };
        self.state.call(call, request, handler).await
    }

    /// The transport requests are sent by.
    #[must_use]
    pub fn transport(&self) -> &T {
        &self.state.transport
    }

    /// The endpoint requests go to.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.state.endpoint
    }

    /// The region requests are signed for.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.state.region
    }

    /// Checks a request, if the client does, and writes it.
    fn prepare(
        &self,
        check: impl FnOnce(&'static Validation) -> Result<(), ValidationError>,
        write: impl FnOnce(&Endpoint) -> Result<Request<Bytes>, RequestError>,
    ) -> Result<Request<Bytes>, Error> {
        self.state.validation.map_or(Ok(()), check)?;
        Ok(write(&self.state.endpoint)?)
    }
}
