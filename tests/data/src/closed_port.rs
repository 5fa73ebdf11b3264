//! A port that refuses connections.

use core::net::{Ipv4Addr, SocketAddr};

use socket2::{Domain, Socket, Type};

/// A loopback port without a listener. Until this value is dropped, no other process can bind it.
#[derive(Debug)]
pub struct ClosedPort {
    _bound: Socket,
    address: SocketAddr,
}

impl ClosedPort {
    /// Reserves a port.
    ///
    /// # Panics
    ///
    /// If there is no port left.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it takes a port")]
    pub fn new() -> Self {
        let bound = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        bound.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
        let address = bound.local_addr().unwrap().as_socket().unwrap();
        Self { _bound: bound, address }
    }

    /// The port, at 127.0.0.1.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a server there.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}
