//! What the service says went wrong.

use core::fmt;

use http::{HeaderMap, StatusCode};

use crate::json::Object;
use crate::lookalike::looks_like;
use crate::wire::ResponseHead;

/// An error of the service: an HTTP answer that is not a success, or an exception inside a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceError {
    /// The HTTP status; inside a stream the status the service model gives the exception, 0 if it gives none.
    pub status: u16,
    /// The error code, such as `ThrottlingException`; empty if the answer names none.
    pub code: String,
    /// What went wrong, in the service's words.
    pub message: String,
    /// The request's id, which AWS support asks for.
    pub request_id: Option<String>,
    /// The model's own status, in a ModelErrorException or ModelStreamErrorException.
    pub original_status_code: Option<u16>,
    /// The model's own message, in a ModelStreamErrorException.
    pub original_message: Option<String>,
    /// The resource at fault, in a ModelErrorException.
    pub resource_name: Option<String>,
}

/// How much of a message, or of a body that is not JSON, is shown, in bytes.
const SHOWN: usize = 2048;

impl ServiceError {
    /// Reads the error out of an HTTP answer: its code from the header `x-amzn-errortype`, else from the body's `code`,
    /// else from its `__type`; its message from `message`, `Message` or `errorMessage`. A body that is not JSON (a
    /// proxy's, say) is shown as it is, at most 2 KiB of it.
    #[must_use]
    pub fn from_http(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        Self::from_head(&ResponseHead::of(status, headers), body)
    }

    /// [`from_http`](Self::from_http) for a head in plain words.
    #[must_use]
    pub fn from_head(head: &ResponseHead<'_>, body: &[u8]) -> Self {
        let json = core::str::from_utf8(body).unwrap_or_default();
        let members = Object::read(json);
        let text = |names: &[&str]| names.iter().find_map(|name| members.text(name));
        // `{"Output":{"__type":…},"Version":"1.0"}` comes with status 200 for a path the service does not know.
        let code = head
            .error_type
            .map(str::to_owned)
            .or_else(|| text(&["code", "__type"]))
            .or_else(|| Object::read(members.value("Output")?).text("__type"));
        Self {
            status: head.status,
            code: code.as_deref().map(short_code).unwrap_or_default().to_owned(),
            message: text(&["message", "Message", "errorMessage"]).unwrap_or_else(|| describe(body)),
            request_id: head.request_id.map(str::to_owned),
            original_status_code: members.value("originalStatusCode").and_then(|code| code.parse().ok()),
            original_message: text(&["originalMessage"]),
            resource_name: text(&["resourceName"]),
        }
    }

    /// An exception frame's: `exception_type` is its `:exception-type`, `payload` its JSON.
    pub(crate) fn from_exception(exception_type: &str, payload: &[u8]) -> Self {
        let mut error = Self::from_head(&ResponseHead::default(), payload);
        error.code = capitalised(exception_type);
        error.status = modelled_status(&error.code);
        error
    }

    /// An error frame's.
    pub(crate) fn from_error_frame(code: &str, message: &str) -> Self {
        let code = capitalised(code);
        Self {
            status: modelled_status(&code),
            code,
            message: message.to_owned(),
            request_id: None,
            original_status_code: None,
            original_message: None,
            resource_name: None,
        }
    }

    /// Whether the service asks to slow down.
    #[must_use]
    pub fn is_throttling(&self) -> bool {
        self.code == "ThrottlingException"
    }
}

/// The code alone: "drop from `:` on, then keep what follows the last `#`" (AWS restJson1, operation error serialization).
fn short_code(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or_default();
    code.rsplit('#').next().unwrap_or_default().trim_ascii()
}

/// On the wire an exception has its member's name (`throttlingException`); everywhere else its shape's.
fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// The status the service model gives an exception.
fn modelled_status(code: &str) -> u16 {
    match code {
        "ValidationException" | "ServiceQuotaExceededException" | "ConflictException" => 400,
        "AccessDeniedException" => 403,
        "ResourceNotFoundException" => 404,
        "ModelTimeoutException" => 408,
        "ModelErrorException" | "ModelStreamErrorException" => 424,
        "ThrottlingException" | "ModelNotReadyException" => 429,
        "InternalServerException" => 500,
        "ServiceUnavailableException" => 503,
        _ => 0,
    }
}

/// A body without a message: what it looks like, and its beginning.
fn describe(body: &[u8]) -> String {
    if body.is_empty() {
        return "the answer has no body".to_owned();
    }
    match looks_like(body) {
        Some(kind) => format!("the answer is not Bedrock's but {kind}: {}", beginning(body)),
        None => format!("the answer is not Bedrock's: {}", beginning(body)),
    }
}

/// The beginning of what somebody else sent. Whatever it holds, a terminal that shows it stays as it is.
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
        let code = if self.code.is_empty() { "an error without a code" } else { &self.code };
        write!(f, "{code}: ")?;
        show(f, &self.message)?;
        if let Some(message) = &self.original_message {
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

/// A text somebody else wrote: its first 2 KiB.
fn show(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    match text.get(..text.floor_char_boundary(SHOWN)) {
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
            error.message.starts_with("the answer is not Bedrock's but HTML: <html>xx"),
            "{}",
            error.message
        );
        assert!(error.message.len() < SHOWN + 100);
        assert!(super::tests::error(504, &[], b"").to_string().contains("no body"));
    }

    #[test]
    fn long_messages_are_shown_in_part_and_kept_whole() {
        let message = format!("{}é{}", "m".repeat(SHOWN - 1), "n".repeat(SHOWN));
        let body = serde_json::json!({"message": message, "originalMessage": message}).to_string();
        let error = error(400, &[("x-amzn-errortype", "V")], body.as_bytes());
        assert_eq!(error.message, message);
        let start = &message[..SHOWN - 1];
        let shown = format!("{start} [and {} bytes more]", SHOWN + 2);
        assert_eq!(error.to_string(), format!("V: {shown} (the model said: {shown}) [HTTP 400]"));
    }

    #[test]
    fn a_page_steers_no_terminal() {
        let error = error(502, &[], "<html>\u{1b}[2Ja\r\n\u{9b}1m".as_bytes());
        assert!(error.message.ends_with("<html>\\u{1b}[2Ja\\r\n\\u{9b}1m"), "{}", error.message);
    }

    #[test]
    fn model_errors_keep_the_models_words() {
        let body = br#"{"message":"m","originalStatusCode":429,"resourceName":"arn:x"}"#;
        let error = error(424, &[("x-amzn-errortype", "ModelErrorException")], body);
        assert_eq!((error.original_status_code, error.resource_name.as_deref()), (Some(429), Some("arn:x")));
    }
}
