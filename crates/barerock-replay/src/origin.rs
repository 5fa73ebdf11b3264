//! Rejection of requests that a web page could have sent to a server on a loopback address.

use core::net::IpAddr;

use http::header::{HOST, HeaderName, ORIGIN};
use http::{HeaderMap, Uri};

/// Returns the name of a `host` or `origin` header that does not name this machine, if the request has one.
///
/// Otherwise a web page could read recorded prompts: through a host name that resolves to a loopback address (DNS
/// rebinding), or by sending a request to one. Browsers do not let pages set `host` and `origin`.
pub(crate) fn foreign_header(headers: &HeaderMap) -> Option<HeaderName> {
    let is_foreign = |name: &HeaderName, is_ours: fn(&str) -> bool| {
        headers.get_all(name).iter().any(|value| !value.to_str().is_ok_and(is_ours))
    };
    if is_foreign(&HOST, is_loopback_authority) {
        return Some(HOST);
    }
    is_foreign(&ORIGIN, is_loopback_origin).then_some(ORIGIN)
}

fn is_loopback_origin(origin: &str) -> bool {
    origin.parse::<Uri>().is_ok_and(|uri| uri.host().is_some_and(is_loopback_host))
}

fn is_loopback_authority(authority: &str) -> bool {
    authority.parse::<http::uri::Authority>().is_ok_and(|authority| is_loopback_host(authority.host()))
}

fn is_loopback_host(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    // RFC 6761, section 6.3: subdomains of `localhost` are loopback names too.
    name == "localhost"
        || name.ends_with(".localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(headers: &[(&str, &str)]) -> Option<HeaderName> {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
            .collect();
        foreign_header(&headers)
    }

    #[test]
    fn only_names_of_this_machine_pass() {
        for host in ["127.0.0.1:8080", "127.0.0.1", "localhost", "LOCALHOST:1", "[::1]:8080", "a.localhost"] {
            assert_eq!(foreign(&[("host", host)]), None, "{host}");
            assert_eq!(foreign(&[("host", host), ("origin", &format!("http://{host}"))]), None, "{host}");
        }
        assert_eq!(foreign(&[]), None, "HTTP/1.0");
        for host in
            ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:80", "localhost.evil.example", "", "a b"]
        {
            assert_eq!(foreign(&[("host", host)]), Some(HOST), "{host}");
        }
        for origin in ["http://evil.example", "null", "https://localhost.evil.example"] {
            assert_eq!(foreign(&[("host", "localhost"), ("origin", origin)]), Some(ORIGIN), "{origin}");
        }
    }
}
