//! ureq's errors in `barerock`'s terms.

use core::error::Error as StdError;
use core::fmt;
use core::time::Duration;

use barerock::{Timeouts, TransportError, TransportErrorKind};
use ureq::{Error, Timeout};

use crate::deadline::Reason;

/// An error between the resolver and the end of the TLS handshake.
#[derive(Debug)]
pub(crate) struct NotConnected(pub(crate) Error);

impl fmt::Display for NotConnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for NotConnected {}

/// The limits an error may speak of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connect: Option<Duration>,
    pub(crate) request: Timeouts,
}

impl Limits {
    /// What went wrong, and at whose hands.
    pub(crate) fn explain(self, error: Error) -> TransportError {
        let (kind, error): (_, Box<dyn StdError + Send + Sync>) = match error {
            Error::Timeout(reason) => (TransportErrorKind::Timeout, Box::new(self.elapsed(reason))),
            Error::Other(error) => match error.downcast::<NotConnected>() {
                Ok(error) => (TransportErrorKind::Connect, error),
                Err(error) => (TransportErrorKind::Io, error),
            },
            Error::HostNotFound | Error::BadUri(_) | Error::TlsRequired => {
                (TransportErrorKind::Connect, Box::new(error))
            }
            error => (TransportErrorKind::Io, Box::new(error)),
        };
        TransportError::new(kind, error)
    }

    fn elapsed(self, reason: Timeout) -> Elapsed {
        let (waited_for, limit) = match reason {
            Timeout::Resolve => ("the address of the host", self.connect),
            Timeout::Connect => ("the connection", self.connect),
            reason if reason == Reason::Piece.name() => ("the next piece of the answer", self.request.idle),
            // The request knows what was left of the limit, and not what it was.
            reason if reason == Reason::Whole.name() => ("the whole answer", None),
            _ => ("the answer", self.request.first_byte),
        };
        Elapsed { waited_for, limit }
    }
}

/// A limit that has passed.
#[derive(Debug)]
struct Elapsed {
    waited_for: &'static str,
    limit: Option<Duration>,
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limit {
            Some(limit) => write!(f, "timed out after {limit:?} waiting for {}", self.waited_for),
            None => write!(f, "timed out waiting for {}", self.waited_for),
        }
    }
}

impl StdError for Elapsed {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_whose_limit_passed() {
        let limits = Limits {
            connect: Some(Duration::from_secs(10)),
            request: Timeouts::never().first_byte(Duration::from_secs(60)).idle(Duration::from_millis(700)),
        };
        for (reason, words) in [
            (Timeout::Resolve, "timed out after 10s waiting for the address of the host"),
            (Timeout::Connect, "timed out after 10s waiting for the connection"),
            (Reason::Head.name(), "timed out after 60s waiting for the answer"),
            (Reason::Piece.name(), "timed out after 700ms waiting for the next piece of the answer"),
            (Reason::Whole.name(), "timed out waiting for the whole answer"),
        ] {
            let error = limits.explain(Error::Timeout(reason));
            assert_eq!(error.kind(), TransportErrorKind::Timeout);
            assert_eq!(error.source().unwrap().to_string(), words);
        }
        let refused = NotConnected(Error::Io(std::io::ErrorKind::ConnectionRefused.into()));
        let error = limits.explain(Error::Other(Box::new(refused)));
        assert_eq!(error.kind(), TransportErrorKind::Connect);
        assert_eq!(limits.explain(Error::HostNotFound).kind(), TransportErrorKind::Connect);
        assert_eq!(
            limits.explain(Error::Io(std::io::ErrorKind::BrokenPipe.into())).kind(),
            TransportErrorKind::Io
        );
    }
}
