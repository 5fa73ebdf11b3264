//! Benchmark of frame decoding: `barerock-eventstream`, CRC-32 alone as lower bound, and `aws-smithy-eventstream`.
//!
//! All of them check both CRCs of every frame. Ours also validates every header and classifies the message,
//! `aws-smithy-eventstream` also decodes headers, and the lower bound does nothing else. As in streams of the service,
//! all frames have the same header block, which our decoder recognizes (except in `one-by-one`).

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use barerock_benches::deltas::{FRAMES, deltas, events_of_length};
use barerock_eventstream::{Frame, FrameDecoder, Frames, Limits, MessageKind, Status};
use bytes::Bytes;
use bytes_utils::SegmentedBuf;
use criterion::measurement::WallTime;
use criterion::{
    AxisScale, BenchmarkGroup, BenchmarkId, Criterion, PlotConfiguration, Throughput, criterion_group,
    criterion_main,
};

const MESSAGE_CRC: usize = 4;

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// Checks both CRCs of each frame with one pass of crc32fast.
fn floor(mut stream: &[u8]) -> usize {
    let mut frames = 0;
    while !stream.is_empty() {
        let (frame, rest) = stream.split_at(word(stream, 0) as usize);
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&frame[..8]);
        assert_eq!(hasher.clone().finalize(), word(frame, 8));
        let end = frame.len() - MESSAGE_CRC;
        hasher.update(&frame[8..end]);
        assert_eq!(hasher.finalize(), word(frame, end));
        frames += 1;
        stream = rest;
    }
    frames
}

fn check(frame: &Frame<'_>) {
    let MessageKind::Event { event_type } = frame.kind() else { panic!("no event: {frame:?}") };
    black_box((event_type, frame.payload()));
}

/// Decodes with the state of the previous frame: a header block with the same bytes is compared instead of parsed.
fn ours_over_buffer(stream: &[u8]) -> usize {
    let mut frames = 0;
    for frame in Frames::new(stream, Limits::default()) {
        check(&frame.expect("a frame"));
        frames += 1;
    }
    frames
}

/// Decodes every frame separately, parsing every header.
fn ours_one_by_one(mut stream: &[u8]) -> usize {
    let mut frames = 0;
    while let Status::Complete((frame, length)) = Frame::parse(stream, Limits::default()).expect("a frame") {
        check(&frame);
        frames += 1;
        stream = &stream[length..];
    }
    frames
}

fn ours_over_chunks(chunks: &[Bytes]) -> usize {
    let mut frames = 0;
    let mut decoder = FrameDecoder::new();
    for chunk in chunks {
        decoder.push(chunk);
        while let Some(frame) = decoder.next_frame().expect("a frame") {
            check(&frame);
            frames += 1;
        }
    }
    decoder.finish().expect("a whole stream");
    frames
}

/// Decodes as the SDK does, from a segmented buffer of chunks.
fn rival_over_chunks(chunks: &[Bytes]) -> usize {
    let mut frames = 0;
    let mut decoder = MessageFrameDecoder::new();
    let mut buffer = SegmentedBuf::new();
    for chunk in chunks {
        buffer.push(chunk.clone());
        while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut buffer).expect("a frame") {
            black_box(message);
            frames += 1;
        }
    }
    frames
}

/// [`rival_over_chunks`] with a contiguous buffer.
fn rival_over_buffer(stream: &Bytes) -> usize {
    let mut frames = 0;
    let mut decoder = MessageFrameDecoder::new();
    let mut buffer = stream.clone();
    while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut buffer).expect("a frame") {
        black_box(message);
        frames += 1;
    }
    frames
}

/// Splits the stream at the offsets that `next_end` returns.
fn cut(stream: &Bytes, mut next_end: impl FnMut(usize) -> usize) -> Vec<Bytes> {
    let (mut chunks, mut start) = (Vec::new(), 0);
    while start < stream.len() {
        let end = next_end(start).min(stream.len());
        chunks.push(stream.slice(start..end));
        start = end;
    }
    chunks
}

/// Adds a decoder to the benchmark after checking that it finds all frames.
fn contend(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    input: &str,
    frames: usize,
    run: impl Fn() -> usize,
) {
    assert_eq!(run(), frames, "{name}/{input}");
    group.bench_function(BenchmarkId::new(name, input), |bencher| bencher.iter(&run));
}

fn frames(criterion: &mut Criterion) {
    let (stream, ends) = deltas(FRAMES);
    let stream = Bytes::from(stream);
    let mut each = ends.into_iter();
    let chunked = [
        ("16384-byte-chunks", cut(&stream, |start| start + 16_384)),
        ("1400-byte-chunks", cut(&stream, |start| start + 1_400)),
        ("frame-chunks", cut(&stream, |start| each.next().unwrap_or(start))),
    ];

    let mut group = criterion.benchmark_group("frames");
    group.throughput(Throughput::ElementsAndBytes {
        elements: u64::try_from(FRAMES).expect("a count"),
        bytes: u64::try_from(stream.len()).expect("a length"),
    });
    contend(&mut group, "crc-floor", "one-buffer", FRAMES, || floor(black_box(&stream)));
    contend(&mut group, "barerock", "one-buffer", FRAMES, || ours_over_buffer(black_box(&stream)));
    contend(&mut group, "barerock", "one-by-one", FRAMES, || ours_one_by_one(black_box(&stream)));
    contend(&mut group, "aws-smithy-eventstream", "one-buffer", FRAMES, || {
        rival_over_buffer(black_box(&stream))
    });
    for (input, chunks) in &chunked {
        contend(&mut group, "barerock", input, FRAMES, || ours_over_chunks(black_box(chunks)));
        contend(&mut group, "aws-smithy-eventstream", input, FRAMES, || rival_over_chunks(black_box(chunks)));
    }
    group.finish();
}

/// Throughput by frame size, over streams of about 4 MiB. The time is per frame, so that the report plots it over the
/// bytes of a frame.
fn frame_sizes(criterion: &mut Criterion) {
    const STREAM: usize = 4 * 1024 * 1024;
    let mut group = criterion.benchmark_group("frame-size");
    group.plot_config(PlotConfiguration::default().summary_scale(AxisScale::Logarithmic));
    for length in [64, 128, 256, 512, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576] {
        let frames = STREAM / length;
        let stream = Bytes::from(events_of_length(length, frames));
        group.throughput(Throughput::Bytes(u64::try_from(length).expect("a length")));
        let mut contend = |name: &str, run: &dyn Fn() -> usize| {
            assert_eq!(run(), frames, "{name}/{length}");
            group.bench_function(BenchmarkId::new(name, length), |bencher| {
                bencher.iter_custom(|times| {
                    let elapsed = time(|| (0..times).for_each(|_| assert_eq!(run(), frames)));
                    elapsed / u32::try_from(frames).expect("a count")
                });
            });
        };
        contend("crc-floor", &|| floor(black_box(&stream)));
        contend("barerock", &|| ours_over_buffer(black_box(&stream)));
        contend("aws-smithy-eventstream", &|| rival_over_buffer(black_box(&stream)));
    }
    group.finish();
}

#[expect(clippy::disallowed_methods, reason = "a bench looks at the clock")]
fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

criterion_group!(benches, frames, frame_sizes);
criterion_main!(benches);
