//! Endpoint rules: the host for a region, FIPS and dual stack, and their invalid combinations.

use super::{Endpoint, EndpointError, Partition};

/// A service with known endpoints: Bedrock Runtime, and the services that issue credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndpointService {
    /// Bedrock Runtime.
    BedrockRuntime,
    /// AWS Security Token Service, always at its regional endpoints; `AWS_STS_REGIONAL_ENDPOINTS=legacy` is not
    /// supported.
    Sts,
    /// The IAM Identity Center portal, which issues credentials for a role.
    Sso,
    /// The IAM Identity Center OIDC service, which refreshes access tokens of the portal.
    SsoOidc,
    /// AWS Sign-In, which refreshes the sessions of `aws login`.
    Signin,
}

/// The regions for which AWS lists a FIPS host of Bedrock Runtime (botocore's `endpoints.json`).
pub const FIPS_REGIONS: [&str; 6] =
    ["us-east-1", "us-east-2", "us-west-2", "ca-central-1", "us-gov-east-1", "us-gov-west-1"];

/// Builder of an [`Endpoint`] by AWS's endpoint rules.
#[derive(Debug, Clone, Copy)]
pub struct EndpointBuilder<'a> {
    service: EndpointService,
    region: &'a str,
    url: Option<&'a str>,
    fips: bool,
    dual_stack: bool,
}

impl EndpointService {
    /// Host prefixes: without FIPS, and with FIPS.
    fn hosts(self) -> (&'static str, &'static str) {
        match self {
            Self::BedrockRuntime => ("bedrock-runtime", "bedrock-runtime-fips"),
            Self::Sts => ("sts", "sts-fips"),
            Self::Sso => ("portal.sso", "portal.sso-fips"),
            Self::SsoOidc => ("oidc", "oidc-fips"),
            Self::Signin => ("signin", "signin-fips"),
        }
    }

    /// True if the regular hosts are the FIPS hosts: in AWS GovCloud, only Bedrock has separate FIPS host names.
    fn is_fips_by_another_name(self, partition: Partition) -> bool {
        !matches!(self, Self::BedrockRuntime | Self::Signin) && partition.name == "aws-us-gov"
    }

    /// The domain of hosts of the form `{region}.{service}.{domain}`, which AWS Sign-In has in three partitions.
    fn domain_of_region_first(self, partition: Partition) -> Option<&'static str> {
        match (self, partition.name) {
            (Self::Signin, "aws") => Some("aws.amazon.com"),
            (Self::Signin, "aws-cn") => Some("amazonaws.cn"),
            (Self::Signin, "aws-us-gov") => Some("amazonaws-us-gov.com"),
            _ => None,
        }
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

    /// Sets the service; Bedrock Runtime by default.
    #[must_use]
    pub fn service(mut self, service: EndpointService) -> Self {
        self.service = service;
        self
    }

    /// Sets the region; required unless a URL is set.
    #[must_use]
    pub fn region(mut self, region: &'a str) -> Self {
        self.region = region;
        self
    }

    /// Sets a custom endpoint URL, as for [`Endpoint::custom`].
    #[must_use]
    pub fn url(mut self, url: &'a str) -> Self {
        self.url = Some(url);
        self
    }

    /// Sets whether to use hosts with FIPS 140 validated cryptography. The rules name such a host for every region, but
    /// Bedrock Runtime has them only in [`FIPS_REGIONS`].
    #[must_use]
    pub fn fips(mut self, fips: bool) -> Self {
        self.fips = fips;
        self
    }

    /// Sets whether to use dual-stack (IPv4 and IPv6) hosts.
    #[must_use]
    pub fn dual_stack(mut self, dual_stack: bool) -> Self {
        self.dual_stack = dual_stack;
        self
    }

    /// Builds the endpoint.
    ///
    /// # Errors
    /// If neither a URL nor a region is set, if the URL or region is invalid, or if a URL is combined with FIPS or dual
    /// stack.
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
                let region_first = self.service.domain_of_region_first(partition);
                let base = match region_first.filter(|_| !self.fips && !self.dual_stack) {
                    Some(domain) => format!("https://{region}.{host}.{domain}"),
                    None => format!("https://{host}.{region}.{suffix}"),
                };
                Ok(Endpoint { base, is_https: true, is_loopback: false })
            }
        }
    }
}

/// Checks that a region is a host label, because it becomes part of the host name: 1 to 63 characters of `a-zA-Z0-9-`,
/// no `-` at either end.
fn checked(region: &str) -> Result<&str, EndpointError> {
    let fits = (1..=63).contains(&region.len())
        && region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !region.starts_with('-')
        && !region.ends_with('-');
    if fits { Ok(region) } else { Err(EndpointError::Region(region.to_owned())) }
}
