//! Tool use by hand: the model requests a tool, the program runs it, the model answers.

use std::collections::HashMap;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, InferenceConfiguration, Message, Tool, ToolConfiguration,
    ToolInputSchema, ToolResultBlock, ToolResultContentBlock, ToolSpecification,
};
use aws_smithy_types::Document;

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-6";

fn object<const N: usize>(members: [(&str, Document); N]) -> Document {
    Document::Object(HashMap::from(members.map(|(name, value)| (name.to_owned(), value))))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(&aws_config::load_from_env().await);

    let city =
        object([("type", "string".into()), ("description", "The city name, e.g. 'San Francisco'".into())]);
    let schema = object([
        ("type", "object".into()),
        ("properties", object([("city", city)])),
        ("required", Document::Array(vec!["city".into()])),
    ]);
    let specification = ToolSpecification::builder()
        .name("get_weather")
        .description("Get the current weather for a given city.")
        .input_schema(ToolInputSchema::Json(schema))
        .build()?;
    let tools = ToolConfiguration::builder().tools(Tool::ToolSpec(specification)).build()?;
    let question = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text("What's the weather in Seattle?".to_owned()))
        .build()?;
    let mut messages = vec![question];

    loop {
        let response = client
            .converse()
            .model_id(CLAUDE)
            .set_messages(Some(messages.clone()))
            .tool_config(tools.clone())
            .inference_config(InferenceConfiguration::builder().max_tokens(1024).build())
            .send()
            .await?;
        let message = response.output().and_then(|output| output.as_message().ok()).ok_or("no message")?;
        let mut results = Vec::new();
        for call in message.content().iter().filter_map(|block| block.as_tool_use().ok()) {
            let input = call.input().as_object().ok_or("the input is no object")?;
            let city = input.get("city").and_then(Document::as_string).ok_or("no city")?;
            println!("the model calls {} for {city}", call.name());
            let weather = object([
                ("temperature", "54F".into()),
                ("condition", "cloudy".into()),
                ("humidity", "82%".into()),
            ]);
            let result = ToolResultBlock::builder()
                .tool_use_id(call.tool_use_id())
                .content(ToolResultContentBlock::Json(weather))
                .build()?;
            results.push(ContentBlock::ToolResult(result));
        }
        if results.is_empty() {
            for text in message.content().iter().filter_map(|block| block.as_text().ok()) {
                println!("{text}");
            }
            return Ok(());
        }
        messages.push(message.clone());
        messages.push(Message::builder().role(ConversationRole::User).set_content(Some(results)).build()?);
    }
}
