//! Tests of the tool loop against a replay server in place of the model.

use core::future::ready;
use core::time::Duration;
use std::sync::{Arc, Mutex};

use barerock::conversation::Conversation;
use barerock::tools::{ToolBox, ToolBoxError};
use barerock::types::{ContentBlock, ToolUseBlock};
use barerock::{Client, ConverseRequest, Credentials, RetryPolicy};
use barerock_hyper::HyperTransport;
use barerock_replay::{Fixture, Fixtures, MatchMode, ReplayServer};
use serde_json::{Value, json};
use tokio::sync::Barrier;

const MODEL: &str = "us.anthropic.claude-sonnet-4-6";

struct Run {
    replay: ReplayServer,
    client: Client<HyperTransport>,
    conversation: Conversation,
}

impl Run {
    /// A conversation with a model that responds with these fixtures, each once.
    async fn new(fixtures: impl IntoIterator<Item = Fixture>) -> Self {
        let replay = ReplayServer::builder()
            .fixtures(Fixtures::new(fixtures))
            .match_mode(MatchMode::InOrder)
            .bind("127.0.0.1:0")
            .await
            .unwrap();
        let client = Client::builder(HyperTransport::new())
            .retry(RetryPolicy::off())
            .region("us-east-1")
            .endpoint_url(replay.url())
            .credentials(Credentials::new("AKIDEXAMPLE", "SQUIRREL", None))
            .build()
            .unwrap();
        let mut conversation = Conversation::new(ConverseRequest::new(MODEL, []));
        conversation.push_user("Compare the weather.");
        Self { replay, client, conversation }
    }

    /// Runs the tools; returns the text of the answer and the text that was shown.
    async fn run(&mut self, tools: &ToolBox) -> Result<(String, String), ToolBoxError> {
        let mut shown = String::new();
        let answer = tools
            .run(&self.client, &mut self.conversation, |event| {
                shown.push_str(event.text().unwrap_or_default());
            })
            .await?;
        Ok((answer.text(), shown))
    }

    /// The tool results of a request, counted from 0.
    fn results(&self, request: usize) -> Vec<Value> {
        let body: Value = serde_json::from_slice(&self.replay.requests()[request].body).unwrap();
        let last = body["messages"].as_array().unwrap().last().unwrap().clone();
        last["content"].as_array().unwrap().iter().map(|block| block["toolResult"].clone()).collect()
    }
}

/// A response that calls tools: name and input of each.
fn calls<const N: usize>(calls: [(&str, Value); N]) -> Fixture {
    let blocks = calls.into_iter().enumerate().map(|(number, (name, input))| {
        ContentBlock::ToolUse(ToolUseBlock::new(format!("id-{number}"), name, input))
    });
    Fixture::message(MODEL, [ContentBlock::from("Let me see. ")].into_iter().chain(blocks))
}

fn schema() -> Value {
    json!({"type": "object"})
}

#[tokio::test]
async fn calls_of_one_response_run_at_the_same_time_and_keep_their_order() {
    let cities = ["Oslo", "Rome", "Lima"];
    let mut run = Run::new([
        calls(cities.map(|city| ("weather", json!({"city": city})))),
        Fixture::text(MODEL, "Lima is warmest."),
    ])
    .await;
    // None of the three continues before all have begun.
    let barrier = Arc::new(Barrier::new(3));
    let tools = ToolBox::new().tool("weather", "Weather of a city", schema(), move |input: Value| {
        let barrier = Arc::clone(&barrier);
        async move {
            barrier.wait().await;
            Ok::<_, String>(json!({"in": input["city"]}))
        }
    });
    let (answer, shown) = run.run(&tools).await.unwrap();
    assert_eq!(answer, "Lima is warmest.");
    assert_eq!(shown, "Let me see. Lima is warmest.");
    let sent: Vec<Value> =
        run.results(1).iter().map(|result| result["content"][0]["json"]["in"].clone()).collect();
    assert_eq!(sent, cities);
    let first: Value = serde_json::from_slice(&run.replay.requests()[0].body).unwrap();
    assert_eq!(first["toolConfig"]["tools"][0]["toolSpec"]["name"], "weather");
    assert_eq!(run.conversation.messages().len(), 4);
}

#[tokio::test]
async fn what_goes_wrong_with_a_call_is_told_to_the_model() {
    #[derive(serde::Deserialize)]
    struct Input {
        count: u8,
    }
    let mut run = Run::new([
        calls([
            ("double", json!({"count": "many"})),
            ("double", json!({"count": 200})),
            ("double", json!({"count": 4})),
            ("delete", json!({})),
            ("unheard_of", json!({})),
            ("double", json!(["no", "object"])),
        ]),
        Fixture::text(MODEL, "Eight."),
    ])
    .await;
    let tools = ToolBox::new()
        .tool("double", "Doubles", schema(), |input: Input| {
            ready(input.count.checked_mul(2).map(|product| product.to_string()).ok_or("too much"))
        })
        .tool("delete", "Deletes everything", schema(), |_: Value| ready(Ok::<_, String>("gone")))
        .approve(|call| ready(call.name != "delete"));
    run.run(&tools).await.unwrap();
    let results = run.results(1);
    let texts: Vec<(&str, &str)> = results
        .iter()
        .map(|result| (result["status"].as_str().unwrap(), result["content"][0]["text"].as_str().unwrap()))
        .collect();
    assert_eq!(texts.len(), 6);
    assert_eq!(texts[0].0, "error");
    assert!(
        texts[0].1.starts_with("invalid input: ") && texts[0].1.contains("expected u8"),
        "{}",
        texts[0].1
    );
    assert_eq!(texts[1], ("error", "too much"));
    assert_eq!(texts[2], ("success", "8"));
    assert_eq!(texts[3], ("error", "the user did not approve this call"));
    assert_eq!(texts[4], ("error", "unknown tool unheard_of"));
    assert_eq!(texts[5], ("error", "the input is not a JSON object"));
}

#[tokio::test]
async fn limits_end_a_run() {
    let call = || calls([("again", json!({})), ("again", json!({}))]);
    let again = |pause: Duration| {
        ToolBox::new().tool("again", "Again", schema(), move |_: Value| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, String>(json!(7))
        })
    };
    let mut run = Run::new([call(), call(), call()]).await;
    let error = run.run(&again(Duration::ZERO).max_turns(2)).await.unwrap_err();
    assert_eq!(error.to_string(), "the model still calls tools after 2 requests");
    // The history can be continued: it ends with the results, which are text, because 7 is not an object.
    assert_eq!(run.results(1)[1]["content"][0]["text"], "7");

    let mut run = Run::new([call(), call(), call()]).await;
    let error = run.run(&again(Duration::ZERO).max_calls(3)).await.unwrap_err();
    assert_eq!(error.to_string(), "the model made more than 3 tool calls");

    let mut run = Run::new([call(), Fixture::text(MODEL, "Never.")]).await;
    let tools = again(Duration::from_secs(60)).time_limit(Duration::from_millis(300));
    let error = run.run(&tools).await.unwrap_err();
    assert!(matches!(error, ToolBoxError::Timeout(_)), "{error}");
    assert_eq!(run.replay.requests().len(), 1);

    let mut run = Run::new([Fixture::error(MODEL, 400, "ValidationException", "no")]).await;
    let error = run.run(&again(Duration::ZERO)).await.unwrap_err();
    assert!(matches!(error, ToolBoxError::Request(_)), "{error}");
    assert_eq!(run.conversation.messages().len(), 1, "the question alone");
}

#[tokio::test]
async fn a_type_is_its_own_schema() {
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    struct Place {
        /// The name of the city.
        city: String,
    }
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut run =
        Run::new([calls([("visit", json!({"city": "Oslo"}))]), Fixture::text(MODEL, "Done.")]).await;
    let visited = Arc::clone(&seen);
    let tools = ToolBox::new().typed_tool("visit", "Visits a city", move |place: Place| {
        visited.lock().unwrap().push(place.city);
        ready(Ok::<_, String>("visited"))
    });
    run.run(&tools).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["Oslo"]);
    let body: Value = serde_json::from_slice(&run.replay.requests()[0].body).unwrap();
    let schema = &body["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"];
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["required"], json!(["city"]));
    assert_eq!(schema["properties"]["city"]["description"], "The name of the city.");
}
