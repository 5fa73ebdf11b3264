//! Tasks of signing with barerock, and the inputs of all signers.

use barerock_bench_protocol::Items;
use barerock_sigv4::{
    Credentials, PayloadHash, PayloadSigning, Request, Signer, SigningContext, SigningKey, SigningSettings,
    Timestamp, UriEncoding, sign_request,
};

/// Access key of AWS's examples.
pub const ACCESS_KEY_ID: &str = "AKIDEXAMPLE";
/// Secret key of AWS's examples.
pub const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// Region of the signature.
pub const REGION: &str = "us-east-1";
/// Signing name of Bedrock.
pub const SERVICE: &str = "bedrock";
/// Host of the endpoint.
pub const HOST: &str = "bedrock-runtime.us-east-1.amazonaws.com";
/// Path of a Converse call.
pub const PATH: &str = "/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse";
/// Content type of the body.
pub const CONTENT_TYPE: &str = "application/json";
/// Time of the signature, in seconds since 1970: 20150830T123600Z.
pub const SIGNED_AT: i64 = 1_440_938_160;
/// Presigned URL, of an S3 object.
pub const OBJECT: &str = "https://examplebucket.s3.us-east-1.amazonaws.com/photos/2015/08/a%20picture.jpg";
/// Signing name of S3.
pub const OBJECT_SERVICE: &str = "s3";
/// Validity of the presigned URL.
pub const EXPIRES_SECONDS: u64 = 3600;
/// Body lengths in bytes: a short prompt, a page, and a document.
pub const BODY_LENGTHS: [usize; 3] = [500, 4 * 1024, 64 * 1024];

/// Builds a Converse request body of exactly this length.
#[must_use]
pub fn body(length: usize) -> Vec<u8> {
    const START: &str = r#"{"messages":[{"role":"user","content":[{"text":""#;
    const END: &str = r#""}]}],"inferenceConfig":{"maxTokens":512}}"#;
    let text = "x".repeat(length - START.len() - END.len());
    format!("{START}{text}{END}").into_bytes()
}

fn timestamp() -> Timestamp {
    Timestamp::from_unix_secs(SIGNED_AT).expect("in range")
}

/// Builds the request to sign.
///
/// # Panics
/// Never: the parts are constants.
#[must_use]
pub fn unsigned(body: &[u8]) -> http::Request<Vec<u8>> {
    let request = http::Request::post(format!("https://{HOST}{PATH}")).header("content-type", CONTENT_TYPE);
    request.body(body.to_vec()).expect("a request")
}

/// Signer of `http::Request`s that is reused, as in a client.
#[derive(Debug)]
pub struct InPlace {
    signer: Signer,
    credentials: Credentials,
}

impl InPlace {
    /// Creates a signer; with or without the header `x-amz-content-sha256`.
    ///
    /// # Panics
    /// Never: region and service are constants.
    #[must_use]
    pub fn new(content_sha256_header: bool) -> Self {
        let settings = SigningSettings::default().with_content_sha256_header(content_sha256_header);
        let signer = Signer::new(REGION, SERVICE).expect("valid").with_settings(settings);
        Self { signer, credentials: Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None) }
    }

    /// Signs the request in place, and returns canonical request, string to sign and signature.
    ///
    /// # Panics
    /// If the request cannot be signed.
    pub fn sign<B: AsRef<[u8]>>(&mut self, request: &mut http::Request<B>) -> barerock_sigv4::Signed {
        self.signer.sign_http(request, &self.credentials, timestamp()).expect("signs")
    }

    /// Signs a request in place; the item is the signature in hexadecimal digits.
    ///
    /// # Panics
    /// As [`sign`](Self::sign).
    pub fn once<B: AsRef<[u8]>>(&mut self, request: &mut http::Request<B>, items: &mut Items) {
        self.sign(request);
        let authorization = request.headers()[http::header::AUTHORIZATION].as_bytes();
        items.item(&authorization[authorization.len() - 64..]);
    }
}

/// Signer of borrowed requests, for any HTTP stack: it neither changes the request nor allocates.
#[derive(Debug)]
pub struct Borrowed {
    credentials: Credentials,
    timestamp: Timestamp,
    key: SigningKey,
}

impl Default for Borrowed {
    fn default() -> Self {
        let credentials = Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None);
        let timestamp = timestamp();
        let settings = SigningSettings::default();
        let context = SigningContext::new(credentials.borrowed(), &timestamp, REGION, SERVICE, settings);
        let key = context.expect("valid").derive_key();
        Self { credentials, timestamp, key }
    }
}

impl Borrowed {
    /// Signs a body once; the item is the signature in hexadecimal digits.
    ///
    /// # Panics
    /// Never: all but the body are constants.
    pub fn once(&self, body: &[u8], items: &mut Items) {
        let headers: [(&str, &[u8]); 2] =
            [("content-type", CONTENT_TYPE.as_bytes()), ("host", HOST.as_bytes())];
        let settings = SigningSettings::default();
        let context =
            SigningContext::new(self.credentials.borrowed(), &self.timestamp, REGION, SERVICE, settings)
                .expect("valid");
        let payload = PayloadHash::of(body);
        let request = Request::new("POST", PATH, "", &headers);
        let signed = sign_request(&request, &payload, &context, &self.key).expect("signs");
        items.item(signed.signature().to_string().as_bytes());
    }
}

/// Presigns the URL of an S3 object; the item is the signature in hexadecimal digits.
///
/// # Panics
/// Never: all are constants.
pub fn presign(items: &mut Items) {
    let settings = SigningSettings::default()
        .with_uri_encoding(UriEncoding::Single)
        .with_normalize_path(false)
        .with_payload(PayloadSigning::Unsigned);
    let mut signer = Signer::new(REGION, OBJECT_SERVICE).expect("valid").with_settings(settings);
    let credentials = Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None);
    let mut request = http::Request::get(OBJECT).body(Vec::<u8>::new()).expect("a request");
    let signed =
        signer.presign_http(&mut request, EXPIRES_SECONDS, &credentials, timestamp()).expect("signs");
    items.item(signed.signature().to_string().as_bytes());
}

/// Parses a date such as `20150830T123600Z` to seconds since 1970, for contenders that use the system's time.
///
/// # Panics
/// If the date is invalid.
#[must_use]
pub fn parse_date(date: &str) -> u64 {
    let timestamp = Timestamp::parse(date).expect("a date");
    timestamp.unix_secs().try_into().expect("after 1970")
}
