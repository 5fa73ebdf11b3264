//! rustls as a layer over ureq's connections.
//!
//! ureq has one of its own, which asks rustls for TLS 1.2 and for its log in every program that it is a part of.

use core::fmt;
use std::io::{self, Read as _, Write as _};
use std::sync::Arc;

use barerock_tls::rustls::{ClientConfig, ClientConnection, StreamOwned};
use barerock_tls::server_name;
use ureq::Error;
use ureq::unversioned::transport::time::{Duration, Instant};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport, TransportAdapter,
};

use crate::connector::broken_off;

/// Adds TLS by rustls to connections that need it.
pub(crate) struct TlsConnector {
    config: Arc<ClientConfig>,
}

impl TlsConnector {
    pub(crate) fn new(mut config: ClientConfig) -> Self {
        // ureq speaks HTTP/1.1 and nothing else.
        config.alpn_protocols.clear();
        Self { config: Arc::new(config) }
    }
}

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, Tls>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let Some(connection) = chained else { return Ok(None) };
        if !details.needs_tls() || connection.is_tls() {
            return Ok(Some(Either::A(connection)));
        }
        let name = server_name(details.uri.host().unwrap_or_default()).map_err(io::Error::other)?;
        let tls = ClientConnection::new(Arc::clone(&self.config), name).map_err(io::Error::other)?;
        let connection: Box<dyn Transport> = Box::new(connection);
        let mut stream =
            StreamOwned::new(tls, TransportAdapter::new(connection, details.current_time.clone()));
        stream.sock.set_timeout(left(details)?);
        stream.conn.complete_io(&mut stream.sock)?;
        let buffers =
            LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Either::B(Tls { stream, buffers })))
    }
}

impl fmt::Debug for TlsConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsConnector")
    }
}

/// What is left of the limit for a connection, of which TCP has had its part.
///
/// # Errors
/// If nothing is left.
fn left(details: &ConnectionDetails<'_>) -> Result<NextTimeout, Error> {
    let timeout = details.timeout;
    let (Duration::Exact(limit), Instant::Exact(start), Instant::Exact(now)) =
        (timeout.after, details.now, (details.current_time)())
    else {
        return Ok(timeout);
    };
    let left = limit.saturating_sub(now.saturating_duration_since(start));
    if left.is_zero() {
        return Err(Error::Timeout(timeout.reason));
    }
    Ok(NextTimeout { after: left.into(), ..timeout })
}

/// A connection with TLS.
pub(crate) struct Tls {
    stream: StreamOwned<ClientConnection, TransportAdapter>,
    buffers: LazyBuffers,
}

impl Transport for Tls {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.sock.set_timeout(timeout);
        let output = self.buffers.output();
        Ok(self.stream.write_all(output.get(..amount).unwrap_or(output))?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.sock.set_timeout(timeout);
        let count = self.stream.read(self.buffers.input_append_buf());
        // A connection that ends without TLS saying so is an error of its own.
        let count = count.map_err(|error| broken_off(error.into()))?;
        self.buffers.input_appended(count);
        Ok(count > 0)
    }

    /// Not where something was sent that nobody asked for, or that there will be no more.
    fn is_open(&mut self) -> bool {
        let tls = self.stream.conn.process_new_packets();
        tls.is_ok_and(|tls| tls.plaintext_bytes_to_read() == 0 && !tls.peer_has_closed())
            && self.stream.sock.get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}
