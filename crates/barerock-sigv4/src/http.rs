//! Signing an `http::Request` in place.

use alloc::string::String;
use core::fmt;

use ::http::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use ::http::uri::{Scheme, Uri};
use zeroize::Zeroize;

use crate::canonical::{CanonicalRequest, RequestParts};
use crate::credentials::Credentials;
use crate::hash::sha256;
use crate::headers::{AUTHORIZATION, X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN};
use crate::key::{Signature, SigningKey};
use crate::payload::PayloadHash;
use crate::presign::{Order, Presigned, presign_parts};
use crate::redact::redact;
use crate::scope::check_names;
use crate::sign::{Authorization, SigningContext, StringToSign};
use crate::{SignError, SigningSettings, Timestamp};

/// Signs requests for one region and service, and keeps the derived key for the day.
#[derive(Clone, Debug)]
pub struct Signer {
    region: String,
    service: String,
    settings: SigningSettings,
    key: Option<CachedKey>,
}

/// A derived key and what it was derived from, besides the signer's own region and service.
#[derive(Clone, Debug)]
struct CachedKey {
    credentials: Credentials,
    /// The first second it was used in: only its day counts.
    timestamp: Timestamp,
    key: SigningKey,
}

impl CachedKey {
    fn is_for(&self, credentials: &Credentials, timestamp: &Timestamp) -> bool {
        self.timestamp.date() == timestamp.date()
            && self.credentials.access_key_id() == credentials.access_key_id()
            && self.credentials.secret_access_key() == credentials.secret_access_key()
    }
}

impl Signer {
    /// A signer with the default settings, which are Bedrock's. Bedrock's signing name is `bedrock`.
    ///
    /// # Errors
    /// [`SignError::InvalidRegion`] or [`SignError::InvalidService`].
    pub fn new(region: impl Into<String>, service: impl Into<String>) -> Result<Self, SignError> {
        let (region, service) = (region.into(), service.into());
        check_names(&region, &service)?;
        Ok(Self { region, service, settings: SigningSettings::default(), key: None })
    }

    /// The same signer by other rules.
    #[must_use]
    pub fn with_settings(mut self, settings: SigningSettings) -> Self {
        self.settings = settings;
        self
    }

    /// The region in the scope.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The service's signing name.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The rules of signing.
    #[must_use]
    pub fn settings(&self) -> &SigningSettings {
        &self.settings
    }

    /// Signs a request in place: adds `x-amz-date`, `authorization` (marked sensitive), `x-amz-security-token` (marked
    /// sensitive) if the credentials have a token, and `x-amz-content-sha256` if the settings ask for it.
    ///
    /// A missing `host` header is added from the URI's authority, without the scheme's default port, as HTTP libraries
    /// do on sending. Headers that a signature added before are replaced, so a request can be signed again.
    ///
    /// # Errors
    /// See [`SignError`]; the request is then as it was.
    pub fn sign_http<B: AsRef<[u8]>>(
        &mut self,
        request: &mut ::http::Request<B>,
        credentials: &Credentials,
        timestamp: Timestamp,
    ) -> Result<Signed, SignError> {
        let payload = PayloadHash::with(self.settings.payload, request.body().as_ref());
        self.sign_http_with_payload(request, &payload, credentials, timestamp)
    }

    /// As [`Signer::sign_http`], for a body of any type whose hash, or the word in its place, the caller knows.
    ///
    /// # Errors
    /// As [`Signer::sign_http`].
    pub fn sign_http_with_payload<B>(
        &mut self,
        request: &mut ::http::Request<B>,
        payload: &PayloadHash,
        credentials: &Credentials,
        timestamp: Timestamp,
    ) -> Result<Signed, SignError> {
        let method = request.method().clone();
        let uri = request.uri().clone();
        self.sign_head(method.as_str(), &uri, request.headers_mut(), payload, credentials, timestamp)
    }

    /// Signs a request in its query, which makes of its URI one that is valid for `expires_seconds` from `timestamp`.
    ///
    /// All headers but those never signed are signed, and must be sent with the request; a missing `host` header is
    /// added. See [`presign`](crate::presign).
    ///
    /// # Errors
    /// As [`presign`](crate::presign); the request is then as it was.
    pub fn presign_http<B: AsRef<[u8]>>(
        &mut self,
        request: &mut ::http::Request<B>,
        expires_seconds: u64,
        credentials: &Credentials,
        timestamp: Timestamp,
    ) -> Result<Presigned, SignError> {
        let payload = PayloadHash::with(self.settings.payload, request.body().as_ref());
        let Self { region, service, settings, key } = self;
        let context = SigningContext::new(credentials.borrowed(), &timestamp, region, service, *settings)?;
        let key = key_of_the_day(key, credentials, &context);

        let uri = request.uri().clone();
        let method = request.method().clone();
        let head = Head::of(method.as_str(), &uri, request.headers());
        let presigned = presign_parts(
            head.parts,
            head.lines(),
            &payload,
            expires_seconds,
            &context,
            key,
            Order::SignedHeadersFirst,
        )?;

        // Both values are made before either is put in: signing is all or nothing.
        let host = head.new_host.map(header_value).transpose()?;
        let target = alloc::format!("{}?{}", uri.path(), presigned.query());
        let mut new_uri = uri.clone().into_parts();
        new_uri.path_and_query = Some(target.parse().map_err(|_long| SignError::UriTooLong)?);
        let new_uri = Uri::from_parts(new_uri).map_err(|_long| SignError::UriTooLong)?;
        if let Some(host) = host {
            request.headers_mut().try_insert(HOST, host).map_err(|_full| SignError::TooManyHeaders)?;
        }
        *request.uri_mut() = new_uri;
        Ok(presigned)
    }

    /// Everything that does not depend on the body's type.
    fn sign_head(
        &mut self,
        method: &str,
        uri: &Uri,
        headers: &mut HeaderMap,
        payload: &PayloadHash,
        credentials: &Credentials,
        timestamp: Timestamp,
    ) -> Result<Signed, SignError> {
        let Self { region, service, settings, key } = self;
        let context = SigningContext::new(credentials.borrowed(), &timestamp, region, service, *settings)?;
        let key = key_of_the_day(key, credentials, &context);

        let head = Head::of(method, uri, headers);
        let canonical_request =
            CanonicalRequest::for_header_form(head.parts, head.lines(), payload, &context)?;

        let signed = Signed::new(&canonical_request, &context, key);
        let mut authorization = String::with_capacity(256);
        // Writing to a string never fails.
        let _infallible = Authorization {
            access_key_id: credentials.access_key_id(),
            scope: context.scope(),
            canonical_request: &canonical_request,
            signature: signed.signature,
        }
        .write_to(&mut authorization);

        // All values are made before the first is put in: signing is all or nothing.
        let mut new_authorization =
            HeaderValue::try_from(authorization).map_err(|_odd| SignError::InvalidAccessKeyId)?;
        new_authorization.set_sensitive(true);
        let host = head.new_host.map(header_value).transpose()?;
        let date = header_value(timestamp.amz_date())?;
        let mut token = credentials.session_token().map(header_value).transpose()?;
        if let Some(token) = &mut token {
            token.set_sensitive(true);
        }
        let sha256 = settings.content_sha256_header.then(|| header_value(payload.as_str())).transpose()?;
        let added = [
            host.map(|host| (HOST, host)),
            Some((HeaderName::from_static(X_AMZ_DATE), date)),
            token.map(|token| (HeaderName::from_static(X_AMZ_SECURITY_TOKEN), token)),
            sha256.map(|sha256| (HeaderName::from_static(X_AMZ_CONTENT_SHA256), sha256)),
            Some((HeaderName::from_static(AUTHORIZATION), new_authorization)),
        ];
        headers.try_reserve(added.len()).map_err(|_full| SignError::TooManyHeaders)?;
        for (name, value) in added.into_iter().flatten() {
            headers.insert(name, value);
        }
        Ok(signed)
    }
}

/// Derives the key if the last one was another day's or another credential's.
fn key_of_the_day<'k>(
    cache: &'k mut Option<CachedKey>,
    credentials: &Credentials,
    context: &SigningContext<'_>,
) -> &'k SigningKey {
    let fresh = cache.take().filter(|cached| cached.is_for(credentials, context.timestamp));
    let fresh = fresh.unwrap_or_else(|| CachedKey {
        credentials: credentials.clone(),
        timestamp: *context.timestamp,
        key: context.derive_key(),
    });
    &cache.insert(fresh).key
}

/// What of a request is signed, besides its body.
struct Head<'r> {
    parts: RequestParts<'r>,
    headers: &'r HeaderMap,
    /// The `host` header that the request lacks.
    new_host: Option<&'r str>,
}

impl<'r> Head<'r> {
    fn of(method: &'r str, uri: &'r Uri, headers: &'r HeaderMap) -> Self {
        let parts = RequestParts { method, path: uri.path(), query: uri.query().unwrap_or_default() };
        let new_host = if headers.contains_key(HOST) { None } else { host_of(uri) };
        Self { parts, headers, new_host }
    }

    fn lines(&self) -> impl Iterator<Item = (&'r str, &'r [u8])> {
        let lines = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        lines.chain(self.new_host.map(|host| ("host", host.as_bytes())))
    }
}

/// All that is put into a header is checked before; should it still not fit, the token is to blame.
fn header_value(text: &str) -> Result<HeaderValue, SignError> {
    HeaderValue::from_str(text).map_err(|_odd| SignError::InvalidSessionToken)
}

/// The authority as HTTP libraries send it: without user information and the scheme's default port.
pub(crate) fn host_of(uri: &Uri) -> Option<&str> {
    let authority = uri.authority()?;
    let default_port = match uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTPS => Some(443),
        Some(scheme) if *scheme == Scheme::HTTP => Some(80),
        _ => None,
    };
    match authority.port_u16() {
        Some(port) if Some(port) != default_port => {
            let text = authority.as_str();
            Some(text.rsplit_once('@').map_or(text, |(_user, host)| host))
        }
        _ => Some(authority.host()),
    }
    .filter(|host| !host.is_empty())
}

/// The stages of a signature that was put into a request.
#[derive(Clone)]
pub struct Signed {
    /// The canonical request, then the string to sign.
    text: String,
    canonical_request_length: usize,
    signature: Signature,
    has_session_token: bool,
}

impl Signed {
    fn new(canonical_request: &CanonicalRequest<'_>, context: &SigningContext<'_>, key: &SigningKey) -> Self {
        let mut text = String::with_capacity(canonical_request.length_estimate());
        // Writing to a string never fails.
        let _infallible = canonical_request.write_to(&mut text, false);
        let canonical_request_length = text.len();
        let string_to_sign = StringToSign::new(context.timestamp, context.scope(), &sha256(text.as_bytes()));
        let _infallible = string_to_sign.write_to(&mut text);
        let signature = key.sign_text(text.get(canonical_request_length..).unwrap_or_default());
        let has_session_token = context.credentials.session_token().is_some();
        Self { text, canonical_request_length, signature, has_session_token }
    }

    /// What was hashed first, session token included: see [`Signed::redacted_canonical_request`] before showing it.
    #[must_use]
    pub fn canonical_request(&self) -> &str {
        self.text.get(..self.canonical_request_length).unwrap_or_default()
    }

    /// The same with the session token blanked.
    #[must_use]
    pub fn redacted_canonical_request(&self) -> String {
        redact(self.canonical_request())
    }

    /// What was signed.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        self.text.get(self.canonical_request_length..).unwrap_or_default()
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }
}

impl Drop for Signed {
    fn drop(&mut self) {
        if self.has_session_token {
            self.text.zeroize();
        }
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("canonical_request", &self.redacted_canonical_request())
            .field("string_to_sign", &self.string_to_sign())
            .field("signature", &self.signature)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

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

    /// Made with botocore 1.43.11's `SigV4Auth`.
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
            let with_cache =
                cached.sign_http(&mut post("https://e.com/"), &credentials, time).expect("signs");
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
        let shown =
            alloc::format!("{signer:?} {signed:?} {request:?} {}", signed.redacted_canonical_request());
        assert!(!shown.contains("SESSIONSECRET"), "{shown}");
        assert!(!shown.contains("wJalr"), "{shown}");
        assert!(shown.contains("x-amz-security-token:**redacted**"), "{shown}");
    }
}
