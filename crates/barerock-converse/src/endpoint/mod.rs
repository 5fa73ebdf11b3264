//! Where a request goes: the service's own address for a region, or one of yours.

mod partition;
mod rules;
#[cfg(test)]
mod tests;

use core::fmt;

use http::Uri;
use http::uri::Scheme;

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
        let authority = shown.split_once("://").map_or(shown, |(_, rest)| rest).trim_start_matches('/');
        // The text of a URL with a password in it is not shown.
        if authority.split('/').next().is_some_and(|authority| authority.contains('@')) {
            return Err(EndpointError::UserInfo);
        }
        let bad = |why| EndpointError::Url { url: shown.to_owned(), why };
        let uri: Uri = url.parse().map_err(|_| bad("it is not a URL"))?;
        let is_https = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            Some(_) => return Err(bad("its scheme is neither http nor https")),
            None => return Err(bad("it has no scheme; write http:// or https:// before it")),
        };
        if uri.query().is_some() || url.contains('#') {
            return Err(bad("it has a query or a fragment"));
        }
        let host = uri.host().unwrap_or_default();
        if host.is_empty() {
            return Err(bad("it has no host"));
        }
        let is_loopback = host == "localhost"
            || host
                .trim_start_matches('[')
                .trim_end_matches(']')
                .parse::<core::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        Ok(Self { base: url.trim_end_matches('/').to_owned(), is_https, is_loopback })
    }

    /// The address, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.base
    }

    /// The host's name or address, an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let authority = self.base.split_once("://").map_or(&*self.base, |(_, rest)| rest);
        let authority = authority.split('/').next().unwrap_or_default();
        let end = authority.rfind(':').filter(|end| !authority[*end..].contains(']'));
        end.and_then(|end| authority.get(..end)).unwrap_or(authority)
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
