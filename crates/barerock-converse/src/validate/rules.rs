//! Rules of the service model for single values.

use super::{Path, ValidationError};
use crate::model_id::{ACCOUNT_DIGITS, is_account};

/// Constraints on a text: length in characters, and syntax.
pub(super) struct TextRule {
    min: usize,
    max: usize,
    fits: fn(&str) -> bool,
    /// Description of `fits`; empty if it accepts every text.
    of: &'static str,
    /// True if an error may contain the text.
    shown: bool,
}

const fn length(min: usize, max: usize) -> TextRule {
    TextRule { min, max, fits: |_| true, of: "", shown: true }
}

/// Maximum for texts whose length the model does not limit.
const NO_MAX: usize = usize::MAX;

pub(super) const NON_EMPTY: TextRule = length(1, NO_MAX);
pub(super) const RESPONSE_FIELD_PATH: TextRule = length(1, 256);
pub(super) const EFFORT: TextRule = length(0, 16);
pub(super) const TOOL_REFERENCE_TYPE: TextRule = length(1, 64);
pub(super) const TOOL_REFERENCE_NAME: TextRule = length(1, 128);
pub(super) const TOOL_NAME: TextRule = TextRule {
    fits: |text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)),
    of: "letters, digits, `_` and `-`",
    ..length(1, 64)
};
pub(super) const TOOL_USE_ID: TextRule = TextRule {
    fits: |text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte)),
    of: "letters, digits, `_`, `.`, `:` and `-`",
    ..length(1, 64)
};
/// The constraint of the service model.
pub(super) const DOCUMENT_NAME_LENGTH: TextRule = length(1, 200);
/// The character set of the service's error message, plus `_` and non-ASCII letters, which the service accepts.
pub(super) const DOCUMENT_NAME: TextRule = TextRule {
    fits: is_document_name,
    of: "letters, digits, `-`, `_`, `(`, `)`, `[`, `]` and single spaces",
    ..length(1, 200)
};
pub(super) const S3_URI: TextRule =
    TextRule { fits: is_s3_uri, of: "of the form s3://bucket/key", ..length(1, 1024) };
pub(super) const BUCKET_OWNER: TextRule =
    TextRule { fits: is_account, of: "an account's digits", ..length(ACCOUNT_DIGITS, ACCOUNT_DIGITS) };
pub(super) const METADATA_KEY: TextRule =
    TextRule { fits: is_metadata, of: METADATA_CHARACTERS, ..length(1, 256) };
pub(super) const METADATA_VALUE: TextRule =
    TextRule { fits: is_metadata, of: METADATA_CHARACTERS, shown: false, ..length(0, 256) };
pub(super) const GUARDRAIL_IDENTIFIER: TextRule =
    TextRule { fits: is_guardrail, of: "a guardrail's id (a-z, 0-9) or ARN", ..length(0, 2048) };
pub(super) const GUARDRAIL_VERSION: TextRule =
    TextRule { fits: is_guardrail_version, of: "a number or `DRAFT`", ..length(0, NO_MAX) };
pub(super) const PROJECT_IDENTIFIER: TextRule =
    TextRule { fits: is_project, of: "a project's id (letters, digits, `_`, `-`) or ARN", ..length(1, 2048) };
/// CountTokens has a different pattern than Converse.
pub(super) const COUNT_TOKENS_MODEL_ID: TextRule = TextRule {
    fits: |text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-/:".contains(&byte)),
    of: "letters, digits, `_`, `.`, `-`, `/` and `:`",
    ..length(1, 256)
};

fn is_document_name(text: &str) -> bool {
    text.chars().all(|char| match char {
        ' ' | '-' | '_' | '(' | ')' | '[' | ']' => true,
        char if char.is_ascii() => char.is_ascii_alphanumeric(),
        char => !char.is_whitespace(),
    }) && !text.as_bytes().windows(2).any(|pair| pair == b"  ")
}

const METADATA_CHARACTERS: &str = "letters, digits, white space and `:_@$#=/+,-.`";

fn is_metadata(text: &str) -> bool {
    // The six white space characters are those of `\s`.
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" \t\n\x0B\x0C\r:_@$#=/+,-.".contains(&byte))
}

/// `s3://[a-z0-9][.-a-z0-9]{1,61}[a-z0-9](/.*)?`
fn is_s3_uri(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("s3://") else { return false };
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte != b'.' && byte != b'-');
    (3..=63).contains(&bucket.len())
        && bucket.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'))
        && edge(bucket.bytes().next())
        && edge(bucket.bytes().last())
        && !key.contains('\n')
}

/// `(|([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+))`
fn is_guardrail(text: &str) -> bool {
    let is_id = |text: &str| text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'));
    let mut parts = text.splitn(6, ':');
    let arn = (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next());
    match arn {
        (Some("arn"), Some(_), Some("bedrock"), Some(region), Some(account), Some(resource)) => {
            is_region(region)
                && is_account(account)
                && resource.strip_prefix("guardrail/").is_some_and(|id| !id.is_empty() && is_id(id))
        }
        _ => is_id(text),
    }
}

/// `([a-zA-Z0-9_-]+|arn:aws(|-us-gov|-cn|-iso|-iso-b|-iso-f|-eusc):bedrock:[0-9a-z-]{1,20}:[0-9]{12}:project/[a-zA-Z0-9_-]+)`
fn is_project(text: &str) -> bool {
    const PARTITIONS: [&str; 7] =
        ["aws", "aws-us-gov", "aws-cn", "aws-iso", "aws-iso-b", "aws-iso-f", "aws-eusc"];
    let is_id = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    let mut parts = text.splitn(6, ':');
    let arn = (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next());
    match arn {
        (Some("arn"), Some(partition), Some("bedrock"), Some(region), Some(account), Some(resource)) => {
            PARTITIONS.contains(&partition)
                && is_region(region)
                && is_account(account)
                && resource.strip_prefix("project/").is_some_and(is_id)
        }
        _ => is_id(text),
    }
}

/// `[0-9a-z-]{1,20}`
fn is_region(text: &str) -> bool {
    (1..=20).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// `(|([1-9][0-9]{0,7})|(DRAFT))`
fn is_guardrail_version(text: &str) -> bool {
    /// Maximum number of digits of a version.
    const DIGITS: usize = 8;
    let is_number = text.len() <= DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    text == "DRAFT" || (is_number && !text.starts_with('0'))
}

/// Maximum length of a value shown in an error.
const SHOWN: usize = 60;

/// Checks a text.
pub(super) fn text(at: &Path<'_>, text: &str, rule: &TextRule) -> Result<(), ValidationError> {
    if rule.is_kept_by(text) {
        return Ok(());
    }
    let length = text.chars().count();
    let found = match length {
        0 => "is empty".to_owned(),
        _ if !rule.shown || length > rule.max => format!("has {length} characters"),
        _ => format!("is {:?}", gist(text)),
    };
    let length = match (rule.min, rule.max) {
        (min, max) if min == max => format!("{min} characters"),
        (0, NO_MAX) => String::new(),
        (_, NO_MAX) => "a text that is not empty".to_owned(),
        (min, max) => format!("{min} to {max} characters"),
    };
    let comma = if length.is_empty() || rule.of.is_empty() { "" } else { ": " };
    Err(ValidationError::new(at, &found, &format!("must be {length}{comma}{}", rule.of)))
}

/// Checks a text that may be unset.
pub(super) fn optional(
    at: &Path<'_>,
    value: Option<&String>,
    rule: &TextRule,
) -> Result<(), ValidationError> {
    value.map_or(Ok(()), |value| text(at, value, rule))
}

/// Returns the beginning of a text.
pub(super) fn gist(text: &str) -> &str {
    text.char_indices().nth(SHOWN).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// Checks the number of entries of a list or map, or of bytes of a blob.
pub(super) fn count(
    at: &Path<'_>,
    found: usize,
    (min, max): (usize, usize),
    what: &str,
) -> Result<(), ValidationError> {
    if (min..=max).contains(&found) {
        return Ok(());
    }
    let rule = if found < min { format!("at least {min}") } else { format!("at most {max}") };
    Err(ValidationError::new(at, &format!("has {found} {what}"), &format!("must have {rule}")))
}

/// Checks a number from 0 to 1.
pub(super) fn share(at: &Path<'_>, value: Option<f64>) -> Result<(), ValidationError> {
    match value {
        Some(value) if !(0.0..=1.0).contains(&value) => {
            // Formatted by serde_json, which is linked anyway; core's float formatting adds 14 KB.
            let value = serde_json::to_string(&value).unwrap_or_default();
            Err(ValidationError::new(at, &format!("is {value}"), "must be from 0 to 1"))
        }
        _ => Ok(()),
    }
}

/// Whether the service takes this name of a tool.
pub(crate) fn is_tool_name(name: &str) -> bool {
    TOOL_NAME.is_kept_by(name)
}

/// Whether the service takes this id of a tool use.
pub(crate) fn is_tool_use_id(id: &str) -> bool {
    TOOL_USE_ID.is_kept_by(id)
}

impl TextRule {
    fn is_kept_by(&self, text: &str) -> bool {
        (self.min..=self.max).contains(&text.chars().count()) && (self.fits)(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(value: &str, rule: &TextRule) -> String {
        text(&Path::root("x"), value, rule).map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn errors_say_what_must_be() {
        for (value, rule, error) in [
            (
                "get weather",
                &TOOL_NAME,
                "x is \"get weather\", but must be 1 to 64 characters: letters, digits, `_` and `-`",
            ),
            ("", &TOOL_NAME, "x is empty, but must be 1 to 64 characters: letters, digits, `_` and `-`"),
            ("", &NON_EMPTY, "x is empty, but must be a text that is not empty"),
            ("v1", &GUARDRAIL_VERSION, "x is \"v1\", but must be a number or `DRAFT`"),
            ("12", &BUCKET_OWNER, "x is \"12\", but must be 12 characters: an account's digits"),
            (
                "ünfit",
                &METADATA_VALUE,
                "x has 5 characters, but must be 0 to 256 characters: letters, digits, white space and `:_@$#=/+,-.`",
            ),
        ] {
            assert_eq!(said(value, rule), error);
        }
        let long = said(&"é".repeat(65), &TOOL_NAME);
        assert!(long.starts_with("x has 65 characters, but"), "{long}");
        let gist = said(&"é ".repeat(31), &TOOL_NAME);
        assert!(gist.contains(&format!("{:?}", "é ".repeat(30))), "{gist}");
    }

    #[test]
    fn names_and_ids() {
        for name in ["report", "Report (1) [final]-2_x", "分期報告"] {
            assert_eq!(said(name, &DOCUMENT_NAME), "", "{name}");
        }
        for (id, fits) in [
            ("default", true),
            ("p_1-X", true),
            ("arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:project/p_1", true),
            ("arn:aws:bedrock:us-east-1:123456789012:project/", false),
            ("arn:aws-x:bedrock:us-east-1:123456789012:project/p", false),
            ("arn:aws:bedrock:us-east-1:12345678901:project/p", false),
            ("arn:aws:bedrock:us-east-1:123456789012:prompt/p", false),
            ("p 1", false),
            ("", false),
        ] {
            assert_eq!(said(id, &PROJECT_IDENTIFIER).is_empty(), fits, "{id}");
        }
        for name in ["report.pdf", "a  b", "a\tb", "a\u{3000}b", "John's", "a/b", ""] {
            assert_ne!(said(name, &DOCUMENT_NAME), "", "{name}");
        }
    }
}
