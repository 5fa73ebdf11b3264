//! Raw HTTP/1.1 requests, the form of AWS's own test suite: parsed, signed and written.

mod head;

use core::fmt;

use self::head::{Lines, Target};
use barerock_sigv4::header_name::{AUTHORIZATION, HOST, X_AMZ_CONTENT_SHA256};
use barerock_sigv4::{
    PayloadHash, Presigned, Request, SignError, Signature, SigningContext, presign, redact, sign_request,
};
use http::Method;

/// A request in HTTP/1.1's own form. Lines end in `\n` or `\r\n`; the target may have spaces and raw UTF-8, and header
/// lines may be folded, as in the test suite.
#[derive(Clone, PartialEq, Eq)]
pub struct RawRequest {
    method: String,
    path: String,
    query: Option<String>,
    version: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    line_end: &'static str,
    scheme: Option<&'static str>,
}

impl RawRequest {
    /// Reads a request. It ends where `bytes` ends.
    ///
    /// Of a target that is a whole URL, the path and query are the target; the host becomes the `Host` header if that is
    /// missing.
    ///
    /// # Errors
    /// [`RawRequestError`] with the offset of what cannot be read.
    pub fn parse(bytes: &[u8]) -> Result<Self, RawRequestError> {
        let mut lines = Lines::new(bytes);
        let start = lines.next()?.ok_or(RawRequestError { offset: 0, what: "empty request" })?;
        let at_start = |what| RawRequestError { offset: 0, what };
        let (method, rest) =
            start.text.split_once(' ').ok_or(at_start("the first line is not METHOD TARGET HTTP/1.1"))?;
        // The target may have spaces in it: the version is what follows the last.
        let (target, version) = rest
            .rsplit_once(' ')
            .filter(|(_, version)| version.starts_with("HTTP/"))
            .ok_or(at_start("the first line does not end in a version such as HTTP/1.1"))?;
        if Method::from_bytes(method.as_bytes()).is_err() {
            return Err(at_start("the method is not an HTTP token"));
        }
        let target = Target::parse(target).ok_or(RawRequestError {
            offset: method.len().saturating_add(1),
            what: "missing '/' at the start of the target",
        })?;
        let (path, query) = match target.origin_form.split_once('?') {
            Some((path, query)) => (path, Some(query.to_string())),
            None => (target.origin_form, None),
        };
        let mut request = Self {
            method: method.to_string(),
            path: path.to_string(),
            query,
            version: version.to_string(),
            headers: Vec::new(),
            body: Vec::new(),
            line_end: start.end,
            scheme: target.scheme,
        };
        while let Some(line) = lines.next()?.filter(|line| !line.text.is_empty()) {
            if line.text.starts_with([' ', '\t']) {
                let (_, value) = request.headers.last_mut().ok_or(RawRequestError {
                    offset: line.offset,
                    what: "the first header line is a continuation line",
                })?;
                value.push_str(request.line_end);
                value.push_str(line.text);
                continue;
            }
            let (name, value) = line
                .text
                .split_once(':')
                .ok_or(RawRequestError { offset: line.offset, what: "missing ':' in a header line" })?;
            request.headers.push((name.to_string(), value.to_string()));
        }
        if let Some(host) = target.host.filter(|_| request.header(HOST).is_none()) {
            request.headers.push(("Host".to_string(), host.to_string()));
        }
        request.body = lines.rest.to_vec();
        request.check_length(lines.offset)?;
        Ok(request)
    }

    /// A length that is not the body's would sign another body than is sent.
    fn check_length(&self, offset: usize) -> Result<(), RawRequestError> {
        let Some(length) = self.header("content-length") else { return Ok(()) };
        if length.trim().parse() == Ok(self.body.len()) {
            return Ok(());
        }
        Err(RawRequestError { offset, what: "the length of the body is not that of content-length" })
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// `http` or `https`, where the target was a whole URL.
    #[must_use]
    pub fn scheme(&self) -> Option<&str> {
        self.scheme
    }

    /// The path as it is sent.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query as it is sent, without the `?`.
    #[must_use]
    pub fn query(&self) -> &str {
        self.query.as_deref().unwrap_or_default()
    }

    /// The header lines in the order sent. A folded line keeps its line breaks.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first header of this name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Signs the request in its `authorization` header.
    ///
    /// # Errors
    /// As [`sign_request`].
    pub fn sign(&self, context: &SigningContext<'_>) -> Result<RawSigned, SignError> {
        let payload = PayloadHash::with(context.settings().payload, &self.body);
        let headers = self.borrowed_headers();
        let signed = sign_request(&self.borrowed(&headers), &payload, context, &context.derive_key())?;
        let authorization = signed.authorization().to_string();

        let settings = context.settings();
        let token = context.credentials().session_token();
        // The order and the case of the test suite's signed requests.
        let added = [
            token.map(|token| ("X-Amz-Security-Token", token)),
            Some(("X-Amz-Date", context.timestamp().amz_date())),
            settings.content_sha256_header.then(|| (X_AMZ_CONTENT_SHA256, payload.as_str())),
            Some(("Authorization", authorization.as_str())),
        ];
        let mut request = self.clone();
        request.headers.retain(|(name, _)| {
            let is_added = |(added, _): (&str, &str)| added.eq_ignore_ascii_case(name);
            !added.into_iter().flatten().any(is_added)
        });
        for (name, value) in added.into_iter().flatten() {
            request.headers.push((name.to_string(), value.to_string()));
        }
        Ok(RawSigned {
            canonical_request: signed.canonical_request().to_string(),
            string_to_sign: signed.string_to_sign().to_string(),
            signature: *signed.signature(),
            authorization,
            request,
        })
    }

    /// Signs the request in its query, for `expires_seconds`. An `authorization` header goes: services take one or the
    /// other.
    ///
    /// # Errors
    /// As [`presign`].
    pub fn presign(
        &self,
        expires_seconds: u64,
        context: &SigningContext<'_>,
    ) -> Result<(Presigned, Self), SignError> {
        let payload = PayloadHash::with(context.settings().payload, &self.body);
        let headers = self.borrowed_headers();
        let key = context.derive_key();
        let presigned = presign(&self.borrowed(&headers), &payload, expires_seconds, context, &key)?;
        let mut request = Self { query: Some(presigned.query().to_string()), ..self.clone() };
        request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(AUTHORIZATION));
        Ok((presigned, request))
    }

    fn borrowed_headers(&self) -> Vec<(&str, &[u8])> {
        self.headers().map(|(name, value)| (name, value.as_bytes())).collect()
    }

    fn borrowed<'a>(&'a self, headers: &'a [(&'a str, &'a [u8])]) -> Request<'a> {
        Request::new(&self.method, &self.path, self.query(), headers)
    }

    /// The request as it is sent: the head, an empty line, the body. Its session token and signature are in it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.head().flat_map(|(_, text)| text.bytes()).collect();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// The parts of the head, in the order sent.
    pub(crate) fn head(&self) -> impl Iterator<Item = (HeadPart, &str)> {
        let mark = if self.query.is_some() { "?" } else { "" };
        let start = [
            (HeadPart::Method, &*self.method),
            (HeadPart::Separator, " "),
            (HeadPart::Path, &self.path),
            (HeadPart::Separator, mark),
            (HeadPart::Query, self.query()),
            (HeadPart::Separator, " "),
            (HeadPart::Version, &self.version),
            (HeadPart::Separator, self.line_end),
        ];
        let headers = self.headers().flat_map(|(name, value)| {
            [
                (HeadPart::Name, name),
                (HeadPart::Separator, ":"),
                (HeadPart::Value, value),
                (HeadPart::Separator, self.line_end),
            ]
        });
        start.into_iter().chain(headers).chain([(HeadPart::Separator, self.line_end)])
    }
}

/// What a part of a request's head is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeadPart {
    Method,
    Path,
    Query,
    Version,
    Name,
    Value,
    Separator,
}

impl fmt::Debug for RawRequest {
    /// The request line and the names of the headers: values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &self.headers().map(|(name, _)| name).collect::<Vec<_>>())
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// All stages of a raw request that was signed in its header.
#[derive(Clone)]
pub struct RawSigned {
    canonical_request: String,
    string_to_sign: String,
    signature: Signature,
    authorization: String,
    request: RawRequest,
}

impl RawSigned {
    /// The canonical request, session token included.
    #[must_use]
    pub fn canonical_request(&self) -> &str {
        &self.canonical_request
    }

    /// The string to sign.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.string_to_sign
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The value of the `authorization` header.
    #[must_use]
    pub fn authorization(&self) -> &str {
        &self.authorization
    }

    /// The request with the headers of the signature behind its own.
    #[must_use]
    pub fn request(&self) -> &RawRequest {
        &self.request
    }
}

impl fmt::Debug for RawSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawSigned")
            .field("canonical_request", &redact(&self.canonical_request))
            .field("string_to_sign", &self.string_to_sign)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

/// Why a raw request cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RawRequestError {
    /// Bytes from the start of the request.
    pub offset: usize,
    /// What is wrong there.
    pub what: &'static str,
}

impl fmt::Display for RawRequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {} of the request: {}", self.offset, self.what)
    }
}

impl core::error::Error for RawRequestError {}

#[cfg(test)]
mod tests;
