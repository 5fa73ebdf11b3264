//! Hints that depend on the model that was called and on the region.

use barerock_converse::{AwsModelId, ModelIdKind, ServiceError, mantle};

use super::Hint;
use crate::error::CallInfo;
use crate::percent::percent_decode;

/// Codes of errors that may be about the model id or the region.
const ABOUT_THE_REQUEST: [&str; 4] = [
    "ValidationException",
    "ResourceNotFoundException",
    "AccessDeniedException",
    "UnknownOperationException",
];

/// Model and region of a call.
#[derive(Default)]
pub(super) struct CallTarget {
    model: String,
    region: String,
}

impl CallTarget {
    /// Reads the model from the path `/model/{modelId}/converse`, after an optional path of the endpoint.
    pub(super) fn new(call: &CallInfo) -> Self {
        let path = call.uri.path();
        let label = path.rsplit_once("/model/").and_then(|(_, rest)| rest.split('/').next());
        let model = percent_decode(label.unwrap_or_default());
        let model = String::from_utf8_lossy(&model).into_owned();
        Self { model, region: call.region.clone() }
    }

    /// The likely inference profile of this model for this region.
    fn profile(&self) -> String {
        let name = AwsModelId::parse(&self.model).map_or(&*self.model, |id| id.name);
        format!("{}.{name}", geography(&self.region))
    }
}

/// The geography prefix of the inference profiles of a region.
fn geography(region: &str) -> &'static str {
    match region.split('-').next().unwrap_or_default() {
        "us" if region.starts_with("us-gov-") => "us-gov",
        "us" | "ca" => "us",
        "eu" => "eu",
        "ap" if ["ap-northeast-1", "ap-northeast-3"].contains(&region) => "jp",
        "ap" if ["ap-southeast-2", "ap-southeast-4"].contains(&region) => "au",
        "ap" => "apac",
        _ => "global",
    }
}

/// Hints that name the model or the region.
pub(super) fn of_model(error: &ServiceError, words: &str, target: &CallTarget) -> Option<Hint> {
    let CallTarget { model, region } = target;
    let is_about_the_request = ABOUT_THE_REQUEST.contains(&&*error.code);
    let id = AwsModelId::parse(model).ok();
    let foundation_model = id.map_or(&**model, |id| id.foundation_model());
    if is_about_the_request && mantle::is_mantle_only(foundation_model) {
        let base = mantle::base_url(region, foundation_model);
        return Some(
            format!(
                "{foundation_model} is served by bedrock-mantle, an API compatible with OpenAI's, not by Converse: {base} \
                 (signing name {}, or the same API key).",
                mantle::SIGNING_NAME
            )
            .into(),
        );
    }
    let other_region = id.and_then(|id| id.region).filter(|of_arn| of_arn != region && is_about_the_request);
    if let Some(of_arn) = other_region {
        return Some(
            format!("The ARN is of {of_arn}, but the request went to {region}: set the region to {of_arn}.")
                .into(),
        );
    }
    let says = |wanted: &[&str]| wanted.iter().any(|wanted| words.contains(wanted));
    if says(&["on-demand throughput isn't supported", "doesn't support on-demand throughput"]) {
        let profile = target.profile();
        let global = if profile.starts_with("global.") { "" } else { " (or global. as the geography)" };
        return Some(
            format!(
                "This model needs an inference profile: use {profile}{global}. `aws bedrock \
                 list-inference-profiles --region {region}` lists them."
            )
            .into(),
        );
    }
    if says(&[
        "not supported in this region",
        "isn't supported in this region",
        "not available in this region",
        "not available in your region",
    ]) {
        return Some(
            format!(
                "{region} does not have {model}: call a region that does, or an inference profile such as {}.",
                target.profile()
            )
            .into(),
        );
    }
    if says(&["doesn't support counting tokens"]) {
        return Some(match id.map(|id| id.kind) {
            Some(ModelIdKind::FoundationModel) => "This model does not support CountTokens.".into(),
            _ => format!(
                "CountTokens may not accept an inference profile: try the model's own id, {foundation_model}, without the \
                 profile's prefix."
            )
            .into(),
        });
    }
    if says(&["could not resolve the foundation model"]) {
        return Some(
            format!(
                "{region} does not have {model}, or the id is misspelt: `aws bedrock list-foundation-models --region \
                 {region}` lists the models there."
            )
            .into(),
        );
    }
    if says(&["model identifier is invalid"]) {
        let kind = AwsModelId::parse(model).map(|id| id.kind);
        let note = if ends_in_date(model) {
            "it ends in a date, and ids with a date have a version after it, such as -v1:0"
        } else if matches!(kind, Ok(ModelIdKind::InferenceProfile)) {
            "the profile may be of another geography, or not hold this model"
        } else {
            "it may be misspelt, or unknown in this region"
        };
        return Some(
            format!(
                "{region} knows no model {model}: {note}. `aws bedrock list-foundation-models --region {region}` and `aws \
                 bedrock list-inference-profiles --region {region}` list the known ones. (Newer ids have neither date nor version.)"
            )
            .into(),
        );
    }
    None
}

/// True if the last part of an id is a date: `anthropic.claude-sonnet-4-20250514`.
fn ends_in_date(model: &str) -> bool {
    let last = model.rsplit('-').next().unwrap_or_default();
    last.len() == 8 && last.starts_with("20") && last.bytes().all(|byte| byte.is_ascii_digit())
}
