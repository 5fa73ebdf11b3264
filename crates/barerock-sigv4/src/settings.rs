//! The choices the specification leaves to the service.

/// The longest a presigned URL can be valid: seven days, in seconds.
///
// spec: sigv4#expires "The maximum value is 604800 seconds (seven days)."
/// "X-Amz-Expires … The maximum value is 604800 seconds (seven days)."
pub const MAX_EXPIRES_SECONDS: u32 = 604_800;

/// How often the path is percent-encoded before it is hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UriEncoding {
    /// The path as it is sent, encoded once more: every service but S3. `%3A` is hashed as `%253A`.
    #[default]
    Double,
    /// The path as it is sent: S3.
    Single,
}

/// Whether the session token is part of what is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionTokenSigning {
    /// `x-amz-security-token` is signed: nearly every service.
    #[default]
    Signed,
    /// The token is added to the request after it is signed.
    AddedAfter,
}

/// What stands for the payload in the canonical request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayloadSigning {
    /// The SHA-256 of the body.
    #[default]
    Hashed,
    /// `UNSIGNED-PAYLOAD`: the body is not protected. Only over TLS, and only where the service allows it.
    Unsigned,
    /// `STREAMING-AWS4-HMAC-SHA256-EVENTS`: the body is a stream of signed events.
    StreamingEvents,
}

/// The rules of signing. The default is Bedrock's, and nearly every other service's: path normalized and encoded
/// twice, body hashed, no `x-amz-content-sha256` header, session token signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SigningSettings {
    /// How often the path is encoded.
    pub uri_encoding: UriEncoding,
    /// Whether `.`, `..` and empty segments are resolved before the path is hashed. S3 does not.
    pub normalize_path: bool,
    /// What stands for the payload.
    pub payload: PayloadSigning,
    /// Whether the payload's hash is also sent and signed as the header `x-amz-content-sha256`.
    pub content_sha256_header: bool,
    /// Whether the session token is signed.
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
    /// The same with another [`UriEncoding`].
    #[must_use]
    pub fn with_uri_encoding(mut self, uri_encoding: UriEncoding) -> Self {
        self.uri_encoding = uri_encoding;
        self
    }

    /// The same with path normalization on or off.
    #[must_use]
    pub fn with_normalize_path(mut self, normalize_path: bool) -> Self {
        self.normalize_path = normalize_path;
        self
    }

    /// The same with another [`PayloadSigning`].
    #[must_use]
    pub fn with_payload(mut self, payload: PayloadSigning) -> Self {
        self.payload = payload;
        self
    }

    /// The same with the header `x-amz-content-sha256` on or off.
    #[must_use]
    pub fn with_content_sha256_header(mut self, content_sha256_header: bool) -> Self {
        self.content_sha256_header = content_sha256_header;
        self
    }

    /// The same with another [`SessionTokenSigning`].
    #[must_use]
    pub fn with_session_token(mut self, session_token: SessionTokenSigning) -> Self {
        self.session_token = session_token;
        self
    }
}
