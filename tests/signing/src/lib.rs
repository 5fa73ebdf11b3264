//! Requests signed by this project and by the `aws-sigv4` crate.

use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SessionTokenMode, SignableBody, SignableRequest,
    SignatureLocation, SigningSettings as TheirSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use barerock_sigv4::{
    Credentials, PayloadSigning, SessionTokenSigning, Signer, SigningSettings, Timestamp, UriEncoding,
};
use http::Request;
use serde_json::Value;

/// The access key id of AWS's examples.
pub const ACCESS_KEY_ID: &str = "AKIDEXAMPLE";
/// The secret access key of AWS's examples.
pub const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A request and the settings it is signed with, by this project and by `aws-sigv4`.
#[derive(Clone, Debug)]
pub struct SigningCase {
    /// The method.
    pub method: String,
    /// The authority of the URI.
    pub authority: String,
    /// The path, as sent.
    pub path: String,
    /// The query, as sent, without `?`.
    pub query: String,
    /// Headers in addition to those that signing adds.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The session token.
    pub token: Option<String>,
    /// The time of signing.
    pub unix_seconds: u64,
    /// The region.
    pub region: String,
    /// The signing name.
    pub service: String,
    /// Signs the path as sent, instead of encoding it once more.
    pub single_encoding: bool,
    /// Removes dot segments and repeated slashes from the signed path.
    pub normalize_path: bool,
    /// Adds a signed `x-amz-content-sha256`.
    pub content_sha256_header: bool,
    /// Leaves the body unsigned.
    pub unsigned_payload: bool,
    /// Adds the session token after signing.
    pub token_added_after: bool,
    /// Signs in the query, valid for this many seconds.
    pub presign_seconds: Option<u64>,
}

impl SigningCase {
    /// A `POST` of `body` to `https://example.com/`, signed for Bedrock.
    #[must_use]
    pub fn plain() -> Self {
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

    /// The settings for this project's signer.
    #[must_use]
    pub fn settings(&self) -> SigningSettings {
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

    /// The credentials of AWS's examples, with the session token of the case.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, self.token.clone())
    }

    /// The time of signing.
    ///
    /// # Panics
    ///
    /// After the year 9999.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        let seconds = i64::try_from(self.unix_seconds).expect("few");
        Timestamp::from_unix_secs(seconds).expect("in range")
    }

    /// The signature and the signed request of `barerock-sigv4`.
    ///
    /// # Panics
    ///
    /// If the request cannot be signed.
    #[must_use]
    pub fn signed_by_us(&self) -> (String, Request<Vec<u8>>) {
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

    /// The signature and the signed request of `aws-sigv4`.
    ///
    /// # Panics
    ///
    /// If the request cannot be signed.
    #[must_use]
    pub fn signed_by_them(&self) -> (String, Request<Vec<u8>>) {
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
        let identity = identity(&self.credentials());
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

/// The query's parameters, decoded and sorted.
#[must_use]
pub fn parameters(request: &Request<Vec<u8>>) -> Vec<(String, String)> {
    let query = request.uri().query().unwrap_or_default();
    let mut parameters: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    parameters.sort();
    parameters
}

/// Converts credentials to the type of `aws-sigv4`.
#[must_use]
pub fn identity(credentials: &Credentials) -> Identity {
    let token = credentials.session_token().map(str::to_owned);
    let (id, secret) = (credentials.access_key_id(), credentials.secret_access_key());
    aws_credential_types::Credentials::new(id, secret, token, None, "tests").into()
}

/// A member of a vector that is a string.
///
/// # Panics
///
/// If there is no such member.
#[must_use]
pub fn string<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

/// The timestamp of a time such as `2015-08-30T12:36:00Z`.
///
/// # Panics
///
/// If it is not a time.
#[must_use]
pub fn basic(time: &str) -> Timestamp {
    Timestamp::parse(&time.replace(['-', ':'], "")).expect("a time")
}
