//! Connections through SOCKS proxies: version 4 with its extension 4a, and version 5 (RFC 1928, RFC 1929).

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::io;

use barerock::transport::{BoxError, ProxyScheme, ProxyUrl};

use crate::limit::TimeLimit;
use crate::resolve::resolve;
use crate::socket::Connection;

/// Method "no authentication" of SOCKS 5.
const NO_AUTHENTICATION: u8 = 0;
/// Method "user name and password" of SOCKS 5.
const USER_AND_PASSWORD: u8 = 2;
/// The command CONNECT.
const CONNECT: u8 = 1;

/// Requests a connection to a host and port from the proxy.
pub(crate) fn connect(
    connection: &mut dyn Connection,
    proxy: &ProxyUrl,
    host: &str,
    port: u16,
    limit: Option<TimeLimit>,
) -> Result<(), BoxError> {
    let target = Target::new(proxy.scheme(), host, port, limit)?;
    match proxy.scheme() {
        ProxyScheme::Socks4 | ProxyScheme::Socks4a => version_4(connection, proxy, &target, port),
        _ => version_5(connection, proxy, &target, port),
    }
}

/// Destination sent to the proxy.
enum Target {
    Address(IpAddr),
    /// Host name of at most 255 bytes.
    Name(String),
}

impl Target {
    /// Creates the destination: an address, or a name if the proxy's scheme lets the proxy look it up.
    fn new(scheme: ProxyScheme, host: &str, port: u16, limit: Option<TimeLimit>) -> Result<Self, BoxError> {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if let Ok(address) = bare.parse() {
            return Ok(Self::Address(address));
        }
        if matches!(scheme, ProxyScheme::Socks4a | ProxyScheme::Socks5h) {
            let is_valid = u8::try_from(host.len()).is_ok();
            return if is_valid { Ok(Self::Name(host.to_owned())) } else { Err("host name too long".into()) };
        }
        let addresses = resolve(host, port, limit)?;
        let is_suitable = |address: &&SocketAddr| scheme != ProxyScheme::Socks4 || address.is_ipv4();
        let address = addresses.iter().find(is_suitable).ok_or("no IPv4 address for SOCKS 4")?;
        Ok(Self::Address(address.ip()))
    }
}

fn version_4(
    connection: &mut dyn Connection,
    proxy: &ProxyUrl,
    target: &Target,
    port: u16,
) -> Result<(), BoxError> {
    /// Reply code "request granted" of SOCKS 4.
    const GRANTED: u8 = 90;
    let (address, name) = match target {
        Target::Address(IpAddr::V4(address)) => (*address, None),
        Target::Address(IpAddr::V6(_)) => return Err("no IPv6 in SOCKS 4".into()),
        // SOCKS 4a: an invalid address announces a name.
        Target::Name(name) => (Ipv4Addr::new(0, 0, 0, 1), Some(name)),
    };
    let mut request = vec![4, CONNECT];
    request.extend(port.to_be_bytes());
    request.extend(address.octets());
    let (user, _) = proxy.user().unwrap_or_default();
    for text in [Some(user), name.map(String::as_bytes)].into_iter().flatten() {
        if text.contains(&0) {
            return Err("user name with a null byte".into());
        }
        request.extend(text);
        request.push(0);
    }
    send(connection, &request)?;
    let [version, reply, ..] = receive::<8>(connection)?;
    match (version, reply) {
        (0, GRANTED) => Ok(()),
        (0, reply) => Err(format!("SOCKS 4 proxy refused the connection: code {reply}").into()),
        _ => Err(not_socks()),
    }
}

fn version_5(
    connection: &mut dyn Connection,
    proxy: &ProxyUrl,
    target: &Target,
    port: u16,
) -> Result<(), BoxError> {
    authenticate(connection, proxy)?;
    let mut request = vec![5, CONNECT, 0];
    match target {
        Target::Address(IpAddr::V4(address)) => {
            request.push(1);
            request.extend(address.octets());
        }
        Target::Address(IpAddr::V6(address)) => {
            request.push(4);
            request.extend(address.octets());
        }
        Target::Name(name) => {
            request.push(3);
            push_short(name.as_bytes(), &mut request)?;
        }
    }
    request.extend(port.to_be_bytes());
    send(connection, &request)?;
    let [version, reply, _, kind] = receive(connection)?;
    if version != 5 {
        return Err(not_socks());
    }
    if reply != 0 {
        return Err(format!("SOCKS 5 proxy refused the connection: {}", reason(reply)).into());
    }
    // Skips the proxy's outgoing address and port.
    let length = match kind {
        1 => 4,
        4 => 16,
        3 => receive::<1>(connection)?.map(usize::from)[0],
        _ => return Err(not_socks()),
    };
    let mut rest = vec![0; length.saturating_add(2)];
    Ok(connection.read_exact(&mut rest)?)
}

/// Negotiates an authentication method and authenticates.
fn authenticate(connection: &mut dyn Connection, proxy: &ProxyUrl) -> Result<(), BoxError> {
    let user = proxy.user();
    let methods: &[u8] = if user.is_some() {
        &[5, 2, NO_AUTHENTICATION, USER_AND_PASSWORD]
    } else {
        &[5, 1, NO_AUTHENTICATION]
    };
    send(connection, methods)?;
    match (receive(connection)?, user) {
        ([5, NO_AUTHENTICATION], _) => Ok(()),
        ([5, USER_AND_PASSWORD], Some((name, password))) => {
            let mut request = vec![1];
            push_short(name, &mut request)?;
            push_short(password, &mut request)?;
            send(connection, &request)?;
            match receive(connection)? {
                [1, 0] => Ok(()),
                _ => Err("SOCKS 5 proxy refused user name and password".into()),
            }
        }
        ([5, _], _) => Err("SOCKS 5 proxy accepts no offered authentication".into()),
        _ => Err(not_socks()),
    }
}

/// Appends a text, preceded by its length as one byte.
fn push_short(text: &[u8], into: &mut Vec<u8>) -> Result<(), BoxError> {
    into.push(u8::try_from(text.len()).map_err(|_| "user name or password longer than 255 bytes")?);
    into.extend(text);
    Ok(())
}

fn send(connection: &mut dyn Connection, bytes: &[u8]) -> io::Result<()> {
    connection.write_all(bytes)?;
    connection.flush()
}

fn receive<const LENGTH: usize>(connection: &mut dyn Connection) -> io::Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    connection.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn not_socks() -> BoxError {
    "the proxy's response is not SOCKS".into()
}

/// Returns the name of a reply code (RFC 1928, section 6).
fn reason(reply: u8) -> &'static str {
    match reply {
        1 => "general failure",
        2 => "not allowed by its rules",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address type not supported",
        _ => "unknown reason",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Peer;

    /// Returns the bytes sent to the proxy and the result.
    fn run(proxy: &str, host: &str, response: &[u8]) -> (Vec<u8>, Result<(), String>) {
        let mut peer = Peer::new(response, 3);
        let outcome = connect(&mut peer, &proxy.parse().unwrap(), host, 443, None);
        (peer.sent, outcome.map_err(|error| error.to_string()))
    }

    #[test]
    fn each_version_and_kind_of_address() {
        let granted_5 = [5, 0, 5, 0, 0, 1, 127, 0, 0, 1, 0, 80];
        let granted_4 = [0, 90, 0, 0, 0, 0, 0, 0];
        let v6 = [5, 1, 0, 5, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 187];
        for (proxy, host, response, sent) in [
            ("socks5h://p", "a.b", &granted_5[..], &b"\x05\x01\x00\x05\x01\x00\x03\x03a.b\x01\xbb"[..]),
            ("socks5://p", "10.0.0.1", &granted_5, b"\x05\x01\x00\x05\x01\x00\x01\x0a\x00\x00\x01\x01\xbb"),
            ("socks5://p", "[::1]", &granted_5, &v6),
            ("socks4a://me@p", "a.b", &granted_4, b"\x04\x01\x01\xbb\x00\x00\x00\x01me\x00a.b\x00"),
            ("socks4://p", "10.0.0.1", &granted_4, b"\x04\x01\x01\xbb\x0a\x00\x00\x01\x00"),
        ] {
            assert_eq!(run(proxy, host, response), (sent.to_vec(), Ok(())), "{proxy} {host}");
        }
        let named = b"\x05\x00\x05\x00\x00\x03\x03x.y\x00\x50";
        assert_eq!(run("socks5h://p", "a.b", named).1, Ok(()));
    }

    #[test]
    fn user_name_and_password() {
        let response = [5, 2, 1, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        let (sent, outcome) = run("socks5h://me:SQUIRREL@p", "a.b", &response);
        assert_eq!(outcome, Ok(()));
        assert!(sent.starts_with(b"\x05\x02\x00\x02\x01\x02me\x08SQUIRREL\x05\x01"), "{sent:?}");
        for (proxy, response, words) in [
            ("socks5h://me:SQUIRREL@p", &[5, 2, 1, 1][..], "SOCKS 5 proxy refused user name and password"),
            ("socks5h://p", &[5, 0xff], "SOCKS 5 proxy accepts no offered authentication"),
            ("socks5h://p", &[5, 2], "SOCKS 5 proxy accepts no offered authentication"),
        ] {
            assert_eq!(run(proxy, "a.b", response).1.unwrap_err(), words);
        }
    }

    #[test]
    fn refusals_and_other_protocols() {
        for (proxy, response, words) in [
            (
                "socks5h://p",
                &[5, 0, 5, 5, 0, 1][..],
                "SOCKS 5 proxy refused the connection: connection refused",
            ),
            ("socks5h://p", b"HTTP/1.1 400 Bad Request\r\n", "the proxy's response is not SOCKS"),
            ("socks4a://p", &[0, 91, 0, 0, 0, 0, 0, 0], "SOCKS 4 proxy refused the connection: code 91"),
            ("socks4a://p", b"HTTP/1.1 400 Bad Request\r\n", "the proxy's response is not SOCKS"),
            ("socks5h://p", &[5, 0, 5, 0, 0, 9], "the proxy's response is not SOCKS"),
        ] {
            assert_eq!(run(proxy, "a.b", response).1.unwrap_err(), words);
        }
        let whole = [5, 0, 5, 0, 0, 1, 127, 0, 0, 1, 0, 80];
        for length in 0..whole.len() {
            assert!(run("socks5h://p", "a.b", &whole[..length]).1.is_err(), "{length}");
        }
        assert!(run("socks5h://p", &"a".repeat(300), &whole).1.is_err());
        assert!(run("socks4://p", "[::1]", &[0; 8]).1.is_err());
    }
}
