use super::*;
use barerock_sigv4::{CredentialsRef, SigningSettings, Timestamp};

fn sign(text: &str, settings: SigningSettings, token: Option<&str>) -> RawSigned {
    let timestamp = Timestamp::parse("20150830T123600Z").expect("valid");
    let credentials = CredentialsRef::new("AKIDEXAMPLE", "secret", token);
    let context =
        SigningContext::new(credentials, &timestamp, "us-east-1", "service", settings).expect("valid");
    RawRequest::parse(text.as_bytes()).expect("parses").sign(&context).expect("signs")
}

#[test]
fn what_is_read_is_written_back() {
    for text in [
        "GET / HTTP/1.1\nHost:example.com\n\n",
        "POST /a b/ሴ?x=1&y HTTP/1.1\r\nHost: example.com\r\nFolded: a\r\n  b\r\n\tc\r\n\r\nbody\n\n",
        "GET /? HTTP/1.1\nHost:example.com\n\n",
        "GET / HTTP/1.0\n\n",
    ] {
        let request = RawRequest::parse(text.as_bytes()).expect("parses");
        assert_eq!(request.to_bytes(), text.as_bytes());
    }
}

#[test]
fn the_parts_are_found() {
    let text = "POST https://example.com/a?b=c?d HTTP/1.1\nHost: example.com\nX: 1\n\nbody";
    let request = RawRequest::parse(text.as_bytes()).expect("parses");
    assert_eq!((request.method(), request.path(), request.query()), ("POST", "/a", "b=c?d"));
    assert_eq!((request.header("hOST"), request.scheme()), (Some(" example.com"), Some("https")));
    assert_eq!(request.body(), b"body");
    let request = RawRequest::parse(b"GET http://user:pass@example.com:8080/ HTTP/1.1\n\n").expect("parses");
    assert_eq!((request.header("host"), request.scheme()), (Some("example.com:8080"), Some("http")));
    assert_eq!(request.to_bytes(), b"GET / HTTP/1.1\nHost:example.com:8080\n\n");
    // The empty line may be missing, as in the test suite.
    assert_eq!(RawRequest::parse(b"GET / HTTP/1.1\nHost:x").expect("parses").header("host"), Some("x"));
}

#[test]
fn what_cannot_be_read_is_named_with_its_offset() {
    for (text, offset, what) in [
        ("", 0, "empty request"),
        ("GET\n", 0, "the first line is not METHOD TARGET HTTP/1.1"),
        ("GET /\n", 0, "the first line does not end in a version such as HTTP/1.1"),
        ("G@T / HTTP/1.1\n", 0, "the method is not an HTTP token"),
        ("GET a HTTP/1.1\n", 4, "missing '/' at the start of the target"),
        ("GET / HTTP/1.1\n folded\n", 15, "the first header line is a continuation line"),
        ("GET / HTTP/1.1\nHost\n", 15, "missing ':' in a header line"),
        (
            "GET / HTTP/1.1\nContent-Length:1\n\n12",
            33,
            "the length of the body is not that of content-length",
        ),
    ] {
        assert_eq!(RawRequest::parse(text.as_bytes()), Err(RawRequestError { offset, what }), "{text:?}");
    }
    let error = RawRequest::parse(b"GET / HTTP/1.1\na: \xff\n").expect_err("not UTF-8");
    assert_eq!(error.to_string(), "at byte 18 of the request: invalid UTF-8 in the head");
}

#[test]
fn the_signature_s_headers_come_last_and_replace_old_ones() {
    let settings = SigningSettings::default().with_content_sha256_header(true);
    let text = "POST / HTTP/1.1\nauthorization: old\nHost:example.com\nx-amz-date:old\n\nbody";
    let signed = sign(text, settings, Some("TOKEN"));
    let expected = format!(
        "POST / HTTP/1.1\nHost:example.com\nX-Amz-Security-Token:TOKEN\nX-Amz-Date:20150830T123600Z\n\
         x-amz-content-sha256:{}\nAuthorization:{}\n\nbody",
        PayloadHash::of(b"body"),
        signed.authorization()
    );
    assert_eq!(String::from_utf8(signed.request().to_bytes()).expect("UTF-8"), expected);
    assert!(
        signed
            .authorization()
            .contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,")
    );
}

#[test]
fn a_presigned_request_has_one_signature() {
    let timestamp = Timestamp::parse("20150830T123600Z").expect("valid");
    let credentials = CredentialsRef::new("AKIDEXAMPLE", "secret", None);
    let context =
        SigningContext::new(credentials, &timestamp, "us-east-1", "service", SigningSettings::default())
            .expect("valid");
    let text = b"GET / HTTP/1.1\nHost:x\nAuthorization:Bearer key\n\n";
    let (presigned, request) = RawRequest::parse(text).expect("parses").presign(60, &context).expect("signs");
    let sent = format!("GET /?{} HTTP/1.1\nHost:x\n\n", presigned.query());
    assert_eq!(String::from_utf8(request.to_bytes()).expect("UTF-8"), sent);
}

#[test]
fn debug_shows_no_token() {
    let signed = sign("GET / HTTP/1.1\nHost:x\n\n", SigningSettings::default(), Some("SESSIONSECRET"));
    assert!(!format!("{signed:?}").contains("SESSIONSECRET"));
}
