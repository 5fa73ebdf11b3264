use alloc::format;
use alloc::string::{String, ToString};

use ::http::header::HeaderValue;

use super::*;
use crate::{PayloadSigning, Signer};

const BODY: &str = r#"{"messages":[]}"#;
const SIGNED_AT: &str = "20150830T123600Z";

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("valid")
}

fn known(token: Option<&str>) -> Credentials {
    Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token.map(Into::into))
}

fn signer() -> Signer {
    Signer::new("us-east-1", "bedrock").expect("valid")
}

fn unsigned() -> Request<String> {
    Request::post("https://bedrock-runtime.us-east-1.amazonaws.com/model/a%3A0/converse?b=2&a=%2F")
        .header("content-type", "application/json")
        .header("x-amz-meta", "m")
        .header("user-agent", "u")
        .body(BODY.into())
        .expect("valid")
}

fn signed(token: Option<&str>) -> Request<String> {
    let mut request = unsigned();
    signer().sign_http(&mut request, &known(token), time(SIGNED_AT)).expect("signs");
    request
}

fn presigned(token: Option<&str>, seconds: u64) -> Request<String> {
    let mut request = unsigned();
    signer().presign_http(&mut request, seconds, &known(token), time(SIGNED_AT)).expect("signs");
    request
}

fn expecting() -> VerifySettings {
    VerifySettings::default().with_region("us-east-1").with_service("bedrock")
}

fn verify_at(request: &Request<String>, token: Option<&str>, now: &str) -> Result<Verified, VerifyError> {
    let find = |id: &str| (id == "AKIDEXAMPLE").then(|| known(token));
    verify_http(request, find, time(now), &expecting())
}

fn verify(request: &Request<String>) -> Result<Verified, VerifyError> {
    verify_at(request, None, SIGNED_AT)
}

fn change(request: &mut Request<String>, name: &'static str, from: &str, to: &str) {
    let value = request.headers()[name].to_str().expect("ASCII").replace(from, to);
    request.headers_mut().insert(name, HeaderValue::from_str(&value).expect("valid"));
}

fn change_uri(request: &mut Request<String>, from: &str, to: &str) {
    let uri = request.uri().to_string();
    assert!(uri.contains(from), "{uri}");
    *request.uri_mut() = uri.replace(from, to).parse().expect("valid");
}

#[test]
fn what_is_signed_verifies() {
    for token in [None, Some("TO/KEN==")] {
        for request in [signed(token), presigned(token, 60)] {
            let verified = verify_at(&request, token, SIGNED_AT).expect("verifies");
            assert_eq!(verified.access_key_id(), "AKIDEXAMPLE");
            assert_eq!((verified.region(), verified.service()), ("us-east-1", "bedrock"));
            assert_eq!(verified.timestamp(), time(SIGNED_AT));
        }
    }
}

#[test]
fn what_proxies_change_does_not_matter() {
    let mut request = signed(None);
    request.headers_mut().insert("user-agent", HeaderValue::from_static("proxy"));
    request.headers_mut().insert("via", HeaderValue::from_static("proxy"));
    request.headers_mut().insert("content-type", HeaderValue::from_static("  application/json "));
    verify(&request).expect("verifies");
}

#[test]
fn any_change_of_what_is_signed_is_found() {
    let is_mismatch =
        |request: &Request<String>| matches!(verify(request), Err(VerifyError::SignatureMismatch(_)));
    for make in [|| signed(None), || presigned(None, 60)] {
        assert!(!is_mismatch(&make()));

        let mut request = make();
        request.body_mut().push(' ');
        assert!(is_mismatch(&request));

        let mut request = make();
        *request.method_mut() = ::http::Method::PUT;
        assert!(is_mismatch(&request));

        let mut request = make();
        change_uri(&mut request, "%3A0", ":0");
        assert!(is_mismatch(&request));

        let mut request = make();
        change_uri(&mut request, "b=2", "b=3");
        assert!(is_mismatch(&request));

        let mut request = make();
        request.headers_mut().insert("content-type", HeaderValue::from_static("text/plain"));
        assert!(is_mismatch(&request));

        let mut request = make();
        request.headers_mut().append("x-amz-meta", HeaderValue::from_static("m"));
        assert!(is_mismatch(&request));
    }
    let mut request = signed(None);
    change(&mut request, "authorization", "Signature=", "Signature=0");
    assert_eq!(
        text(&verify(&request)),
        "the signature cannot be read: the Signature is not of 64 hexadecimal digits"
    );
    let mut request = presigned(None, 60);
    change_uri(&mut request, "Expires=60", "Expires=61");
    assert!(is_mismatch(&request));
}

fn text(result: &Result<Verified, VerifyError>) -> String {
    match result {
        Ok(_) => "verified".to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_step_that_failed_is_named() {
    let check = |change_it: &dyn Fn(&mut Request<String>), expected: &str| {
        let mut request = signed(None);
        change_it(&mut request);
        assert_eq!(text(&verify(&request)), expected);
    };
    check(
        &|request| drop(request.headers_mut().remove("authorization")),
        "the request is not signed: no authorization header, and no X-Amz-Algorithm in the query",
    );
    check(
        &|request| drop(request.headers_mut().insert("authorization", HeaderValue::from_static("Bearer x"))),
        "the request is not signed by AWS4-HMAC-SHA256",
    );
    check(
        &|request| change(request, "authorization", "SignedHeaders", "Signed"),
        "the signature cannot be read: the authorization header has something besides Credential, SignedHeaders and Signature",
    );
    check(
        &|request| change(request, "authorization", "/aws4_request", ""),
        "the signature cannot be read: the Credential is not KEY-ID/DATE/REGION/SERVICE/aws4_request",
    );
    check(
        &|request| drop(request.headers_mut().remove("x-amz-date")),
        "the signature cannot be read: there is no x-amz-date header",
    );
    check(&|request| change(request, "authorization", "AKID", "ABCD"), "the access key id is not known");
    check(
        &|request| change(request, "authorization", "20150830", "20150829"),
        "the credential scope is of 20150829, and the request of 20150830",
    );
    check(
        &|request| change(request, "authorization", "us-east-1", "us-west-2"),
        "the credential scope is for region \"us-west-2\", and this is us-east-1",
    );
    check(
        &|request| change(request, "authorization", "/bedrock/", "/s3/"),
        "the credential scope is for service \"s3\", and this is bedrock",
    );
    check(
        &|request| change(request, "authorization", "host;", ""),
        "the header host must be signed, and is not",
    );
    check(
        &|request| drop(request.headers_mut().insert("x-amz-new", HeaderValue::from_static("v"))),
        "the header x-amz-new must be signed, and is not",
    );
    check(
        &|request| drop(request.headers_mut().remove("content-type")),
        "the header \"content-type\" is named as signed, and is not in the request",
    );
    check(
        &|request| change(request, "authorization", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Signature=0,"),
        "the signature cannot be read: the authorization header names something twice",
    );
    check(
        &|request| change_uri(request, "?", "?X-Amz-Algorithm=AWS4-HMAC-SHA256&"),
        "the signature cannot be read: a signature in the authorization header and another in the query",
    );
}

#[test]
fn clocks_may_differ_by_five_minutes() {
    let request = signed(None);
    for now in ["20150830T123100Z", "20150830T124100Z"] {
        verify_at(&request, None, now).expect("just within");
    }
    assert_eq!(
        text(&verify_at(&request, None, "20150830T123059Z")),
        "the signature is of 20150830T123600Z, and it is only 20150830T123059Z"
    );
    assert_eq!(
        text(&verify_at(&request, None, "20150830T124101Z")),
        "the signature of 20150830T123600Z lasted 300 seconds, and it is 20150830T124101Z"
    );
    let request = presigned(None, 3600);
    verify_at(&request, None, "20150830T133600Z").expect("just within");
    assert!(matches!(verify_at(&request, None, "20150830T133601Z"), Err(VerifyError::Expired { .. })));
    assert!(matches!(verify_at(&request, None, "20150830T123059Z"), Err(VerifyError::NotYetCurrent { .. })));
}

#[test]
fn the_token_must_be_the_credentials() {
    for (sent, expected) in [(Some("A"), Some("B")), (Some("A"), None), (None, Some("B"))] {
        for request in [signed(sent), presigned(sent, 60)] {
            let found = verify_at(&request, expected, SIGNED_AT);
            assert!(matches!(found, Err(VerifyError::WrongSessionToken)), "{found:?}");
        }
    }
}

#[test]
fn a_token_added_after_is_checked_too() {
    let rules = SigningSettings::default().with_session_token(SessionTokenSigning::AddedAfter);
    let mut signer = signer().with_settings(rules);
    let settings = expecting().with_signing(rules);
    let mut in_header = unsigned();
    signer.sign_http(&mut in_header, &known(Some("TOKEN")), time(SIGNED_AT)).expect("signs");
    let mut in_query = unsigned();
    signer.presign_http(&mut in_query, 60, &known(Some("TOKEN")), time(SIGNED_AT)).expect("signs");
    for request in [in_header, in_query] {
        let find = |_: &str| Some(known(Some("TOKEN")));
        verify_http(&request, find, time(SIGNED_AT), &settings).expect("verifies");
        let find = |_: &str| Some(known(Some("OTHER")));
        let found = verify_http(&request, find, time(SIGNED_AT), &settings);
        assert!(matches!(found, Err(VerifyError::WrongSessionToken)), "{found:?}");
    }
}

#[test]
fn the_payload_header_must_tell_the_truth() {
    let sign_with = |payload| {
        let rules = SigningSettings::default().with_content_sha256_header(true).with_payload(payload);
        let mut request = unsigned();
        signer().with_settings(rules).sign_http(&mut request, &known(None), time(SIGNED_AT)).expect("signs");
        request
    };
    verify(&sign_with(PayloadSigning::Hashed)).expect("verifies");
    let unsigned = sign_with(PayloadSigning::Unsigned);
    assert!(matches!(verify(&unsigned), Err(VerifyError::WrongPayloadHash)));
    let settings = expecting().with_allow_unsigned_payload(true);
    verify_http(&unsigned, |_| Some(known(None)), time(SIGNED_AT), &settings).expect("allowed");
    let mut wrong = sign_with(PayloadSigning::Hashed);
    wrong.body_mut().push(' ');
    assert!(matches!(verify(&wrong), Err(VerifyError::WrongPayloadHash)));
}

#[test]
fn a_mismatch_shows_the_texts_and_hides_the_token() {
    let mut request = signed(Some("SESSIONSECRET"));
    request.body_mut().push(' ');
    let error = verify_at(&request, Some("SESSIONSECRET"), SIGNED_AT).expect_err("changed");
    assert_eq!(error.aws_code(), "InvalidSignatureException");
    let VerifyError::SignatureMismatch(mismatch) = &error else { panic!("{error:?}") };
    assert!(mismatch.canonical_request().starts_with("POST\n/model/a%253A0/converse\na=%2F&b=2\n"));
    assert!(mismatch.canonical_request().contains("SESSIONSECRET"));
    assert!(mismatch.string_to_sign().starts_with("AWS4-HMAC-SHA256\n20150830T123600Z\n"));
    let shown = format!("{error} {error:?} {}", mismatch.aws_message());
    assert!(!shown.contains("SESSIONSECRET"), "{shown}");
    assert!(shown.contains("x-amz-security-token:**redacted**"), "{shown}");
}

#[test]
fn http_2_has_its_host_in_the_authority() {
    let mut request = signed(None);
    request.headers_mut().remove("host");
    verify(&request).expect("verifies");
}
