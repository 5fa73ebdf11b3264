//! CUBIC: the sending rate of adaptive mode, with the constants of the AWS SDKs (botocore, `retries/adaptive.py` and
//! `retries/throttling.py`).

/// Growth of the rate after a throttle (CUBIC's C).
const SCALE: f64 = 0.4;
/// Factor of the rate at a throttle.
const BETA: f64 = 0.7;
/// Weight of the newest measurement in the measured rate.
const SMOOTHING: f64 = 0.8;
/// Length of one measurement, in seconds.
const TIME_BUCKET: f64 = 0.5;
/// Limit of the sending rate, as a multiple of the measured rate.
const MAX_RATE_SCALE: f64 = 2.0;

/// Computes the sending rate, in requests a second, from the responses. Times are in seconds.
#[derive(Default)]
pub(super) struct Cubic {
    is_enabled: bool,
    measured: MeasuredRate,
    /// Rate before the last throttle.
    last_max_rate: f64,
    last_throttled: f64,
}

impl Cubic {
    /// Whether the service has throttled a request: until then nothing is delayed.
    pub(super) fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// Counts a response and returns the new sending rate. `rate` is the present one.
    pub(super) fn on_response(&mut self, is_throttled: bool, rate: f64, now: f64) -> f64 {
        let measured = self.measured.record(now);
        let new = if is_throttled {
            self.last_max_rate = if self.is_enabled { measured.min(rate) } else { measured };
            self.last_throttled = now;
            self.is_enabled = true;
            self.last_max_rate * BETA
        } else {
            self.grown(now)
        };
        new.min(MAX_RATE_SCALE * measured)
    }

    /// `C * (t - K)^3 + W_max`, with K the time at which the rate is back at `W_max`.
    fn grown(&self, now: f64) -> f64 {
        let since = now - self.last_throttled;
        let zero_point = (self.last_max_rate * (1.0 - BETA) / SCALE).cbrt();
        SCALE * (since - zero_point).powi(3) + self.last_max_rate
    }
}

/// Smoothed rate of responses.
#[derive(Default)]
struct MeasuredRate {
    /// Start of the present measurement.
    since: Option<f64>,
    count: u32,
    rate: f64,
}

impl MeasuredRate {
    /// Counts a response and returns the rate, in responses a second.
    fn record(&mut self, now: f64) -> f64 {
        let bucket = (now / TIME_BUCKET).floor() * TIME_BUCKET;
        // The first measurement begins at a whole second, as botocore's does.
        let since = *self.since.get_or_insert(now.floor());
        self.count = self.count.saturating_add(1);
        if bucket > since {
            let current = f64::from(self.count) / (bucket - since);
            self.rate = current * SMOOTHING + self.rate * (1.0 - SMOOTHING);
            self.count = 0;
            self.since = Some(bucket);
        }
        self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SDKs' own table for CUBIC ("retry behavior", test cases of the calculator): the rate before and after a throttle,
    /// without the limit of twice the measured rate.
    #[test]
    fn cubic_grows_as_the_table_says() {
        let mut cubic = Cubic { last_max_rate: 10.0, last_throttled: 5.0, ..Cubic::default() };
        for (now, expected) in [
            (5.0, 7.0),
            (6.0, 9.64893600966),
            (7.0, 10.000030849917364),
            (8.0, 10.453284520772092),
            (9.0, 13.408697022224185),
        ] {
            let rate = cubic.grown(now);
            assert!((rate - expected).abs() < 1e-9, "{now}: {rate}");
        }
        cubic.measured.rate = 1000.0;
        cubic.measured.since = Some(5.0);
        assert!((cubic.on_response(false, 0.5, 5.0) - 7.0).abs() < 1e-9);
        let rate = cubic.on_response(false, 7.0, 5.4);
        assert!(rate > 8.0 && rate < 9.7, "{rate}");
    }

    /// The SDKs' end-to-end table: responses in time, throttled or not, and the rates that follow.
    #[test]
    fn measured_and_allowed_rates() {
        let (mut cubic, mut rate) = (Cubic::default(), 0.5);
        for (is_throttled, now, measured, fill_rate) in [
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
            rate = cubic.on_response(is_throttled, rate, now).max(0.5);
            assert!((cubic.measured.rate - measured).abs() < 1e-6, "{now}: measured {}", cubic.measured.rate);
            assert!((rate - fill_rate).abs() < 1e-6, "{now}: {rate}");
        }
    }
}
