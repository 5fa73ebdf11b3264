//! Queries: the request's own parameters, and those that a signature adds.

use core::ops::Range;

use barerock_sigv4::parameter_name;

use super::align;
use super::canonical::{self, Made, append, push_runs};
use super::request::{of_request, secret_value};
use super::rule;
use super::stage::{Origin, Stage, StageName};

/// The canonical query, or the query that is sent, which has the request's own parameters as they were given.
pub(super) fn push_query(stage: &mut Stage, query: &str, made: &Made<'_>) {
    let mut unused = sent_parameters(made);
    let is_as_given = stage.name == StageName::Signed;
    for (at, parameter) in query.split('&').filter(|parameter| !parameter.is_empty()).enumerate() {
        if at > 0 {
            stage.push("&", Vec::new(), rule::QUERY_FORM);
        }
        let own = unused
            .iter()
            .enumerate()
            .find_map(|(at, sent)| Some((at, follow(parameter, sent, is_as_given, made)?)));
        let start = stage.bytes.len();
        let mut is_hidden = true;
        if let Some((at, followed)) = own {
            unused.remove(at);
            append(stage, followed);
        } else {
            push_added(stage, parameter, made);
            // The signature that this is about is shown.
            is_hidden = !parameter.starts_with(parameter_name::SIGNATURE);
        }
        if let Some(value) = secret_value(parameter).filter(|_| is_hidden) {
            stage.hide(start.saturating_add(value.start)..start.saturating_add(value.end));
        }
    }
}

/// Where the parameters are that were sent, but for those of an earlier signature that is replaced.
fn sent_parameters(made: &Made<'_>) -> Vec<Range<usize>> {
    let mut at = made.layout.query.start;
    let mut parameters = Vec::new();
    for piece in made.request.query().split_inclusive('&') {
        let parameter = piece.trim_end_matches('&');
        let name = parameter.split_once('=').map_or(parameter, |(name, _)| name);
        let is_replaced = made.is_in_query && parameter_name::ALL.contains(&name);
        if !parameter.is_empty() && !is_replaced {
            parameters.push(at..at.saturating_add(parameter.len()));
        }
        at = at.saturating_add(piece.len());
    }
    parameters
}

/// A parameter tied to the one sent; `None` if it was made of another.
fn follow(parameter: &str, sent: &Range<usize>, is_as_given: bool, made: &Made<'_>) -> Option<Stage> {
    let from = sent.start.checked_sub(made.layout.query.start)?;
    let text = made.request.query().get(from..)?.get(..sent.len())?;
    let mut stage = Stage::new(StageName::CanonicalRequest);
    if is_as_given {
        stage.push_verbatim((text == parameter).then_some(text)?, of_request(sent.clone()), rule::QUERY);
        return Some(stage);
    }
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    let (sent_name, sent_value) = text.split_once('=').unwrap_or((text, ""));
    let origin = of_request(sent.clone());
    let mut part = |text: &str, sent_text: &str, at: usize| {
        let runs = align::query(text, sent_text).filter(|runs| align::length(runs) == text.len())?;
        let origin = origin.part(at..at.saturating_add(sent_text.len()));
        push_runs(&mut stage, text, &runs, &origin, rule::QUERY, rule::QUERY_RECODED);
        Some(())
    };
    part(name, sent_name, 0)?;
    let equals = sent_name.len();
    let mut value_stage = Stage::new(StageName::CanonicalRequest);
    let runs = align::query(value, sent_value).filter(|runs| align::length(runs) == value.len())?;
    let value_at = equals.saturating_add(1);
    let value_origin = origin.part(value_at..value_at.saturating_add(sent_value.len()));
    push_runs(&mut value_stage, value, &runs, &value_origin, rule::QUERY, rule::QUERY_RECODED);
    if parameter.contains('=') {
        match text.contains('=') {
            true => stage.push_verbatim("=", origin.part(equals..value_at), rule::QUERY),
            false => stage.push("=", Vec::new(), rule::QUERY_FORM),
        }
    }
    append(&mut stage, value_stage);
    Some(stage)
}

/// A parameter that the signature adds.
fn push_added(stage: &mut Stage, parameter: &str, made: &Made<'_>) {
    let Some((name, value)) =
        parameter.split_once('=').filter(|(name, _)| parameter_name::ALL.contains(name))
    else {
        stage.push(parameter, vec![of_request(made.layout.query.clone())], rule::QUERY_WHOLE);
        return;
    };
    stage.push(format!("{name}="), Vec::new(), rule::PARAMETER);
    let inputs = made.inputs;
    match (name, &inputs.token, &inputs.expires) {
        (parameter_name::ALGORITHM, ..) => stage.push(value, Vec::new(), rule::ALGORITHM),
        (parameter_name::CREDENTIAL, ..) => push_credential(stage, value, made),
        (parameter_name::DATE, ..) => stage.push_verbatim(value, inputs.time.clone(), rule::TIME),
        (parameter_name::EXPIRES, _, Some(expires)) => {
            stage.push_verbatim(value, expires.clone(), rule::EXPIRES);
        }
        (parameter_name::SECURITY_TOKEN, Some(token), _) => {
            stage.push(value, vec![token.clone()], rule::TOKEN);
        }
        (parameter_name::SIGNED_HEADERS, ..) => push_names(stage, value, made),
        _ => {
            let origin = Origin::new(StageName::Signature, 0..value.len());
            stage.push_verbatim(value, origin, rule::SIGNATURE);
        }
    }
}

/// `AKID%2F20150830%2Fus-east-1%2Fbedrock%2Faws4_request`, or the same with '/'.
pub(super) fn push_credential(stage: &mut Stage, value: &str, made: &Made<'_>) {
    let inputs = made.inputs;
    let separator = if value.contains("%2F") { "%2F" } else { "/" };
    // An access key id has no '/', but what it has is percent-encoded.
    let mut parts = value.rsplitn(5, separator);
    let mut parts = [parts.next(), parts.next(), parts.next(), parts.next(), parts.next()];
    parts.reverse();
    let origins = [
        Some((&inputs.access_key_id, rule::ACCESS_KEY)),
        Some((&inputs.date, rule::DATE)),
        Some((&inputs.region, rule::REGION)),
        Some((&inputs.service, rule::SERVICE)),
        None,
    ];
    for (at, (part, origin)) in parts.into_iter().zip(origins).enumerate() {
        if at > 0 {
            stage.push(separator, Vec::new(), rule::SCOPE_FORM);
        }
        match (part.unwrap_or_default(), origin) {
            (text, Some((origin, rule))) if text.len() == origin.bytes.len() => {
                stage.push_verbatim(text, origin.clone(), rule);
            }
            (text, Some((origin, rule))) => stage.push(text, vec![origin.clone()], rule),
            (text, None) => stage.push(text, Vec::new(), rule::SCOPE_FORM),
        }
    }
}

/// The list of signed headers as the value of a parameter.
fn push_names(stage: &mut Stage, value: &str, made: &Made<'_>) {
    for (at, name) in value.split("%3B").enumerate() {
        if at > 0 {
            stage.push("%3B", Vec::new(), rule::SEMICOLON);
        }
        canonical::push_names(stage, name, made);
    }
}
