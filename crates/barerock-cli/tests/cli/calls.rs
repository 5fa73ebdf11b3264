//! `barerock converse` and `barerock converse-stream`.

use serde_json::{Value, json};

use crate::program::{Server, bare, fixtures, run, with_credentials};

const CLAUDE: &str = "anthropic.claude-sonnet-4-20250514";

/// A fixture's request, with its model id, as `--cli-input-json` takes it.
fn request(name: &str, model_id: &str) -> Value {
    let file = std::fs::File::open(fixtures().join(name).join("request.json")).unwrap();
    let request: Value = serde_json::from_reader(file).unwrap();
    let mut body: Value = serde_json::from_str(request["body"].as_str().unwrap()).unwrap();
    body["modelId"] = model_id.into();
    body
}

#[test]
fn converse_prints_the_response_as_the_aws_cli_does() {
    let server = Server::start(&["--match", "exact"]);
    let messages =
        r#"[{"role":"user","content":[{"text":"What are the tradeoffs between REST and GraphQL?"}]}]"#;
    let ran = run(
        with_credentials(&[
            "converse",
            "--endpoint-url",
            &server.url,
            "--model-id",
            CLAUDE,
            "--messages",
            messages,
            "--inference-config",
            r#"{"maxTokens":512,"temperature":0.5}"#,
        ]),
        "",
    );
    assert_eq!((ran.code, &*ran.err), (0, ""), "{ran:?}");
    assert!(ran.out.starts_with("{\n    \"output\": {\n        \"message\": {\n"), "{}", ran.out);
    let response: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(response["stopReason"], "end_turn");
    assert!(response["usage"]["totalTokens"].is_u64() && response["metrics"]["latencyMs"].is_u64());
}

#[test]
fn the_tool_round_by_cli_input_json() {
    let server = Server::start(&["--match", "exact"]);
    let call = |command: &str, input: &Value, output: &[&str]| {
        let mut arguments = vec![command, "--endpoint-url", &server.url, "--cli-input-json", "-"];
        arguments.extend(output);
        let ran = run(with_credentials(&arguments), &input.to_string());
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out
    };
    let turn_1 = request("tutorial-tool-turn-1", CLAUDE);
    let response: Value = serde_json::from_str(&call("converse", &turn_1, &[])).unwrap();
    let streamed: Value =
        serde_json::from_str(&call("converse-stream", &turn_1, &["--output", "message"])).unwrap();
    assert_eq!(response["stopReason"], "tool_use");
    assert_eq!(streamed["output"], response["output"], "assembled equals asked whole");

    let turn_2 = request("tutorial-tool-turn-2", CLAUDE);
    let text = call("converse-stream", &turn_2, &["--output", "text"]);
    assert!(text.contains("Seattle") && text.ends_with('\n'), "{text}");
}

#[test]
fn events_are_lines_in_boto3s_shape() {
    let arguments = ["converse-stream", "--offline", "--cli-input-json", "-"];
    let ran = run(bare(&arguments), &request("tutorial-tool-stream-turn-1", CLAUDE).to_string());
    assert_eq!(ran.code, 0, "{ran:?}");
    let events: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events[0], json!({"messageStart": {"role": "assistant"}}));
    let input: String = events
        .iter()
        .filter_map(|event| event["contentBlockDelta"]["delta"]["toolUse"]["input"].as_str())
        .collect();
    assert_eq!(serde_json::from_str::<Value>(&input).unwrap(), json!({"city": "Seattle"}));
    assert_eq!(events[events.len() - 2], json!({"messageStop": {"stopReason": "tool_use"}}));
    assert!(events[events.len() - 1]["metadata"]["usage"]["totalTokens"].is_u64());
}

#[test]
fn a_file_and_an_option_beat_each_other_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("request.json");
    std::fs::write(&path, request("chat", "some.other-model").to_string()).unwrap();
    let server = Server::start(&["--match", "exact"]);
    let ran = run(
        with_credentials(&[
            "converse",
            "--endpoint-url",
            &server.url,
            "--cli-input-json",
            &format!("file://{}", path.display()),
            "-m",
            "us.anthropic.claude-sonnet-4-6",
        ]),
        "",
    );
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_partial_message_comes_before_the_error() {
    let server = Server::start(&["--fault", "truncate=900"]);
    for (output, holds) in [("events", "contentBlockDelta"), ("message", "\"content\""), ("text", "REST")] {
        let input = request("chat", "us.anthropic.claude-sonnet-4-6").to_string();
        let arguments =
            ["converse-stream", "--endpoint-url", &server.url, "--output", output, "--cli-input-json", "-"];
        let ran = run(with_credentials(&arguments), &input);
        assert_eq!(ran.code, 4, "{ran:?}");
        assert!(ran.out.contains(holds) && !ran.out.contains("stopReason"), "{output}: {}", ran.out);
        assert!(ran.err.contains("cut off") && ran.err.contains("offset"), "{}", ran.err);
    }
}

#[test]
fn count_tokens_and_apply_guardrail() {
    let mut body = request("chat", "");
    body.as_object_mut().unwrap().remove("modelId");
    let arguments = ["count-tokens", "--offline", "-m", "us.anthropic.claude-sonnet-4-6", "--input", "-"];
    let ran = run(bare(&arguments), &json!({ "converse": body }).to_string());
    assert_eq!(ran.code, 0, "{ran:?}");
    let response: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(response["inputTokens"].is_u64(), "{response}");

    // No fixture answers it, so what was asked comes back in the refusal.
    let server = Server::start(&[]);
    let guardrail = ["apply-guardrail", "--guardrail-identifier", "abc123", "--guardrail-version", "DRAFT"];
    let content =
        ["--source", "INPUT", "--content", r#"[{"text":{"text":"hi"}}]"#, "--endpoint-url", &server.url];
    let ran = run(with_credentials(&[&guardrail[..], &content].concat()), "");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("/guardrail/abc123/version/DRAFT/apply"), "{}", ran.err);
}

#[test]
fn a_skeleton_is_a_request() {
    for command in ["converse", "converse-stream"] {
        let skeleton = run(bare(&[command, "--generate-cli-skeleton"]), "");
        assert_eq!(skeleton.code, 0);
        let ran = run(bare(&[command, "--offline", "--cli-input-json", "-"]), &skeleton.out);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

#[test]
fn what_the_service_would_refuse_is_refused_before() {
    let messages =
        r#"[{"role":"user","content":[{"toolUse":{"toolUseId":"a","name":"no spaces","input":{}}}]}]"#;
    let arguments = ["converse", "--offline", "-m", "us.anthropic.claude-sonnet-4-6", "--messages", messages];
    let ran = run(bare(&arguments), "");
    assert_eq!((ran.code, &*ran.out), (2, ""), "{ran:?}");
    assert!(ran.err.contains("messages[0].content[0].toolUse.name"), "{}", ran.err);
    let ran = run(bare(&[&arguments[..], &["--no-validate"]].concat()), "");
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn frames_are_the_ones_that_barerock_frames_prints() {
    let file = fixtures().join("chat-stream").join("response.body");
    let expected = run(bare(&["frames", "--output", "json", file.to_str().unwrap()]), "");
    let input = request("chat-stream", "us.anthropic.claude-sonnet-4-6").to_string();
    let ran =
        run(bare(&["converse-stream", "--offline", "--output", "frames", "--cli-input-json", "-"]), &input);
    assert_eq!((ran.code, &ran.out), (0, &expected.out), "{}", ran.err);

    for (fault, code, verdict) in [
        ("truncate=900", 4, "truncated"),
        ("close-after=900", 4, "truncated"),
        ("exception=throttlingException:3", 3, "exception"),
    ] {
        let server = Server::start(&["--fault", fault]);
        let arguments =
            ["converse-stream", "--endpoint-url", &server.url, "--output", "frames", "--cli-input-json", "-"];
        let ran = run(with_credentials(&arguments), &input);
        assert_eq!(ran.code, code, "{fault}: {ran:?}");
        let last: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
        assert_eq!(last["verdict"], verdict, "{fault}");
    }
}
