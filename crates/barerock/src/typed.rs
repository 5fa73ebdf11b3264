//! Typed answers: a response read into a type whose JSON schema the model follows.

mod schema;

use core::fmt;

use barerock_converse::model_features::{takes_forced_tool, takes_json_schema};
use barerock_converse::types::{Document, OutputConfig, Tool, ToolChoice, ToolConfiguration};
use barerock_converse::{ConverseRequest, ConverseResponse, TypedError};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use self::schema::TypeSchema;
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::transport::LocalTransport;

pub(crate) use self::schema::schema_of;

/// What the model is told of the tool that takes a typed answer.
const TOOL_DESCRIPTION: &str = "Takes the answer. Call it once, with the whole answer.";

/// How a request asks for JSON of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TypedFormat {
    /// `outputConfig.textFormat`: the text of the response is the JSON. The service takes a part of JSON Schema; see
    /// [`converse_as`](Client::converse_as).
    TextFormat,
    /// A tool with the schema as its input, which `toolChoice` names: its input is the JSON.
    ForcedTool,
}

/// A value that a model returned, and the response it was read from.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Typed<R> {
    /// The value.
    pub value: R,
    /// How it was requested.
    pub format: TypedFormat,
    /// The whole response: token usage, stop reason, and in
    /// [`call`](ConverseResponse::call) request id, attempts and times.
    pub response: ConverseResponse,
}

impl<T: LocalTransport> Client<T> {
    /// Calls Converse for a value of type `R`: by `outputConfig.textFormat` where the model takes it, else by a forced tool where
    /// it takes that ([`model_features`](barerock_converse::model_features)).
    ///
    /// ```
    /// # use barerock::{Client, ConverseRequest, Error, Transport, types::Message};
    /// #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// struct City {
    ///     name: String,
    ///     inhabitants: u64,
    /// }
    ///
    /// # async fn largest(client: &Client<impl Transport>) -> Result<City, Error> {
    /// let question = Message::user("The largest city of Norway?");
    /// let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [question]);
    /// let city = client.converse_as::<City>(&request).await?.value;
    /// # Ok(city)
    /// # }
    /// ```
    ///
    /// A text format takes objects without members beyond those named (no maps), no recursive types, and no limits of numbers,
    /// lengths and patterns; limits in the schema of `R` are moved into descriptions, where the model reads them. A type with maps
    /// or recursion is requested by a forced tool.
    ///
    /// # Errors
    /// As [`converse`](Self::converse)'s. Before a request is sent: if the model takes neither, it is not known what it takes, or
    /// the schema of `R` is not that of an object. After it: if the response was cut off by a limit, or is not the JSON of an `R`;
    /// then [`Error::partial`] is its message.
    ///
    /// Cancel safety: as [`converse`](Self::converse)'s.
    pub async fn converse_as<R>(&self, request: &ConverseRequest) -> Result<Typed<R>, Error>
    where
        R: DeserializeOwned + JsonSchema,
    {
        let schema = TypeSchema::of::<R>()?;
        let format = choose(request, &schema)?;
        self.converse_typed(request, &schema, format).await
    }

    /// Calls Converse for a value of type `R` in a format of the caller's choice, whatever is known of the model.
    ///
    /// # Errors
    /// As [`converse_as`](Self::converse_as)'s.
    ///
    /// Cancel safety: as [`converse`](Self::converse)'s.
    pub async fn converse_as_with<R>(
        &self,
        request: &ConverseRequest,
        format: TypedFormat,
    ) -> Result<Typed<R>, Error>
    where
        R: DeserializeOwned + JsonSchema,
    {
        self.converse_typed(request, &TypeSchema::of::<R>()?, format).await
    }

    async fn converse_typed<R: DeserializeOwned>(
        &self,
        request: &ConverseRequest,
        schema: &TypeSchema,
        format: TypedFormat,
    ) -> Result<Typed<R>, Error> {
        let mut request = request.clone();
        match format {
            TypedFormat::TextFormat => {
                let text_schema = schema.text_format().map_err(|why| {
                    refused(format!("{} has no schema for outputConfig.textFormat: {why}", schema.name()))
                })?;
                ask_for_text(&mut request, text_schema);
            }
            TypedFormat::ForcedTool => force_tool(&mut request, schema),
        }
        let response = self.converse(&request).await?;
        let value = match format {
            TypedFormat::TextFormat => response.json(),
            TypedFormat::ForcedTool => response.tool_input(schema.name()),
        };
        match value {
            Ok(value) => Ok(Typed { value, format, response }),
            Err(error) => Err(unreadable(error, response)),
        }
    }
}

/// The format that the model takes and the schema fits.
fn choose(request: &ConverseRequest, schema: &TypeSchema) -> Result<TypedFormat, Error> {
    let model = &*request.model_id;
    let no_text_format = match takes_json_schema(model) {
        Some(true) => match schema.text_format() {
            Ok(_) => return Ok(TypedFormat::TextFormat),
            Err(why) => format!("{} has no schema for outputConfig.textFormat ({why})", schema.name()),
        },
        Some(false) => format!("{model} does not take outputConfig.textFormat"),
        None => format!("it is not known whether {model} takes outputConfig.textFormat"),
    };
    let no_tool = match takes_forced_tool(model) {
        Some(true) if has_reasoning(request) => {
            "reasoning is on, with which the model takes no forced tool".to_owned()
        }
        Some(true) => return Ok(TypedFormat::ForcedTool),
        Some(false) => format!("{model} does not take a forced tool"),
        None => "nor whether it takes a forced tool".to_owned(),
    };
    let error = refused(format!("no typed answer: {no_text_format}; {no_tool}"));
    Err(error
        .with_hint(Some("Choose a model that takes one of them, or a format with converse_as_with.".into())))
}

/// True if the request switches reasoning on. Anthropic: "Tool choice … `any` or `tool` … not supported" with thinking.
fn has_reasoning(request: &ConverseRequest) -> bool {
    let fields = request.additional_model_request_fields.as_ref().and_then(Document::to_members);
    let thinking = fields.into_iter().flatten().find(|field| field.name == "thinking");
    let kind = thinking.and_then(|thinking| thinking.value.to_members()).unwrap_or_default();
    kind.iter().any(|member| member.name == "type" && member.value.as_json() != "\"disabled\"")
}

fn ask_for_text(request: &mut ConverseRequest, schema: Document) {
    let format = OutputConfig::json_schema(schema).text_format;
    request.output_config.get_or_insert_with(OutputConfig::new).text_format = format;
}

fn force_tool(request: &mut ConverseRequest, schema: &TypeSchema) {
    let description = schema.description().unwrap_or(TOOL_DESCRIPTION);
    let tool = Tool::new(schema.name(), schema.tool_input()).description(description);
    let config = request.tool_config.get_or_insert_with(|| ToolConfiguration::new(Vec::new()));
    let is_same = |other: &Tool| matches!(other, Tool::ToolSpec(spec) if spec.name == schema.name());
    config.tools.retain(|other| !is_same(other));
    config.tools.push(tool);
    config.tool_choice = Some(ToolChoice::tool(schema.name()));
}

/// A request that is not sent.
#[derive(Debug)]
pub(super) struct NoTypedAnswer(String);

impl fmt::Display for NoTypedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for NoTypedAnswer {}

fn refused(message: String) -> Error {
    Error::configuration(ErrorKind::Request, NoTypedAnswer(message))
}

/// The error of a response that is not an `R`, with its message.
fn unreadable(error: TypedError, response: ConverseResponse) -> Error {
    let hint = error.is_cut().then_some("Raise max_tokens, or ask for less.".into());
    let error = Error::from(error).with_hint(hint);
    match response.into_message() {
        Some(message) => error.with_partial(message),
        None => error,
    }
}
