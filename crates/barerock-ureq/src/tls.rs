//! TLS over connections.

use core::fmt;

use barerock::transport::BoxError;

use crate::socket::Connection;

/// Adds TLS to a connection with a host. A trait object: which library does it is the transport's choice, and one that is not
/// used is not linked.
pub(crate) trait TlsLayer: fmt::Debug + Send + Sync {
    fn secure(&self, below: Box<dyn Connection>, host: &str) -> Result<Box<dyn Connection>, BoxError>;
}

/// Refuses: the transport was set up without TLS.
#[derive(Debug)]
pub(crate) struct NoTls;

impl TlsLayer for NoTls {
    fn secure(&self, _: Box<dyn Connection>, _: &str) -> Result<Box<dyn Connection>, BoxError> {
        Err("the transport is set up without TLS".into())
    }
}
