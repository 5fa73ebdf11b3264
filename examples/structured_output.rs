//! A response read into a type, whose schema the model is given.

use barerock::ConverseRequest;
use barerock::types::Message;
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Debug, Deserialize, JsonSchema)]
struct City {
    name: String,
    inhabitants: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client =
        barerock_examples::client([Fixture::text(CLAUDE, r#"{"name": "Oslo", "inhabitants": 717710}"#)])
            .await?;

    let request = ConverseRequest::new(CLAUDE, [Message::user("The largest city of Norway?")]);
    let city: City = client.converse_as(&request).await?.value;
    println!("{} has {} inhabitants", city.name, city.inhabitants);
    Ok(())
}
