//! `--explain-mismatch`: what AWS says it should have been, beside what we sign.

use std::path::Path;

use barerock_audit::{Explanation, RawRequest, explain_mismatch};
use barerock_sigv4::{
    PayloadSigning, Secrets, SessionTokenSigning, SigningSettings, Timestamp, UriEncoding, header_name,
    parameter_name,
};

use super::page::Page;
use super::stages::query_value;
use super::{Sign, input, now, show};
use crate::exit::Failure;
use crate::render::Output;

pub(super) async fn run(
    request: &RawRequest,
    path: &Path,
    page: Option<Page<'_>>,
    arguments: &Sign,
) -> Result<(), Failure> {
    let body = String::from_utf8(input::read(path, |failure| failure)?).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        Failure::usage(format!("--explain-mismatch: invalid UTF-8 at byte {offset}"))
    })?;
    let theirs = explain_mismatch("", "", &body);
    if !theirs.is_about_a_signature() {
        return Err(Failure::usage("--explain-mismatch: not a message about a signature").with_hint(Some(
            "Give the body of an InvalidSignatureException or SignatureDoesNotMatch, or its message.",
        )));
    }
    let (timestamp, whose) = match (arguments.time, date_of_request(request, arguments)?, date_of(&theirs)) {
        (Some(time), _, _) => (time, "--time"),
        (None, Some(date), _) => (date, "the request's own date"),
        (None, None, Some(date)) => (date, "the date the service got"),
        (None, None, None) => (now()?, "now: neither the request nor the service says when it was signed"),
    };
    let signing = arguments.signing(timestamp).await?;
    let stages = signing.sign(request, arguments)?;
    let mut explanation = explain_mismatch(&stages.canonical_request, &stages.string_to_sign, &body);
    if let Some(sent) = sent_signature(request) {
        let rule = OTHER_RULES.into_iter().find(|(_, change)| {
            let settings = change(signing.settings);
            signing.signature_by(request, arguments, settings).is_some_and(|signature| signature == sent)
        });
        explanation = explanation.with_sent_signature(sent, &stages.signature, rule.map(|(name, _)| name));
    }
    page.map_or(Ok(()), |page| page.of_request(request, &signing, Some(&explanation)))?;
    tell!("signed here as of {timestamp} ({whose})");
    let mut output = Output::new();
    output.text(&show::fit(&explanation.to_string(), &Secrets::from(&signing.credentials)))?;
    output.end_line()
}

/// Settings by another rule.
type Change = fn(SigningSettings) -> SigningSettings;

/// Rules that signers follow where they should not, and how the settings change by them.
const OTHER_RULES: [(&str, Change); 5] = [
    ("--single-encode: the path as it is sent, not encoded once more", |settings| {
        settings.with_uri_encoding(UriEncoding::Single)
    }),
    ("a path that is encoded once more", |settings| settings.with_uri_encoding(UriEncoding::Double)),
    ("--no-normalize-path: `.`, `..` and `//` left in the path", |settings| {
        settings.with_normalize_path(false)
    }),
    ("--unsigned-payload: UNSIGNED-PAYLOAD in place of the body's hash", |settings| {
        settings.with_payload(PayloadSigning::Unsigned)
    }),
    ("--omit-session-token: the session token added after signing", |settings| {
        settings.with_session_token(SessionTokenSigning::AddedAfter)
    }),
];

/// The signature that the request carries, where it was signed before.
fn sent_signature(request: &RawRequest) -> Option<&str> {
    let of_header = || request.header(header_name::AUTHORIZATION)?.split("Signature=").nth(1);
    let signature = query_value(request, parameter_name::SIGNATURE).or_else(of_header)?;
    Some(signature.split([',', ' ']).next().unwrap_or_default()).filter(|signature| !signature.is_empty())
}

/// The date of a request that is already signed.
fn date_of_request(request: &RawRequest, arguments: &Sign) -> Result<Option<Timestamp>, Failure> {
    let date = match arguments.rules.query {
        true => query_value(request, parameter_name::DATE),
        false => request.header(header_name::X_AMZ_DATE),
    };
    let parsed = date.map(|date| Timestamp::parse(date.trim())).transpose();
    parsed.map_err(|error| {
        Failure::usage(format!("--request: X-Amz-Date: {error}")).with_hint(Some("Set the time with --time."))
    })
}

/// The date in the texts that the service echoes.
fn date_of(theirs: &Explanation) -> Option<Timestamp> {
    let second_line = theirs.string_to_sign().get(1)?;
    Timestamp::parse(second_line.theirs.as_deref()?).ok()
}
