//! `barerock batch`.

mod stops;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Ran, Server, bare, run, with_credentials};

const MODEL: &str = "anthropic.claude-sonnet-4-20250514";

/// A folder with an input, and the place of its output.
struct Batch {
    folder: TempDir,
}

impl Batch {
    fn new(input: impl AsRef<[u8]>) -> Self {
        let batch = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(batch.input(), input).unwrap();
        batch
    }

    /// Records `r0`, `r1`, ….
    fn of(count: usize) -> Self {
        Self::new((0..count).map(|number| record(&format!("r{number}")) + "\n").collect::<String>())
    }

    fn input(&self) -> PathBuf {
        self.folder.path().join("in.jsonl")
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("out.jsonl")
    }

    fn command(&self, server: &Server, more: &[&str]) -> Command {
        let (input, output) = (self.input(), self.output());
        let paths = [input.to_str().unwrap(), "-o", output.to_str().unwrap()];
        let target = ["-m", MODEL, "--endpoint-url", &server.url];
        with_credentials(&[&["batch"], &paths[..], &target, more].concat())
    }

    fn run(&self, server: &Server, more: &[&str]) -> Ran {
        run(self.command(server, more), "")
    }

    /// The lines of the output by their ids; each is whole, and no id is there twice.
    fn records(&self) -> BTreeMap<String, Value> {
        let text = fs::read_to_string(self.output()).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'), "{text}");
        let records = text.lines().map(|line| {
            let record: Value = serde_json::from_str(line).unwrap();
            (record["recordId"].as_str().unwrap().to_owned(), record)
        });
        let records: Vec<_> = records.collect();
        let by_id: BTreeMap<_, _> = records.iter().cloned().collect();
        assert_eq!(by_id.len(), records.len(), "an id twice");
        by_id
    }
}

/// A line of the input.
fn record(id: &str) -> String {
    format!("{{\"recordId\":\"{id}\",\"modelInput\":{}}}", model_input(id))
}

/// A body whose members are not in the order of the model.
fn model_input(text: &str) -> String {
    format!(
        r#"{{"inferenceConfig": {{"maxTokens":10}}, "messages":[{{"content":[{{"text":"{text}"}}],"role":"user"}}]}}"#
    )
}

fn server(more: &[&str]) -> Server {
    Server::start(&[&["--match", "any"], more].concat())
}

#[test]
fn every_record_is_answered() {
    let batch = Batch::of(500);
    let ran = batch.run(&server(&[]), &["--concurrency", "20"]);
    assert_eq!((ran.code, &*ran.out), (0, ""), "{ran:?}");
    assert!(ran.err.starts_with("500 answered, 0 errors · tokens: "), "{}", ran.err);
    let records = batch.records();
    assert_eq!(records.len(), 500);
    for (id, record) in &records {
        assert!(record["modelOutput"]["usage"]["totalTokens"].is_u64(), "{id}: {record}");
    }
    let text = fs::read_to_string(batch.output()).unwrap();
    let line = text.lines().find(|line| line.starts_with("{\"recordId\":\"r7\",")).unwrap();
    let start = format!("{{\"recordId\":\"r7\",\"modelInput\":{},\"modelOutput\":{{", model_input("r7"));
    assert!(line.starts_with(&start), "{line}");
    // A second run has nothing to do.
    let again = batch.run(&server(&["--fault", "status=500"]), &[]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.err.starts_with("0 answered, 0 errors, 500 in "), "{}", again.err);
    assert_eq!(fs::read_to_string(batch.output()).unwrap(), text);
}

#[test]
fn errors_stay_with_their_records() {
    let batch = Batch::of(6);
    // The first record is throttled at all its attempts, the second once.
    let throttled = server(&["--fault", "throttle=1ms@1x3", "--fault", "throttle=1ms@4"]);
    let ran = batch.run(&throttled, &["--concurrency", "1"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.err.contains("5 answered, 1 error · ") && ran.err.contains("error: 1 error in "),
        "{}",
        ran.err
    );
    let records = batch.records();
    assert_eq!(records["r0"]["error"]["errorCode"], 429);
    let message = records["r0"]["error"]["errorMessage"].as_str().unwrap();
    assert!(
        message.starts_with("ThrottlingException: ") && message.contains("(after 3 attempts)"),
        "{message}"
    );
    assert!(records["r0"].get("modelOutput").is_none() && records["r1"].get("error").is_none());
    assert_eq!(records["r0"]["modelInput"]["messages"][0]["content"][0]["text"], "r0");
    // The error is in the output, so that the record is not sent again.
    let again = batch.run(&server(&[]), &[]);
    assert_eq!(again.code, 3, "{again:?}");
    assert!(again.err.starts_with("0 answered, 0 errors, 6 in "), "{}", again.err);

    for (fault, code) in [("status=400", 400), ("close-after=20", 502), ("html", 502)] {
        let batch = Batch::of(1);
        let server = server(&["--fault", fault]);
        let mut command = batch.command(&server, &[]);
        command.env("AWS_MAX_ATTEMPTS", "1");
        assert_eq!(run(command, "").code, 3, "{fault}");
        assert_eq!(batch.records()["r0"]["error"]["errorCode"], code, "{fault}");
    }
    let batch = Batch::of(1);
    let server = server(&["--fault", "stall=60s"]);
    let mut command = batch.command(&server, &["--cli-read-timeout", "1"]);
    command.env("AWS_MAX_ATTEMPTS", "1");
    assert_eq!(run(command, "").code, 3);
    assert_eq!(batch.records()["r0"]["error"]["errorCode"], 504);
}

#[test]
fn a_broken_line_is_an_error_of_its_own() {
    let lines = [
        record("a"),
        "{\"recordId\":\"torn\",\"modelInput\":{".to_owned(),
        String::new(),
        record("a"),
        format!("{{\"modelInput\":{}}}", model_input("no id")),
        "{\"recordId\":\"b\",\"modelInput\":{\"messages\":[],\"max_tokens\":5}}".to_owned(),
        "{\"recordId\":\"c\",\"modelInput\":{\"messages\":[{\"role\":\"user\",\"content\":[{\"image\":{}}]}]}}".to_owned(),
        "{\"recordId\":\"d\",\"modelInput\":{\"modelId\":\"other\",\"messages\":[]}}".to_owned(),
    ];
    let mut input = lines.join("\r\n").into_bytes();
    input.extend(b"\n\xff");
    let batch = Batch::new(input);
    let server = server(&[]);
    for skipped in [0, 8] {
        let ran = batch.run(&server, &[]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert_eq!(ran.err.contains("8 in "), skipped == 8, "{}", ran.err);
        let text = fs::read_to_string(batch.output()).unwrap();
        let message = |id: &str| {
            let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            let of_id: Vec<_> = lines.filter(|line| line["recordId"] == id).collect();
            let error = of_id.iter().find(|line| line.get("error").is_some());
            error.map(|line| line["error"]["errorMessage"].as_str().unwrap().to_owned()).unwrap_or_default()
        };
        assert_eq!(text.lines().count(), 8, "{text}");
        assert_eq!(text.matches("\"recordId\":\"a\"").count(), 2);
        assert_eq!(message("a"), "line 4: duplicate recordId");
        assert_eq!(message("LINE0000005"), "", "an id by its line number");
        for (id, start) in [
            ("LINE0000002", "line 2: invalid JSON at byte 34 (end of input): "),
            ("b", "line 6: invalid modelInput: max_tokens "),
            ("c", "line 7: invalid modelInput: messages[0].content[0].image"),
            ("d", "line 8: modelInput.modelId is \"other\", but the model of the batch is "),
            ("LINE0000009", "line 9: invalid UTF-8 at byte 0"),
        ] {
            assert!(message(id).starts_with(start), "{id}: {}", message(id));
        }
    }
}

#[test]
fn standard_input_and_output_are_files_too() {
    let ran = run(bare(&["batch", "-", "-o", "-", "-m", "m.x", "--offline"]), &record("a"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with("{\"recordId\":\"a\",") && ran.out.ends_with("}\n"), "{}", ran.out);
    let own = format!("{{\"modelInput\":{}}}", model_input("hi").replacen('{', "{\"modelId\":\"m.x\",", 1));
    assert_eq!(run(bare(&["batch", "-", "-o", "-", "--offline"]), &own).code, 0);
    let empty = Batch::new("");
    assert_eq!(empty.run(&server(&[]), &[]).code, 0);
    assert!(empty.records().is_empty());
}

#[test]
fn files_that_are_no_batch_are_left_alone() {
    let batch = Batch::of(1);
    let server = server(&[]);
    fs::write(batch.output(), "my notes\n").unwrap();
    let ran = batch.run(&server, &[]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("out.jsonl:1: not a record of a batch output"), "{}", ran.err);
    assert_eq!(fs::read_to_string(batch.output()).unwrap(), "my notes\n");
    // The input is no output.
    fs::copy(batch.input(), batch.output()).unwrap();
    assert_eq!(batch.run(&server, &[]).code, 2);
    fs::remove_file(batch.input()).unwrap();
    fs::remove_file(batch.output()).unwrap();
    let ran = batch.run(&server, &[]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(!batch.output().exists(), "nothing is made for an input that is not there");
}

/// The records and the command of `docs/batch.md`.
#[test]
fn the_page_is_true() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/batch.md")).unwrap();
    let (_, rest) = page.split_once("```jsonl\n").unwrap();
    let (records, _) = rest.split_once("```").unwrap();
    let batch = Batch::new(records);
    let command = page.lines().find(|line| line.starts_with("barerock batch calls.jsonl")).unwrap();
    let (input, output) = (batch.input(), batch.output());
    let arguments = command.split(' ').skip(1).map(|argument| match argument {
        "calls.jsonl" => input.to_str().unwrap(),
        "answers.jsonl" => output.to_str().unwrap(),
        argument => argument,
    });
    let mut arguments: Vec<_> = arguments.collect();
    arguments.push("--offline");
    let ran = run(bare(&arguments), "");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(batch.records().keys().collect::<Vec<_>>(), ["CALL0000001", "CALL0000002"]);
}

/// Each of the calls at the same time is an exchange of its own.
#[test]
fn concurrent_calls_are_recorded() {
    let batch = Batch::of(30);
    let server = server(&["--fault", "stall=10ms"]);
    let record = batch.folder.path().join("calls");
    let ran = batch.run(&server, &["--concurrency", "10", "--record", record.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let bodies = crate::program::recorded_bodies(&record);
    let mut texts: Vec<_> =
        bodies.iter().map(|body| body["messages"][0]["content"][0]["text"].to_string()).collect();
    texts.sort();
    texts.dedup();
    assert_eq!((bodies.len(), texts.len()), (30, 30));
    for call in fs::read_dir(&record).unwrap() {
        let body = fs::read(call.unwrap().path().join("response.body")).unwrap();
        assert!(serde_json::from_slice::<Value>(&body).unwrap()["usage"].is_object());
    }
}
