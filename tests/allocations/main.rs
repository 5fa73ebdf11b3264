//! What signing allocates.

use allocation_counter::measure;
use barerock_sigv4::{
    Credentials, CredentialsRef, EventSigner, PayloadHash, Request, Signer, SigningContext, SigningSettings,
    Timestamp, sign_request,
};

const HOST: &str = "bedrock-runtime.us-east-1.amazonaws.com";
const PATH: &str = "/model/../model/anthropic.claude-3-haiku-20240307-v1%3A0/converse";

fn timestamp() -> Timestamp {
    Timestamp::parse("20150830T123600Z").expect("a time")
}

#[test]
fn signing_a_borrowed_request_allocates_nothing() {
    let timestamp = timestamp();
    let body = vec![b'x'; 500];
    let token = "T".repeat(1000);
    let headers: [(&str, &[u8]); 4] = [
        ("Host", HOST.as_bytes()),
        ("content-type", b"application/json"),
        ("X-Folded", b" a\r\n  b   c "),
        ("user-agent", b"x"),
    ];
    let counted = measure(|| {
        let credentials = CredentialsRef::new("AKIDEXAMPLE", "secret", Some(&token));
        let settings = SigningSettings::default().with_content_sha256_header(true);
        let context =
            SigningContext::new(credentials, &timestamp, "us-east-1", "bedrock", settings).expect("valid");
        let key = context.derive_key();
        let payload = PayloadHash::of(&body);
        let request = Request::new("POST", PATH, "b=2&a=%2F&c", &headers);
        let signed = sign_request(&request, &payload, &context, &key).expect("signs");
        std::hint::black_box(signed.signature());
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn signing_events_allocates_nothing() {
    let timestamp = timestamp();
    let counted = measure(|| {
        let credentials = CredentialsRef::new("AKIDEXAMPLE", "secret", None);
        let mut signer = EventSigner::new(credentials, "us-east-1", "bedrock", None).expect("valid");
        for payload in [b"A".as_slice(), b"B", b""] {
            std::hint::black_box(signer.sign(payload, &timestamp).expect("signs").encoded_headers());
        }
    });
    assert_eq!(counted.count_total, 0);
}

/// The counter counts: `sign_http` puts texts into the request, a few and not more.
#[test]
fn signing_in_place_allocates_the_texts_it_adds() {
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None);
    let mut signer = Signer::new("us-east-1", "bedrock").expect("valid");
    let mut request =
        http::Request::post(format!("https://{HOST}{PATH}")).body(vec![b'x'; 500]).expect("valid");
    signer.sign_http(&mut request, &credentials, timestamp()).expect("signs");
    let counted = measure(|| drop(signer.sign_http(&mut request, &credentials, timestamp()).expect("signs")));
    println!("{counted:?}");
    assert!((1..=6).contains(&counted.count_total), "{counted:?}");
    // Else signing again and again would fill the memory.
    assert_eq!(counted.count_current, 0, "{counted:?}");
}
