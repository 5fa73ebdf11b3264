//! The time of a signature: `YYYYMMDD'T'HHMMSS'Z'`, the basic form of ISO 8601, in UTC.

use core::fmt;

use crate::SignError;

/// First year of a timestamp.
pub(crate) const MIN_YEAR: u16 = 1970;
/// Last year of a timestamp: the last of four digits.
pub(crate) const MAX_YEAR: u16 = 9999;

/// 128 times 675.
const SECONDS_PER_DAY: i64 = 86_400;
/// 9999-12-31T23:59:59Z.
const MAX_UNIX_SECONDS: i64 = 253_402_300_799;
/// Length of `20150830T123600Z`.
const AMZ_DATE_LENGTH: usize = 16;
/// Length of `2015-08-30T12:36:00Z`.
#[cfg(feature = "alloc")]
const EXTENDED_LENGTH: usize = 20;
/// Length of `20150830`.
const DATE_LENGTH: usize = 8;

/// Time in UTC with a resolution of one second, from 1970 to 9999, with its text.
///
// spec: sigv4#date "must be in ISO 8601 basic format"
/// "The date and time used in the signature … must be in ISO 8601 basic format": `20150830T123600Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Digits of an existing day and time of day; its order is that of time.
    text: [u8; AMZ_DATE_LENGTH],
}

impl Timestamp {
    /// Creates the timestamp that is `seconds` after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`SignError::InvalidTimestamp`] outside of the years 1970 to 9999.
    pub fn from_unix_secs(seconds: i64) -> Result<Self, SignError> {
        if !(0..=MAX_UNIX_SECONDS).contains(&seconds) {
            return Err(SignError::InvalidTimestamp);
        }
        // In 32 bits after the shift: a division of 64 bits is 500 bytes of code on a processor without one.
        let Ok(seconds_128) = i32::try_from(seconds >> 7) else { return Err(SignError::InvalidTimestamp) };
        let days = seconds_128.div_euclid(675);
        let of_day = seconds.wrapping_sub(i64::from(days).wrapping_mul(SECONDS_PER_DAY));
        let Ok(second_of_day) = i32::try_from(of_day) else { return Err(SignError::InvalidTimestamp) };
        let (year, month, day) = civil_from_days(days);
        let [y1, y2] = two_digits(year.div_euclid(100));
        let [y3, y4] = two_digits(year.rem_euclid(100));
        let [[m1, m2], [d1, d2]] = [month, day].map(two_digits);
        let [h1, h2] = two_digits(second_of_day.div_euclid(3600));
        let [n1, n2] = two_digits(second_of_day.rem_euclid(3600).div_euclid(60));
        let [s1, s2] = two_digits(second_of_day.rem_euclid(60));
        let text = [y1, y2, y3, y4, m1, m2, d1, d2, b'T', h1, h2, n1, n2, s1, s2, b'Z'];
        Ok(Self { text })
    }

    /// Parses `20150830T123600Z`, the only accepted form.
    ///
    /// # Errors
    /// [`SignError::InvalidTimestamp`] for another form, or for a day or time of day that does not exist.
    pub fn parse(text: &str) -> Result<Self, SignError> {
        Self::parse_exact(text.as_bytes()).ok_or(SignError::InvalidTimestamp)
    }

    fn parse_exact(text: &[u8]) -> Option<Self> {
        let text: [u8; AMZ_DATE_LENGTH] = text.try_into().ok()?;
        let is_digit = |at: usize| matches!(at, 8 | 15) || text.get(at).is_some_and(u8::is_ascii_digit);
        let timestamp = Self { text };
        let [year, month, day, hour, minute, second] = timestamp.parts();
        let is_valid = (0..AMZ_DATE_LENGTH).all(is_digit)
            && year >= i32::from(MIN_YEAR)
            && (1..=12).contains(&month)
            && (1..=days_of_month(year, month)).contains(&day)
            && (hour < 24 && minute < 60 && second < 60)
            && (text.get(8), text.last()) == (Some(&b'T'), Some(&b'Z'));
        is_valid.then_some(timestamp)
    }

    /// Returns year, month, day, hour, minute and second.
    fn parts(&self) -> [i32; 6] {
        [(0, 4), (4, 2), (6, 2), (9, 2), (11, 2), (13, 2)].map(|(start, width)| {
            let digits = self.text.iter().skip(start).take(width);
            digits.fold(0, |sum: i32, digit| {
                sum.wrapping_mul(10).wrapping_add(i32::from(digit.wrapping_sub(b'0')))
            })
        })
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_secs(&self) -> i64 {
        let [year, month, day, hour, minute, second] = self.parts();
        let second_of_day = hour.wrapping_mul(60).wrapping_add(minute).wrapping_mul(60).wrapping_add(second);
        let days = i64::from(days_from_civil(year, month, day));
        days.wrapping_mul(SECONDS_PER_DAY).wrapping_add(i64::from(second_of_day))
    }

    #[cfg(feature = "http")]
    pub(crate) fn is_same_day(&self, other: &Self) -> bool {
        self.date_bytes() == other.date_bytes()
    }

    /// The text of the `x-amz-date` header, not checked for UTF-8.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    /// Returns the text of the `x-amz-date` header: `20150830T123600Z`.
    #[must_use]
    pub fn amz_date(&self) -> &str {
        // Never falls back: digits, 'T' and 'Z' are ASCII.
        core::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Returns the extended form of ISO 8601, as in RFC 3339: `2015-08-30T12:36:00Z`.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_extended(&self) -> alloc::string::String {
        let mut text = alloc::string::String::with_capacity(EXTENDED_LENGTH);
        for (at, character) in self.amz_date().chars().enumerate() {
            match at {
                4 | 6 => text.push('-'),
                11 | 13 => text.push(':'),
                _ => {}
            }
            text.push(character);
        }
        text
    }

    /// Returns the day as in a credential scope: `20150830`.
    #[must_use]
    pub fn date(&self) -> &str {
        self.amz_date().get(..DATE_LENGTH).unwrap_or_default()
    }

    /// The day, not checked for UTF-8.
    pub(crate) fn date_bytes(&self) -> &[u8] {
        self.text.get(..DATE_LENGTH).unwrap_or_default()
    }
}

/// The decimal digits of a number below 100.
fn two_digits(number: i32) -> [u8; 2] {
    let number = u8::try_from(number).unwrap_or_default();
    [number.wrapping_div(10), number.wrapping_rem(10)].map(|digit| digit.wrapping_add(b'0'))
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.amz_date())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

#[cfg(feature = "std")]
impl TryFrom<std::time::SystemTime> for Timestamp {
    type Error = SignError;

    /// Converts the time, without its fraction of a second.
    fn try_from(time: std::time::SystemTime) -> Result<Self, SignError> {
        let since_epoch =
            time.duration_since(std::time::UNIX_EPOCH).map_err(|_before| SignError::InvalidTimestamp)?;
        let seconds = i64::try_from(since_epoch.as_secs()).map_err(|_far| SignError::InvalidTimestamp)?;
        Self::from_unix_secs(seconds)
    }
}

const DAYS_PER_YEAR: i32 = 365;
const DAYS_PER_4_YEARS: i32 = 4 * DAYS_PER_YEAR + 1;
const DAYS_PER_CENTURY: i32 = 25 * DAYS_PER_4_YEARS - 1;
const DAYS_PER_400_YEARS: i32 = 4 * DAYS_PER_CENTURY + 1;
/// Days from 0000-03-01 to 1970-01-01. In years that begin in March the leap day is the last day.
const EPOCH_SINCE_MARCH_0: i32 = 719_468;

/// Returns year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the caller limits `days` to the year 9999, so no step overflows"
)]
fn civil_from_days(days: i32) -> (i32, i32, i32) {
    let days = days + EPOCH_SINCE_MARCH_0;
    let era = days.div_euclid(DAYS_PER_400_YEARS);
    let day_of_era = days.rem_euclid(DAYS_PER_400_YEARS);
    // The last day of a 4-year, 100-year or 400-year block is a leap day: it must not start the next year.
    let year_of_era = (day_of_era - day_of_era / (DAYS_PER_4_YEARS - 1) + day_of_era / DAYS_PER_CENTURY
        - day_of_era / (DAYS_PER_400_YEARS - 1))
        / DAYS_PER_YEAR;
    let day_of_year = day_of_era - (DAYS_PER_YEAR * year_of_era + year_of_era / 4 - year_of_era / 100);
    // The five months March to July have 153 days, as have August to December: 153 / 5 days per month.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i32::from(month <= 2), month, day)
}

/// Returns the number of days of a month from 1 to 12, in the Gregorian calendar.
fn days_of_month(year: i32, month: i32) -> i32 {
    let is_leap = year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
    match month {
        2 => 28_i32.wrapping_add(i32::from(is_leap)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Returns the inverse of [`civil_from_days`].
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the arguments have at most four digits, so no step overflows"
)]
fn days_from_civil(year: i32, month: i32, day: i32) -> i32 {
    let year = year - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * DAYS_PER_YEAR + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_400_YEARS + day_of_era - EPOCH_SINCE_MARCH_0
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    // spec-test: sigv4#date
    #[test]
    fn known_moments() {
        for (seconds, text) in [
            (0, "19700101T000000Z"),
            (951_782_399, "20000228T235959Z"),
            (951_782_400, "20000229T000000Z"),
            (1_440_938_160, "20150830T123600Z"),
            (4_107_542_399, "21000228T235959Z"),
            (4_107_542_400, "21000301T000000Z"),
            (MAX_UNIX_SECONDS, "99991231T235959Z"),
        ] {
            let timestamp = Timestamp::from_unix_secs(seconds).expect("in range");
            assert_eq!(timestamp.to_string(), text);
            assert_eq!(Timestamp::parse(text), Ok(timestamp));
            assert_eq!(timestamp.unix_secs(), seconds);
            assert_eq!(timestamp.date(), &text[..8]);
        }
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn the_extended_form_has_separators() {
        let extended = Timestamp::parse("20150830T123600Z").expect("valid").to_extended();
        assert_eq!((&*extended, extended.len()), ("2015-08-30T12:36:00Z", EXTENDED_LENGTH));
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut previous = (1969, 12, 31);
        let last = i32::try_from(MAX_UNIX_SECONDS / SECONDS_PER_DAY).expect("32 bits");
        for days in 0..=last {
            let (year, month, day) = civil_from_days(days);
            let next_day = (previous.0, previous.1, previous.2 + 1);
            let next_month = (previous.0, previous.1 + 1, 1);
            let next_year = (previous.0 + 1, 1, 1);
            assert!([next_day, next_month, next_year].contains(&(year, month, day)), "{year}-{month}-{day}");
            assert_eq!(days_from_civil(year, month, day), days);
            previous = (year, month, day);
        }
        assert_eq!(previous, (9999, 12, 31));
    }

    #[test]
    fn only_days_that_exist_are_parsed() {
        let exists = |text: &str| Timestamp::parse(text).is_ok();
        // A cycle of the calendar, and the last year.
        for year in (1970..2371).chain([9999]) {
            for month in 0..=13 {
                for day in 0..=32 {
                    let text = std::format!("{year}{month:02}{day:02}T123600Z");
                    let seconds = i64::from(days_from_civil(year, month, day)) * SECONDS_PER_DAY + 45_360;
                    let by_seconds = Timestamp::from_unix_secs(seconds);
                    assert_eq!(
                        exists(&text),
                        by_seconds.is_ok_and(|timestamp| timestamp.amz_date() == text),
                        "{text}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_does_not_exist_is_refused() {
        for text in [
            "",
            "20150830",
            "20150830T123600",
            "2015-08-30T12:36:00Z",
            "20150830 123600Z",
            "20150830T123600z",
            "20150230T000000Z",
            "20150001T000000Z",
            "20150100T000000Z",
            "20151301T000000Z",
            "20150830T240000Z",
            "20150830T126000Z",
            "20150830T123660Z",
            "+0150830T123600Z",
            "19691231T235959Z",
            "00000101T000000Z",
        ] {
            assert_eq!(Timestamp::parse(text), Err(SignError::InvalidTimestamp), "{text}");
        }
        assert_eq!(Timestamp::from_unix_secs(-1), Err(SignError::InvalidTimestamp));
        assert_eq!(Timestamp::from_unix_secs(MAX_UNIX_SECONDS + 1), Err(SignError::InvalidTimestamp));
        assert_eq!(Timestamp::from_unix_secs(i64::MAX), Err(SignError::InvalidTimestamp));
    }

    #[cfg(feature = "std")]
    #[test]
    fn system_time_loses_its_fraction() {
        let time = std::time::UNIX_EPOCH + core::time::Duration::from_millis(1_440_938_160_999);
        assert_eq!(Timestamp::try_from(time).expect("in range").amz_date(), "20150830T123600Z");
        let before = std::time::UNIX_EPOCH - core::time::Duration::from_secs(1);
        assert_eq!(Timestamp::try_from(before), Err(SignError::InvalidTimestamp));
    }
}
