use alloc::string::ToString;

use super::head::FEW;
use super::*;
use crate::{Request, sign_request};

const BODY: &str = r#"{"messages":[{"role":"user","content":[{"text":"hi"}]}]}"#;
const HOST_NAME: &str = "bedrock-runtime.us-east-1.amazonaws.com";

fn credentials(token: Option<&str>) -> Credentials {
    Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token.map(Into::into))
}

fn now() -> Timestamp {
    Timestamp::parse("20150830T123600Z").expect("valid")
}

fn post(uri: &str) -> ::http::Request<&'static str> {
    let request = ::http::Request::post(uri).header("content-type", "application/json");
    request.body(BODY).expect("valid")
}

fn signer() -> Signer {
    Signer::new("us-east-1", "bedrock").expect("valid")
}

/// The expected values were computed with botocore 1.43.11's `SigV4Auth`.
#[test]
fn golden_signatures() {
    let mut signer = signer();
    let arn = "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fa1b2c3d4e5f6/converse";
    for (path, token, signature) in [
        (
            "/model/us.anthropic.claude-sonnet-4-6/converse",
            None,
            "635b06ff05e880f81fa2d895e4f78e388d585a2c446283ff7a193c0c09640bc0",
        ),
        (
            "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse",
            None,
            "b2d89376425920647b8197be6560da5f53c4d9cc5ac66b56efafa43ba66c9022",
        ),
        (
            "/model/anthropic.claude-3-haiku-20240307-v1:0/converse",
            None,
            "81a602e88508442c4cef48bb53081990c53fb0e804f67717db07fe09990b3b9e",
        ),
        (
            "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse-stream",
            Some("TOKEN/+=="),
            "632a029d89df1750236a33cfd364d9ab2575192509e677398a8b8e3c0839c9a3",
        ),
        (arn, Some("TOKEN/+=="), "7aeda1eae4c3a00a09e4cee208dc046f74457110974c780ac38c57e595f84e2d"),
    ] {
        let mut request = post(&alloc::format!("https://{HOST_NAME}{path}"));
        let signed = signer.sign_http(&mut request, &credentials(token), now()).expect("signs");
        assert_eq!(signed.signature().to_string(), signature, "{path}");
        let authorization = request.headers().get("authorization").expect("signed");
        assert!(authorization.is_sensitive());
        assert!(authorization.to_str().expect("ASCII").ends_with(signature));
        assert_eq!(request.headers().get("host").expect("added"), HOST_NAME);
        assert_eq!(request.headers().contains_key("x-amz-security-token"), token.is_some());
    }
}

/// In place, names are not checked again, and the scope and the names are copied from texts that are there.
#[test]
fn signing_in_place_is_signing_borrowed_text() {
    let timestamp = now();
    let paths = ["/model/a%3Ab/converse", "/model/a:b/../converse", "/model/b/converse", ""];
    for token in [None, Some("TOKEN")] {
        for count in 0..2 * FEW {
            let mut request = post(&std::format!("https://example.com{}?x=1", paths[count % paths.len()]));
            for number in 0..count {
                // Some names come more than once, and some are not signed.
                let name = ["x-b", "x-a", "user-agent", "x_c", "te", "x-proxy"][number % 6];
                let value = HeaderValue::try_from(std::format!(" a  {number}\t")).expect("valid");
                let name = std::format!("{name}{}", number / 12);
                request.headers_mut().append(HeaderName::try_from(name).expect("valid"), value);
            }
            let credentials = credentials(token);
            let settings = SigningSettings::default().with_content_sha256_header(count % 2 == 0);
            let uri = request.uri().clone();
            let mut lines: Vec<_> =
                request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
            lines.push(("Host", b"example.com"));
            let payload = PayloadHash::of(request.body().as_ref());
            let context =
                SigningContext::new(credentials.borrowed(), &timestamp, "us-east-1", "bedrock", settings)
                    .expect("valid");
            let parts = Request::new("POST", uri.path(), uri.query().unwrap_or_default(), &lines);
            let borrowed = sign_request(&parts, &payload, &context, &context.derive_key()).expect("signs");
            let canonical_request = borrowed.canonical_request().to_string();
            let string_to_sign = borrowed.string_to_sign().to_string();
            let authorization = borrowed.authorization().to_string();

            let mut signer = Signer::new("us-east-1", "bedrock").expect("valid").with_settings(settings);
            let path_before = paths[count / paths.len() % paths.len()];
            let mut before = post(&std::format!("https://example.com{path_before}"));
            signer.sign_http(&mut before, &credentials, timestamp).expect("signs");
            for time in ["another path before", "the same path before"] {
                let signed = signer.sign_http(&mut request, &credentials, timestamp).expect("signs");
                assert_eq!(signed.canonical_request(), canonical_request, "{time}");
                assert_eq!(signed.string_to_sign(), string_to_sign, "{time}");
                assert_eq!(request.headers()["authorization"], authorization, "{time}");
            }
        }
    }
}

/// The order of the headers is kept for the next request, whose names may differ from those of the last in any way.
#[test]
fn a_signer_that_has_signed_signs_as_a_new_one() {
    let many: Vec<(String, &str)> = (0..FEW).map(|at| (alloc::format!("x-{at}"), "v")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (&**name, *value)).collect();
    let heads: [&[(&str, &str)]; 12] = [
        &[],
        &[("a", "1")],
        &[("a", "1"), ("b", "2")],
        &[("b", "2"), ("a", "1")],
        &[("ab", "1")],
        &[("a", "other  value")],
        &[("a", "1"), ("a", "2")],
        &[("a", "1"), ("user-agent", "2")],
        &[("a", "1"), ("x-amz-date", "stale"), ("authorization", "stale")],
        &[("a", "1"), ("x-amz-security-token", "stale"), ("x-amz-content-sha256", "stale")],
        &[("host", "elsewhere"), ("a", "1")],
        &many,
    ];
    let request = |head: &[(&str, &str)]| {
        let head = head.iter().fold(::http::Request::post("https://h/"), |request, (name, value)| {
            request.header(*name, *value)
        });
        head.body(BODY).expect("valid")
    };
    let after = SigningSettings::default().with_session_token(crate::SessionTokenSigning::AddedAfter);
    for settings in
        [SigningSettings::default(), SigningSettings::default().with_content_sha256_header(true), after]
    {
        let mut kept = signer().with_settings(settings);
        for (last, token) in heads.iter().flat_map(|last| [(last, None), (last, Some("TOKEN/+=="))]) {
            for (next, next_token) in heads.iter().flat_map(|next| [(next, None), (next, Some("TOKEN"))]) {
                kept.sign_http(&mut request(last), &credentials(token), now()).expect("signs");
                let (mut one, mut other) = (request(next), request(next));
                let signed = kept.sign_http(&mut one, &credentials(next_token), now()).expect("signs");
                let mut fresh = signer().with_settings(settings);
                let expected = fresh.sign_http(&mut other, &credentials(next_token), now()).expect("signs");
                assert_eq!(signed.canonical_request(), expected.canonical_request(), "{last:?} {next:?}");
                assert_eq!(one.headers(), other.headers(), "{last:?} {next:?}");
            }
        }
    }
}

#[test]
fn the_host_is_the_one_that_will_be_sent() {
    for (uri, host) in [
        ("https://example.com/", Some("example.com")),
        ("https://example.com:443/", Some("example.com")),
        ("http://example.com:80/", Some("example.com")),
        ("http://example.com:443/", Some("example.com:443")),
        ("https://example.com:8443/", Some("example.com:8443")),
        ("https://user:pass@example.com:8443/", Some("example.com:8443")),
        ("https://user@example.com/", Some("example.com")),
        ("http://[::1]:8080/", Some("[::1]:8080")),
        ("/path", None),
    ] {
        assert_eq!(host_of(&uri.parse().expect("valid")), host, "{uri}");
    }
}

#[test]
fn a_host_header_is_signed_as_it_is() {
    let mut request = post("https://example.com/");
    request.headers_mut().insert("host", HeaderValue::from_static("proxy.example:8080"));
    let signed = signer().sign_http(&mut request, &credentials(None), now()).expect("signs");
    assert!(signed.canonical_request().contains("\nhost:proxy.example:8080\n"));
}

#[test]
fn signing_again_replaces_the_signature() {
    let mut signer = signer();
    let mut once = post("https://example.com/");
    let later = Timestamp::parse("20150831T000000Z").expect("valid");
    signer.sign_http(&mut once, &credentials(Some("TOKEN")), later).expect("signs");
    let mut twice = post("https://example.com/");
    signer.sign_http(&mut twice, &credentials(Some("OTHER")), now()).expect("signs");
    signer.sign_http(&mut twice, &credentials(Some("TOKEN")), later).expect("signs");
    assert_eq!(once.headers(), twice.headers());
}

#[test]
fn the_key_changes_with_the_day_and_the_secret() {
    let mut cached = signer();
    let other = Credentials::new("AKIDEXAMPLE", "another", None);
    for (credentials, time) in [
        (credentials(None), "20150830T123600Z"),
        (credentials(None), "20150830T235959Z"),
        (credentials(None), "20150831T000000Z"),
        (other.clone(), "20150831T000000Z"),
        (credentials(Some("TOKEN")), "20150831T000000Z"),
    ] {
        let time = Timestamp::parse(time).expect("valid");
        let with_cache = cached.sign_http(&mut post("https://e.com/"), &credentials, time).expect("signs");
        let fresh = signer().sign_http(&mut post("https://e.com/"), &credentials, time).expect("signs");
        assert_eq!(with_cache.signature(), fresh.signature());
    }
}

#[test]
fn a_request_that_cannot_be_signed_is_untouched() {
    let mut cases = alloc::vec![
        (post("/no/authority"), credentials(None), SignError::MissingHost),
        (post("https://e.com/"), Credentials::new("", "s", None), SignError::InvalidAccessKeyId),
        (post("https://e.com/"), Credentials::new("a", "", None), SignError::EmptySecretAccessKey),
        (post("https://e.com/"), credentials(Some("a\nb")), SignError::InvalidSessionToken),
    ];
    let mut odd = post("https://e.com/");
    odd.headers_mut().insert("x-odd", HeaderValue::from_bytes(b"a\xff").expect("http allows it"));
    cases.push((odd, credentials(None), SignError::InvalidHeaderValue { index: 1, offset: 1 }));
    let mut many = post("https://e.com/");
    for _ in 0..crate::MAX_SIGNED_HEADERS {
        many.headers_mut().append("x-many", HeaderValue::from_static("v"));
    }
    cases.push((many, credentials(None), SignError::TooManyHeaders));
    for (mut request, credentials, error) in cases {
        let before = request.headers().clone();
        let found = signer().sign_http(&mut request, &credentials, now());
        assert_eq!(found.err(), Some(error));
        assert_eq!(request.headers(), &before);
    }
    assert_eq!(Signer::new("", "bedrock").err(), Some(SignError::InvalidRegion));
    assert_eq!(Signer::new("us-east-1", "").err(), Some(SignError::InvalidService));
}

#[test]
fn no_secret_is_shown() {
    let mut signer = signer();
    let mut request = post("https://example.com/");
    let credentials = credentials(Some("SESSIONSECRET"));
    let signed = signer.sign_http(&mut request, &credentials, now()).expect("signs");
    assert!(signed.canonical_request().contains("SESSIONSECRET"));
    let shown = alloc::format!("{signer:?} {signed:?} {request:?} {}", signed.redacted_canonical_request());
    assert!(!shown.contains("SESSIONSECRET"), "{shown}");
    assert!(!shown.contains("wJalr"), "{shown}");
    assert!(shown.contains("x-amz-security-token:**redacted**"), "{shown}");
}
