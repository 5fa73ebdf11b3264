//! Conversion to `barerock`'s transport errors.

use barerock::transport::{BoxError, HopError};
use barerock::{TransportError, TransportErrorKind};

use crate::limit::TimeLimit;

/// Converts an error of connecting; a timeout if the limit has passed.
pub(crate) fn of_connect(error: BoxError, limit: Option<TimeLimit>) -> TransportError {
    timed_out(limit, TransportErrorKind::ConnectTimeout)
        .unwrap_or_else(|| TransportError::new(HopError::kind_of(&*error), error))
}

/// Converts an error of sending or receiving; a timeout if the limit has passed.
pub(crate) fn of_exchange(error: BoxError, limit: Option<TimeLimit>) -> TransportError {
    timed_out(limit, TransportErrorKind::Timeout)
        .unwrap_or_else(|| TransportError::new(TransportErrorKind::Io, error))
}

fn timed_out(limit: Option<TimeLimit>, kind: TransportErrorKind) -> Option<TransportError> {
    let limit = limit.filter(TimeLimit::has_passed)?;
    Some(TransportError::new(kind, limit.elapsed()))
}
