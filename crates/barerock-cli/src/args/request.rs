//! The options that make up a request.

use clap::{Args, ValueEnum};

use super::Call;
use crate::exit::Failure;
use crate::input::{Member, json_object};
use crate::render::safe;

/// What `--help` calls these options.
pub(crate) const REQUEST_HEADING: &str = "Request (JSON inline, file://PATH, or - for standard input)";

/// What `--generate-cli-skeleton` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Skeleton {
    /// A request to fill in, for --cli-input-json
    Input,
}

/// Members whose options take JSON.
macro_rules! json_members {
    ($given:expr; $($name:literal $option:literal $field:ident,)*) => {
        [$(Member { name: $name, option: $option, value: $given.$field.as_deref(), plain: false },)*]
    };
}

/// Reads a request from JSON and checks it with `$validate`; unless it `validates`, its members are sent as they are.
macro_rules! read {
    ($request:ty, $json:expr, $validates:expr) => {
        read!($request, $json, $validates, validate)
    };
    ($request:ty, $json:expr, $validates:expr, $validate:ident) => {
        if $validates {
            let read = <$request>::from_json_with_warnings($json);
            let (request, warnings) = read.map_err(Failure::input)?;
            warn(&warnings);
            request.$validate().map_err(Failure::input)?;
            request
        } else {
            <$request>::from_json_unchecked($json).map_err(Failure::input)?
        }
    };
}

/// Prints warnings to standard error.
fn warn<T: ToString>(warnings: &[T]) {
    for warning in warnings {
        tell!("warning: {}", safe(&warning.to_string()));
    }
}

/// The members of a Converse or ConverseStream request.
#[derive(Debug, Args)]
#[command(next_help_heading = REQUEST_HEADING)]
pub(crate) struct ConverseRequest {
    /// The model: an id, an inference profile or an ARN
    #[arg(short, long, value_name = "ID")]
    pub(crate) model_id: Option<String>,
    /// The conversation
    #[arg(long, value_name = "JSON")]
    pub(crate) messages: Option<String>,
    /// The system prompt, a list of blocks
    #[arg(long, value_name = "JSON")]
    pub(crate) system: Option<String>,
    /// {"maxTokens":…,"temperature":…,"topP":…,"stopSequences":[…]}
    #[arg(long, value_name = "JSON")]
    pub(crate) inference_config: Option<String>,
    /// Tools that the model may use
    #[arg(long, value_name = "JSON")]
    pub(crate) tool_config: Option<String>,
    /// Guardrail to apply to the call
    #[arg(long, value_name = "JSON")]
    pub(crate) guardrail_config: Option<String>,
    /// Model-specific parameters
    #[arg(long, value_name = "JSON")]
    pub(crate) additional_model_request_fields: Option<String>,
    /// Values for the variables of a managed prompt
    #[arg(long, value_name = "JSON")]
    pub(crate) prompt_variables: Option<String>,
    /// JSON pointers to model-specific fields to return in the response
    #[arg(long, value_name = "JSON")]
    pub(crate) additional_model_response_field_paths: Option<String>,
    /// Key-value pairs for the invocation log
    #[arg(long, value_name = "JSON")]
    pub(crate) request_metadata: Option<String>,
    /// {"latency":"standard"} or {"latency":"optimized"}
    #[arg(long, value_name = "JSON")]
    pub(crate) performance_config: Option<String>,
    /// {"type":"default"}, priority, flex or reserved
    #[arg(long, value_name = "JSON")]
    pub(crate) service_tier: Option<String>,
    /// Output format, such as a JSON schema
    #[arg(long, value_name = "JSON")]
    pub(crate) output_config: Option<String>,
    /// Project of the call: an id or an ARN
    #[arg(long, value_name = "ID")]
    pub(crate) project_identifier: Option<String>,
    /// The whole request, modelId included; other options override its members
    #[arg(long, value_name = "JSON")]
    pub(crate) cli_input_json: Option<String>,
    /// Print a request to fill in, and send nothing
    #[arg(long, value_enum, value_name = "input", num_args = 0..=1, default_missing_value = "input")]
    pub(crate) generate_cli_skeleton: Option<Skeleton>,
}

impl ConverseRequest {
    /// The request. One that only breaks rules beyond the service model is sent unchecked, with a warning: what is written as JSON
    /// is meant.
    pub(crate) fn to_request(&self, call: &mut Call) -> Result<barerock::ConverseRequest, Failure> {
        let validates = !call.no_validate;
        let members = json_members! { self;
            "messages" "--messages" messages,
            "system" "--system" system,
            "inferenceConfig" "--inference-config" inference_config,
            "toolConfig" "--tool-config" tool_config,
            "guardrailConfig" "--guardrail-config" guardrail_config,
            "additionalModelRequestFields" "--additional-model-request-fields" additional_model_request_fields,
            "promptVariables" "--prompt-variables" prompt_variables,
            "additionalModelResponseFieldPaths" "--additional-model-response-field-paths" additional_model_response_field_paths,
            "requestMetadata" "--request-metadata" request_metadata,
            "performanceConfig" "--performance-config" performance_config,
            "serviceTier" "--service-tier" service_tier,
            "outputConfig" "--output-config" output_config,
        };
        let mut all = members.to_vec();
        all.push(model_id(&self.model_id));
        all.push(plain("projectIdentifier", "--project-identifier", &self.project_identifier));
        let json = json_object(self.cli_input_json.as_deref(), &all)?;
        require_model_id(&json)?;
        let request = read!(barerock::ConverseRequest, &json, validates, validate_model);
        if validates {
            warn(&request.warnings());
            if let Err(error) = request.validate() {
                warn(&[error]);
                call.no_validate = true;
            }
        }
        Ok(request)
    }
}

/// The members of a CountTokens request.
#[derive(Debug, Args)]
#[command(next_help_heading = REQUEST_HEADING)]
pub(crate) struct CountTokensRequest {
    /// The model: an id or an ARN
    #[arg(short, long, value_name = "ID")]
    model_id: Option<String>,
    /// {"converse":{"messages":[…]}} or {"invokeModel":{"body":"base64"}}
    #[arg(long, value_name = "JSON")]
    input: Option<String>,
    /// The whole request, modelId included; other options override its members
    #[arg(long, value_name = "JSON")]
    cli_input_json: Option<String>,
    /// Print a request to fill in, and send nothing
    #[arg(long, value_enum, value_name = "input", num_args = 0..=1, default_missing_value = "input")]
    pub(crate) generate_cli_skeleton: Option<Skeleton>,
}

impl CountTokensRequest {
    pub(crate) fn to_request(
        &self,
        call: &mut Call,
    ) -> Result<barerock::converse::CountTokensRequest, Failure> {
        let mut members = json_members! { self; "input" "--input" input, }.to_vec();
        members.push(model_id(&self.model_id));
        let json = json_object(self.cli_input_json.as_deref(), &members)?;
        require_model_id(&json)?;
        Ok(read!(barerock::converse::CountTokensRequest, &json, !call.no_validate))
    }
}

/// The members of an ApplyGuardrail request.
#[derive(Debug, Args)]
#[command(next_help_heading = REQUEST_HEADING)]
pub(crate) struct ApplyGuardrailRequest {
    /// The guardrail: an id or an ARN
    #[arg(long, value_name = "ID")]
    guardrail_identifier: Option<String>,
    /// Its version: a number or DRAFT
    #[arg(long, value_name = "VERSION")]
    guardrail_version: Option<String>,
    /// Source of the content: INPUT (the user) or OUTPUT (the model)
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// The content
    #[arg(long, value_name = "JSON")]
    content: Option<String>,
    /// Scope of the response: INTERVENTIONS or FULL
    #[arg(long, value_name = "SCOPE")]
    output_scope: Option<String>,
    /// The whole request; other options override its members
    #[arg(long, value_name = "JSON")]
    cli_input_json: Option<String>,
    /// Print a request to fill in, and send nothing
    #[arg(long, value_enum, value_name = "input", num_args = 0..=1, default_missing_value = "input")]
    pub(crate) generate_cli_skeleton: Option<Skeleton>,
}

impl ApplyGuardrailRequest {
    pub(crate) fn to_request(
        &self,
        call: &mut Call,
    ) -> Result<barerock::converse::ApplyGuardrailRequest, Failure> {
        let mut members = json_members! { self; "content" "--content" content, }.to_vec();
        members.push(plain("guardrailIdentifier", "--guardrail-identifier", &self.guardrail_identifier));
        members.push(plain("guardrailVersion", "--guardrail-version", &self.guardrail_version));
        members.push(plain("source", "--source", &self.source));
        members.push(plain("outputScope", "--output-scope", &self.output_scope));
        let json = json_object(self.cli_input_json.as_deref(), &members)?;
        Ok(read!(barerock::converse::ApplyGuardrailRequest, &json, !call.no_validate))
    }
}

/// The members of an InvokeGuardrailChecks request.
#[derive(Debug, Args)]
#[command(next_help_heading = REQUEST_HEADING)]
pub(crate) struct InvokeGuardrailChecksRequest {
    /// The messages to check
    #[arg(long, value_name = "JSON")]
    messages: Option<String>,
    /// {"contentFilter":…,"promptAttack":…,"sensitiveInformation":…}: what to check them for
    #[arg(long, value_name = "JSON")]
    checks: Option<String>,
    /// The whole request; other options override its members
    #[arg(long, value_name = "JSON")]
    cli_input_json: Option<String>,
    /// Print a request to fill in, and send nothing
    #[arg(long, value_enum, value_name = "input", num_args = 0..=1, default_missing_value = "input")]
    pub(crate) generate_cli_skeleton: Option<Skeleton>,
}

impl InvokeGuardrailChecksRequest {
    pub(crate) fn to_request(
        &self,
        call: &mut Call,
    ) -> Result<barerock::InvokeGuardrailChecksRequest, Failure> {
        let members = json_members! { self; "messages" "--messages" messages, "checks" "--checks" checks, };
        let json = json_object(self.cli_input_json.as_deref(), &members)?;
        Ok(read!(barerock::InvokeGuardrailChecksRequest, &json, !call.no_validate))
    }
}

fn plain<'a>(name: &'static str, option: &'static str, value: &'a Option<String>) -> Member<'a> {
    Member { name, option, value: value.as_deref(), plain: true }
}

fn model_id(value: &Option<String>) -> Member<'_> {
    plain("modelId", "--model-id", value)
}

/// A request without a model is told of first.
fn require_model_id(json: &str) -> Result<(), Failure> {
    #[derive(serde::Deserialize)]
    struct Named {
        #[serde(rename = "modelId", default)]
        model_id: serde_json::Value,
    }
    match serde_json::from_str::<Named>(json) {
        Ok(Named { model_id }) if model_id.is_null() || model_id == "" => {
            Err(Failure::usage("no model: name one with --model-id, or as modelId in --cli-input-json"))
        }
        _ => Ok(()),
    }
}
