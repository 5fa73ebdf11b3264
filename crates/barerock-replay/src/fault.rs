//! Injected faults, with a text form such as `throttle@1x2` or `truncate=400`.

mod parse;

use core::fmt;
use core::time::Duration;
use http::{HeaderValue, StatusCode};

/// A fault to inject into a response. Each variant's documentation begins with its text form, which [`FaultRule`] parses.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// `throttle[=DURATION]`: 429 `ThrottlingException`, with `x-amz-retry-after` in milliseconds if a duration is given.
    Throttle {
        /// Value of `x-amz-retry-after`.
        retry_after: Option<Duration>,
    },
    /// `status=CODE[:ERROR]`: this status, with this error name or the service's own name for the status.
    Status {
        /// 400 to 599.
        status: StatusCode,
        /// Value of `x-amzn-ErrorType`.
        error: Option<String>,
    },
    /// `html[=STATUS]`: a web page with this status (502 by default), as a proxy would send it.
    Html {
        /// 200 to 599.
        status: StatusCode,
    },
    /// `redirect[=STATUS]`: a redirect with this status (307 by default) to `https://elsewhere.example/login`, as a captive
    /// portal would send it.
    Redirect {
        /// 300 to 399.
        status: StatusCode,
    },
    /// `reset-before`: the connection is reset (TCP RST) instead of a response.
    ResetBefore,
    /// `reset-after=BYTES`: the connection is reset (TCP RST) after this many bytes of the body, or at its end.
    ResetAfter(usize),
    /// `close-after=BYTES`: the connection is closed (TCP FIN) after this many bytes of the body or at its end, without the
    /// final chunk.
    CloseAfter(usize),
    /// `truncate=BYTES`: the body ends after this many bytes as if it were complete: only its content shows the cut.
    Truncate(usize),
    /// `stall=DURATION`: the response starts after this delay.
    Stall(Duration),
    /// `stall-after=BYTES[:DURATION]`: a pause after this many bytes of the body, without end or for this long.
    StallAfter {
        /// Bytes sent before the pause.
        bytes: usize,
        /// Length of the pause; `None` is without end.
        duration: Option<Duration>,
    },
    /// `slow=DURATION`: a delay before each chunk, in addition to the pace.
    Slow(Duration),
    /// `corrupt=OFFSET[:BIT]`: one bit of the body is flipped, the lowest of its byte by default.
    Corrupt {
        /// Index of the byte, counted from 0.
        offset: usize,
        /// Number of the bit, from 0 (the lowest) to 7.
        bit: u8,
    },
    /// `exception=NAME[:FRAME]`: an exception replaces a frame (1, the first, by default) and those after it. A response that
    /// is not a stream becomes the HTTP error of that name.
    Exception {
        /// Name of the exception, such as `throttlingException`.
        name: String,
        /// Number of the replaced frame, counted from 1.
        frame: usize,
    },
    /// `error-frame[=CODE[:FRAME]]`: a frame of `:message-type: error` replaces a frame (1, the first, by default) and those
    /// after it. A response that is not a stream becomes status 500 with that code.
    ErrorFrame {
        /// Value of `:error-code`.
        code: String,
        /// Number of the replaced frame, counted from 1.
        frame: usize,
    },
    /// `content-type=VALUE`: another `Content-Type`; the body is unchanged.
    ContentType(HeaderValue),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |duration: &Duration| format!("{}ms", duration.as_millis());
        match self {
            Self::Throttle { retry_after: None } => f.write_str("throttle"),
            Self::Throttle { retry_after: Some(after) } => write!(f, "throttle={}", millis(after)),
            Self::Status { status, error: None } => write!(f, "status={}", status.as_u16()),
            Self::Status { status, error: Some(error) } => write!(f, "status={}:{error}", status.as_u16()),
            Self::Html { status } => write!(f, "html={}", status.as_u16()),
            Self::Redirect { status } => write!(f, "redirect={}", status.as_u16()),
            Self::ResetBefore => f.write_str("reset-before"),
            Self::ResetAfter(bytes) => write!(f, "reset-after={bytes}"),
            Self::CloseAfter(bytes) => write!(f, "close-after={bytes}"),
            Self::Truncate(bytes) => write!(f, "truncate={bytes}"),
            Self::Stall(duration) => write!(f, "stall={}", millis(duration)),
            Self::StallAfter { bytes, duration: None } => write!(f, "stall-after={bytes}"),
            Self::StallAfter { bytes, duration: Some(duration) } => {
                write!(f, "stall-after={bytes}:{}", millis(duration))
            }
            Self::Slow(duration) => write!(f, "slow={}", millis(duration)),
            Self::Corrupt { offset, bit } => write!(f, "corrupt={offset}:{bit}"),
            Self::Exception { name, frame } => write!(f, "exception={name}:{frame}"),
            Self::ErrorFrame { code, frame } => write!(f, "error-frame={code}:{frame}"),
            Self::ContentType(value) => {
                write!(f, "content-type={}", String::from_utf8_lossy(value.as_bytes()))
            }
        }
    }
}

/// A fault and the numbers of the requests it applies to.
///
/// ```text
/// rule  = fault [ "@" first [ "x" count | "+" ] ]
/// fault = name [ "=" value [ ":" detail ] ]
/// ```
///
/// Requests are counted from 1 as the server receives them, whatever their content. Without `@` the fault applies to every
/// request; with `@2` to the second, with `@2x3` to the second to fourth, with `@2+` to the second and all after it.
///
/// ```
/// use barerock_replay::FaultRule;
///
/// let rule: FaultRule = "throttle@1x2".parse()?;
/// assert!(rule.strikes(1) && rule.strikes(2) && !rule.strikes(3));
/// assert_eq!("trottle".parse::<FaultRule>().unwrap_err().to_string().split(':').next(), Some("unknown fault \"trottle\""));
/// # Ok::<(), barerock_replay::FaultError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultRule {
    fault: Fault,
    first: u64,
    /// Number after the last request; `None` for no end.
    end: Option<u64>,
}

impl FaultRule {
    /// Text forms of all faults, comma-separated, for a program's help.
    pub const FORMS: &str = parse::FORMS;

    /// Creates a rule that applies to every request.
    pub const fn always(fault: Fault) -> Self {
        Self { fault, first: 1, end: None }
    }

    /// Creates a rule that applies to `count` requests, starting at number `first`, counted from 1.
    pub const fn starting_at(fault: Fault, first: u64, count: u64) -> Self {
        Self { fault, first, end: Some(first.saturating_add(count)) }
    }

    /// Returns the fault.
    pub const fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Returns true if the fault applies to the request of this number, counted from 1.
    pub fn strikes(&self, number: u64) -> bool {
        number >= self.first && self.end.is_none_or(|end| number < end)
    }
}

impl fmt::Display for FaultRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)?;
        match (self.first, self.end) {
            (1, None) => Ok(()),
            (first, None) => write!(f, "@{first}+"),
            (first, Some(end)) if end.saturating_sub(first) == 1 => write!(f, "@{first}"),
            (first, Some(end)) => write!(f, "@{first}x{}", end.saturating_sub(first)),
        }
    }
}

/// Error of parsing a fault rule; its text names the input and the expected form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError(String);

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for FaultError {}
