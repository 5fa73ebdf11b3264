//! Settings of a replay server.

use crate::chunking::{Chunking, Pace};
use crate::error::BindError;
use crate::fault::FaultRule;
use crate::fixtures::Fixtures;
use crate::forward::Forward;
use crate::matching::{MatchMode, Matcher};
use crate::received::{Log, ReceivedRequest};
use crate::server::ReplayServer;
use crate::service::{Hook, Service};
use crate::verify::Verify;
use core::fmt;
use core::net::SocketAddr;
use core::sync::atomic::AtomicU64;
use core::time::Duration;
use std::io;
use tokio::net::{TcpListener, TcpSocket, lookup_host};

/// Default limit on a request body, in bytes.
const MAX_REQUEST_BYTES: usize = 32 * 1024 * 1024;
/// Default number of connections served at once.
const MAX_CONNECTIONS: usize = 1024;
/// Default timeout for reading from and writing to a client.
const IO_TIMEOUT: Duration = Duration::from_secs(30);

/// Builds a [`ReplayServer`]; created by [`ReplayServer::builder`].
#[must_use = "nothing listens before `bind`"]
pub struct ReplayBuilder {
    fixtures: Fixtures,
    match_mode: MatchMode,
    verify: Option<Verify>,
    #[cfg(feature = "tls")]
    tls: Option<crate::tls::Tls>,
    rules: Vec<FaultRule>,
    chunking: Chunking,
    pace: Pace,
    max_request_bytes: usize,
    max_connections: usize,
    io_timeout: Duration,
    allow_other_machines: bool,
    on_request: Option<Hook>,
    forward: Option<Box<dyn Forward>>,
}

impl ReplayBuilder {
    pub(crate) fn new() -> Self {
        Self {
            fixtures: Fixtures::builtin(),
            match_mode: MatchMode::default(),
            verify: None,
            #[cfg(feature = "tls")]
            tls: None,
            rules: Vec::new(),
            chunking: Chunking::default(),
            pace: Pace::default(),
            max_request_bytes: MAX_REQUEST_BYTES,
            max_connections: MAX_CONNECTIONS,
            io_timeout: IO_TIMEOUT,
            allow_other_machines: false,
            on_request: None,
            forward: None,
        }
    }

    /// Sets the fixtures to serve; the [built-in ones](Fixtures::builtin) by default.
    pub fn fixtures(mut self, fixtures: Fixtures) -> Self {
        self.fixtures = fixtures;
        self
    }

    /// Sets how a fixture is chosen for a request; [`MatchMode::Exact`] by default.
    pub fn match_mode(mut self, mode: MatchMode) -> Self {
        self.match_mode = mode;
        self
    }

    /// Rejects requests without a signature or bearer key that `verify` accepts; by default every request is served.
    ///
    /// Responses then carry the current date instead of the recorded one: a client that corrects its clock by the response
    /// would otherwise sign for the day of the recording.
    pub fn verify(mut self, verify: Verify) -> Self {
        self.verify = Some(verify);
        self
    }

    /// Serves over TLS instead of plain HTTP.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: crate::tls::Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Adds fault rules. If several apply to one request, a fault that replaces the whole response takes precedence; the
    /// others are combined.
    pub fn faults(mut self, rules: impl IntoIterator<Item = FaultRule>) -> Self {
        self.rules.extend(rules);
        self
    }

    /// Sets how event streams are split into HTTP chunks; one chunk per frame by default.
    pub fn chunking(mut self, chunking: Chunking) -> Self {
        self.chunking = chunking;
        self
    }

    /// Sets when chunks are sent; without delay by default.
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Limits request bodies to this many bytes; 32 MiB by default. A larger one gets status 413.
    pub fn max_request_bytes(mut self, bytes: usize) -> Self {
        self.max_request_bytes = bytes;
        self
    }

    /// Limits how many connections are served at once; 1,024 by default. Further ones wait in the listener's queue.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Sets the timeout for a client; 30 seconds by default. It applies to reading a request's head, reading its body, an
    /// idle connection, and a client that does not read its response. Delays of a pace or a fault do not count.
    pub fn io_timeout(mut self, timeout: Duration) -> Self {
        self.io_timeout = timeout;
        self
    }

    /// Allows [`bind`](Self::bind) an address that other machines can reach. The `Host` and `Origin` headers are then not
    /// checked; the only protection is the signature check, if [`verify`](Self::verify) was called.
    pub fn allow_other_machines(mut self) -> Self {
        self.allow_other_machines = true;
        self
    }

    /// Calls `hook` with each request once its response is chosen and before it is sent, for example to log it. The hook must
    /// not block: it runs on the task that serves the connection.
    pub fn on_request(mut self, hook: impl Fn(&ReceivedRequest) + Send + Sync + 'static) -> Self {
        self.on_request = Some(Box::new(hook));
        self
    }

    /// Responds to requests with `forward` instead of fixtures. Host, origin, size and signature are still checked, and
    /// faults that replace the whole response still apply.
    pub fn forward(mut self, forward: impl Forward + 'static) -> Self {
        self.forward = Some(Box::new(forward));
        self
    }

    /// Listens on `address`, such as `127.0.0.1:0` for any free port, and starts to serve on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`BindError`] if the address cannot be resolved or bound, or is not a loopback address and
    /// [`allow_other_machines`](Self::allow_other_machines) was not called.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime whose I/O and time drivers are enabled.
    ///
    /// Cancel safety: dropping the future closes the listener.
    pub async fn bind(self, address: &str) -> Result<ReplayServer, BindError> {
        let failed = |source| BindError::Io { address: address.to_owned(), source };
        let resolved: Vec<_> = lookup_host(address).await.map_err(failed)?.collect();
        if let Some(&address) = resolved.iter().find(|address| !address.ip().is_loopback())
            && !self.allow_other_machines
        {
            return Err(BindError::NotLoopback { address });
        }
        if resolved.is_empty() {
            return Err(failed(io::Error::new(io::ErrorKind::NotFound, "the name has no address")));
        }
        let listener = listen(&resolved, self.max_connections).map_err(failed)?;
        let local = listener.local_addr().map_err(failed)?;
        let service = Service {
            matcher: Matcher::new(self.fixtures.into_vec(), self.match_mode),
            is_on_loopback: local.ip().is_loopback() && !self.allow_other_machines,
            verify: self.verify,
            #[cfg(feature = "tls")]
            tls: self.tls,
            rules: self.rules,
            chunking: self.chunking,
            pace: self.pace,
            max_request_bytes: self.max_request_bytes,
            max_connections: self.max_connections,
            io_timeout: self.io_timeout,
            on_request: self.on_request,
            forward: self.forward,
            log: Log::default(),
            counter: AtomicU64::new(0),
        };
        Ok(ReplayServer::start(listener, local, service))
    }
}

/// Listens on the first of these addresses that can be bound. The queue is as long as the number of connections served:
/// the default of 128 drops some of a thousand clients that connect at once, and they retry only a second later.
fn listen(addresses: &[SocketAddr], connections: usize) -> io::Result<TcpListener> {
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses {
        let listening = || {
            let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
            // As `TcpListener::bind` does; on Windows the option would let two processes share the port.
            #[cfg(not(windows))]
            socket.set_reuseaddr(true)?;
            socket.bind(*address)?;
            socket.listen(u32::try_from(connections).unwrap_or(u32::MAX))
        };
        match listening() {
            Ok(listener) => return Ok(listener),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

impl fmt::Debug for ReplayBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplayBuilder")
            .field("fixtures", &self.fixtures.len())
            .field("match_mode", &self.match_mode)
            .field("verify", &self.verify)
            .field("rules", &self.rules)
            .field("chunking", &self.chunking)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}
