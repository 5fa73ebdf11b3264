//! Published test vectors for SigV4, every stage of every case.

use std::path::Path;

use barerock_sigv4::{
    ApiKey, ApiKeyInfo, CredentialScope, Credentials, CredentialsRef, EventSigner, EventStringToSign,
    PayloadHash, RawRequest, Request, SessionTokenSigning, Signature, SignedEvent, Signer, SigningContext,
    SigningKey, SigningSettings, Timestamp, UriEncoding, sign_request,
};
use barerock_tests::vectors::{cases, folder, json, text};
use serde_json::Value;

const ACCESS_KEY_ID: &str = "AKIDEXAMPLE";
const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn string<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

/// `2015-08-30T12:36:00Z` as the signer wants it.
fn basic(time: &str) -> Timestamp {
    Timestamp::parse(&time.replace(['-', ':'], "")).expect("a time")
}

/// A signed request, whose end has more or fewer line breaks, and whose path smithy-rs writes encoded or not.
fn comparable(request: &str) -> String {
    let (start, rest) = request.trim_end().split_once('\n').expect("a head");
    format!("{}\n{rest}", start.replace("example%20space", "example space"))
}

/// AWS's own suite, as aws-c-auth holds it: header and query form of each case.
fn check_official(folder: &Path, uri_encoding: UriEncoding, expected_cases: usize) {
    let cases = cases(folder, |path| path.ends_with("context.json"));
    for context_file in &cases {
        let case = context_file.parent().expect("in a folder");
        let read = |name: &str| text(&case.join(name));
        let context = json(context_file);
        let credentials = &context["credentials"];
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
        let request = RawRequest::parse(read("request.txt").as_bytes()).expect("a request");
        let shown = case.display();

        let signed = request.sign(&signing).expect("signs");
        assert_eq!(signed.canonical_request(), read("header-canonical-request.txt"), "{shown}");
        assert_eq!(signed.string_to_sign(), read("header-string-to-sign.txt"), "{shown}");
        assert_eq!(signed.signature().to_string(), read("header-signature.txt"), "{shown}");
        let sent = String::from_utf8(signed.request().to_bytes()).expect("a text");
        assert_eq!(comparable(&sent), comparable(&read("header-signed-request.txt")), "{shown}");

        let expires = context["expiration_in_seconds"].as_u64().expect("seconds");
        let (presigned, request) = request.presign(expires, &signing).expect("signs");
        assert_eq!(presigned.canonical_request(), read("query-canonical-request.txt"), "{shown}");
        assert_eq!(presigned.string_to_sign(), read("query-string-to-sign.txt"), "{shown}");
        assert_eq!(presigned.signature().to_string(), read("query-signature.txt"), "{shown}");
        let sent = String::from_utf8(request.to_bytes()).expect("a text");
        assert_eq!(comparable(&sent), comparable(&read("query-signed-request.txt")), "{shown}");
    }
    println!("{}: {} cases", folder.display(), cases.len());
    assert_eq!(cases.len(), expected_cases);
}

#[test]
fn the_official_suite() {
    let Some(folder) = folder("the_official_suite", "sigv4/aws-c-auth/tests/aws-signing-test-suite/v4")
    else {
        return;
    };
    check_official(&folder, UriEncoding::Double, 38);
}

/// The cases smithy-rs adds, of which two come from the older suite and have fewer stages.
#[test]
fn smithy_rs_cases() {
    let under = "sigv4/smithy-rs/aws/rust-runtime/aws-sigv4/aws-signing-test-suite/v4";
    let Some(folder) = folder("smithy_rs_cases", under) else { return };
    // The same case as AWS's, but its request has its space encoded already and wants to be encoded no more.
    check_official(&folder, UriEncoding::Single, 1);

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
        if name == "double-url-encode" {
            assert_eq!(signed.string_to_sign(), read("header-string-to-sign.txt").trim_end());
        }
    }
}

/// The suite AWS published first, as botocore holds it.
#[test]
fn the_older_suite() {
    let Some(folder) = folder("the_older_suite", "sigv4/botocore/tests/unit/auth/aws4_testsuite") else {
        return;
    };
    let cases = cases(&folder, |path| path.extension().is_some_and(|extension| extension == "req"));
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
        // The order of the headers is free, and so is the space after a colon. One of these files has another case's
        // signature in it, so `.authz` is what counts.
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
    println!("{}: {} cases", folder.display(), cases.len());
    assert_eq!(cases.len(), 34);
}

/// botocore's signatures of Converse requests.
#[test]
fn bedrock_requests() {
    let Some(folder) = folder("bedrock_requests", "sigv4/bedrock-derived") else { return };
    let vectors = json(&folder.join("vectors.json"));
    let cases = vectors["cases"].as_array().expect("cases");
    for case in cases {
        let name = string(case, "name");
        let keys = &case["credentials"];
        let credentials = Credentials::new(
            string(keys, "access_key_id"),
            string(keys, "secret_access_key"),
            keys["session_token"].as_str().map(str::to_owned),
        );
        let uri = format!("https://{}{}", string(case, "host"), string(case, "path_as_sent"));
        let mut request = http::Request::builder().method(string(case, "method")).uri(uri);
        for (name, value) in case["headers_in"].as_object().expect("headers") {
            request = request.header(name, value.as_str().expect("a value"));
        }
        let mut request = request.body(string(case, "body")).expect("a request");
        let mut signer = Signer::new(string(case, "region"), string(case, "service")).expect("valid");
        let signed =
            signer.sign_http(&mut request, &credentials, basic(string(case, "timestamp"))).expect("signs");
        assert_eq!(signed.canonical_request(), string(case, "canonical_request"), "{name}");
        assert_eq!(signed.string_to_sign(), string(case, "string_to_sign"), "{name}");
        for (header, value) in case["headers_out"].as_object().expect("headers") {
            assert_eq!(request.headers()[header], value.as_str().expect("a value"), "{name}: {header}");
        }
    }
    println!("bedrock_requests: {} cases", cases.len());
    assert_eq!(cases.len(), 8);
}

#[test]
fn bedrock_api_keys() {
    let Some(folder) = folder("bedrock_api_keys", "sigv4/bedrock-derived") else { return };
    let vectors = json(&folder.join("short_term_api_key.json"));
    let cases = vectors["cases"].as_array().expect("cases");
    for case in cases {
        let token = case["session_token"].as_str().map(str::to_owned);
        let credentials = Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, token);
        let timestamp = basic(string(case, "timestamp"));
        let seconds = case["expires"].as_u64().and_then(|seconds| seconds.try_into().ok()).expect("seconds");
        let key = ApiKey::mint(&credentials, string(case, "region"), &timestamp, seconds).expect("mints");
        assert_eq!(key.as_str(), string(case, "api_key"));

        let info = ApiKeyInfo::read(string(case, "api_key")).expect("reads");
        assert_eq!(info.access_key_id(), ACCESS_KEY_ID);
        assert_eq!(info.region(), string(case, "region"));
        assert_eq!(info.signed_at(), timestamp);
        assert_eq!(info.expires_at().unix_secs() - timestamp.unix_secs(), i64::from(seconds));
    }
    println!("bedrock_api_keys: {} cases", cases.len());
    assert_eq!(cases.len(), 2);
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    (0..hex.len()).step_by(2).map(digits).collect()
}

#[test]
fn event_signatures() {
    let Some(folder) = folder("event_signatures", "sigv4") else { return };
    let vectors = json(&folder.join("event-signing.json"));
    let cases = vectors["cases"].as_array().expect("cases");
    let mut events = 0;
    for case in cases {
        let (region, service) = (string(case, "region"), string(case, "service"));
        if let Some(inner) = case["inner_message_hex"].as_str() {
            // Its time has a fraction, which the header has not.
            let timestamp = Timestamp::from_unix_secs(123_456_789).expect("a time");
            let seed = Signature::parse(string(case, "prior_signature"));
            let signer =
                EventSigner::new(CredentialsRef::new("a", "s", None), region, service, seed).expect("valid");
            let string_to_sign = signer.string_to_sign(&bytes(inner), &timestamp).expect("valid");
            assert_eq!(string_to_sign.to_string(), string(case, "string_to_sign"));
            events += 1;
            continue;
        }
        let keys = &case["credentials"];
        let credentials =
            CredentialsRef::new(string(keys, "access_key_id"), string(keys, "secret_access_key"), None);
        let mut signer = None;
        if case["request"].is_object() {
            let seed = check_opening_request(case, credentials);
            signer = Some(EventSigner::new(credentials, region, service, Some(seed)).expect("valid"));
        }
        for event in case["events"].as_array().expect("events") {
            let timestamp = basic(string(event, "date"));
            let payload = string(event, "payload_utf8").as_bytes();
            let scope = CredentialScope::new(&timestamp, region, service).expect("valid");
            let previous = Signature::parse(string(event, "prior_signature"));
            let date_header = bytes(string(event, "date_header_hex"));
            let string_to_sign =
                EventStringToSign::new(&timestamp, scope, previous.as_ref(), &date_header, payload);
            assert_eq!(string_to_sign.to_string(), string(event, "string_to_sign"));
            let signature = SigningKey::derive(credentials.secret_access_key(), &scope).sign(string_to_sign);
            assert_eq!(signature.to_string(), string(event, "signature"));
            if let Some(signer) = &mut signer {
                let signed: SignedEvent = signer.sign(payload, &timestamp).expect("signs");
                assert_eq!(signed.signature(), &signature);
                assert!(signed.encoded_headers().starts_with(&date_header));
                assert_eq!(Some(signed.date_millis()), event["date_ms"].as_i64());
            }
            events += 1;
        }
    }
    println!("event_signatures: {} cases, {events} events", cases.len());
    assert_eq!((cases.len(), events), (3, 6));
}

/// The request that opens a stream; its signature is the first event's predecessor.
fn check_opening_request(case: &Value, credentials: CredentialsRef<'_>) -> Signature {
    let request = &case["request"];
    let headers: Vec<(&str, &[u8])> = request["headers"]
        .as_array()
        .expect("headers")
        .iter()
        .map(|header| (header[0].as_str().expect("a name"), header[1].as_str().expect("a value").as_bytes()))
        .collect();
    let timestamp = basic(string(request, "date"));
    let settings = SigningSettings::default().with_content_sha256_header(true);
    let (region, service) = (string(case, "region"), string(case, "service"));
    let context = SigningContext::new(credentials, &timestamp, region, service, settings).expect("valid");
    let payload = PayloadHash::streaming_events();
    let opening = Request::new(string(request, "method"), string(request, "path"), "", &headers);
    let signed = sign_request(&opening, &payload, &context, &context.derive_key()).expect("signs");
    assert_eq!(signed.canonical_request().to_string(), string(request, "canonical_request"));
    assert_eq!(signed.string_to_sign().to_string(), string(request, "string_to_sign"));
    assert_eq!(signed.authorization().to_string(), string(request, "authorization"));
    *signed.signature()
}
