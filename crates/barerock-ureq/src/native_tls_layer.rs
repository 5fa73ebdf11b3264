//! TLS by the system's library (native-tls).

use core::fmt;
use std::io::{self, Read, Write};
use std::sync::OnceLock;

use barerock::transport::BoxError;
use native_tls::{Certificate, HandshakeError, TlsConnector, TlsStream};

use crate::socket::{Connection, Socket};
use crate::tls::TlsLayer;

/// TLS by the system's library.
#[derive(Default)]
pub(crate) struct NativeTls {
    /// The only trusted roots; the system's if `None`.
    roots: Option<Vec<Certificate>>,
    /// Built for the first connection, because building it reads the system's roots.
    connector: OnceLock<TlsConnector>,
}

impl NativeTls {
    /// Creates a layer that trusts these roots alone.
    pub(crate) fn with_roots(roots: Vec<Certificate>) -> Self {
        Self { roots: Some(roots), connector: OnceLock::new() }
    }

    fn connector(&self) -> Result<&TlsConnector, native_tls::Error> {
        if let Some(connector) = self.connector.get() {
            return Ok(connector);
        }
        let mut builder = TlsConnector::builder();
        if let Some(roots) = &self.roots {
            builder.disable_built_in_roots(true);
            for root in roots {
                builder.add_root_certificate(root.clone());
            }
        }
        let connector = builder.build()?;
        Ok(self.connector.get_or_init(|| connector))
    }
}

impl TlsLayer for NativeTls {
    fn secure(&self, below: Box<dyn Connection>, host: &str) -> Result<Box<dyn Connection>, BoxError> {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        match self.connector()?.connect(bare, below) {
            Ok(stream) => Ok(Box::new(NativeTlsConnection(stream))),
            Err(HandshakeError::Failure(error)) => Err(error.into()),
            Err(HandshakeError::WouldBlock(_)) => Err("TLS handshake did not end".into()),
        }
    }
}

impl fmt::Debug for NativeTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NativeTls")
    }
}

/// Connection with TLS by the system's library.
struct NativeTlsConnection(TlsStream<Box<dyn Connection>>);

impl Connection for NativeTlsConnection {
    fn socket(&mut self) -> &mut Socket {
        self.0.get_mut().socket()
    }
}

impl Read for NativeTlsConnection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for NativeTlsConnection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
