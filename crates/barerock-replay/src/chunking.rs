//! How an event stream is cut into HTTP chunks, and how fast they go.

use crate::duration::parse_duration;
use crate::frames;
use bytes::Bytes;
use core::fmt;
use core::num::NonZeroUsize;
use core::str::FromStr;
use core::time::Duration;

/// Where an event stream is cut into HTTP chunks. As text: `frames`, `whole`, or a number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Chunking {
    /// A chunk a frame.
    #[default]
    Frames,
    /// This many bytes a chunk, the last one perhaps fewer.
    Bytes(NonZeroUsize),
    /// One chunk.
    Whole,
}

impl Chunking {
    pub(crate) fn cut(self, body: &Bytes) -> Vec<Bytes> {
        match self {
            Self::Frames => frames::split(body),
            Self::Whole => vec![body.clone()],
            Self::Bytes(size) => {
                let mut rest = body.clone();
                let mut chunks = Vec::new();
                while !rest.is_empty() {
                    chunks.push(rest.split_to(size.get().min(rest.len())));
                }
                chunks
            }
        }
    }
}

impl FromStr for Chunking {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "frames" => Ok(Self::Frames),
            "whole" => Ok(Self::Whole),
            _ => text.parse().map(Self::Bytes).map_err(|_| {
                format!("unknown chunking {text:?}: wants frames, whole, or a number of bytes above 0")
            }),
        }
    }
}

impl fmt::Display for Chunking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frames => f.write_str("frames"),
            Self::Whole => f.write_str("whole"),
            Self::Bytes(size) => write!(f, "{size}"),
        }
    }
}

/// The wait before each chunk of an event stream; none by default. As text: `20ms`, `1s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace(Duration);

impl Pace {
    /// Waits this long before each chunk.
    pub const fn every(delay: Duration) -> Self {
        Self(delay)
    }

    /// The wait before each chunk.
    pub const fn delay(self) -> Duration {
        self.0
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.delay().as_millis())
    }
}

impl FromStr for Pace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_duration(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_join_to_the_body() {
        let body = [frames::exception("a", "b"), frames::error("c", "d")].concat();
        let body = Bytes::from(body);
        for (text, chunks) in [("frames", 2), ("whole", 1), ("7", body.len().div_ceil(7)), ("999999", 1)] {
            let chunking: Chunking = text.parse().unwrap();
            assert_eq!(chunking.to_string(), text);
            let cut = chunking.cut(&body);
            assert_eq!((cut.len(), Bytes::from(cut.concat())), (chunks, body.clone()), "{text}");
        }
    }

    #[test]
    fn what_is_no_chunking_is_refused() {
        for text in ["0", "-1", "frame", ""] {
            let error = text.parse::<Chunking>().unwrap_err();
            assert!(error.ends_with("wants frames, whole, or a number of bytes above 0"), "{error}");
        }
    }
}
