//! Trait of TLS libraries.

use core::fmt;

use barerock::transport::BoxError;

use crate::socket::Connection;

/// Adds TLS to a connection. A trait object, so that only the library that a transport uses is linked.
pub(crate) trait TlsLayer: fmt::Debug + Send + Sync {
    fn secure(&self, below: Box<dyn Connection>, host: &str) -> Result<Box<dyn Connection>, BoxError>;
}

/// Rejects every connection, for a transport without TLS.
#[derive(Debug)]
pub(crate) struct NoTls;

impl TlsLayer for NoTls {
    fn secure(&self, _: Box<dyn Connection>, _: &str) -> Result<Box<dyn Connection>, BoxError> {
        Err("transport has no TLS".into())
    }
}
