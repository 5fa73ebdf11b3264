//! Benchmark of signing a Converse request: `barerock-sigv4`, hashing alone as lower bound, and `aws-sigv4`.
//!
//! The lower bound is SHA-256 of the body, SHA-256 of the canonical request and one HMAC with an initialized key, each
//! over prepared bytes. Ours is `sign_http`, which also inserts the headers into the request; `aws-sigv4` only returns
//! them. `sign/barerock-borrowed` does not allocate and keeps no intermediate text.

use std::hint::black_box;
use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings as TheirSettings, sign};
use aws_sigv4::sign::v4;
use barerock_sigv4::{
    Credentials, PayloadHash, Request, Signer, SigningContext, SigningSettings, Timestamp, sign_request,
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const ACCESS_KEY_ID: &str = "AKIDEXAMPLE";
const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const REGION: &str = "us-east-1";
const SERVICE: &str = "bedrock";
const HOST: &str = "bedrock-runtime.us-east-1.amazonaws.com";
const PATH: &str = "/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse";
const CONTENT_TYPE: &str = "application/json";
const SIGNED_AT: u64 = 1_440_938_160;
/// Body lengths in bytes: a short prompt, a page, and a document.
const BODY_LENGTHS: [usize; 3] = [500, 4 * 1024, 64 * 1024];

/// Builds a Converse request body of exactly this length.
fn body(length: usize) -> Vec<u8> {
    const START: &str = r#"{"messages":[{"role":"user","content":[{"text":""#;
    const END: &str = r#""}]}],"inferenceConfig":{"maxTokens":512}}"#;
    let text = "x".repeat(length - START.len() - END.len());
    format!("{START}{text}{END}").into_bytes()
}

fn timestamp() -> Timestamp {
    Timestamp::from_unix_secs(SIGNED_AT.try_into().expect("few")).expect("in range")
}

fn unsigned(body: &[u8]) -> http::Request<Vec<u8>> {
    let request = http::Request::post(format!("https://{HOST}{PATH}")).header("content-type", CONTENT_TYPE);
    request.body(body.to_vec()).expect("a request")
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sign");
    for length in BODY_LENGTHS {
        let body = body(length);
        let credentials = Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None);
        let mut signer = Signer::new(REGION, SERVICE).expect("valid");
        let mut request = unsigned(&body);
        let signed = signer.sign_http(&mut request, &credentials, timestamp()).expect("signs");
        let (canonical_request, string_to_sign) = (signed.canonical_request(), signed.string_to_sign());
        group.throughput(Throughput::Bytes(length.try_into().expect("few")));

        let keyed = Hmac::<Sha256>::new_from_slice(&[7; 32]).expect("any length");
        group.bench_function(BenchmarkId::new("floor", length), |bencher| {
            bencher.iter(|| {
                let body_hash = Sha256::digest(black_box(&body));
                let request_hash = Sha256::digest(black_box(canonical_request));
                let mut hmac = black_box(&keyed).clone();
                hmac.update(black_box(string_to_sign).as_bytes());
                (body_hash, request_hash, hmac.finalize())
            });
        });

        group.bench_function(BenchmarkId::new("barerock", length), |bencher| {
            bencher.iter_batched_ref(
                || unsigned(&body),
                |request| {
                    signer.sign_http(request, black_box(&credentials), black_box(timestamp())).expect("signs")
                },
                criterion::BatchSize::SmallInput,
            );
        });

        let timestamp = timestamp();
        let settings = SigningSettings::default();
        let context = SigningContext::new(credentials.borrowed(), &timestamp, REGION, SERVICE, settings)
            .expect("valid");
        let key = context.derive_key();
        let headers: [(&str, &[u8]); 2] =
            [("content-type", CONTENT_TYPE.as_bytes()), ("host", HOST.as_bytes())];
        group.bench_function(BenchmarkId::new("barerock-borrowed", length), |bencher| {
            bencher.iter(|| {
                let payload = PayloadHash::of(black_box(&body));
                let request = Request::new("POST", black_box(PATH), "", &headers);
                *sign_request(&request, &payload, black_box(&context), &key).expect("signs").signature()
            });
        });

        let identity =
            aws_credential_types::Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "bench")
                .into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(REGION)
            .name(SERVICE)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(SIGNED_AT))
            .settings(TheirSettings::default())
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
        // The times are comparable only if all sign the same text.
        assert_eq!(sign_theirs().1, signed.signature().to_string());
        group.bench_function(BenchmarkId::new("aws-sigv4", length), |bencher| bencher.iter(sign_theirs));
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
