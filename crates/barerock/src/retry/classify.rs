//! Which failures another attempt may mend.

use barerock_converse::ServiceError;

use crate::error::Error;

/// Why another attempt may fare better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryClass {
    /// The service asks to slow down: waits begin at a second.
    Throttling,
    /// Something broke that may be whole again soon, or no answer came: waits begin at 50 ms.
    Transient,
}

/// The SDKs' fourteen codes, whatever the status.
const THROTTLING_CODES: &str = "Throttling ThrottlingException ThrottledException RequestThrottledException \
     TooManyRequestsException ProvisionedThroughputExceededException TransactionInProgressException \
     RequestLimitExceeded BandwidthLimitExceeded LimitExceededException RequestThrottled SlowDown \
     PriorRequestNotComplete EC2ThrottledException";

/// `ModelNotReadyException` is what the service model marks as retryable, and not as throttling.
const TRANSIENT_CODES: &str = "RequestTimeout RequestTimeoutException ModelNotReadyException";

const TRANSIENT_STATUSES: [u16; 4] = [500, 502, 503, 504];

/// Throttling, where the code is on none of the lists.
const TOO_MANY_REQUESTS: u16 = 429;

/// The model's own failures and used-up quotas are final, whatever their status.
const FINAL_CODES: &str = "ModelTimeoutException ModelErrorException ModelStreamErrorException \
     ServiceQuotaExceededException";

/// Whether a code stands among `codes`, with a space between each. One text, for an entry of a list is 40 bytes more in a
/// program that can be loaded anywhere.
pub(crate) fn is_one_of(codes: &str, code: &str) -> bool {
    codes.split(' ').any(|known| known == code)
}

impl RetryClass {
    /// The class of an error of a call. No answer, or half of one, is worth another attempt.
    pub(crate) fn of_error(error: &Error) -> Option<Self> {
        match error.service_error() {
            Some(error) => Self::of_service_error(error),
            None => error.is_of_transport().then_some(Self::Transient),
        }
    }

    /// The class of what the service said; `None` if every attempt would hear the same. The model's own timeouts (408) and errors
    /// (424) are final, and so is a daily quota.
    #[must_use]
    pub fn of_service_error(error: &ServiceError) -> Option<Self> {
        let code = error.code.as_str();
        match error.status {
            _ if is_daily_quota(error) || is_one_of(FINAL_CODES, code) => None,
            _ if is_one_of(THROTTLING_CODES, code) => Some(Self::Throttling),
            _ if is_one_of(TRANSIENT_CODES, code) => Some(Self::Transient),
            TOO_MANY_REQUESTS => Some(Self::Throttling),
            status if TRANSIENT_STATUSES.contains(&status) => Some(Self::Transient),
            _ => None,
        }
    }
}

/// Whether the service refuses until tomorrow: "Too many tokens per day, please wait before trying again."
#[must_use]
pub fn is_daily_quota(error: &ServiceError) -> bool {
    let is_throttling = error.status == TOO_MANY_REQUESTS || is_one_of(THROTTLING_CODES, &error.code);
    // By hand, for the standard library's search for a text is 2 KB.
    let says = |word: &str| {
        error.message.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    is_throttling && ["per day", "daily"].iter().any(|word| says(word))
}
