//! Property tests: signatures equal those of the `aws-sigv4` crate for random requests.

use barerock_signing_tests::{SigningCase, parameters};
use barerock_sigv4::{VerifySettings, verify_http};
use http::Request;
use proptest::prelude::*;

fn method() -> impl Strategy<Value = String> {
    prop_oneof![Just("GET".to_owned()), Just("POST".to_owned()), "[A-Z]{1,8}"]
}

fn path() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        2 => Just(String::new()),
        2 => Just(".".to_owned()),
        2 => Just("..".to_owned()),
        1 => Just("%2E%2e".to_owned()),
        1 => Just("é日".to_owned()),
        6 => "([a-zA-Z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}){1,12}",
    ];
    prop::collection::vec(segment, 0..8).prop_map(|segments| format!("/{}", segments.join("/")))
}

fn query() -> impl Strategy<Value = String> {
    // ASCII escapes only; see the known differences.
    let part = "([a-zA-Z0-9._~!$'()*+,;:@/?-]|%[0-7][0-9A-Fa-f]|%[g-z]|é){0,6}";
    let parameter = (part, prop::option::of(part)).prop_map(|(name, value)| match value {
        Some(value) => format!("{name}={value}"),
        None => name,
    });
    prop::collection::vec(parameter, 0..6).prop_map(|parameters| parameters.join("&"))
}

fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![
        "[a-cA-C]",
        "x-[a-z0-9_.!-]{1,8}",
        Just("content-type".to_owned()),
        Just("user-agent".to_owned())
    ];
    // No tab at the edges; see the known differences.
    let value = "[ ]{0,3}([!-~é]([ \\t]{0,3}[!-~日]){0,6})?[ ]{0,3}";
    prop::collection::vec((name, value), 0..8)
}

fn case() -> impl Strategy<Value = SigningCase> {
    const LAST_SECOND: u64 = 253_402_300_799;
    let request = (
        method(),
        prop_oneof![Just("example.com"), Just("example.com:443"), Just("example.com:8443"), Just("[::1]:80")],
        path(),
        query(),
        headers(),
        prop::collection::vec(any::<u8>(), 0..200),
    );
    let signer = (
        prop::option::of("[A-Za-z0-9/+=]{1,60}"),
        0..=LAST_SECOND,
        "[a-z]{2}-[a-z]{4,9}-[0-9]",
        "[a-z0-9-]{1,12}",
        prop::option::of(1_u64..=604_800),
    );
    (request, signer, any::<[bool; 5]>()).prop_map(|(request, signer, flags)| SigningCase {
        method: request.0,
        authority: request.1.to_owned(),
        path: request.2,
        query: request.3,
        headers: request.4,
        body: request.5,
        token: signer.0,
        unix_seconds: signer.1,
        region: signer.2,
        service: signer.3,
        presign_seconds: signer.4,
        single_encoding: flags[0],
        normalize_path: flags[1],
        content_sha256_header: flags[2],
        unsigned_payload: flags[3],
        token_added_after: flags[4],
    })
}

/// Configuration of the tests; `PROPTEST_CASES` sets the number of cases.
fn config() -> ProptestConfig {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    ProptestConfig { cases: config.cases.max(500), ..config }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn signatures_are_aws_sigv4_s(case in case()) {
        let (ours, our_request) = case.signed_by_us();
        let (theirs, their_request) = case.signed_by_them();
        prop_assert_eq!(ours, theirs);
        for name in ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"] {
            prop_assert_eq!(our_request.headers().get(name), their_request.headers().get(name));
        }
        prop_assert_eq!(our_request.uri().path(), their_request.uri().path());
        prop_assert_eq!(parameters(&our_request), parameters(&their_request));
    }

    /// Requests signed by `aws-sigv4` verify; changed requests do not.
    #[test]
    fn aws_sigv4_s_signatures_verify(case in case()) {
        let (_, mut request) = case.signed_by_them();
        let settings = VerifySettings::default()
            .with_signing(case.settings())
            .with_region(&*case.region)
            .with_service(&*case.service)
            .with_allow_unsigned_payload(true);
        let verify = |request: &Request<Vec<u8>>| {
            verify_http(request, |_| Some(case.credentials()), case.timestamp(), &settings)
        };
        if let Err(error) = verify(&request) {
            return Err(TestCaseError::fail(format!("{error:?}")));
        }
        if case.unsigned_payload {
            *request.method_mut() = http::Method::OPTIONS;
        } else {
            request.body_mut().push(0);
        }
        prop_assert!(verify(&request).is_err());
    }
}

/// Tests that each known difference still exists.
#[test]
fn the_listed_differences_are_the_only_ones_known() {
    let listed: serde_json::Value = serde_json::from_str(include_str!("differences.json")).expect("a list");
    let listed = listed.as_array().expect("a list");
    for difference in listed {
        let text = |name: &str| difference[name].as_str().map(str::to_owned);
        assert!(!text("reason").expect("a reason").is_empty());
        let mut case = SigningCase::plain();
        case.query = text("query").unwrap_or_default();
        case.authority = text("authority").unwrap_or(case.authority);
        case.presign_seconds = difference["presign"].as_bool().and_then(|presign| presign.then_some(60));
        for header in difference["headers"].as_array().into_iter().flatten() {
            let part = |at: usize| header[at].as_str().expect("a name and a value").to_owned();
            case.headers.push((part(0), part(1)));
        }
        assert_ne!(case.signed_by_us().0, case.signed_by_them().0, "gone: {difference}");
    }
    assert_eq!(listed.len(), 7);
}
