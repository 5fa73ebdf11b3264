//! The usual causes of differences between two signatures.

use std::borrow::Cow;

use barerock_sigv4::header_name::{HOST, X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN};
use percent_encoding::percent_decode_str;

use super::{Difference, LINES_BEFORE_HEADERS};

/// The text for an error that is not about a signature.
pub(super) const NOT_ABOUT_A_SIGNATURE: &str = "the error is not about a signature";

/// The causes of all lines that differ, in their order; never empty.
pub(super) fn find(
    canonical_request: &[Difference],
    string_to_sign: &[Difference],
    message: &str,
) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    let end_of_headers = canonical_request
        .iter()
        .skip(LINES_BEFORE_HEADERS)
        .position(|line| line.ours.as_deref() == Some("") || line.theirs.as_deref() == Some(""))
        .map_or(canonical_request.len(), |at| at.saturating_add(LINES_BEFORE_HEADERS));
    for (at, line) in canonical_request.iter().enumerate().filter(|(_, line)| !line.is_same) {
        let (ours, theirs) =
            (line.ours.as_deref().unwrap_or_default(), line.theirs.as_deref().unwrap_or_default());
        let after_headers = at.checked_sub(end_of_headers);
        causes.push(match (at, after_headers) {
            (0, _) => "a redirect or a proxy changed the method".to_string(),
            (1, _) => path(ours, theirs).to_string(),
            (2, _) => query(ours, theirs).to_string(),
            (_, None) => header(line),
            // The list follows from the headers, so it is a cause only where no header differs.
            (_, Some(1)) if causes.is_empty() => {
                "the lists of signed headers differ: the authorization header was changed".to_string()
            }
            (_, Some(2)) => payload(theirs).to_string(),
            _ => continue,
        });
    }
    if causes.is_empty() {
        causes.extend(string_to_sign_causes(canonical_request, string_to_sign));
    }
    if causes.is_empty() {
        causes.push(of_message(message).to_string());
    }
    causes
}

fn path(ours: &str, theirs: &str) -> &'static str {
    let decoded_once = |path: &str| percent_decode_str(path).decode_utf8().ok().map(Cow::into_owned);
    if decoded_once(theirs).as_deref() == Some(ours) {
        "the path was encoded once and must be encoded twice: the service encodes the path as sent (%3A becomes \
         %253A)"
    } else if decoded_once(ours).as_deref() == Some(theirs) {
        "the path was encoded once too often, or was decoded after it was signed (%3A became ':')"
    } else if collapsed(ours) == collapsed(theirs) {
        "only one side normalized the path ('.', '..', '//'): Bedrock and most services do, S3 does not"
    } else {
        "the path was changed after it was signed: a proxy or base URL adds or removes a part of it"
    }
}

fn collapsed(path: &str) -> Vec<&str> {
    let mut kept = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            segment => kept.push(segment),
        }
    }
    kept
}

fn query(ours: &str, theirs: &str) -> &'static str {
    let sorted = |query: &str| {
        let mut parameters: Vec<Vec<u8>> = query
            .split('&')
            .map(|parameter| percent_decode_str(&parameter.replace('+', " ")).collect())
            .collect();
        parameters.sort();
        parameters
    };
    if sorted(ours) == sorted(theirs) {
        "the query has the same parameters, but was encoded or sorted differently after it was signed"
    } else {
        "the query was changed after it was signed"
    }
}

fn header(line: &Difference) -> String {
    let split = |line: &Option<String>| {
        line.as_deref()
            .and_then(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_string(), value.to_string()))
    };
    let (name, ours, theirs) = match (split(&line.ours), split(&line.theirs)) {
        (Some((name, ours)), Some((_, theirs))) => (name, ours, theirs),
        (Some((name, _)), None) => {
            return format!(
                "the header {name} was signed but did not arrive: a proxy or HTTP library removed it"
            );
        }
        (None, Some((name, _))) => {
            return format!("the service expects the header {name} to be signed, and it was not");
        }
        (None, None) => return "a header line has no ':'".to_string(),
    };
    let squeezed = |value: &str| value.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.as_str() {
        HOST => "the host differs: a proxy or custom endpoint rewrote it, or added or removed a port"
            .to_string(),
        X_AMZ_DATE => "the date sent is not the date signed: an earlier signature was sent again, or the header was rewritten".to_string(),
        X_AMZ_SECURITY_TOKEN => "the session token sent is not the one that was signed".to_string(),
        X_AMZ_CONTENT_SHA256 => payload(&theirs).to_string(),
        _ if squeezed(&ours) == squeezed(&theirs) => format!(
            "the header {name} differs in its spaces only: signing trims a value and makes a run of spaces one"
        ),
        _ => format!("the header {name} was rewritten after it was signed, by a proxy or HTTP library"),
    }
}

fn payload(theirs: &str) -> &'static str {
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    if theirs == EMPTY {
        "the body did not arrive: a redirect or a proxy dropped it, or it was not sent"
    } else {
        "the body was changed after it was signed: serialized again, compressed, or in another character encoding"
    }
}

fn string_to_sign_causes(canonical_request: &[Difference], string_to_sign: &[Difference]) -> Vec<String> {
    let differs = |at: usize| string_to_sign.get(at).is_some_and(|line| !line.is_same);
    let mut causes = Vec::new();
    if differs(0) {
        causes.push("the algorithms differ".to_string());
    }
    if differs(1) {
        causes.push(
            "the date sent is not the date signed: an earlier signature was sent again, or the header was rewritten"
                .to_string(),
        );
    }
    if differs(2) {
        causes.push("the credential scope differs in its region, day or signing name of the service (bedrock for Bedrock)".to_string());
    }
    let all_same = !string_to_sign.is_empty() && string_to_sign.iter().all(|line| line.is_same);
    if causes.is_empty() && all_same {
        causes.push(
            "both sides signed the same text, so the keys differ: the secret access key is not that of the access key id: \
             it is truncated, has a line break in it, or belongs to another profile"
                .to_string(),
        );
    } else if causes.is_empty() && canonical_request.is_empty() && differs(3) {
        causes.push(
            "the canonical requests differ in method, path, query, headers or body: the service did not send its own"
                .to_string(),
        );
    }
    causes
}

/// The cause of a signature that differs although both sides sign the same text.
pub(super) fn of_the_signer(rule: Option<&str>) -> String {
    match rule {
        Some(rule) => format!(
            "the service and this program sign the same text, but the request was signed by a different rule: its signature is that of \
             {rule}"
        ),
        None => {
            "the service and this program sign the same text, but the request carries a different signature: \
                 its signer signed a different text, or used a different secret access key"
                .to_string()
        }
    }
}

/// The cause of an error for which the service compared no signatures.
fn of_message(message: &str) -> &'static str {
    let says = |part: &str| message.to_ascii_lowercase().contains(part);
    if says("signature expired") || says("not yet current") || says("requesttimetooskewed") {
        "the clock of this machine differs from that of AWS by more than five minutes, or the request was sent that long \
         after it was signed"
    } else if says("credential should be scoped") {
        "the region, service or day in the credential scope is not that of the endpoint"
    } else if says("token included in the request is expired") {
        "the temporary credentials have expired"
    } else if says("token included in the request is invalid") {
        "AWS does not know the access key id, or the session token is missing or belongs to another key"
    } else if says("must be a 'signedheader'") {
        "a header that must be signed was left out"
    } else if says("signature") {
        "the service did not say what it signed: the secret access key, region or service is wrong, or a proxy changed the request"
    } else {
        NOT_ABOUT_A_SIGNATURE
    }
}
