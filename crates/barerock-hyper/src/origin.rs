//! What a connection is for, and the request heads that this requires.

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
    /// form for a proxy that reads the request, else the origin form.
    pub(crate) fn set_target(&self, uri: &Uri, request: &mut Request<Full<Bytes>>) {
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
        if !self.is_proxied || self.scheme == Scheme::HTTPS {
            // The default URI is `/`.
            *request.uri_mut() = uri.path_and_query().cloned().map(Uri::from).unwrap_or_default();
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the target and `host` header of a request over HTTP/1.1.
    fn sent(uri: &str, is_proxied: bool, host: Option<&str>) -> (String, String) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let origin = Origin::new(&uri.parse().unwrap(), is_proxied, runtime.handle()).unwrap();
        let mut request = Request::builder().uri(uri).version(Version::HTTP_3).body(Full::default()).unwrap();
        request.headers_mut().extend(host.map(|host| (HOST, HeaderValue::from_str(host).unwrap())));
        origin.set_target(&uri.parse().unwrap(), &mut request);
        assert_eq!((request.version(), request.headers().len()), (Version::HTTP_11, 1));
        (request.uri().to_string(), request.headers()[HOST].to_str().unwrap().to_owned())
    }

    #[test]
    fn the_target_has_the_form_that_the_receiver_expects() {
        for (uri, is_proxied, target) in [
            ("https://a.example/p/q?r=s", false, "/p/q?r=s"),
            ("http://a.example/p", false, "/p"),
            ("http://a.example", false, "/"),
            ("http://a.example?r", false, "/?r"),
            ("http://a.example:81/p?r=s", true, "http://a.example:81/p?r=s"),
            ("http://a.example", true, "http://a.example/"),
            // Through a tunnel the endpoint receives the request.
            ("https://a.example/p", true, "/p"),
        ] {
            assert_eq!(sent(uri, is_proxied, None).0, target, "{uri}");
        }
    }

    #[test]
    fn the_host_has_no_user_and_no_default_port() {
        for (uri, host) in [
            ("https://a.example/p", "a.example"),
            ("https://a.example:443/p", "a.example"),
            ("http://a.example:443/p", "a.example:443"),
            ("http://a.example:80/p", "a.example"),
            ("https://a.example:80/p", "a.example:80"),
            ("https://user:secret@a.example/p", "a.example"),
            ("https://user:secret@a.example:8443/p", "a.example:8443"),
            ("http://[::1]:8080/p", "[::1]:8080"),
            ("http://[::1]/p", "[::1]"),
        ] {
            assert_eq!(sent(uri, false, None).1, host, "{uri}");
        }
        assert_eq!(sent("https://a.example/p", false, Some("b.example")).1, "b.example");
    }

    #[test]
    fn a_connection_is_for_one_host_one_route_and_one_runtime() {
        let runtimes = [(); 2].map(|()| tokio::runtime::Builder::new_current_thread().build().unwrap());
        let origin = |uri: &str, is_proxied, runtime: usize| {
            Origin::new(&uri.parse().unwrap(), is_proxied, runtimes[runtime].handle()).unwrap()
        };
        let first = origin("http://a.example/p", false, 0);
        assert_eq!(first, origin("http://A.example/q?r", false, 0));
        for other in [
            origin("https://a.example/p", false, 0),
            origin("http://b.example/p", false, 0),
            origin("http://a.example:81/p", false, 0),
            origin("http://a.example/p", true, 0),
            origin("http://a.example/p", false, 1),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_relative_uri_is_an_error() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for uri in ["/p", "a.example", "*"] {
            let error = Origin::new(&uri.parse().unwrap(), false, runtime.handle()).unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Io, "{uri}");
        }
    }
}
