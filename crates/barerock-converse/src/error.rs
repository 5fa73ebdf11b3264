//! Errors of the service.

use core::fmt;

use http::{HeaderMap, StatusCode};

pub use crate::exception::{EXCEPTIONS, exception_status};
use crate::json::Object;
use crate::lookalike::{Lookalike, looks_like};
use crate::types::structure;
use crate::wire::ResponseHead;

structure! {
    /// An error of the service: an HTTP response that is not a success, or an exception in a stream.
    ///
    /// ```
    /// # use barerock_converse::ServiceError;
    /// # use http::{HeaderMap, HeaderValue, StatusCode};
    /// let body = br#"{"message":"Too many requests, please wait before trying again."}"#;
    /// let code = HeaderValue::from_static("ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/");
    /// let headers = HeaderMap::from_iter([("x-amzn-errortype".parse()?, code)]);
    /// let error = ServiceError::from_http(StatusCode::TOO_MANY_REQUESTS, &headers, body);
    /// assert!(error.is_throttling());
    /// assert_eq!(error.code, "ThrottlingException");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "ThrottlingException")]
    #[doc(alias = "AccessDeniedException")]
    #[doc(alias = "ValidationException")]
    ServiceError {
        required {
            /// The HTTP status; in a stream the status that the service model gives the exception, or 0.
            status: u16,
            /// The error code, such as `ThrottlingException`; empty if the response has none.
            code: String,
            /// The service's message; empty if the response has none.
            message: String,
        }
        optional {
            /// The request ID, for AWS Support.
            request_id: String,
            /// The model's own status, of a ModelErrorException or ModelStreamErrorException.
            original_status_code: u16,
            /// The model's own message, of a ModelStreamErrorException.
            original_message: String,
            /// The resource at fault, of a ModelErrorException.
            resource_name: String,
        }
    }
}

impl Eq for ServiceError {}

/// Maximum displayed length of a message, or of a body that is not JSON, in bytes.
const SHOWN: usize = 2048;

impl ServiceError {
    /// Reads the error of an HTTP response: its code from the header `x-amzn-errortype`, else from the body's `code`, else from
    /// its `__type`; its message from `message`, `Message`, `errorMessage` or `originalMessage`. A body without a code and a
    /// message is described, with at most 2 KiB of it.
    #[must_use]
    pub fn from_http(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        Self::from_head(&ResponseHead::of(status, headers), body)
    }

    /// [`from_http`](Self::from_http) for a head without the types of `http`.
    #[must_use]
    pub fn from_head(head: &ResponseHead<'_>, body: &[u8]) -> Self {
        Self::read(head, None, body)
    }

    fn read(head: &ResponseHead<'_>, code: Option<String>, body: &[u8]) -> Self {
        let json = core::str::from_utf8(body).unwrap_or_default();
        let members = Object::read(json);
        let text = |names: &[&str]| names.iter().find_map(|name| members.text(name));
        // `{"Output":{"__type":…},"Version":"1.0"}` comes with status 200 for a path the service does not know.
        let code = code
            .or_else(|| head.error_type.map(str::to_owned))
            .or_else(|| text(&["code", "__type"]))
            .or_else(|| Object::read(members.value("Output")?).text("__type"));
        let code = code.as_deref().map(short_code).unwrap_or_default();
        let message = text(&["message", "Message", "errorMessage", "originalMessage"]).unwrap_or_else(|| {
            // An error with a code comes from the service, even without a message.
            if code.is_empty() { describe(body) } else { String::new() }
        });
        let mut error = Self::new(head.status, code, message);
        error.request_id = head.request_id.map(str::to_owned);
        error.original_status_code = members.integer("originalStatusCode");
        error.original_message = text(&["originalMessage"]);
        error.resource_name = text(&["resourceName"]);
        error
    }

    /// Reads the payload of an exception frame; `exception_type` is its `:exception-type`.
    pub(crate) fn from_exception(exception_type: &str, payload: &[u8]) -> Self {
        let mut error = Self::read(&ResponseHead::default(), Some(exception_code(exception_type)), payload);
        error.status = exception_status(&error.code).unwrap_or_default();
        error
    }

    /// The error of an error frame.
    pub(crate) fn from_error_frame(code: &str, message: &str) -> Self {
        let code = exception_code(code);
        Self::new(exception_status(&code).unwrap_or_default(), code, message)
    }

    /// True if the service asks to send fewer requests.
    #[must_use]
    pub fn is_throttling(&self) -> bool {
        self.code == "ThrottlingException"
    }
}

// spec: restjson1#error-code "If a : character is present, then take only the contents before the first : character"
/// The code without prefix and suffix: what precedes the first `:`, and of that what follows the last `#`.
fn short_code(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or_default();
    code.rsplit('#').next().unwrap_or_default().trim_ascii()
}

// spec: eventstream#exception-type "The value of this header is the name of the member that targets the error shape."
/// The code of an exception named by its member of the stream: `throttlingException` is `ThrottlingException`.
#[must_use]
pub fn exception_code(member: &str) -> String {
    let mut letters = member.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Describes a body without a code and a message: its apparent type and its beginning. A JSON object may come from the
/// service, a gateway or a mock.
fn describe(body: &[u8]) -> String {
    if body.is_empty() {
        return "the response has no body".to_owned();
    }
    match looks_like(body) {
        Some(Lookalike::Json) => {
            format!("the response has no error code and no message: {}", beginning(body))
        }
        Some(kind) => format!("the response is not Bedrock's but {kind}: {}", beginning(body)),
        None => format!("the response is not Bedrock's: {}", beginning(body)),
    }
}

/// The beginning of a body, with control characters escaped: it cannot control a terminal.
pub(crate) fn beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..SHOWN).unwrap_or(body));
    let mut shown = String::with_capacity(text.len());
    for character in text.trim_ascii().chars() {
        match character {
            '\n' | '\t' => shown.push(character),
            character if character.is_control() => shown.extend(character.escape_default()),
            character => shown.push(character),
        }
    }
    shown
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.code.is_empty() { "an error without a code" } else { &self.code })?;
        if !self.message.is_empty() {
            f.write_str(": ")?;
            show(f, &self.message)?;
        }
        if let Some(message) = self.original_message.as_ref().filter(|message| **message != self.message) {
            f.write_str(" (the model said: ")?;
            show(f, message)?;
            f.write_str(")")?;
        }
        if let Some(status) = self.original_status_code {
            write!(f, " (the model's status: {status})")?;
        }
        if let Some(name) = &self.resource_name {
            write!(f, " (resource: {name})")?;
        }
        if self.status != 0 {
            write!(f, " [HTTP {}", self.status)?;
            if let Some(id) = &self.request_id {
                write!(f, ", request {id}")?;
            }
            f.write_str("]")?;
        }
        Ok(())
    }
}

/// Displays the first 2 KiB of a text.
fn show(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let end = (0..=SHOWN.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or_default();
    match text.get(..end) {
        Some(start) if start.len() < text.len() => {
            write!(f, "{start} [and {} bytes more]", text.len() - start.len())
        }
        _ => f.write_str(text),
    }
}

impl core::error::Error for ServiceError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, headers: &[(&'static str, &'static str)], body: &[u8]) -> ServiceError {
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        ServiceError::from_http(StatusCode::from_u16(status).unwrap(), &headers, body)
    }

    // spec-test: restjson1#error-code
    #[test]
    fn the_header_names_the_code() {
        let error = error(
            400,
            &[
                (
                    "x-amzn-errortype",
                    "ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/",
                ),
                ("x-amzn-requestid", "r-1"),
            ],
            br#"{"message":"The provided model identifier is invalid.","__type":"other#Wrong"}"#,
        );
        assert_eq!(
            error.to_string(),
            "ValidationException: The provided model identifier is invalid. [HTTP 400, request r-1]"
        );
    }

    #[test]
    fn the_body_names_it_if_the_header_does_not() {
        for (body, code, message) in [
            (r#"{"code":"a.b#Throttled:x","Message":"slow"}"#, "Throttled", "slow"),
            (r#"{"__type":"a#B","errorMessage":"m"}"#, "B", "m"),
            (
                r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}"#,
                "UnknownOperationException",
                "",
            ),
        ] {
            let error = error(200, &[], body.as_bytes());
            assert_eq!(error.code, code);
            assert!(error.message.contains(message));
        }
    }

    #[test]
    fn a_proxys_page_is_shown_but_not_whole() {
        let page = format!("<html>{}", "x".repeat(10_000));
        let error = error(502, &[], page.as_bytes());
        assert_eq!((error.status, &*error.code), (502, ""));
        assert!(
            error.message.starts_with("the response is not Bedrock's but HTML: <html>xx"),
            "{}",
            error.message
        );
        assert!(error.message.len() < SHOWN + 100);
        assert!(super::tests::error(504, &[], b"").to_string().contains("no body"));
    }

    #[test]
    fn long_messages_are_shown_in_part_and_kept_whole() {
        let message = format!("{}é{}", "m".repeat(SHOWN - 1), "n".repeat(SHOWN));
        let original = format!("{message}.");
        let body = serde_json::json!({"message": message, "originalMessage": original}).to_string();
        let error = error(400, &[("x-amzn-errortype", "V")], body.as_bytes());
        assert_eq!(error.message, message);
        let start = &message[..SHOWN - 1];
        let shown = format!("{start} [and {} bytes more]", SHOWN + 2);
        let original = shown.replace(&(SHOWN + 2).to_string(), &(SHOWN + 3).to_string());
        assert_eq!(error.to_string(), format!("V: {shown} (the model said: {original}) [HTTP 400]"));
    }

    #[test]
    fn a_page_steers_no_terminal() {
        let error = error(502, &[], "<html>\u{1b}[2Ja\r\n\u{9b}1m".as_bytes());
        assert!(error.message.ends_with("<html>\\u{1b}[2Ja\\r\n\\u{9b}1m"), "{}", error.message);
    }

    #[test]
    fn an_error_that_names_itself_is_the_services() {
        let named = error(404, &[("x-amzn-errortype", "ResourceNotFoundException")], b"");
        assert_eq!(named.to_string(), "ResourceNotFoundException [HTTP 404]");
        let by_body = error(400, &[], br#"{"__type":"ThrottlingException"}"#);
        assert_eq!(by_body.to_string(), "ThrottlingException [HTTP 400]");
        let exception =
            ServiceError::from_exception("modelStreamErrorException", br#"{"originalMessage":"overloaded"}"#);
        assert_eq!(exception.to_string(), "ModelStreamErrorException: overloaded [HTTP 424]");
        let json = serde_json::to_string(&exception).unwrap();
        assert_eq!(serde_json::from_str::<ServiceError>(&json).unwrap(), exception);
    }

    #[test]
    fn model_errors_keep_the_models_words() {
        let body = br#"{"message":"m","originalStatusCode":429,"resourceName":"arn:x"}"#;
        let error = error(424, &[("x-amzn-errortype", "ModelErrorException")], body);
        assert_eq!((error.original_status_code, error.resource_name.as_deref()), (Some(429), Some("arn:x")));
    }
}
