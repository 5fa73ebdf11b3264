//! Signing of an `http::Request` in place.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use ::http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue};
use ::http::uri::Uri;
use zeroize::Zeroize;

use crate::canonical::{CanonicalRequest, RequestParts};
use crate::credentials::Credentials;
use crate::hash::sha256;
use crate::headers::HeaderLine;
use crate::key::{Signature, SigningKey};
use crate::names::header_name::{X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN};
use crate::payload::PayloadHash;
use crate::presign::{Order, Presigned, presign_parts};
use crate::redact::redact;
use crate::scope::check_names;
use crate::sign::{Authorization, SigningContext, StringToSign};
use crate::{SignError, SigningSettings, Timestamp};

static DATE_NAME: HeaderName = HeaderName::from_static(X_AMZ_DATE);
static TOKEN_NAME: HeaderName = HeaderName::from_static(X_AMZ_SECURITY_TOKEN);
static CONTENT_SHA256_NAME: HeaderName = HeaderName::from_static(X_AMZ_CONTENT_SHA256);

/// Limit on the number of header names of a request, signed or not; below the limit of `http::HeaderMap`.
const MAX_HEADER_NAMES: usize = 16_384;

/// Signs requests for one region and service. Caches the derived key of the day.
#[derive(Clone, Debug)]
pub struct Signer {
    region: String,
    service: String,
    settings: SigningSettings,
    key: Option<CachedKey>,
}

/// Derived key, with the credentials and the time it was derived from.
#[derive(Clone, Debug)]
struct CachedKey {
    credentials: Credentials,
    /// A time on the key's day.
    timestamp: Timestamp,
    key: SigningKey,
}

impl CachedKey {
    fn is_for(&self, credentials: &Credentials, timestamp: &Timestamp) -> bool {
        self.timestamp.is_same_day(timestamp)
            && self.credentials.access_key_id() == credentials.access_key_id()
            && self.credentials.secret_access_key() == credentials.secret_access_key()
    }
}

impl Signer {
    /// Creates a signer with the default settings, which are Bedrock's. Bedrock's signing name is `bedrock`.
    ///
    /// # Errors
    /// [`SignError::InvalidRegion`] or [`SignError::InvalidService`].
    pub fn new(region: impl Into<String>, service: impl Into<String>) -> Result<Self, SignError> {
        let (region, service) = (region.into(), service.into());
        check_names(&region, &service)?;
        Ok(Self { region, service, settings: SigningSettings::default(), key: None })
    }

    /// Sets the signing settings.
    #[must_use]
    pub fn with_settings(mut self, settings: SigningSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Returns the region.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Returns the service's signing name.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Returns the signing settings.
    #[must_use]
    pub fn settings(&self) -> &SigningSettings {
        &self.settings
    }

    /// Signs a request in place: adds `x-amz-date`, `authorization` (marked sensitive), `x-amz-security-token` (marked
    /// sensitive) if the credentials have a token, and `x-amz-content-sha256` if the settings require it.
    ///
    /// A missing `host` header is added from the URI's authority, without the scheme's default port, as HTTP libraries do when
    /// they send. Headers of an earlier signature are replaced, so a request can be signed again.
    ///
    /// # Errors
    /// See [`SignError`]; the request is then unchanged.
    pub fn sign_http<B: AsRef<[u8]>>(
        &mut self,
        request: &mut ::http::Request<B>,
        credentials: &Credentials,
        timestamp: Timestamp,
    ) -> Result<Signed, SignError> {
        let payload = PayloadHash::with(self.settings.payload, request.body().as_ref());
        // Moved out, so that they can change while the method and the URI are borrowed; moved back below, also on an error.
        let mut headers = core::mem::take(request.headers_mut());
        let (method, uri) = (request.method().as_str(), request.uri());
        let signed = self.sign_head(method, uri, &mut headers, &payload, credentials, timestamp);
        *request.headers_mut() = headers;
        signed
    }

    /// Signs a request in its query: the URI becomes a presigned URL, valid for `expires_seconds` from `timestamp`.
    ///
    /// All headers except those never signed are signed, and must be sent with the request; a missing `host` header is added.
    /// See [`presign`](crate::presign).
    ///
    /// # Errors
    /// As [`presign`](crate::presign); the request is then unchanged.
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
            &head.lines,
            &payload,
            expires_seconds,
            &context,
            key,
            Order::SignedHeadersFirst,
        )?;

        // Both values are built before either is set, so that an error leaves the request unchanged.
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

    /// Signs the head of a request. Not generic, so that there is one copy for all body types.
    fn sign_head(
        &mut self,
        method: &str,
        uri: &Uri,
        headers: &mut HeaderMap,
        payload: &PayloadHash,
        credentials: &Credentials,
        timestamp: Timestamp,
    ) -> Result<Signed, SignError> {
        // Below the limit, inserting headers cannot fail.
        if headers.keys_len() > MAX_HEADER_NAMES {
            return Err(SignError::TooManyHeaders);
        }
        let Self { region, service, settings, key } = self;
        let context = SigningContext::new(credentials.borrowed(), &timestamp, region, service, *settings)?;
        let key = key_of_the_day(key, credentials, &context);

        let head = Head::of(method, uri, headers);
        let canonical_request =
            CanonicalRequest::for_header_form(head.parts, &head.lines, payload, &context)?;

        let signed = Signed::new(&canonical_request, &context, key);
        let new_authorization = Authorization {
            access_key_id: credentials.access_key_id(),
            scope: context.scope(),
            canonical_request: &canonical_request,
            signature: signed.signature,
        };
        // Of the exact length, so that the header value takes the string without a copy.
        let mut authorization = String::with_capacity(new_authorization.length());
        // Writing to a string never fails.
        let _infallible = new_authorization.write_to(&mut authorization);

        // All values are built before the first is set, so that an error leaves the request unchanged.
        let mut new_authorization =
            HeaderValue::try_from(authorization).map_err(|_odd| SignError::InvalidAccessKeyId)?;
        new_authorization.set_sensitive(true);
        let texts = [
            (&HOST, head.new_host),
            (&DATE_NAME, Some(timestamp.amz_date())),
            (&TOKEN_NAME, credentials.session_token()),
            (&CONTENT_SHA256_NAME, settings.content_sha256_header.then(|| payload.as_str())),
        ];
        let mut added = Vec::with_capacity(texts.len());
        for (name, text) in texts {
            if let Some(text) = text {
                let mut value = header_value(text)?;
                value.set_sensitive(core::ptr::eq(name, &TOKEN_NAME));
                added.push((name, value));
            }
        }
        for (name, value) in added {
            headers.insert(name, value);
        }
        headers.insert(&AUTHORIZATION, new_authorization);
        Ok(signed)
    }
}

/// Returns the cached key; derives a new one if the day or the credentials differ.
fn key_of_the_day<'k>(
    cache: &'k mut Option<CachedKey>,
    credentials: &Credentials,
    context: &SigningContext<'_>,
) -> &'k SigningKey {
    if cache.as_ref().is_some_and(|cached| !cached.is_for(credentials, context.timestamp)) {
        *cache = None;
    }
    let cached = cache.get_or_insert_with(|| CachedKey {
        credentials: credentials.clone(),
        timestamp: *context.timestamp,
        key: context.derive_key(),
    });
    &cached.key
}

/// Signed parts of a request, except its body.
struct Head<'r> {
    parts: RequestParts<'r>,
    lines: Vec<HeaderLine<'r>>,
    /// Value of the `host` header, if the request has none.
    new_host: Option<&'r str>,
}

impl<'r> Head<'r> {
    fn of(method: &'r str, uri: &'r Uri, headers: &'r HeaderMap) -> Self {
        let parts = RequestParts { method, path: uri.path(), query: uri.query().unwrap_or_default() };
        let new_host = if headers.contains_key(&HOST) { None } else { host_of(uri) };
        let mut lines = Vec::with_capacity(headers.len().saturating_add(1));
        // Not `as_str`, which would be compiled again here: 1 KB.
        lines.extend(headers.iter().map(|(name, value)| (name.as_ref(), value.as_bytes())));
        lines.extend(new_host.map(|host| ("host", host.as_bytes())));
        Self { parts, lines, new_host }
    }
}

/// Converts a text to a header value. Key id and token are checked before, so the error is not expected.
fn header_value(text: &str) -> Result<HeaderValue, SignError> {
    HeaderValue::from_str(text).map_err(|_odd| SignError::InvalidSessionToken)
}

/// Returns the authority as HTTP libraries send it: without user information and the scheme's default port.
pub(crate) fn host_of(uri: &Uri) -> Option<&str> {
    let authority = uri.authority()?.as_str();
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_user, host)| host);
    let default_port = match uri.scheme_str() {
        Some("https") => ":443",
        Some("http") => ":80",
        _ => ":",
    };
    let host = host_and_port.strip_suffix(default_port).or_else(|| host_and_port.strip_suffix(':'));
    Some(host.unwrap_or(host_and_port)).filter(|host| !host.is_empty())
}

/// Stages of the signature of a signed request.
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

    /// Returns the canonical request, including the session token; to show it, use [`Signed::redacted_canonical_request`].
    #[must_use]
    pub fn canonical_request(&self) -> &str {
        self.text.get(..self.canonical_request_length).unwrap_or_default()
    }

    /// Returns the canonical request with the session token redacted.
    #[must_use]
    pub fn redacted_canonical_request(&self) -> String {
        redact(self.canonical_request())
    }

    /// Returns the string to sign.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        self.text.get(self.canonical_request_length..).unwrap_or_default()
    }

    /// Returns the signature.
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
mod tests;
