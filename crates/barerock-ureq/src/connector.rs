//! What ureq's connections need to keep `barerock`'s limits, and to tell an error of connecting from one that came later.

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

/// ureq's connectors in ureq's order, up to TLS: proxies first, then the way without one.
pub(crate) fn plain() -> impl Connector {
    #[cfg(feature = "socks")]
    let start = ().chain(ureq::unversioned::transport::SocksConnector::default());
    #[cfg(not(feature = "socks"))]
    let start = ();
    start.chain(ConnectProxyConnector::default()).chain(TcpConnector::default()).chain(DrainedConnector)
}

/// Sees to it that what a TLS layer above has not yet read counts.
#[derive(Debug)]
struct DrainedConnector;

impl<In: Transport> Connector<In> for DrainedConnector {
    type Out = Drained<In>;

    fn connect(&self, _: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Drained<In>>, Error> {
        Ok(chained.map(Drained))
    }
}

/// A connection that is no longer good where more has come than was asked for, read or not: whatever lies ready would be
/// taken for the answer to the next request.
#[derive(Debug)]
struct Drained<T>(T);

impl<T: Transport> Transport for Drained<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.buffers().input().is_empty() && self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

/// A connector whose errors say that they are of connecting, and whose connections keep the limits of the thread that uses
/// them.
#[derive(Debug)]
pub(crate) struct LimitedConnector<C>(pub(crate) C);

impl<C: Connector> Connector for LimitedConnector<C> {
    type Out = Limited;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Limited>, Error> {
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
        refuse_socks(&details)?;
        match self.0.connect(&details, chained) {
            Ok(transport) => Ok(transport.map(|transport| Limited(Box::new(transport)))),
            Err(error) => Err(not_connected(error)),
        }
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
fn broken_off(error: Error) -> Error {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, UnexpectedEof};
    match error {
        Error::Io(error) if matches!(error.kind(), UnexpectedEof | ConnectionReset | ConnectionAborted) => {
            io::Error::other(error).into()
        }
        error => error,
    }
}

/// Without its feature ureq would panic at a SOCKS proxy that was named in code, and pass over one of the environment.
fn refuse_socks(details: &ConnectionDetails<'_>) -> Result<(), Error> {
    use ureq::ProxyProtocol::{Socks4, Socks4A, Socks5, Socks5h};
    match details.config.proxy() {
        Some(proxy)
            if cfg!(not(feature = "socks"))
                && matches!(proxy.protocol(), Socks4 | Socks4A | Socks5 | Socks5h)
                && !proxy.is_no_proxy(details.uri) =>
        {
            let words = "the proxy is a SOCKS proxy, which barerock-ureq asks only with its feature `socks`";
            let error = io::Error::new(io::ErrorKind::Unsupported, words);
            Err(not_connected(error.into()))
        }
        _ => Ok(()),
    }
}

/// A connection that keeps the limits of the thread that uses it.
#[derive(Debug)]
pub(crate) struct Limited(Box<dyn Transport>);

impl Transport for Limited {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, capped(timeout)?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(capped(timeout)?).map_err(broken_off)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}
