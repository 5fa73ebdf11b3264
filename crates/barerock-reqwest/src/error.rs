//! reqwest's errors in `barerock`'s terms.

use barerock::{TransportError, TransportErrorKind};

/// What went wrong, and at whose hands. The URL is left out: `barerock` names it already.
pub(crate) fn convert(error: reqwest::Error) -> TransportError {
    let kind = match () {
        () if error.is_timeout() => TransportErrorKind::Timeout,
        () if error.is_connect() => TransportErrorKind::Connect,
        // A policy of the client's own may refuse to follow.
        () if error.is_redirect() => TransportErrorKind::Redirect,
        () => TransportErrorKind::Io,
    };
    TransportError::new(kind, error.without_url())
}
