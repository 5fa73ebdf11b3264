//! Tools as functions: called at the same time where the model calls several, until the model ends its turn.

use std::error::Error;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ContentBlockStart, ConversationRole, ConverseStreamOutput, Message,
    StopReason, Tool, ToolConfiguration, ToolInputSchema, ToolResultBlock, ToolResultContentBlock,
    ToolResultStatus, ToolSpecification, ToolUseBlock,
};
use aws_smithy_types::{Document, Number};
use futures_util::future::join_all;
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde_json::{Value, json};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-6";

#[derive(Deserialize, JsonSchema)]
struct Weather {
    /// The city name, e.g. 'San Francisco'.
    city: String,
}

#[derive(Deserialize, JsonSchema)]
struct Convert {
    /// Degrees Fahrenheit.
    fahrenheit: f64,
}

/// A call as the stream brings it: the input is text until its last part.
struct Call {
    id: String,
    name: String,
    input: String,
}

/// JSON in the SDK's type of it.
fn document(value: Value) -> Document {
    match value {
        Value::Null => Document::Null,
        Value::Bool(value) => Document::Bool(value),
        Value::Number(number) => Document::Number(match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Number::PosInt(number),
            (None, Some(number)) => Number::NegInt(number),
            (None, None) => Number::Float(number.as_f64().unwrap_or_default()),
        }),
        Value::String(text) => Document::String(text),
        Value::Array(values) => Document::Array(values.into_iter().map(document).collect()),
        Value::Object(members) => {
            Document::Object(members.into_iter().map(|(name, value)| (name, document(value))).collect())
        }
    }
}

fn tool<T: JsonSchema>(name: &str, description: &str) -> Result<Tool, Box<dyn Error>> {
    let specification = ToolSpecification::builder()
        .name(name)
        .description(description)
        .input_schema(ToolInputSchema::Json(document(schema_for!(T).to_value())))
        .build()?;
    Ok(Tool::ToolSpec(specification))
}

async fn run_tool(call: &Call) -> Result<ToolResultContentBlock, String> {
    match call.name.as_str() {
        "get_weather" => {
            let input: Weather = serde_json::from_str(&call.input).map_err(|error| error.to_string())?;
            eprintln!("looking up {}", input.city);
            let weather = json!({"city": input.city, "temperature": "54F"});
            Ok(ToolResultContentBlock::Json(document(weather)))
        }
        "to_celsius" => {
            let input: Convert = serde_json::from_str(&call.input).map_err(|error| error.to_string())?;
            let celsius = (input.fahrenheit - 32.0) / 1.8;
            if celsius < -273.15 {
                return Err("below absolute zero".to_owned());
            }
            Ok(ToolResultContentBlock::Text(format!("{celsius:.0}")))
        }
        name => Err(format!("unknown tool {name}")),
    }
}

async fn answer(call: &Call) -> Result<ContentBlock, Box<dyn Error>> {
    let (content, status) = match run_tool(call).await {
        Ok(content) => (content, ToolResultStatus::Success),
        Err(error) => (ToolResultContentBlock::Text(error), ToolResultStatus::Error),
    };
    let result = ToolResultBlock::builder().tool_use_id(&call.id).content(content).status(status).build()?;
    Ok(ContentBlock::ToolResult(result))
}

/// One response: its text is printed as it comes; the message is put together for the next request.
async fn respond(
    client: &Client,
    messages: &[Message],
    tools: &ToolConfiguration,
) -> Result<(Message, Vec<Call>, StopReason), Box<dyn Error>> {
    let mut response = client
        .converse_stream()
        .model_id(CLAUDE)
        .set_messages(Some(messages.to_vec()))
        .tool_config(tools.clone())
        .send()
        .await?;
    let (mut text, mut calls, mut stop_reason) = (String::new(), Vec::<Call>::new(), None);
    while let Some(event) = response.stream.recv().await? {
        match event {
            ConverseStreamOutput::ContentBlockStart(event) => {
                if let Some(ContentBlockStart::ToolUse(start)) = event.start {
                    calls.push(Call { id: start.tool_use_id, name: start.name, input: String::new() });
                }
            }
            ConverseStreamOutput::ContentBlockDelta(event) => match event.delta {
                Some(ContentBlockDelta::Text(part)) => {
                    print!("{part}");
                    text.push_str(&part);
                }
                Some(ContentBlockDelta::ToolUse(part)) => {
                    calls.last_mut().ok_or("input without a call")?.input.push_str(&part.input);
                }
                _ => {}
            },
            ConverseStreamOutput::MessageStop(event) => stop_reason = Some(event.stop_reason),
            _ => {}
        }
    }
    let mut message = Message::builder().role(ConversationRole::Assistant);
    if !text.trim().is_empty() {
        message = message.content(ContentBlock::Text(text));
    }
    for call in &calls {
        let input = serde_json::from_str(&call.input).unwrap_or_else(|_| json!({}));
        let block =
            ToolUseBlock::builder().tool_use_id(&call.id).name(&call.name).input(document(input)).build()?;
        message = message.content(ContentBlock::ToolUse(block));
    }
    Ok((message.build()?, calls, stop_reason.ok_or("the stream ended early")?))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::new(&aws_config::load_from_env().await);
    let tools = ToolConfiguration::builder()
        .tools(tool::<Weather>("get_weather", "Get the current weather for a city.")?)
        .tools(tool::<Convert>("to_celsius", "Converts a temperature.")?)
        .build()?;

    let prompt = "Compare the weather in Seattle, Oslo and Rome, in Celsius.";
    let question = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text(prompt.to_owned()))
        .build()?;
    let mut messages = vec![question];
    for _ in 0..5 {
        let (message, calls, stop_reason) = respond(&client, &messages, &tools).await?;
        messages.push(message);
        if calls.is_empty() {
            println!("\n{} messages, stop reason {}", messages.len(), stop_reason.as_str());
            return Ok(());
        }
        let mut results = Message::builder().role(ConversationRole::User);
        for result in join_all(calls.iter().map(answer)).await {
            results = results.content(result?);
        }
        messages.push(results.build()?);
    }
    Err("more than 5 turns".into())
}
