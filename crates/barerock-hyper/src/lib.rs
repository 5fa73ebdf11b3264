//! The lean async transport of `barerock`: hyper over tokio, TLS by rustls with ring and the webpki roots, HTTP/1.1 with
//! connections kept alive. It sends what it is given and hands back what comes.
//!
//! In scope: sockets, TLS, connection reuse, timers. Out of scope: signing, retries, settings (`barerock`); proxies and
//! HTTP/2 (`barerock-reqwest`).
//!
//! ```no_run
//! use barerock::types::Message;
//! use barerock::{Client, ConverseRequest};
//! use barerock_hyper::HyperTransport;
//!
//! # async fn run() -> Result<(), barerock::Error> {
//! let client = Client::from_env(HyperTransport::new())?;
//! let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("hello")]);
//! println!("{}", client.converse(&request).await?.text());
//! # Ok(())
//! # }
//! ```

use core::error::Error;
use core::time::Duration;

use barerock::{Transport, TransportError, TransportErrorKind};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// How long a connection may take, TCP handshake per address.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection is kept for the next request. AWS's load balancers close theirs after a minute.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// hyper as a [`Transport`]. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct HyperTransport {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl HyperTransport {
    /// A transport with the webpki roots, and ten seconds for a connection.
    #[must_use]
    pub fn new() -> Self {
        Self::with_connect_timeout(Some(CONNECT_TIMEOUT))
    }

    /// A transport with another limit for a connection; `None` leaves it to the operating system.
    #[must_use]
    pub fn with_connect_timeout(limit: Option<Duration>) -> Self {
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        #[expect(clippy::expect_used, reason = "ring always has TLS 1.2 and 1.3")]
        let tls =
            rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
                .with_safe_default_protocol_versions()
                .expect("ring speaks TLS 1.2 and 1.3")
                .with_root_certificates(roots)
                .with_no_client_auth();
        Self::with_tls(tls, limit)
    }

    /// A transport with a TLS configuration of your own: other roots, a client certificate, a key log.
    #[must_use]
    pub fn with_tls(tls: rustls::ClientConfig, connect_timeout: Option<Duration>) -> Self {
        let mut http = HttpConnector::new();
        // https is the TLS layer's business.
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(connect_timeout);
        let https = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build(https);
        Self { client }
    }
}

impl Default for HyperTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for HyperTransport {
    type Body = Incoming;
    type Error = TransportError;

    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Incoming>, TransportError> {
        self.client.request(request.map(Full::new)).await.map_err(|error| {
            let kind = match () {
                () if timed_out(&error) => TransportErrorKind::Timeout,
                () if error.is_connect() => TransportErrorKind::Connect,
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
