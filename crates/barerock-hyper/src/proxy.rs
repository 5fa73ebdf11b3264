//! Proxies: which requests go by way of one, and how.

use core::fmt;
use std::sync::Arc;

use barerock::Environment;
use barerock::transport::is_local;
use bytes::Bytes;
use http::header::PROXY_AUTHORIZATION;
use http::uri::Scheme;
use http::{Request, Uri};
use http_body_util::Full;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tower_service::Service as _;

use crate::connector::{Connecting, Detour, Direct};
use crate::stream::Stream;

/// The variables for each scheme, the first that is set first.
const HTTPS_PROXY: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const HTTP_PROXY: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const ALL_PROXY: [&str; 2] = ["ALL_PROXY", "all_proxy"];
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Set for CGI programs, whose `HTTP_PROXY` is the header `Proxy` of whoever asks them.
const CGI: &str = "REQUEST_METHOD";

/// Which requests go by way of which proxy.
///
/// A proxy is asked over plain HTTP: for `https` endpoints with CONNECT, so that it sees names and ports but neither
/// requests nor answers; for `http` ones with the whole request. Its URL is `http://[USER:PASSWORD@]HOST[:PORT]`, the
/// password percent-encoded where it must be.
///
/// Requests to this machine itself, and to what answers on its link alone such as instance metadata, never go by way of
/// one ([`is_local`]).
#[derive(Debug)]
pub struct Proxy {
    rules: Matcher,
}

impl Proxy {
    /// The proxy for all requests but those to the hosts of `exceptions`, in the form of `NO_PROXY`: a list with
    /// commas of names, which stand for their subdomains too, addresses and networks; `*` is every host.
    ///
    /// # Errors
    /// If the URL is not that of a proxy.
    pub fn all(url: &str, exceptions: &str) -> Result<Self, ProxyError> {
        let url = check("the proxy", url)?;
        Ok(Self { rules: Matcher::builder().all(url).no(exceptions).build() })
    }

    /// The proxies that an environment names: `HTTPS_PROXY`, `HTTP_PROXY`, else `ALL_PROXY`, but for the hosts of `NO_PROXY`;
    /// each has its spelling in lower case. `None` where it names none.
    ///
    /// # Errors
    /// If the URL of one is not that of a proxy.
    pub fn from_environment(environment: &Environment) -> Result<Option<Self>, ProxyError> {
        let first = |names: [&'static str; 2]| {
            names.into_iter().find_map(|name| Some((name, environment.get(name)?)))
        };
        let proxy = |names| first(names).map(|(name, url)| check(name, url)).transpose();
        let https = proxy(HTTPS_PROXY)?;
        let http = if environment.get(CGI).is_none() { proxy(HTTP_PROXY)? } else { None };
        let all = proxy(ALL_PROXY)?;
        if https.is_none() && http.is_none() && all.is_none() {
            return Ok(None);
        }
        let rules = Matcher::builder()
            .https(https.unwrap_or_default())
            .http(http.unwrap_or_default())
            .all(all.unwrap_or_default())
            .no(first(NO_PROXY).map(|(_, hosts)| hosts).unwrap_or_default())
            .build();
        Ok(Some(Self { rules }))
    }

    /// The proxy for requests to a URI. A request to this machine may be signed and not encrypted, which is nobody else's
    /// business.
    fn intercept(&self, uri: &Uri) -> Option<Intercept> {
        if uri.host().is_none_or(is_local) { None } else { self.rules.intercept(uri) }
    }
}

impl Detour for Proxy {
    fn connect(&self, direct: &Arc<Direct>, uri: &Uri) -> Option<Connecting> {
        let proxy = self.intercept(uri)?;
        let (direct, uri) = (Arc::clone(direct), uri.clone());
        Some(Box::pin(async move {
            let mut tcp = direct.tcp.clone();
            if uri.scheme() != Some(&Scheme::HTTPS) {
                return Ok(Stream::plain(tcp.call(proxy.uri().clone()).await?.into_inner()).proxied());
            }
            let mut tunnel = Tunnel::new(proxy.uri().clone(), tcp);
            if let Some(authorization) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(authorization.clone());
            }
            let tcp = tunnel.call(uri.clone()).await?.into_inner();
            direct.secure(tcp, &uri).await
        }))
    }

    fn prepare(&self, request: &mut Request<Full<Bytes>>) {
        if request.uri().scheme() == Some(&Scheme::HTTP)
            && let Some(proxy) = self.intercept(request.uri())
            && let Some(authorization) = proxy.basic_auth()
        {
            request.headers_mut().insert(PROXY_AUTHORIZATION, authorization.clone());
        }
    }
}

/// The URL of a proxy with its scheme. What the rules cannot use they would leave out in silence.
fn check(name: &'static str, url: &str) -> Result<String, ProxyError> {
    let with_scheme = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let wrong = |what| Err(ProxyError { name, what });
    let Ok(uri) = with_scheme.parse::<Uri>() else { return wrong("is not a URL") };
    if uri.scheme() != Some(&Scheme::HTTP) {
        return wrong("is of a kind that is not supported; only http:// proxies are");
    }
    match uri.authority() {
        Some(authority) if authority.host().is_empty() => wrong("names no host"),
        // What stands after the host and is no number is no port, and would be left out.
        Some(authority) if authority.port().is_none() && !authority.as_str().ends_with(authority.host()) => {
            wrong("has a port that is none")
        }
        _ => Ok(with_scheme),
    }
}

/// A URL that is not that of a proxy. It is not shown: there may be a password in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyError {
    name: &'static str,
    what: &'static str,
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the URL of {} {}: it must be http://[USER:PASSWORD@]HOST[:PORT]", self.name, self.what)
    }
}

impl core::error::Error for ProxyError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy_for(variables: &[(&str, &str)], url: &str) -> Option<String> {
        let environment = variables.iter().copied().collect();
        let proxy = Proxy::from_environment(&environment).unwrap()?;
        proxy.intercept(&url.parse().unwrap()).map(|proxy| proxy.uri().to_string())
    }

    #[test]
    fn the_environment_names_proxies_by_scheme() {
        let all = [
            ("https_proxy", "http://low:1"),
            ("HTTPS_PROXY", "up:2"),
            ("HTTP_PROXY", "http://plain:3"),
            ("ALL_PROXY", "http://all:4"),
        ];
        assert_eq!(proxy_for(&all, "https://a.example").as_deref(), Some("http://up:2/"));
        assert_eq!(proxy_for(&all[..1], "https://a.example").as_deref(), Some("http://low:1/"));
        assert_eq!(proxy_for(&all, "http://a.example").as_deref(), Some("http://plain:3/"));
        assert_eq!(proxy_for(&all[3..], "http://a.example").as_deref(), Some("http://all:4/"));
        assert_eq!(proxy_for(&[], "https://a.example"), None);
        assert_eq!(proxy_for(&[("HTTPS_PROXY", "")], "https://a.example"), None);
        let cgi = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "http://plain:3")];
        assert_eq!(proxy_for(&cgi, "http://a.example"), None);
    }

    #[test]
    fn exceptions_and_this_machine_go_straight() {
        let with = |no_proxy| [("ALL_PROXY", "http://p:1"), ("NO_PROXY", no_proxy)];
        for (no_proxy, url, straight) in [
            ("", "https://a.example", false),
            ("a.example", "https://a.example", true),
            (".example", "https://a.example", true),
            ("a.example, b.example", "https://x.b.example", true),
            ("a.example", "https://ba.example", false),
            ("10.0.0.0/8", "https://10.1.2.3", true),
            ("*", "https://a.example", true),
            ("", "http://127.0.0.1:80", true),
            ("", "https://[::1]:443", true),
            ("", "https://localhost", true),
            ("", "http://169.254.169.254", true),
            ("", "http://[fd00:ec2::254]", true),
        ] {
            assert_eq!(proxy_for(&with(no_proxy), url).is_none(), straight, "{no_proxy} {url}");
        }
    }

    #[test]
    fn a_bad_url_is_named_and_its_password_is_not_shown() {
        for (url, words) in [
            ("socks5://me:SQUIRREL@p:1", "is of a kind that is not supported; only http:// proxies are"),
            ("https://me:SQUIRREL@p:1", "is of a kind that is not supported; only http:// proxies are"),
            ("http://me:SQUIRREL@p:port", "has a port that is none"),
            ("http://me:SQUIRREL@p:99999", "has a port that is none"),
            ("http://me:SQUIRREL p", "is not a URL"),
            ("http://:3128", "names no host"),
        ] {
            let error = Proxy::from_environment(&[("HTTPS_PROXY", url)].into_iter().collect()).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("the URL of HTTPS_PROXY {words}: it must be http://[USER:PASSWORD@]HOST[:PORT]")
            );
            assert!(!format!("{error:?}").contains("SQUIRREL"));
        }
        let proxy = Proxy::all("http://me:SQUIRREL@p:1", "").unwrap();
        assert!(!format!("{proxy:?}").contains("SQUIRREL"), "{proxy:?}");
        let intercept = proxy.intercept(&"https://a.example".parse().unwrap()).unwrap();
        assert_eq!(intercept.basic_auth().unwrap(), "Basic bWU6U1FVSVJSRUw=");
    }
}
