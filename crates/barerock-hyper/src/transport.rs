//! hyper as a transport.

use core::error::Error;
use core::time::Duration;
use std::sync::Arc;

use barerock::transport::{HopError, NoProxy};
use barerock::{Transport, TransportError, TransportErrorKind};
use barerock_tls::rustls::ClientConfig;
#[cfg(any(feature = "webpki-roots", feature = "native-roots"))]
use barerock_tls::rustls::RootCertStore;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;

use crate::builder::HyperTransportBuilder;
use crate::connector::{Connector, ProxyConnect};

/// hyper as a [`Transport`]. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct HyperTransport {
    client: Client<Connector, Full<Bytes>>,
    proxied: Option<Proxied>,
}

/// The client for requests that use a proxy. Its connections are kept apart: a request that must not use a proxy may have the
/// same host.
#[derive(Debug, Clone)]
pub(crate) struct Proxied {
    pub(crate) client: Client<Connector, Full<Bytes>>,
    pub(crate) proxy: Arc<dyn ProxyConnect>,
}

impl HyperTransport {
    /// A transport with Mozilla's roots (the system's, where only the feature `native-roots` is on), ten seconds for a
    /// connection, and no proxy.
    #[cfg(any(feature = "webpki-roots", feature = "native-roots"))]
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A transport to be set up.
    #[cfg(any(feature = "webpki-roots", feature = "native-roots"))]
    pub fn builder() -> HyperTransportBuilder {
        HyperTransportBuilder::new(barerock_tls::client_config(default_roots()))
    }

    /// A transport to be set up, with a TLS configuration of your own: other roots, a client certificate, a verifier. Its
    /// ALPN protocols are the transport's business.
    pub fn with_tls(tls: ClientConfig) -> HyperTransportBuilder {
        HyperTransportBuilder::new(tls)
    }

    pub(crate) fn of(client: Client<Connector, Full<Bytes>>, proxied: Option<Proxied>) -> Self {
        Self { client, proxied }
    }
}

/// Mozilla's roots.
#[cfg(feature = "webpki-roots")]
fn default_roots() -> RootCertStore {
    barerock_tls::webpki_roots()
}

/// The system's roots. Where there are none, every server is refused, which says so.
#[cfg(all(feature = "native-roots", not(feature = "webpki-roots")))]
fn default_roots() -> RootCertStore {
    barerock_tls::native_roots().unwrap_or_else(|_| RootCertStore::empty())
}

#[cfg(any(feature = "webpki-roots", feature = "native-roots"))]
impl Default for HyperTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for HyperTransport {
    type Body = Incoming;
    type Error = TransportError;

    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Incoming>, TransportError> {
        let mut request = request.map(Full::new);
        let is_direct = request.extensions().get::<NoProxy>().is_some();
        let client = match &self.proxied {
            Some(proxied) if !is_direct && proxied.proxy.applies(request.uri()) => {
                proxied.proxy.prepare(&mut request);
                &proxied.client
            }
            _ => &self.client,
        };
        client.request(request).await.map_err(|error| {
            let kind = match () {
                () if timed_out(&error) => TransportErrorKind::Timeout,
                () if error.is_connect() => HopError::kind_of(&error),
                () => TransportErrorKind::Io,
            };
            TransportError::new(kind, error)
        })
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Whether a limit passed, somewhere down the chain of causes.
fn timed_out(error: &(dyn Error + 'static)) -> bool {
    core::iter::successors(Some(error), |error| Error::source(*error))
        .filter_map(|error| error.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == std::io::ErrorKind::TimedOut)
}
