//! Where a request goes: the service's own address for a region, or one of yours.

use core::fmt;

use http::Uri;
use http::uri::Scheme;

/// The address of a Bedrock Runtime: scheme, host and perhaps a path to put before the operation's.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Without a trailing slash.
    base: String,
    is_https: bool,
    is_loopback: bool,
}

/// A partition of the cloud and the names of its hosts (botocore's `partitions.json`; unknown regions are `aws`).
struct Partition {
    /// What its region names begin with; `\w+-\d+` follows.
    region_prefix: &'static str,
    dns_suffix: &'static str,
}

/// Every partition but `aws`, which takes what no other takes.
const PARTITIONS: [Partition; 7] = [
    Partition { region_prefix: "cn-", dns_suffix: "amazonaws.com.cn" },
    Partition { region_prefix: "eusc-de-", dns_suffix: "amazonaws.eu" },
    Partition { region_prefix: "us-iso-", dns_suffix: "c2s.ic.gov" },
    Partition { region_prefix: "us-isob-", dns_suffix: "sc2s.sgov.gov" },
    Partition { region_prefix: "eu-isoe-", dns_suffix: "cloud.adc-e.uk" },
    Partition { region_prefix: "us-isof-", dns_suffix: "csp.hci.ic.gov" },
    Partition { region_prefix: "us-gov-", dns_suffix: "amazonaws.com" },
];

/// The `aws` partition's suffix.
const DNS_SUFFIX: &str = "amazonaws.com";

impl Endpoint {
    /// The service's own endpoint: `https://bedrock-runtime.{region}.{suffix of the region's partition}`.
    ///
    /// # Errors
    /// If `region` is empty or is not a host label (1 to 63 of `a-zA-Z0-9-`, no `-` at either end).
    pub fn for_region(region: &str) -> Result<Self, EndpointError> {
        let fits = (1..=63).contains(&region.len())
            && region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !region.starts_with('-')
            && !region.ends_with('-');
        if !fits {
            return Err(EndpointError::Region(region.to_owned()));
        }
        let suffix = PARTITIONS
            .iter()
            .find(|partition| partition.holds(region))
            .map_or(DNS_SUFFIX, |partition| partition.dns_suffix);
        Ok(Self {
            base: format!("https://bedrock-runtime.{region}.{suffix}"),
            is_https: true,
            is_loopback: false,
        })
    }

    /// An endpoint of your own: `http://` or `https://`, a host, perhaps a port and a path to put before the operation's.
    ///
    /// # Errors
    /// If `url` is no absolute URL, has another scheme, a user name or password, or a query.
    pub fn custom(url: &str) -> Result<Self, EndpointError> {
        // The text of a URL with a password in it is not shown.
        if url.split_once("://").is_some_and(|(_, rest)| {
            rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
        }) {
            return Err(EndpointError::UserInfo);
        }
        let bad = |why| EndpointError::Url { url: url.to_owned(), why };
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

impl Partition {
    /// Whether `region` is `{prefix}\w+-\d+`.
    fn holds(&self, region: &str) -> bool {
        region.strip_prefix(self.region_prefix).and_then(|rest| rest.split_once('-')).is_some_and(
            |(place, number)| {
                !place.is_empty() && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
            },
        )
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
        /// The URL.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The URL holds a user name or password, which would end up in logs.
    UserInfo,
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
        }
    }
}

impl core::error::Error for EndpointError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_gives_partition() {
        for (region, url) in [
            ("us-east-1", "https://bedrock-runtime.us-east-1.amazonaws.com"),
            ("us-gov-west-1", "https://bedrock-runtime.us-gov-west-1.amazonaws.com"),
            ("cn-north-1", "https://bedrock-runtime.cn-north-1.amazonaws.com.cn"),
            ("eusc-de-east-1", "https://bedrock-runtime.eusc-de-east-1.amazonaws.eu"),
            ("us-iso-east-1", "https://bedrock-runtime.us-iso-east-1.c2s.ic.gov"),
            ("us-isob-east-1", "https://bedrock-runtime.us-isob-east-1.sc2s.sgov.gov"),
            ("eu-isoe-west-1", "https://bedrock-runtime.eu-isoe-west-1.cloud.adc-e.uk"),
            ("us-isof-south-1", "https://bedrock-runtime.us-isof-south-1.csp.hci.ic.gov"),
            ("cn-nowhere", "https://bedrock-runtime.cn-nowhere.amazonaws.com"),
            ("moon-base-1", "https://bedrock-runtime.moon-base-1.amazonaws.com"),
        ] {
            assert_eq!(Endpoint::for_region(region).unwrap().as_str(), url);
        }
        for region in ["", "us east", "us-east-1/x", "evil.example#", "-us"] {
            assert!(Endpoint::for_region(region).is_err(), "{region:?}");
        }
        let error = Endpoint::for_region("").unwrap_err();
        assert_eq!(error.to_string(), "Invalid Configuration: Missing Region");
    }

    #[test]
    fn custom_urls() {
        let endpoint = Endpoint::custom("http://127.0.0.1:8080/gateway/").unwrap();
        assert_eq!(endpoint.as_str(), "http://127.0.0.1:8080/gateway");
        assert!(endpoint.is_loopback() && !endpoint.is_https());
        assert!(Endpoint::custom("http://[::1]:80").unwrap().is_loopback());
        assert!(!Endpoint::custom("https://localhost.example").unwrap().is_loopback());
        for (url, why) in [
            ("localhost:8080", "scheme"),
            ("ftp://host", "neither http nor https"),
            ("http://host?x=1", "a query"),
            ("http://host/#a", "fragment"),
            ("not a url", "not a URL"),
        ] {
            let error = Endpoint::custom(url).unwrap_err().to_string();
            assert!(error.contains(why), "{url}: {error}");
        }
        let error = Endpoint::custom("http://me:secret@host/").unwrap_err();
        assert!(!error.to_string().contains("secret") && !format!("{error:?}").contains("secret"));
    }
}
