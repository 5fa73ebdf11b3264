//! Opening of connections: TCP, a proxy tunnel, and TLS.

use core::net::SocketAddr;
use core::time::Duration;
use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use barerock::transport::proxy::Tunnel;
use barerock::transport::{BoxError, HopError, ProxyScheme, ProxyUrl};
use http::Uri;
use http::uri::Scheme;
use socket2::{SockRef, TcpKeepalive};

use crate::limit::TimeLimit;
use crate::resolve::resolve;
use crate::socket::{Connection, Socket};
use crate::tls::TlsLayer;

/// Size of the buffer for a proxy's response, in bytes.
const READ: usize = 1024;

/// Opens connections.
#[derive(Debug)]
pub(crate) struct Connector {
    pub(crate) tls: Arc<dyn TlsLayer>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) tcp_keepalive: Option<Duration>,
}

impl Connector {
    /// Returns the time limit of a connection that is opened now.
    pub(crate) fn limit(&self) -> Option<TimeLimit> {
        TimeLimit::after(self.timeout, "the connection")
    }

    /// Opens a connection for requests to this URI.
    pub(crate) fn connect(
        &self,
        uri: &Uri,
        proxy: Option<&ProxyUrl>,
        limit: Option<TimeLimit>,
    ) -> Result<Box<dyn Connection>, BoxError> {
        let host = uri.host().unwrap_or_default();
        let is_https = uri.scheme() == Some(&Scheme::HTTPS);
        let port = uri.port_u16().unwrap_or(if is_https { 443 } else { 80 });
        let connection = match proxy {
            None => self.tcp(host, port, limit)?,
            Some(proxy) => self.through(proxy, uri, port, limit)?,
        };
        if !is_https {
            return Ok(connection);
        }
        self.tls.secure(connection, host).map_err(|error| HopError::tls(host, proxy, error).into())
    }

    /// Connects to the host of a URI through a proxy, by CONNECT or SOCKS.
    fn through(
        &self,
        proxy: &ProxyUrl,
        uri: &Uri,
        port: u16,
        limit: Option<TimeLimit>,
    ) -> Result<Box<dyn Connection>, BoxError> {
        let broken = |error: BoxError| HopError::proxy(proxy, error);
        let mut connection = self.tcp(proxy.host(), proxy.port(), limit).map_err(broken)?;
        match proxy.scheme() {
            ProxyScheme::Http => {}
            ProxyScheme::Https => connection = self.tls.secure(connection, proxy.host()).map_err(broken)?,
            #[cfg(feature = "socks")]
            _ => {
                let host = uri.host().unwrap_or_default();
                crate::socks::connect(&mut *connection, proxy, host, port, limit).map_err(broken)?;
                return Ok(connection);
            }
            #[cfg(not(feature = "socks"))]
            scheme => {
                return Err(
                    broken(format!("no support for {} on port {port}", scheme.as_str()).into()).into()
                );
            }
        }
        open_tunnel(&mut *connection, proxy, Tunnel::new(proxy, uri))?;
        Ok(connection)
    }

    /// Tries the addresses of a host in order. The time limit is divided among them, so that one that does not respond leaves
    /// time for the others.
    fn tcp(&self, host: &str, port: u16, limit: Option<TimeLimit>) -> Result<Box<dyn Connection>, BoxError> {
        let addresses = resolve(host, port, limit)?;
        let mut failed = None;
        for (index, address) in addresses.iter().enumerate() {
            let rest = u32::try_from(addresses.len().saturating_sub(index)).unwrap_or(u32::MAX).max(1);
            match connect(address, limit, rest).and_then(|tcp| self.set_up(tcp)) {
                Ok(tcp) => {
                    let mut socket = Socket::new(tcp);
                    socket.set_limit(limit);
                    return Ok(Box::new(socket));
                }
                Err(error) => failed = Some(error),
            }
        }
        Err(failed.unwrap_or_else(|| io::ErrorKind::NotFound.into()).into())
    }

    fn set_up(&self, tcp: TcpStream) -> io::Result<TcpStream> {
        tcp.set_nodelay(true)?;
        if let Some(after) = self.tcp_keepalive {
            SockRef::from(&tcp).set_tcp_keepalive(&TcpKeepalive::new().with_time(after))?;
        }
        Ok(tcp)
    }
}

/// Connects to an address within the remaining time divided by `shares`.
#[expect(clippy::disallowed_methods, reason = "a transport opens sockets")]
fn connect(address: &SocketAddr, limit: Option<TimeLimit>, shares: u32) -> io::Result<TcpStream> {
    let Some(limit) = limit else { return TcpStream::connect(address) };
    let left = limit.left().map_err(|_| limit.io_error())?;
    let share = left.checked_div(shares).filter(|share| !share.is_zero()).unwrap_or(left);
    let stream = TcpStream::connect_timeout(address, share)?;
    // Under WASI, the standard library returns the socket of a refused connection.
    #[cfg(target_os = "wasi")]
    stream.peer_addr()?;
    Ok(stream)
}

fn open_tunnel(
    connection: &mut dyn Connection,
    proxy: &ProxyUrl,
    mut tunnel: Tunnel,
) -> Result<(), BoxError> {
    let broken = |error: io::Error| HopError::proxy(proxy, error);
    connection.write_all(&tunnel.request(proxy)).map_err(broken)?;
    connection.flush().map_err(broken)?;
    let mut room = [0; READ];
    loop {
        let count = match connection.read(&mut room) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(broken(error).into()),
        };
        if tunnel.receive(room.get(..count).unwrap_or_default())? {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::tls::NoTls;

    fn connector(timeout: Option<Duration>) -> Connector {
        Connector { tls: Arc::new(NoTls), timeout, tcp_keepalive: Some(Duration::from_secs(42)) }
    }

    /// `localhost` may also have an IPv6 address, on which the test does not listen.
    #[test]
    fn the_addresses_of_a_host_are_tried_in_turn() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("http://localhost:{}", listener.local_addr().unwrap().port()).parse().unwrap();
        for timeout in [None, Some(Duration::from_secs(10))] {
            let connector = connector(timeout);
            let mut connection = connector.connect(&uri, None, connector.limit()).unwrap();
            let tcp = connection.socket().tcp();
            assert!(tcp.nodelay().unwrap());
            assert!(SockRef::from(tcp).keepalive().unwrap());
        }
    }

    #[test]
    fn an_error_names_the_hop() {
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let proxy: ProxyUrl = format!("http://me:SQUIRREL@{nobody}").parse().unwrap();
        let uri = "https://a.invalid".parse().unwrap();
        let error = connector(None).connect(&uri, Some(&proxy), None).err().unwrap();
        assert_eq!(error.to_string(), format!("no connection to proxy {nobody}"));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("https://{}", listener.local_addr().unwrap()).parse().unwrap();
        let error = connector(None).connect(&uri, None, None).err().unwrap();
        assert_eq!(error.to_string(), "TLS handshake with 127.0.0.1 failed");
        assert_eq!(error.source().unwrap().to_string(), "transport has no TLS");
    }
}
