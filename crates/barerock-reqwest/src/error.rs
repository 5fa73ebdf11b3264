//! Conversion of reqwest's errors to `barerock`'s.

use core::error::Error;
use core::fmt;
use std::sync::Arc;

#[cfg(feature = "webpki-roots")]
use barerock::transport::ProxyError;
use barerock::transport::ProxyUrl;
use barerock::{TransportError, TransportErrorKind};
use reqwest::Url;

/// Converts the error of a request that used this proxy, if any. The URL is removed: `barerock` adds it.
pub(crate) fn convert(error: reqwest::Error, proxy: Option<&ProxyUrl>) -> TransportError {
    let is_connect = error.is_connect();
    let kind = match () {
        () if error.is_timeout() && is_connect => TransportErrorKind::ConnectTimeout,
        () if error.is_timeout() => TransportErrorKind::Timeout,
        () if is_connect => kind_of_connect(&error),
        // The redirect policy of the client rejected a redirect.
        () if error.is_redirect() => TransportErrorKind::Redirect,
        () => TransportErrorKind::Io,
    };
    let error = error.without_url();
    match proxy {
        Some(proxy) if is_connect => {
            TransportError::new(kind, ThroughProxy { proxy: proxy.authority(), source: error })
        }
        _ => TransportError::new(kind, error),
    }
}

/// Returns the kind of a connection error. The error type of a failed tunnel is private in hyper-util, so its text decides.
fn kind_of_connect(error: &(dyn Error + 'static)) -> TransportErrorKind {
    let causes = core::iter::successors(Some(error), |error| Error::source(*error));
    let tunnel = causes.map(ToString::to_string).find(|text| text.starts_with("tunnel error"));
    match tunnel {
        Some(text) if text.ends_with("proxy authorization required") => TransportErrorKind::ProxyRefused,
        Some(_) => TransportErrorKind::Proxy,
        None => TransportErrorKind::Connect,
    }
}

/// Connection error of a request that used a proxy.
#[derive(Debug)]
struct ThroughProxy {
    /// `HOST:PORT` of the proxy.
    proxy: String,
    source: reqwest::Error,
}

impl fmt::Display for ThroughProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "through proxy {}", self.proxy)
    }
}

impl Error for ThroughProxy {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

/// Reason why there is no client for a request.
#[derive(Debug, Clone)]
pub(crate) enum BuildError {
    Client(Arc<reqwest::Error>),
    #[cfg(feature = "webpki-roots")]
    Proxy(ProxyError),
    NoDirectClient,
}

impl BuildError {
    pub(crate) fn client(error: reqwest::Error) -> Self {
        Self::Client(Arc::new(error))
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => error.fmt(f),
            #[cfg(feature = "webpki-roots")]
            Self::Proxy(error) => error.fmt(f),
            Self::NoDirectClient => f.write_str("no client without proxies for a request over https"),
        }
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Client(error) => error.source(),
            _ => None,
        }
    }
}

/// Error for a redirect that the client followed.
#[derive(Debug)]
pub(crate) struct Redirected {
    host: String,
}

impl Redirected {
    pub(crate) fn to(url: &Url) -> Self {
        Self { host: url.host_str().unwrap_or_default().to_owned() }
    }
}

impl fmt::Display for Redirected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the reqwest client followed a redirect to {}; it must be built with redirect(Policy::none())",
            self.host
        )
    }
}

impl Error for Redirected {}
