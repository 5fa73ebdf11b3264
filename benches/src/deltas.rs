//! Streams of contentBlockDelta frames with the length distribution of recorded streams.

use barerock_eventstream::{Header, encode_frame};

/// Number of frames of the benchmark stream.
pub const FRAMES: usize = 20_000;

/// Quantiles of the total length of recorded contentBlockDelta frames: per mille of the frames, and their maximum
/// length in bytes, with linear interpolation between rows. The last row is a reasoning signature of about 5 KB.
const LENGTHS: [(usize, usize); 10] = [
    (0, 156),
    (50, 165),
    (250, 183),
    (500, 198),
    (750, 213),
    (900, 226),
    (950, 238),
    (990, 258),
    (999, 270),
    (1000, 5232),
];

const HEADERS: [(&str, &str); 3] =
    [(":event-type", "contentBlockDelta"), (":content-type", "application/json"), (":message-type", "event")];

/// Length of a frame with these headers and an empty payload, in bytes.
const EMPTY_FRAME: usize = 16 + 87;

const PADDING: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Builds the benchmark stream and the end offset of each frame. Deterministic.
#[must_use]
pub fn deltas(frames: usize) -> (Vec<u8>, Vec<usize>) {
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let (mut stream, mut ends) = (Vec::new(), Vec::new());
    for _ in 0..frames {
        let length = length_at(numbers.below(1_000_000));
        append(length, 2 + numbers.below(60), &mut stream);
        ends.push(stream.len());
    }
    (stream, ends)
}

/// Builds a stream of `frames` events with two headers, of `length` bytes each (at least 64).
#[must_use]
pub fn events_of_length(length: usize, frames: usize) -> Vec<u8> {
    const HEADERS: [(&str, &str); 2] = [(":event-type", "chunk"), (":message-type", "event")];
    const EMPTY_FRAME: usize = 16 + 42;
    let headers = HEADERS.map(|(name, value)| Header::new(name, value));
    let payload: Vec<u8> = PADDING.bytes().cycle().take(length - EMPTY_FRAME).collect();
    let mut stream = Vec::new();
    for _ in 0..frames {
        encode_frame(&headers, &payload, &mut stream).expect("a frame within all limits");
    }
    stream
}

/// Appends a frame of `length` bytes with about `padding` bytes of padding.
fn append(length: usize, padding: usize, stream: &mut Vec<u8>) {
    const SHELL: usize = r#"{"contentBlockIndex":0,"delta":{"text":""},"p":""}"#.len();
    let free = length - EMPTY_FRAME - SHELL;
    let padding = &PADDING[..padding.min(free)];
    let words = "the quick brown fox jumps over the lazy dog and ".chars().cycle();
    let text: String = words.take(free - padding.len()).collect();
    let payload = format!(r#"{{"contentBlockIndex":0,"delta":{{"text":"{text}"}},"p":"{padding}"}}"#);
    let headers = HEADERS.map(|(name, value)| Header::new(name, value));
    encode_frame(&headers, payload.as_bytes(), stream).expect("a frame within all limits");
}

/// Length at this quantile of the distribution, in millionths.
fn length_at(millionth: usize) -> usize {
    let upper = LENGTHS.iter().position(|(share, _)| millionth < share * 1000).unwrap_or(LENGTHS.len() - 1);
    let ((from, shortest), (to, longest)) = (LENGTHS[upper - 1], LENGTHS[upper]);
    shortest + (longest - shortest) * (millionth - from * 1000) / ((to - from) * 1000)
}

/// Deterministic pseudorandom numbers (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u32) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        usize::try_from((number * u64::from(end)) >> 32).expect("less than `end`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_distributed_as_recorded() {
        let (stream, ends) = deltas(FRAMES);
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let mut lengths: Vec<usize> = starts.zip(&ends).map(|(start, end)| end - start).collect();
        lengths.sort_unstable();
        assert_eq!((lengths.len(), lengths.iter().sum::<usize>()), (FRAMES, stream.len()));
        let near = |found: usize, recorded: usize| found.abs_diff(recorded) <= 2;
        assert!(near(lengths[FRAMES / 2], 198), "median {}", lengths[FRAMES / 2]);
        assert!(near(lengths[FRAMES * 9 / 10], 226), "p90 {}", lengths[FRAMES * 9 / 10]);
        assert!(near(stream.len() / FRAMES, 201), "mean {}", stream.len() / FRAMES);
        assert!(lengths[0] >= 156 && lengths[FRAMES - 1] <= 5232);
    }
}
