//! The difference between this machine's clock and the service's.

use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use barerock_sigv4::Timestamp;
use http::HeaderMap;
use http::header::{AGE, DATE};

/// The service takes signatures that are up to five minutes off; the SDKs act on more than four.
const NOTABLE_SECONDS: u64 = 4 * 60;

/// Longest round trip from which a skew is computed: the `Date` of a slower response is too uncertain.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(15 * 60);

/// Resolution of `Date`.
const RESOLUTION_SECONDS: u64 = 1;

/// Error codes that a wrong clock can cause.
pub(crate) const SKEW_CODES: &str = "InvalidSignatureException SignatureDoesNotMatch AuthFailure AccessDeniedException \
     RequestExpired RequestInTheFuture RequestTimeTooSkewed";

/// Seconds by which the service's clock is ahead of this machine's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ClockSkew(i64);

impl ClockSkew {
    /// The skew after a response to a request sent at `sent` and received at `received`, by this machine's clock.
    ///
    /// `Date` was written at an unknown moment between the two: the skew changes only if the present one contradicts it. The
    /// `Date` of a cached response (`Age`) is ignored.
    pub(crate) fn after(self, headers: &HeaderMap, sent: SystemTime, received: SystemTime) -> Self {
        let measured = || {
            let date = headers.get(&DATE).filter(|_| !headers.contains_key(&AGE))?.to_str().ok()?;
            let date = imf_fixdate(date)?;
            let round_trip = received.duration_since(sent).ok().filter(|trip| *trip <= MAX_ROUND_TRIP)?;
            let half = round_trip.as_secs() / 2;
            let measured = date.checked_sub(seconds(sent)?)?.checked_sub_unsigned(half)?;
            let off = measured.checked_sub(self.0)?.unsigned_abs();
            (off > half.saturating_add(RESOLUTION_SECONDS)).then_some(Self(measured))
        };
        measured().unwrap_or(self)
    }

    /// The service's time at this machine's `time`.
    pub(crate) fn apply(self, time: SystemTime) -> SystemTime {
        let seconds = Duration::from_secs(self.0.unsigned_abs());
        let moved = if self.0 < 0 { time.checked_sub(seconds) } else { time.checked_add(seconds) };
        moved.unwrap_or(time)
    }

    /// True if a signature that is valid by one is invalid by the other.
    pub(crate) fn is_far_from(self, other: Self) -> bool {
        self.0.abs_diff(other.0) > NOTABLE_SECONDS
    }

    /// In seconds; positive if the service is ahead.
    pub(crate) fn seconds(self) -> i64 {
        self.0
    }
}

/// The seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// RFC 9110, section 5.6.7: "An HTTP-date value represents time as an instance of UTC … a sender MUST generate … the IMF-fixdate
/// format". The two obsolete formats are ignored: a parser of all three takes 6 KB.
fn imf_fixdate(date: &str) -> Option<i64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let at = |start: usize, length: usize| date.get(start..start + length);
    let month = (0..12_usize).find(|month| MONTHS.get(month * 3..month * 3 + 3) == at(8, 3))?;
    // The timestamp's parser checks the digits.
    let compact =
        format!("{}{:02}{}T{}{}{}Z", at(12, 4)?, month + 1, at(5, 2)?, at(17, 2)?, at(20, 2)?, at(23, 2)?);
    let is_fixdate = date.len() == 29 && at(3, 2) == Some(", ") && at(25, 4) == Some(" GMT");
    Timestamp::parse(&compact).ok().filter(|_| is_fixdate).map(|time| time.unix_secs())
}

fn seconds(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT.
    const DATED: u64 = 784_111_777;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        fields.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_date_is_held_against_the_middle() {
        let dated = headers(&[("date", "Sun, 06 Nov 1994 08:49:37 GMT")]);
        for (sent, took, before, after) in [
            (DATED, 0, 0, 0),
            (DATED - 1, 0, 0, 0),
            (DATED - 600, 0, 0, 600),
            (DATED + 600, 2, 0, -601),
            // The present skew is possible: the response took a minute, and was written at any time in it.
            (DATED - 60, 60, 0, 0),
            (DATED, 60, 0, 0),
            (DATED - 62, 60, 0, 32),
            (DATED - 600, 0, 600, 600),
            (DATED - 600, 0, 601, 601),
            (DATED, 0, 600, 0),
            // Too long ago to know.
            (DATED - 6000, 901, 0, 0),
        ] {
            let skew = ClockSkew(before).after(&dated, at(sent), at(sent + took));
            assert_eq!(skew, ClockSkew(after), "{sent} {took} {before}");
        }
        assert_eq!(ClockSkew(0).after(&dated, at(9), at(8)), ClockSkew(0), "a clock that was set back");
    }

    #[test]
    fn one_form_of_date_is_read() {
        for (date, seconds) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Tue, 29 Feb 2028 23:59:59 GMT", Some(1_835_481_599)),
            ("Mon, 29 Feb 2027 23:59:59 GMT", None),
            ("Sun, 06 Nov 1994 08:49:37 UTC", None),
            ("Sun, 06 Nov 1994 08:49:37 GMT ", None),
            ("Sun, 06 nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:49:6é GMT", None),
            ("Sun, +6 Nov 1994 08:49:37 GMT", None),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("", None),
        ] {
            assert_eq!(imf_fixdate(date), seconds, "{date}");
        }
    }

    #[test]
    fn answers_without_a_date_of_their_own_say_nothing() {
        for fields in
            [&[][..], &[("date", "yesterday")], &[("date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("age", "7")]]
        {
            assert_eq!(ClockSkew(7).after(&headers(fields), at(0), at(0)), ClockSkew(7));
        }
    }

    #[test]
    fn it_moves_times_both_ways() {
        assert_eq!(ClockSkew(-5).apply(at(10)), at(5));
        assert_eq!(ClockSkew(5).apply(at(10)), at(15));
        assert_eq!(ClockSkew(i64::MIN).apply(at(10)), at(10) - Duration::from_secs(1 << 63));
        assert!(ClockSkew(0).is_far_from(ClockSkew(-241)) && !ClockSkew(0).is_far_from(ClockSkew(240)));
    }
}
