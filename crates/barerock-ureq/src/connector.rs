//! What ureq's connections need to keep `barerock`'s limits: they must tell the head of an answer from its body.

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};
use ureq::{Error, Timeout};

use crate::error::NotConnected;

/// ureq's own connector, with two differences: an error says that it is one of connecting, and the limit for a
/// single read holds only for bodies. The head of an answer has a limit of its own, and a longer one.
#[derive(Debug, Default)]
pub(crate) struct LimitedConnector(DefaultConnector);

impl Connector<()> for LimitedConnector {
    type Out = Limited;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Limited>, Error> {
        let details = ConnectionDetails {
            uri: details.uri,
            addrs: details.addrs.clone(),
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: details.now,
            timeout: head(details.timeout),
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        match self.0.connect(&details, chained) {
            Ok(transport) => Ok(transport.map(Limited)),
            Err(error @ Error::Timeout(_)) => Err(error),
            Err(error) => Err(Error::Other(Box::new(NotConnected(error)))),
        }
    }
}

/// A connection whose limit for a single read holds only for bodies.
#[derive(Debug)]
pub(crate) struct Limited(Box<dyn Transport>);

impl Transport for Limited {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        // Bodies are always read under a limit of their own (`transport::limited`), so the reason is never another one.
        let timeout = if timeout.reason == Timeout::RecvBody { timeout } else { head(timeout) };
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

/// The limits for all that comes before the body.
fn head(timeout: NextTimeout) -> NextTimeout {
    NextTimeout { per_read: None, ..timeout }
}
