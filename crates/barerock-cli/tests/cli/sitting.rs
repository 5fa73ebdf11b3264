//! A person in a conversation, and the responses of the model.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use barerock_eventstream::{Header, encode_frame};
use serde_json::{Value, json};

use crate::program::{Server, recorded_bodies, with_credentials};
use crate::terminal::{shown_until, terminal};

/// The program with a person at it; what it answers goes to the terminal too, or to a file.
pub(crate) struct Sitting {
    pub(crate) child: Child,
    pub(crate) person: File,
}

impl Sitting {
    pub(crate) fn new(mut command: Command, answers: Option<&Path>) -> Self {
        let (person, program) = terminal();
        let stdout = match answers {
            Some(path) => Stdio::from(File::create(path).unwrap()),
            None => program.try_clone().unwrap().into(),
        };
        command.stdin(program.try_clone().unwrap()).stderr(program).stdout(stdout);
        Self { child: command.spawn().unwrap(), person }
    }

    /// What is shown up to the prompt.
    pub(crate) fn prompted(&mut self) -> String {
        shown_until(&mut self.person, "> ")
    }

    pub(crate) fn types(&mut self, text: &str) -> String {
        self.person.write_all(text.as_bytes()).unwrap();
        self.prompted()
    }

    /// Ctrl-D, and the exit code.
    pub(crate) fn leaves(mut self) -> i32 {
        self.person.write_all(b"\x04").unwrap();
        self.child.wait().unwrap().code().unwrap()
    }
}

pub(crate) fn chat(server: &Server, arguments: &[&str]) -> Command {
    let mut all = vec!["chat", "--endpoint-url", &server.url];
    all.extend(arguments);
    with_credentials(&all)
}

/// The messages of the calls that a folder has recorded, in their order.
pub(crate) fn asked(folder: &Path) -> Vec<Vec<Value>> {
    recorded_bodies(folder).iter().map(|body| body["messages"].as_array().unwrap().clone()).collect()
}

/// A folder with an exchange of an operation.
pub(crate) fn exchange(folder: &Path, operation: &str, status: u16, content_type: &str, body: &[u8]) {
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
pub(crate) fn fixture(folder: &Path, events: &[(&str, Value)]) {
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

pub(crate) fn text(text: &str) -> (&'static str, Value) {
    ("contentBlockDelta", json!({"contentBlockIndex": 0, "delta": {"text": text}}))
}

pub(crate) fn start() -> (&'static str, Value) {
    ("messageStart", json!({"role": "assistant"}))
}

pub(crate) fn stop(reason: &str) -> (&'static str, Value) {
    ("messageStop", json!({"stopReason": reason}))
}

pub(crate) fn tool_use(index: u64, id: &str, name: &str, input: &str) -> [(&'static str, Value); 3] {
    let start = json!({"toolUse": {"toolUseId": id, "name": name}});
    [
        ("contentBlockStart", json!({"contentBlockIndex": index, "start": start})),
        ("contentBlockDelta", json!({"contentBlockIndex": index, "delta": {"toolUse": {"input": input}}})),
        ("contentBlockStop", json!({"contentBlockIndex": index})),
    ]
}
