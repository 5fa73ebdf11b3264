//! What ureq's connections need to keep `barerock`'s limits, and to tell an error of connecting from one that came later.

use core::fmt;
use std::io;

use http::Uri;
use ureq::Error;
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, TcpConnector, Transport,
};

use crate::deadline::capped;
use crate::error::NotConnected;

/// ureq's connectors in ureq's order, up to TLS: proxies first, then the way without one. What they open keeps our limits.
pub(crate) fn plain() -> impl Connector {
    #[cfg(feature = "socks")]
    let start = ().chain(ureq::unversioned::transport::SocksConnector::default());
    #[cfg(not(feature = "socks"))]
    let start = ();
    start.chain(ConnectProxyConnector::default()).chain(TcpConnector::default()).chain(Limits)
}

/// A connector whose errors say that they are of connecting, and which keeps the limits of the thread.
#[derive(Debug)]
pub(crate) struct LimitedConnector<C>(pub(crate) C);

impl<C: Connector> Connector for LimitedConnector<C> {
    type Out = C::Out;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<()>) -> Result<Option<C::Out>, Error> {
        let timeout = capped(details.timeout)?;
        let details = ConnectionDetails {
            uri: details.uri,
            addrs: details.addrs.clone(),
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            // The thread's limit counts from now on.
            now: if timeout == details.timeout { details.now } else { (details.current_time)() },
            timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        self.0.connect(&details, chained).map_err(not_connected)
    }
}

/// ureq's own resolver, whose errors say that they are of connecting, and which keeps the limits of the thread.
#[derive(Debug, Default)]
pub(crate) struct LimitedResolver(DefaultResolver);

impl Resolver for LimitedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        self.0.resolve(uri, config, capped(timeout)?).map_err(not_connected)
    }
}

/// Marks an error as one of connecting; a limit that has passed says so itself.
fn not_connected(error: Error) -> Error {
    match error {
        Error::Timeout(_) => error,
        error => Error::Other(Box::new(NotConnected(error))),
    }
}

/// ureq takes these for the end of a body that nothing else ends, and so a connection that broke for a whole answer.
pub(crate) fn broken_off(error: Error) -> Error {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, UnexpectedEof};
    match error {
        Error::Io(error) if matches!(error.kind(), UnexpectedEof | ConnectionReset | ConnectionAborted) => {
            io::Error::other(error).into()
        }
        error => error,
    }
}

/// Makes connections [`Limited`].
#[derive(Debug)]
struct Limits;

impl<In: Transport> Connector<In> for Limits {
    type Out = Limited<In>;

    fn connect(&self, _: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Limited<In>>, Error> {
        Ok(chained.map(Limited))
    }
}

/// A connection that keeps the limits of the thread that uses it, below TLS where there is any.
struct Limited<T>(T);

/// The trait asks for it, and so all that it would tell were a part of every program.
impl<T> fmt::Debug for Limited<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limited")
    }
}

impl<T: Transport> Transport for Limited<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, capped(timeout)?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(capped(timeout)?).map_err(broken_off)
    }

    /// Not where more has come than was asked for, whether TLS has read it or not: whatever lies ready would be taken for the
    /// answer to the next request.
    fn is_open(&mut self) -> bool {
        self.0.buffers().input().is_empty() && self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}
