//! Connections: TCP, and TLS over it, within one limit.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::io;
use std::sync::Arc;

use barerock::transport::BoxError;
use barerock_tls::server_name;
use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, Uri};
use http_body_util::Full;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::stream::Stream;

/// A connection to come.
pub(crate) type Connecting = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

/// Another way to the server than the straight one: a proxy. An object, so that a program that names none links none.
pub(crate) trait Detour: fmt::Debug + Send + Sync {
    /// The connection to take instead, or none to go straight.
    fn connect(&self, direct: &Arc<Direct>, uri: &Uri) -> Option<Connecting>;

    /// Adds to a request what the proxy wants to see in it.
    fn prepare(&self, request: &mut Request<Full<Bytes>>);
}

/// The straight way.
pub(crate) struct Direct {
    pub(crate) tcp: HttpConnector,
    pub(crate) tls: TlsConnector,
}

impl Direct {
    /// A connection for requests to this URI.
    async fn connect(&self, uri: Uri) -> Result<Stream, BoxError> {
        let tcp = self.tcp.clone().call(uri.clone()).await?.into_inner();
        self.secure(tcp, &uri).await
    }

    /// Adds TLS, if the URI asks for it.
    pub(crate) async fn secure(&self, tcp: TcpStream, uri: &Uri) -> Result<Stream, BoxError> {
        if uri.scheme() != Some(&Scheme::HTTPS) {
            return Ok(Stream::plain(tcp));
        }
        let name = server_name(uri.host().unwrap_or_default())?;
        Ok(Stream::tls(self.tls.connect(name, tcp).await?))
    }
}

/// What hyper asks for connections.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) direct: Arc<Direct>,
    pub(crate) detour: Option<Arc<dyn Detour>>,
    pub(crate) limit: Option<Duration>,
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Connecting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Connecting {
        let detour = self.detour.as_ref().and_then(|detour| detour.connect(&self.direct, &uri));
        let (direct, limit) = (Arc::clone(&self.direct), self.limit);
        Box::pin(async move {
            let connecting = async {
                match detour {
                    Some(detour) => detour.await,
                    None => direct.connect(uri).await,
                }
            };
            match limit {
                None => connecting.await,
                Some(limit) => tokio::time::timeout(limit, connecting).await.map_err(|_| elapsed(limit))?,
            }
        })
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("detour", &self.detour)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

fn elapsed(limit: Duration) -> BoxError {
    let words = format!("the connection did not come within {limit:?}; the limit can be raised");
    io::Error::new(io::ErrorKind::TimedOut, words).into()
}
