//! Hosts that are reached without a proxy.

use core::net::IpAddr;

use barerock_converse::endpoint::is_loopback;

/// Travels with a request as an extension: it must not use a proxy. Credentials providers mark requests to the hosts of
/// [`is_local`]: a proxy could not reach them, and must not read their responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct NoProxy;

/// The IPv6 prefix of AWS's services on a machine: instance metadata, containers, time, names.
const AWS_LOCAL: [u16; 2] = [0xfd00, 0x0ec2];

/// Whether a host, written as in a URI, is this machine or reachable on its link alone: loopback addresses and
/// `localhost`, link-local addresses (RFC 3927, RFC 4291 section 2.5.6) and `fd00:ec2::/32`. The metadata services of EC2, ECS
/// and EKS are among them.
#[must_use]
pub fn is_local(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => is_loopback(&address.to_string()) || address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            is_loopback(host) || address.is_unicast_link_local() || address.segments().starts_with(&AWS_LOCAL)
        }
        Err(_) => is_loopback(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_its_link() {
        for host in [
            "localhost",
            "LocalHost",
            "127.0.0.1",
            "127.9.9.9",
            "::1",
            "[::1]",
            "169.254.169.254",
            "169.254.170.2",
            "169.254.170.23",
            "[fd00:ec2::254]",
            "[fd00:ec2::23]",
            "[fe80::1]",
            "[::ffff:169.254.169.254]",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "",
            "localhost.example",
            "10.0.0.1",
            "169.253.0.1",
            "169.254.169.254.example",
            "[fd00:ec3::254]",
            "[2001:db8::1]",
            "[::ffff:10.0.0.1]",
            "sts.amazonaws.com",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }
}
