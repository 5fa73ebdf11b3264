//! `CONNECT`: a tunnel through an HTTP proxy (RFC 9110, section 9.3.6), without I/O.

use core::fmt;

use http::uri::Scheme;
use http::{StatusCode, Uri};

use super::url::ProxyUrl;

/// The longest response head of a proxy, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// One `CONNECT` exchange: [`request`](Self::request) is sent, the response is given to [`receive`](Self::receive).
#[derive(Debug)]
pub struct Tunnel {
    /// The proxy, `HOST:PORT`.
    proxy: String,
    /// The target, `HOST:PORT`.
    target: String,
    /// What has come of the response.
    head: Vec<u8>,
}

impl Tunnel {
    /// A tunnel to the host and port of a URI; without a port to the scheme's, 443 or 80.
    #[must_use]
    pub fn new(proxy: &ProxyUrl, target: &Uri) -> Self {
        let host = target.host().unwrap_or_default();
        let default = if target.scheme() == Some(&Scheme::HTTP) { 80 } else { 443 };
        let target = format!("{host}:{}", target.port_u16().unwrap_or(default));
        Self { proxy: proxy.authority(), target, head: Vec::new() }
    }

    /// The request to send, with the proxy's user name and password.
    #[must_use]
    pub fn request(&self, proxy: &ProxyUrl) -> Vec<u8> {
        let target = &self.target;
        let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
        if let Some(value) = proxy.basic_auth() {
            request.extend_from_slice(b"Proxy-Authorization: ");
            request.extend_from_slice(value.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        request
    }

    /// Takes the next bytes of the response, none at its end, and returns whether the tunnel is open. Any status from 200 to
    /// 299 opens it; 1xx responses are skipped.
    ///
    /// # Errors
    /// If the proxy refuses, if the response is not HTTP/1, ends early, has a head of more than 16 KiB, or is followed by bytes
    /// before the tunnel was used.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<bool, TunnelError> {
        if bytes.is_empty() {
            return Err(self.failed(TunnelFault::Ended));
        }
        self.head.extend_from_slice(bytes);
        loop {
            let Some(end) = head_end(&self.head) else {
                // The status line alone says whether it is HTTP.
                if self.head.contains(&b'\n') || self.head.len() > MAX_HEAD {
                    self.status()?;
                }
                if self.head.len() > MAX_HEAD {
                    return Err(self.failed(TunnelFault::HeadTooLong));
                }
                return Ok(false);
            };
            let status = self.status()?;
            if status.is_success() {
                return if end == self.head.len() { Ok(true) } else { Err(self.failed(TunnelFault::Excess)) };
            }
            if !status.is_informational() {
                return Err(self.failed(TunnelFault::Refused(status)));
            }
            self.head.drain(..end);
        }
    }

    fn status(&self) -> Result<StatusCode, TunnelError> {
        let line = self.head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let code = match line {
            [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'0' | b'1', b' ', code @ ..] => code.get(..3),
            _ => None,
        };
        let code = code.and_then(|code| StatusCode::from_bytes(code).ok());
        code.ok_or_else(|| self.failed(TunnelFault::NotHttp))
    }

    fn failed(&self, fault: TunnelFault) -> TunnelError {
        TunnelError { proxy: self.proxy.clone(), target: self.target.clone(), fault }
    }
}

/// The offset behind the empty line that ends a head. A line may end with a line feed alone (RFC 9112, section 2.2).
fn head_end(bytes: &[u8]) -> Option<usize> {
    let mut line_feeds = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    line_feeds
        .find(|at| {
            let rest = bytes.get(*at..).unwrap_or_default();
            rest.starts_with(b"\n") || rest.starts_with(b"\r\n")
        })
        .map(|at| if bytes.get(at) == Some(&b'\n') { at + 1 } else { at + 2 })
}

/// A tunnel that did not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TunnelError {
    proxy: String,
    target: String,
    fault: TunnelFault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TunnelFault {
    Refused(StatusCode),
    NotHttp,
    HeadTooLong,
    Ended,
    Excess,
}

impl TunnelError {
    /// The status with which the proxy refused, if it did.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self.fault {
            TunnelFault::Refused(status) => Some(status),
            _ => None,
        }
    }

    /// Whether another attempt would fail alike: the status is a client error, and neither 408 nor 429.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        let passing = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        self.status().is_some_and(|status| status.is_client_error() && !passing.contains(&status))
    }
}

impl fmt::Display for TunnelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { proxy, target, fault } = self;
        match fault {
            TunnelFault::Refused(status) => {
                write!(f, "proxy {proxy} refused a tunnel to {target}: status {status}")
            }
            TunnelFault::NotHttp => write!(f, "proxy {proxy} did not respond to CONNECT with HTTP/1"),
            TunnelFault::HeadTooLong => {
                write!(f, "proxy {proxy} responded to CONNECT with a head of more than {MAX_HEAD} bytes")
            }
            TunnelFault::Ended => write!(f, "proxy {proxy} closed the connection during CONNECT"),
            TunnelFault::Excess => write!(f, "proxy {proxy} sent bytes behind its response to CONNECT"),
        }
    }
}

impl core::error::Error for TunnelError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn tunnel() -> Tunnel {
        let proxy = "http://me:SQUIRREL@p:1".parse().unwrap();
        Tunnel::new(&proxy, &"https://a.example/x?y".parse().unwrap())
    }

    /// The outcome for a response in pieces of every length.
    fn outcome(response: &str) -> Result<bool, String> {
        let mut outcomes = (1..=response.len()).map(|length| {
            let mut tunnel = tunnel();
            for piece in response.as_bytes().chunks(length) {
                match tunnel.receive(piece) {
                    Ok(true) => return Ok(true),
                    Ok(false) => {}
                    Err(error) => return Err(error.to_string()),
                }
            }
            Ok(false)
        });
        let first = outcomes.next().unwrap();
        assert!(outcomes.all(|outcome| outcome == first), "{response:?}");
        first
    }

    #[test]
    fn the_request() {
        for (proxy, uri, expected) in [
            ("p:1", "http://a.example/", "CONNECT a.example:80 HTTP/1.1\r\nHost: a.example:80\r\n\r\n"),
            ("p:1", "https://a.example/x?y", "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n"),
            (
                "http://me:SQUIRREL@p",
                "https://[::1]:8443/",
                "CONNECT [::1]:8443 HTTP/1.1\r\nHost: [::1]:8443\r\n\
                 Proxy-Authorization: Basic bWU6U1FVSVJSRUw=\r\n\r\n",
            ),
        ] {
            let proxy = proxy.parse().unwrap();
            let request = Tunnel::new(&proxy, &uri.parse().unwrap()).request(&proxy);
            assert_eq!(String::from_utf8(request).unwrap(), expected);
        }
    }

    #[test]
    fn any_success_opens_it() {
        for status in ["200 Connection established", "200", "201 Created", "204 No Content", "299 x"] {
            assert_eq!(outcome(&format!("HTTP/1.1 {status}\r\n\r\n")), Ok(true), "{status}");
            let head = format!("HTTP/1.0 {status}\r\nvia: x\r\ncontent-length: 7\r\n\r\n");
            assert_eq!(outcome(&head), Ok(true), "{status}");
        }
        assert_eq!(outcome("HTTP/1.1 200 OK\n\n"), Ok(true));
        assert_eq!(
            outcome("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\na: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
            Ok(true)
        );
        assert_eq!(outcome("HTTP/1.1 200 OK\r\nvia: x\r\n"), Ok(false));
    }

    #[test]
    fn a_refusal_names_proxy_and_status() {
        for status in
            ["403 Forbidden", "407 Proxy Authentication Required", "503 Service Unavailable", "302 Found"]
        {
            let error = outcome(&format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n")).unwrap_err();
            assert_eq!(error, format!("proxy p:1 refused a tunnel to a.example:443: status {status}"));
        }
        let error = outcome("HTTP/1.1 418 SQUIRREL\r\n\r\n").unwrap_err();
        assert!(error.ends_with("status 418 I'm a teapot"), "{error}");
    }

    #[test]
    fn what_is_no_http_is_an_error() {
        for response in [
            "SSH-2.0-x\r\n",
            "HTTP/2 200\r\n\r\n",
            "HTTP/1.1 2x0\r\n\r\n",
            "HTTP/1.1\r\n\r\n",
            "\r\n\r\n",
            "HTTP/1.1 20\r\n",
        ] {
            let error = outcome(response).unwrap_err();
            assert_eq!(error, "proxy p:1 did not respond to CONNECT with HTTP/1", "{response:?}");
        }
        assert_eq!(
            tunnel().receive(b"").unwrap_err().to_string(),
            "proxy p:1 closed the connection during CONNECT"
        );
        let mut ahead = tunnel();
        let error = ahead.receive(b"HTTP/1.1 200 OK\r\n\r\nx").unwrap_err();
        assert_eq!(error.to_string(), "proxy p:1 sent bytes behind its response to CONNECT");
    }

    #[test]
    fn a_head_without_end_is_an_error() {
        for (start, again) in [
            ("HTTP/1.1 200 OK\r\n", "x: y\r\n"),
            ("HTTP/1.1 200 OK\r\nx: ", "y"),
            ("HTTP/1.1 200 ", &*"y".repeat(64)),
        ] {
            let mut tunnel = tunnel();
            let mut outcome = tunnel.receive(start.as_bytes());
            while outcome == Ok(false) {
                outcome = tunnel.receive(again.as_bytes());
            }
            assert!(outcome.unwrap_err().to_string().contains("more than 16384 bytes"));
            assert!(tunnel.head.len() <= MAX_HEAD + 64);
        }
        let mut noise = tunnel();
        assert!(noise.receive(&vec![0; MAX_HEAD + 1]).unwrap_err().to_string().contains("HTTP/1"));
    }
}
