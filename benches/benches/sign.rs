//! Benchmark of signing a Converse request: `barerock-sigv4`, hashing alone as lower bound, and `aws-sigv4`.
//!
//! The lower bound is SHA-256 of the body, SHA-256 of the canonical request and one HMAC with an initialized key, each
//! over prepared bytes. Ours is `sign_http`, which also inserts the headers into the request; `aws-sigv4` only returns
//! them. `sign/barerock-borrowed` does not allocate and keeps no intermediate text.

use std::hint::black_box;
use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use barerock_bench_protocol::Items;
use barerock_benches::floor::Hashes;
use barerock_benches::sign::{
    ACCESS_KEY_ID, BODY_LENGTHS, Borrowed, CONTENT_TYPE, HOST, InPlace, PATH, REGION, SECRET_ACCESS_KEY,
    SERVICE, SIGNED_AT, body, unsigned,
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sign");
    for length in BODY_LENGTHS {
        let body = body(length);
        let mut in_place = InPlace::new(false);
        let signed = in_place.sign(&mut unsigned(&body));
        group.throughput(Throughput::Bytes(length.try_into().expect("few")));

        let hashes = Hashes::new(&body, signed.canonical_request(), signed.string_to_sign());
        group.bench_function(BenchmarkId::new("floor", length), |bencher| {
            bencher.iter(|| black_box(&hashes).once(&mut Items::default()));
        });

        group.bench_function(BenchmarkId::new("barerock", length), |bencher| {
            bencher.iter_batched_ref(
                || unsigned(&body),
                |request| in_place.sign(request),
                criterion::BatchSize::SmallInput,
            );
        });

        let borrowed = Borrowed::default();
        group.bench_function(BenchmarkId::new("barerock-borrowed", length), |bencher| {
            bencher.iter(|| borrowed.once(black_box(&body), &mut Items::default()));
        });

        let identity =
            aws_credential_types::Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "bench")
                .into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(REGION)
            .name(SERVICE)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(SIGNED_AT.try_into().expect("after 1970")))
            .settings(SigningSettings::default())
            .build()
            .expect("all is given")
            .into();
        let sign_theirs = || {
            let headers = [("content-type", CONTENT_TYPE), ("host", HOST)];
            let uri = format!("https://{HOST}{PATH}");
            let request =
                SignableRequest::new("POST", uri, headers.into_iter(), SignableBody::Bytes(black_box(&body)));
            sign(request.expect("signable"), black_box(&params)).expect("signs").into_parts()
        };
        // The times are comparable only if all signers sign the same text.
        assert_eq!(sign_theirs().1, signed.signature().to_string());
        group.bench_function(BenchmarkId::new("aws-sigv4", length), |bencher| bencher.iter(sign_theirs));
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
