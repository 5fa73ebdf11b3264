//! Signing of an `http::Request` in place.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use ::http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue};
use ::http::uri::Uri;

use crate::canonical::{CanonicalRequest, Path, RequestParts};
use crate::credentials::Credentials;
use crate::hash::Sink;
use crate::headers::Names;
use crate::names::header_name::{X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN};
use crate::payload::PayloadHash;
use crate::presign::{Order, Presigned, presign_parts};
use crate::scope::check_names;
use crate::sign::{AUTHORIZATION_LENGTH, SigningContext, write_authorization};
use crate::{CredentialScope, SignError, SigningSettings, Timestamp};

mod cached;
mod head;
mod signed;

use cached::{CachedKey, LastRequest};
use head::Head;
pub(crate) use head::host_of;
pub use signed::Signed;

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
    last: LastRequest,
}

impl Signer {
    /// Creates a signer with the default settings, which are Bedrock's. Bedrock's signing name is `bedrock`.
    ///
    /// # Errors
    /// [`SignError::InvalidRegion`] or [`SignError::InvalidService`].
    pub fn new(region: impl Into<String>, service: impl Into<String>) -> Result<Self, SignError> {
        let (region, service) = (region.into(), service.into());
        check_names(&region, &service)?;
        Ok(Self {
            region,
            service,
            settings: SigningSettings::default(),
            key: None,
            last: LastRequest::default(),
        })
    }

    /// Sets the signing settings.
    #[must_use]
    pub fn with_settings(mut self, settings: SigningSettings) -> Self {
        self.settings = settings;
        self.last = LastRequest::default();
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
        let (method, uri) = (request.method().as_str(), request.uri());
        let head = self.sign_head(method, uri, request.headers(), &payload, credentials, &timestamp)?;
        let content_sha256 = self.settings.content_sha256_header.then_some(&payload);
        let SignedHead { signed, authorization, host } = head;
        insert_headers(request.headers_mut(), authorization, host, content_sha256, credentials, &timestamp)?;
        Ok(signed)
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
        let (context, cached, _last) = self.context(credentials, &timestamp)?;

        let uri = request.uri().clone();
        let method = request.method().clone();
        let mut head = Head::new(method.as_str(), &uri);
        head.read_headers(&uri, request.headers());
        let presigned = presign_parts(
            head.parts,
            head.lines(),
            &payload,
            expires_seconds,
            &context,
            &cached.key,
            Order::SignedHeadersFirst,
        )?;

        // Both values are built before either is set, so that an error leaves the request unchanged.
        let host = head.new_host.map(|host| header_value(host.as_bytes())).transpose()?;
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
        headers: &HeaderMap,
        payload: &PayloadHash,
        credentials: &Credentials,
        timestamp: &Timestamp,
    ) -> Result<SignedHead, SignError> {
        // Below the limit, inserting headers cannot fail.
        if headers.keys_len() > MAX_HEADER_NAMES {
            return Err(SignError::TooManyHeaders);
        }
        let (context, cached, last) = self.context(credentials, timestamp)?;
        let mut head = Head::new(method, uri);
        head.read_headers(uri, headers);
        let known_path = last.path(uri.path());
        let parts = RequestParts { path: known_path.map_or(head.parts.path, Path::Canonical), ..head.parts };
        let is_new_path = known_path.is_none();
        let has_token = credentials.session_token().is_some();
        let known = last.order(head.lines(), has_token);
        let mut canonical_request = CanonicalRequest::unselected(parts, head.lines(), known, payload);
        canonical_request.select_for_header_form(Names::Lowercase, &context)?;
        let new_order = known.is_none().then(|| *canonical_request.header_order());
        let names_length = canonical_request.signed_headers_length();
        let signed = Signed::new(&canonical_request, &context, cached);
        let names = signed.signed_headers(names_length, payload);

        let access_key_id = credentials.access_key_id();
        // Of the exact length, so that the header value takes the bytes without a copy.
        let length = [access_key_id.len(), cached.scope.len(), names_length];
        let length = length.iter().fold(AUTHORIZATION_LENGTH, |sum, part| sum.saturating_add(*part));
        let mut authorization = Vec::with_capacity(length);
        write_authorization(
            &mut authorization,
            access_key_id,
            |out| out.put(cached.scope.as_bytes()),
            |out| out.put(names),
            signed.signature,
        );

        let authorization =
            HeaderValue::try_from(authorization).map_err(|_odd| SignError::InvalidAccessKeyId)?;
        let host = head.new_host.map(|host| header_value(host.as_bytes())).transpose()?;
        if let Some(order) = new_order {
            last.keep_order(head.lines(), has_token, order, names);
        }
        if is_new_path {
            last.keep_path(uri.path(), signed.canonical_path());
        }
        Ok(SignedHead { signed, authorization, host })
    }

    /// Returns the signing context, the cached key and the last request; derives a new key if the day or the credentials differ.
    fn context<'c>(
        &'c mut self,
        credentials: &'c Credentials,
        timestamp: &'c Timestamp,
    ) -> Result<(SigningContext<'c>, &'c CachedKey, &'c mut LastRequest), SignError> {
        let Self { region, service, settings, key, last } = self;
        let scope = CredentialScope::of_checked_names(timestamp, region, service);
        let context =
            SigningContext { credentials: credentials.borrowed(), scope, timestamp, settings: *settings };
        if key.as_ref().is_some_and(|cached| cached.is_for(credentials, timestamp)) {
            // Key id and secret were checked before the key was derived.
            context.credentials.check_token()?;
        } else {
            context.credentials.check()?;
            *key = None;
        }
        let cached = key.get_or_insert_with(|| CachedKey {
            credentials: credentials.clone(),
            timestamp: *timestamp,
            key: context.derive_key(),
            scope: scope.to_string(),
        });
        Ok((context, cached, last))
    }
}

/// Signature of a request's head, with the headers that do not follow from the caller's arguments.
struct SignedHead {
    signed: Signed,
    authorization: HeaderValue,
    /// Value of the `host` header, if the request has none.
    host: Option<HeaderValue>,
}

/// Adds the headers of a signature. All values are built before the first is inserted, so that an error leaves the request
/// unchanged.
fn insert_headers(
    headers: &mut HeaderMap,
    mut authorization: HeaderValue,
    host: Option<HeaderValue>,
    content_sha256: Option<&PayloadHash>,
    credentials: &Credentials,
    timestamp: &Timestamp,
) -> Result<(), SignError> {
    let date = header_value(timestamp.as_bytes())?;
    let token = credentials.session_token().map(|token| header_value(token.as_bytes())).transpose()?;
    let content_sha256 = content_sha256.map(|hash| header_value(hash.as_bytes())).transpose()?;
    if let Some(host) = host {
        headers.insert(&HOST, host);
    }
    headers.insert(&DATE_NAME, date);
    if let Some(mut token) = token {
        token.set_sensitive(true);
        headers.insert(&TOKEN_NAME, token);
    }
    if let Some(content_sha256) = content_sha256 {
        headers.insert(&CONTENT_SHA256_NAME, content_sha256);
    }
    authorization.set_sensitive(true);
    headers.insert(&AUTHORIZATION, authorization);
    Ok(())
}

/// Converts a text to a header value. Key id and token are checked before, so the error is not expected.
fn header_value(text: &[u8]) -> Result<HeaderValue, SignError> {
    HeaderValue::from_bytes(text).map_err(|_odd| SignError::InvalidSessionToken)
}

#[cfg(test)]
mod tests;
