//! Tests of the memory that signing and decoding allocate.

use allocation_counter::measure;
use barerock_eventstream::{FrameDecoder, FrameEncoder, Header, MessageKind};
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

/// `sign_http` allocates the texts it puts into the request, and nothing else; this also shows that the counter counts.
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
    // Otherwise repeated signing would fill the memory.
    assert_eq!(counted.count_current, 0, "{counted:?}");
}

/// A stream of 1 GiB in chunks of 64 KiB; each frame is as long as the default limit allows.
#[test]
fn a_gibibyte_is_decoded_in_constant_memory() {
    const MESSAGE: usize = 16 * 1024 * 1024;
    const HEADERS: usize = 22;
    const FRAMES: u64 = 64;
    let payload = vec![0x20; MESSAGE - 16 - HEADERS];
    let frame = FrameEncoder::new()
        .encode(&[Header::new(":message-type", "event")], &payload)
        .expect("a frame at the limit");
    assert_eq!(frame.len(), MESSAGE);
    drop(payload);
    let counted = measure(|| {
        let mut decoder = FrameDecoder::new();
        for _ in 0..FRAMES {
            for mut chunk in frame.chunks(64 * 1024) {
                while let Some(frame) = decoder.next_frame(&mut chunk).expect("a good frame") {
                    assert_eq!(frame.kind(), MessageKind::Event { event_type: "" });
                }
            }
        }
        decoder.finish().expect("a whole stream");
        assert_eq!((decoder.frames(), decoder.offset()), (FRAMES, 1 << 30));
    });
    // One frame and one chunk, in a vector that doubles: the old and the new buffer exist at the same time.
    assert!(counted.bytes_max < 64 * 1024 * 1024, "{counted:?}");
}
