//! Signing of an `http::Request` in place.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use ::http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue};
use ::http::uri::Uri;

use crate::canonical::{CanonicalRequest, Path};
use crate::credentials::Credentials;
use crate::hash::Sink;
use crate::headers::Names;
use crate::key::SigningKey;
use crate::names::header_name::{X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN};
use crate::payload::PayloadHash;
use crate::presign::{Order, Presigned, presign_parts};
use crate::scope::check_names;
use crate::sign::{AUTHORIZATION_LENGTH, SigningContext, write_authorization};
use crate::{CredentialScope, SignError, SigningSettings, Timestamp};

mod head;
mod signed;

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
    path: CachedPath,
}

/// Path of the last request and its canonical form, for the next request: most clients call one model.
#[derive(Clone, Debug, Default)]
struct CachedPath {
    sent: String,
    canonical: String,
}

impl CachedPath {
    fn find<'r>(&'r self, sent: &'r str) -> Path<'r> {
        if !self.canonical.is_empty() && self.sent == sent {
            Path::Canonical(&self.canonical)
        } else {
            Path::Sent(sent)
        }
    }

    fn keep(&mut self, sent: &str, canonical: &str) {
        self.canonical.clear();
        self.canonical.push_str(canonical);
        self.sent.clear();
        self.sent.push_str(sent);
    }
}

/// Derived key, with the credentials and the time it was derived from.
#[derive(Clone, Debug)]
struct CachedKey {
    credentials: Credentials,
    /// A time on the key's day.
    timestamp: Timestamp,
    key: SigningKey,
    /// The text of the scope.
    scope: String,
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
        Ok(Self {
            region,
            service,
            settings: SigningSettings::default(),
            key: None,
            path: CachedPath::default(),
        })
    }

    /// Sets the signing settings.
    #[must_use]
    pub fn with_settings(mut self, settings: SigningSettings) -> Self {
        self.settings = settings;
        self.path = CachedPath::default();
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
        let (signed, added) =
            self.sign_head(method, uri, request.headers(), &payload, credentials, &timestamp)?;
        added.insert_into(request.headers_mut());
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
        let (context, cached, _path) = self.context(credentials, &timestamp)?;

        let uri = request.uri().clone();
        let method = request.method().clone();
        let head = Head::of(method.as_str(), &uri, request.headers());
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

    /// Signs the head of a request, and returns the headers to add. Not generic, so that there is one copy for all body types.
    fn sign_head(
        &mut self,
        method: &str,
        uri: &Uri,
        headers: &HeaderMap,
        payload: &PayloadHash,
        credentials: &Credentials,
        timestamp: &Timestamp,
    ) -> Result<(Signed, AddedHeaders), SignError> {
        // Below the limit, inserting headers cannot fail.
        if headers.keys_len() > MAX_HEADER_NAMES {
            return Err(SignError::TooManyHeaders);
        }
        let content_sha256_header = self.settings.content_sha256_header;
        let (context, cached, path) = self.context(credentials, timestamp)?;
        let mut head = Head::of(method, uri, headers);
        head.parts.path = path.find(uri.path());
        let mut canonical_request = CanonicalRequest::unselected(head.parts, head.lines(), payload);
        canonical_request.select_for_header_form(Names::Lowercase, &context)?;
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

        let mut added = AddedHeaders {
            authorization: HeaderValue::try_from(authorization)
                .map_err(|_odd| SignError::InvalidAccessKeyId)?,
            date: header_value(timestamp.as_bytes())?,
            host: head.new_host.map(|host| header_value(host.as_bytes())).transpose()?,
            token: credentials.session_token().map(|token| header_value(token.as_bytes())).transpose()?,
            content_sha256: content_sha256_header.then(|| header_value(payload.as_bytes())).transpose()?,
        };
        added.authorization.set_sensitive(true);
        if let Some(token) = &mut added.token {
            token.set_sensitive(true);
        }
        if path.sent != uri.path() {
            path.keep(uri.path(), signed.canonical_path());
        }
        Ok((signed, added))
    }

    /// Returns the signing context, the cached key and the cached path; derives a new key if the day or the credentials differ.
    fn context<'c>(
        &'c mut self,
        credentials: &'c Credentials,
        timestamp: &'c Timestamp,
    ) -> Result<(SigningContext<'c>, &'c CachedKey, &'c mut CachedPath), SignError> {
        let Self { region, service, settings, key, path } = self;
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
        Ok((context, cached, path))
    }
}

/// Headers that signing adds, all of them built before the first is inserted, so that an error leaves the request unchanged.
struct AddedHeaders {
    authorization: HeaderValue,
    date: HeaderValue,
    host: Option<HeaderValue>,
    token: Option<HeaderValue>,
    content_sha256: Option<HeaderValue>,
}

impl AddedHeaders {
    fn insert_into(self, headers: &mut HeaderMap) {
        if let Some(host) = self.host {
            headers.insert(&HOST, host);
        }
        headers.insert(&DATE_NAME, self.date);
        if let Some(token) = self.token {
            headers.insert(&TOKEN_NAME, token);
        }
        if let Some(content_sha256) = self.content_sha256 {
            headers.insert(&CONTENT_SHA256_NAME, content_sha256);
        }
        headers.insert(&AUTHORIZATION, self.authorization);
    }
}

/// Converts a text to a header value. Key id and token are checked before, so the error is not expected.
fn header_value(text: &[u8]) -> Result<HeaderValue, SignError> {
    HeaderValue::from_bytes(text).map_err(|_odd| SignError::InvalidSessionToken)
}

#[cfg(test)]
mod tests;
