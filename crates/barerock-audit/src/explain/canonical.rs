//! The canonical request, each byte tied to the bytes that it was made of.

use core::ops::Range;

use barerock_sigv4::header_name::{X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN};
use barerock_sigv4::{SigningContext, UriEncoding, is_signed};

use super::align::{self, Change, Run};
use super::is_secret;
use super::parameters;
use super::request::{Inputs, Layout, is_body_hashed, is_replaced, of_request};
use super::rule::{self, Rule};
use super::stage::{Origin, Stage, StageName};
use crate::raw::RawRequest;

/// What the canonical request was made of.
pub(super) struct Made<'a> {
    pub(super) request: &'a RawRequest,
    pub(super) layout: &'a Layout,
    pub(super) inputs: &'a Inputs,
    pub(super) context: &'a SigningContext<'a>,
    pub(super) is_in_query: bool,
}

/// The stage of a canonical request, and where its list of signed headers is.
pub(super) fn stage(text: &str, made: &Made<'_>) -> (Stage, Range<usize>) {
    let mut stage = Stage::new(StageName::CanonicalRequest);
    let (method, rest) = line(text);
    stage.push_verbatim(method, of_request(made.layout.method.clone()), rule::METHOD);
    end_line(&mut stage);
    let (path, rest) = line(rest);
    push_path(&mut stage, path, made);
    end_line(&mut stage);
    let (query, mut rest) = line(rest);
    parameters::push_query(&mut stage, query, made);
    end_line(&mut stage);
    loop {
        let (header, after) = line(rest);
        rest = after;
        if header.is_empty() {
            break;
        }
        push_header(&mut stage, header, made);
        end_line(&mut stage);
    }
    end_line(&mut stage);
    let (names, hash) = line(rest);
    let signed_headers = stage.span(|stage| push_names(stage, names, made));
    end_line(&mut stage);
    match is_body_hashed(made.context) {
        true => stage.push(hash, vec![of_request(made.layout.body.clone())], rule::BODY_HASH),
        false => stage.push(hash, Vec::new(), rule::NO_BODY_HASH),
    }
    (stage, signed_headers.bytes)
}

/// A line, and what follows its end.
fn line(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}

fn end_line(stage: &mut Stage) {
    stage.push("\n", Vec::new(), rule::LINE);
}

/// The runs of an alignment as pieces.
pub(super) fn push_runs(
    stage: &mut Stage,
    text: &str,
    runs: &[Run],
    origin: &Origin,
    kept: Rule,
    changed: Rule,
) {
    let mut at = 0_usize;
    for run in runs {
        let end = at.saturating_add(run.length);
        let text = text.get(at..end).unwrap_or_default();
        match run.change {
            Change::Kept => stage.push_verbatim(text, origin.part(run.from.clone()), kept),
            Change::Escaped | Change::Collapsed => {
                stage.push(text, vec![origin.part(run.from.clone())], changed);
            }
        }
        at = end;
    }
}

/// The path. One that cannot be followed is tied to the sent path as a whole.
fn push_path(stage: &mut Stage, path: &str, made: &Made<'_>) {
    let sent = of_request(made.layout.path.clone());
    let mut followed = Stage::new(StageName::CanonicalRequest);
    let is_followed = follow_path(&mut followed, path, &sent, made).is_some();
    if is_followed && followed.bytes == path.as_bytes() {
        append(stage, followed);
    } else {
        stage.push(path, vec![sent], rule::PATH_WHOLE);
    }
}

fn follow_path(stage: &mut Stage, canonical: &str, sent: &Origin, made: &Made<'_>) -> Option<()> {
    let settings = made.context.settings();
    let is_encoded = settings.uri_encoding == UriEncoding::Double;
    let path = made.request.path();
    let (segments, end) = match settings.normalize_path {
        true => kept_segments(path),
        false => (core::iter::once(0..path.len()).collect(), None),
    };
    let mut rest = canonical;
    for segment in segments {
        if settings.normalize_path {
            rest = rest.strip_prefix('/')?;
            let slash = segment.start.checked_sub(1)?..segment.start;
            stage.push_verbatim("/", sent.part(slash), rule::PATH);
        }
        let runs = align::path(rest, path.get(segment.clone())?, is_encoded)?;
        push_runs(stage, rest, &runs, &sent.part(segment), rule::PATH, rule::PATH_ESCAPED);
        rest = rest.get(align::length(&runs)..)?;
    }
    match end {
        // One '/' that was sent as it is.
        Some(end) if path.get(end.clone()) == Some("/") => {
            stage.push_verbatim(rest, sent.part(end), rule::PATH);
        }
        Some(end) => stage.push(rest, vec![sent.part(end)], rule::PATH_END),
        None => {}
    }
    Some(())
}

/// The segments that a normalized path keeps, and what its last '/' was made of, if it ends in one.
fn kept_segments(path: &str) -> (Vec<Range<usize>>, Option<Range<usize>>) {
    let mut kept: Vec<Range<usize>> = Vec::new();
    let (mut at, mut ends_in_slash) = (0_usize, false);
    for segment in path.split('/') {
        let range = at..at.saturating_add(segment.len());
        at = range.end.saturating_add(1);
        ends_in_slash = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(range),
        }
    }
    let last = kept.last().map_or(0, |last| last.end);
    let end = (ends_in_slash || kept.is_empty()).then_some(last..path.len());
    (kept, end)
}

/// A line of headers of one name.
fn push_header(stage: &mut Stage, line: &str, made: &Made<'_>) {
    let (name, value) = line.split_once(':').unwrap_or((line, ""));
    push_name(stage, name, made, rule::NAME);
    stage.push(":", Vec::new(), rule::COLON);
    let value = stage.span(|stage| push_value(stage, name, value, made));
    if is_secret(name) {
        stage.hide(value.bytes);
    }
}

fn push_value(stage: &mut Stage, name: &str, value: &str, made: &Made<'_>) {
    let inputs = made.inputs;
    if is_replaced(name, made.context, made.is_in_query) {
        match (name, &inputs.token) {
            (X_AMZ_DATE, _) => stage.push_verbatim(value, inputs.time.clone(), rule::TIME),
            (X_AMZ_SECURITY_TOKEN, Some(token)) => stage.push(value, vec![token.clone()], rule::TOKEN),
            (X_AMZ_CONTENT_SHA256, _) if is_body_hashed(made.context) => {
                stage.push(value, vec![of_request(made.layout.body.clone())], rule::BODY_HASH);
            }
            _ => stage.push(value, Vec::new(), rule::NO_BODY_HASH),
        }
        return;
    }
    let lines: Vec<_> = lines_of(name, made).collect();
    let mut followed = Stage::new(StageName::CanonicalRequest);
    if follow_values(&mut followed, value, &lines, made).is_some() && followed.bytes == value.as_bytes() {
        append(stage, followed);
    } else {
        let origins = lines.into_iter().map(|(_, value)| of_request(value)).collect();
        stage.push(value, origins, rule::VALUE_WHOLE);
    }
}

fn follow_values(stage: &mut Stage, values: &str, lines: &[Line], made: &Made<'_>) -> Option<()> {
    let bytes = made.request.to_bytes();
    let mut rest = values;
    for (at, (_, range)) in lines.iter().enumerate() {
        if at > 0 {
            rest = rest.strip_prefix(',')?;
            stage.push(",", Vec::new(), rule::COMMA);
        }
        let sent = core::str::from_utf8(bytes.get(range.clone())?).ok()?;
        let runs = align::value(rest, sent)?;
        push_runs(stage, rest, &runs, &of_request(range.clone()), rule::VALUE, rule::VALUE_SPACES);
        rest = rest.get(align::length(&runs)..)?;
    }
    Some(())
}

/// Where name and value of a header line are.
type Line = (Range<usize>, Range<usize>);

/// The signed lines of a header, in the order sent.
fn lines_of<'m>(name: &'m str, made: &'m Made<'_>) -> impl Iterator<Item = Line> + 'm {
    let service = made.context.scope().service();
    let lines = made.request.headers().zip(&made.layout.headers);
    lines
        .filter(move |((found, _), _)| found.eq_ignore_ascii_case(name) && is_signed(service, found))
        .map(|(_, line)| line.clone())
}

/// The name of a header: of the first line that has it.
fn push_name(stage: &mut Stage, name: &str, made: &Made<'_>, rule: Rule) {
    if is_replaced(name, made.context, made.is_in_query) {
        stage.push(name, Vec::new(), rule::ADDED_NAME);
        return;
    }
    let mut lines = lines_of(name, made).map(|(name, _)| of_request(name));
    match (lines.next(), lines.next()) {
        (Some(only), None) => stage.push_verbatim(name, only, rule),
        (Some(first), Some(second)) => {
            stage.push(name, [first, second].into_iter().chain(lines).collect(), rule);
        }
        (None, _) => stage.push(name, Vec::new(), rule::ADDED_NAME),
    }
}

/// The list of signed headers.
pub(super) fn push_names(stage: &mut Stage, names: &str, made: &Made<'_>) {
    for (at, name) in names.split(';').enumerate() {
        if at > 0 {
            stage.push(";", Vec::new(), rule::SEMICOLON);
        }
        push_name(stage, name, made, rule::SIGNED_NAMES);
    }
}

/// Appends the pieces of a part.
pub(super) fn append(stage: &mut Stage, part: Stage) {
    for piece in part.pieces {
        let text = part.bytes.get(piece.bytes).unwrap_or_default();
        match (piece.is_verbatim, piece.origins.as_slice()) {
            (true, [origin]) => stage.push_verbatim(text, origin.clone(), piece.rule),
            _ => stage.push(text, piece.origins, piece.rule),
        }
    }
}
