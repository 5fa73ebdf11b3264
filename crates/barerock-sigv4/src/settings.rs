//! Settings of signing, which differ between services.

/// Limit on the validity of a presigned URL: seven days, in seconds.
///
// spec: sigv4#expires "The maximum value is 604800 seconds (seven days)."
/// "X-Amz-Expires … The maximum value is 604800 seconds (seven days)."
pub const MAX_EXPIRES_SECONDS: u32 = 604_800;

/// Number of times the path is percent-encoded before it is hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UriEncoding {
    /// The path as sent is encoded again, for every service except S3: `%3A` is hashed as `%253A`.
    #[default]
    Double,
    /// The path as sent is used, for S3.
    Single,
}

/// Signing of the session token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionTokenSigning {
    /// `x-amz-security-token` is signed, as by most services.
    #[default]
    Signed,
    /// The token is added to the request after it is signed.
    AddedAfter,
}

/// Signing of the payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayloadSigning {
    /// The SHA-256 of the body is signed.
    #[default]
    Hashed,
    /// The body is not signed (`UNSIGNED-PAYLOAD`). Use it only over TLS, and only if the service allows it.
    Unsigned,
    /// The body is a stream of signed events (`STREAMING-AWS4-HMAC-SHA256-EVENTS`).
    StreamingEvents,
}

/// Settings of signing. The default is that of Bedrock and most services: path normalized and encoded twice, body hashed, no
/// `x-amz-content-sha256` header, session token signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SigningSettings {
    /// Number of times the path is encoded.
    pub uri_encoding: UriEncoding,
    /// True if `.`, `..` and empty segments are resolved before the path is hashed; false for S3.
    pub normalize_path: bool,
    /// Signing of the payload.
    pub payload: PayloadSigning,
    /// True if the payload's hash is also sent and signed as the header `x-amz-content-sha256`.
    pub content_sha256_header: bool,
    /// Signing of the session token.
    pub session_token: SessionTokenSigning,
}

impl Default for SigningSettings {
    fn default() -> Self {
        Self {
            uri_encoding: UriEncoding::Double,
            normalize_path: true,
            payload: PayloadSigning::Hashed,
            content_sha256_header: false,
            session_token: SessionTokenSigning::Signed,
        }
    }
}

impl SigningSettings {
    /// Sets the [`UriEncoding`].
    #[must_use]
    pub fn with_uri_encoding(mut self, uri_encoding: UriEncoding) -> Self {
        self.uri_encoding = uri_encoding;
        self
    }

    /// Sets whether the path is normalized.
    #[must_use]
    pub fn with_normalize_path(mut self, normalize_path: bool) -> Self {
        self.normalize_path = normalize_path;
        self
    }

    /// Sets the [`PayloadSigning`].
    #[must_use]
    pub fn with_payload(mut self, payload: PayloadSigning) -> Self {
        self.payload = payload;
        self
    }

    /// Sets whether the header `x-amz-content-sha256` is added.
    #[must_use]
    pub fn with_content_sha256_header(mut self, content_sha256_header: bool) -> Self {
        self.content_sha256_header = content_sha256_header;
        self
    }

    /// Sets the [`SessionTokenSigning`].
    #[must_use]
    pub fn with_session_token(mut self, session_token: SessionTokenSigning) -> Self {
        self.session_token = session_token;
        self
    }
}
