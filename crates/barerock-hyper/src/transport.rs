//! The transport over hyper.

use core::error::Error;
use core::time::Duration;
use std::io;
use std::sync::Arc;

use barerock::transport::{HopError, NoProxy, without_timer};
use barerock::{Elapsed, Transport, TransportError, TransportErrorKind};
use barerock_tls::RootsError;
use barerock_tls::rustls::ClientConfig;
use bytes::Bytes;
use http::Uri;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use tokio::runtime::Handle;

use crate::body::HyperBody;
use crate::builder::HyperTransportBuilder;
use crate::connector::{Connector, ProxyConnect};
use crate::stream::FreshConnection;

/// A [`Transport`] over hyper. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct HyperTransport {
    direct: Route,
    proxied: Option<Proxied>,
}

/// A client and the connector it uses.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) client: Client<Connector, Full<Bytes>>,
    pub(crate) connector: Connector,
}

/// The client for requests that use a proxy. It has its own pool: a request that must not use a proxy may have the same host.
#[derive(Debug, Clone)]
pub(crate) struct Proxied {
    pub(crate) route: Route,
    pub(crate) proxy: Arc<dyn ProxyConnect>,
}

impl HyperTransport {
    /// Creates a transport with Mozilla's roots, the default limits and no proxy.
    #[cfg(feature = "webpki-roots")]
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Creates a builder with Mozilla's roots.
    #[cfg(feature = "webpki-roots")]
    pub fn builder() -> HyperTransportBuilder {
        Self::with_tls(barerock_tls::webpki_client_config())
    }

    /// Creates a builder with the roots of Amazon only ([`amazon_roots`](barerock_tls::amazon_roots)): for a client of AWS's endpoints,
    /// about 70,000 bytes smaller than with Mozilla's.
    pub fn with_amazon_roots() -> HyperTransportBuilder {
        Self::with_tls(barerock_tls::amazon_client_config())
    }

    /// Creates a builder with the system's roots, which this function reads.
    ///
    /// # Errors
    /// If the system has no roots.
    #[cfg(feature = "native-roots")]
    pub fn with_native_roots() -> Result<HyperTransportBuilder, RootsError> {
        barerock_tls::client_config(barerock_tls::native_roots()?).map(Self::with_tls)
    }

    /// Creates a builder with the certificates of a PEM text, such as the file that `AWS_CA_BUNDLE` names, as the only roots.
    ///
    /// # Errors
    /// If a certificate is invalid, or there is none.
    pub fn with_ca_bundle(pem: &[u8]) -> Result<HyperTransportBuilder, RootsError> {
        barerock_tls::client_config(barerock_tls::ca_bundle(pem)?).map(Self::with_tls)
    }

    /// Creates a builder with your own TLS configuration, for example with other roots, a client certificate or a verifier. Its
    /// ALPN protocols are replaced by those that this transport supports.
    pub fn with_tls(tls: ClientConfig) -> HyperTransportBuilder {
        HyperTransportBuilder::new(tls)
    }

    pub(crate) fn of(direct: Route, proxied: Option<Proxied>) -> Self {
        Self { direct, proxied }
    }
}

#[cfg(feature = "webpki-roots")]
impl Default for HyperTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for HyperTransport {
    type Body = HyperBody;
    type Error = TransportError;

    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<HyperBody>, TransportError> {
        require_runtime()?;
        let mut request = request.map(Full::new);
        let is_direct = request.extensions().get::<NoProxy>().is_some();
        let (client, through_proxy) = match &self.proxied {
            Some(proxied) if !is_direct && proxied.proxy.applies(request.uri()) => {
                (&proxied.route.client, proxied.proxy.prepare(&mut request))
            }
            _ => (&self.direct.client, None),
        };
        let sent = client.request(request).await;
        let mut response = sent.map_err(|error| {
            let kind = match () {
                () if error.is_connect() => kind_of_connect(&error),
                () if timed_out(&error) => TransportErrorKind::Timeout,
                () => TransportErrorKind::Io,
            };
            TransportError::new(kind, error)
        })?;
        let connection = response.extensions_mut().remove::<FreshConnection>();
        if let Some(time) = connection.and_then(|connection| connection.take()) {
            response.extensions_mut().insert(time);
        }
        if let Some(through_proxy) = through_proxy {
            response.extensions_mut().insert(through_proxy);
        }
        Ok(response.map(HyperBody))
    }

    async fn sleep(&self, duration: Duration) {
        match Handle::try_current() {
            Ok(_) => tokio::time::sleep(duration).await,
            Err(_) => without_timer().await,
        }
    }

    async fn connect(&self, uri: &Uri) -> Result<(), TransportError> {
        require_runtime()?;
        let proxied = self.proxied.as_ref().filter(|proxied| proxied.proxy.applies(uri));
        let route = proxied.map_or(&self.direct, |proxied| &proxied.route);
        let connected = route.connector.clone().connect_ahead(uri).await;
        connected.map_err(|error| TransportError::new(kind_of_connect(&*error), error))
    }
}

/// Fails outside a runtime of tokio, where sockets, timers and tasks panic.
pub(crate) fn require_runtime() -> Result<(), TransportError> {
    Handle::try_current().map(drop).map_err(|_| TransportError::no_runtime("tokio"))
}

/// Returns the kind of a connection error.
fn kind_of_connect(error: &(dyn Error + 'static)) -> TransportErrorKind {
    if timed_out(error) { TransportErrorKind::ConnectTimeout } else { HopError::kind_of(error) }
}

/// Returns true if the error or one of its causes is a time limit.
fn timed_out(error: &(dyn Error + 'static)) -> bool {
    core::iter::successors(Some(error), |error| Error::source(*error)).any(|error| {
        let io = error.downcast_ref::<io::Error>();
        error.is::<Elapsed>() || io.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
    })
}
