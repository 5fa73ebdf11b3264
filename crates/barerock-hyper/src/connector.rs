//! Opening of connections: TCP, an optional proxy, and TLS within one time limit.

use core::fmt;
use core::pin::Pin;
use core::time::Duration;
use std::sync::Arc;

use barerock::Elapsed;
use barerock::transport::{BoxError, ConnectTime, HopError, ProxyUrl, ThroughProxy};
use barerock_tls::server_name;
use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, Uri};
use http_body_util::Full;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::resolver::Resolver;
use crate::stream::Stream;

/// Future of a connection that is being opened.
pub(crate) type Connecting<'a> =
    Pin<Box<dyn Future<Output = Result<(Stream, ConnectTime), BoxError>> + Send + 'a>>;

/// Opens connections through proxies. A trait object, so that unused proxy code is not linked.
pub(crate) trait ProxyConnect: fmt::Debug + Send + Sync {
    /// Returns true if requests to this URI use a proxy.
    fn applies(&self, uri: &Uri) -> bool;

    /// Connects through the URI's proxy.
    fn connect<'a>(&'a self, direct: &'a Direct, uri: &'a Uri) -> Connecting<'a>;

    /// If the proxy reads the request (an `http` URI), adds its headers and returns the mark for the response.
    fn prepare(&self, request: &mut Request<Full<Bytes>>) -> Option<ThroughProxy>;
}

/// Opens connections without a proxy.
pub(crate) struct Direct {
    pub(crate) tcp: HttpConnector<Resolver>,
    pub(crate) tls: TlsConnector,
}

impl Direct {
    /// Connects for requests to this URI.
    async fn connect(&self, uri: &Uri) -> Result<(Stream, ConnectTime), BoxError> {
        let begun = Instant::now();
        let tcp = self.tcp.clone().call(uri.clone()).await?.into_inner();
        let connect = begun.elapsed();
        if uri.scheme() != Some(&Scheme::HTTPS) {
            return Ok((Stream::plain(tcp), ConnectTime::new(connect, None)));
        }
        self.secure(tcp, uri.host().unwrap_or_default(), None, connect).await
    }

    /// Adds TLS to a connection to the host, which may be a tunnel through a proxy. `connect` is the time it took to open.
    pub(crate) async fn secure(
        &self,
        tcp: TcpStream,
        host: &str,
        proxy: Option<&ProxyUrl>,
        connect: Duration,
    ) -> Result<(Stream, ConnectTime), BoxError> {
        let begun = Instant::now();
        let shaken = self.tls.connect(server_name(host)?, tcp).await;
        let tls = shaken.map_err(|error| HopError::tls(host, proxy, error))?;
        Ok((Stream::tls(tls), ConnectTime::new(connect, Some(begun.elapsed()))))
    }
}

/// Opens connections within the time limit.
pub(crate) struct Connector {
    pub(crate) direct: Direct,
    pub(crate) proxy: Option<Arc<dyn ProxyConnect>>,
    pub(crate) limit: Option<Duration>,
}

impl Connector {
    /// Returns the proxies if requests to this URI use one.
    pub(crate) fn proxy_for(&self, uri: &Uri) -> Option<&dyn ProxyConnect> {
        self.proxy.as_deref().filter(|proxy| proxy.applies(uri))
    }

    /// Opens a connection for requests to this URI.
    pub(crate) async fn open(
        &self,
        uri: &Uri,
        proxy: Option<&dyn ProxyConnect>,
    ) -> Result<(Stream, ConnectTime), BoxError> {
        let connecting = async {
            match proxy {
                Some(proxy) => proxy.connect(&self.direct, uri).await,
                None => self.direct.connect(uri).await,
            }
        };
        match self.limit {
            None => connecting.await,
            Some(limit) => match tokio::time::timeout(limit, connecting).await {
                Ok(connected) => connected,
                Err(_) => Err(Elapsed::new("the connection", limit).into()),
            },
        }
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("proxy", &self.proxy)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
