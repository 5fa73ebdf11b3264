//! AWS partitions and their DNS suffixes.

/// An AWS partition: a group of regions with its own accounts, credentials and DNS suffixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Partition {
    /// Name of the partition, as in ARNs.
    pub name: &'static str,
    /// DNS suffix of host names.
    pub dns_suffix: &'static str,
    /// DNS suffix of dual-stack (IPv4 and IPv6) host names.
    pub dual_stack_dns_suffix: &'static str,
    /// Prefix of the region names; `\w+-\d+` follows.
    region_prefix: &'static str,
}

/// The default partition, of every region that matches no other.
const AWS: Partition = Partition {
    name: "aws",
    region_prefix: "",
    dns_suffix: "amazonaws.com",
    dual_stack_dns_suffix: "api.aws",
};

/// AWS's `partitions.json` without `aws`: name, region prefix, DNS suffix, dual-stack DNS suffix. A single string,
/// because a table takes 40 bytes more per entry in position-independent programs.
const OTHERS: &str = "\
aws-cn cn- amazonaws.com.cn api.amazonwebservices.com.cn
aws-eusc eusc-de- amazonaws.eu api.amazonwebservices.eu
aws-iso us-iso- c2s.ic.gov api.aws.ic.gov
aws-iso-b us-isob- sc2s.sgov.gov api.aws.scloud
aws-iso-e eu-isoe- cloud.adc-e.uk api.cloud-aws.adc-e.uk
aws-iso-f us-isof- csp.hci.ic.gov api.aws.hci.ic.gov
aws-us-gov us-gov- amazonaws.com api.aws";

/// Suffix of the pseudo region of global services, which follows the name of the partition.
const GLOBAL: &str = "-global";

impl Partition {
    /// Returns the partition of a region; `aws` for an unknown region, as in AWS's endpoint rules.
    #[must_use]
    pub fn of_region(region: &str) -> Self {
        OTHERS.split('\n').filter_map(Self::read).find(|partition| partition.holds(region)).unwrap_or(AWS)
    }

    fn read(line: &'static str) -> Option<Self> {
        let mut words = line.split(' ');
        Some(Self {
            name: words.next()?,
            region_prefix: words.next()?,
            dns_suffix: words.next()?,
            dual_stack_dns_suffix: words.next()?,
        })
    }

    /// True if the region matches `{prefix}\w+-\d+` or is the global pseudo region of the partition.
    fn holds(&self, region: &str) -> bool {
        region.strip_suffix(GLOBAL) == Some(self.name)
            || region.strip_prefix(self.region_prefix).and_then(|rest| rest.split_once('-')).is_some_and(
                |(place, number)| {
                    !place.is_empty()
                        && !number.is_empty()
                        && number.bytes().all(|byte| byte.is_ascii_digit())
                },
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_partition() {
        assert_eq!(OTHERS.split('\n').filter_map(Partition::read).count(), 7);
        assert!(OTHERS.split('\n').all(|line| line.split(' ').count() == 4 && !line.contains("  ")));
    }

    #[test]
    fn regions_lie_in_partitions() {
        for (region, name) in [
            ("us-east-1", "aws"),
            ("aws-global", "aws"),
            ("mx-central-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("aws-cn-global", "aws-cn"),
            ("eusc-de-east-1", "aws-eusc"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("us-isof-south-1", "aws-iso-f"),
            ("us-gov-east-1", "aws-us-gov"),
            // Regions that match no pattern.
            ("cn-nowhere", "aws"),
            ("cn-north-x1", "aws"),
            ("cn--1", "aws"),
            ("moon-base-1", "aws"),
        ] {
            assert_eq!(Partition::of_region(region).name, name, "{region}");
        }
    }
}
