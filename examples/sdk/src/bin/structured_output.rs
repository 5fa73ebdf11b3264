//! A response read into a type, whose schema the model is given.

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, JsonSchemaDefinition, Message, OutputConfig, OutputFormat,
    OutputFormatStructure, OutputFormatType,
};
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-6";

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct City {
    name: String,
    inhabitants: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(&aws_config::load_from_env().await);

    let message = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text("The largest city of Norway?".to_owned()))
        .build()?;
    let schema = serde_json::to_string(&schema_for!(City))?;
    let definition = JsonSchemaDefinition::builder().name("City").schema(schema).build()?;
    let format = OutputFormat::builder()
        .r#type(OutputFormatType::JsonSchema)
        .structure(OutputFormatStructure::JsonSchema(definition))
        .build()?;
    let response = client
        .converse()
        .model_id(CLAUDE)
        .messages(message)
        .output_config(OutputConfig::builder().text_format(format).build())
        .send()
        .await?;
    let message = response.output().and_then(|output| output.as_message().ok()).ok_or("no message")?;
    let text = message.content().iter().find_map(|block| block.as_text().ok()).ok_or("no text")?;
    let city: City = serde_json::from_str(text)?;
    println!("{} has {} inhabitants", city.name, city.inhabitants);
    Ok(())
}
