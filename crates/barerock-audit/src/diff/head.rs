//! Heads: method, URI, status and headers.

use barerock_sigv4::{REDACTED, header_name, parameter_name};

use super::{Compare, Ignored};
use crate::exchange::{RecordedRequest, RecordedResponse};

/// Headers that differ between any two calls.
const IGNORED: [(&str, Ignored); 9] = [
    ("date", Ignored::Date),
    ("age", Ignored::Time),
    (header_name::X_AMZ_DATE, Ignored::Date),
    (header_name::AUTHORIZATION, Ignored::Signature),
    (header_name::X_AMZ_SECURITY_TOKEN, Ignored::Signature),
    ("amz-sdk-invocation-id", Ignored::Id),
    ("x-amzn-requestid", Ignored::Id),
    ("x-amzn-trace-id", Ignored::Id),
    ("x-amzn-bedrock-invocation-latency", Ignored::Time),
];

/// Headers that follow from the bytes of the body.
const OF_BODY: [&str; 3] = ["content-length", "content-md5", header_name::X_AMZ_CONTENT_SHA256];

/// Headers whose values are secret or personal.
const SECRET: [&str; 6] = [
    header_name::AUTHORIZATION,
    header_name::X_AMZ_SECURITY_TOKEN,
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
];

/// Parameters of a query that differ between any two signatures.
const IGNORED_PARAMETERS: [(&str, Ignored); 4] = [
    (parameter_name::DATE, Ignored::Date),
    (parameter_name::CREDENTIAL, Ignored::Signature),
    (parameter_name::SIGNATURE, Ignored::Signature),
    (parameter_name::SECURITY_TOKEN, Ignored::Signature),
];

pub(super) fn compare_requests(
    compare: &mut Compare<'_>,
    a: &RecordedRequest,
    b: &RecordedRequest,
    is_same_body: bool,
) {
    compare.texts(None, "request.method", Some(a.method().as_str()), Some(b.method().as_str()));
    let (a_uri, b_uri) = (Uri::of(a), Uri::of(b));
    if let (Some(a), Some(b)) = (a_uri.origin, b_uri.origin) {
        compare.texts(None, "request.uri.origin", Some(a), Some(b));
    }
    compare.texts(None, "request.uri.path", Some(a_uri.path), Some(b_uri.path));
    queries(compare, a_uri.query, b_uri.query);
    headers(compare, "request.headers", a.headers(), b.headers(), is_same_body);
}

pub(super) fn compare_responses(
    compare: &mut Compare<'_>,
    a: &RecordedResponse,
    b: &RecordedResponse,
    is_same_body: bool,
) {
    let status = |response: &RecordedResponse| Some(response.status().as_u16().to_string());
    if a.status() != b.status() {
        compare.add(None, "response.status", status(a), status(b));
    }
    headers(compare, "response.headers", a.headers(), b.headers(), is_same_body);
}

/// The parts of a request's URI.
struct Uri<'u> {
    origin: Option<&'u str>,
    path: &'u str,
    query: &'u str,
}

impl<'u> Uri<'u> {
    fn of(request: &'u RecordedRequest) -> Self {
        let target = request.target().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let origin = request.uri().strip_suffix(target).filter(|origin| !origin.is_empty());
        Self { origin, path, query }
    }
}

fn queries(compare: &mut Compare<'_>, a: &str, b: &str) {
    let parameters = |query: &str| -> Vec<(String, String)> {
        let parts = query.split('&').filter(|part| !part.is_empty());
        parts
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    };
    let why = |name: &str| find(&IGNORED_PARAMETERS, name);
    let (a, b) = (parameters(a), parameters(b));
    pairs(&a, &b, |name, a, b| {
        let (a, b) = match name == parameter_name::SECURITY_TOKEN {
            true => (a.map(|_| REDACTED), b.map(|_| REDACTED)),
            false => (a, b),
        };
        add_if_present(compare, why(name), &format!("request.uri.query.{name}"), a, b);
    });
}

fn headers(
    compare: &mut Compare<'_>,
    place: &str,
    a: &[(String, String)],
    b: &[(String, String)],
    is_same_body: bool,
) {
    let lowered = |headers: &[(String, String)]| -> Vec<(String, String)> {
        headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect()
    };
    let (lower_a, lower_b) = (lowered(a), lowered(b));
    pairs(&lower_a, &lower_b, |name, a, b| {
        let why =
            find(&IGNORED, name).or((is_same_body && OF_BODY.contains(&name)).then_some(Ignored::Length));
        let place = format!("{place}.{name}");
        match name {
            "amz-sdk-request" => sdk_request(compare, &place, a, b),
            _ if SECRET.contains(&name) => {
                add_if_present(compare, why, &place, a.map(|_| REDACTED), b.map(|_| REDACTED));
            }
            _ => add_if_present(compare, why, &place, a, b),
        }
    });
    if compare.is_strict {
        let names = |headers: &[(String, String)]| -> Vec<String> {
            headers.iter().map(|(name, _)| name.clone()).collect()
        };
        let (a, b) = (names(a), names(b));
        if a != b {
            let json = |names: Vec<String>| Some(serde_json::Value::from(names).to_string());
            compare.add(None, &format!("{place}.(names and order)"), json(a), json(b));
        }
    }
}

/// `ttl=20261128T120000Z; attempt=2; max=3`: the time to live is a time.
fn sdk_request(compare: &mut Compare<'_>, place: &str, a: Option<&str>, b: Option<&str>) {
    let (Some(a), Some(b)) = (a, b) else { return add_if_present(compare, None, place, a, b) };
    let without_ttl = |value: &str| -> String {
        let parts = value.split(';').map(str::trim).filter(|part| !part.starts_with("ttl="));
        parts.collect::<Vec<_>>().join("; ")
    };
    let why = (without_ttl(a) == without_ttl(b)).then_some(Ignored::Time);
    add_if_present(compare, why, place, Some(a), Some(b));
}

/// Adds a difference of values of which at least one side has one.
fn add_if_present(
    compare: &mut Compare<'_>,
    why: Option<Ignored>,
    place: &str,
    a: Option<&str>,
    b: Option<&str>,
) {
    compare.add(why, place, a.map(super::json_text), b.map(super::json_text));
}

fn find(table: &[(&str, Ignored)], name: &str) -> Option<Ignored> {
    table.iter().find(|(known, _)| *known == name).map(|(_, why)| *why)
}

/// Calls `differ` for each name whose values are not the same: the nth value of a name belongs to the nth of the other side.
fn pairs(
    a: &[(String, String)],
    b: &[(String, String)],
    mut differ: impl FnMut(&str, Option<&str>, Option<&str>),
) {
    let mut left: Vec<Option<&(String, String)>> = b.iter().map(Some).collect();
    for (name, value) in a {
        let found = left.iter_mut().find(|slot| slot.is_some_and(|(other, _)| other == name));
        let other = found.and_then(Option::take).map(|(_, value)| value.as_str());
        if other != Some(value) {
            differ(name, Some(value), other);
        }
    }
    left.into_iter().flatten().for_each(|(name, value)| differ(name, None, Some(value)));
}
