//! `barerock chat` with tools and files.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Ran, Server, fixtures, recorded_bodies, run, with_credentials};

const QUESTION: &str = "What's the weather in Seattle?";

/// What the fixtures' tool answers.
const ANSWER: &str = r#"{"condition":"cloudy","humidity":"82%","temperature":"54F"}"#;

/// The tool configuration of the recorded conversation.
fn tool_config() -> String {
    let request = fs::read_to_string(fixtures().join("chat-tool-stream-turn-1/request.json")).unwrap();
    let request: Value = serde_json::from_str(&request).unwrap();
    let body: Value = serde_json::from_str(request["body"].as_str().unwrap()).unwrap();
    body["toolConfig"].to_string()
}

fn chat(server: &Server, arguments: &[&str]) -> Ran {
    let mut all = vec!["chat", "--endpoint-url", &server.url];
    all.extend(arguments);
    run(with_credentials(&all), "")
}

/// The tool use of the tutorial, in one line: both turns are sent exactly as they were composed.
#[test]
#[cfg(unix)]
fn the_tutorials_tool_use() {
    let server = Server::start(&["--match", "exact"]);
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("input");
    let tool = format!("get_weather=cat > '{}'; printf '%s' '{ANSWER}'", input.display());
    let ran = chat(&server, &["--tool", &tool, "--tool-config", &tool_config(), QUESTION]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(fs::read_to_string(input).unwrap(), "{\"city\":\"Seattle\"}\n");
    let (before, after) = ran.out.split_once('\n').unwrap();
    assert_eq!(before, "I'll look up the current weather in Seattle for you.");
    assert!(after.contains("54"), "{}", ran.out);
    assert!(ran.err.contains("tool: get_weather {\"city\":\"Seattle\"}"), "{}", ran.err);
    assert_eq!(ran.err.matches("stop reason: ").count(), 2, "{}", ran.err);
}

/// What a tool comes to is told to the model, and the conversation goes on.
#[test]
#[cfg(unix)]
fn what_becomes_of_a_tool_is_told_to_the_model() {
    for (command, result) in [
        ("echo cloudy", json!({"content": [{"text": "cloudy"}]})),
        ("true", json!({"content": [{"text": "(no output)"}]})),
        (r#"echo '{"a":{"type":1}}'"#, json!({"content": [{"json": {"a": {"type": 1}}}]})),
        (r#"echo '{"a":{"__type":1}}'"#, json!({"content": [{"text": r#"{"a":{"__type":1}}"#}]})),
        (
            "echo no such city >&2; exit 3",
            json!({"content": [{"text": "exit code 3\nno such city"}], "status": "error"}),
        ),
        ("sleep 60", json!({"content": [{"text": "timed out after 1s"}], "status": "error"})),
        ("yes", json!({"content": [{"text": "output exceeds 262144 bytes"}], "status": "error"})),
    ] {
        let server = Server::start(&["--match", "any"]);
        let folder = tempfile::tempdir().unwrap();
        let record = folder.path().to_str().unwrap();
        let tool = format!("get_weather={command}");
        let limit = if command == "sleep 60" { "1" } else { "60" };
        let ran = chat(&server, &["--tool", &tool, "--tool-timeout", limit, "--record", record, QUESTION]);
        assert_eq!(ran.code, 0, "{command}: {ran:?}");
        let calls = recorded_bodies(folder.path());
        assert_eq!(calls.len(), 2, "{command}");
        let spec = &calls[0]["toolConfig"]["tools"][0]["toolSpec"];
        assert_eq!(spec["name"], "get_weather");
        let mut expected = result;
        expected["toolUseId"] = json!("tooluse_fixtureSeattle0000002");
        assert_eq!(calls[1]["messages"][2]["content"], json!([{"toolResult": expected}]), "{command}");
        assert_eq!(ran.err.contains("failed: "), expected.get("status").is_some(), "{}", ran.err);
    }
}

/// Of the environment, a tool gets no credentials unless that is allowed.
#[test]
#[cfg(unix)]
fn a_tool_gets_no_credentials_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("env");
    let secrets = [
        ("AWS_SESSION_TOKEN", "SESSION"),
        ("AWS_SECURITY_TOKEN", "OLD"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "CONTAINER"),
    ];
    let tool = format!("get_weather=env > '{}'", seen.display());
    for (option, is_there) in [(None, false), (Some("--tool-env-aws"), true)] {
        let mut all = vec!["chat", "--offline", "--tool", &tool, QUESTION];
        all.extend(option);
        let mut command = with_credentials(&all);
        let bearer = [("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-QUJD")];
        command.envs(secrets).envs(bearer).env("AWS_MAX_ATTEMPTS", "1");
        let ran = run(command, "");
        assert_eq!(ran.code, 0, "{ran:?}");
        let environment = fs::read_to_string(&seen).unwrap();
        let has = |name: &str| environment.lines().any(|line| line.starts_with(&format!("{name}=")));
        assert!(has("AWS_MAX_ATTEMPTS"), "{environment}");
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_BEARER_TOKEN_BEDROCK"] {
            assert_eq!(has(name), is_there, "{name}");
        }
        for (name, value) in secrets {
            assert_eq!(has(name), is_there, "{name}");
            assert_eq!(environment.contains(value), is_there, "{name}");
        }
    }
}

#[test]
fn tools_that_cannot_be_are_a_wrong_command_line() {
    let server = Server::start(&[]);
    for (arguments, words) in [
        (&["--tool", "get_weather"][..], "must be NAME=COMMAND"),
        (&["--tool", "a=true", "--tool", "a=true"], "--tool a was given twice"),
        (&["--tool-config", "{}"], "--tool"),
        (&["--tool", "a=true", "--tool-config", &tool_config()], "no --tool get_weather=COMMAND"),
    ] {
        let ran = chat(&server, &[arguments, &[QUESTION]].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert!(ran.err.contains(words), "{}", ran.err);
    }
}

#[test]
fn files_go_along_before_the_words() {
    let server = Server::start(&["--match", "any"]);
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (picture, document) = (write("a.bin", b"GIF89a..."), write("Q3 report.v2.md", b"# Report"));
    let record = folder.path().join("calls");
    let record = record.to_str().unwrap();
    let ran = chat(
        &server,
        &["--document", &document, "--image", &picture, "--record", record, "What do they say?"],
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    let expected = json!([
        {"image": {"format": "gif", "source": {"bytes": "R0lGODlhLi4u"}}},
        {"document": {"format": "md", "name": "Q3 report-v2", "source": {"bytes": "IyBSZXBvcnQ="}}},
        {"text": "What do they say?"},
    ]);
    assert_eq!(recorded_bodies(Path::new(record))[0]["messages"][0]["content"], expected);
    for (option, file, words) in [
        ("--image", &document, "is not a PNG, JPEG, GIF or WebP image"),
        ("--document", &picture, "has an unknown extension; expected pdf"),
        ("--image", &"none.png".to_owned(), "none.png cannot be read"),
    ] {
        let ran = chat(&server, &[option, file, "What?"]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(words), "{}", ran.err);
    }
}
