//! The contender `reqsign-aws-v4`: `TASK FILE ITERATIONS`.
//!
//! It reads the system's clock, so its signature is compared with that of `aws-sigv4` for the same second and the same
//! headers, not with those of the other contenders.

use std::pin::pin;
use std::process::ExitCode;
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::SystemTime;

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use barerock_bench_protocol::{Items, Task, main as contender};
use barerock_benches::sign::{ACCESS_KEY_ID, CONTENT_TYPE, HOST, PATH, REGION, SECRET_ACCESS_KEY, SERVICE};
use reqsign_aws_v4::{Credential, RequestSigner};
use reqsign_core::{Context, SignRequest as _};
use sha2::{Digest as _, Sha256};

struct Signer {
    signer: RequestSigner,
    context: Context,
    credential: Credential,
}

impl Signer {
    /// Signs a body. Hashes it first, because the signer itself would write `UNSIGNED-PAYLOAD`.
    fn once(&self, body: &[u8]) -> http::request::Parts {
        let mut hash = String::with_capacity(64);
        for byte in Sha256::digest(body) {
            hash.push(char::from_digit(u32::from(byte >> 4), 16).expect("a digit"));
            hash.push(char::from_digit(u32::from(byte & 15), 16).expect("a digit"));
        }
        let request = http::Request::post(format!("https://{HOST}{PATH}"))
            .header("content-type", CONTENT_TYPE)
            .header("x-amz-content-sha256", hash);
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        let signed = self.signer.sign_request(&self.context, &mut parts, Some(&self.credential), None);
        block_on(signed).expect("signs");
        parts
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let (mut future, mut context) = (pin!(future), TaskContext::from_waker(Waker::noop()));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

fn signature(parts: &http::request::Parts) -> &str {
    let authorization = parts.headers["authorization"].to_str().expect("ASCII");
    authorization.rsplit_once("Signature=").expect("a signature").1
}

/// Returns the signature of `aws-sigv4` for the request and its date.
fn expected(parts: &http::request::Parts, body: &[u8], encoding: PercentEncodingMode) -> String {
    let credentials =
        aws_credential_types::Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "bench");
    let identity = credentials.into();
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    settings.percent_encoding_mode = encoding;
    let date = parts.headers["x-amz-date"].to_str().expect("ASCII");
    let params = v4::SigningParams::builder().identity(&identity).region(REGION).name(SERVICE);
    let params = params.time(time(date)).settings(settings).build().expect("all is given").into();
    let headers = [("content-type", CONTENT_TYPE), ("host", HOST)];
    let uri = format!("https://{HOST}{PATH}");
    let request = SignableRequest::new("POST", uri, headers.into_iter(), SignableBody::Bytes(body));
    sign(request.expect("signable"), &params).expect("signs").into_parts().1
}

/// Parses a date such as `20150830T123600Z`.
fn time(date: &str) -> SystemTime {
    let time = barerock_benches::sign::parse_date(date);
    SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(time)
}

fn task(name: &str, body: Vec<u8>) -> Option<Box<dyn Task>> {
    if name != "sign-content-sha256" {
        return None;
    }
    let signer = Signer {
        signer: RequestSigner::new(SERVICE, REGION),
        context: Context::new(),
        credential: Credential {
            access_key_id: ACCESS_KEY_ID.to_owned(),
            secret_access_key: SECRET_ACCESS_KEY.to_owned(),
            ..Credential::default()
        },
    };
    Some(Box::new(move |items: &mut Items| {
        let parts = signer.once(&body);
        if items.is_verified() {
            let once = expected(&parts, &body, PercentEncodingMode::Single);
            let twice = expected(&parts, &body, PercentEncodingMode::Double);
            let found = signature(&parts);
            assert!(found == once || found == twice, "aws-sigv4 gives another signature");
            eprintln!(
                "path encoded {}",
                if found == twice { "twice, as Bedrock does" } else { "once, as S3 does" }
            );
        }
        items.item(signature(&parts).as_bytes());
    }))
}

fn main() -> ExitCode {
    contender(task)
}
