//! Our signatures beside those of the `aws-sigv4` crate, over random requests.

use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SessionTokenMode, SignableBody, SignableRequest,
    SignatureLocation, SigningSettings as TheirSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use barerock_sigv4::{
    Credentials, PayloadSigning, SessionTokenSigning, Signer, SigningSettings, Timestamp, UriEncoding,
    VerifySettings, verify_http,
};
use http::Request;
use proptest::prelude::*;

/// One request and all that decides how it is signed.
#[derive(Clone, Debug)]
struct Case {
    method: String,
    authority: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    token: Option<String>,
    unix_seconds: u64,
    region: String,
    service: String,
    single_encoding: bool,
    normalize_path: bool,
    content_sha256_header: bool,
    unsigned_payload: bool,
    token_added_after: bool,
    presign_seconds: Option<u64>,
}

impl Case {
    fn plain() -> Self {
        Self {
            method: "POST".into(),
            authority: "example.com".into(),
            path: "/".into(),
            query: String::new(),
            headers: Vec::new(),
            body: b"body".to_vec(),
            token: None,
            unix_seconds: 1_440_938_160,
            region: "us-east-1".into(),
            service: "bedrock".into(),
            single_encoding: false,
            normalize_path: true,
            content_sha256_header: false,
            unsigned_payload: false,
            token_added_after: false,
            presign_seconds: None,
        }
    }

    fn request(&self) -> Request<Vec<u8>> {
        let mark = if self.query.is_empty() { "" } else { "?" };
        let uri = format!("https://{}{}{mark}{}", self.authority, self.path, self.query);
        let mut request = Request::builder().method(self.method.as_str()).uri(uri);
        for (name, value) in &self.headers {
            request = request.header(name, value.as_bytes());
        }
        request.body(self.body.clone()).expect("a request")
    }

    fn settings(&self) -> SigningSettings {
        let encoding = if self.single_encoding { UriEncoding::Single } else { UriEncoding::Double };
        let payload = if self.unsigned_payload { PayloadSigning::Unsigned } else { PayloadSigning::Hashed };
        let token = if self.token_added_after {
            SessionTokenSigning::AddedAfter
        } else {
            SessionTokenSigning::Signed
        };
        SigningSettings::default()
            .with_uri_encoding(encoding)
            .with_normalize_path(self.normalize_path)
            .with_content_sha256_header(self.content_sha256_header)
            .with_payload(payload)
            .with_session_token(token)
    }

    fn credentials(&self) -> Credentials {
        Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", self.token.clone())
    }

    fn timestamp(&self) -> Timestamp {
        let seconds = i64::try_from(self.unix_seconds).expect("few");
        Timestamp::from_unix_secs(seconds).expect("in range")
    }

    fn signed_by_us(&self) -> (String, Request<Vec<u8>>) {
        let mut request = self.request();
        let mut signer =
            Signer::new(&*self.region, &*self.service).expect("valid").with_settings(self.settings());
        let (credentials, timestamp) = (self.credentials(), self.timestamp());
        let signature = match self.presign_seconds {
            None => signer
                .sign_http(&mut request, &credentials, timestamp)
                .expect("signs")
                .signature()
                .to_string(),
            Some(seconds) => signer
                .presign_http(&mut request, seconds, &credentials, timestamp)
                .expect("signs")
                .signature()
                .to_string(),
        };
        (signature, request)
    }

    fn signed_by_them(&self) -> (String, Request<Vec<u8>>) {
        let mut settings = TheirSettings::default();
        settings.percent_encoding_mode =
            if self.single_encoding { PercentEncodingMode::Single } else { PercentEncodingMode::Double };
        settings.uri_path_normalization_mode = UriPathNormalizationMode::from(self.normalize_path);
        settings.payload_checksum_kind = if self.content_sha256_header {
            PayloadChecksumKind::XAmzSha256
        } else {
            PayloadChecksumKind::NoHeader
        };
        settings.session_token_mode =
            if self.token_added_after { SessionTokenMode::Exclude } else { SessionTokenMode::Include };
        if let Some(seconds) = self.presign_seconds {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(seconds));
        }
        let ours = self.credentials();
        let identity = aws_credential_types::Credentials::new(
            ours.access_key_id(),
            ours.secret_access_key(),
            self.token.clone(),
            None,
            "oracle",
        )
        .into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(&self.service)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(self.unix_seconds))
            .settings(settings)
            .build()
            .expect("all is given")
            .into();
        let mut request = self.request();
        let body = if self.unsigned_payload {
            SignableBody::UnsignedPayload
        } else {
            SignableBody::Bytes(&self.body)
        };
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let uri = request.uri().to_string();
        let signable = SignableRequest::new(&self.method, uri, headers, body).expect("signable");
        let (instructions, signature) = sign(signable, &params).expect("signs").into_parts();
        instructions.apply_to_request_http1x(&mut request);
        (signature, request)
    }
}

/// The query's parameters in any order, each as its decoded bytes' canonical text.
fn parameters(request: &Request<Vec<u8>>) -> Vec<(String, String)> {
    let query = request.uri().query().unwrap_or_default();
    let mut parameters: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    parameters.sort();
    parameters
}

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
    // Escapes of ASCII only: see the differences.
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
    // No tab at the edges: see the differences.
    let value = "[ ]{0,3}([!-~é]([ \\t]{0,3}[!-~日]){0,6})?[ ]{0,3}";
    prop::collection::vec((name, value), 0..8)
}

fn case() -> impl Strategy<Value = Case> {
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
    (request, signer, any::<[bool; 5]>()).prop_map(|(request, signer, flags)| Case {
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

/// `PROPTEST_CASES` asks for more.
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

    /// What they sign, we verify; and what is changed, we do not.
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

/// A difference that goes away must leave the list.
#[test]
fn the_listed_differences_are_the_only_ones_known() {
    let listed: serde_json::Value =
        serde_json::from_str(include_str!("sigv4_differences.json")).expect("a list");
    let listed = listed.as_array().expect("a list");
    for difference in listed {
        let text = |name: &str| difference[name].as_str().map(str::to_owned);
        assert!(!text("reason").expect("a reason").is_empty());
        let mut case = Case::plain();
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
