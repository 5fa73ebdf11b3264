//! A response that is JSON of a given schema, read into a type.

use barerock::ConverseRequest;
use barerock::types::{Message, OutputConfig};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;
use serde::Deserialize;
use serde_json::json;

#[derive(Debug, Deserialize)]
struct City {
    name: String,
    inhabitants: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client =
        barerock_examples::client([Fixture::text(CLAUDE, r#"{"name": "Oslo", "inhabitants": 717710}"#)])
            .await?;

    let schema = json!({
        "type": "object",
        "properties": {"name": {"type": "string"}, "inhabitants": {"type": "integer"}},
        "required": ["name", "inhabitants"],
        "additionalProperties": false,
    });
    let mut request = ConverseRequest::new(CLAUDE, [Message::user("The largest city of Norway?")]);
    request.output_config = Some(OutputConfig::json_schema(schema));
    let response = client.converse(&request).await?;
    let city: City = serde_json::from_str(&response.text())?;
    println!("{} has {} inhabitants", city.name, city.inhabitants);
    Ok(())
}
