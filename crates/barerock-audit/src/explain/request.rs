//! The first stages: the request as it was given, and what it is signed with.

use core::ops::Range;

use barerock_sigv4::header_name::{AUTHORIZATION, X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN};
use barerock_sigv4::{PayloadSigning, REDACTED, SigningContext, is_signed, parameter_name};

use super::is_secret;
use super::rule::{self, Rule};
use super::stage::{Origin, Stage, StageName};
use crate::raw::{HeadPart, RawRequest};

/// Where the parts of a request are in its bytes.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) method: Range<usize>,
    pub(super) path: Range<usize>,
    pub(super) query: Range<usize>,
    version: Range<usize>,
    /// Name and value of each header line.
    pub(super) headers: Vec<(Range<usize>, Range<usize>)>,
    separators: Vec<Range<usize>>,
    pub(super) body: Range<usize>,
}

impl Layout {
    pub(super) fn of(request: &RawRequest) -> Self {
        let mut layout = Self::default();
        let mut at = 0_usize;
        for (part, text) in request.head() {
            let range = at..at.saturating_add(text.len());
            at = range.end;
            match part {
                HeadPart::Method => layout.method = range,
                HeadPart::Path => layout.path = range,
                HeadPart::Query => layout.query = range,
                HeadPart::Version => layout.version = range,
                HeadPart::Name => layout.headers.push((range, at..at)),
                HeadPart::Value => {
                    layout
                        .headers
                        .iter_mut()
                        .last()
                        .into_iter()
                        .for_each(|(_, value)| *value = range.clone());
                }
                HeadPart::Separator => layout.separators.push(range),
            }
        }
        layout.body = at..at.saturating_add(request.body().len());
        layout
    }
}

/// Bytes of the request as an origin.
pub(super) fn of_request(bytes: Range<usize>) -> Origin {
    Origin::new(StageName::Request, bytes)
}

/// What a request is signed with, each as a part of the stage of inputs.
#[derive(Debug)]
pub(super) struct Inputs {
    pub(super) stage: Stage,
    pub(super) time: Origin,
    pub(super) date: Origin,
    pub(super) region: Origin,
    pub(super) service: Origin,
    pub(super) access_key_id: Origin,
    pub(super) secret: Origin,
    /// `None` without a session token.
    pub(super) token: Option<Origin>,
    /// `None` for a signature in the header.
    pub(super) expires: Option<Origin>,
}

impl Inputs {
    pub(super) fn of(context: &SigningContext<'_>, expires_seconds: Option<u64>) -> Self {
        let (credentials, scope) = (context.credentials(), context.scope());
        let mut stage = Stage::new(StageName::Inputs);
        let mut line = |label: &str, value: &str, rule| {
            stage.push(format!("{label}: "), Vec::new(), rule::LABEL);
            let origin = stage.span(|stage| stage.push(value, Vec::new(), rule));
            stage.push("\n", Vec::new(), rule::LABEL);
            origin
        };
        let time = line("time", context.timestamp().amz_date(), rule::TIME);
        let region = line("region", scope.region(), rule::REGION);
        let service = line("service", scope.service(), rule::SERVICE);
        let expires = expires_seconds.map(|seconds| line("expires", &seconds.to_string(), rule::EXPIRES));
        let access_key_id = line("access key id", credentials.access_key_id(), rule::ACCESS_KEY);
        let secret = line("secret access key", REDACTED, rule::SECRET);
        let token = credentials.session_token().map(|_| line("session token", REDACTED, rule::TOKEN));
        let date = time.part(0..scope.date().len());
        Self { stage, time, date, region, service, access_key_id, secret, token, expires }
    }
}

/// The request, cut where the origins of later pieces begin and end; what none of them is made of has the reason.
pub(super) fn stage(
    request: &RawRequest,
    layout: &Layout,
    context: &SigningContext<'_>,
    is_in_query: bool,
    used: &[Origin],
) -> Stage {
    let bytes = request.to_bytes();
    let mut stage = Stage::new(StageName::Request);
    let used: Vec<&Range<usize>> =
        used.iter().filter(|origin| origin.stage == StageName::Request).map(|origin| &origin.bytes).collect();
    let mut parts = vec![
        (layout.method.clone(), rule::METHOD, rule::METHOD),
        (layout.path.clone(), rule::PATH, rule::DROPPED_PATH),
        (layout.version.clone(), rule::VERSION, rule::VERSION),
        (layout.body.clone(), rule::BODY, rule::UNSIGNED_BODY),
    ];
    let unused = if is_in_query { rule::DROPPED_PARAMETER } else { rule::QUERY_SEPARATOR };
    for parameter in split(&layout.query, request.query()) {
        let is_separator = request_text(&bytes, &parameter) == "&";
        let unused = if is_separator { rule::QUERY_SEPARATOR } else { unused };
        parts.push((parameter, rule::QUERY, unused));
    }
    for ((name_range, value_range), (name, value)) in layout.headers.iter().zip(request.headers()) {
        let reason = unsigned_header(name, context, is_in_query);
        parts.push((name_range.clone(), rule::SENT_NAME, reason.unwrap_or(rule::REQUEST_FORM)));
        parts.push((value_range.clone(), rule::SENT_VALUE, reason.unwrap_or(rule::TRIMMED)));
        if is_secret(name) || name.eq_ignore_ascii_case(AUTHORIZATION) {
            let blanks = value.len().saturating_sub(value.trim_start().len());
            let start = value_range.start.saturating_add(blanks);
            stage.hide(start..start.saturating_add(value.trim().len()));
        }
    }
    let mut at = layout.query.start;
    for piece in request.query().split_inclusive('&') {
        if let Some(value) = secret_value(piece.trim_end_matches('&')) {
            stage.hide(at.saturating_add(value.start)..at.saturating_add(value.end));
        }
        at = at.saturating_add(piece.len());
    }
    parts.sort_by_key(|(range, ..)| range.start);

    let mut cuts: Vec<usize> = parts.iter().flat_map(|(range, ..)| [range.start, range.end]).collect();
    cuts.extend(used.iter().flat_map(|range| [range.start, range.end]));
    cuts.extend(layout.separators.iter().flat_map(|range| [range.start, range.end]));
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    cuts.dedup();
    for (start, end) in cuts.iter().zip(cuts.iter().skip(1)) {
        let is_used = used.iter().any(|range| range.start <= *start && *end <= range.end);
        let part = parts.iter().find(|(range, ..)| range.start <= *start && *end <= range.end);
        let rule = part.map_or(rule::REQUEST_FORM, |(_, rule, reason)| if is_used { *rule } else { *reason });
        stage.push(bytes.get(*start..*end).unwrap_or_default(), Vec::new(), rule);
    }
    stage
}

/// Why a header is not signed; `None` if it is.
fn unsigned_header(name: &str, context: &SigningContext<'_>, is_in_query: bool) -> Option<Rule> {
    if !is_signed(context.scope().service(), name) {
        return Some(rule::DROPPED_HEADER);
    }
    is_replaced(name, context, is_in_query).then_some(rule::REPLACED_HEADER)
}

/// Whether signing adds a header of this name itself.
pub(super) fn is_replaced(name: &str, context: &SigningContext<'_>, is_in_query: bool) -> bool {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    let has_token = context.credentials().session_token().is_some();
    !is_in_query
        && (is(X_AMZ_DATE)
            || is(X_AMZ_CONTENT_SHA256) && context.settings().content_sha256_header
            || is(X_AMZ_SECURITY_TOKEN) && has_token)
}

/// Whether the body's hash is signed.
pub(super) fn is_body_hashed(context: &SigningContext<'_>) -> bool {
    context.settings().payload == PayloadSigning::Hashed
}

/// The parameters of a query and the separators between them.
fn split(range: &Range<usize>, query: &str) -> Vec<Range<usize>> {
    let mut at = range.start;
    let mut parts = Vec::new();
    for piece in query.split_inclusive('&') {
        let end = at.saturating_add(piece.len());
        let separator = if piece.ends_with('&') { end.saturating_sub(1) } else { end };
        parts.extend([at..separator, separator..end].into_iter().filter(|range| !range.is_empty()));
        at = end;
    }
    parts
}

/// Where a parameter of the query has a value that is not shown: a session token, or the signature of an earlier request.
pub(super) fn secret_value(parameter: &str) -> Option<Range<usize>> {
    let (name, _) = parameter.split_once('=')?;
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    let is_secret = is(parameter_name::SECURITY_TOKEN) || is(parameter_name::SIGNATURE);
    is_secret.then_some(name.len().saturating_add(1)..parameter.len())
}

fn request_text<'b>(bytes: &'b [u8], range: &Range<usize>) -> &'b str {
    bytes.get(range.clone()).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
}
