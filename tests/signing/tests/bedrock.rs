//! Tests of signatures for Bedrock: Converse requests, API keys and signed events, against `aws-sigv4` and published
//! vectors.

use std::path::Path;
use std::time::{Duration, SystemTime};

use aws_sigv4::event_stream::{sign_empty_message, sign_message};
use aws_sigv4::sign::v4;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use barerock_signing_tests::{
    ACCESS_KEY_ID, SECRET_ACCESS_KEY, SigningCase, basic, identity, parameters, string,
};
use barerock_sigv4::{
    ApiKey, ApiKeyInfo, CredentialScope, Credentials, CredentialsRef, EventSigner, EventStringToSign,
    PayloadHash, Request, Signature, SignedEvent, Signer, SigningContext, SigningKey, SigningSettings,
    Timestamp, sign_request,
};
use barerock_test_data::vectors::named;
use barerock_test_data::{json, report_cases};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

#[test]
fn bedrock_requests() {
    let paths = [
        "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse",
        "/model/anthropic.claude-3-haiku-20240307-v1:0/converse",
        "/model/us.anthropic.claude-sonnet-4-6/converse-stream",
        "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fa1b2c3/converse",
        "/guardrail/gr4rdr41l0ab/version/DRAFT/apply",
    ];
    let bodies = ["", r#"{"messages":[{"role":"user","content":[{"text":"naïve ☃ 日本"}]}]}"#];
    let mut count = 0;
    for path in paths {
        for body in bodies {
            for token in [None, Some("AQoDYXdzEPT//////////wEXAMPLE+token=")] {
                let case = SigningCase {
                    authority: "bedrock-runtime.us-east-1.amazonaws.com".into(),
                    path: path.into(),
                    headers: vec![("content-type".into(), "application/json".into())],
                    body: body.into(),
                    token: token.map(str::to_owned),
                    ..SigningCase::plain()
                };
                let (ours, theirs) = (case.signed_by_us(), case.signed_by_them());
                assert_eq!(ours.0, theirs.0, "{case:?}");
                for header in ["authorization", "x-amz-date", "x-amz-security-token"] {
                    assert_eq!(ours.1.headers().get(header), theirs.1.headers().get(header), "{case:?}");
                }
                count += 1;
            }
        }
    }
    report_cases(count, "Bedrock requests signed by aws-sigv4");
    if let Some(folder) = named("sigv4/bedrock-derived") {
        check_requests(&folder);
    }
}

/// Checks botocore's signatures of Converse requests.
fn check_requests(folder: &Path) {
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
    assert_eq!(cases.len(), 8);
    report_cases(cases.len(), "Bedrock requests signed by botocore");
}

/// An API key is the presigned URL of `CallWithBearerToken` in base64, with an unsigned version.
#[test]
fn bedrock_api_keys() {
    let mut count = 0;
    for (region, seconds, token) in [
        ("us-east-1", 43_200, None),
        ("eu-west-1", 1, Some("session/token+with=signs")),
        ("ap-south-2", 3_600, None),
    ] {
        let case = SigningCase {
            authority: "bedrock.amazonaws.com".into(),
            query: "Action=CallWithBearerToken".into(),
            body: Vec::new(),
            token: token.map(str::to_owned),
            region: region.into(),
            presign_seconds: Some(seconds.into()),
            ..SigningCase::plain()
        };
        let key = ApiKey::mint(&case.credentials(), region, &case.timestamp(), seconds).expect("mints");
        let encoded = key.as_str().strip_prefix("bedrock-api-key-").expect("the prefix of a key");
        let url = String::from_utf8(STANDARD.decode(encoded).expect("base64")).expect("text");
        let ours = http::Request::builder().uri(format!("https://{url}")).body(Vec::new()).expect("a URL");
        let mut expected = parameters(&case.signed_by_them().1);
        expected.push(("Version".into(), "1".into()));
        expected.sort();
        assert_eq!(parameters(&ours), expected, "{case:?}");
        count += 1;
    }
    report_cases(count, "Bedrock API keys presigned by aws-sigv4");
    if let Some(folder) = named("sigv4/bedrock-derived") {
        check_api_keys(&folder);
    }
}

/// Checks API keys of AWS's token generator.
fn check_api_keys(folder: &Path) {
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
    assert_eq!(cases.len(), 2);
    report_cases(cases.len(), "Bedrock API keys minted by AWS's generator");
}

/// A chain of signed events across midnight, with the final empty event.
#[test]
fn event_signatures() {
    const BEFORE_MIDNIGHT: u64 = 1_440_979_198;
    let case = SigningCase::plain();
    let (credentials, identity) = (case.credentials(), identity(&case.credentials()));
    let seed = case.signed_by_them().0;
    let mut signer =
        EventSigner::new(credentials.borrowed(), &case.region, &case.service, Signature::parse(&seed))
            .expect("valid");
    let mut previous = seed;
    let texts = [Some("first"), Some(""), Some("日本"), Some("over midnight"), None];
    for (text, seconds) in texts.into_iter().zip(BEFORE_MIDNIGHT..) {
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&case.region)
            .name(&case.service)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .settings(())
            .build()
            .expect("every member is set");
        let signed = match text {
            Some(text) => {
                let kind = Header::new(":event-type", HeaderValue::String("chunk".into()));
                sign_message(&Message::new(text.as_bytes()).add_header(kind), &previous, &params)
            }
            None => sign_empty_message(&previous, &params),
        };
        let (message, signature) = signed.expect("signs").into_parts();
        let timestamp = Timestamp::from_unix_secs(i64::try_from(seconds).expect("few")).expect("in range");
        let ours = signer.sign(message.payload(), &timestamp).expect("signs");
        assert_eq!(ours.signature().to_string(), signature, "{text:?}");
        previous = signature;
    }
    report_cases(texts.len(), "events signed by aws-sigv4");
    if let Some(folder) = named("sigv4") {
        check_events(&folder);
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    (0..hex.len()).step_by(2).map(digits).collect()
}

/// Checks the signed events published by aws-c-auth, smithy-typescript and smithy-rs.
fn check_events(folder: &Path) {
    let vectors = json(&folder.join("event-signing.json"));
    let cases = vectors["cases"].as_array().expect("cases");
    let mut events = 0;
    for case in cases {
        let (region, service) = (string(case, "region"), string(case, "service"));
        if let Some(inner) = case["inner_message_hex"].as_str() {
            // The time of the vector has a fraction, which the header cannot represent.
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
    assert_eq!((cases.len(), events), (3, 6));
    report_cases(events, "signed events of several implementations");
}

/// The request that opens a stream; its signature is the previous signature of the first event.
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
