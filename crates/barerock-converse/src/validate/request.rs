//! Rules for Converse and CountTokens requests.

use super::content::{message, system};
use super::mistake::unknown;
use super::path::Path;
use super::rules::{
    COUNT_TOKENS_MODEL_ID, EFFORT, GUARDRAIL_IDENTIFIER, GUARDRAIL_VERSION, METADATA_KEY, METADATA_VALUE,
    NON_EMPTY, PROJECT_IDENTIFIER, RESPONSE_FIELD_PATH, TOOL_NAME, count, gist, optional, share, text,
};
use super::{Checked, ValidationError, documents, each};
use crate::count_tokens::{CountTokensInput, CountTokensRequest};
use crate::model_id::AwsModelId;
use crate::request::ConverseRequest;
use crate::types::{InferenceConfiguration, Tool, ToolChoice, ToolConfiguration, ToolInputSchema};

/// Number of stop sequences.
const STOP_SEQUENCES: (usize, usize) = (0, 2500);
/// Number of tools.
const TOOLS: (usize, usize) = (1, usize::MAX);
/// Number of additional model response fields.
const RESPONSE_FIELD_PATHS: (usize, usize) = (0, 10);
/// Number of metadata pairs.
const METADATA: (usize, usize) = (1, 16);
/// Length of an InvokeModel body whose tokens are counted, in bytes.
const COUNTED_BODY: (usize, usize) = (0, 25_000_000);

impl ConverseRequest {
    /// Checks the request against the service model and what the service demands beyond it, without sending it.
    ///
    /// # Errors
    /// The first value that violates the service model; then the first tool input or JSON of a tool result that is not an object,
    /// or tool schema that is not one of an object.
    pub fn validate(&self) -> Result<(), ValidationError> {
        self.validate_model()?;
        documents::messages(&Path::root("messages"), &self.messages)?;
        self.tool_config.as_ref().map_or(Ok(()), |config| documents::tools(&Path::root("toolConfig"), config))
    }

    /// Checks the request against the service model alone, without sending it.
    ///
    /// # Errors
    /// The first value that violates the service model.
    pub fn validate_model(&self) -> Result<(), ValidationError> {
        model_id(&self.model_id)?;
        each(&Path::root("messages"), &self.messages, message)?;
        if let Some(blocks) = &self.system {
            each(&Path::root("system"), blocks, system)?;
        }
        if let Some(config) = &self.inference_config {
            inference(&Path::root("inferenceConfig"), config)?;
        }
        if let Some(config) = &self.tool_config {
            tools(&Path::root("toolConfig"), config)?;
        }
        if let Some(config) = &self.guardrail_config {
            let at = Path::root("guardrailConfig");
            let (identifier, version) = (&config.guardrail_identifier, &config.guardrail_version);
            optional(&at.member("guardrailIdentifier"), identifier.as_ref(), &GUARDRAIL_IDENTIFIER)?;
            optional(&at.member("guardrailVersion"), version.as_ref(), &GUARDRAIL_VERSION)?;
        }
        if let Some(paths) = &self.additional_model_response_field_paths {
            let at = Path::root("additionalModelResponseFieldPaths");
            count(&at, paths.len(), RESPONSE_FIELD_PATHS, "entries")?;
            each(&at, paths, |at, path| text(at, path, &RESPONSE_FIELD_PATH))?;
        }
        if let Some(pairs) = &self.request_metadata {
            let at = Path::root("requestMetadata");
            count(&at, pairs.len(), METADATA, "entries")?;
            for (key, value) in pairs {
                text(&at.member("key"), key, &METADATA_KEY)?;
                text(&at.key(key), value, &METADATA_VALUE)?;
            }
        }
        if let Some(config) = &self.output_config {
            optional(&Path::root("outputConfig").member("effort"), config.effort.as_ref(), &EFFORT)?;
        }
        let project = self.project_identifier.as_ref();
        optional(&Path::root("projectIdentifier"), project, &PROJECT_IDENTIFIER)?;
        Ok(())
    }
}

impl CountTokensRequest {
    /// Checks the request against the service model, without sending it.
    ///
    /// # Errors
    /// The first value that violates the service model.
    pub fn validate(&self) -> Result<(), ValidationError> {
        text(&Path::root("modelId"), &self.model_id, &COUNT_TOKENS_MODEL_ID)?;
        let input = Path::root("input");
        match &self.input {
            CountTokensInput::InvokeModel(request) => {
                let at = input.member("invokeModel");
                count(&at.member("body"), request.body.as_bytes().len(), COUNTED_BODY, "bytes")
            }
            CountTokensInput::Converse(request) => {
                let at = input.member("converse");
                if let Some(messages) = &request.messages {
                    each(&at.member("messages"), messages, message)?;
                    documents::messages(&at.member("messages"), messages)?;
                }
                if let Some(blocks) = &request.system {
                    each(&at.member("system"), blocks, system)?;
                }
                request.tool_config.as_ref().map_or(Ok(()), |config| {
                    let at = at.member("toolConfig");
                    tools(&at, config)?;
                    documents::tools(&at, config)
                })
            }
            CountTokensInput::Unknown(member) => unknown(&input, member, CountTokensInput::MEMBERS),
        }
    }
}

fn model_id(id: &str) -> Checked {
    let at = Path::root("modelId");
    if id.is_empty() {
        return Err(ValidationError::new(
            &at,
            "is empty",
            "must name a model, such as us.anthropic.claude-sonnet-4-6",
        ));
    }
    AwsModelId::parse(id)
        .map(|_| ())
        .map_err(|error| ValidationError::new(&at, &format!("is {:?}", gist(id)), &error.to_string()))
}

fn inference(at: &Path<'_>, config: &InferenceConfiguration) -> Checked {
    if config.max_tokens == Some(0) {
        return Err(ValidationError::new(&at.member("maxTokens"), "is 0", "must be at least 1"));
    }
    share(&at.member("temperature"), config.temperature)?;
    share(&at.member("topP"), config.top_p)?;
    let Some(sequences) = &config.stop_sequences else { return Ok(()) };
    let at = at.member("stopSequences");
    count(&at, sequences.len(), STOP_SEQUENCES, "entries")?;
    each(&at, sequences, |at, sequence| text(at, sequence, &NON_EMPTY))
}

fn tools(at: &Path<'_>, config: &ToolConfiguration) -> Checked {
    let list = at.member("tools");
    count(&list, config.tools.len(), TOOLS, "entries")?;
    each(&list, &config.tools, tool)?;
    match &config.tool_choice {
        Some(ToolChoice::Tool(choice)) => {
            text(&at.member("toolChoice").member("tool").member("name"), &choice.name, &TOOL_NAME)
        }
        Some(ToolChoice::Unknown(member)) => unknown(&at.member("toolChoice"), member, ToolChoice::MEMBERS),
        Some(ToolChoice::Auto(_) | ToolChoice::Any(_)) | None => Ok(()),
    }
}

fn tool(at: &Path<'_>, tool: &Tool) -> Checked {
    match tool {
        Tool::ToolSpec(spec) => {
            let at = at.member("toolSpec");
            text(&at.member("name"), &spec.name, &TOOL_NAME)?;
            optional(&at.member("description"), spec.description.as_ref(), &NON_EMPTY)?;
            match &spec.input_schema {
                ToolInputSchema::Json(_) => Ok(()),
                ToolInputSchema::Unknown(member) => {
                    unknown(&at.member("inputSchema"), member, ToolInputSchema::MEMBERS)
                }
            }
        }
        Tool::SystemTool(tool) => text(&at.member("systemTool").member("name"), &tool.name, &TOOL_NAME),
        Tool::CachePoint(_) => Ok(()),
        Tool::Unknown(member) => unknown(at, member, Tool::MEMBERS),
    }
}
