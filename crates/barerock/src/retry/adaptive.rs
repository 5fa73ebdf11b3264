//! The adaptive mode's limit on a client's own rate: CUBIC over a token bucket, with the constants of the AWS SDKs
//! (botocore's `adaptive`, `throttling` and `bucket`).

use core::fmt;
use core::time::Duration;

use super::policy::Limiter;

/// How fast the rate grows back.
const SCALE: f64 = 0.4;
/// What a throttled client's rate is multiplied with.
const BETA: f64 = 0.7;
/// What the newest measurement counts.
const SMOOTHING: f64 = 0.8;
/// The rate is measured over pieces of time this long, in seconds.
const TIME_BUCKET: f64 = 0.5;
/// The slowest the bucket fills, in tokens a second.
const MIN_FILL_RATE: f64 = 0.5;
/// The allowed rate is at most this many times the measured one.
const MAX_RATE_SCALE: f64 = 2.0;
/// The bucket's capacity is at least this.
const MIN_CAPACITY: f64 = 1.0;

/// Requests a second are limited once the service has throttled one.
#[derive(Default)]
pub(super) struct Cubic {
    enabled: bool,
    rate: MeasuredRate,
    /// The rate at which it last became too much, and when.
    last_max_rate: f64,
    last_throttled: f64,
    fill_rate: f64,
    capacity: f64,
    /// Below zero where requests have been promised their turn.
    tokens: f64,
    filled_at: Option<f64>,
}

/// Not its rates: to write fractions is 20 KB of program.
impl fmt::Debug for Cubic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cubic").field("enabled", &self.enabled).finish_non_exhaustive()
    }
}

impl Limiter for Cubic {
    fn acquire(&mut self, now: Duration) -> Duration {
        if !self.enabled {
            return Duration::ZERO;
        }
        self.refill(now.as_secs_f64());
        self.tokens -= 1.0;
        // Those who wait wait one behind the other: each takes its token now, and pays it off.
        Duration::try_from_secs_f64(-self.tokens / self.fill_rate).unwrap_or(Duration::ZERO)
    }

    fn answered(&mut self, throttled: bool, now: Duration) {
        let now = now.as_secs_f64();
        let measured = self.rate.record(now);
        let rate = if throttled {
            self.last_max_rate = if self.enabled { measured.min(self.fill_rate) } else { measured };
            self.last_throttled = now;
            self.enabled = true;
            self.last_max_rate * BETA
        } else {
            self.grown_back(now)
        };
        self.set_rate(rate.min(MAX_RATE_SCALE * measured), now);
    }
}

impl Cubic {
    /// The rate that CUBIC allows: slow where it last became too much, and the faster the farther from there.
    fn grown_back(&self, now: f64) -> f64 {
        let since = now - self.last_throttled;
        let turn = (self.last_max_rate * (1.0 - BETA) / SCALE).cbrt();
        SCALE * (since - turn).powi(3) + self.last_max_rate
    }

    /// What came in until now came in at the old rate.
    fn set_rate(&mut self, rate: f64, now: f64) {
        self.refill(now);
        self.fill_rate = rate.max(MIN_FILL_RATE);
        self.capacity = rate.max(MIN_CAPACITY);
        self.tokens = self.tokens.min(self.capacity);
    }

    fn refill(&mut self, now: f64) {
        let passed = now - self.filled_at.unwrap_or(now);
        // A clock that was set back gives nothing.
        self.tokens = (self.tokens + passed.max(0.0) * self.fill_rate).min(self.capacity);
        self.filled_at = Some(now);
    }
}

/// How many answers a second there were of late.
#[derive(Default)]
struct MeasuredRate {
    /// When the piece of time began that is being counted, in seconds.
    since: Option<f64>,
    count: u32,
    rate: f64,
}

impl MeasuredRate {
    /// Counts an answer.
    fn record(&mut self, now: f64) -> f64 {
        let piece = (now / TIME_BUCKET).floor() * TIME_BUCKET;
        // The first count begins with the whole second.
        let since = *self.since.get_or_insert(now.floor());
        self.count = self.count.saturating_add(1);
        if piece > since {
            let current = f64::from(self.count) / (piece - since);
            self.rate = current * SMOOTHING + self.rate * (1.0 - SMOOTHING);
            self.count = 0;
            self.since = Some(piece);
        }
        self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// The SDKs' own table for CUBIC ("retry behavior", test cases of the calculator): the rate a client may have before
    /// and after it is throttled, without the cap of twice the measured rate.
    #[test]
    fn cubic_grows_back_as_the_table_says() {
        let mut cubic = Cubic { last_max_rate: 10.0, last_throttled: 5.0, ..Cubic::default() };
        for (now, expected) in [
            (5.0, 7.0),
            (6.0, 9.64893600966),
            (7.0, 10.000030849917364),
            (8.0, 10.453284520772092),
            (9.0, 13.408697022224185),
        ] {
            let rate = cubic.grown_back(now);
            assert!((rate - expected).abs() < 1e-9, "{now}: {rate}");
        }
        cubic.rate.rate = 1000.0;
        cubic.rate.since = Some(5.0);
        cubic.answered(false, at(5.0));
        assert!((cubic.fill_rate - 7.0).abs() < 1e-9);
        cubic.answered(false, at(5.4));
        assert!(cubic.fill_rate > 8.0 && cubic.fill_rate < 9.7);
    }

    /// The SDKs' end-to-end table: answers in time, throttled or not, and the rates that follow.
    #[test]
    fn measured_and_allowed_rates() {
        let mut cubic = Cubic::default();
        for (throttled, now, measured, fill_rate) in [
            (false, 0.2, 0.000000, 0.500000),
            (false, 0.4, 0.000000, 0.500000),
            (false, 0.6, 4.800000, 0.500000),
            (false, 0.8, 4.800000, 0.500000),
            (false, 1.0, 4.160000, 0.500000),
            (false, 1.2, 4.160000, 0.691200),
            (false, 1.4, 4.160000, 1.097600),
            (false, 1.6, 5.632000, 1.638400),
            (false, 1.8, 5.632000, 2.332800),
            (true, 2.0, 4.326400, 3.028480),
            (false, 2.2, 4.326400, 3.486639),
            (false, 2.4, 4.326400, 3.821874),
            (false, 2.6, 5.665280, 4.053386),
            (false, 2.8, 5.665280, 4.200373),
            (false, 3.0, 4.333056, 4.282037),
            (true, 3.2, 4.333056, 2.997426),
            (false, 3.4, 4.333056, 3.452226),
        ] {
            cubic.answered(throttled, at(now));
            assert!((cubic.rate.rate - measured).abs() < 1e-6, "{now}: measured {}", cubic.rate.rate);
            assert!((cubic.fill_rate - fill_rate).abs() < 1e-6, "{now}: fill rate {}", cubic.fill_rate);
        }
    }

    #[test]
    fn nothing_waits_until_the_first_throttle_and_then_one_behind_the_other() {
        let mut cubic = Cubic::default();
        for _ in 0..100 {
            assert_eq!(cubic.acquire(at(1.0)), Duration::ZERO);
        }
        cubic.answered(true, at(1.0));
        assert!((cubic.fill_rate - MIN_FILL_RATE).abs() < 1e-9);
        assert_eq!(cubic.acquire(at(1.0)), at(2.0));
        assert_eq!(cubic.acquire(at(1.0)), at(4.0));
        // One second pays off half a token.
        assert_eq!(cubic.acquire(at(2.0)), at(5.0));
        // A clock that goes back neither gives tokens nor hangs.
        assert_eq!(cubic.acquire(at(0.0)), at(7.0));
    }
}
