//! Failures on demand, each written as a short text such as `throttle@1x2` or `truncate=400`.

mod parse;

use core::fmt;
use core::time::Duration;
use http::{HeaderValue, StatusCode};

/// A way to fail. Each is given in the text form that [`FaultRule`] reads.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// `throttle[=DURATION]`: 429 `ThrottlingException`, with `x-amz-retry-after` in milliseconds where given.
    Throttle {
        /// What `x-amz-retry-after` says.
        retry_after: Option<Duration>,
    },
    /// `status=CODE[:ERROR]`: this status, with this error name or the service's own for the status.
    Status {
        /// 400 to 599.
        status: StatusCode,
        /// Goes into `x-amzn-ErrorType`.
        error: Option<String>,
    },
    /// `html[=STATUS]`: a web page with status 502 or this one, as a proxy between would send it.
    Html {
        /// 200 to 599.
        status: StatusCode,
    },
    /// `redirect[=STATUS]`: 307 or this status, which points to `https://elsewhere.example/login`, as a captive portal would.
    Redirect {
        /// 300 to 399.
        status: StatusCode,
    },
    /// `reset-before`: the connection is reset (TCP RST) instead of a response.
    ResetBefore,
    /// `reset-after=BYTES`: reset (TCP RST) after this many bytes of the body, or at its end.
    ResetAfter(usize),
    /// `close-after=BYTES`: closed in good order after this many bytes or at the end, without the last chunk.
    CloseAfter(usize),
    /// `truncate=BYTES`: the body is this long and ends as if it were whole. Only its bytes can tell.
    Truncate(usize),
    /// `stall=DURATION`: nothing for this long, then the response.
    Stall(Duration),
    /// `stall-after=BYTES[:DURATION]`: silence after this many bytes of the body, for ever or for this long.
    StallAfter {
        /// Bytes sent before.
        bytes: usize,
        /// For ever where `None`.
        duration: Option<Duration>,
    },
    /// `slow=DURATION`: a wait before each chunk, beside the pace.
    Slow(Duration),
    /// `corrupt=OFFSET[:BIT]`: one bit of the body is flipped, the lowest of its byte where not given.
    Corrupt {
        /// The byte, counted from 0.
        offset: usize,
        /// 0, the lowest, to 7.
        bit: u8,
    },
    /// `exception=NAME[:FRAME]`: this exception in place of a frame (the first, 1, where not given), and nothing after.
    /// A response that is not a stream becomes the HTTP error of that name.
    Exception {
        /// Such as `throttlingException`.
        name: String,
        /// Counted from 1.
        frame: usize,
    },
    /// `error-frame[=CODE[:FRAME]]`: a frame of `:message-type: error` in place of a frame, and nothing after.
    /// A response that is not a stream becomes status 500 with that code.
    ErrorFrame {
        /// Goes into `:error-code`.
        code: String,
        /// Counted from 1.
        frame: usize,
    },
    /// `content-type=VALUE`: another `Content-Type`; the body is as it was.
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

/// A fault and the requests it strikes.
///
/// ```text
/// rule  = fault [ "@" first [ "x" count | "+" ] ]
/// fault = name [ "=" value [ ":" detail ] ]
/// ```
///
/// Requests are counted from 1 as the server receives them, whatever their content. Without `@` each one is struck;
/// `@2` strikes the second, `@2x3` the second to the fourth, `@2+` the second and all after.
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
    /// One past the last request; `None` for all that follow.
    end: Option<u64>,
}

impl FaultRule {
    /// Every form of a fault, comma-separated, for the help of a command line.
    pub const FORMS: &str = parse::FORMS;

    /// Strikes every request.
    pub const fn always(fault: Fault) -> Self {
        Self { fault, first: 1, end: None }
    }

    /// Strikes `count` requests from `first` on, the first of all being 1.
    pub const fn starting_at(fault: Fault, first: u64, count: u64) -> Self {
        Self { fault, first, end: Some(first.saturating_add(count)) }
    }

    /// The fault.
    pub const fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Whether the request of this number is struck.
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

/// A text that is no fault rule: what was read, and what is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError(String);

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for FaultError {}
