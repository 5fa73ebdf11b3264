//! TLS by rustls.

use core::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

use barerock::transport::BoxError;
use barerock_tls::rustls::{ClientConfig, ClientConnection, StreamOwned};
use barerock_tls::server_name;

use crate::socket::{Connection, Socket};
use crate::tls::TlsLayer;

/// TLS by rustls.
pub(crate) struct Rustls(Arc<ClientConfig>);

impl Rustls {
    pub(crate) fn new(mut config: ClientConfig) -> Self {
        // Without ALPN the server uses HTTP/1.1, the only version this transport supports.
        config.alpn_protocols.clear();
        Self(Arc::new(config))
    }
}

impl TlsLayer for Rustls {
    fn secure(&self, below: Box<dyn Connection>, host: &str) -> Result<Box<dyn Connection>, BoxError> {
        let session = ClientConnection::new(Arc::clone(&self.0), server_name(host)?)?;
        let mut stream = StreamOwned::new(session, below);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Box::new(RustlsConnection(stream)))
    }
}

impl fmt::Debug for Rustls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rustls")
    }
}

/// Connection with TLS by rustls.
struct RustlsConnection(StreamOwned<ClientConnection, Box<dyn Connection>>);

impl Connection for RustlsConnection {
    fn socket(&mut self) -> &mut Socket {
        self.0.sock.socket()
    }
}

impl Read for RustlsConnection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for RustlsConnection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
