//! Heads of responses, and the bodies of errors.

use barerock_converse::error::exception_status;
use barerock_converse::wire::header_name::{X_AMZN_ERROR_TYPE, X_AMZN_REQUEST_ID};
use barerock_converse::{Lookalike, ResponseHead, ServiceError, looks_like};
use barerock_eventstream::MEDIA_TYPE;
use serde_json::Value;

use super::{Operation, Place, rule};
use crate::exchange::RecordedResponse;

/// Members of the error shapes, and the two that name the error.
const ERROR_MEMBERS: [&str; 6] =
    ["message", "originalStatusCode", "originalMessage", "resourceName", "__type", "code"];

/// The first header of this name, in any case.
pub(super) fn find<'r>(response: &'r RecordedResponse, name: &str) -> Option<&'r str> {
    response
        .headers()
        .iter()
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

/// Checks a head; true if the response is an error, whose body is checked too. `is_whole` is false if headers may have been
/// removed.
pub(super) fn check(
    at: &mut Place<'_>,
    operation: Operation,
    response: &RecordedResponse,
    is_whole: bool,
) -> bool {
    if is_whole && find(response, X_AMZN_REQUEST_ID).is_none() {
        at.add(rule::REQUEST_ID, "response.headers.x-amzn-requestid", None, "the header is missing");
    }
    let status = response.status().as_u16();
    let is_error = status >= 400 || is_unknown_operation(response.body());
    if status != 200 && status < 400 {
        at.add(rule::STATUS, "response.status", None, format!("status {status}"));
    }
    let is_stream = operation.is_streaming() && !is_error;
    content_type(at, response, is_stream, operation, is_whole);
    if is_error {
        error(at, response, is_whole);
    }
    is_error
}

fn content_type(
    at: &mut Place<'_>,
    response: &RecordedResponse,
    is_stream: bool,
    operation: Operation,
    is_whole: bool,
) {
    // The model chooses the type of what InvokeModel returns.
    if operation == Operation::InvokeModel && response.status().as_u16() == 200 {
        return;
    }
    let (rule, expected) =
        if is_stream { (rule::MEDIA_TYPE, MEDIA_TYPE) } else { (rule::CONTENT_TYPE, "application/json") };
    let place = "response.headers.content-type";
    match find(response, "content-type") {
        Some(found) if is_media_type(found, expected) => {}
        Some(found) => at.add(rule, place, None, format!("{found:?} instead of {expected}")),
        None if is_whole => at.add(rule, place, None, format!("the header is missing, expected {expected}")),
        None => {}
    }
}

/// Whether a content type is this one, whatever its parameters.
pub(super) fn is_media_type(found: &str, expected: &str) -> bool {
    found.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(expected)
}

/// `{"Output":{"__type":…},"Version":"1.0"}`, with which the service answers a path it does not know, with status 200.
fn is_unknown_operation(body: &[u8]) -> bool {
    body.starts_with(br#"{"Output":{"__type""#)
}

fn error(at: &mut Place<'_>, response: &RecordedResponse, is_whole: bool) {
    let status = response.status().as_u16();
    let mut head = ResponseHead::new(status);
    response.headers().iter().for_each(|(name, value)| head.header(name, value));
    let error = ServiceError::from_head(&head, response.body());
    let place = format!("response.headers.{X_AMZN_ERROR_TYPE}");
    match head.error_type {
        None if is_whole && error.code.is_empty() => {
            at.add(
                rule::ERROR_TYPE,
                &place,
                None,
                "the header is missing, and the body has no __type or code",
            );
        }
        None if is_whole => {
            at.add(
                rule::ERROR_TYPE,
                &place,
                None,
                format!("the header is missing: only the body names {}", error.code),
            );
        }
        _ => {}
    }
    match exception_status(&error.code) {
        Some(modelled) if modelled != status => at.add(
            rule::ERROR_STATUS,
            "response.status",
            None,
            format!("status {status} for {}, whose status is {modelled}", error.code),
        ),
        _ => {}
    }
    error_body(at, "response.body", None, response.body());
}

/// Checks the JSON of an error, or the payload of an exception.
pub(super) fn error_body(at: &mut Place<'_>, place: &str, offset: Option<u64>, body: &[u8]) {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        let what = match looks_like(body) {
            _ if body.is_empty() => "the body is empty".to_owned(),
            Some(Lookalike::Json) | None => "the body is not a JSON object".to_owned(),
            Some(kind) => format!("the body is {kind}, not a JSON object"),
        };
        return at.add(rule::ERROR_BODY, place, offset, what);
    };
    match members.get("message") {
        Some(Value::String(_)) => {}
        Some(_) => at.add(rule::ERROR_BODY, &format!("{place}.message"), offset, "message is not a string"),
        None => {
            let spelling = members.keys().find(|name| name.eq_ignore_ascii_case("message"));
            let what =
                spelling.map_or("message is missing".to_owned(), |name| format!("message is spelled {name}"));
            at.add(rule::ERROR_BODY, &format!("{place}.message"), offset, what);
        }
    }
    for name in members.keys() {
        let is_known = ERROR_MEMBERS.iter().any(|known| known.eq_ignore_ascii_case(name))
            || name == "Output"
            || name == "Version";
        if !is_known {
            let mut place = place.to_owned();
            crate::diff::push_member(&mut place, name);
            at.add(rule::UNKNOWN_MEMBER, &place, offset, "the model has no such member");
        }
    }
}
