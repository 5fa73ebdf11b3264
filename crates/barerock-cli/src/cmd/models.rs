//! `barerock models`: model ids, and what an id refers to.

mod known;

use core::fmt::Write as _;

use barerock::converse::model_features::refusals;
use barerock::converse::{AwsModelId, Endpoint, ModelIdKind, mantle};
use barerock::{ConverseRequest, types::Message};
use clap::Args;
use serde::Serialize;

use crate::args::{DEFAULT_MODEL, ReportOutput};
use crate::exit::Failure;
use crate::render::{Output, safe};
use known::{AS_OF, KNOWN, Known, SOURCES};

/// Options of `models`.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Models {
    /// Explain these model ids, inference profile ids or ARNs instead of listing models
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = ReportOutput::Text)]
    output: ReportOutput,
}

const NOTES: &str = "\
The list is part of the program: no service is called. It is of 2026-11-28, from
recorded exchanges and from the tables of litellm 1.110.2, langchain-aws 1.9.1 and
ai-sdk bedrock 5.0.101, not from AWS, and it is not complete. What an account may
call in a region is listed by
  aws bedrock list-inference-profiles
  aws bedrock list-foundation-models
Any other id is sent as given.

Models of bedrock-mantle are not served by Converse. bedrock-mantle has OpenAI's
and Anthropic's APIs; `barerock sign --service bedrock-mantle` signs requests to it.";

/// A model id and what is known of it.
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
    /// Whether `chat` calls it if no model is given.
    is_default: bool,
    /// Path of a ConverseStream request; of a model of bedrock-mantle, the base path there.
    path: String,
    /// `bedrock-mantle` for a model that is served there only.
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<&'static str>,
    /// Geographies of the inference profiles that are known.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    profiles: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    end_of_life: Option<&'static str>,
    /// Request members and features that the model refuses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refuses: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
}

impl<'a> Entry<'a> {
    fn new(id: &'a str) -> Result<Self, Failure> {
        let wrong = |error: String| Failure::usage(format!("{id}: {error}"));
        let parsed = AwsModelId::parse(id).map_err(|error| wrong(error.to_string()))?;
        let known = known(id, &parsed);
        let is_mantle = mantle::is_mantle_only(parsed.foundation_model());
        Ok(Self {
            model_id: id,
            name: known.map(|known| known.name),
            kind: kind(parsed.kind),
            region: parsed.region,
            account: parsed.account,
            is_default: id == DEFAULT_MODEL,
            path: if is_mantle { MANTLE_PATH.to_owned() } else { path(id).map_err(wrong)? },
            endpoint: is_mantle.then_some(mantle::SIGNING_NAME),
            profiles: known.map_or(&[], |known| known.profiles),
            end_of_life: known.and_then(|known| known.end_of_life),
            refuses: refusals(id).iter().map(|refusal| refusal.as_str()).collect(),
            note: known.and_then(|known| known.note),
        })
    }

    /// All models whose ids have this prefix, which are served by bedrock-mantle only.
    fn of_mantle(prefix: &'static str) -> Self {
        Self {
            model_id: prefix,
            name: None,
            kind: "prefix of model ids",
            region: None,
            account: None,
            is_default: false,
            path: MANTLE_PATH.to_owned(),
            endpoint: Some(mantle::SIGNING_NAME),
            profiles: &[],
            end_of_life: None,
            refuses: Vec::new(),
            note: None,
        }
    }

    /// What to know before a call, in one line.
    fn remarks(&self) -> String {
        let profiles = || format!("profiles {}", self.profiles.join(", "));
        let remarks = [
            self.note.map(str::to_owned),
            self.endpoint.map(|endpoint| format!("on {endpoint} only")),
            (!self.profiles.is_empty()).then(profiles),
            self.end_of_life.map(|date| format!("end of life {date}")),
            (!self.refuses.is_empty()).then(|| format!("refuses {}", self.refuses.join("; "))),
        ];
        remarks.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// Base path of the models that are served by bedrock-mantle only.
const MANTLE_PATH: &str = "/openai/v1";

/// The entry of an id, or of the same model by another inference profile that is known.
fn known(id: &str, parsed: &AwsModelId<'_>) -> Option<&'static Known> {
    let is_same_model = |known: &&Known| {
        parsed.geography().is_some_and(|geography| known.profiles.contains(&geography))
            && AwsModelId::parse(known.id)
                .is_ok_and(|listed| listed.foundation_model() == parsed.foundation_model())
    };
    KNOWN.iter().find(|known| known.id == id).or_else(|| KNOWN.iter().find(is_same_model))
}

/// Path of a ConverseStream request to a model.
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
    let given = arguments.ids.iter().map(String::as_str);
    let is_list = arguments.ids.is_empty();
    let ids: Vec<_> = if is_list { KNOWN.iter().map(|known| known.id).collect() } else { given.collect() };
    let mut entries = ids.into_iter().map(Entry::new).collect::<Result<Vec<_>, _>>()?;
    if is_list {
        entries.extend(mantle::MANTLE_ONLY.map(Entry::of_mantle));
    }
    let mut output = Output::new();
    match arguments.output {
        ReportOutput::Json => output.json(&entries),
        ReportOutput::Text if is_list => output.text(&list(&entries)),
        ReportOutput::Text => output.text(&entries.iter().map(explained).collect::<Vec<_>>().join("\n")),
    }
}

/// A table with a line for each id.
fn list(entries: &[Entry<'_>]) -> String {
    let width = |of: fn(&Entry<'_>) -> usize| entries.iter().map(of).max().unwrap_or_default();
    let id_width = width(|entry| entry.model_id.len());
    let name_width = width(|entry| entry.name.unwrap_or_default().len());
    let mut table = String::new();
    for entry in entries {
        let mark = if entry.is_default { '*' } else { ' ' };
        let id = if entry.endpoint.is_some() {
            format!("{}…", entry.model_id)
        } else {
            entry.model_id.to_owned()
        };
        let name = entry.name.unwrap_or_default();
        let line = format!("{mark} {id:id_width$}  {name:name_width$}  {}", entry.remarks());
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{}", line.trim_end());
    }
    let _ = writeln!(table, "\n* default of chat\nAs of {AS_OF}, from {SOURCES}; not complete.");
    table
}

/// A paragraph about an id.
fn explained(entry: &Entry<'_>) -> String {
    let mut text = format!("{}\n", safe(entry.model_id));
    let joined = |list: &[&str], by: &str| (!list.is_empty()).then(|| list.join(by));
    let (profiles, refuses) = (joined(entry.profiles, ", "), joined(&entry.refuses, "; "));
    let lines = [
        ("name", entry.name),
        ("is", Some(entry.kind)),
        ("region", entry.region),
        ("account", entry.account),
        ("endpoint", entry.endpoint.map(|_| "bedrock-mantle.REGION.api.aws only: not served by Converse")),
        ("path", Some(&*entry.path)),
        ("profiles", profiles.as_deref()),
        ("end", entry.end_of_life),
        ("refuses", refuses.as_deref()),
        ("note", entry.note),
        ("default", entry.is_default.then_some("of chat")),
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
            let geography = AwsModelId::parse(known.id).unwrap().geography();
            let is_among = geography.is_none_or(|geography| known.profiles.contains(&geography));
            assert!(known.profiles.is_empty() || is_among, "{}", known.id);
        }
        assert!(
            NOTES.contains(AS_OF)
                && SOURCES
                    .split([';', ','])
                    .all(|source| { NOTES.replace('\n', " ").contains(source.trim()) })
        );
        assert!(Entry::new(DEFAULT_MODEL).unwrap().name.is_some());
    }
}
