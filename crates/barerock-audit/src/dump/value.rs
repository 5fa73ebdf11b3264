//! Header values as text.

use core::fmt::Write as _;

use barerock_eventstream::HeaderValue;
use barerock_sigv4::Timestamp;

use super::Excerpt;

/// The value as text.
pub(super) fn text(value: HeaderValue<'_>, excerpt: Excerpt) -> String {
    match value {
        HeaderValue::Bool(value) => value.to_string(),
        HeaderValue::Byte(number) => number.to_string(),
        HeaderValue::Short(number) => number.to_string(),
        HeaderValue::Integer(number) => number.to_string(),
        HeaderValue::Long(number) => number.to_string(),
        HeaderValue::Bytes(bytes) => {
            let mut digits = String::new();
            bytes.iter().for_each(|byte| _ = write!(digits, "{byte:02x}"));
            excerpt.line(&digits)
        }
        HeaderValue::String(text) => excerpt.line(text),
        HeaderValue::Timestamp(milliseconds) => match date(milliseconds) {
            Some(date) => format!("{milliseconds} ({date})"),
            None => milliseconds.to_string(),
        },
        HeaderValue::Uuid(bytes) => uuid(bytes),
    }
}

/// `8-4-4-4-12` digits.
pub(super) fn uuid(bytes: [u8; 16]) -> String {
    let mut text = String::new();
    for (index, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&index) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The time of day in UTC, for years of four digits.
fn date(milliseconds: i64) -> Option<String> {
    let second = Timestamp::from_unix_secs(milliseconds.div_euclid(1000)).ok()?;
    let fraction = milliseconds.rem_euclid(1000);
    Some(format!("{}.{fraction:03}Z", second.to_extended().trim_end_matches('Z')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_uuids() {
        let text = |value| text(value, Excerpt::SHORT);
        assert_eq!(
            text(HeaderValue::Timestamp(1_420_070_400_123)),
            "1420070400123 (2015-01-01T00:00:00.123Z)"
        );
        assert_eq!(text(HeaderValue::Timestamp(-1)), "-1");
        assert_eq!(text(HeaderValue::Timestamp(i64::MAX)), "9223372036854775807");
        let bytes = core::array::from_fn(|index| u8::try_from(index).unwrap());
        assert_eq!(text(HeaderValue::Uuid(bytes)), "00010203-0405-0607-0809-0a0b0c0d0e0f");
    }
}
