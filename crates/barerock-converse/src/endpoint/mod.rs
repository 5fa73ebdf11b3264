//! Where a request goes: the service's own address for a region, or one of yours.

mod partition;
mod rules;
#[cfg(test)]
mod tests;

use core::fmt;

pub use partition::Partition;
pub use rules::{EndpointBuilder, EndpointService, FIPS_REGIONS};

/// The address of a Bedrock Runtime: scheme, host and perhaps a path to put before the operation's.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Without a trailing slash.
    base: String,
    is_https: bool,
    is_loopback: bool,
}

impl Endpoint {
    /// Sets up an endpoint: region, FIPS, dual stack, or a URL of your own.
    #[must_use]
    pub fn builder<'a>() -> EndpointBuilder<'a> {
        EndpointBuilder::new()
    }

    /// The service's own endpoint: `https://bedrock-runtime.{region}.{suffix of the region's partition}`.
    ///
    /// # Errors
    /// If `region` is empty or is not a host label (1 to 63 of `a-zA-Z0-9-`, no `-` at either end).
    pub fn for_region(region: &str) -> Result<Self, EndpointError> {
        Self::builder().region(region).build()
    }

    /// An endpoint of your own: `http://` or `https://`, a host, perhaps a port and a path to put before the operation's.
    ///
    /// # Errors
    /// If `url` is no absolute URL, has another scheme, a user name or password, or a query.
    pub fn custom(url: &str) -> Result<Self, EndpointError> {
        Self::builder().url(url).build()
    }

    fn parse(url: &str) -> Result<Self, EndpointError> {
        let (shown, _) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
        let authority = split_scheme(shown).map_or(shown, |(_, rest)| rest).trim_start_matches('/');
        // The text of a URL with a password in it is not shown.
        if authority.split('/').next().is_some_and(|authority| authority.contains('@')) {
            return Err(EndpointError::UserInfo);
        }
        let bad = |why| EndpointError::Url { url: shown.to_owned(), why };
        if !url.bytes().all(is_of_url) {
            return Err(bad("it is not a URL"));
        }
        let Some((scheme, rest)) = split_scheme(url) else {
            return Err(bad("it has no scheme; write http:// or https:// before it"));
        };
        let is_https = scheme.eq_ignore_ascii_case("https");
        if !is_https && !scheme.eq_ignore_ascii_case("http") {
            return Err(bad("its scheme is neither http nor https"));
        }
        if shown.len() < url.len() {
            return Err(bad("it has a query or a fragment"));
        }
        let (host, port) = host_and_port(rest.split('/').next().unwrap_or_default());
        if host.is_empty() {
            return Err(bad("it has no host"));
        }
        if !is_host(host) {
            return Err(bad("its host is none"));
        }
        if !port.bytes().all(|byte| byte.is_ascii_digit())
            || (!port.is_empty() && port.parse::<u16>().is_err())
        {
            return Err(bad("its port is no number up to 65535"));
        }
        Ok(Self { base: url.trim_end_matches('/').to_owned(), is_https, is_loopback: is_loopback(host) })
    }

    /// The address, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.base
    }

    /// The host's name or address, an IPv6 address in brackets.
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

    /// Host and perhaps port.
    fn authority(&self) -> &str {
        let (_, rest) = split_scheme(&self.base).unwrap_or_default();
        rest.split('/').next().unwrap_or_default()
    }

    /// Scheme, host and perhaps port.
    pub(crate) fn origin(&self) -> &str {
        self.base.strip_suffix(self.path()).unwrap_or_default()
    }

    /// What stands before the operation's path: nothing, or a path without a trailing slash.
    pub(crate) fn path(&self) -> &str {
        let (_, rest) = split_scheme(&self.base).unwrap_or_default();
        rest.strip_prefix(self.authority()).unwrap_or_default()
    }

    /// Whether what is sent there is encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether it is this machine (`localhost`, 127.0.0.0/8, `::1`).
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

/// What stands before `://`, and behind it.
fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    Some((scheme, rest.strip_prefix("//")?))
}

/// What may stand in a URL: RFC 3986, section 2.
fn is_of_url(byte: u8) -> bool {
    byte.is_ascii_graphic() && !br#""<>\^`{|}"#.contains(&byte)
}

/// Splits an authority at the colon that is not within brackets.
fn host_and_port(authority: &str) -> (&str, &str) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (authority, ""),
    }
}

/// A name, or an IPv6 address in brackets: RFC 3986, section 3.2.2.
fn is_host(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')),
        None => !host.contains(['[', ']', ':', '@']),
    }
}

/// Whether a host is this machine: `localhost`, `[::1]`, or 127 and three more numbers. An address spelled in another way
/// is taken for another machine's, which is the safe side; the standard library's parser of addresses is 3 KB.
fn is_loopback(host: &str) -> bool {
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<u8>().is_ok();
    let numbers = host.strip_prefix("127.").map(|rest| rest.split('.'));
    host.eq_ignore_ascii_case("localhost")
        || host == "[::1]"
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

/// Why there is no endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointError {
    /// The region is not the name of one.
    Region(String),
    /// The URL is not one that can be called.
    Url {
        /// The URL, without its query: it may hold a secret.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The URL holds a user name or password, which would end up in logs.
    UserInfo,
    /// FIPS is asked for, and an endpoint of one's own is set.
    FipsAndCustom,
    /// Dual stack is asked for, and an endpoint of one's own is set.
    DualStackAndCustom,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region(region) if region.is_empty() => f.write_str("Invalid Configuration: Missing Region"),
            Self::Region(region) => write!(
                f,
                "{region:?} is not a region: a region is a host label such as us-east-1 (letters, digits and `-`)"
            ),
            Self::Url { url, why } => write!(f, "{url:?} is not an endpoint URL: {why}"),
            Self::UserInfo => f.write_str(
                "the endpoint URL holds a user name or password; take out what stands before the `@`",
            ),
            // The words of the service's endpoint rules.
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
