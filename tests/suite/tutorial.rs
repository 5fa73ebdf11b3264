//! Tests the calls of a Converse tutorial as the bytes boto3 sends, signed, against the built-in fixtures.

use barerock_replay::{MatchMode, ReplayServer, Verify};
use barerock_sigv4::{Credentials, Signer, Timestamp};
use barerock_tests::client::Client;
use bytes::Bytes;
use http::Request;
use serde_json::Value;

const CLAUDE: &str = "anthropic.claude-sonnet-4-20250514";
const LLAMA: &str = "meta.llama3-1-70b-instruct-v1%3A0";
const MISTRAL: &str = "mistral.mistral-large-2407-v1%3A0";
const NOW: &str = "20261120T120000Z";

/// Builds a request with a user message and inference configuration, formatted as by Python's `json.dumps`.
fn ask(text: &str, max_tokens: u32, temperature: &str) -> String {
    format!(
        r#"{{"messages": [{{"role": "user", "content": [{{"text": "{text}"}}]}}], "inferenceConfig": {{"maxTokens": {max_tokens}, "temperature": {temperature}}}}}"#
    )
}

const SYSTEM: &str = r#"{"messages": [{"role": "user", "content": [{"text": "Write a Python binary search implementation."}]}], "system": [{"text": "You are a concise coding assistant. Return only code with brief comments."}], "inferenceConfig": {"maxTokens": 1024, "temperature": 0.2}}"#;

/// Builds a request of the tool round trip: later messages, then the tools.
fn weather(more_messages: &str) -> String {
    format!(
        r#"{{"messages": [{{"role": "user", "content": [{{"text": "What's the weather in Seattle?"}}]}}{more_messages}], "toolConfig": {{"tools": [{{"toolSpec": {{"name": "get_weather", "description": "Get the current weather for a given city.", "inputSchema": {{"json": {{"type": "object", "properties": {{"city": {{"type": "string", "description": "The city name, e.g. 'San Francisco'"}}}}, "required": ["city"]}}}}}}}}]}}, "inferenceConfig": {{"maxTokens": 1024}}}}"#
    )
}

/// Builds the messages that the tutorial appends after a tool use.
fn second_turn(message: &Value) -> String {
    let call = message["content"].as_array().unwrap().iter().find_map(|block| block.get("toolUse")).unwrap();
    assert_eq!(call["input"], serde_json::json!({"city": "Seattle"}));
    format!(
        r#", {message}, {{"role": "user", "content": [{{"toolResult": {{"toolUseId": {}, "content": [{{"json": {{"temperature": "54F", "condition": "cloudy", "humidity": "82%"}}}}]}}}}]}}"#,
        call["toolUseId"]
    )
}

struct Caller {
    client: Client,
    signer: Signer,
    credentials: Credentials,
}

impl Caller {
    async fn call(&mut self, model: &str, operation: &str, body: String) -> Bytes {
        let mut request = Request::post(format!("/model/{model}/{operation}"))
            .header("host", "localhost")
            .header("content-type", "application/json")
            .body(Bytes::from(body))
            .unwrap();
        let now = Timestamp::parse(NOW).unwrap();
        self.signer.sign_http(&mut request, &self.credentials, now).unwrap();
        let answer = self.client.send(request).await;
        assert_eq!(answer.status(), 200, "{:?}", answer.body());
        answer.into_body()
    }
}

#[tokio::test]
async fn every_call_of_the_tutorial_is_answered() {
    let credentials = Credentials::new("AKIDEXAMPLE", "not a secret", Some("TOKEN/+==".to_owned()));
    let verify = Verify::for_region("us-east-1")
        .with_credentials(credentials.clone())
        .with_clock(|| Timestamp::parse(NOW).ok());
    let replay = ReplayServer::builder().match_mode(MatchMode::Exact).verify(verify);
    let replay = replay.bind("127.0.0.1:0").await.unwrap();
    let client = Client::connect(replay.local_addr()).await;
    let mut caller = Caller { client, signer: Signer::new("us-east-1", "bedrock").unwrap(), credentials };

    let rest = "What are the tradeoffs between REST and GraphQL?";
    caller.call(CLAUDE, "converse", ask(rest, 512, "0.5")).await;
    caller.call(LLAMA, "converse", ask("Explain container orchestration.", 512, "0.7")).await;
    caller.call(MISTRAL, "converse", ask("Explain container orchestration.", 512, "0.7")).await;
    caller.call(CLAUDE, "converse-stream", SYSTEM.to_owned()).await;
    let turn: Value = serde_json::from_slice(&caller.call(CLAUDE, "converse", weather("")).await).unwrap();
    assert_eq!(turn["stopReason"], "tool_use");
    let body = weather(&second_turn(&turn["output"]["message"]));
    let turn: Value = serde_json::from_slice(&caller.call(CLAUDE, "converse", body).await).unwrap();
    assert_eq!(turn["stopReason"], "end_turn");
    assert!(turn["output"]["message"]["content"][0]["text"].is_string());
    for model in [CLAUDE, LLAMA, MISTRAL] {
        caller.call(model, "converse", ask("Explain RLHF in two sentences.", 512, "0.5")).await;
    }

    let answered: Vec<_> = replay.requests().into_iter().filter_map(|request| request.fixture).collect();
    assert_eq!(
        answered,
        [
            "tutorial-converse",
            "tutorial-converse-llama",
            "tutorial-converse-mistral",
            "tutorial-stream",
            "tutorial-tool-turn-1",
            "tutorial-tool-turn-2",
            "tutorial-helper-claude",
            "tutorial-helper-llama",
            "tutorial-helper-mistral",
        ]
    );
    replay.shutdown().await;
}
