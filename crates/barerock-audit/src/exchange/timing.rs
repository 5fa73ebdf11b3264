//! When a response arrived, chunk by chunk: `response.chunks.json`.

use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use barerock_sigv4::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{ExchangeError, TIMING_FILE};

/// Times of an attempt and its response. All are durations since the request was sent, unless said otherwise.
///
/// In JSON, durations are whole microseconds, and absent members are unknown:
///
/// ```text
/// {
///   "started": "2026-11-28T21:05:38.123456Z",   when the request was sent, UTC
///   "call": "5bd3…", "attempt": 2, "max_attempts": 3,
///   "waited": 150000,                           before this attempt was sent
///   "connect": 1200, "tls": 3400,               how long they took; absent on a reused connection
///   "head": 51234, "first_frame": 51500, "end": 99000,
///   "redacted": true,                           frames were encoded anew, or a body changed
///   "chunks": [
///     [0, 51300],                               offset in response.body, arrival
///     [312, 51900]
///   ]
/// }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// When the request was sent.
    pub started: Option<SystemTime>,
    /// The id that the attempts of a call share (`amz-sdk-invocation-id`).
    pub call: Option<String>,
    /// Number of the attempt, from 1.
    pub attempt: Option<u32>,
    /// Maximum number of attempts.
    pub max_attempts: Option<u32>,
    /// Time between the attempt before and this one.
    pub waited: Option<Duration>,
    /// How long the TCP connection took to be made; `None` if it was reused, or the transport does not tell.
    pub connect: Option<Duration>,
    /// How long the TLS handshake took.
    pub tls: Option<Duration>,
    /// When the response's head had arrived: the time to the first byte.
    pub head: Option<Duration>,
    /// When the first frame of an event stream was whole.
    pub first_frame: Option<Duration>,
    /// When the body had ended; `None` if it broke off.
    pub end: Option<Duration>,
    /// True if anything of the response was redacted. The frames concerned are encoded anew, with the CRCs of what is left.
    pub redacted: bool,
    /// The chunks of the body as the transport returned them, in order.
    pub chunks: Vec<ChunkTime>,
}

/// Where a chunk of a body begins, and when it arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a place and a time")]
pub struct ChunkTime {
    /// Offset of its first byte in the body.
    pub offset: u64,
    /// When it arrived, since the request was sent.
    pub at: Duration,
}

#[derive(Deserialize)]
struct TimingForm {
    started: Option<String>,
    call: Option<String>,
    attempt: Option<u32>,
    max_attempts: Option<u32>,
    waited: Option<u64>,
    connect: Option<u64>,
    tls: Option<u64>,
    head: Option<u64>,
    first_frame: Option<u64>,
    end: Option<u64>,
    #[serde(default)]
    redacted: bool,
    #[serde(default)]
    chunks: Vec<(u64, u64)>,
}

impl Timing {
    /// Reads the JSON form. `length` is that of the body.
    pub(crate) fn parse(json: &[u8], length: u64) -> Result<Self, String> {
        let form: TimingForm = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let mut last = None;
        for (index, &(offset, _)) in form.chunks.iter().enumerate() {
            if offset >= length || last.is_some_and(|last| offset <= last) || (index == 0 && offset > 0) {
                return Err(format!("`chunks[{index}]`: no chunk of {length} bytes can begin at {offset}"));
            }
            last = Some(offset);
        }
        let started = match form.started {
            None => None,
            Some(text) => {
                Some(parse_time(&text).ok_or_else(|| format!("`started`: {text:?} is not a time"))?)
            }
        };
        let time = |micros: Option<u64>| micros.map(Duration::from_micros);
        Ok(Self {
            started,
            call: form.call,
            attempt: form.attempt,
            max_attempts: form.max_attempts,
            waited: time(form.waited),
            connect: time(form.connect),
            tls: time(form.tls),
            head: time(form.head),
            first_frame: time(form.first_frame),
            end: time(form.end),
            redacted: form.redacted,
            chunks: form
                .chunks
                .into_iter()
                .map(|(offset, at)| ChunkTime { offset, at: Duration::from_micros(at) })
                .collect(),
        })
    }

    pub(super) fn parse_file(json: &[u8], length: u64) -> Result<Self, ExchangeError> {
        Self::parse(json, length)
            .map_err(|problem| ExchangeError::Invalid { path: TIMING_FILE.into(), problem })
    }

    /// Writes the JSON form, a chunk a line.
    pub(crate) fn to_json(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        let mut member = |name: &str, value: Option<serde_json::Value>| {
            lines.extend(value.map(|value| format!("  \"{name}\": {value}")));
        };
        let time = |time: Option<Duration>| time.map(|time| micros(time).into());
        member("started", self.started.and_then(format_time).map(Into::into));
        member("call", self.call.as_deref().map(Into::into));
        member("attempt", self.attempt.map(Into::into));
        member("max_attempts", self.max_attempts.map(Into::into));
        member("waited", time(self.waited));
        member("connect", time(self.connect));
        member("tls", time(self.tls));
        member("head", time(self.head));
        member("first_frame", time(self.first_frame));
        member("end", time(self.end));
        member("redacted", Some(self.redacted.into()));
        let chunks: Vec<String> = self
            .chunks
            .iter()
            .map(|chunk| format!("    {}", json!([chunk.offset, micros(chunk.at)])))
            .collect();
        lines.push(match &*chunks {
            [] => "  \"chunks\": []".to_owned(),
            chunks => format!("  \"chunks\": [\n{}\n  ]", chunks.join(",\n")),
        });
        format!("{{\n{}\n}}\n", lines.join(",\n"))
    }

    /// How long the request waited for its connection to be made.
    #[must_use]
    pub fn connecting(&self) -> Duration {
        self.connect.unwrap_or_default().saturating_add(self.tls.unwrap_or_default())
    }

    /// The arrival of the chunk that holds the byte at `offset`; `None` without chunks.
    #[must_use]
    pub fn arrival_of(&self, offset: u64) -> Option<Duration> {
        let next = self.chunks.partition_point(|chunk| chunk.offset <= offset);
        self.chunks.get(next.checked_sub(1)?).map(|chunk| chunk.at)
    }
}

/// Whole microseconds.
pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// ISO 8601 in UTC, with microseconds.
pub(crate) fn format_time(time: SystemTime) -> Option<String> {
    let since_1970 = time.duration_since(UNIX_EPOCH).ok()?;
    let seconds = Timestamp::from_unix_secs(i64::try_from(since_1970.as_secs()).ok()?).ok()?;
    let seconds = seconds.to_extended();
    Some(format!("{}.{:06}Z", seconds.trim_end_matches('Z'), since_1970.subsec_micros()))
}

/// Reads ISO 8601 with or without a fraction, in UTC or at an offset of hours and minutes.
pub(crate) fn parse_time(text: &str) -> Option<SystemTime> {
    let (local, behind) = match text.strip_suffix('Z') {
        Some(local) => (local, 0),
        None => {
            let (local, zone) = text.split_at_checked(text.len().checked_sub(6)?)?;
            let sign = match zone.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let minutes = hours.parse::<i64>().ok()?.checked_mul(60)?.checked_add(minutes.parse().ok()?)?;
            (local, minutes.checked_mul(60)?.checked_mul(sign)?)
        }
    };
    let (seconds, fraction) = local.split_once('.').unwrap_or((local, "0"));
    let basic: String = seconds.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    let seconds = Timestamp::parse(&format!("{basic}Z")).ok()?.unix_secs().checked_sub(behind)?;
    let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let fraction = Duration::from_micros(digits.parse().ok()?);
    UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).ok()?))?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let timing = Timing {
            started: Some(UNIX_EPOCH + Duration::from_micros(1_795_900_000_123_456)),
            call: Some("a\"b".to_owned()),
            attempt: Some(2),
            max_attempts: Some(3),
            waited: Some(Duration::from_millis(150)),
            connect: Some(Duration::from_micros(7)),
            head: Some(Duration::from_micros(51)),
            redacted: true,
            chunks: [(0, 51), (312, 60)]
                .map(|(offset, at)| ChunkTime { offset, at: Duration::from_micros(at) })
                .to_vec(),
            ..Timing::default()
        };
        let json = timing.to_json();
        assert_eq!(Timing::parse(json.as_bytes(), 313).unwrap(), timing, "{json}");
        assert_eq!(Timing::parse(Timing::default().to_json().as_bytes(), 0).unwrap(), Timing::default());
        assert_eq!(timing.arrival_of(311), Some(Duration::from_micros(51)));
        assert_eq!(timing.arrival_of(312), Some(Duration::from_micros(60)));
        assert_eq!(Timing::default().arrival_of(0), None);
    }

    #[test]
    fn chunks_begin_in_the_body_one_after_the_other() {
        for (chunks, index) in [("[[1,0]]", 0), ("[[0,0],[0,1]]", 1), ("[[0,0],[5,1],[10,2]]", 2)] {
            let error = Timing::parse(format!(r#"{{"chunks":{chunks}}}"#).as_bytes(), 10).unwrap_err();
            assert!(error.starts_with(&format!("`chunks[{index}]`: ")), "{error}");
        }
        let error = Timing::parse(br#"{"started":"yesterday"}"#, 0).unwrap_err();
        assert_eq!(error, "`started`: \"yesterday\" is not a time");
    }

    #[test]
    fn times_have_a_zone_and_a_fraction_of_any_length() {
        let time = UNIX_EPOCH + Duration::from_millis(1_440_938_160_250);
        for text in [
            "2015-08-30T12:36:00.25Z",
            "2015-08-30T12:36:00.2500009Z",
            "2015-08-30T14:36:00.250+02:00",
            "2015-08-30T07:06:00.250-05:30",
        ] {
            assert_eq!(parse_time(text), Some(time), "{text}");
        }
        assert_eq!(format_time(time).as_deref(), Some("2015-08-30T12:36:00.250000Z"));
        for text in ["", "Z", "2015-08-30", "2015-08-30T12:36:00", "é2015-08-30T12:36:00+é:é"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
