//! What is printed of a signature.

use barerock_sigv4::{PayloadSigning, Secrets, redact};

use super::stages::Stages;
use super::{Show, Sign, Signing};
use crate::exit::Failure;
use crate::render::{Output, counted, safe};

/// How many characters of a body, or of a curl line with a body in it, are shown for reading.
const MAX_SHOWN: usize = 4000;

pub(super) fn print(stages: &Stages, signing: &Signing, arguments: &Sign) -> Result<(), Failure> {
    let mut output = Output::new();
    // Beside the page, the signature is enough.
    let beside_page = arguments.html.is_some() && arguments.show.is_none();
    let show = arguments.show.unwrap_or(if beside_page { Show::Signature } else { Show::All });
    match show {
        Show::CanonicalRequest => output.text(&stages.canonical_request),
        Show::StringToSign => output.text(&stages.string_to_sign),
        Show::Signature => output.text(&stages.signature),
        Show::Authorization => match &stages.authorization {
            Some(authorization) => output.text(authorization),
            None => Err(Failure::usage("a request that is signed in its query has no authorization header")
                .with_hint(Some("Leave out --query, or show another stage."))),
        },
        Show::Request => output.bytes(&stages.request.to_bytes()),
        Show::Curl => output.text(&stages.curl),
        Show::All => all(stages, signing, &mut output),
    }?;
    if beside_page {
        output.end_line()?;
    }
    if let Some(profile) = &arguments.profile
        && matches!(show, Show::Curl | Show::All)
        && stages.curl.contains("$AWS_")
    {
        tell!(
            "note: the curl line takes keys from the environment; `aws configure export-credentials --profile {} \
             --format env` puts the profile's there",
            safe(profile)
        );
    }
    let has_colon = stages.request.path().contains(':') || stages.request.path().contains("%3A");
    if show == Show::Curl && has_colon && stages.authorization.is_some() {
        tell!(
            "note: the curl line carries the signature; `curl --aws-sigv4` before 8.9.0 signs a path with `:` wrongly"
        );
    }
    Ok(())
}

/// Every stage under its title.
fn all(stages: &Stages, signing: &Signing, output: &mut Output) -> Result<(), Failure> {
    let request = stages.request.to_bytes();
    let body = stages.request.body();
    let head = request.strip_suffix(body).unwrap_or(&request);
    let secrets = Secrets::from(&signing.credentials);
    let fit = |text: &str| fit(text, &secrets);
    let cut = |text: &str, stage: &str| cut(text, stage, &secrets);
    let mut sections = vec![
        ("canonical request", fit(&stages.canonical_request)),
        ("string to sign", fit(&stages.string_to_sign)),
        ("signature", stages.signature.clone()),
    ];
    sections.extend(stages.authorization.as_deref().map(|value| ("authorization", fit(value))));
    let body = match core::str::from_utf8(body) {
        Ok(text) => cut(text, "request"),
        Err(_) => format!("({} that are no text)", counted(length(body), "byte")),
    };
    sections.push(("request", fit(&String::from_utf8_lossy(head)) + &body));
    sections.push(("curl", cut(&stages.curl, "curl")));
    for (index, (title, text)) in sections.iter().enumerate() {
        let space = if index == 0 { "" } else { "\n" };
        output.text(&format!("{space}== {title} ==\n{text}"))?;
        output.end_line()?;
    }
    if signing.credentials.session_token().is_some() {
        tell!("note: the session token is blanked here; --show request has it");
    }
    if stages.request.body().ends_with(b"\n") && signing.settings.payload == PayloadSigning::Hashed {
        tell!("note: the body ends in a line break, which is signed with it");
    }
    Ok(())
}

/// Without secrets, and without what steers a terminal. Line breaks stay.
pub(super) fn fit(text: &str, secrets: &Secrets) -> String {
    let lines: Vec<String> = secrets
        .hide(&redact(text))
        .split('\n')
        .map(|line| safe(line.strip_suffix('\r').unwrap_or(line)))
        .collect();
    lines.join("\n")
}

/// As [`fit`], and no longer than is read.
fn cut(text: &str, stage: &str, secrets: &Secrets) -> String {
    let end = text.char_indices().nth(MAX_SHOWN).map_or(text.len(), |(end, _)| end);
    // First cut, then blanked: of a token cut in two, the first half goes too.
    let (shown, rest) = text.split_at(end);
    if rest.is_empty() {
        return fit(text, secrets);
    }
    format!(
        "{}… ({} more; --show {stage} has all)",
        fit(shown, secrets),
        counted(length(rest.as_bytes()), "byte")
    )
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
