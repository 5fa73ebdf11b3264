//! The attempts of a call, each signed afresh, and the waits between them.

use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use barerock_converse::ServiceError;
use barerock_sigv4::Timestamp;
use bytes::Bytes;
use http::header::HeaderName;
use http::{HeaderValue, Request};

use crate::authenticate::AppliedAuth;
use crate::call_context::CallContext;
use crate::client::{ClientState, lock};
use crate::error::Error;
use crate::observe::Stage;
use crate::retry::{Attempts, Decision, Failure, RetryClass, is_one_of};
use crate::send::{FailedAttempt, ResponseMode, SuccessResponse};
use crate::skew::{ClockSkew, SKEW_CODES};
use crate::transport::LocalTransport;

/// The number of the attempt, and of attempts a call may have.
static ATTEMPT: HeaderName = HeaderName::from_static("amz-sdk-request");

/// The service's codes for expired credentials.
const EXPIRED_CODES: &str = "ExpiredTokenException ExpiredToken";

/// The causes of a rejected signature that were fixed in this call: each is fixed once.
#[derive(Default)]
struct RetryFixes {
    credentials: bool,
    clock: bool,
}

impl<T: LocalTransport> ClientState<T> {
    /// Sends a request until it succeeds, fails permanently, or has used up its attempts.
    pub(crate) async fn attempts(
        &self,
        request: Request<Bytes>,
        mode: ResponseMode,
        context: &mut CallContext,
    ) -> Result<SuccessResponse<T::Body>, Error> {
        let begun = self.now();
        let (mut attempts, mut fixes) = (Attempts::default(), RetryFixes::default());
        loop {
            self.retries.permit(&*self.transport, &mut attempts, || self.time()).await;
            context.attempts = attempts.number();
            let skew = *lock(&self.skew);
            let mut request = request.clone();
            self.add_attempt(context, &mut request, self.time_left(begun))?;
            self.authenticate(context, &mut request, skew).await?;

            let mut result = self.send(context, request, mode).await;
            if let Ok(SuccessResponse { rejection: Some(error), .. }) | Err(FailedAttempt { error, .. }) =
                &mut result
            {
                error.hide(&context.applied.secrets());
            }
            let (error, retry_after) = match &result {
                Ok(SuccessResponse { rejection: Some(error), .. }) => (error, None),
                Ok(_) => {
                    self.retries.after_success(&attempts, self.time());
                    return result.map_err(|failed| failed.error);
                }
                Err(FailedAttempt { error, retry_after }) => (error, *retry_after),
            };
            let class = match error.service_error() {
                Some(service) if self.fixes(service, &context.applied, skew, &mut fixes) => {
                    Some(RetryClass::Transient)
                }
                _ => RetryClass::of_error(error),
            };
            let failure = class.map_or_else(Failure::permanent, Failure::new).retry_after(retry_after);
            let decision = self.retries.after_failure(&mut attempts, &failure, self.time());
            match decision {
                // A wait that would outlast the call is not begun: the failure says more than a timeout would.
                Decision::Wait(wait) if self.time_left(begun).is_none_or(|left| wait < left) => {
                    context.observe(&Stage::Retrying { error, wait });
                    self.transport.sleep(wait).await;
                }
                decision => {
                    context.observe(&Stage::Failed { error, decision });
                    return result.map_err(|failed| failed.error);
                }
            }
        }
    }

    /// Adds what differs from attempt to attempt: the time left, for the transport, and the header `amz-sdk-request`:
    /// `attempt=N; max=M`, on a retry after `ttl`, until when the client waits for a response.
    fn add_attempt(
        &self,
        context: &CallContext,
        request: &mut Request<Bytes>,
        time_left: Option<Duration>,
    ) -> Result<(), Error> {
        let mut timeouts = self.timeouts;
        timeouts.operation = time_left;
        request.extensions_mut().insert(timeouts);

        let number = context.attempts;
        let max = self.retries.max_attempts();
        let until = self.timeouts.first_byte.into_iter().chain(time_left).min().filter(|_| number > 1);
        let ttl = until.and_then(|limit| self.now().checked_add(limit));
        let ttl = ttl.and_then(|time| Timestamp::try_from(time).ok());
        let text = match ttl {
            Some(ttl) => format!("ttl={}; attempt={number}; max={max}", ttl.amz_date()),
            None => format!("attempt={number}; max={max}"),
        };
        let value = HeaderValue::try_from(text).map_err(|_| Error::clock())?;
        request.headers_mut().insert(&ATTEMPT, value);
        Ok(())
    }

    /// True if the service rejected the authentication, and the next attempt will have a better one: other credentials, or a
    /// corrected clock.
    fn fixes(
        &self,
        error: &ServiceError,
        applied: &AppliedAuth,
        used: ClockSkew,
        fixes: &mut RetryFixes,
    ) -> bool {
        let AppliedAuth::SigV4(credentials) = applied else { return false };
        let code = &*error.code;
        if is_one_of(EXPIRED_CODES, code) && !fixes.credentials {
            fixes.credentials = true;
            self.auth.refused(credentials);
            return true;
        }
        if is_one_of(SKEW_CODES, code) && !fixes.clock && lock(&self.skew).is_far_from(used) {
            fixes.clock = true;
            return true;
        }
        false
    }

    /// The time left for the whole call, if that is limited.
    fn time_left(&self, begun: SystemTime) -> Option<Duration> {
        let spent = self.now().duration_since(begun).unwrap_or_default();
        self.timeouts.operation.map(|limit| limit.saturating_sub(spent))
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// The time since 1970, for the rates of the retry policy.
    fn time(&self) -> Duration {
        self.now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}
