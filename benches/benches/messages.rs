//! Benchmark of whole messages: responses, their JSON, and requests from types to signed bytes.

use std::hint::black_box;

use barerock_benches::decode;
use barerock_benches::inputs::{CHUNK, message};
use barerock_benches::messages::{DerivedResponse, read, response};
use barerock_benches::request::{Bare, Call, request};
use barerock_converse::ConverseResponse;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Bytes of text in a response.
const LENGTHS: [usize; 2] = [2 * 1024, 200 * 1024];

fn bytes(body: &[u8]) -> Throughput {
    Throughput::Bytes(u64::try_from(body.len()).expect("a length"))
}

fn responses(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("response");
    for length in LENGTHS {
        let body = response(length);
        group.throughput(bytes(&body));
        group.bench_function(BenchmarkId::new("barerock", length), |bencher| {
            bencher.iter(|| read(black_box(&body)))
        });
        group.bench_function(BenchmarkId::new("serde-derive", length), |bencher| {
            bencher.iter(|| serde_json::from_slice::<DerivedResponse>(black_box(&body)).expect("a response"));
        });
        // The serde implementation of the same types, as a cache of responses would use it.
        group.bench_function(BenchmarkId::new("barerock-serde", length), |bencher| {
            bencher
                .iter(|| serde_json::from_slice::<ConverseResponse>(black_box(&body)).expect("a response"));
        });
    }
    group.finish();
}

fn json(criterion: &mut Criterion) {
    let request = request();
    let text = serde_json::to_string(&request).expect("JSON");
    let mut group = criterion.benchmark_group("json");
    group.throughput(bytes(text.as_bytes()));
    group.bench_function("write-request", |bencher| {
        bencher.iter(|| serde_json::to_string(black_box(&request)).expect("JSON"));
    });
    group.bench_function("write-request-as-value", |bencher| {
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        bencher.iter(|| serde_json::to_string(black_box(&value)).expect("JSON"));
    });
    let body = response(200 * 1024);
    let value = read(&body);
    group.throughput(bytes(&body));
    group.bench_function("write-response-200-KB", |bencher| {
        bencher.iter(|| serde_json::to_string(black_box(&value)).expect("JSON"));
    });
    group.finish();
}

fn requests(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("request");
    let mut bare = Bare::default();
    group.bench_function("barerock-converse", |bencher| bencher.iter(|| bare.once()));
    let call = Call::default();
    group.bench_function("barerock", |bencher| bencher.iter(|| call.once()));
    group.finish();
}

/// Runs both measurements under their names from before the groups `assemble` and `response`.
fn messages(criterion: &mut Criterion) {
    let (stream, body) = (message(382), response(200 * 1024));
    let mut group = criterion.benchmark_group("messages");
    group.throughput(bytes(&stream));
    group.bench_function("assemble-382-frames", |bencher| {
        bencher.iter(|| decode::assemble(black_box(&stream).chunks(CHUNK)));
    });
    group.throughput(bytes(&body));
    group.bench_function("response-200-KB", |bencher| bencher.iter(|| read(black_box(&body))));
    group.finish();
}

criterion_group!(benches, responses, json, requests, messages);
criterion_main!(benches);
