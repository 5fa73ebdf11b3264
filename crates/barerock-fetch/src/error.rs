//! Errors of `fetch` in `barerock`'s terms.

use core::error::Error;
use core::fmt;

use barerock::{TransportError, TransportErrorKind};
use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// What a browser's error leaves open.
const HIDDEN: &str = "fetch does not say why: a name that is not found, a refused connection, TLS, or an endpoint that does not \
                      allow this page's origin (CORS), as Bedrock's do not. The browser's console may. A page needs an endpoint \
                      that allows it: ClientBuilder::endpoint_url.";

/// The most causes of an error that are read.
const DEPTH: usize = 4;

/// An error of JavaScript: its name and message, those of its causes, and their codes, which node's errors have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchError {
    text: String,
    code: Option<String>,
}

impl FetchError {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), code: None }
    }

    /// The error that a promise was rejected with, which may be any value.
    pub(crate) fn of(error: &JsValue) -> Self {
        let (mut text, mut code) = (String::new(), None);
        let mut error = error.clone();
        for depth in 0..DEPTH {
            let member = |name: &str| Reflect::get(&error, &name.into()).ok()?.as_string();
            let words = match (member("name"), member("message")) {
                (Some(name), Some(message)) if !message.is_empty() => format!("{name}: {message}"),
                (Some(name), _) => name,
                (None, _) => error.as_string().unwrap_or_else(|| "an error without a name".to_owned()),
            };
            text.push_str(if depth == 0 { "" } else { ": " });
            text.push_str(&words);
            code = member("code").or(code);
            match Reflect::get(&error, &"cause".into()) {
                Ok(cause) if cause.is_object() => error = cause,
                _ => break,
            }
        }
        Self { text, code }
    }

    /// The code of the cause, such as `ECONNREFUSED`. Browsers give none.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The error of a request without a response.
    pub(crate) fn before_response(self) -> TransportError {
        let kind = match self.code() {
            Some("UND_ERR_CONNECT_TIMEOUT" | "ETIMEDOUT") => TransportErrorKind::ConnectTimeout,
            Some("UND_ERR_HEADERS_TIMEOUT") => TransportErrorKind::Timeout,
            Some("UND_ERR_SOCKET" | "ECONNRESET" | "EPIPE") => TransportErrorKind::Io,
            Some(code) if code.starts_with("HPE_") => TransportErrorKind::Io,
            Some(_) => TransportErrorKind::Connect,
            None => return TransportError::new(TransportErrorKind::Connect, self).with_hint(HIDDEN),
        };
        TransportError::new(kind, self)
    }

    /// The error of a response that breaks off.
    pub(crate) fn within_response(self) -> TransportError {
        let kind = match self.code() {
            Some("UND_ERR_BODY_TIMEOUT") => TransportErrorKind::Timeout,
            _ => TransportErrorKind::Io,
        };
        TransportError::new(kind, self)
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match &self.code {
            Some(code) if !self.text.contains(&**code) => write!(f, " ({code})"),
            _ => Ok(()),
        }
    }
}

impl Error for FetchError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(code: &str) -> TransportErrorKind {
        let error = FetchError { text: "TypeError: fetch failed".to_owned(), code: Some(code.to_owned()) };
        assert!(error.to_string().ends_with(&format!("({code})")));
        error.before_response().kind()
    }

    #[test]
    fn codes_of_node_have_their_kinds() {
        assert_eq!(kind("ECONNREFUSED"), TransportErrorKind::Connect);
        assert_eq!(kind("ENOTFOUND"), TransportErrorKind::Connect);
        assert_eq!(kind("DEPTH_ZERO_SELF_SIGNED_CERT"), TransportErrorKind::Connect);
        assert_eq!(kind("UND_ERR_CONNECT_TIMEOUT"), TransportErrorKind::ConnectTimeout);
        assert_eq!(kind("UND_ERR_HEADERS_TIMEOUT"), TransportErrorKind::Timeout);
        assert_eq!(kind("ECONNRESET"), TransportErrorKind::Io);
        assert_eq!(kind("HPE_INVALID_CONSTANT"), TransportErrorKind::Io);
        let broken = FetchError::new("TypeError: terminated").within_response();
        assert_eq!(broken.kind(), TransportErrorKind::Io);
    }

    #[test]
    fn an_error_without_a_code_has_a_hint() {
        let error = FetchError::new("TypeError: Failed to fetch").before_response();
        assert_eq!(error.kind(), TransportErrorKind::Connect);
        assert!(error.hint().is_some_and(|hint| hint.contains("CORS")));
    }
}
