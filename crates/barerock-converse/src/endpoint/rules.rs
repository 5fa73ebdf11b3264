//! The endpoint rules: which host a region, FIPS and dual stack lead to, and what they cannot be combined with.

use super::{Endpoint, EndpointError, Partition};

/// A service whose endpoints are known: Bedrock Runtime, and those that credentials come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndpointService {
    /// Where models are asked.
    BedrockRuntime,
    /// The Security Token Service, always by its regional endpoints: `AWS_STS_REGIONAL_ENDPOINTS=legacy` belongs to
    /// SDKs that are older than they are.
    Sts,
    /// The portal of IAM Identity Center, which gives keys for a role.
    Sso,
    /// OpenID Connect of IAM Identity Center, which renews the portal's tokens.
    SsoOidc,
}

/// The regions for which AWS lists a FIPS host of Bedrock Runtime (botocore's `endpoints.json`).
pub const FIPS_REGIONS: [&str; 6] =
    ["us-east-1", "us-east-2", "us-west-2", "ca-central-1", "us-gov-east-1", "us-gov-west-1"];

/// Sets up an [`Endpoint`] by AWS's rules.
#[derive(Debug, Clone, Copy)]
pub struct EndpointBuilder<'a> {
    service: EndpointService,
    region: &'a str,
    url: Option<&'a str>,
    fips: bool,
    dual_stack: bool,
}

impl EndpointService {
    /// What a host begins with, without FIPS and with it.
    fn hosts(self) -> (&'static str, &'static str) {
        match self {
            Self::BedrockRuntime => ("bedrock-runtime", "bedrock-runtime-fips"),
            Self::Sts => ("sts", "sts-fips"),
            Self::Sso => ("portal.sso", "portal.sso-fips"),
            Self::SsoOidc => ("oidc", "oidc-fips"),
        }
    }

    /// All of these services' hosts in AWS GovCloud are validated, and only Bedrock's say so in their names.
    fn is_fips_by_another_name(self, partition: Partition) -> bool {
        self != Self::BedrockRuntime && partition.name == "aws-us-gov"
    }
}

impl<'a> EndpointBuilder<'a> {
    pub(super) fn new() -> Self {
        Self {
            service: EndpointService::BedrockRuntime,
            region: "",
            url: None,
            fips: false,
            dual_stack: false,
        }
    }

    /// Another service than Bedrock Runtime.
    #[must_use]
    pub fn service(mut self, service: EndpointService) -> Self {
        self.service = service;
        self
    }

    /// The region, which must be set unless there is a URL.
    #[must_use]
    pub fn region(mut self, region: &'a str) -> Self {
        self.region = region;
        self
    }

    /// An endpoint of your own, as [`Endpoint::custom`] takes it.
    #[must_use]
    pub fn url(mut self, url: &'a str) -> Self {
        self.url = Some(url);
        self
    }

    /// Whether to ask hosts whose cryptography is validated under FIPS 140. The rules name such a host for every
    /// region, but Bedrock Runtime has them only in [`FIPS_REGIONS`].
    #[must_use]
    pub fn fips(mut self, fips: bool) -> Self {
        self.fips = fips;
        self
    }

    /// Whether to ask hosts that speak IPv6 as well as IPv4.
    #[must_use]
    pub fn dual_stack(mut self, dual_stack: bool) -> Self {
        self.dual_stack = dual_stack;
        self
    }

    /// The endpoint.
    ///
    /// # Errors
    /// If there is neither a URL nor a region, if either is none, or if a URL is combined with FIPS or dual stack.
    pub fn build(self) -> Result<Endpoint, EndpointError> {
        match self.url {
            Some(_) if self.fips => Err(EndpointError::FipsAndCustom),
            Some(_) if self.dual_stack => Err(EndpointError::DualStackAndCustom),
            Some(url) => Endpoint::parse(url),
            None => {
                let region = checked(self.region)?;
                let partition = Partition::of_region(region);
                let (plain, fips) = self.service.hosts();
                let host = match self.fips {
                    true if self.dual_stack || !self.service.is_fips_by_another_name(partition) => fips,
                    _ => plain,
                };
                let suffix =
                    if self.dual_stack { partition.dual_stack_dns_suffix } else { partition.dns_suffix };
                Ok(Endpoint {
                    base: format!("https://{host}.{region}.{suffix}"),
                    is_https: true,
                    is_loopback: false,
                })
            }
        }
    }
}

/// A region becomes part of a host's name: 1 to 63 of `a-zA-Z0-9-`, and no `-` at either end.
fn checked(region: &str) -> Result<&str, EndpointError> {
    let fits = (1..=63).contains(&region.len())
        && region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !region.starts_with('-')
        && !region.ends_with('-');
    if fits { Ok(region) } else { Err(EndpointError::Region(region.to_owned())) }
}
