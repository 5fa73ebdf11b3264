//! Benchmark from bytes to typed events, and from typed requests to signed ones: the AWS SDK through its public client,
//! and barerock. All get the same bytes in the same 16 KiB chunks.

use std::hint::black_box;

use barerock_bench_events::in_memory::{Events, Requests};
use barerock_bench_protocol::Items;
use barerock_benches::deltas::{FRAMES, deltas};
use barerock_benches::inputs::CHUNK;
use barerock_benches::request::{Bare, Call};
use barerock_benches::{decode, floor};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn events(criterion: &mut Criterion) {
    let (stream, _) = deltas(FRAMES);
    let sdk = Events::new(&stream);
    let run = |run: &dyn Fn(&mut Items)| {
        let mut items = Items::default();
        run(black_box(&mut items));
        assert_eq!(items.count(), u64::try_from(FRAMES).expect("a count"));
    };
    let mut group = criterion.benchmark_group("events");
    group.throughput(Throughput::Elements(FRAMES as u64));
    group.bench_function("crc-floor", |bencher| bencher.iter(|| run(&|items| floor::crcs(&stream, items))));
    group.bench_function("barerock", |bencher| {
        bencher.iter(|| run(&|items| decode::events(stream.chunks(CHUNK), items)));
    });
    group.bench_function("aws-sdk-bedrockruntime", |bencher| bencher.iter(|| run(&|items| sdk.once(items))));
    group.finish();
}

fn requests(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("request");
    let (mut bare, call, sdk) = (Bare::default(), Call::default(), Requests::default());
    group.bench_function("barerock-converse", |bencher| bencher.iter(|| bare.once()));
    group.bench_function("barerock", |bencher| bencher.iter(|| call.once()));
    group.bench_function("aws-sdk-bedrockruntime", |bencher| bencher.iter(|| sdk.once()));
    group.finish();
}

criterion_group!(benches, events, requests);
criterion_main!(benches);
