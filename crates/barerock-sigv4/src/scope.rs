//! The credential scope: the day, region and service of a signing key.

use core::fmt;

use crate::hash::{Sink, show};
use crate::{SignError, Timestamp};

// spec: sigv4#scope "The termination string: aws4_request."
/// Last part of a scope: "The termination string: aws4_request."
pub(crate) const TERMINATION: &str = "aws4_request";

/// Credential scope, such as `20150830/us-east-1/bedrock/aws4_request`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CredentialScope<'a> {
    /// ASCII digits, as bytes, so that they are checked for UTF-8 only where a text is needed.
    date: &'a [u8],
    region: &'a str,
    service: &'a str,
}

impl<'a> CredentialScope<'a> {
    /// Fallback where a scope is known to parse.
    #[cfg(feature = "http")]
    pub(crate) const EMPTY: Self = Self { date: b"", region: "", service: "" };

    /// Creates the scope of a signature made at `timestamp`.
    ///
    /// # Errors
    /// [`SignError::InvalidRegion`] or [`SignError::InvalidService`] if it is empty or has a character other than ASCII
    /// letters, digits, `-`, `_` and `.`.
    pub fn new(timestamp: &'a Timestamp, region: &'a str, service: &'a str) -> Result<Self, SignError> {
        check_names(region, service)?;
        Ok(Self::of_checked_names(timestamp, region, service))
    }

    /// As [`new`](Self::new), for names that [`check_names`] has accepted.
    pub(crate) fn of_checked_names(timestamp: &'a Timestamp, region: &'a str, service: &'a str) -> Self {
        Self { date: timestamp.date_bytes(), region, service }
    }

    /// Parses `20150830/us-east-1/bedrock/aws4_request`; `None` for any other form.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split('/');
        let (date, region, service) = (parts.next()?, parts.next()?, parts.next()?);
        let ends_well = parts.next() == Some(TERMINATION) && parts.next().is_none();
        let is_date = date.len() == "20150830".len() && date.bytes().all(|byte| byte.is_ascii_digit());
        let is_scope = ends_well && is_date && check_names(region, service).is_ok();
        is_scope.then_some(Self { date: date.as_bytes(), region, service })
    }

    /// Returns the day: `20150830`.
    #[must_use]
    pub fn date(&self) -> &'a str {
        // Never falls back: digits are ASCII.
        core::str::from_utf8(self.date).unwrap_or_default()
    }

    /// Returns the parts of the text, which slashes separate.
    pub(crate) fn parts(&self) -> [&'a [u8]; 4] {
        [self.date, self.region.as_bytes(), self.service.as_bytes(), TERMINATION.as_bytes()]
    }

    /// Returns the region: `us-east-1`.
    #[must_use]
    pub fn region(&self) -> &'a str {
        self.region
    }

    /// Returns the service's signing name: `bedrock`.
    #[must_use]
    pub fn service(&self) -> &'a str {
        self.service
    }

    pub(crate) fn write_to(&self, out: &mut impl Sink) {
        let [date, region, service, termination] = self.parts();
        for part in [date, region, service] {
            out.put(part);
            out.put(b"/");
        }
        out.put(termination);
    }
}

impl fmt::Display for CredentialScope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, |out| self.write_to(out))
    }
}

impl fmt::Debug for CredentialScope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialScope({self})")
    }
}

/// Checks region and service: a '/' would shift the parts of the scope, a line break would split the string to sign.
pub(crate) fn check_names(region: &str, service: &str) -> Result<(), SignError> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    if !is_name(region) {
        return Err(SignError::InvalidRegion);
    }
    if !is_name(service) {
        return Err(SignError::InvalidService);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    // spec-test: sigv4#scope
    #[test]
    fn prints_and_parses() {
        let timestamp = Timestamp::parse("20150830T123600Z").expect("valid");
        let scope = CredentialScope::new(&timestamp, "us-east-1", "bedrock").expect("valid");
        assert_eq!(scope.to_string(), "20150830/us-east-1/bedrock/aws4_request");
        assert_eq!(CredentialScope::parse(&scope.to_string()), Some(scope));
    }

    #[test]
    fn bad_names_are_refused() {
        let timestamp = Timestamp::parse("20150830T123600Z").expect("valid");
        for name in ["", "us/east", "us east", "us\neast", "ü"] {
            assert_eq!(
                CredentialScope::new(&timestamp, name, "s"),
                Err(SignError::InvalidRegion),
                "{name:?}"
            );
            assert_eq!(
                CredentialScope::new(&timestamp, "r", name),
                Err(SignError::InvalidService),
                "{name:?}"
            );
        }
    }

    #[test]
    fn bad_scopes_are_refused() {
        for text in [
            "",
            "20150830/us-east-1/bedrock",
            "20150830/us-east-1/bedrock/aws5_request",
            "20150830/us-east-1/bedrock/aws4_request/x",
            "2015083/us-east-1/bedrock/aws4_request",
            "2015083x/us-east-1/bedrock/aws4_request",
            "20150830//bedrock/aws4_request",
        ] {
            assert_eq!(CredentialScope::parse(text), None, "{text}");
        }
    }
}
