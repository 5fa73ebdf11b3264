//! The partitions of the cloud, and the names of their hosts.

/// A partition of the cloud: clouds apart that share no accounts, and that name their hosts each in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Partition {
    /// Its name, as it stands in ARNs.
    pub name: &'static str,
    /// What hosts end in.
    pub dns_suffix: &'static str,
    /// What hosts that also speak IPv6 end in.
    pub dual_stack_dns_suffix: &'static str,
    /// What its region names begin with; `\w+-\d+` follows.
    region_prefix: &'static str,
}

/// The partition of every region that no other takes.
const AWS: Partition = Partition {
    name: "aws",
    region_prefix: "",
    dns_suffix: "amazonaws.com",
    dual_stack_dns_suffix: "api.aws",
};

/// AWS's `partitions.json`, but for `aws`: name, what region names begin with, what hosts end in. One text, for an entry of a
/// table is 40 bytes more in a program that can be loaded anywhere.
const OTHERS: &str = "\
aws-cn cn- amazonaws.com.cn api.amazonwebservices.com.cn
aws-eusc eusc-de- amazonaws.eu api.amazonwebservices.eu
aws-iso us-iso- c2s.ic.gov api.aws.ic.gov
aws-iso-b us-isob- sc2s.sgov.gov api.aws.scloud
aws-iso-e eu-isoe- cloud.adc-e.uk api.cloud-aws.adc-e.uk
aws-iso-f us-isof- csp.hci.ic.gov api.aws.hci.ic.gov
aws-us-gov us-gov- amazonaws.com api.aws";

/// What the name of no region in particular ends in, for services that have none; before it stands the partition's.
const GLOBAL: &str = "-global";

impl Partition {
    /// The partition a region lies in. A region that is not known lies in `aws`, as AWS's rules have it.
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

    /// Whether a region's name is `{prefix}\w+-\d+`, or that of no region in particular.
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
            // What no pattern takes.
            ("cn-nowhere", "aws"),
            ("cn-north-x1", "aws"),
            ("cn--1", "aws"),
            ("moon-base-1", "aws"),
        ] {
            assert_eq!(Partition::of_region(region).name, name, "{region}");
        }
    }
}
