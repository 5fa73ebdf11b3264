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
use tokio::runtime::Handle;

use crate::body::HyperBody;
use crate::builder::HyperTransportBuilder;
use crate::connection::Connection;
use crate::connector::{Connector, ProxyConnect};
use crate::origin::Origin;
use crate::pool::Pool;

/// A [`Transport`] over hyper. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct HyperTransport(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    connector: Connector,
    pool: Arc<Pool>,
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
    /// about 66,000 bytes smaller than with Mozilla's.
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

    pub(crate) fn of(connector: Connector, pool: Pool) -> Self {
        Self(Arc::new(Shared { connector, pool: Arc::new(pool) }))
    }

    /// Returns a kept connection for requests to this URI, or opens one.
    async fn connection(
        &self,
        uri: &Uri,
        origin: &Origin,
        proxy: Option<&dyn ProxyConnect>,
    ) -> Result<Connection, TransportError> {
        let Shared { connector, pool } = &*self.0;
        if let Some(kept) = pool.take(origin) {
            return Ok(kept);
        }
        // Boxed so that the caller's future does not include this state, which most requests do not need.
        let opened = Box::pin(async {
            // A connection whose response has just ended returns to the pool meanwhile.
            tokio::task::yield_now().await;
            if let Some(kept) = pool.take(origin) {
                return Ok(kept);
            }
            let (stream, time) = connector.open(uri, proxy).await?;
            Connection::start(stream, time, origin.clone(), pool).await
        });
        opened.await.map_err(|error| TransportError::new(kind_of_connect(&*error), error))
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
        let runtime = require_runtime()?;
        let mut request = request.map(Full::new);
        let is_direct = request.extensions().get::<NoProxy>().is_some();
        let proxy = self.0.connector.proxy_for(request.uri()).filter(|_| !is_direct);
        let through_proxy = proxy.and_then(|proxy| proxy.prepare(&mut request));
        let uri = request.uri().clone();
        let origin = Origin::new(&uri, proxy.is_some(), &runtime)?;
        let (mut response, time) = loop {
            let mut connection = self.connection(&uri, &origin, proxy).await?;
            connection.prepare(&uri, &mut request);
            match connection.send(request).await {
                Ok(response) => break (response, connection.release()),
                Err(mut error) => match error.take_message().filter(|_| connection.is_kept()) {
                    Some(unsent) => request = unsent,
                    None => return Err(unanswered(error.into_error())),
                },
            }
        };
        if let Some(time) = time {
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
        let runtime = require_runtime()?;
        let proxy = self.0.connector.proxy_for(uri);
        let origin = Origin::new(uri, proxy.is_some(), &runtime)?;
        let connection = self.connection(uri, &origin, proxy).await?;
        self.0.pool.put(connection);
        Ok(())
    }
}

/// Returns the runtime of tokio. Outside of one, sockets, timers and tasks panic.
pub(crate) fn require_runtime() -> Result<Handle, TransportError> {
    Handle::try_current().map_err(|_| TransportError::no_runtime("tokio"))
}

/// Returns the error of a request without a response.
fn unanswered(error: hyper::Error) -> TransportError {
    let kind = if timed_out(&error) { TransportErrorKind::Timeout } else { TransportErrorKind::Io };
    TransportError::new(kind, error)
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
