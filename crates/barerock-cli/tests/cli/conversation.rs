//! `barerock chat` at a terminal.
#![cfg(unix)]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Server, run, signal};
use crate::sitting::{Sitting, asked, chat, exchange, fixture, start, stop, text, tool_use};
use crate::terminal::{is_ignored, shown_until};

const QUESTION: &str = "What are the tradeoffs between REST and GraphQL?";

/// A turn that failed, or whose answer cannot be sent again, is no part of the next one.
#[test]
fn turn_after_turn() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("calls");
    let answers = folder.path().join("answers");
    let server = Server::start(&["--match", "any", "--fault", "status=400@2"]);
    let command = chat(&server, &["--record", record.to_str().unwrap()]);
    let mut sitting = Sitting::new(command, Some(&answers));
    let begin = sitting.prompted();
    assert!(begin.starts_with("us.anthropic.claude-sonnet-4-6 · "), "{begin}");
    assert!(!sitting.types("\n").contains("stop reason"), "an empty line sends nothing");
    assert!(sitting.types(&format!("{QUESTION}\n")).contains("stop reason: end_turn"));
    assert!(sitting.types("second\n").contains("error: "));
    assert!(sitting.types("third\n").contains("stop reason: end_turn"));
    assert_eq!(sitting.leaves(), 0);

    let asked = asked(&record);
    let words = |messages: &[Value]| -> Vec<String> {
        let questions = messages.iter().filter(|message| message["role"] == "user");
        questions.map(|message| message["content"][0]["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(words(&asked[0]), [QUESTION]);
    assert_eq!(words(&asked[1]), [QUESTION, "second"]);
    assert_eq!(words(&asked[2]), [QUESTION, "third"]);
    let first = asked[2][1]["content"][0]["text"].as_str().unwrap();
    assert!(fs::read_to_string(&answers).unwrap().starts_with(first));
}

/// The same stream twice, in a conversation with the tool `x`: what is shown at the second prompt, and the messages of each call.
fn two_turns(events: &[(&str, Value)], ran: &Path) -> (String, Vec<Vec<Value>>) {
    let folder = tempfile::tempdir().unwrap();
    fixture(folder.path(), events);
    let record = folder.path().join("calls");
    let server = Server::over(&folder.path().join("fixtures"), &["--match", "any"]);
    let tool = format!("x=cat >> '{}'", ran.display());
    let arguments = [
        "--tool",
        &tool,
        "--tool-approve",
        "always",
        "--max-tool-calls",
        "2",
        "--record",
        record.to_str().unwrap(),
    ];
    let mut sitting = Sitting::new(chat(&server, &arguments), None);
    sitting.prompted();
    sitting.types("What?\n");
    let shown = sitting.types("What?\n");
    assert_eq!(sitting.leaves(), 0);
    (shown, asked(&record))
}

#[test]
fn a_response_that_cannot_be_resent_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let ran = folder.path().join("ran");
    let reasoning =
        ("contentBlockDelta", json!({"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "hm"}}}));
    let dropped = "this turn was dropped from the history: its response cannot be resent";
    let stopped = ("contentBlockStop", json!({"contentBlockIndex": 0}));
    for (events, says) in [
        (vec![start(), stop("end_turn")], dropped),
        (vec![start(), text(" \n"), stopped.clone(), stop("end_turn")], dropped),
        (vec![start(), reasoning, stopped, stop("end_turn")], dropped),
        (
            [&[start()][..], &tool_use(0, "t", "functions.x", "{}"), &[stop("tool_use")]].concat(),
            "invalid tool name \"functions.x\"",
        ),
        ([&[start()][..], &tool_use(0, "a b", "x", "{}"), &[stop("tool_use")]].concat(), "toolUseId \"a b\""),
    ] {
        let (shown, asked) = two_turns(&events, &ran);
        assert!(shown.contains(says), "{shown}");
        assert!(!ran.exists(), "no tool runs");
        assert_eq!((asked.len(), &asked[0]), (2, &asked[1]));
    }
}

/// The next turn tells the model that the tool it was about to call was not run.
#[test]
fn a_tool_input_that_was_cut_off_is_resent_with_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let ran = folder.path().join("ran");
    let events = [&[start()][..], &tool_use(0, "t", "x", "{\"a\":"), &[stop("max_tokens")]].concat();
    let (shown, asked) = two_turns(&events, &ran);
    assert!(shown.contains("raise --max-tokens") && !shown.contains("dropped"), "{shown}");
    assert!(!ran.exists(), "no tool runs on half an input");
    let error =
        json!({"toolUseId": "t", "content": [{"text": "the input is not a JSON object"}], "status": "error"});
    let tool = json!({"toolUseId": "t", "name": "x", "input": {"invalid_input": "{\"a\":"}});
    assert_eq!(
        asked[1],
        [
            json!({"role": "user", "content": [{"text": "What?"}]}),
            json!({"role": "assistant", "content": [{"toolUse": tool}]}),
            json!({"role": "user", "content": [{"toolResult": error}, {"text": "What?"}]}),
        ]
    );
}

/// The same tool call for ever: at most as many run as are allowed.
#[test]
fn tool_calls_of_a_turn_are_limited() {
    let folder = tempfile::tempdir().unwrap();
    let ran = folder.path().join("ran");
    for (input, stop_reason) in [("{}", "tool_use"), ("{}", "end_turn"), ("[\"Oslo\"]", "tool_use")] {
        let events = [&[start()][..], &tool_use(0, "t", "x", input), &[stop(stop_reason)]].concat();
        let (shown, asked) = two_turns(&events, &ran);
        assert!(shown.contains("more than 2 tool calls") && shown.contains("--max-tool-calls"), "{shown}");
        assert_eq!(asked.len(), 6, "{stop_reason}");
        let runs = fs::read_to_string(&ran).unwrap_or_default();
        assert_eq!(runs, if input == "{}" { "{}\n".repeat(4) } else { String::new() });
        let _ = fs::remove_file(&ran);
    }
}

#[test]
fn a_model_does_not_steer_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    fixture(folder.path(), &[start(), text("a\u{1b}]52;c;ZXZpbA==\u{7}\tb\nc"), stop("\u{1b}[2J")]);
    let server = Server::over(&folder.path().join("fixtures"), &["--match", "any"]);
    let mut sitting = Sitting::new(chat(&server, &[]), None);
    sitting.prompted();
    let shown = sitting.types("What?\n");
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{7}'), "{shown:?}");
    assert!(shown.contains("a\\u{1b}]52;c;ZXZpbA==\\u{7}\tb\r\nc"), "{shown:?}");
    assert!(shown.contains("stop reason: \\u{1b}[2J"), "{shown:?}");
    assert_eq!(sitting.leaves(), 0);
    // Whoever keeps the answer gets it as it is.
    let answers = folder.path().join("answers");
    let mut sitting = Sitting::new(chat(&server, &[]), Some(&answers));
    sitting.prompted();
    sitting.types("What?\n");
    assert_eq!(sitting.leaves(), 0);
    assert_eq!(fs::read_to_string(answers).unwrap(), "a\u{1b}]52;c;ZXZpbA==\u{7}\tb\nc\n");
}

/// A model that takes no tools in streams is asked without one.
#[test]
fn an_answer_that_cannot_be_streamed_comes_whole() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = json!({"message": "This model doesn't support tool use in streaming mode."});
    exchange(folder.path(), "converse-stream", 400, "application/json", refusal.to_string().as_bytes());
    let answer = json!({
        "output": {"message": {"role": "assistant", "content": [{"text": "Hello."}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3},
        "metrics": {"latencyMs": 4},
    });
    exchange(folder.path(), "converse", 200, "application/json", answer.to_string().as_bytes());
    let server = Server::over(&folder.path().join("fixtures"), &["--match", "any"]);
    let ran = run(chat(&server, &["--tool", "x=true", "What?"]), "");
    assert_eq!((ran.code, &*ran.out), (0, "Hello.\n"), "{ran:?}");
    assert!(
        ran.err.contains("the response comes whole") && ran.err.contains("stop reason: end_turn"),
        "{}",
        ran.err
    );
}

/// A signal that asks it to end.
#[test]
fn a_tool_does_not_outlive_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let beats = folder.path().join("beats");
    let server = Server::start(&["--match", "any"]);
    let tool = format!("get_weather=while :; do echo x >> '{}'; sleep 0.02; done", beats.display());
    let size = || fs::metadata(&beats).map_or(0, |file| file.len());
    for (name, code) in [("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        if is_ignored(code - 128) {
            continue;
        }
        let command = chat(&server, &["--tool", &tool, "What's the weather in Seattle?"]);
        let mut sitting = Sitting::new(command, None);
        let before = size();
        while size() == before {
            std::thread::yield_now();
        }
        signal(&sitting.child, name);
        assert_eq!(sitting.child.wait().unwrap().code(), Some(code));
        let there = size();
        std::thread::sleep(core::time::Duration::from_millis(300));
        assert!(size() <= there + 2, "{name}");
    }
}

/// Also while it waits for a line, and after something was asked that watches for it.
#[test]
fn ctrl_c_ends_it_and_what_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let beats = folder.path().join("beats");
    let server = Server::start(&["--match", "any"]);
    let tool = format!("get_weather=while :; do echo x >> '{}'; sleep 0.02; done", beats.display());
    let mut sitting = Sitting::new(chat(&server, &["--tool", &tool, "What's the weather in Seattle?"]), None);
    shown_until(&mut sitting.person, "\"Seattle\"}\r\n");
    let size = || fs::metadata(&beats).map_or(0, |file| file.len());
    while size() == 0 {
        std::thread::yield_now();
    }
    signal(&sitting.child, "INT");
    assert_eq!(sitting.child.wait().unwrap().code(), Some(130));
    let there = size();
    std::thread::sleep(core::time::Duration::from_millis(300));
    assert!(size() <= there + 2, "the tool has ended, too");

    // After a tool has run, waiting for a line.
    let mut sitting =
        Sitting::new(chat(&server, &["--tool", "get_weather=true", "--tool-approve", "always"]), None);
    sitting.prompted();
    assert!(sitting.types("What's the weather in Seattle?\n").contains("stop reason: end_turn"));
    signal(&sitting.child, "INT");
    assert_eq!(sitting.child.wait().unwrap().code(), Some(130));
}
