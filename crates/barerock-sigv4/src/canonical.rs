//! The canonical request: the text that client and service must derive identically, byte for byte.

use core::fmt;

use crate::crypto::{Hash as _, Sha256};

use crate::hash::{Sink, show};
#[cfg(feature = "http")]
use crate::headers::HeaderOrder;
use crate::headers::{HeaderLine, HeaderList, KnownOrder, Names, SignedHeaders, is_signed, is_token};
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
        RequestParts { method: self.method, path: Path::Sent(self.path), query: self.query }
    }

    pub(crate) fn headers(&self) -> &'a [HeaderLine<'a>] {
        self.headers
    }
}

/// Request without its headers, which are in a slice or a map.
#[derive(Clone, Copy)]
pub(crate) struct RequestParts<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: Path<'a>,
    pub(crate) query: &'a str,
}

/// Path of a request, or its canonical form.
#[derive(Clone, Copy)]
pub(crate) enum Path<'a> {
    Sent(&'a str),
    #[cfg(feature = "http")]
    Canonical(&'a str),
}

impl<'a> Path<'a> {
    pub(crate) fn as_str(self) -> &'a str {
        match self {
            Self::Sent(path) => path,
            #[cfg(feature = "http")]
            Self::Canonical(path) => path,
        }
    }
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
    /// True if the path needs no normalization.
    is_normal: bool,
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
        let mut canonical = Self::unselected(request.parts(), request.headers(), None, payload);
        canonical.select_for_header_form(Names::Unchecked, context)?;
        Ok(canonical)
    }

    /// Creates a canonical request in which no header is selected. `known` is the order of headers with the same names. The request
    /// is completed in place, because it is too long to be moved at each step.
    pub(crate) fn unselected(
        parts: RequestParts<'a>,
        headers: &'a [HeaderLine<'a>],
        known: Option<KnownOrder<'a>>,
        payload: &'a PayloadHash,
    ) -> Self {
        Self {
            parts,
            left_out_parameters: &[],
            uri_encoding: UriEncoding::Single,
            is_normal: true,
            headers: HeaderList::new(headers, known),
            payload,
        }
    }

    /// Checks the request and selects its headers for a signature in the `authorization` header.
    pub(crate) fn select_for_header_form(
        &mut self,
        names: Names,
        context: &SigningContext<'a>,
    ) -> Result<(), SignError> {
        let settings = &context.settings;
        let token = context.credentials.session_token();
        self.headers.add((X_AMZ_DATE, context.timestamp.as_bytes()))?;
        if settings.content_sha256_header {
            self.headers.add((X_AMZ_CONTENT_SHA256, self.payload.as_bytes()))?;
        }
        if let Some(token) = token.filter(|_| settings.session_token == SessionTokenSigning::Signed) {
            self.headers.add((X_AMZ_SECURITY_TOKEN, token.as_bytes()))?;
        }
        let is_replaced = |name: &str| {
            name.eq_ignore_ascii_case(X_AMZ_DATE)
                || (settings.content_sha256_header && name.eq_ignore_ascii_case(X_AMZ_CONTENT_SHA256))
                || (token.is_some() && name.eq_ignore_ascii_case(X_AMZ_SECURITY_TOKEN))
        };
        let service = context.scope.service();
        self.headers.select(names, |name| !is_replaced(name) && is_signed(service, name))?;
        self.check_target(settings)?;
        self.check_host()
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
        let mut canonical = Self::unselected(RequestParts { query: "", ..parts }, headers, None, payload);
        canonical.headers.select(Names::Unchecked, |name| is_signed(service, name))?;
        canonical.check_target(settings)?;
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
        let mut canonical = Self::unselected(parts, headers, None, payload);
        canonical.left_out_parameters = left_out_parameters;
        canonical.headers.select(Names::Unchecked, |_name| true)?;
        canonical.check_target(settings)?;
        Ok(canonical)
    }

    /// Checks method, path and query.
    fn check_target(&mut self, settings: &SigningSettings) -> Result<(), SignError> {
        let RequestParts { method, path, query } = self.parts;
        if method.is_empty() || !method.as_bytes().iter().all(|byte| is_token(*byte)) {
            return Err(SignError::InvalidMethod);
        }
        (self.uri_encoding, self.is_normal) = match path {
            Path::Sent(path) => (settings.uri_encoding, uri::check_path(path, settings.normalize_path)?),
            #[cfg(feature = "http")]
            Path::Canonical(_) => (UriEncoding::Single, true),
        };
        uri::check_query(query)
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
        let mut hasher = Sha256::new();
        self.write_to(&mut hasher, false);
        hasher.finish()
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
        let escaped = self.parts.path.as_str().len().saturating_add(self.parts.query.len()).saturating_mul(3);
        self.headers.length_estimate().saturating_add(escaped).saturating_add(STRING_TO_SIGN_AND_PAYLOAD)
    }

    /// Returns the order of the headers, to know it for the next request.
    #[cfg(feature = "http")]
    pub(crate) fn header_order(&self) -> &HeaderOrder {
        self.headers.order()
    }

    /// Returns the number of bytes that [`CanonicalRequest::write_signed_headers`] writes.
    #[cfg(feature = "http")]
    pub(crate) fn signed_headers_length(&self) -> usize {
        self.headers.names_length()
    }

    pub(crate) fn write_signed_headers(&self, out: &mut impl Sink) {
        self.headers.write_names(out);
    }

    pub(crate) fn write_to(&self, out: &mut impl Sink, redact: bool) {
        out.put(self.parts.method.as_bytes());
        out.put(b"\n");
        uri::write_path(out, self.parts.path.as_str(), self.uri_encoding, self.is_normal);
        out.put(b"\n");
        uri::write_query(out, self.parts.query, self.left_out_parameters, redact);
        out.put(b"\n");
        self.headers.write_lines(out, redact);
        out.put(b"\n");
        self.write_signed_headers(out);
        out.put(b"\n");
        out.put(self.payload.as_bytes());
    }
}

impl fmt::Display for CanonicalRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, |out| self.write_to(out, false))
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
        show(f, |out| self.0.write_to(out, true))
    }
}
