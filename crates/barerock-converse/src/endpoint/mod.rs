//! Endpoints: the service's endpoint for a region, or a custom URL.

mod partition;
mod rules;
#[cfg(test)]
mod tests;

use core::fmt;

pub use partition::Partition;
pub use rules::{EndpointBuilder, EndpointService, FIPS_REGIONS};

/// Base URL of a Bedrock Runtime endpoint: scheme, host, optional port, and an optional path that precedes the path of
/// the operation.
///
/// ```
/// # use barerock_converse::Endpoint;
/// assert_eq!(Endpoint::for_region("eu-central-1")?.host(), "bedrock-runtime.eu-central-1.amazonaws.com");
/// let gateway = Endpoint::custom("https://gateway.example/bedrock")?;
/// assert!(gateway.is_https());
/// # Ok::<(), barerock_converse::EndpointError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Without a trailing slash.
    base: String,
    is_https: bool,
    is_loopback: bool,
}

impl Endpoint {
    /// Returns a builder for an endpoint by region, FIPS and dual stack, or a custom URL.
    #[must_use]
    pub fn builder<'a>() -> EndpointBuilder<'a> {
        EndpointBuilder::new()
    }

    /// Returns the service's endpoint for a region: `https://bedrock-runtime.{region}.{DNS suffix of the partition}`.
    ///
    /// # Errors
    /// If `region` is empty or is not a host label (1 to 63 of `a-zA-Z0-9-`, no `-` at either end).
    pub fn for_region(region: &str) -> Result<Self, EndpointError> {
        Self::builder().region(region).build()
    }

    /// Parses a custom endpoint: `http://` or `https://`, a host, and optionally a port and a path that precedes the
    /// path of the operation.
    ///
    /// # Errors
    /// If `url` is not an absolute `http` or `https` URL, or contains a user name, a password, a query or a fragment.
    pub fn custom(url: &str) -> Result<Self, EndpointError> {
        Self::builder().url(url).build()
    }

    fn parse(url: &str) -> Result<Self, EndpointError> {
        let (shown, _) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
        let authority = split_scheme(shown).map_or(shown, |(_, rest)| rest).trim_start_matches('/');
        // A URL that may contain a password is not part of the error.
        if authority.split('/').next().is_some_and(|authority| authority.contains('@')) {
            return Err(EndpointError::UserInfo);
        }
        // In a URL that is not well-formed, all before an `@` may be a password.
        let bad = |why| match url.contains('@') {
            true => EndpointError::UserInfo,
            false => EndpointError::Url { url: shown.to_owned(), why },
        };
        if !url.bytes().all(is_of_url) {
            return Err(bad("invalid character"));
        }
        let Some((scheme, rest)) = split_scheme(url) else {
            return Err(bad("missing scheme"));
        };
        let is_https = scheme.eq_ignore_ascii_case("https");
        if !is_https && !scheme.eq_ignore_ascii_case("http") {
            return Err(bad("scheme is neither http nor https"));
        }
        if shown.len() < url.len() {
            return Err(bad("contains a query or a fragment"));
        }
        let (host, port) = host_and_port(rest.split('/').next().unwrap_or_default());
        if host.is_empty() {
            return Err(bad("missing host"));
        }
        if !is_host(host) {
            return Err(bad("invalid host"));
        }
        if !port.bytes().all(|byte| byte.is_ascii_digit())
            || (!port.is_empty() && port.parse::<u16>().is_err())
        {
            return Err(bad("invalid port"));
        }
        Ok(Self { base: url.trim_end_matches('/').to_owned(), is_https, is_loopback: is_loopback(host) })
    }

    /// The URL, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.base
    }

    /// The host name or IP address; an IPv6 address is in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        host_and_port(self.authority()).0
    }

    /// The value of the header `host`: RFC 9110, section 4.2.3, "if the port is equal to the default port for a scheme, the
    /// normal form is to omit the port".
    pub(crate) fn host_header(&self) -> &str {
        let (host, port) = host_and_port(self.authority());
        let default_port = if self.is_https { "443" } else { "80" };
        if port.is_empty() || port == default_port { host } else { self.authority() }
    }

    /// Host and optional port.
    fn authority(&self) -> &str {
        let (_, rest) = split_scheme(&self.base).unwrap_or_default();
        rest.split('/').next().unwrap_or_default()
    }

    /// Scheme, host and optional port.
    pub(crate) fn origin(&self) -> &str {
        self.base.strip_suffix(self.path()).unwrap_or_default()
    }

    /// Path that precedes the path of the operation: empty, or without a trailing slash.
    pub(crate) fn path(&self) -> &str {
        let (_, rest) = split_scheme(&self.base).unwrap_or_default();
        rest.strip_prefix(self.authority()).unwrap_or_default()
    }

    /// True if the scheme is `https`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// True if the host is `localhost`, in 127.0.0.0/8, or `::1`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

/// Splits a URL at `://`.
fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    Some((scheme, rest.strip_prefix("//")?))
}

/// True for bytes that may be part of a URL (RFC 3986, section 2).
fn is_of_url(byte: u8) -> bool {
    byte.is_ascii_graphic() && !br#""<>\^`{|}"#.contains(&byte)
}

/// Splits an authority at the last colon outside brackets.
fn host_and_port(authority: &str) -> (&str, &str) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (authority, ""),
    }
}

/// True for a name or an IPv6 address in brackets (RFC 3986, section 3.2.2).
fn is_host(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')),
        None => !host.contains(['[', ']', ':', '@']),
    }
}

/// True for a host, written as in a URI, that is this machine: `localhost`, `[::1]`, and 127 followed by three numbers. Other
/// spellings of loopback addresses count as remote, which is the safe side; the standard library's address parser adds 3 KB.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<u8>().is_ok();
    let numbers = host.strip_prefix("127.").map(|rest| rest.split('.'));
    host.eq_ignore_ascii_case("localhost")
        || matches!(host, "[::1]" | "::1")
        || numbers.is_some_and(|mut numbers| numbers.clone().count() == 3 && numbers.all(is_number))
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({})", self.base)
    }
}

/// Error of building an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointError {
    /// The region is empty or not a host label.
    Region(String),
    /// The URL is not a valid endpoint URL.
    Url {
        /// The URL without its query, which may contain a secret.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The URL contains a user name or password, which would be logged.
    UserInfo,
    /// FIPS is enabled together with a custom endpoint.
    FipsAndCustom,
    /// Dual stack is enabled together with a custom endpoint.
    DualStackAndCustom,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region(region) if region.is_empty() => f.write_str("Invalid Configuration: Missing Region"),
            Self::Region(region) => {
                write!(f, "invalid region {region:?}: not a host label (1 to 63 letters, digits and `-`)")
            }
            Self::Url { url, why } => write!(f, "invalid endpoint URL {url:?}: {why}"),
            Self::UserInfo => f.write_str("the endpoint URL contains a user name or password"),
            // The error texts of the service's endpoint rule set.
            Self::FipsAndCustom => {
                f.write_str("Invalid Configuration: FIPS and custom endpoint are not supported")
            }
            Self::DualStackAndCustom => {
                f.write_str("Invalid Configuration: Dualstack and custom endpoint are not supported")
            }
        }
    }
}

impl core::error::Error for EndpointError {}
