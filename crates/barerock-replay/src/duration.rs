//! Parsing of durations in fault rules and paces.

use core::time::Duration;

/// Limit on a duration: one above a day is a typing error.
const MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Parses `500ms`, `2s` or `1m`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let invalid =
        || format!("{text:?} is not a duration: expected a whole number and ms, s or m, such as 500ms");
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| invalid())?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return Err(invalid()),
    };
    let duration = Duration::from_millis(number.saturating_mul(milliseconds));
    if duration > MAX {
        return Err(format!("{text:?} is more than a day"));
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse_duration("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(parse_duration("1m"), Ok(Duration::from_secs(60)));
        for text in ["", "5", "ms", "-1s", "1.5s", "1h"] {
            assert!(parse_duration(text).unwrap_err().contains("is not a duration"), "{text}");
        }
        assert_eq!(
            parse_duration("99999999999999999999s").unwrap_err(),
            parse_duration("1e400s").unwrap_err().replace("1e400s", "99999999999999999999s")
        );
        assert_eq!(
            parse_duration("18446744073709551615m").unwrap_err(),
            "\"18446744073709551615m\" is more than a day"
        );
    }
}
