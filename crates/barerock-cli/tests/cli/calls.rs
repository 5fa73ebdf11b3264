//! `barerock converse` and `barerock converse-stream`.

use serde_json::{Value, json};

use crate::program::{Server, bare, fixtures, run, with_credentials};

const CLAUDE: &str = "anthropic.claude-sonnet-4-20250514";

/// The body of a fixture's request.
fn request(name: &str) -> Value {
    let file = std::fs::File::open(fixtures().join(name).join("request.json")).unwrap();
    let request: Value = serde_json::from_reader(file).unwrap();
    serde_json::from_str(request["body"].as_str().unwrap()).unwrap()
}

/// A fixture's request, with its model id, as `--cli-input-json` takes it.
fn request_to(model_id: &str, name: &str) -> Value {
    let mut body = request(name);
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
    // Members in the order of the service.
    assert!(ran.out.starts_with("{\n    \"metrics\": {\n        \"latencyMs\": "), "{}", ran.out);
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
    let turn_1 = request_to(CLAUDE, "tutorial-tool-turn-1");
    let response: Value = serde_json::from_str(&call("converse", &turn_1, &[])).unwrap();
    let streamed: Value =
        serde_json::from_str(&call("converse-stream", &turn_1, &["--output", "message"])).unwrap();
    assert_eq!(response["stopReason"], "tool_use");
    assert_eq!(streamed["output"], response["output"], "assembled equals asked whole");

    let turn_2 = request_to(CLAUDE, "tutorial-tool-turn-2");
    let text = call("converse-stream", &turn_2, &["--output", "text"]);
    assert!(text.contains("Seattle") && text.ends_with('\n'), "{text}");
}

#[test]
fn events_are_lines_in_boto3s_shape() {
    let arguments = ["converse-stream", "--offline", "--cli-input-json", "-"];
    let ran = run(bare(&arguments), &request_to(CLAUDE, "tutorial-tool-stream-turn-1").to_string());
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
    std::fs::write(&path, request_to("some.other-model", "chat").to_string()).unwrap();
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
        let input = request_to("us.anthropic.claude-sonnet-4-6", "chat").to_string();
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
    let body = request("chat");
    let arguments = ["count-tokens", "--offline", "-m", "us.anthropic.claude-sonnet-4-6", "--input", "-"];
    let ran = run(bare(&arguments), &json!({ "converse": body }).to_string());
    assert_eq!(ran.code, 0, "{ran:?}");
    let response: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(response["inputTokens"].is_u64(), "{response}");

    let content = r#"[{"text":{"text":"Write to ada@example.com, she knows."}}]"#;
    let guardrail = ["apply-guardrail", "--source", "OUTPUT", "--output-scope", "FULL", "--content", content];
    let apply = |identifier: &str, version: &str, server: &Server| {
        let asked = ["--guardrail-identifier", identifier, "--guardrail-version", version];
        let endpoint = ["--endpoint-url", &*server.url];
        run(with_credentials(&[&guardrail[..], &asked, &endpoint].concat()), "")
    };
    let server = Server::start(&[]);
    let ran = apply("gr4rdr41l0ab", "1", &server);
    assert_eq!(ran.code, 0, "{ran:?}");
    let response: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(response["action"], "GUARDRAIL_INTERVENED");
    assert_eq!(response["outputs"][0]["text"], "Write to {EMAIL}, she knows.");
    // Another guardrail: no fixture answers it, so what was asked comes back in the refusal.
    let ran = apply("abc123", "DRAFT", &server);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains(r#"apply-guardrail for guardrail "abc123" version "DRAFT""#), "{}", ran.err);
    assert!(ran.err.contains("this operation has fixtures for: gr4rdr41l0ab version 1"), "{}", ran.err);
}

#[test]
fn guardrail_checks() {
    let server = Server::start(&[]);
    let input = request("guardrail-checks");
    let options = |messages: &str, checks: &str| {
        let arguments = ["invoke-guardrail-checks", "--messages", messages, "--checks", checks];
        run(with_credentials(&[&arguments[..], &["--endpoint-url", &server.url]].concat()), "")
    };
    let (messages, checks) = (input["messages"].to_string(), input["checks"].to_string());
    let ran = options(&messages, &checks);
    assert_eq!((ran.code, &*ran.err), (0, ""), "{ran:?}");
    assert!(ran.out.starts_with("{\n    \"results\": {\n        \"contentFilter\": {\n"), "{}", ran.out);
    let response: Value = serde_json::from_str(&ran.out).unwrap();
    let found = &response["results"]["sensitiveInformation"]["results"][0];
    let text = input["messages"][1]["content"][0]["text"].as_str().unwrap();
    let offset = |name: &str| usize::try_from(found[name].as_u64().unwrap()).unwrap();
    assert_eq!(&text[offset("beginOffset")..offset("endOffset")], "ada@example.com");
    assert_eq!(response["usage"]["promptAttack"]["textUnits"], 1);

    for (messages, checks, path) in [
        ("[]", &*checks, "messages has 0 entries"),
        (r#"[{"role":"user","content":[{"text":""}]}]"#, &checks, "messages[0].content[0].text is empty"),
        (&messages, r#"{"promptAttack":{"categories":[]}}"#, "checks.promptAttack.categories has 0 entries"),
        (&messages, r#"{"prompt_attack":{}}"#, "checks.prompt_attack is not a member"),
    ] {
        let ran = options(messages, checks);
        assert_eq!((ran.code, &*ran.out), (2, ""), "{ran:?}");
        assert!(ran.err.contains(path), "{path}: {}", ran.err);
    }
}

#[test]
fn a_skeleton_is_a_request() {
    for command in
        ["converse", "converse-stream", "count-tokens", "apply-guardrail", "invoke-guardrail-checks"]
    {
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

/// Documents are any JSON in the service model, so what is written as JSON goes out, and the warning says what the service takes.
#[test]
fn a_document_that_is_no_object_is_sent_with_a_warning() {
    let block = r#"{"toolUse":{"toolUseId":"a","name":"weather","input":["Oslo"]}}"#;
    let messages = format!(r#"[{{"role":"assistant","content":[{block}]}}]"#);
    for command in ["converse", "converse-stream"] {
        let ran = run(
            bare(&[command, "--offline", "-m", "us.anthropic.claude-sonnet-4-6", "--messages", &messages]),
            "",
        );
        assert_eq!(ran.code, 0, "{ran:?}");
        let warning = "warning: messages[0].content[0].toolUse.input is a list, but must be a JSON object\n";
        assert_eq!(ran.err.matches(warning).count(), 1, "{}", ran.err);
    }
}

#[test]
fn frames_are_the_ones_that_barerock_frames_prints() {
    let file = fixtures().join("chat-stream").join("response.body");
    let expected = run(bare(&["frames", "--output", "json", file.to_str().unwrap()]), "");
    let input = request_to("us.anthropic.claude-sonnet-4-6", "chat-stream").to_string();
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

/// A spinner with the seconds, on standard error of a terminal alone.
#[test]
#[cfg(unix)]
fn a_terminal_shows_how_long_the_response_takes() {
    use crate::terminal::{shown_until, terminal};
    let server = Server::start(&["--match", "any", "--fault", "stall=1500ms"]);
    for (term, spins) in [(Some("xterm"), true), (Some("dumb"), false)] {
        let (mut person, program) = terminal();
        let messages = r#"[{"role":"user","content":[{"text":"hi"}]}]"#;
        let arguments = ["converse", "--endpoint-url", &server.url, "-m", "m.x", "--messages", messages];
        let mut command = with_credentials(&arguments);
        command.envs(term.map(|term| ("TERM", term)));
        command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped()).stderr(program);
        let child = command.spawn().unwrap();
        drop(command);
        let output = child.wait_with_output().unwrap();
        let shown = shown_until(&mut person, "the end");
        assert_eq!(output.status.code(), Some(0), "{shown}");
        assert!(serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok());
        assert_eq!(shown.contains("waiting for the response, 1 s"), spins, "{shown:?}");
        assert!(shown.is_empty() || shown.ends_with("\r\u{1b}[K"), "{shown:?}");
    }
}
