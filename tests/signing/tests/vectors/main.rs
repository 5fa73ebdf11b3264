//! Tests of every stage of every case of AWS's SigV4 test suites.

mod signature_map;

use std::path::Path;

use barerock_audit::RawRequest;
use barerock_signing_tests::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, basic, string};
use barerock_sigv4::{
    CredentialsRef, SessionTokenSigning, SigningContext, SigningSettings, Timestamp, UriEncoding,
};
use barerock_test_data::vectors::{SIGNING_CASES, cases, named, signing_suite};
use barerock_test_data::{json, report_cases, text};

/// Normalizes a signed request: removes final line breaks, whose number differs, and decodes the path that smithy-rs
/// encodes.
fn comparable(request: &str) -> String {
    let (start, rest) = request.trim_end().split_once('\n').expect("a head");
    format!("{}\n{rest}", start.replace("example%20space", "example space"))
}

/// Checks the header and query form of each case of AWS's suite.
fn check_suite(folder: &Path) {
    let cases = cases(folder, |path| path.ends_with("context.json"));
    for context_file in &cases {
        let case = context_file.parent().expect("in a folder");
        let read = |name: &str| text(&case.join(name));
        let context = json(context_file);
        let credentials = &context["credentials"];
        let request = read("request.txt");
        // smithy-rs has already encoded the space in this request.
        let uri_encoding =
            if request.contains("example%20space") { UriEncoding::Single } else { UriEncoding::Double };
        let mut settings = SigningSettings::default()
            .with_uri_encoding(uri_encoding)
            .with_normalize_path(context["normalize"].as_bool().expect("a flag"))
            .with_content_sha256_header(context["sign_body"].as_bool().expect("a flag"));
        if context["omit_session_token"].as_bool() == Some(true) {
            settings = settings.with_session_token(SessionTokenSigning::AddedAfter);
        }
        let timestamp = basic(string(&context, "timestamp"));
        let signing = SigningContext::new(
            CredentialsRef::new(
                string(credentials, "access_key_id"),
                string(credentials, "secret_access_key"),
                credentials["token"].as_str(),
            ),
            &timestamp,
            string(&context, "region"),
            string(&context, "service"),
            settings,
        )
        .expect("a context");
        let unsigned = RawRequest::parse(request.as_bytes()).expect("a request");
        let shown = case.display();

        let signed = unsigned.sign(&signing).expect("signs");
        assert_eq!(signed.canonical_request(), read("header-canonical-request.txt"), "{shown}");
        assert_eq!(signed.string_to_sign(), read("header-string-to-sign.txt"), "{shown}");
        assert_eq!(signed.signature().to_string(), read("header-signature.txt"), "{shown}");
        let sent = String::from_utf8(signed.request().to_bytes()).expect("a text");
        assert_eq!(comparable(&sent), comparable(&read("header-signed-request.txt")), "{shown}");

        let expires = context["expiration_in_seconds"].as_u64().expect("seconds");
        let (presigned, request) = unsigned.presign(expires, &signing).expect("signs");
        assert_eq!(presigned.canonical_request(), read("query-canonical-request.txt"), "{shown}");
        assert_eq!(presigned.string_to_sign(), read("query-string-to-sign.txt"), "{shown}");
        assert_eq!(presigned.signature().to_string(), read("query-signature.txt"), "{shown}");
        let sent = String::from_utf8(request.to_bytes()).expect("a text");
        assert_eq!(comparable(&sent), comparable(&read("query-signed-request.txt")), "{shown}");
        signature_map::check(&unsigned, expires, &signing);
    }
    assert_eq!(cases.len(), SIGNING_CASES);
    report_cases(cases.len(), &format!("SigV4 suite, both forms: {}", folder.display()));
}

// spec-test: sigv4#signing-key, sigv4#signature, sigv4#string-to-sign, sigv4#canonical-headers, sigv4#signed-headers, sigv4#required-headers
#[test]
fn the_official_suite() {
    check_suite(&signing_suite());
    if let Some(folder) = named("sigv4/aws-c-auth/tests/aws-signing-test-suite/v4") {
        check_suite(&folder);
    }
    if let Some(folder) = named("sigv4/botocore/tests/unit/auth/aws4_testsuite") {
        check_older_suite(&folder);
    }
}

/// The two cases of a path that is encoded twice: they have no context, and fewer stages.
#[test]
fn paths_encoded_twice() {
    let folder = signing_suite();
    let timestamp = Timestamp::parse("20210511T154045Z").expect("a time");
    let credentials = CredentialsRef::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None);
    let settings = SigningSettings::default();
    let context =
        SigningContext::new(credentials, &timestamp, "us-east-2", "lambda", settings).expect("valid");
    for name in ["double-encode-path", "double-url-encode"] {
        let read = |file: &str| text(&folder.join(name).join(file));
        let request = RawRequest::parse(read("request.txt").as_bytes()).expect("a request");
        let signed = request.sign(&context).expect("signs");
        assert_eq!(signed.canonical_request(), read("header-canonical-request.txt").trim_end(), "{name}");
        signature_map::check(&request, 3600, &context);
        if name == "double-url-encode" {
            assert_eq!(signed.string_to_sign(), read("header-string-to-sign.txt").trim_end());
        }
    }
}

/// Checks the older suite of AWS, as contained in botocore.
fn check_older_suite(folder: &Path) {
    let cases = cases(folder, |path| path.extension().is_some_and(|extension| extension == "req"));
    let timestamp = Timestamp::parse("20150830T123600Z").expect("a time");
    for file in &cases {
        let read = |extension: &str| text(&file.with_extension(extension));
        let request = RawRequest::parse(read("req").as_bytes()).expect("a request");
        let name = file.file_stem().and_then(|name| name.to_str()).expect("a name");
        let sent = RawRequest::parse(read("sreq").as_bytes()).expect("a request");
        let token = sent.header("x-amz-security-token");
        let settings = match name {
            "post-sts-header-after" => {
                SigningSettings::default().with_session_token(SessionTokenSigning::AddedAfter)
            }
            _ => SigningSettings::default(),
        };
        let credentials = CredentialsRef::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, token);
        let context =
            SigningContext::new(credentials, &timestamp, "us-east-1", "service", settings).expect("valid");
        let signed = request.sign(&context).expect("signs");
        assert_eq!(signed.canonical_request(), read("creq"), "{name}");
        assert_eq!(signed.string_to_sign(), read("sts"), "{name}");
        assert_eq!(signed.authorization(), read("authz"), "{name}");
        signature_map::check(&request, 3600, &context);
        // The order of headers and the space after a colon may differ. One of these files contains the signature of
        // another case, so `.authz` is compared.
        let headers = |request: &RawRequest| {
            let mut headers: Vec<_> = request
                .headers()
                .filter(|(name, _)| !name.eq_ignore_ascii_case("authorization"))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect();
            headers.sort();
            headers
        };
        assert_eq!(headers(signed.request()), headers(&sent), "{name}");
    }
    assert_eq!(cases.len(), 34);
    report_cases(cases.len(), "older SigV4 suite");
}
