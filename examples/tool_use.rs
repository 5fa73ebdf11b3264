//! Tool use by hand: the model requests a tool, the program runs it, the model answers.

use barerock::ConverseRequest;
use barerock::types::{Message, Tool, ToolResultBlock};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct WeatherInput {
    city: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = barerock_examples::client([
        Fixture::tool_use(CLAUDE, "get_weather", json!({"city": "Seattle"})),
        Fixture::text(CLAUDE, "It is 54°F and cloudy in Seattle."),
    ])
    .await?;

    let tool = Tool::new(
        "get_weather",
        json!({
            "type": "object",
            "properties": {"city": {"type": "string", "description": "The city name, e.g. 'San Francisco'"}},
            "required": ["city"],
        }),
    )
    .description("Get the current weather for a given city.");
    let mut request = ConverseRequest::new(CLAUDE, [Message::user("What's the weather in Seattle?")])
        .tool(tool)
        .max_tokens(1024);

    loop {
        let response = client.converse(&request).await?;
        let mut results = Vec::new();
        for call in response.tool_uses() {
            let input: WeatherInput = call.input.parse()?;
            println!("the model calls {} for {}", call.name, input.city);
            let weather = json!({"temperature": "54F", "condition": "cloudy", "humidity": "82%"});
            results.push(ToolResultBlock::json(&call.tool_use_id, weather));
        }
        if results.is_empty() {
            println!("{}", response.text());
            return Ok(());
        }
        request.messages.extend(response.into_message());
        request.messages.push(Message::tool_results(results));
    }
}
