//! Commands, questions and Ctrl-C in a conversation of `barerock chat`.
#![cfg(unix)]

use std::fs;

use serde_json::{Value, json};

use crate::program::{Server, run, signal};
use crate::sitting::{Sitting, asked, chat, fixture, start, stop, text, tool_use};
use crate::terminal::shown_until;

/// A conversation with a model that always says the same, and the folder of its recorded calls.
struct Talk {
    folder: tempfile::TempDir,
    server: Server,
}

impl Talk {
    fn new(events: &[(&str, Value)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fixture(folder.path(), events);
        let server = Server::over(&folder.path().join("fixtures"), &["--match", "any"]);
        Self { folder, server }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn sit(&self, more: &[&str]) -> Sitting {
        let record = self.path("calls");
        let mut sitting = Sitting::new(chat(&self.server, &[&["--record", &record], more].concat()), None);
        sitting.prompted();
        sitting
    }

    fn bodies(&self) -> Vec<Value> {
        crate::program::recorded_bodies(&self.folder.path().join("calls"))
    }
}

fn hello() -> [(&'static str, Value); 4] {
    let usage = json!({"usage": {"inputTokens": 17, "outputTokens": 368, "totalTokens": 385}, "metrics": {"latencyMs": 1}});
    [start(), text("Hello."), stop("end_turn"), ("metadata", usage)]
}

fn user(text: &str) -> Value {
    json!({"role": "user", "content": [{"text": text}]})
}

fn assistant(text: &str) -> Value {
    json!({"role": "assistant", "content": [{"text": text}]})
}

#[test]
fn commands_change_the_next_request() {
    let talk = Talk::new(&hello());
    let image = talk.path("a cat.gif");
    fs::write(&image, b"GIF89a...").unwrap();
    let mut sitting = talk.sit(&["--system", "be brief"]);
    for (line, says) in [
        ("/help", "/retry            send the last prompt again"),
        ("/model", "us.anthropic.claude-sonnet-4-6\r\n"),
        ("/system", "be brief\r\n"),
        ("/tokens", "tokens: 0 in, 0 out · responses: 0"),
        ("/cost", "no prices: give them"),
        ("/tools", "no tools; --tool NAME=COMMAND provides one"),
        ("/retry", "there is no prompt to send again"),
        ("/nonsense", "unknown command /nonsense; /help lists the commands"),
        ("/image none.png", "none.png cannot be read"),
        ("/model m.other", ""),
        ("/system be rude", ""),
        (&format!("/image {image}"), "goes along with the next prompt"),
        ("first", "stop reason: end_turn"),
        ("//second", "stop reason: end_turn"),
        ("/tokens", "tokens: 34 in, 736 out · responses: 2"),
        ("/cost 3 15", "$0.0111"),
        ("/system -", ""),
        ("/retry", "stop reason: end_turn"),
        ("a \\\nb", "stop reason: end_turn"),
        ("/clear", ""),
        ("\"\"\"c\n\nd\"\"\"", "stop reason: end_turn"),
    ] {
        // Each further line has a prompt of its own, which does not end in "> ".
        let shown = sitting.types(&format!("{line}\n"));
        assert!(shown.contains(says), "{line}: {shown}");
    }
    assert!(sitting.types("/cost\n").contains("$0.0278"));
    use std::io::Write as _;
    sitting.person.write_all(b"/quit\n").unwrap();
    assert_eq!(sitting.child.wait().unwrap().code(), Some(0));
    let bodies = talk.bodies();
    let (gif, first) =
        (json!({"image": {"format": "gif", "source": {"bytes": "R0lGODlhLi4u"}}}), json!({"text": "first"}));
    let first = json!({"role": "user", "content": [gif, first]});
    let expected = [
        vec![first.clone()],
        vec![first.clone(), assistant("Hello."), user("/second")],
        vec![first.clone(), assistant("Hello."), user("/second")],
        vec![first, assistant("Hello."), user("/second"), assistant("Hello."), user("a \nb")],
        vec![user("c\n\nd")],
    ];
    let messages: Vec<_> = bodies.iter().map(|body| body["messages"].as_array().unwrap().clone()).collect();
    assert_eq!(messages, expected);
    assert_eq!(bodies[0]["system"], json!([{"text": "be rude"}]));
    assert!(bodies[2].get("system").is_none());
}

#[test]
fn a_conversation_is_saved_and_continued() {
    let talk = Talk::new(&hello());
    let file = talk.path("saved.json");
    let mut sitting = talk.sit(&["--system", "be brief"]);
    sitting.types("first\n");
    for (line, says) in [("/save", "/save takes a file"), ("/load none.json", "none.json cannot be read")] {
        assert!(sitting.types(&format!("{line}\n")).contains(says));
    }
    assert!(sitting.types(&format!("/save {file}\n")).contains("saved "));
    assert!(sitting.types(&format!("/save {file}\n")).contains("saved "), "its own file is replaced");
    assert_eq!(sitting.leaves(), 0);
    let saved: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(saved["modelId"], "us.anthropic.claude-sonnet-4-6");
    assert_eq!(saved["messages"], json!([user("first"), assistant("Hello.")]));
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // The form of a request: `converse` takes it.
    let mut request = saved.clone();
    request["messages"].as_array_mut().unwrap().push(user("next"));
    let ran =
        run(crate::program::bare(&["converse", "--offline", "--cli-input-json", "-"]), &request.to_string());
    assert_eq!(ran.code, 0, "{ran:?}");

    let mut sitting = talk.sit(&[]);
    assert!(sitting.types(&format!("/save {file}\n")).contains("saved.json exists already"));
    assert!(sitting.types(&format!("/load {file}\n")).contains("loaded 2 messages with us.anthropic"));
    sitting.types("second\n");
    assert_eq!(sitting.leaves(), 0);
    let continued = json!([user("first"), assistant("Hello."), user("second")]);
    let bodies = talk.bodies();
    let last = bodies.iter().find(|body| body["messages"] == continued).unwrap();
    assert_eq!(last["system"], json!([{"text": "be brief"}]));
}

/// The response is stopped, and what there is of it stays.
#[test]
fn ctrl_c_stops_the_response() {
    let talk = Talk::new(&[start(), text("one "), text("two "), text("three"), stop("end_turn")]);
    let stalled = Server::over(
        &talk.folder.path().join("fixtures"),
        &["--match", "any", "--fault", "stall-after=300@1", "--fault", "stall=60s@2"],
    );
    let record = talk.path("calls");
    let mut sitting = Sitting::new(chat(&stalled, &["--record", &record]), None);
    sitting.prompted();
    use std::io::Write as _;
    sitting.person.write_all(b"first\n").unwrap();
    let shown = shown_until(&mut sitting.person, "one ");
    assert!(shown.ends_with("one "), "{shown}");
    signal(&sitting.child, "INT");
    let shown = sitting.prompted();
    assert!(shown.contains("stopped; the response so far is kept"), "{shown}");
    // One that has not begun.
    sitting.person.write_all(b"second\n").unwrap();
    shown_until(&mut sitting.person, "second\r\n");
    std::thread::sleep(core::time::Duration::from_millis(300));
    signal(&sitting.child, "INT");
    let shown = sitting.prompted();
    assert!(shown.contains("stopped; this turn was dropped from the history"), "{shown}");
    assert!(sitting.types("third\n").contains("stop reason: end_turn"));
    assert_eq!(sitting.leaves(), 0);
    let last = asked(&talk.folder.path().join("calls")).pop().unwrap();
    assert_eq!(last.first(), Some(&user("first")));
    assert_eq!(last.get(1).unwrap()["role"], "assistant");
    assert!(last.get(1).unwrap()["content"][0]["text"].as_str().unwrap().starts_with("one"));
    assert_eq!(last.get(2..), Some(&[user("third")][..]));
}

/// A tool runs if the user says so.
#[test]
fn tools_are_asked_for() {
    let events = [&[start()][..], &tool_use(0, "t", "x", "{}"), &[stop("tool_use")]].concat();
    for (answers, runs, refused) in [
        (&["y", "y", "n"][..], 2, 1),
        (&["what?", "n", "n", "n"], 0, 3),
        (&["a"], 3, 0),
        (&["YES", "", "no", "always"], 2, 1),
    ] {
        let talk = Talk::new(&events);
        let ran = talk.path("ran");
        let tool = format!("x=cat >> '{ran}'");
        let mut sitting = talk.sit(&["--tool", &tool, "--max-tool-calls", "3"]);
        use std::io::Write as _;
        sitting.person.write_all(b"go\n").unwrap();
        let mut shown = String::new();
        for answer in answers {
            shown.push_str(&shown_until(&mut sitting.person, "run x? [y]es, [n]o, [a]lways: "));
            sitting.person.write_all(format!("{answer}\n").as_bytes()).unwrap();
        }
        shown.push_str(&sitting.prompted());
        assert!(shown.contains("more than 3 tool calls"), "{shown}");
        let ran = fs::read_to_string(&ran).unwrap_or_default();
        assert_eq!(
            (ran.lines().count(), shown.matches("tool: x was not run").count()),
            (runs, refused),
            "{answers:?}"
        );
        assert_eq!(sitting.leaves(), 0);
        let bodies = talk.bodies();
        let results = bodies.last().unwrap()["messages"].to_string();
        assert_eq!(results.matches("the user did not allow this call").count(), refused, "{results}");
    }
    // With a prompt on the command line, and without a terminal.
    let talk = Talk::new(&events);
    for (option, refused) in [(&[][..], false), (&["--tool-approve", "ask"], true)] {
        let arguments = [&["--tool", "x=true", "--max-tool-calls", "1", "go"], option].concat();
        let ran = run(chat(&talk.server, &arguments), "");
        assert_eq!(ran.code, 1, "{ran:?}");
        assert_eq!(ran.err.contains("tool: x was not run"), refused, "{}", ran.err);
    }
}

#[test]
fn a_schema_goes_along() {
    let talk = Talk::new(&hello());
    let (schema, wrong) = (talk.path("schema.json"), talk.path("wrong.json"));
    fs::write(&schema, "{\"type\": \"object\"}").unwrap();
    fs::write(&wrong, "[]").unwrap();
    let record = talk.path("calls");
    let ran = run(chat(&talk.server, &["--record", &record, "--json-schema", &schema, "hi"]), "");
    assert_eq!((ran.code, &*ran.out), (0, "Hello.\n"), "{ran:?}");
    let format = &talk.bodies()[0]["outputConfig"]["textFormat"];
    assert_eq!(format["type"], "json_schema");
    assert_eq!(format["structure"]["jsonSchema"]["schema"], "{\"type\": \"object\"}");
    for file in [&wrong, "none.json"] {
        assert_eq!(run(chat(&talk.server, &["--json-schema", file, "hi"]), "").code, 2);
    }
}
