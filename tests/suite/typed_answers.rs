//! `converse_as`: how a typed answer is requested, and which responses are one.

use std::collections::HashMap;

use barerock::types::{Message, Tool};
use barerock::{Client, ConverseRequest, Credentials, ErrorKind, RetryPolicy, TypedFormat};
use barerock_hyper::HyperTransport;
use barerock_tests::peer::{Peer, Reply};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Takes textFormat and a forced tool; neither a text format; neither of them.
const BOTH: &str = "us.anthropic.claude-sonnet-4-6";
const TOOL_ONLY: &str = "us.anthropic.claude-opus-4-7";
const TEXT_ONLY: &str = "us.anthropic.claude-sonnet-5-5";
const NEITHER: &str = "us.meta.llama3-1-70b-instruct-v1:0";
const UNKNOWN: &str = "arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl";

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct City {
    name: String,
    inhabitants: u64,
}

impl City {
    fn oslo() -> Self {
        Self { name: "Oslo".to_owned(), inhabitants: 717_710 }
    }

    fn json() -> Value {
        json!({"name": "Oslo", "inhabitants": 717_710})
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "its schema is tested")]
struct Counts {
    by_name: HashMap<String, u64>,
}

/// A model that always returns this content.
struct Model {
    peer: Peer,
    client: Client<HyperTransport>,
}

impl Model {
    async fn returns(content: Value, stop_reason: &str) -> Self {
        let message = json!({"role": "assistant", "content": content});
        let usage = json!({"inputTokens": 1, "outputTokens": 2, "totalTokens": 3});
        let body = json!({
            "output": {"message": message}, "stopReason": stop_reason, "usage": usage, "metrics": {"latencyMs": 1},
        });
        let body = body.to_string();
        let peer = Peer::start(move |_| Reply::ok(&body)).await;
        let client = Client::builder(HyperTransport::new())
            .region("us-east-1")
            .endpoint_url(peer.url())
            .credentials(Credentials::new("AKIDEXAMPLE", "SQUIRREL-of-sixteen-bytes", None))
            .retry(RetryPolicy::off())
            .build()
            .unwrap();
        Self { peer, client }
    }

    /// The body of the one request.
    fn request(&self) -> Value {
        let asked = self.peer.asked();
        assert_eq!(asked.len(), 1);
        serde_json::from_slice(asked[0].body()).unwrap()
    }
}

fn question(model: &str) -> ConverseRequest {
    ConverseRequest::new(model, [Message::user("The largest city of Norway?")])
}

fn text(value: &Value) -> Value {
    json!([{"text": value.to_string()}])
}

fn call(input: &Value) -> Value {
    json!([{"text": "Looking."}, {"toolUse": {"toolUseId": "t", "name": "City", "input": input}}])
}

#[tokio::test]
async fn by_text_format() {
    let model = Model::returns(text(&City::json()), "end_turn").await;
    let city = model.client.converse_as::<City>(&question(BOTH)).await.unwrap();
    assert_eq!((city.value, city.format), (City::oslo(), TypedFormat::TextFormat));
    assert_eq!((city.response.usage.total_tokens, city.response.attempts()), (3, 1));
    let request = model.request();
    assert_eq!(request["toolConfig"], Value::Null);
    let format = &request["outputConfig"]["textFormat"];
    assert_eq!(format["type"], "json_schema");
    let schema: Value =
        serde_json::from_str(format["structure"]["jsonSchema"]["schema"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&schema["additionalProperties"], &schema["required"]),
        (&json!(false), &json!(["name", "inhabitants"]))
    );
}

#[tokio::test]
async fn by_forced_tool() {
    let model = Model::returns(call(&City::json()), "tool_use").await;
    let request = question(TOOL_ONLY).tool(Tool::new("other", json!({"type": "object"})));
    let city = model.client.converse_as::<City>(&request).await.unwrap();
    assert_eq!((city.value, city.format), (City::oslo(), TypedFormat::ForcedTool));
    let config = &model.request()["toolConfig"];
    assert_eq!(config["toolChoice"], json!({"tool": {"name": "City"}}));
    let names: Vec<_> =
        config["tools"].as_array().unwrap().iter().map(|tool| &tool["toolSpec"]["name"]).collect();
    assert_eq!(names, ["other", "City"]);
}

/// A type whose schema a text format cannot have is requested by a tool.
#[tokio::test]
async fn maps_need_a_tool() {
    let model = Model::returns(json!([]), "end_turn").await;
    let error = model.client.converse_as::<Counts>(&question(BOTH)).await.unwrap_err();
    assert_eq!(error.to_string(), "response without a call of Counts (stop reason end_turn)");
    assert_eq!(model.request()["toolConfig"]["toolChoice"], json!({"tool": {"name": "Counts"}}));
}

#[tokio::test]
async fn a_cut_answer() {
    for (id, content, stop_reason, expected) in [
        (BOTH, json!([{"text": "{\"name\": \"Os"}]), "max_tokens", "text was cut by max_tokens"),
        (BOTH, json!([]), "model_context_window_exceeded", "text was cut by model_context_window_exceeded"),
        (TOOL_ONLY, call(&json!({})), "max_tokens", "tool input was cut by max_tokens"),
        // It is an object of the type, but the model was not done.
        (TOOL_ONLY, call(&City::json()), "max_tokens", "tool input was cut by max_tokens"),
        (TOOL_ONLY, json!([{"text": "I will"}]), "max_tokens", "tool input was cut by max_tokens"),
    ] {
        let model = Model::returns(content, stop_reason).await;
        let error = model.client.converse_as::<City>(&question(id)).await.unwrap_err();
        assert_eq!((error.to_string(), error.kind()), (expected.to_owned(), ErrorKind::Wire));
        assert!(error.hint().unwrap().contains("max_tokens"));
        assert!(error.partial().is_some());
    }
}

#[tokio::test]
async fn a_refusal() {
    for (id, stop_reason, expected) in [
        (BOTH, "end_turn", "text is not the JSON expected: expected value"),
        (BOTH, "guardrail_intervened", "text is not the JSON expected (stop reason guardrail_intervened): "),
        (TOOL_ONLY, "end_turn", "response without a call of City (stop reason end_turn)"),
    ] {
        let model = Model::returns(json!([{"text": "I cannot say."}]), stop_reason).await;
        let error = model.client.converse_as::<City>(&question(id)).await.unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
        assert_eq!(error.partial().unwrap().text(), "I cannot say.");
    }
    let model = Model::returns(text(&json!({"name": 7})), "end_turn").await;
    let error = model.client.converse_as::<City>(&question(BOTH)).await.unwrap_err().to_string();
    assert!(error.starts_with("text is not the JSON expected: invalid type: integer `7`"), "{error}");
}

#[tokio::test]
async fn a_model_that_takes_neither() {
    let model = Model::returns(text(&City::json()), "end_turn").await;
    let client = &model.client;
    let thinks = question(TOOL_ONLY)
        .additional_model_request_fields(json!({"thinking": {"type": "enabled", "budget_tokens": 1024}}));
    for (error, expected) in [
        (
            client.converse_as::<City>(&question(NEITHER)).await.unwrap_err(),
            format!(
                "no typed answer: {NEITHER} does not take outputConfig.textFormat; {NEITHER} does not take a forced tool"
            ),
        ),
        (
            client.converse_as::<City>(&question(UNKNOWN)).await.unwrap_err(),
            format!(
                "no typed answer: it is not known whether {UNKNOWN} takes outputConfig.textFormat; nor whether it takes a forced tool"
            ),
        ),
        (
            client.converse_as::<City>(&thinks).await.unwrap_err(),
            format!(
                "no typed answer: {TOOL_ONLY} does not take outputConfig.textFormat; reasoning is on, with which the model takes no forced tool"
            ),
        ),
        (
            client.converse_as::<Counts>(&question(TEXT_ONLY)).await.map(drop).unwrap_err(),
            format!(
                "no typed answer: Counts has no schema for outputConfig.textFormat (it has maps); {TEXT_ONLY} does not take a forced tool"
            ),
        ),
    ] {
        assert_eq!((error.to_string(), error.kind(), error.attempts()), (expected, ErrorKind::Request, 0));
        assert!(error.hint().unwrap().contains("converse_as_with"));
    }
    let error = client.converse_as::<Vec<u8>>(&question(BOTH)).await.unwrap_err();
    assert!(error.to_string().ends_with("is of type array: expected object"), "{error}");
    assert!(model.peer.asked().is_empty());

    // The caller knows better.
    let city = client.converse_as_with::<City>(&question(UNKNOWN), TypedFormat::TextFormat).await.unwrap();
    assert_eq!(city.value, City::oslo());
}
