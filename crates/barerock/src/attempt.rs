//! One call: its attempts, each signed afresh, and the waits between.

use core::pin::Pin;
use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use barerock_converse::{ServiceError, is_event_stream};
use barerock_sigv4::{Credentials, Timestamp};
use bytes::{Bytes, BytesMut};
use http::header::{HeaderName, USER_AGENT};
use http::response::Parts;
use http::{HeaderValue, Request, StatusCode};
use http_body::Body;

use crate::client::Inner;
use crate::error::Error;
use crate::retry::{Attempts, Decision, Failure, RetryClass};
use crate::timeout::within;
use crate::transport::{Transport, TransportError, TransportErrorKind};

/// What the service's logs name us.
const AGENT: HeaderValue = HeaderValue::from_static(concat!("barerock/", env!("CARGO_PKG_VERSION")));

/// The most of an error's body that is read; the rest is left.
const ERROR_BODY: usize = 1024 * 1024;

/// One id for all attempts of a call.
static INVOCATION_ID: HeaderName = HeaderName::from_static("amz-sdk-invocation-id");
/// Which attempt it is, of how many at most.
static ATTEMPT: HeaderName = HeaderName::from_static("amz-sdk-request");
/// The wait the service asks for, in milliseconds.
const RETRY_AFTER: &str = "x-amz-retry-after";

/// What the service calls credentials whose time is over.
const EXPIRED_CODES: [&str; 2] = ["ExpiredTokenException", "ExpiredToken"];

/// How an answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// Read to its end.
    Whole,
    /// As a stream of events, unless it is none.
    Stream,
}

/// An answer, error or not.
pub(crate) struct Answer<B> {
    pub(crate) head: Parts,
    /// What was read of the body: all of it, unless it streams.
    pub(crate) body: Bytes,
    /// The body, where a stream of events was wanted and is there.
    pub(crate) stream: Option<Pin<Box<B>>>,
}

impl<T: Transport> Inner<T> {
    /// The whole answer to a request, error or not.
    pub(crate) async fn ask(&self, request: Request<Bytes>) -> Result<(Parts, Bytes), Error> {
        let answer = self.call(request, Want::Whole).await?;
        Ok((answer.head, answer.body))
    }

    /// Sends a request until it is answered, fails for good, or may not be sent again.
    pub(crate) async fn call(
        &self,
        mut request: Request<Bytes>,
        want: Want,
    ) -> Result<Answer<T::Body>, Error> {
        request.headers_mut().insert(&USER_AGENT, AGENT);
        request.headers_mut().insert(&INVOCATION_ID, self.invocation_id());
        request.extensions_mut().insert(self.timeouts);
        let mut attempts = Attempts::default();
        let mut renewed = false;
        loop {
            let turn = lock(&self.retries).before_attempt(&mut attempts, self.time());
            if !turn.is_zero() {
                self.transport.sleep(turn).await;
            }
            let mut request = request.clone();
            request.headers_mut().insert(&ATTEMPT, self.attempt_header(&attempts)?);
            let (credentials, result) = self.attempt(request, want).await?;
            let failure = match &result {
                Ok(answer) if answer.head.status == StatusCode::OK => {
                    lock(&self.retries).after_success(&attempts, self.time());
                    return result;
                }
                Ok(Answer { head, body, .. }) => {
                    let error = ServiceError::from_http(head.status, &head.headers, body);
                    let expired = EXPIRED_CODES.contains(&error.code.as_str());
                    let class = match credentials {
                        // A provider may have got new ones meanwhile; once is enough to know.
                        Some(credentials) if expired && !renewed => {
                            renewed = true;
                            self.auth.refused(&credentials);
                            Some(RetryClass::Transient)
                        }
                        _ => RetryClass::of_service_error(&error),
                    };
                    class.map_or_else(Failure::final_one, Failure::new).retry_after(retry_after(head))
                }
                Err(error) if error.is_of_transport() => Failure::new(RetryClass::Transient),
                Err(_) => Failure::final_one(),
            };
            let decision = lock(&self.retries).after_failure(&mut attempts, &failure, self.time());
            match decision {
                Decision::Wait(wait) => self.transport.sleep(wait).await,
                _ => return result,
            }
        }
    }

    /// Sends a request once. The outer error is one that lies before the request.
    async fn attempt(
        &self,
        mut request: Request<Bytes>,
        want: Want,
    ) -> Result<(Option<Credentials>, Result<Answer<T::Body>, Error>), Error> {
        let credentials = self.auth.apply(&mut request, &self.endpoint, &self.signer, || self.now()).await?;
        Ok((credentials, self.exchange(request, want).await))
    }

    async fn exchange(&self, request: Request<Bytes>, want: Want) -> Result<Answer<T::Body>, Error> {
        let sent = self.transport.send(request);
        let answer = within(&*self.transport, self.timeouts.first_byte, "the answer", sent).await?;
        let answer = answer.map_err(|error| Error::transport(&self.endpoint, error.into()))?;
        let (head, body) = answer.into_parts();
        let body = Box::pin(body);
        if want == Want::Stream && is_event_stream(head.status, &head.headers) {
            return Ok(Answer { head, body: Bytes::new(), stream: Some(body) });
        }
        let is_error = want == Want::Stream || head.status != StatusCode::OK;
        let limit = if is_error { ERROR_BODY } else { self.max_response };
        let body = self.collect(body, limit, is_error).await?;
        Ok(Answer { head, body, stream: None })
    }

    /// `attempt=N; max=M`, and on a retry `ttl` before them: until when an answer would be waited for.
    fn attempt_header(&self, attempts: &Attempts) -> Result<HeaderValue, Error> {
        let number = attempts.number();
        let max = lock(&self.retries).max_attempts();
        let until = self.timeouts.first_byte.filter(|_| number > 1);
        let ttl = until.and_then(|limit| (self.clock)().checked_add(limit));
        let ttl = ttl.and_then(|time| Timestamp::try_from(time).ok());
        let text = match ttl {
            Some(ttl) => format!("ttl={}; attempt={number}; max={max}", ttl.amz_date()),
            None => format!("attempt={number}; max={max}"),
        };
        HeaderValue::try_from(text).map_err(|_| Error::clock())
    }

    /// A UUID of version 4 (RFC 9562, section 5.4).
    fn invocation_id(&self) -> HeaderValue {
        let bits = lock(&self.chance).u128(..) & !(0xf << 76) & !(0x3 << 62) | (4 << 76) | (2 << 62);
        let hex = format!("{bits:032x}");
        let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default());
        HeaderValue::try_from(parts.join("-")).unwrap_or_else(|_| HeaderValue::from_static("-"))
    }

    fn now(&self) -> Result<Timestamp, Error> {
        Timestamp::try_from((self.clock)()).map_err(|_| Error::clock())
    }

    /// The time since 1970, for the retries' rates.
    fn time(&self) -> Duration {
        SystemTime::duration_since(&(self.clock)(), UNIX_EPOCH).unwrap_or_default()
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

/// A panic elsewhere leaves at worst a wait that is too long behind.
fn lock<V>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The wait the service asks for.
fn retry_after(head: &Parts) -> Option<Duration> {
    let millis = head.headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_millis(millis))
}
