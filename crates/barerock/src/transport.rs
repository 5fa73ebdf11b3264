//! The interface between a client and an HTTP stack.

use core::error::Error;
use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use bytes::Bytes;

pub use boxed::{BoxBody, BoxTransport};
pub use hop::{HopError, ThroughProxy};
pub use last_event::LastEventSeen;
pub use local::{NoProxy, is_local};
pub use local_transport::LocalTransport;
pub use no_runtime::without_timer;
pub use proxy::{ProxyDecision, ProxyError, ProxyRules, ProxyScheme, ProxyUrl};

mod boxed;
mod hop;
mod last_event;
mod local;
mod local_transport;
mod no_runtime;
pub mod proxy;

/// Default connect timeout of transports: name lookup, TCP and TLS together.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Default time for which transports keep idle connections. AWS's load balancers close them after 60 seconds.
pub const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// Default TCP keepalive time of transports. AWS's NAT gateways drop silent connections after 350 seconds, and a model can
/// take longer to respond.
pub const TCP_KEEPALIVE: Duration = Duration::from_secs(60);

/// The longest head of a response that every transport must accept, in bytes: one TLS record. Transports have limits of their own
/// above it.
pub const MAX_RESPONSE_HEAD: usize = 16 * 1024;

/// How long the connection of a response took to be made. A transport that can tell puts it into the extensions of the first
/// response over a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectTime {
    /// Name lookup, TCP, and the tunnel through a proxy.
    pub connect: Duration,
    /// The TLS handshake; `None` without TLS.
    pub tls: Option<Duration>,
}

impl ConnectTime {
    /// These times.
    #[must_use]
    pub const fn new(connect: Duration, tls: Option<Duration>) -> Self {
        Self { connect, tls }
    }
}

/// An error of another crate.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// An HTTP stack: sends signed requests, and provides timers.
///
/// The request is complete: its URI is absolute, and it has all headers except those of the connection (`host`,
/// `content-length`, `connection`), which the stack derives from the URI and body as every HTTP/1.1 client does. A
/// transport follows no redirect, retries nothing and returns the body as it arrives.
#[doc(alias = "mock")]
pub trait Transport: Send + Sync + 'static {
    /// The body of a response. Its error may be a [`TransportError`], which says whether a limit has passed.
    type Body: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send;
    /// The error of a request without a response.
    type Error: Into<TransportError>;

    /// Sends a request and returns the head of the response as soon as it was received.
    ///
    /// Cancel safety: dropping the future cancels the request.
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> impl Future<Output = Result<http::Response<Self::Body>, Self::Error>> + Send;

    /// Waits. All limits of [`Timeouts`](crate::Timeouts) and all delays between attempts are made of it: with a `sleep` that
    /// never ends, no call times out, and with one that ends early, calls time out early. It is cheap to begin and to drop, and must
    /// not block the thread: it is polled beside other futures, and before some of them.
    ///
    /// Cancel safety: dropping the future ends the wait.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;

    /// Opens a connection to the host of a URI, so that the next request to it finds one: name lookup, TCP and TLS are done. If
    /// an idle connection is there, it may be kept instead.
    ///
    /// The default does nothing, for HTTP stacks that open connections for requests only: the next request then opens its
    /// own. A transport that wraps another hands the call on.
    ///
    /// # Errors
    /// If there is no connection.
    ///
    /// Cancel safety: dropping the future gives the connection up.
    fn connect(&self, uri: &http::Uri) -> impl Future<Output = Result<(), Self::Error>> + Send {
        let _ = uri;
        async { Ok(()) }
    }
}

/// Shared between a client and its credentials providers that use HTTP.
impl<T: Transport> Transport for Arc<T> {
    type Body = T::Body;
    type Error = T::Error;

    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<T::Body>, T::Error> {
        (**self).send(request).await
    }

    async fn sleep(&self, duration: Duration) {
        (**self).sleep(duration).await;
    }

    async fn connect(&self, uri: &http::Uri) -> Result<(), T::Error> {
        (**self).connect(uri).await
    }
}

/// Kind of a transport error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection to the endpoint: name not found, refused, TLS failed.
    Connect,
    /// No connection because the proxy could not be reached or failed.
    Proxy,
    /// No connection because the proxy refused it (a status from 400 to 499): another attempt would be refused, too.
    ProxyRefused,
    /// A time limit passed while the connection was made.
    ConnectTimeout,
    /// A time limit passed after that.
    Timeout,
    /// The connection broke, or the peer does not speak HTTP.
    Io,
    /// The response is a redirect. The request is not retried: the response would be the same.
    Redirect,
    /// The transport needs a runtime and is polled outside of it. The request is not retried.
    NoRuntime,
}

/// The error of a request without a response, or without all of it.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    hint: Option<&'static str>,
    source: BoxError,
}

impl TransportError {
    /// An error of an HTTP stack.
    pub fn new(kind: TransportErrorKind, source: impl Into<BoxError>) -> Self {
        Self { kind, hint: None, source: source.into() }
    }

    /// Sets what to do about the error, where the HTTP stack knows better than its kind says.
    #[must_use]
    pub fn with_hint(mut self, advice: &'static str) -> Self {
        self.hint = Some(advice);
        self
    }

    /// What to do about the error, if the HTTP stack said so.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        self.hint
    }

    /// An error of a body: one of these as it is, any other as a broken connection.
    pub(crate) fn of_body(error: BoxError) -> Self {
        match error.downcast() {
            Ok(error) => *error,
            Err(error) => Self::new(TransportErrorKind::Io, error),
        }
    }

    /// Visits the text of a redirect; no other error holds a text of the peer.
    pub(crate) fn redirect_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        if let Some(redirect) = self.source.downcast_mut::<crate::redirect::Redirect>() {
            redirect.target_mut().into_iter().for_each(visit);
        }
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TransportErrorKind::Connect | TransportErrorKind::Proxy | TransportErrorKind::ProxyRefused => {
                "no connection"
            }
            TransportErrorKind::ConnectTimeout | TransportErrorKind::Timeout => "timed out",
            TransportErrorKind::Io => "the connection failed",
            TransportErrorKind::Redirect => "redirected",
            TransportErrorKind::NoRuntime => "not sent",
        })
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
