//! `NO_PROXY`: the hosts that are reached without a proxy.

use core::net::IpAddr;

/// One entry of `NO_PROXY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exception {
    /// As it was written.
    text: Box<str>,
    hosts: Hosts,
    /// The port the entry is limited to.
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Hosts {
    All,
    /// In lower case, without leading and trailing dots.
    Domain(Box<str>),
    /// An address and the number of leading bits that must be equal.
    Network(IpAddr, u32),
}

/// Parses a list: entries are separated by commas or white space. What is no entry matches no host.
pub(super) fn parse(list: &str) -> Vec<Exception> {
    let texts = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|text| !text.is_empty());
    texts.filter_map(Exception::parse).collect()
}

impl Exception {
    fn parse(text: &str) -> Option<Self> {
        let (hosts, port) = match Hosts::parse_address(text) {
            Some(hosts) => (hosts, None),
            None => {
                let (host, port) = match text.rsplit_once(':') {
                    Some((host, port)) => (host, Some(port.parse().ok()?)),
                    None => (text, None),
                };
                (Hosts::parse(host)?, port)
            }
        };
        Some(Self { text: text.into(), hosts, port })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the entry is about a host, written as in a URI, and port.
    pub(super) fn matches(&self, host: &str, port: u16) -> bool {
        self.port.is_none_or(|only| only == port) && self.hosts.contain(host)
    }
}

impl Hosts {
    fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::All);
        }
        if let Some(address) = Self::parse_address(text) {
            return Some(address);
        }
        let domain = text.strip_prefix('*').unwrap_or(text).trim_matches('.');
        let is_name = domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        (is_name && !domain.is_empty()).then(|| Self::Domain(domain.to_ascii_lowercase().into()))
    }

    /// An address, an address in brackets, or a network such as `10.0.0.0/8`.
    fn parse_address(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address = address_of(address)?;
        let most = if address.is_ipv4() { u32::BITS } else { u128::BITS };
        let length = length.unwrap_or(most);
        (length <= most).then_some(Self::Network(address, length))
    }

    fn contain(&self, host: &str) -> bool {
        match (self, address_of(host)) {
            (Self::All, _) => true,
            (Self::Network(network, length), Some(address)) => is_in(address, *network, *length),
            (Self::Domain(domain), None) => {
                let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
                host.strip_suffix(&**domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            _ => false,
        }
    }
}

fn address_of(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse::<IpAddr>().ok()
}

fn is_in(address: IpAddr, network: IpAddr, length: u32) -> bool {
    match (network, address.to_canonical(), address) {
        (IpAddr::V4(network), IpAddr::V4(address), _) => {
            u32::leading_zeros(network.to_bits() ^ address.to_bits()) >= length
        }
        (IpAddr::V6(network), _, IpAddr::V6(address)) => {
            u128::leading_zeros(network.to_bits() ^ address.to_bits()) >= length
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(list: &str, host: &str, port: u16) -> bool {
        parse(list).iter().any(|exception| exception.matches(host, port))
    }

    #[test]
    fn names() {
        for (list, host, is_exempt) in [
            ("*", "a.example", true),
            ("a.example", "a.example", true),
            ("A.Example", "a.eXample.", true),
            ("a.example.", "a.example", true),
            ("a.example", "x.a.example", true),
            ("a.example", "xa.example", false),
            ("a.example", "a.example.org", false),
            ("b.example, .A.example", "a.example", true),
            (".a.example", "x.a.example", true),
            ("*.a.example", "x.a.example", true),
            ("*.a.example", "a.example", true),
            ("*.a.example", "xa.example", false),
            ("*a.example", "xa.example", false),
            ("b.example\ta.example\n", "a.example", true),
            (" b.example  a.example ", "a.example", true),
            ("example", "a.example", true),
            ("", "a.example", false),
            (",", "a.example", false),
            (".", "a.example", false),
            ("*.", "a.example", false),
            ("https://a.example", "a.example", false),
            ("a.*", "a.example", false),
            ("10.1.2.3", "10.1.2.3.example", false),
        ] {
            assert_eq!(matches(list, host, 443), is_exempt, "{list} {host}");
        }
    }

    #[test]
    fn ports() {
        for (list, host, port, is_exempt) in [
            ("a.example:443", "a.example", 443, true),
            ("a.example:443", "x.a.example", 443, true),
            ("a.example:443", "a.example", 8443, false),
            ("*.a.example:80", "a.example", 80, true),
            ("*:443", "a.example", 443, true),
            ("*:443", "a.example", 80, false),
            ("10.0.0.1:80", "10.0.0.1", 80, true),
            ("10.0.0.1:80", "10.0.0.1", 81, false),
            ("[fd00::1]:80", "[fd00::1]", 80, true),
            ("[fd00::1]:80", "[fd00::1]", 81, false),
            ("a.example:", "a.example", 443, false),
            ("a.example:x", "a.example", 443, false),
            ("a.example:99999", "a.example", 443, false),
        ] {
            assert_eq!(matches(list, host, port), is_exempt, "{list} {host}:{port}");
        }
    }

    #[test]
    fn addresses_and_networks() {
        for (list, host, is_exempt) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("11.0.0.0/8", "10.1.2.3", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false),
            ("1.2.3", "10.1.2.3", false),
            ("0.0.0.0/0", "10.1.2.3", true),
            ("10.1.2.3/x", "10.1.2.3", false),
            ("10.1.2.3/33", "10.1.2.3", false),
            ("10.1.2.3/32", "10.1.2.3", true),
            ("::/0", "10.1.2.3", false),
            ("fd00::1", "[fd00::1]", true),
            ("[fd00::1]", "[fd00::1]", true),
            ("fd00::/999", "[fd00::1]", false),
            ("fd00::/8", "[fd00::1]", true),
            ("fd00::/8", "[fe00::1]", false),
            ("10.0.0.0/8", "[::ffff:10.0.0.1]", true),
            ("*", "[fd00::1]", true),
        ] {
            assert_eq!(matches(list, host, 443), is_exempt, "{list} {host}");
        }
    }
}
