//! The client: requests out, answers in.

use core::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use barerock_converse::{
    ApplyGuardrailRequest, ApplyGuardrailResponse, ConverseRequest, ConverseResponse, CountTokensRequest,
    CountTokensResponse, Endpoint, InvokeGuardrailChecksRequest, InvokeGuardrailChecksResponse, ServiceError,
    ValidationError, is_event_stream,
};
use barerock_sigv4::{Signer, Timestamp};
use bytes::{Bytes, BytesMut};
use http::header::USER_AGENT;
use http::{HeaderValue, Request, StatusCode};
use http_body::Body;

use crate::auth::Auth;
use crate::builder::ClientBuilder;
use crate::environment::Environment;
use crate::error::Error;
use crate::stream::EventStream;
use crate::timeout::{Timeouts, within};
use crate::transport::{Transport, TransportError, TransportErrorKind};

/// What the service's signatures name it.
pub(crate) const SIGNING_NAME: &str = "bedrock";

/// What the service's logs name us.
const AGENT: HeaderValue = HeaderValue::from_static(concat!("barerock/", env!("CARGO_PKG_VERSION")));

/// The most of an error's body that is read; the rest is left.
const ERROR_BODY: usize = 1024 * 1024;

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
    pub(crate) clock: Clock,
}

/// Where the time comes from.
pub(crate) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

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

    /// A client with region, endpoint and credentials from the process's environment.
    ///
    /// # Errors
    /// If the environment names no region, or an endpoint that is none. Credentials are looked for when a request
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
        let (head, body) = self.ask(request.to_http(&self.inner.endpoint)?).await?;
        Ok(ConverseResponse::from_http(head.status, &head.headers, &body)?)
    }

    /// Asks what a request would cost in input tokens: `CountTokensRequest::from(converse_request)`.
    ///
    /// # Errors
    /// If there is no answer, the service says what went wrong, or the answer is not a CountTokens response.
    ///
    /// Cancel safety: dropping the future gives the request up.
    pub async fn count_tokens(&self, request: &CountTokensRequest) -> Result<CountTokensResponse, Error> {
        self.check(|| request.validate())?;
        let (head, body) = self.ask(request.to_http(&self.inner.endpoint)?).await?;
        Ok(CountTokensResponse::from_http(head.status, &head.headers, &body)?)
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
        let (head, body) = self.ask(request.to_http(&self.inner.endpoint)?).await?;
        Ok(ApplyGuardrailResponse::from_http(head.status, &head.headers, &body)?)
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
        let (head, body) = self.ask(request.to_http(&self.inner.endpoint)?).await?;
        Ok(InvokeGuardrailChecksResponse::from_http(head.status, &head.headers, &body)?)
    }

    /// Asks and returns as soon as the answer begins.
    ///
    /// # Errors
    /// If there is no answer, or it is not a stream: then the service says what went wrong.
    ///
    /// Cancel safety: dropping the future, or the stream it gave, closes the connection.
    pub async fn converse_stream(&self, request: &ConverseRequest) -> Result<EventStream<T>, Error> {
        self.check(|| request.validate())?;
        let (parts, body) = self.send(request.to_http_stream(&self.inner.endpoint)?).await?;
        let body = Box::pin(body);
        if is_event_stream(parts.status, &parts.headers) {
            return Ok(EventStream::new(Arc::clone(&self.inner), parts.headers, body));
        }
        let body = self.inner.collect(body, ERROR_BODY, true).await?;
        Err(ServiceError::from_http(parts.status, &parts.headers, &body).into())
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

    /// The whole answer to a request, error or not.
    async fn ask(&self, request: Request<Bytes>) -> Result<(http::response::Parts, Bytes), Error> {
        let (head, body) = self.send(request).await?;
        let is_error = head.status != StatusCode::OK;
        let limit = if is_error { ERROR_BODY } else { self.inner.max_response };
        let body = self.inner.collect(Box::pin(body), limit, is_error).await?;
        Ok((head, body))
    }

    async fn send(&self, mut request: Request<Bytes>) -> Result<(http::response::Parts, T::Body), Error> {
        let inner = &*self.inner;
        request.headers_mut().insert(&USER_AGENT, AGENT);
        request.extensions_mut().insert(inner.timeouts);
        inner.auth.apply(&mut request, &inner.endpoint, &inner.signer, || inner.now()).await?;
        let sent = inner.transport.send(request);
        let answer = within(&*inner.transport, inner.timeouts.first_byte, "the answer", sent).await?;
        let answer = answer.map_err(|error| Error::transport(&inner.endpoint, error.into()))?;
        Ok(answer.into_parts())
    }
}

impl<T: Transport> Inner<T> {
    fn now(&self) -> Result<Timestamp, Error> {
        Timestamp::try_from((self.clock)()).map_err(|_| Error::clock())
    }

    /// The next piece of a body, or `None` at its end.
    pub(crate) async fn next_chunk(&self, body: &mut Pin<Box<T::Body>>) -> Result<Option<Bytes>, ChunkError> {
        loop {
            let frame = core::future::poll_fn(|context| body.as_mut().poll_frame(context));
            let frame =
                within(&*self.transport, self.timeouts.idle, "the next piece of the answer", frame).await;
            match frame.map_err(|elapsed| ChunkError::Timeout(elapsed.into()))? {
                None => return Ok(None),
                Some(Err(error)) => {
                    let error = TransportError::of_body(error.into());
                    // A blocking transport keeps the limit itself.
                    return Err(match error.kind() {
                        TransportErrorKind::Timeout => {
                            ChunkError::Timeout(Error::transport(&self.endpoint, error))
                        }
                        _ => ChunkError::Broken(error),
                    });
                }
                // What is not data is trailers, which the service does not send.
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    /// A whole body. Past `limit` it is an error, or cut there if `cut`.
    async fn collect(&self, mut body: Pin<Box<T::Body>>, limit: usize, cut: bool) -> Result<Bytes, Error> {
        let mut whole = BytesMut::new();
        loop {
            match self.next_chunk(&mut body).await {
                Ok(Some(chunk)) if chunk.len() > limit.saturating_sub(whole.len()) => {
                    if !cut {
                        return Err(Error::body_too_large(limit));
                    }
                    whole.extend_from_slice(
                        chunk.get(..limit.saturating_sub(whole.len())).unwrap_or_default(),
                    );
                    return Ok(whole.freeze());
                }
                Ok(Some(chunk)) => whole.extend_from_slice(&chunk),
                Ok(None) => return Ok(whole.freeze()),
                // What came of an error's body still says what went wrong.
                Err(ChunkError::Broken(_)) if cut && !whole.is_empty() => return Ok(whole.freeze()),
                Err(ChunkError::Broken(error)) => return Err(Error::transport(&self.endpoint, error)),
                Err(ChunkError::Timeout(error)) => return Err(error),
            }
        }
    }
}

/// Why there is no next piece of a body.
pub(crate) enum ChunkError {
    Timeout(Error),
    Broken(TransportError),
}
