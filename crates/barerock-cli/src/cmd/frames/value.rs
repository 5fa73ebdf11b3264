//! Header values as people and machines read them.

use core::fmt::Write as _;

use barerock::sigv4::Timestamp;
use barerock_eventstream::HeaderValue;

use super::shown::Shown;

/// The value as text.
pub(super) fn text(value: HeaderValue<'_>, shown: Shown) -> String {
    match value {
        HeaderValue::Bool(value) => value.to_string(),
        HeaderValue::Byte(number) => number.to_string(),
        HeaderValue::Short(number) => number.to_string(),
        HeaderValue::Integer(number) => number.to_string(),
        HeaderValue::Long(number) => number.to_string(),
        HeaderValue::Bytes(bytes) => {
            let mut digits = String::new();
            bytes.iter().for_each(|byte| _ = write!(digits, "{byte:02x}"));
            shown.line(&digits)
        }
        HeaderValue::String(text) => shown.line(text),
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
    let (date, time) = second.amz_date().trim_end_matches('Z').split_once('T')?;
    let ((year, day), (hour, second)) = (date.split_at_checked(4)?, time.split_at_checked(2)?);
    let ((month, day), (minute, second)) = (day.split_at_checked(2)?, second.split_at_checked(2)?);
    let fraction = milliseconds.rem_euclid(1000);
    Some(format!("{year}-{month}-{day}T{hour}:{minute}:{second}.{fraction:03}Z"))
}

/// The value of a header whose type byte and value bytes are these. It is for dumps of broken frames: bytes
/// that are no such value have none.
pub(super) fn parse(value_type: u8, bytes: &[u8]) -> Option<HeaderValue<'_>> {
    Some(match value_type {
        2 => HeaderValue::Byte(i8::from_be_bytes(bytes.try_into().ok()?)),
        3 => HeaderValue::Short(i16::from_be_bytes(bytes.try_into().ok()?)),
        4 => HeaderValue::Integer(i32::from_be_bytes(bytes.try_into().ok()?)),
        5 => HeaderValue::Long(i64::from_be_bytes(bytes.try_into().ok()?)),
        6 => HeaderValue::Bytes(bytes),
        7 => HeaderValue::String(core::str::from_utf8(bytes).ok()?),
        8 => HeaderValue::Timestamp(i64::from_be_bytes(bytes.try_into().ok()?)),
        9 => HeaderValue::Uuid(bytes.try_into().ok()?),
        _ => return None,
    })
}

/// The name of a type byte.
pub(super) fn type_name(value_type: u8) -> &'static str {
    const NAMES: [&str; 10] =
        ["true", "false", "byte", "short", "integer", "long", "bytes", "string", "timestamp", "uuid"];
    NAMES.get(usize::from(value_type)).copied().unwrap_or("no type")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_uuids() {
        let text = |value| text(value, Shown::CUT);
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
