//! The clock, and the times credentials expire at as AWS and others write them (RFC 3339).

use core::time::Duration;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use barerock_sigv4::Timestamp;

use crate::NO_SYSTEM;

/// A source of the current time.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Returns the system's clock. On wasm32-unknown-unknown, where `SystemTime::now` panics, it stands at [`UNIX_EPOCH`]: what needs
/// a clock there fails until it is given one.
#[must_use]
pub fn system_clock() -> Clock {
    if NO_SYSTEM {
        return Arc::new(|| UNIX_EPOCH);
    }
    #[expect(clippy::disallowed_methods, reason = "the default clock; its users can set another")]
    Arc::new(SystemTime::now)
}

/// The form [`parse`] reads, for errors.
pub const FORM: &str = "a time such as 2026-01-31T12:00:00Z";

/// Parses a time of RFC 3339, such as `2026-01-31T12:00:00.123Z` or `2026-01-31T14:00:00+02:00`; `UTC` may stand for `Z`, as
/// older versions of the `aws` CLI write it. Fractions of a second are dropped. `None` if the text is of another form, or the
/// time is before 1970 or after 9999.
#[must_use]
pub fn parse(text: &str) -> Option<SystemTime> {
    let (date, time) = text.split_once(['T', ' '])?;
    let end = time.find(|c: char| c != ':' && !c.is_ascii_digit())?;
    let (clock, rest) = time.split_at(end);
    let zone = match rest.strip_prefix('.') {
        Some(rest) => {
            let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            (zone.len() < rest.len()).then_some(zone)?
        }
        None => rest,
    };
    let [year, month, day] = parts(date, '-')?;
    let [hour, minute, second] = parts(clock, ':')?;
    let utc = Timestamp::parse(&format!("{year}{month}{day}T{hour}{minute}{second}Z")).ok()?;
    from_unix(utc.unix_secs().checked_sub(offset(zone)?)?)
}

fn parts(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut parts = text.split(separator);
    let found = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(found)
}

/// Seconds east of Greenwich.
fn offset(zone: &str) -> Option<i64> {
    if ["Z", "z", "UTC"].contains(&zone) {
        return Some(0);
    }
    let (sign, text) = match zone.split_at_checked(1)? {
        ("+", text) => (1, text),
        ("-", text) => (-1, text),
        _ => return None,
    };
    let (hours, minutes) = text.split_once(':').or_else(|| text.split_at_checked(2))?;
    let two = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<i64>().ok()).flatten()
    };
    Some(sign * (two(hours)? * 3600 + two(minutes)? * 60))
}

/// The time of a number of seconds since 1970; `None` before 1970 or after 9999.
#[must_use]
pub fn from_unix(seconds: i64) -> Option<SystemTime> {
    Timestamp::from_unix_secs(seconds).ok()?;
    UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).ok()?))
}

/// The whole seconds since 1970, 0 before.
#[must_use]
pub fn to_unix(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Formats a time as `2026-01-31T12:00:00Z`; one before 1970 or after 9999 as its bound.
#[must_use]
pub fn format(time: SystemTime) -> String {
    let seconds = i64::try_from(to_unix(time)).unwrap_or(i64::MAX);
    Timestamp::from_unix_secs(seconds)
        .map_or_else(|_| "9999-12-31T23:59:59Z".to_owned(), |timestamp| timestamp.to_extended())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_others_write_them() {
        for text in [
            "2026-01-31T12:00:00Z",
            "2026-01-31T12:00:00.999999Z",
            "2026-01-31T12:00:00UTC",
            "2026-01-31 12:00:00+00:00",
            "2026-01-31T14:00:00+02:00",
            "2026-01-31T08:30:00-0330",
        ] {
            let time = parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((to_unix(time), &*format(time)), (1_769_860_800, "2026-01-31T12:00:00Z"), "{text}");
        }
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "never",
            "2026-01-31",
            "2026-01-31T12:00:00",
            "2026-01-31T12:00:00.Z",
            "2026-02-30T12:00:00Z",
            "2026-01-31T12:00:00+2:00",
            "2026-01-31T12:00:00é",
            "2026-01-31T12:00Z",
            "20260131T120000Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+01:00",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
        assert_eq!(from_unix(-1), None);
        assert_eq!(from_unix(i64::MAX), None);
    }
}
