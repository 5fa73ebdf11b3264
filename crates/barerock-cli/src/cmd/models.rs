//! `barerock models`: ids to call, and what an id names.

mod known;

use core::fmt::Write as _;

use barerock::converse::{AwsModelId, Endpoint, ModelIdKind};
use barerock::{ConverseRequest, types::Message};
use clap::Args;
use serde::Serialize;

use crate::args::{DEFAULT_MODEL, ReportOutput};
use crate::exit::Failure;
use crate::render::{Output, safe};
use known::{AS_OF, KNOWN, Known};

/// What to list.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Models {
    /// Explain these ids, inference profiles or ARNs, in place of the list
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// What to print
    #[arg(long, value_enum, default_value_t = ReportOutput::Text)]
    output: ReportOutput,
}

const NOTES: &str = "\
Nobody is asked: the list is part of the program, and neither whole nor the last
word. What your account may call in a region is said by
  aws bedrock list-inference-profiles
  aws bedrock list-foundation-models
Any other id is sent as it is written.";

/// What there is to say of an id.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    model_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    kind: &'static str,
    /// Of an ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    /// Of an ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    /// Whether `chat` asks it when none is named.
    is_default: bool,
    /// Where a streamed question is sent to.
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
}

impl<'a> Entry<'a> {
    fn new(id: &'a str) -> Result<Self, Failure> {
        let wrong = |error: String| Failure::usage(format!("{id}: {error}"));
        let parsed = AwsModelId::parse(id).map_err(|error| wrong(error.to_string()))?;
        let known = KNOWN.iter().find(|known| known.id == id);
        Ok(Self {
            model_id: id,
            name: known.map(|known| known.name),
            kind: kind(parsed.kind),
            region: parsed.region,
            account: parsed.account,
            is_default: id == DEFAULT_MODEL,
            path: path(id).map_err(wrong)?,
            note: known.and_then(Known::note),
        })
    }
}

/// The path of a streamed question, as it stands in the request and, encoded once more, in the signature.
fn path(id: &str) -> Result<String, String> {
    let words = |error: &dyn core::fmt::Display| error.to_string();
    let anywhere = Endpoint::for_region("us-east-1").map_err(|error| words(&error))?;
    let request = ConverseRequest::new(id, [Message::user("?")]);
    let request = request.to_http_stream(&anywhere).map_err(|error| words(&error))?;
    Ok(request.uri().path().to_owned())
}

fn kind(kind: ModelIdKind) -> &'static str {
    match kind {
        ModelIdKind::FoundationModel => "foundation model",
        ModelIdKind::InferenceProfile => "inference profile",
        ModelIdKind::ApplicationInferenceProfile => "application inference profile",
        ModelIdKind::Prompt => "prompt",
        ModelIdKind::PromptRouter => "prompt router",
        ModelIdKind::ImportedModel => "imported model",
        ModelIdKind::CustomModel => "custom model",
        ModelIdKind::CustomModelDeployment => "custom model deployment",
        ModelIdKind::ProvisionedModel => "provisioned model",
        ModelIdKind::SageMakerEndpoint => "SageMaker endpoint",
        _ => "unknown",
    }
}

pub(crate) fn run(arguments: &Models) -> Result<(), Failure> {
    let asked = arguments.ids.iter().map(String::as_str);
    let is_list = arguments.ids.is_empty();
    let ids: Vec<_> = if is_list { KNOWN.iter().map(|known| known.id).collect() } else { asked.collect() };
    let entries = ids.into_iter().map(Entry::new).collect::<Result<Vec<_>, _>>()?;
    let mut output = Output::new();
    match arguments.output {
        ReportOutput::Json => output.json(&entries),
        ReportOutput::Text if is_list => output.text(&list(&entries)),
        ReportOutput::Text => output.text(&entries.iter().map(explained).collect::<Vec<_>>().join("\n")),
    }
}

/// A line an id, in columns.
fn list(entries: &[Entry<'_>]) -> String {
    let width = |of: fn(&Entry<'_>) -> usize| entries.iter().map(of).max().unwrap_or_default();
    let id_width = width(|entry| entry.model_id.len());
    let name_width = width(|entry| entry.name.unwrap_or_default().len());
    let mut table = String::new();
    for entry in entries {
        let mark = if entry.is_default { '*' } else { ' ' };
        let line = format!(
            "{mark} {:id_width$}  {:name_width$}  {}",
            entry.model_id,
            entry.name.unwrap_or_default(),
            entry.note.unwrap_or_default()
        );
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{}", line.trim_end());
    }
    let _ = writeln!(
        table,
        "\n* is asked where no model is named. As of {AS_OF}; `barerock models --help` says who knows better."
    );
    table
}

/// A paragraph of an id.
fn explained(entry: &Entry<'_>) -> String {
    let mut text = format!("{}\n", safe(entry.model_id));
    let lines = [
        ("name", entry.name),
        ("is", Some(entry.kind)),
        ("region", entry.region),
        ("account", entry.account),
        ("path", Some(&*entry.path)),
        ("note", entry.note),
        ("default", entry.is_default.then_some("asked where no model is named")),
    ];
    for (what, value) in lines {
        if let Some(value) = value {
            let _ = writeln!(text, "  {what:8} {value}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_id_is_one_and_stands_once() {
        for (index, known) in KNOWN.iter().enumerate() {
            let entry = Entry::new(known.id).unwrap();
            assert_ne!(entry.kind, "unknown", "{}", known.id);
            assert!(KNOWN[..index].iter().all(|other| other.id != known.id), "{}", known.id);
        }
        assert!(Entry::new(DEFAULT_MODEL).unwrap().name.is_some());
    }
}
