//! Benchmark from bytes to typed events and messages: the event decoder, its parts, and serde. `benches/events` compares it
//! with the AWS SDK.

use std::hint::black_box;

use barerock_bench_protocol::Items;
use barerock_benches::deltas::{FRAMES, deltas};
use barerock_benches::inputs::CHUNK;
use barerock_benches::messages::DerivedEvent;
use barerock_benches::{decode, floor, inputs};
use barerock_eventstream::{FrameDecoder, Frames, Limits};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Decodes frames with `barerock-eventstream` and payloads with serde_json: the event decoder without its fast path.
fn frames_and_serde(stream: &[u8], items: &mut Items) {
    let mut decoder = FrameDecoder::new();
    for mut chunk in stream.chunks(CHUNK) {
        while let Some(frame) = decoder.next_frame(&mut chunk).expect("a good stream") {
            let event: DerivedEvent<'_> = serde_json::from_slice(frame.payload()).expect("a delta");
            items.item(event.delta.text.as_bytes());
        }
    }
}

/// Reads only the payloads, with serde_json.
fn serde_only(payloads: &[&[u8]], items: &mut Items) {
    for payload in payloads {
        let event: DerivedEvent<'_> = serde_json::from_slice(payload).expect("a delta");
        items.item(event.delta.text.as_bytes());
    }
}

fn payloads(stream: &[u8]) -> Vec<&[u8]> {
    Frames::new(stream, Limits::default()).map(|frame| frame.expect("a frame").payload()).collect()
}

fn count(stream: &[u8]) -> u64 {
    let mut items = Items::default();
    floor::crcs(stream, &mut items);
    items.count()
}

fn events(criterion: &mut Criterion) {
    let (stream, _) = deltas(FRAMES);
    let payloads = payloads(&stream);
    let mut group = criterion.benchmark_group("events");
    group.throughput(Throughput::Elements(count(&stream)));
    let run = |run: &dyn Fn(&mut Items)| {
        let mut items = Items::default();
        run(black_box(&mut items));
        assert_eq!(items.count(), u64::try_from(FRAMES).expect("a count"));
    };
    group.bench_function("crc-floor", |bencher| bencher.iter(|| run(&|items| floor::crcs(&stream, items))));
    group.bench_function("barerock", |bencher| {
        bencher.iter(|| run(&|items| decode::events(stream.chunks(CHUNK), items)));
    });
    group.bench_function("frames-and-serde", |bencher| {
        bencher.iter(|| run(&|items| frames_and_serde(&stream, items)));
    });
    group.bench_function("serde-only", |bencher| bencher.iter(|| run(&|items| serde_only(&payloads, items))));
    let others = [
        ("mixed".to_owned(), inputs::mixed(FRAMES)),
        ("changing-headers".to_owned(), inputs::changing(FRAMES)),
    ];
    for (input, stream) in others.into_iter().chain(inputs::recorded()) {
        group.throughput(Throughput::Elements(count(&stream)));
        group.bench_function(BenchmarkId::new("crc-floor", &input), |bencher| {
            bencher.iter(|| floor::crcs(&stream, black_box(&mut Items::default())));
        });
        group.bench_function(BenchmarkId::new("barerock", &input), |bencher| {
            bencher.iter(|| decode::events(stream.chunks(CHUNK), black_box(&mut Items::default())));
        });
    }
    group.finish();
}

/// Number of frames of the longest recorded stream.
const LONGEST: usize = 382;

fn assemble(criterion: &mut Criterion) {
    let stream = inputs::message(LONGEST);
    let mut group = criterion.benchmark_group("assemble");
    group.throughput(Throughput::Elements(count(&stream)));
    group.bench_function(BenchmarkId::new("events-alone", LONGEST), |bencher| {
        bencher.iter(|| decode::events(stream.chunks(CHUNK), black_box(&mut Items::default())));
    });
    group.bench_function(BenchmarkId::new("barerock", LONGEST), |bencher| {
        bencher.iter(|| decode::assemble(black_box(&stream).chunks(CHUNK)));
    });
    group.finish();
}

criterion_group!(benches, events, assemble);
criterion_main!(benches);
