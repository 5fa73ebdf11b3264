//! What a connection is for, and the request heads that this requires.

use core::mem;

use barerock::{TransportError, TransportErrorKind};
use bytes::Bytes;
use http::header::{Entry, HOST, HeaderValue};
use http::uri::{Authority, Scheme};
use http::{Request, Uri, Version};
use http_body_util::Full;
use tokio::runtime::{Handle, Id};

/// What a kept connection must have been opened for to be used for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: Scheme,
    authority: Authority,
    /// True if the connection goes through a proxy: a request that must not use a proxy may have the same host.
    is_proxied: bool,
    /// The runtime that drives the connection: another one would wait for it in vain once this one has stopped.
    runtime: Id,
}

impl Origin {
    /// Returns the origin of requests to this URI.
    ///
    /// # Errors
    /// If the URI is not absolute.
    pub(crate) fn new(uri: &Uri, is_proxied: bool, runtime: &Handle) -> Result<Self, TransportError> {
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(TransportError::new(TransportErrorKind::Io, "URI without scheme or host"));
        };
        let (scheme, authority) = (scheme.clone(), authority.clone());
        Ok(Self { scheme, authority, is_proxied, runtime: runtime.id() })
    }

    /// Sets the request target of HTTP/1.1 and the `host` header, unless there is one (RFC 9112, section 3.2). The target has the absolute
    /// form for a proxy that reads the request, else the origin form. Returns the URI.
    pub(crate) fn set_target(&self, request: &mut Request<Full<Bytes>>) -> Uri {
        if let Entry::Vacant(header) = request.headers_mut().entry(HOST) {
            // The characters of a URI's host are allowed in headers.
            if let Ok(host) = HeaderValue::from_str(self.host()) {
                header.insert(host);
            }
        }
        // hyper panics for versions other than 1.0, 1.1 and 2.
        if request.version() != Version::HTTP_10 {
            *request.version_mut() = Version::HTTP_11;
        }
        let target = match self.is_proxied && self.scheme != Scheme::HTTPS {
            true => request.uri().clone(),
            // The default URI is `/`.
            false => request.uri().path_and_query().cloned().map(Uri::from).unwrap_or_default(),
        };
        mem::replace(request.uri_mut(), target)
    }

    /// Returns the authority without user information and the scheme's default port.
    fn host(&self) -> &str {
        let authority = self.authority.as_str();
        let default = if self.scheme == Scheme::HTTPS { 443 } else { 80 };
        match self.authority.port_u16() {
            Some(port) if port != default => {
                authority.rsplit_once('@').map_or(authority, |(_user, host)| host)
            }
            _ => self.authority.host(),
        }
    }
}
