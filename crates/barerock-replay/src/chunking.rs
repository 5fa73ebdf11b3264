//! Splitting of event streams into HTTP chunks, and the delays between the chunks.

use crate::duration::parse_duration;
use crate::frames;
use barerock_audit::exchange::Timing;
use bytes::Bytes;
use core::fmt;
use core::num::NonZeroUsize;
use core::str::FromStr;
use core::time::Duration;

/// The longest chunk of random chunking, in bytes.
const MAX_RANDOM: u64 = 1024;
/// Prefix of random chunking's text form; the seed follows.
const RANDOM: &str = "random:";

/// Splits an event stream into HTTP chunks. As text: `frames`, `whole`, `recorded`, a number of bytes, or `random:SEED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Chunking {
    /// One chunk per frame.
    #[default]
    Frames,
    /// Chunks of this many bytes; the last one may be shorter.
    Bytes(NonZeroUsize),
    /// The whole body as one chunk.
    Whole,
    /// The chunks of the recording, also for responses that are not streams; [`Frames`](Self::Frames) if none were recorded.
    Recorded,
    /// Chunks of 1 to 1,024 bytes, the same for the same seed and body.
    Random {
        /// Seed of the random number generator.
        seed: u64,
    },
}

impl Chunking {
    /// Splits the body of an event stream.
    pub(crate) fn cut(self, body: &Bytes, timing: Option<&Timing>) -> Vec<Bytes> {
        match (self, timing) {
            (Self::Recorded, Some(timing)) if !timing.chunks.is_empty() => {
                let ends = timing.chunks.iter().skip(1).map(|chunk| chunk.offset);
                let mut begin = 0;
                let sizes = ends.map(move |end| {
                    let size = usize::try_from(end.saturating_sub(begin)).unwrap_or(usize::MAX);
                    begin = end;
                    size
                });
                split(body, sizes.chain([usize::MAX]))
            }
            (Self::Frames | Self::Recorded, _) => frames::split(body),
            (Self::Whole, _) => vec![body.clone()],
            (Self::Bytes(size), _) => split(body, core::iter::repeat(size.get())),
            (Self::Random { seed }, _) => split(body, random_sizes(seed)),
        }
    }

    /// Splits a body that is not a stream: one chunk, except for [`Recorded`](Self::Recorded).
    pub(crate) fn cut_whole(self, body: &Bytes, timing: Option<&Timing>) -> Vec<Bytes> {
        match self {
            Self::Recorded if timing.is_some() => self.cut(body, timing),
            _ => vec![body.clone()],
        }
    }
}

/// Splits `body` into chunks of these sizes; the rest, if any, is the last chunk.
fn split(body: &Bytes, sizes: impl Iterator<Item = usize>) -> Vec<Bytes> {
    let (mut rest, mut chunks, mut sizes) = (body.clone(), Vec::new(), sizes);
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(usize::MAX).clamp(1, rest.len());
        chunks.push(rest.split_to(size));
    }
    chunks
}

/// Chunk sizes from SplitMix64, which depend on the seed alone.
fn random_sizes(seed: u64) -> impl Iterator<Item = usize> {
    let mut state = seed;
    core::iter::repeat_with(move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % MAX_RANDOM).unwrap_or_default().saturating_add(1)
    })
}

impl FromStr for Chunking {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = match text {
            "frames" => Some(Self::Frames),
            "whole" => Some(Self::Whole),
            "recorded" => Some(Self::Recorded),
            text => match text.strip_prefix(RANDOM) {
                Some(seed) => seed.parse().ok().map(|seed| Self::Random { seed }),
                None => text.parse().ok().map(Self::Bytes),
            },
        };
        parsed.ok_or_else(|| {
            format!(
                "unknown chunking {text:?}: expected frames, whole, recorded, random:SEED, or a number of bytes above 0"
            )
        })
    }
}

impl fmt::Display for Chunking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frames => f.write_str("frames"),
            Self::Whole => f.write_str("whole"),
            Self::Recorded => f.write_str("recorded"),
            Self::Bytes(size) => write!(f, "{size}"),
            Self::Random { seed } => write!(f, "{RANDOM}{seed}"),
        }
    }
}

/// Times at which the chunks of a response are sent; without delay by default. As text: a delay before each chunk of an
/// event stream, such as `20ms` or `1s`, or `recorded`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace {
    delay: Duration,
    is_recorded: bool,
}

impl Pace {
    /// Delays each chunk of an event stream by this duration.
    pub const fn every(delay: Duration) -> Self {
        Self { delay, is_recorded: false }
    }

    /// Sends the head and each chunk at the times of the recording, counted from when the connection was ready for the
    /// request. A response without recorded times is sent without delay. If the chunks differ from the recorded ones, each is
    /// sent at the time its last byte was recorded.
    pub const fn recorded() -> Self {
        Self { delay: Duration::ZERO, is_recorded: true }
    }

    /// Returns the delay before each chunk of an event stream.
    pub const fn delay(self) -> Duration {
        self.delay
    }

    /// Returns true for the pace of the recording.
    pub const fn is_recorded(self) -> bool {
        self.is_recorded
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_recorded {
            true => f.write_str("recorded"),
            false => write!(f, "{}ms", self.delay.as_millis()),
        }
    }
}

impl FromStr for Pace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "recorded" => Ok(Self::recorded()),
            text => parse_duration(text).map(Self::every),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use barerock_audit::exchange::ChunkTime;

    #[test]
    fn chunks_join_to_the_body() {
        let body = [frames::exception("a", "b"), frames::error("c", "d")].concat();
        let body = Bytes::from(body);
        for (text, chunks) in [("frames", 2), ("whole", 1), ("7", body.len().div_ceil(7)), ("999999", 1)] {
            let chunking: Chunking = text.parse().unwrap();
            assert_eq!(chunking.to_string(), text);
            let cut = chunking.cut(&body, None);
            assert_eq!((cut.len(), Bytes::from(cut.concat())), (chunks, body.clone()), "{text}");
        }
    }

    #[test]
    fn what_is_no_chunking_is_refused() {
        for text in ["0", "-1", "frame", ""] {
            let error = text.parse::<Chunking>().unwrap_err();
            assert!(error.contains(": expected frames, whole, recorded, random:SEED"), "{error}");
        }
    }

    #[test]
    fn recorded_and_random_chunks_join_to_the_body() {
        let body = Bytes::from(vec![7; 5000]);
        let timing = |chunks: &[u64]| {
            let mut timing = Timing::default();
            timing.chunks = chunks.iter().map(|&offset| ChunkTime { offset, at: Duration::ZERO }).collect();
            timing
        };
        let sizes = |chunking: &str, timing: &Timing| -> Vec<usize> {
            let chunks = chunking.parse::<Chunking>().unwrap().cut(&body, Some(timing));
            assert_eq!(chunks.concat(), *body);
            chunks.iter().map(Bytes::len).collect()
        };
        assert_eq!(sizes("recorded", &timing(&[0, 1, 4000])), [1, 3999, 1000]);
        // A fault may have made the body shorter than its recording.
        assert_eq!(sizes("recorded", &timing(&[0, 4000, 6000, 7000])), [4000, 1000]);
        assert_eq!(sizes("recorded", &timing(&[])), [5000], "no frames");
        let random = sizes("random:7", &timing(&[]));
        assert_eq!(random, sizes("random:7", &timing(&[0, 9])));
        assert_ne!(random, sizes("random:8", &timing(&[])));
        assert!(random.len() > 3 && random.iter().all(|size| (1..=1024).contains(size)), "{random:?}");
    }
}
