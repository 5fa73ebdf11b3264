//! Proxies: which requests use which one.

pub use error::ProxyError;
use error::ProxyErrorReason;
use exceptions::Exception;
use http::Uri;
use http::uri::Scheme;
pub use tunnel::{Tunnel, TunnelError};
pub use url::{ProxyScheme, ProxyUrl};

use super::local::is_local;
use crate::environment::Environment;

mod error;
mod exceptions;
mod tunnel;
mod url;

/// The variables with the proxy of `https` URIs; the first that is set counts.
pub const HTTPS_PROXY: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
/// The variables with the proxy of `http` URIs; the first that is set counts. Ignored if [`REQUEST_METHOD`] is set.
pub const HTTP_PROXY: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
/// The variables with the proxy of URIs whose scheme has no proxy of its own; the first that is set counts.
pub const ALL_PROXY: [&str; 2] = ["ALL_PROXY", "all_proxy"];
/// The variables with the hosts that are reached without a proxy; the first that is set counts.
pub const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];
/// Set for CGI programs, whose `HTTP_PROXY` is the header `Proxy` of the request they handle (CVE-2016-5385).
pub const REQUEST_METHOD: &str = "REQUEST_METHOD";

/// Which requests use which proxy.
///
/// A value: it reads no environment and opens no socket. Every transport and the program's `doctor` decide by it.
///
/// ```
/// use barerock::Environment;
/// use barerock::transport::ProxyRules;
///
/// let variables = [("HTTPS_PROXY", "http://proxy.internal:3128"), ("NO_PROXY", "*.example.com, 10.0.0.0/8")];
/// let rules = ProxyRules::from_environment(&Environment::from_iter(variables))?;
/// let proxy_for = |uri: &'static str| rules.proxy_for(&uri.parse().unwrap()).map(|proxy| proxy.authority());
/// assert_eq!(proxy_for("https://bedrock-runtime.us-east-1.amazonaws.com/").unwrap(), "proxy.internal:3128");
/// assert_eq!(proxy_for("https://gateway.example.com/"), None);
/// # Ok::<(), barerock::transport::ProxyError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProxyRules {
    https: Option<NamedProxy>,
    http: Option<NamedProxy>,
    exceptions: Vec<Exception>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct NamedProxy {
    /// The variable's name in an error, or that of another source.
    name: &'static str,
    url: ProxyUrl,
}

/// What [`ProxyRules`] say about a URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyDecision<'r> {
    /// Its scheme has no proxy.
    NoProxy,
    /// Its scheme has a proxy, which is not used because the host is local ([`is_local`]).
    Local,
    /// Its scheme has a proxy, which is not used because of an entry of `NO_PROXY`.
    Exception(&'r str),
    /// The proxy to use.
    Proxy(&'r ProxyUrl),
}

impl ProxyRules {
    /// The rules with one proxy for `http` and `https` URIs.
    #[must_use]
    pub fn all(proxy: ProxyUrl) -> Self {
        Self::default().https(proxy.clone()).http(proxy)
    }

    /// Sets the proxy for `https` URIs.
    #[must_use]
    pub fn https(mut self, proxy: ProxyUrl) -> Self {
        self.https = Some(NamedProxy { name: "proxy URL", url: proxy });
        self
    }

    /// Sets the proxy for `http` URIs.
    #[must_use]
    pub fn http(mut self, proxy: ProxyUrl) -> Self {
        self.http = Some(NamedProxy { name: "proxy URL", url: proxy });
        self
    }

    /// Sets the hosts that are reached without a proxy, in the form of `NO_PROXY`: a list, separated by commas or white
    /// space, of names, which include their subdomains (`example.com`, `.example.com` and `*.example.com` are the same),
    /// addresses, networks (`10.0.0.0/8`), and `*` for all hosts. `:PORT` behind a name or address limits it to that port of
    /// the URI. An entry of another form matches no host.
    #[must_use]
    pub fn no_proxy(mut self, list: &str) -> Self {
        self.exceptions = exceptions::parse(list);
        self
    }

    /// The rules of an environment: `HTTPS_PROXY` for `https` URIs, `HTTP_PROXY` for `http` URIs, `ALL_PROXY` for a scheme
    /// without its own variable, and the hosts of `NO_PROXY`; each also in lower case, upper case first. A blank variable
    /// counts as unset. `HTTP_PROXY` is ignored if `REQUEST_METHOD` is set.
    ///
    /// # Errors
    /// If a variable that counts for one of the schemes is no valid proxy URL, or one of the variables is not UTF-8.
    pub fn from_environment(environment: &Environment) -> Result<Self, ProxyError> {
        for name in [HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY].into_iter().flatten() {
            if environment.is_not_utf8(name) {
                return Err(ProxyError::new(name, ProxyErrorReason::NotUtf8));
            }
        }
        let first = |names: [&'static str; 2]| names.into_iter().find_map(|name| set(environment, name));
        let all = first(ALL_PROXY);
        let http = if environment.get(REQUEST_METHOD).is_none() { first(HTTP_PROXY) } else { None };
        let parse = |variable: Option<(&'static str, &str)>| {
            let parsed = variable.map(|(name, url)| match url.parse() {
                Ok(url) => Ok(NamedProxy { name, url }),
                Err(error) => Err(ProxyError::of(error, name)),
            });
            parsed.transpose()
        };
        let rules = Self {
            https: parse(first(HTTPS_PROXY).or(all))?,
            http: parse(http.or(all))?,
            exceptions: Vec::new(),
        };
        Ok(rules.no_proxy(first(NO_PROXY).map_or("", |(_, list)| list)))
    }

    /// Whether no URI has a proxy.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.https.is_none() && self.http.is_none()
    }

    /// The proxy for a URI, and if there is none, why.
    #[must_use]
    pub fn decide(&self, uri: &Uri) -> ProxyDecision<'_> {
        let is_https = uri.scheme() == Some(&Scheme::HTTPS);
        let proxy = if is_https { &self.https } else { &self.http };
        let (Some(proxy), Some(host)) = (proxy, uri.host()) else { return ProxyDecision::NoProxy };
        if is_local(host) {
            return ProxyDecision::Local;
        }
        let port = uri.port_u16().unwrap_or(if is_https { 443 } else { 80 });
        match self.exceptions.iter().find(|exception| exception.matches(host, port)) {
            Some(exception) => ProxyDecision::Exception(exception.text()),
            None => ProxyDecision::Proxy(&proxy.url),
        }
    }

    /// The proxy for a URI; `None` if it is reached without one.
    #[must_use]
    pub fn proxy_for(&self, uri: &Uri) -> Option<&ProxyUrl> {
        match self.decide(uri) {
            ProxyDecision::Proxy(proxy) => Some(proxy),
            _ => None,
        }
    }

    /// Checks that every proxy has a scheme the transport supports.
    ///
    /// # Errors
    /// If one has another scheme; the error names the variable.
    pub fn require_schemes(&self, supported: &[ProxyScheme]) -> Result<(), ProxyError> {
        match self.https.iter().chain(&self.http).find(|proxy| !supported.contains(&proxy.url.scheme())) {
            Some(proxy) => Err(ProxyError::new(proxy.name, ProxyErrorReason::Scheme)),
            None => Ok(()),
        }
    }
}

/// A variable's name and value, unless it is blank.
fn set<'e>(environment: &'e Environment, name: &'static str) -> Option<(&'static str, &'e str)> {
    let value = environment.get(name)?.trim_ascii();
    (!value.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests;
