//! Classes of failures: which are retried.

use barerock_converse::ServiceError;

use crate::error::Error;

/// Class of a failure that is retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryClass {
    /// The service throttled the request: backoff starts at 1 s.
    Throttling,
    /// A server error that may pass, or no response: backoff starts at 50 ms.
    Transient,
}

/// The SDKs' fourteen throttling codes, at any status.
const THROTTLING_CODES: &str = "Throttling ThrottlingException ThrottledException RequestThrottledException \
     TooManyRequestsException ProvisionedThroughputExceededException TransactionInProgressException \
     RequestLimitExceeded BandwidthLimitExceeded LimitExceededException RequestThrottled SlowDown \
     PriorRequestNotComplete EC2ThrottledException";

/// The service model marks `ModelNotReadyException` as retryable, not as throttling.
const TRANSIENT_CODES: &str = "RequestTimeout RequestTimeoutException ModelNotReadyException";

const TRANSIENT_STATUSES: [u16; 4] = [500, 502, 503, 504];

/// Throttling, unless the code is on another list.
const TOO_MANY_REQUESTS: u16 = 429;

/// The model's own failures and used-up service quotas are permanent, at any status.
const PERMANENT_CODES: &str = "ModelTimeoutException ModelErrorException ModelStreamErrorException \
     ServiceQuotaExceededException";

/// Whether `codes`, a space-separated list, contains a code. One string, because an array costs 40 bytes of relocations an
/// entry.
pub(crate) fn is_one_of(codes: &str, code: &str) -> bool {
    codes.split(' ').any(|known| known == code)
}

impl RetryClass {
    /// The class of an error of a call. A missing or incomplete response is transient.
    pub(crate) fn of_error(error: &Error) -> Option<Self> {
        match error.service_error() {
            Some(error) => Self::of_service_error(error),
            None => error.is_of_transport().then_some(Self::Transient),
        }
    }

    /// The class of an error of the service; `None` for a permanent one. The model's own timeouts (408) and errors (424) are
    /// permanent, and so is a used-up daily quota.
    #[must_use]
    pub fn of_service_error(error: &ServiceError) -> Option<Self> {
        let code = error.code.as_str();
        match error.status {
            _ if is_daily_quota(error) || is_one_of(PERMANENT_CODES, code) => None,
            _ if is_one_of(THROTTLING_CODES, code) => Some(Self::Throttling),
            _ if is_one_of(TRANSIENT_CODES, code) => Some(Self::Transient),
            TOO_MANY_REQUESTS => Some(Self::Throttling),
            status if TRANSIENT_STATUSES.contains(&status) => Some(Self::Transient),
            _ => None,
        }
    }
}

/// Whether the error is a used-up daily quota: "Too many tokens per day, please wait before trying again."
#[must_use]
pub fn is_daily_quota(error: &ServiceError) -> bool {
    let is_throttling = error.status == TOO_MANY_REQUESTS || is_one_of(THROTTLING_CODES, &error.code);
    // By hand: the standard library's substring search costs 2 KB.
    let says = |word: &str| {
        error.message.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    is_throttling && ["per day", "daily"].iter().any(|word| says(word))
}
