//! Opening of connections: TCP, an optional proxy, and TLS within one time limit.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
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
use crate::spare::Spares;
use crate::stream::Stream;

/// Future of a connection that is being opened.
pub(crate) type Connecting = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

/// Opens connections through proxies. A trait object, so that unused proxy code is not linked.
pub(crate) trait ProxyConnect: fmt::Debug + Send + Sync {
    /// Returns true if requests to this URI use a proxy.
    fn applies(&self, uri: &Uri) -> bool;

    /// Connects through the URI's proxy.
    fn connect(&self, direct: &Arc<Direct>, uri: &Uri) -> Connecting;

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
    async fn connect(&self, uri: Uri) -> Result<Stream, BoxError> {
        let begun = Instant::now();
        let tcp = self.tcp.clone().call(uri.clone()).await?.into_inner();
        let connect = begun.elapsed();
        if uri.scheme() != Some(&Scheme::HTTPS) {
            return Ok(Stream::plain(tcp, ConnectTime::new(connect, None)));
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
    ) -> Result<Stream, BoxError> {
        let begun = Instant::now();
        let shaken = self.tls.connect(server_name(host)?, tcp).await;
        let tls = shaken.map_err(|error| HopError::tls(host, proxy, error))?;
        Ok(Stream::tls(tls, ConnectTime::new(connect, Some(begun.elapsed()))))
    }
}

/// Opens hyper's connections within the time limit.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) direct: Arc<Direct>,
    /// The proxies, for a connector all of whose connections use one.
    pub(crate) proxy: Option<Arc<dyn ProxyConnect>>,
    pub(crate) limit: Option<Duration>,
    pub(crate) spares: Arc<Spares>,
}

impl Connector {
    /// Opens a connection for the next request to this URI, unless an idle one exists.
    pub(crate) async fn connect_ahead(&mut self, uri: &Uri) -> Result<(), BoxError> {
        // `call` returns a kept connection if there is one; it is put back.
        let stream = self.call(uri.clone()).await?;
        self.spares.put(uri, stream);
        Ok(())
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Connecting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Connecting {
        if let Some(stream) = self.spares.take(&uri) {
            return Box::pin(core::future::ready(Ok(stream)));
        }
        let through_proxy = self.proxy.as_ref().map(|proxy| proxy.connect(&self.direct, &uri));
        let (direct, limit) = (Arc::clone(&self.direct), self.limit);
        Box::pin(async move {
            let connecting = async {
                match through_proxy {
                    Some(connecting) => connecting.await,
                    None => direct.connect(uri).await,
                }
            };
            match limit {
                None => connecting.await,
                Some(limit) => match tokio::time::timeout(limit, connecting).await {
                    Ok(connected) => connected,
                    Err(_) => Err(Elapsed::new("the connection", limit).into()),
                },
            }
        })
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
