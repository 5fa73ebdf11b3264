//! Name lookup by the operating system, within a time limit.

use core::fmt;
use core::net::{IpAddr, SocketAddr};
use std::io;
use std::net::ToSocketAddrs as _;
use std::sync::mpsc;
use std::thread;

use barerock::transport::BoxError;

use crate::limit::TimeLimit;

/// Resolves a host, in the form it has in a URI.
pub(crate) fn resolve(host: &str, port: u16, limit: Option<TimeLimit>) -> Result<Vec<SocketAddr>, BoxError> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let failed = |source| LookupError { host: bare.to_owned(), source };
    let found = match limit {
        None => (bare, port).to_socket_addrs().map(Iterator::collect),
        Some(limit) => on_a_thread(bare, port, limit)?,
    };
    match found {
        Ok(addresses) if Vec::is_empty(&addresses) => {
            Err(failed(io::Error::new(io::ErrorKind::NotFound, "no address")).into())
        }
        Ok(addresses) => Ok(addresses),
        Err(error) => Err(failed(error).into()),
    }
}

/// Looks the name up on a new thread, because the system's lookup takes no time limit. The thread ends with the lookup, which
/// may be after the limit has passed.
fn on_a_thread(host: &str, port: u16, limit: TimeLimit) -> Result<io::Result<Vec<SocketAddr>>, BoxError> {
    let (sender, found) = mpsc::sync_channel(1);
    let name = host.to_owned();
    let thread = thread::Builder::new().name("barerock-resolver".to_owned()).spawn(move || {
        let addresses = (name.as_str(), port).to_socket_addrs().map(Iterator::collect);
        // Fails if the limit has passed.
        let _late = sender.send(addresses);
    });
    thread.map_err(|source| LookupError { host: host.to_owned(), source })?;
    found.recv_timeout(limit.left()?).map_err(|_| limit.elapsed().into())
}

/// Error of a name lookup.
#[derive(Debug)]
struct LookupError {
    host: String,
    source: io::Error,
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "name lookup of {} failed", self.host)
    }
}

impl core::error::Error for LookupError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    #[test]
    fn an_address_needs_no_lookup() {
        for (host, address) in [("127.0.0.1", "127.0.0.1:80"), ("[::1]", "[::1]:80")] {
            let passed = TimeLimit::after(Some(Duration::ZERO), "it");
            assert_eq!(resolve(host, 80, passed).unwrap(), [address.parse().unwrap()]);
        }
    }

    #[test]
    fn names_are_looked_up_with_and_without_a_limit() {
        let limit = TimeLimit::after(Some(Duration::from_secs(30)), "it");
        for limit in [None, limit] {
            assert!(resolve("localhost", 80, limit).unwrap().iter().all(|address| address.port() == 80));
            let error = resolve("name.invalid", 80, limit).unwrap_err();
            assert_eq!(error.to_string(), "name lookup of name.invalid failed");
        }
    }

    #[test]
    fn a_limit_that_has_passed_ends_the_wait() {
        let passed = TimeLimit::after(Some(Duration::ZERO), "the connection");
        let error = resolve("localhost", 80, passed).unwrap_err();
        assert_eq!(error.to_string(), "timed out after 0ns waiting for the connection");
    }
}
