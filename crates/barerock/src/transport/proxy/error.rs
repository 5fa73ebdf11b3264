//! Errors of proxy URLs.

use core::fmt;

/// A proxy URL that is invalid or of a scheme that is not supported.
///
/// `Display` and `Debug` leave the URL out: it may contain a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyError {
    /// The variable the URL comes from; `proxy URL` for one set in code.
    name: &'static str,
    reason: ProxyErrorReason,
}

/// What is wrong with a proxy URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProxyErrorReason {
    Scheme,
    Host,
    MissingHost,
    Port,
    Path,
    NotUtf8,
}

impl ProxyError {
    pub(super) fn new(name: &'static str, reason: ProxyErrorReason) -> Self {
        Self { name, reason }
    }

    /// The variable the URL comes from; `proxy URL` for one set in code.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Names the variable the URL comes from.
    pub(super) fn of(self, name: &'static str) -> Self {
        Self { name, ..self }
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason {
            ProxyErrorReason::Scheme => "unsupported scheme",
            ProxyErrorReason::Host => "invalid host",
            ProxyErrorReason::MissingHost => "missing host",
            ProxyErrorReason::Port => "invalid port",
            ProxyErrorReason::Path => "unexpected path",
            ProxyErrorReason::NotUtf8 => return write!(f, "{} is not valid UTF-8", self.name),
        };
        write!(f, "{}: {reason}; expected http://[USER:PASSWORD@]HOST[:PORT]", self.name)
    }
}

impl core::error::Error for ProxyError {}
