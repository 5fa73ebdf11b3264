//! The canonical request: the text that client and service must derive identically, byte for byte.

use core::fmt::{self, Write};

use crate::crypto::Sha256;

use crate::hash::TextHasher;
use crate::headers::{HeaderLine, HeaderList, SignedHeaders, is_signed, is_token};
use crate::names::header_name::{X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN};
use crate::payload::{PayloadHash, SHA256_LENGTH};
use crate::settings::{SessionTokenSigning, SigningSettings};
use crate::sign::SigningContext;
use crate::{SignError, UriEncoding, uri};

/// Request to sign, borrowed, with its path, query and headers as they are sent.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: &'a [HeaderLine<'a>],
}

impl<'a> Request<'a> {
    /// Creates a request. `method` is in uppercase; `path` and `query` are as sent, the query without its `?`; the headers are
    /// in the order sent, with names in any case, and include `host`.
    #[must_use]
    pub fn new(method: &'a str, path: &'a str, query: &'a str, headers: &'a [(&'a str, &'a [u8])]) -> Self {
        Self { method, path, query, headers }
    }

    pub(crate) fn parts(&self) -> RequestParts<'a> {
        RequestParts { method: self.method, path: self.path, query: self.query }
    }

    pub(crate) fn headers(&self) -> &'a [HeaderLine<'a>] {
        self.headers
    }
}

/// Request without its headers, which are in a slice or a map.
#[derive(Clone, Copy)]
pub(crate) struct RequestParts<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
}

/// Canonical request: "CanonicalRequest = HTTPRequestMethod + '\n' + CanonicalURI + '\n' + CanonicalQueryString + '\n' +
/// CanonicalHeaders + '\n' + SignedHeaders + '\n' + HexEncode(Hash(RequestPayload))."
///
/// `Display` writes the text that is hashed, including the session token; to show it, use [`CanonicalRequest::redacted`].
#[derive(Clone, Copy)]
pub struct CanonicalRequest<'a> {
    parts: RequestParts<'a>,
    left_out_parameters: &'static [&'static str],
    uri_encoding: UriEncoding,
    normalize_path: bool,
    headers: HeaderList<'a>,
    payload: &'a PayloadHash,
}

impl<'a> CanonicalRequest<'a> {
    /// Creates the canonical request for a signature in the `authorization` header.
    ///
    /// It includes the headers that signing adds: `x-amz-date`; `x-amz-security-token` if the credentials have a token and the
    /// settings sign it; `x-amz-content-sha256` if the settings add it. Headers of those names in `request` are replaced.
    ///
    /// # Errors
    /// As [`sign_request`](crate::sign_request).
    pub fn new(
        request: &Request<'a>,
        payload: &'a PayloadHash,
        context: &SigningContext<'a>,
    ) -> Result<Self, SignError> {
        Self::for_header_form(request.parts(), request.headers(), payload, context)
    }

    pub(crate) fn for_header_form(
        parts: RequestParts<'a>,
        headers: &'a [HeaderLine<'a>],
        payload: &'a PayloadHash,
        context: &SigningContext<'a>,
    ) -> Result<Self, SignError> {
        let settings = &context.settings;
        let token = context.credentials.session_token();
        let is_replaced = |name: &str| {
            name.eq_ignore_ascii_case(X_AMZ_DATE)
                || (settings.content_sha256_header && name.eq_ignore_ascii_case(X_AMZ_CONTENT_SHA256))
                || (token.is_some() && name.eq_ignore_ascii_case(X_AMZ_SECURITY_TOKEN))
        };
        let service = context.scope.service();
        let is_signed = |name: &str| is_signed(service, name) && !is_replaced(name);
        let mut canonical =
            Self::of_parts(parts, HeaderList::new(headers, is_signed)?, payload, settings, &[])?;
        canonical.check_host()?;
        let added = [
            Some((X_AMZ_DATE, context.timestamp.amz_date())),
            settings.content_sha256_header.then(|| (X_AMZ_CONTENT_SHA256, payload.as_str())),
            token
                .filter(|_| settings.session_token == SessionTokenSigning::Signed)
                .map(|token| (X_AMZ_SECURITY_TOKEN, token)),
        ];
        for (name, value) in added.into_iter().flatten() {
            canonical.headers.add(name, value)?;
        }
        Ok(canonical)
    }

    /// Creates the canonical request for a signature in the query, without the query, which `with_query` adds.
    #[cfg(feature = "alloc")]
    pub(crate) fn for_query_form(
        parts: RequestParts<'a>,
        headers: &'a [HeaderLine<'a>],
        payload: &'a PayloadHash,
        context: &SigningContext<'_>,
    ) -> Result<Self, SignError> {
        let (settings, service) = (&context.settings, context.scope.service());
        let headers = HeaderList::new(headers, |name| is_signed(service, name))?;
        let canonical = Self::of_parts(RequestParts { query: "", ..parts }, headers, payload, settings, &[])?;
        canonical.check_host()?;
        Ok(canonical)
    }

    /// Sets the query.
    #[cfg(feature = "alloc")]
    pub(crate) fn with_query(mut self, query: &'a str) -> Result<Self, SignError> {
        uri::check_query(query)?;
        self.parts.query = query;
        Ok(self)
    }

    /// Creates the canonical request of a received request in which exactly `headers` are signed.
    #[cfg(feature = "http")]
    pub(crate) fn for_received(
        parts: RequestParts<'a>,
        headers: &'a [HeaderLine<'a>],
        payload: &'a PayloadHash,
        settings: &SigningSettings,
        left_out_parameters: &'static [&'static str],
    ) -> Result<Self, SignError> {
        let headers = HeaderList::new(headers, |_name| true)?;
        Self::of_parts(parts, headers, payload, settings, left_out_parameters)
    }

    fn of_parts(
        parts: RequestParts<'a>,
        headers: HeaderList<'a>,
        payload: &'a PayloadHash,
        settings: &SigningSettings,
        left_out_parameters: &'static [&'static str],
    ) -> Result<Self, SignError> {
        if parts.method.is_empty() || !parts.method.bytes().all(is_token) {
            return Err(SignError::InvalidMethod);
        }
        uri::check_path(parts.path, settings.normalize_path)?;
        uri::check_query(parts.query)?;
        Ok(Self {
            parts,
            left_out_parameters,
            uri_encoding: settings.uri_encoding,
            normalize_path: settings.normalize_path,
            headers,
            payload,
        })
    }

    /// Checks the rule "You must include the host header."
    fn check_host(&self) -> Result<(), SignError> {
        if self.headers.has_host() { Ok(()) } else { Err(SignError::MissingHost) }
    }

    /// Returns the names of the signed headers.
    #[must_use]
    pub fn signed_headers(&self) -> SignedHeaders<'_, 'a> {
        SignedHeaders(&self.headers)
    }

    /// Returns the payload's hash, the last line.
    #[must_use]
    pub fn payload_hash(&self) -> &'a PayloadHash {
        self.payload
    }

    /// Returns the SHA-256 of the text, without allocating it.
    #[must_use]
    pub fn hash(&self) -> [u8; SHA256_LENGTH] {
        let mut writer = TextHasher::new(Sha256::new());
        // Hashing never fails.
        let _infallible = self.write_to(&mut writer, false);
        writer.finish()
    }

    /// Returns the text with the value of `x-amz-security-token` redacted, for output.
    #[must_use]
    pub fn redacted(&self) -> RedactedCanonicalRequest<'_, 'a> {
        RedactedCanonicalRequest(self)
    }

    /// Returns an upper bound for the length of the text and a string to sign, so that a buffer for both rarely grows.
    #[cfg(feature = "http")]
    pub(crate) fn length_estimate(&self) -> usize {
        const STRING_TO_SIGN_AND_PAYLOAD: usize = 256;
        let escaped = self.parts.path.len().saturating_add(self.parts.query.len()).saturating_mul(3);
        self.headers.length_estimate().saturating_add(escaped).saturating_add(STRING_TO_SIGN_AND_PAYLOAD)
    }

    /// Returns the number of bytes that [`CanonicalRequest::write_signed_headers`] writes.
    #[cfg(feature = "http")]
    pub(crate) fn signed_headers_length(&self) -> usize {
        self.headers.names_length()
    }

    pub(crate) fn write_signed_headers(&self, w: &mut impl Write) -> fmt::Result {
        self.headers.write_names(w)
    }

    pub(crate) fn write_to(&self, w: &mut impl Write, redact: bool) -> fmt::Result {
        w.write_str(self.parts.method)?;
        w.write_str("\n")?;
        uri::write_path(w, self.parts.path, self.uri_encoding, self.normalize_path)?;
        w.write_str("\n")?;
        uri::write_query(w, self.parts.query, self.left_out_parameters, redact)?;
        w.write_str("\n")?;
        self.headers.write_lines(w, redact)?;
        w.write_str("\n")?;
        self.write_signed_headers(w)?;
        w.write_str("\n")?;
        w.write_str(self.payload.as_str())
    }
}

impl fmt::Display for CanonicalRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f, false)
    }
}

impl fmt::Debug for CanonicalRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CanonicalRequest({})", self.redacted())
    }
}

/// [`CanonicalRequest`] whose `Display` redacts the session token.
#[derive(Clone, Copy, Debug)]
pub struct RedactedCanonicalRequest<'r, 'a>(&'r CanonicalRequest<'a>);

impl fmt::Display for RedactedCanonicalRequest<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write_to(f, true)
    }
}
