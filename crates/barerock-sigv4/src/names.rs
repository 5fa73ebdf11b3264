//! Names of the headers and query parameters of a signature.

/// Names of headers, in lowercase as in HTTP/2 and in the canonical request.
pub mod header_name {
    /// The signature and its scope, or a bearer token.
    pub const AUTHORIZATION: &str = "authorization";
    /// The host, with its port unless that is the scheme's default.
    pub const HOST: &str = "host";
    /// The payload's hash, or the literal that replaces it.
    pub const X_AMZ_CONTENT_SHA256: &str = "x-amz-content-sha256";
    /// The time of the signature, such as `20150830T123600Z`.
    pub const X_AMZ_DATE: &str = "x-amz-date";
    /// The session token of temporary credentials.
    pub const X_AMZ_SECURITY_TOKEN: &str = "x-amz-security-token";
}

/// Names of the query parameters of a presigned URL. Unlike header names, they are case-sensitive.
pub mod parameter_name {
    /// The signature's algorithm.
    pub const ALGORITHM: &str = "X-Amz-Algorithm";
    /// The access key id and the credential scope.
    pub const CREDENTIAL: &str = "X-Amz-Credential";
    /// The time of the signature.
    pub const DATE: &str = "X-Amz-Date";
    /// The validity of the URL, in seconds.
    pub const EXPIRES: &str = "X-Amz-Expires";
    /// The session token of temporary credentials.
    pub const SECURITY_TOKEN: &str = "X-Amz-Security-Token";
    /// The signature.
    pub const SIGNATURE: &str = "X-Amz-Signature";
    /// The names of the signed headers.
    pub const SIGNED_HEADERS: &str = "X-Amz-SignedHeaders";

    /// All of them. Signing a URL again replaces these.
    pub const ALL: [&str; 7] =
        [ALGORITHM, CREDENTIAL, DATE, EXPIRES, SECURITY_TOKEN, SIGNATURE, SIGNED_HEADERS];
}

/// Prefix of a bearer token in an `authorization` header.
pub const BEARER: &str = "Bearer ";
