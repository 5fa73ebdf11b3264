//! The client: requests out, answers in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use barerock_converse::{
    ApplyGuardrailRequest, ApplyGuardrailResponse, ConverseRequest, ConverseResponse, CountTokensRequest,
    CountTokensResponse, Endpoint, InvokeGuardrailChecksRequest, InvokeGuardrailChecksResponse,
    ValidationError,
};
use barerock_sigv4::Signer;

use crate::auth::Auth;
use crate::builder::ClientBuilder;
use crate::environment::Environment;
use crate::error::Error;
use crate::exchange::Want;
use crate::observe::Observe;
use crate::retry::SharedRetries;
use crate::skew::ClockSkew;
use crate::stream::EventStream;
use crate::time::Clock;
use crate::timeout::Timeouts;
use crate::transport::Transport;

/// What the service's signatures name it.
pub(crate) const SIGNING_NAME: &str = "bedrock";

/// Calls Bedrock over a [`Transport`]. Cheap to clone; clones share connections and signing keys.
#[derive(Debug)]
pub struct Client<T> {
    pub(crate) inner: Arc<Inner<T>>,
}

pub(crate) struct Inner<T> {
    pub(crate) transport: Arc<T>,
    pub(crate) endpoint: Endpoint,
    pub(crate) region: String,
    pub(crate) auth: Auth,
    pub(crate) signer: Mutex<Signer>,
    pub(crate) timeouts: Timeouts,
    pub(crate) max_response: usize,
    pub(crate) validates: bool,
    pub(crate) retries: SharedRetries,
    /// Ids of calls come from it.
    pub(crate) chance: Mutex<fastrand::Rng>,
    pub(crate) skew: Mutex<ClockSkew>,
    pub(crate) corrects_skew: bool,
    /// Whether whoever is on the way to the endpoint reads along.
    pub(crate) in_the_clear: bool,
    pub(crate) observer: Option<Arc<dyn Observe>>,
    pub(crate) clock: Clock,
}

/// A panic elsewhere leaves at worst a wait that is too long behind, or a key that is checked.
pub(crate) fn lock<V>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Clone for Client<T> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<T> core::fmt::Debug for Inner<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Inner")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("auth", &self.auth)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

impl<T: Transport> Client<T> {
    /// A client to be set up in code. It looks at nothing it was not given.
    pub fn builder(transport: T) -> ClientBuilder<T> {
        ClientBuilder::new(transport)
    }

    /// A client with region, endpoint, credentials and retries (`AWS_RETRY_MODE`, `AWS_MAX_ATTEMPTS`) from the process's
    /// environment.
    ///
    /// # Errors
    /// If the environment names no region, or a setting there is not what it must be. Credentials are looked for when a request
    /// needs them.
    pub fn from_env(transport: T) -> Result<Self, Error> {
        Self::builder(transport).environment(Environment::of_process()).build()
    }

    /// Asks and waits for the whole answer.
    ///
    /// # Errors
    /// If there is no answer, the service says what went wrong, or the answer is not a Converse response.
    ///
    /// Cancel safety: dropping the future gives the request up; the model may go on and cost.
    pub async fn converse(&self, request: &ConverseRequest) -> Result<ConverseResponse, Error> {
        self.check(|| request.validate())?;
        self.inner.ask(request.to_http(&self.inner.endpoint)?, ConverseResponse::from_http).await
    }

    /// Asks what a request would cost in input tokens: `CountTokensRequest::from(converse_request)`.
    ///
    /// # Errors
    /// If there is no answer, the service says what went wrong, or the answer is not a CountTokens response.
    ///
    /// Cancel safety: dropping the future gives the request up.
    pub async fn count_tokens(&self, request: &CountTokensRequest) -> Result<CountTokensResponse, Error> {
        self.check(|| request.validate())?;
        self.inner.ask(request.to_http(&self.inner.endpoint)?, CountTokensResponse::from_http).await
    }

    /// Asks what a guardrail says to a text or a picture.
    ///
    /// # Errors
    /// If there is no answer, the service says what went wrong, or the answer is not an ApplyGuardrail response.
    ///
    /// Cancel safety: dropping the future gives the request up; the guardrail may go on and cost.
    pub async fn apply_guardrail(
        &self,
        request: &ApplyGuardrailRequest,
    ) -> Result<ApplyGuardrailResponse, Error> {
        self.check(|| request.validate())?;
        self.inner.ask(request.to_http(&self.inner.endpoint)?, ApplyGuardrailResponse::from_http).await
    }

    /// Asks what ready-made checks say to messages.
    ///
    /// # Errors
    /// If there is no answer, the service says what went wrong, or the answer is not an InvokeGuardrailChecks response.
    ///
    /// Cancel safety: dropping the future gives the request up; the checks may go on and cost.
    pub async fn invoke_guardrail_checks(
        &self,
        request: &InvokeGuardrailChecksRequest,
    ) -> Result<InvokeGuardrailChecksResponse, Error> {
        self.check(|| request.validate())?;
        let request = request.to_http(&self.inner.endpoint)?;
        self.inner.ask(request, InvokeGuardrailChecksResponse::from_http).await
    }

    /// Asks and returns as soon as the answer begins: with its first frame.
    ///
    /// # Errors
    /// If there is no answer, or it is not a stream: then the service says what went wrong. An exception in the first frame
    /// comes out of the stream, as one in any other; if it may pass, the request was sent again before.
    ///
    /// Cancel safety: dropping the future, or the stream it gave, closes the connection.
    pub async fn converse_stream(&self, request: &ConverseRequest) -> Result<EventStream<T>, Error> {
        self.check(|| request.validate())?;
        let request = request.to_http_stream(&self.inner.endpoint)?;
        let answered = self.inner.call(request, Want::Stream).await?;
        Ok(EventStream::new(Arc::clone(&self.inner), answered))
    }

    /// The endpoint requests go to.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.inner.endpoint
    }

    /// The region requests are signed for.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.inner.region
    }

    fn check(&self, validate: impl FnOnce() -> Result<(), ValidationError>) -> Result<(), Error> {
        if cfg!(feature = "validation") && self.inner.validates { Ok(validate()?) } else { Ok(()) }
    }
}
