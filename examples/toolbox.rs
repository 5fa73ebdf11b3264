//! Tools as functions: the loop calls them, at the same time where the model calls several, until the model ends its turn.

use barerock::ConverseRequest;
use barerock::conversation::Conversation;
use barerock::tools::ToolBox;
use barerock::types::{ContentBlock, ToolUseBlock};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize, schemars::JsonSchema)]
struct Weather {
    /// The city name, e.g. 'San Francisco'.
    city: String,
}

#[derive(Deserialize, schemars::JsonSchema)]
struct Convert {
    /// Degrees Fahrenheit.
    fahrenheit: f64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let call = |id: &str, city: &str| ToolUseBlock::new(id, "get_weather", json!({"city": city}));
    let client = barerock_examples::client([
        Fixture::message(
            CLAUDE,
            [
                ContentBlock::from("I'll look. "),
                call("1", "Seattle").into(),
                call("2", "Oslo").into(),
                call("3", "Rome").into(),
            ],
        ),
        Fixture::tool_use(CLAUDE, "to_celsius", json!({"fahrenheit": 54})),
        Fixture::text(CLAUDE, "Seattle has 54°F, that is 12°C; Oslo is colder, Rome is warmer."),
    ])
    .await?;

    let tools = ToolBox::new()
        .typed_tool("get_weather", "Get the current weather for a city.", |input: Weather| async move {
            eprintln!("looking up {}", input.city);
            Ok::<_, String>(json!({"city": input.city, "temperature": "54F"}))
        })
        .typed_tool("to_celsius", "Converts a temperature.", |input: Convert| async move {
            let celsius = (input.fahrenheit - 32.0) / 1.8;
            if celsius < -273.15 { Err("below absolute zero") } else { Ok(format!("{celsius:.0}")) }
        })
        .max_turns(5);

    let mut conversation = Conversation::new(ConverseRequest::new(CLAUDE, []));
    conversation.push_user("Compare the weather in Seattle, Oslo and Rome, in Celsius.");
    let answer =
        tools.run(&client, &mut conversation, |event| print!("{}", event.text().unwrap_or_default())).await?;
    println!("\n{} messages, stop reason {}", conversation.messages().len(), answer.stop_reason().as_str());
    Ok(())
}
