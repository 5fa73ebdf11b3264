//! The attempts of a call, each signed afresh, and the waits between.

use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use barerock_converse::{ResponseError, ServiceError};
use barerock_sigv4::Timestamp;
use bytes::Bytes;
use http::header::{HeaderName, USER_AGENT};
use http::{HeaderMap, HeaderValue, Request, StatusCode};

use crate::auth::Proof;
use crate::call::{Answered, Call};
use crate::client::{Inner, lock};
use crate::credentials::CredentialsError;
use crate::error::Error;
use crate::exchange::{Answer, Failed, Want};
use crate::observe::Stage;
use crate::retry::{Attempts, Decision, Failure, RetryClass, is_one_of};
use crate::skew::{ClockSkew, SKEW_CODES};
use crate::timeout::{Deadline, before};
use crate::transport::Transport;

/// What the service's logs name us.
const AGENT: HeaderValue = HeaderValue::from_static(concat!("barerock/", env!("CARGO_PKG_VERSION")));

/// One id for all attempts of a call.
static INVOCATION_ID: HeaderName = HeaderName::from_static("amz-sdk-invocation-id");
/// Which attempt it is, of how many at most.
static ATTEMPT: HeaderName = HeaderName::from_static("amz-sdk-request");

/// What the service calls credentials whose time is over.
const EXPIRED_CODES: &str = "ExpiredTokenException ExpiredToken";

/// Whoever gave them: the service would only say so itself.
const EXPIRED: &str =
    "what it gave has expired, and is not sent; does it keep keys for longer than they hold?";

/// Reads an answer that is whole.
type Read<R> = fn(StatusCode, &HeaderMap, &[u8]) -> Result<R, ResponseError>;

/// What a failure may be mended by, once a call.
#[derive(Default)]
struct Mended {
    credentials: bool,
    clock: bool,
}

impl<T: Transport> Inner<T> {
    /// Asks, waits for the whole answer and reads it.
    pub(crate) async fn ask<R>(&self, request: Request<Bytes>, read: Read<R>) -> Result<R, Error> {
        let Answered { call, answer, .. } = self.call(request, Want::Whole).await?;
        read(answer.head.status, &answer.head.headers, &answer.read)
            .map_err(|error| self.failed(&call, error))
    }

    /// Sends a request until it is answered, fails for good, or may not be sent again.
    pub(crate) async fn call(
        &self,
        mut request: Request<Bytes>,
        want: Want,
    ) -> Result<Answered<T::Body>, Error> {
        let id = self.invocation_id();
        request.headers_mut().insert(&USER_AGENT, AGENT);
        request.headers_mut().insert(&INVOCATION_ID, id.clone());
        let mut call = Call { uri: request.uri().clone(), id, attempts: 0, proof: Proof::None };
        let mut deadline = self.timeouts.operation.map(|limit| Deadline::new(&self.transport, limit));
        // In a box, so that whoever goes on to read a stream does not hold the room for all of this: 7 KB.
        let attempts = Box::pin(self.attempts(request, want, &mut call));
        let answer = before(&mut deadline, attempts).await;
        match answer.unwrap_or_else(|elapsed| Err(elapsed.into())) {
            Ok(answer) => Ok(Answered { call, deadline, answer }),
            Err(error) => Err(self.failed(&call, error)),
        }
    }

    async fn attempts(
        &self,
        request: Request<Bytes>,
        want: Want,
        call: &mut Call,
    ) -> Result<Answer<T::Body>, Error> {
        let begun = self.now();
        let (mut attempts, mut mended) = (Attempts::default(), Mended::default());
        loop {
            self.retries.permit(&*self.transport, &mut attempts, || self.time()).await;
            call.attempts = attempts.number();
            let mut request = request.clone();
            let mut timeouts = self.timeouts;
            timeouts.operation = self.left(begun);
            request.extensions_mut().insert(timeouts);
            request.headers_mut().insert(&ATTEMPT, self.attempt_header(call, timeouts.operation)?);
            let skew = *lock(&self.skew);
            call.proof = self.prove(call, &mut request, skew).await?;

            let mut result = self.exchange(call, request, want).await;
            match &mut result {
                Ok(Answer { refused: Some(error), .. }) | Err(Failed { error, .. }) => {
                    error.hide(&call.proof.secrets());
                }
                Ok(_) => {}
            }
            let (error, retry_after) = match &result {
                Ok(Answer { refused: Some(error), .. }) => (error, None),
                Ok(_) => {
                    self.retries.after_success(&attempts, self.time());
                    return result.map_err(|failed| failed.error);
                }
                Err(Failed { error, retry_after }) => (error, *retry_after),
            };
            let class = match error.service_error() {
                Some(service) if self.mends(service, &call.proof, skew, &mut mended) => {
                    Some(RetryClass::Transient)
                }
                _ => RetryClass::of_error(error),
            };
            let failure = class.map_or_else(Failure::permanent, Failure::new).retry_after(retry_after);
            let decision = self.retries.after_failure(&mut attempts, &failure, self.time());
            match decision {
                // A wait that would outlast the call is not begun: what went wrong says more than that time is up.
                Decision::Wait(wait) if self.left(begun).is_none_or(|left| wait < left) => {
                    self.tell(call, &Stage::Retrying { error, wait });
                    self.transport.sleep(wait).await;
                }
                decision => {
                    self.tell(call, &Stage::Failed { error, decision });
                    return result.map_err(|failed| failed.error);
                }
            }
        }
    }

    /// Signs an attempt, and lets whoever looks on know.
    async fn prove(
        &self,
        call: &Call,
        request: &mut Request<Bytes>,
        skew: ClockSkew,
    ) -> Result<Proof, Error> {
        let now = || Timestamp::try_from(skew.apply(self.now())).map_err(|_| Error::clock());
        if self.in_the_clear {
            self.auth.must_be_open(&self.endpoint)?;
        }
        let (proof, signed) = self.auth.apply(request, &self.signer, now).await?;
        if let Proof::SigV4(provided) = &proof {
            if provided.expires_at.is_some_and(|at| at <= skew.apply(self.now())) {
                return Err(CredentialsError::invalid(provided.provider, EXPIRED).into());
            }
            self.tell(
                call,
                &Stage::Credentials {
                    provider: provided.provider,
                    access_key_id: provided.credentials.access_key_id(),
                    expires_at: provided.expires_at,
                },
            );
        }
        let max_attempts = self.retries.max_attempts();
        if self.observer.is_some() {
            let (signed, secrets) = (signed.as_ref(), &proof.secrets());
            let attempt = call.attempts;
            self.tell(call, &Stage::Sending { attempt, max_attempts, request, signed, secrets });
        }
        Ok(proof)
    }

    /// Whether what the service refused was the proof, and the next attempt will have a better one.
    fn mends(&self, error: &ServiceError, proof: &Proof, used: ClockSkew, mended: &mut Mended) -> bool {
        let Proof::SigV4(provided) = proof else { return false };
        let code = &*error.code;
        if is_one_of(EXPIRED_CODES, code) && !mended.credentials {
            mended.credentials = true;
            // A provider may have got new ones meanwhile; once is enough to know.
            self.auth.refused(&provided.credentials);
            return true;
        }
        if is_one_of(SKEW_CODES, code) && !mended.clock && lock(&self.skew).is_far_from(used) {
            mended.clock = true;
            return true;
        }
        false
    }

    /// `attempt=N; max=M`, and on a retry `ttl` before them: until when an answer would be waited for.
    fn attempt_header(&self, call: &Call, left: Option<Duration>) -> Result<HeaderValue, Error> {
        let number = call.attempts;
        let max = self.retries.max_attempts();
        let until = self.timeouts.first_byte.into_iter().chain(left).min().filter(|_| number > 1);
        let ttl = until.and_then(|limit| self.now().checked_add(limit));
        let ttl = ttl.and_then(|time| Timestamp::try_from(time).ok());
        let text = match ttl {
            Some(ttl) => format!("ttl={}; attempt={number}; max={max}", ttl.amz_date()),
            None => format!("attempt={number}; max={max}"),
        };
        HeaderValue::try_from(text).map_err(|_| Error::clock())
    }

    /// What is left of the time for the whole call.
    fn left(&self, begun: SystemTime) -> Option<Duration> {
        let spent = self.now().duration_since(begun).unwrap_or_default();
        self.timeouts.operation.map(|limit| limit.saturating_sub(spent))
    }

    /// A UUID of version 4 (RFC 9562, section 5.4).
    fn invocation_id(&self) -> HeaderValue {
        let bits = lock(&self.chance).u128(..) & !(0xf << 76) & !(0x3 << 62) | (4 << 76) | (2 << 62);
        let hex = format!("{bits:032x}");
        let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default());
        HeaderValue::try_from(parts.join("-")).unwrap_or_else(|_| HeaderValue::from_static("-"))
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// The time since 1970, for the retries' rates.
    fn time(&self) -> Duration {
        self.now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}
