//! Which proxy the environment has for an endpoint. The transports obey; this tells what they will do.

use core::net::IpAddr;

use barerock_converse::Endpoint;
use barerock_sigv4::REDACTED;

use super::lookup::Search;
use super::settings::Config;
use super::source::{PassedOver, Resolved, Source};
use crate::environment::Environment;
use crate::transport::is_local;

/// Both spellings are in use; where both are set, the first counts.
const HTTPS_PROXY: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const HTTP_PROXY: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const ALL_PROXY: [&str; 2] = ["ALL_PROXY", "all_proxy"];
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Set for CGI programs, whose `HTTP_PROXY` is the request's header `Proxy`: whoever sends it must not lead us astray.
const CGI: &str = "REQUEST_METHOD";

impl Config {
    /// The proxy the environment has for an endpoint, its user name and password blanked: `HTTPS_PROXY` or, for a plain
    /// endpoint, `HTTP_PROXY`, else `ALL_PROXY`; none for this machine and its link ([`is_local`]) and the hosts of
    /// `NO_PROXY`. Each has its spelling in lower case.
    #[must_use]
    pub fn proxy(&self, endpoint: &Endpoint) -> Resolved<Option<String>> {
        let environment = &self.environment;
        let cgi = environment.get(CGI).is_some().then(|| format!("ignored, for {CGI} is set: a CGI program"));
        let search = match endpoint.is_https() {
            true => Search::default().variables(environment, &HTTPS_PROXY, None),
            false => Search::default().variables(environment, &HTTP_PROXY, cgi.as_deref()),
        };
        let mut proxy = search.variables(environment, &ALL_PROXY, None).end();
        let spared = match spares(environment, endpoint.host()) {
            _ if is_local(endpoint.host()) => {
                Some((Source::Default, "set, but this machine is asked directly".to_owned()))
            }
            name => name
                .map(|name| (Source::Variable(name), format!("set, but {name} spares {}", endpoint.host()))),
        };
        if let (Some(_), Some((spared, why))) = (&proxy.value, spared) {
            let source = core::mem::replace(&mut proxy.source, spared);
            proxy.passed_over.push(PassedOver::new(source.to_string(), why));
            proxy.value = None;
        }
        proxy.map(|url| url.map(|url| blanked(&url)))
    }
}

/// The variable that keeps a host from being asked through a proxy, if one does.
fn spares(environment: &Environment, host: &str) -> Option<&'static str> {
    let (name, list) = environment.first(&NO_PROXY)?;
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let is_spared = match host.parse::<IpAddr>() {
        Ok(address) => list.split(',').any(|entry| holds_address(entry.trim_ascii(), address)),
        Err(_) => list.split(',').any(|entry| holds_name(entry.trim_ascii(), &host)),
    };
    is_spared.then_some(name)
}

/// A name, with the names below it, with or without a leading dot; or `*`.
fn holds_name(entry: &str, host: &str) -> bool {
    let name = entry.strip_prefix('.').unwrap_or(entry).to_ascii_lowercase();
    entry == "*"
        || !name.is_empty()
            && host.strip_suffix(&*name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// An address, or a network such as `10.0.0.0/8`.
fn holds_address(entry: &str, address: IpAddr) -> bool {
    let (network, length) = match entry.split_once('/') {
        Some((network, length)) => (network, length.parse::<u32>().ok()),
        None => (entry, Some(u128::BITS)),
    };
    let (Ok(network), Some(length)) = (network.parse::<IpAddr>(), length) else { return false };
    let differ = match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            u32::leading_zeros(network.to_bits() ^ address.to_bits()) < length.min(u32::BITS)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            u128::leading_zeros(network.to_bits() ^ address.to_bits()) < length.min(u128::BITS)
        }
        _ => true,
    };
    !differ
}

/// A proxy's URL without what stands before its `@`.
fn blanked(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}{REDACTED}@{host}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Profiles, Why};

    fn proxy(variables: &[(&str, &str)], url: &str) -> (Option<String>, String, Vec<PassedOver>) {
        let environment = variables.iter().copied().collect();
        let config = Config::loader().environment(environment).resolve(Profiles::default()).unwrap();
        let proxy = config.proxy(&Endpoint::custom(url).unwrap());
        (proxy.value, proxy.source.to_string(), proxy.passed_over)
    }

    #[test]
    fn by_scheme_and_spelling() {
        let all = [
            ("https_proxy", "http://low:1"),
            ("HTTPS_PROXY", "http://me:secret@up:1"),
            ("HTTP_PROXY", "http://plain:1"),
            ("ALL_PROXY", "http://all:1"),
        ];
        let (value, source, passed_over) = proxy(&all, "https://a.example");
        assert_eq!(value.as_deref(), Some("http://**redacted**@up:1"));
        assert_eq!(source, "HTTPS_PROXY");
        assert_eq!(
            passed_over,
            [
                PassedOver::new("https_proxy", Why::After(Source::Variable("HTTPS_PROXY"))),
                PassedOver::new("ALL_PROXY", Why::After(Source::Variable("HTTPS_PROXY")))
            ]
        );
        assert_eq!(proxy(&all, "http://a.example").0.as_deref(), Some("http://plain:1"));
        assert_eq!(proxy(&all[3..], "http://a.example").0.as_deref(), Some("http://all:1"));
        assert_eq!(proxy(&[], "http://a.example").1, "default");
        let cgi = [all[2], ("REQUEST_METHOD", "GET")];
        assert_eq!(proxy(&cgi, "http://a.example").0, None);
    }

    #[test]
    fn some_hosts_are_spared() {
        for (list, url, spared) in [
            ("*", "https://a.example", true),
            ("b.example, .A.example", "https://a.example", true),
            ("example", "https://a.example", true),
            ("a.example", "https://xa.example", false),
            ("", "https://a.example", false),
            (",", "https://a.example", false),
            ("10.0.0.0/8", "https://10.1.2.3:80", true),
            ("11.0.0.0/8", "https://10.1.2.3", false),
            ("10.1.2.3", "https://10.1.2.3", true),
            ("0.0.0.0/0", "https://10.1.2.3", true),
            ("10.1.2.3/x", "https://10.1.2.3", false),
            ("::/0", "https://10.1.2.3", false),
            ("fd00::1", "https://[fd00::1]:8080/x", true),
            ("fd00::/999", "https://[fd00::1]", false),
            ("fd00::/8", "https://[fd00::1]", true),
        ] {
            let (value, source, _) = proxy(&[("HTTPS_PROXY", "p:1"), ("NO_PROXY", list)], url);
            assert_eq!((value.is_none(), source == "NO_PROXY"), (spared, spared), "{list} {url}");
        }
        let (value, source, passed_over) = proxy(&[("HTTPS_PROXY", "p:1")], "https://localhost:1");
        assert_eq!((value, &*source, passed_over.len()), (None, "default", 1));
    }

    #[test]
    fn passwords_are_blanked() {
        for (url, shown) in [
            ("http://user:p@ss@host:1", "http://**redacted**@host:1"),
            ("user:pass@host", "**redacted**@host"),
            ("host:8080", "host:8080"),
            ("socks5://host", "socks5://host"),
        ] {
            assert_eq!(blanked(url), shown);
        }
    }
}
