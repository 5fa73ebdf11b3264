//! Benchmark of frame decoding: `barerock-eventstream`, CRC-32 alone as lower bound, and `aws-smithy-eventstream`.
//!
//! All of them check both CRCs of every frame. Ours also validates every header and classifies the message,
//! `aws-smithy-eventstream` also decodes headers, and the lower bound does nothing else. As in streams of the service,
//! the frames of the first inputs have the same header block, which our decoder recognizes (except in `one-by-one`); in
//! `mixed` and `changing-headers` the block differs from frame to frame.

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use barerock_bench_protocol::Items;
use barerock_benches::deltas::{FRAMES, deltas, events_of_length};
use barerock_benches::{decode, floor, inputs};
use bytes::Bytes;
use bytes_utils::SegmentedBuf;
use criterion::measurement::WallTime;
use criterion::{
    AxisScale, BenchmarkGroup, BenchmarkId, Criterion, PlotConfiguration, Throughput, criterion_group,
    criterion_main,
};

/// Decodes chunks without copying them: the buffer takes over each chunk whole, as one from a socket.
fn rival_over_chunks(chunks: &[Bytes], items: &mut Items) {
    let mut decoder = MessageFrameDecoder::new();
    let mut buffer = SegmentedBuf::new();
    for chunk in chunks {
        buffer.push(chunk.clone());
        while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut buffer).expect("a frame") {
            items.item(message.payload());
        }
    }
}

/// [`rival_over_chunks`] with a contiguous buffer.
fn rival_over_buffer(stream: &Bytes, items: &mut Items) {
    let mut decoder = MessageFrameDecoder::new();
    let mut buffer = stream.clone();
    while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut buffer).expect("a frame") {
        items.item(message.payload());
    }
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

fn ours_over_chunks(chunks: &[Bytes], items: &mut Items) {
    decode::frames_of_chunks(chunks.iter().map(|chunk| &**chunk), items);
}

/// Number of items of one run.
fn count(run: impl Fn(&mut Items)) -> u64 {
    let mut items = Items::default();
    run(&mut items);
    items.count()
}

/// Adds a decoder to the benchmark after checking that it finds all frames.
fn contend(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    input: &str,
    frames: u64,
    run: impl Fn(&mut Items),
) {
    assert_eq!(count(&run), frames, "{name}/{input}");
    group.bench_function(BenchmarkId::new(name, input), |bencher| {
        bencher.iter(|| run(black_box(&mut Items::default())));
    });
}

fn throughput(stream: &[u8], frames: u64) -> Throughput {
    Throughput::ElementsAndBytes { elements: frames, bytes: u64::try_from(stream.len()).expect("a length") }
}

fn frames(criterion: &mut Criterion) {
    let (stream, ends) = deltas(FRAMES);
    let stream = Bytes::from(stream);
    let frames = u64::try_from(FRAMES).expect("a count");
    let mut each = ends.into_iter();
    let chunked = [
        ("16384-byte-chunks", cut(&stream, |start| start + 16_384)),
        ("1400-byte-chunks", cut(&stream, |start| start + 1_400)),
        ("frame-chunks", cut(&stream, |start| each.next().unwrap_or(start))),
    ];

    let mut group = criterion.benchmark_group("frames");
    group.throughput(throughput(&stream, frames));
    contend(&mut group, "crc-floor", "one-buffer", frames, |items| floor::crcs(&stream, items));
    contend(&mut group, "barerock", "one-buffer", frames, |items| decode::frames(&stream, items));
    contend(&mut group, "barerock", "one-by-one", frames, |items| decode::frames_one_by_one(&stream, items));
    contend(&mut group, "aws-smithy-eventstream", "one-buffer", frames, |items| {
        rival_over_buffer(&stream, items);
    });
    for (input, chunks) in &chunked {
        contend(&mut group, "barerock", input, frames, |items| ours_over_chunks(chunks, items));
        contend(&mut group, "aws-smithy-eventstream", input, frames, |items| {
            rival_over_chunks(chunks, items);
        });
    }
    let others = [
        ("mixed".to_owned(), inputs::mixed(FRAMES)),
        ("changing-headers".to_owned(), inputs::changing(FRAMES)),
    ];
    for (input, stream) in others.into_iter().chain(inputs::recorded()) {
        let stream = Bytes::from(stream);
        let frames = count(|items| floor::crcs(&stream, items));
        group.throughput(throughput(&stream, frames));
        contend(&mut group, "crc-floor", &input, frames, |items| floor::crcs(&stream, items));
        contend(&mut group, "barerock", &input, frames, |items| decode::frames(&stream, items));
        contend(&mut group, "aws-smithy-eventstream", &input, frames, |items| {
            rival_over_buffer(&stream, items);
        });
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
        let mut contend = |name: &str, run: &dyn Fn(&mut Items)| {
            assert_eq!(count(run), u64::try_from(frames).expect("a count"), "{name}/{length}");
            group.bench_function(BenchmarkId::new(name, length), |bencher| {
                bencher.iter_custom(|times| {
                    let elapsed = time(|| (0..times).for_each(|_| run(black_box(&mut Items::default()))));
                    elapsed / u32::try_from(frames).expect("a count")
                });
            });
        };
        contend("crc-floor", &|items| floor::crcs(&stream, items));
        contend("barerock", &|items| decode::frames(&stream, items));
        contend("aws-smithy-eventstream", &|items| rival_over_buffer(&stream, items));
    }
    group.finish();
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

criterion_group!(benches, frames, frame_sizes);
criterion_main!(benches);
