//! The blocking transport.

use core::time::Duration;
use std::sync::Arc;

use barerock::transport::{LastEventSeen, NoProxy, ProxyError, ProxyRules, ProxyUrl};
use barerock::{Timeouts, Transport, TransportError, TransportErrorKind};
#[cfg(any(feature = "rustls", feature = "native-tls"))]
use barerock_tls::RootsError;
use bytes::Bytes;
use http::{Request, Response, Uri};

use crate::body::{Receiving, UreqBody};
use crate::builder::UreqTransportBuilder;
use crate::connect::Connector;
use crate::error::{of_connect, of_exchange};
use crate::exchange::{Rest, exchange};
use crate::input::Input;
use crate::limit::TimeLimit;
use crate::pool::{Key, Pool};
use crate::sleep::Sleep;
use crate::socket::Connection;
use crate::tls::NoTls;

/// A blocking HTTP/1.1 [`Transport`]. Sending a request and reading a body block the thread that polls; sleeping does not.
/// Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct UreqTransport {
    pub(crate) connector: Arc<Connector>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) proxies: Arc<Result<ProxyRules, ProxyError>>,
}

impl UreqTransport {
    /// Creates a transport with rustls and Mozilla's roots, the default limits, and the proxies of the process's environment
    /// ([`ProxyRules::from_environment`]).
    #[cfg(feature = "webpki-roots")]
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Creates a builder with rustls and Mozilla's roots.
    #[cfg(feature = "webpki-roots")]
    pub fn builder() -> UreqTransportBuilder {
        Self::with_tls(barerock_tls::webpki_client_config())
    }

    /// Creates a builder with rustls and the roots of Amazon only ([`amazon_roots`](barerock_tls::amazon_roots)): for a client of AWS's
    /// endpoints, about 66,000 bytes smaller than with Mozilla's.
    #[cfg(feature = "rustls")]
    pub fn with_amazon_roots() -> UreqTransportBuilder {
        Self::with_tls(barerock_tls::amazon_client_config())
    }

    /// Creates a builder with rustls and the system's roots, which this function reads.
    ///
    /// # Errors
    /// If the system has no roots.
    #[cfg(feature = "native-roots")]
    pub fn with_native_roots() -> Result<UreqTransportBuilder, RootsError> {
        barerock_tls::client_config(barerock_tls::native_roots()?).map(Self::with_tls)
    }

    /// Creates a builder with rustls and the certificates of a PEM text, such as the file that `AWS_CA_BUNDLE` names, as the only
    /// roots.
    ///
    /// # Errors
    /// If a certificate is invalid, or there is none.
    #[cfg(feature = "rustls")]
    pub fn with_ca_bundle(pem: &[u8]) -> Result<UreqTransportBuilder, RootsError> {
        barerock_tls::client_config(barerock_tls::ca_bundle(pem)?).map(Self::with_tls)
    }

    /// Creates a builder with your own rustls configuration, for example with other roots, a client certificate, a verifier or a
    /// key log. Its ALPN protocols are removed: the transport supports HTTP/1.1 only.
    #[cfg(feature = "rustls")]
    pub fn with_tls(tls: barerock_tls::rustls::ClientConfig) -> UreqTransportBuilder {
        UreqTransportBuilder::new(Arc::new(crate::rustls_layer::Rustls::new(tls)))
    }

    /// Creates a builder with the system's TLS library and roots.
    #[cfg(feature = "native-tls")]
    pub fn native_tls() -> UreqTransportBuilder {
        UreqTransportBuilder::new(Arc::new(crate::native_tls_layer::NativeTls::default()))
    }

    /// Creates a builder with the system's TLS library and the certificates of a PEM text as the only roots.
    ///
    /// # Errors
    /// If a certificate is invalid, or there is none.
    #[cfg(feature = "native-tls")]
    pub fn native_tls_with_ca_bundle(pem: &[u8]) -> Result<UreqTransportBuilder, RootsError> {
        let mut roots = Vec::new();
        for (index, certificate) in barerock_tls::certificates(pem)?.iter().enumerate() {
            let root = native_tls::Certificate::from_der(certificate);
            roots.push(root.map_err(|error| RootsError::Broken {
                number: index.saturating_add(1),
                reason: error.to_string(),
            })?);
        }
        Ok(UreqTransportBuilder::new(Arc::new(crate::native_tls_layer::NativeTls::with_roots(roots))))
    }

    /// Creates a builder without TLS: a request to an `https` URI is an error.
    pub fn without_tls() -> UreqTransportBuilder {
        UreqTransportBuilder::new(Arc::new(NoTls))
    }

    /// Returns the proxy for requests to this URI.
    fn proxy_for(&self, uri: &Uri) -> Result<Option<&ProxyUrl>, TransportError> {
        let refused = |error: &ProxyError| TransportError::new(TransportErrorKind::Connect, error.clone());
        let rules = (*self.proxies).as_ref().map_err(refused)?;
        Ok(rules.proxy_for(uri))
    }

    /// Opens a connection within the earlier of the connector's limit and this one.
    fn open(
        &self,
        uri: &Uri,
        proxy: Option<&ProxyUrl>,
        limit: Option<TimeLimit>,
    ) -> Result<Box<dyn Connection>, TransportError> {
        let limit = TimeLimit::earlier(self.connector.limit(), limit);
        self.connector.connect(uri, proxy, limit).map_err(|error| of_connect(error, limit))
    }

    /// Sends a request over an idle or a new connection.
    fn run(
        &self,
        request: Request<Bytes>,
        timeouts: Timeouts,
        last_event: LastEventSeen,
    ) -> Result<Response<UreqBody>, TransportError> {
        let whole = TimeLimit::after(timeouts.operation, "the whole response");
        let head = TimeLimit::after(timeouts.first_byte, "the response");
        let limit = TimeLimit::earlier(head, whole);
        let is_direct = request.extensions().get::<NoProxy>().is_some();
        let proxy = self.proxy_for(request.uri())?.filter(|_| !is_direct);
        let key = Key::new(request.uri(), proxy);
        let mut connection = match self.pool.take(&key) {
            Some(connection) => connection,
            None => self.open(request.uri(), proxy, limit)?,
        };
        connection.socket().set_limit(limit);
        let mut input = Input::new();
        let exchanged = exchange(&mut *connection, request, &mut input);
        let (response, rest) = exchanged.map_err(|error| of_exchange(error, limit))?;
        let pool = Arc::clone(&self.pool);
        let body = match rest {
            Rest::Body(call) => {
                UreqBody::new(Receiving { call, connection, input, key, pool }, timeouts, last_event, whole)
            }
            Rest::Nothing { is_reusable } => {
                if is_reusable && input.unread().is_empty() {
                    connection.socket().set_limit(None);
                    pool.put(key, connection);
                }
                UreqBody::empty()
            }
        };
        Ok(response.map(|()| body))
    }
}

#[cfg(feature = "webpki-roots")]
impl Default for UreqTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for UreqTransport {
    type Body = UreqBody;
    type Error = TransportError;

    /// Enforces the [`Timeouts`] in the request's extensions: `first_byte` up to the head of the response, `idle` for each read
    /// of the body (after [`LastEventSeen`] at most [`Timeouts::END_OF_BODY`]), `operation` for the whole exchange. Without them
    /// only the limit on opening a connection applies.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<UreqBody>, TransportError> {
        let timeouts = request.extensions().get().copied().unwrap_or_else(Timeouts::never);
        let last_event = request.extensions().get().cloned().unwrap_or_default();
        self.run(request, timeouts, last_event)
    }

    async fn sleep(&self, duration: Duration) {
        Sleep::new(duration).await;
    }

    /// Blocks the thread until the connection is open or its limit has passed.
    async fn connect(&self, uri: &Uri) -> Result<(), TransportError> {
        let proxy = self.proxy_for(uri)?;
        let key = Key::new(uri, proxy);
        if !self.pool.has(&key) {
            let mut connection = self.open(uri, proxy, None)?;
            connection.socket().set_limit(None);
            self.pool.put(key, connection);
        }
        Ok(())
    }
}
