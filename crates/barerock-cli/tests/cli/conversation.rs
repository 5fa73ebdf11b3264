//! `barerock chat` at a terminal.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use barerock_eventstream::{Header, encode_frame};
use serde_json::{Value, json};

use crate::program::{Server, recorded_bodies, run, with_credentials};
use crate::terminal::{send, shown_until, terminal};

const QUESTION: &str = "What are the tradeoffs between REST and GraphQL?";

/// The program with a person at it; what it answers goes to the terminal too, or to a file.
struct Sitting {
    child: Child,
    person: File,
}

impl Sitting {
    fn new(mut command: Command, answers: Option<&Path>) -> Self {
        let (person, program) = terminal();
        let stdout = match answers {
            Some(path) => Stdio::from(File::create(path).unwrap()),
            None => program.try_clone().unwrap().into(),
        };
        command.stdin(program.try_clone().unwrap()).stderr(program).stdout(stdout);
        Self { child: command.spawn().unwrap(), person }
    }

    /// What is shown up to the prompt.
    fn prompted(&mut self) -> String {
        shown_until(&mut self.person, "> ")
    }

    fn types(&mut self, text: &str) -> String {
        self.person.write_all(text.as_bytes()).unwrap();
        self.prompted()
    }

    /// Ctrl-D, and the exit code.
    fn leaves(mut self) -> i32 {
        self.person.write_all(b"\x04").unwrap();
        self.child.wait().unwrap().code().unwrap()
    }
}

fn chat(server: &Server, arguments: &[&str]) -> Command {
    let mut all = vec!["chat", "--endpoint-url", &server.url];
    all.extend(arguments);
    with_credentials(&all)
}

/// The messages of the calls that a folder has recorded, in their order.
fn asked(folder: &Path) -> Vec<Vec<Value>> {
    recorded_bodies(folder).iter().map(|body| body["messages"].as_array().unwrap().clone()).collect()
}

/// A folder with an exchange of an operation.
fn exchange(folder: &Path, operation: &str, status: u16, content_type: &str, body: &[u8]) {
    let exchange = folder.join("fixtures").join(operation);
    fs::create_dir_all(&exchange).unwrap();
    let host = "https://bedrock-runtime.us-east-1.amazonaws.com";
    let uri = format!("{host}/model/us.anthropic.claude-sonnet-4-6/{operation}");
    let request = json!({"method": "POST", "uri": uri, "headers": [], "body": "{}"});
    fs::write(exchange.join("request.json"), request.to_string()).unwrap();
    let mut headers = vec![("content-type", content_type)];
    if status == 400 {
        headers.push(("x-amzn-errortype", "ValidationException"));
    }
    fs::write(exchange.join("response.json"), json!({"status": status, "headers": headers}).to_string())
        .unwrap();
    fs::write(exchange.join("response.body"), body).unwrap();
}

/// A folder with a stream of these events.
fn fixture(folder: &Path, events: &[(&str, Value)]) {
    let mut body = Vec::new();
    for (event, payload) in events {
        let headers = [
            Header::new(":event-type", *event),
            Header::new(":content-type", "application/json"),
            Header::new(":message-type", "event"),
        ];
        encode_frame(&headers, payload.to_string().as_bytes(), &mut body).unwrap();
    }
    exchange(folder, "converse-stream", 200, "application/vnd.amazon.eventstream", &body);
}

fn text(text: &str) -> (&'static str, Value) {
    ("contentBlockDelta", json!({"contentBlockIndex": 0, "delta": {"text": text}}))
}

fn start() -> (&'static str, Value) {
    ("messageStart", json!({"role": "assistant"}))
}

fn stop(reason: &str) -> (&'static str, Value) {
    ("messageStop", json!({"stopReason": reason}))
}

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
    assert!(!sitting.types("\n").contains("stop reason"), "an empty line asks nothing");
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

#[test]
fn what_cannot_be_sent_again_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let tool = |input: &str| {
        [
            start(),
            (
                "contentBlockStart",
                json!({"contentBlockIndex": 0, "start": {"toolUse": {"toolUseId": "t", "name": "x"}}}),
            ),
            ("contentBlockDelta", json!({"contentBlockIndex": 0, "delta": {"toolUse": {"input": input}}})),
            ("contentBlockStop", json!({"contentBlockIndex": 0})),
        ]
    };
    for (events, says) in [
        ([&tool("{\"a\":")[..], &[stop("max_tokens")]].concat(), "this turn is not kept"),
        ([&tool("{\"a\":")[..], &[stop("tool_use")]].concat(), "with what is no JSON"),
        (vec![start(), stop("end_turn")], "this turn is not kept"),
        (
            vec![
                start(),
                (
                    "contentBlockStart",
                    json!({"contentBlockIndex": 0, "start": {"toolUse": {"toolUseId": "t", "name": "functions.x"}}}),
                ),
                stop("tool_use"),
            ],
            "the model asked for the tool functions.x, which there is not",
        ),
    ] {
        fixture(folder.path(), &events);
        let record = folder.path().join("calls");
        let server = Server::over(&folder.path().join("fixtures"), &["--match", "any"]);
        let ran = folder.path().join("ran");
        let tool = format!("x=touch '{}'", ran.display());
        let command = chat(&server, &["--tool", &tool, "--record", record.to_str().unwrap()]);
        let mut sitting = Sitting::new(command, None);
        sitting.prompted();
        for _ in 0..2 {
            let shown = sitting.types("What?\n");
            assert!(shown.contains(says), "{shown}");
        }
        assert_eq!(sitting.leaves(), 0);
        assert!(!ran.exists(), "no tool runs on half an input");
        let asked = asked(&record);
        assert_eq!((asked.len(), &asked[0]), (2, &asked[1]));
        fs::remove_dir_all(&record).unwrap();
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
        ran.err.contains("its answer comes whole") && ran.err.contains("stop reason: end_turn"),
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
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let command = chat(&server, &["--tool", &tool, "What's the weather in Seattle?"]);
        let mut sitting = Sitting::new(command, None);
        let before = size();
        while size() == before {
            std::thread::yield_now();
        }
        send(signal, &sitting.child);
        assert_eq!(sitting.child.wait().unwrap().code(), Some(code));
        let there = size();
        std::thread::sleep(core::time::Duration::from_millis(300));
        assert!(size() <= there + 2, "{signal}");
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
    send("INT", &sitting.child);
    assert_eq!(sitting.child.wait().unwrap().code(), Some(130));
    let there = size();
    std::thread::sleep(core::time::Duration::from_millis(300));
    assert!(size() <= there + 2, "the tool has ended, too");

    // After a tool has run, waiting for a line.
    let mut sitting = Sitting::new(chat(&server, &["--tool", "get_weather=true"]), None);
    sitting.prompted();
    assert!(sitting.types("What's the weather in Seattle?\n").contains("stop reason: end_turn"));
    send("INT", &sitting.child);
    assert_eq!(sitting.child.wait().unwrap().code(), Some(130));
}
