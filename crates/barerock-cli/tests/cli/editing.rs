//! `barerock chat` at a terminal that understands control sequences.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::{Read as _, Write as _};

use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use serde_json::{Value, json};

use crate::program::{Server, recorded_bodies, signal};
use crate::sitting::{Sitting, chat, fixture, start, stop, text};

/// A person who reads what the terminal shows from where they were.
struct Reading {
    sitting: Sitting,
    /// What was shown and not yet read.
    rest: Vec<u8>,
}

impl Reading {
    /// What the terminal shows next, up to this.
    fn shown_up_to(&mut self, end: &str) -> String {
        let mut buffer = [0; 4096];
        loop {
            let at = self.rest.windows(end.len()).position(|part| part == end.as_bytes());
            if let Some(at) = at {
                let shown = self.rest.drain(..at + end.len()).collect();
                return String::from_utf8(shown).unwrap();
            }
            match self.sitting.person.read(&mut buffer) {
                Ok(count @ 1..) => self.rest.extend_from_slice(&buffer[..count]),
                _ => panic!("{end:?} is not in {:?}", String::from_utf8_lossy(&self.rest)),
            }
        }
    }

    fn types(&mut self, keys: &str) {
        self.sitting.person.write_all(keys.as_bytes()).unwrap();
    }
}

/// A conversation at a terminal of 40 columns.
fn sit(events: &[(&str, Value)], faults: &[&str], more: &[&str]) -> (Reading, Server, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    fixture(folder.path(), events);
    let server = Server::over(&folder.path().join("fixtures"), &[&["--match", "any"], faults].concat());
    let record = folder.path().join("calls");
    let arguments = [&["--record", record.to_str().unwrap()], more].concat();
    let mut command = chat(&server, &arguments);
    command.env("TERM", "xterm-256color");
    let sitting = Sitting::new(command, None);
    tcsetwinsize(&sitting.person, Winsize { ws_row: 24, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let mut reading = Reading { sitting, rest: Vec::new() };
    reading.shown_up_to("> ");
    (reading, server, folder)
}

fn prompts(folder: &tempfile::TempDir) -> Vec<String> {
    let bodies = recorded_bodies(&folder.path().join("calls"));
    let last =
        |body: &Value| body["messages"].as_array().unwrap().last().unwrap()["content"][0]["text"].clone();
    bodies.iter().map(|body| last(body).as_str().unwrap().to_owned()).collect()
}

#[test]
fn lines_are_edited_and_come_again() {
    let history = tempfile::tempdir().unwrap();
    let history = history.path().join("prompts");
    let option = ["--history", history.to_str().unwrap()];
    let (mut reading, _server, folder) = sit(&[start(), text("Hello."), stop("end_turn")], &[], &option);
    // "helo", left, "l", and enter; then the same by the arrow key; then two lines.
    for keys in ["helo\u{1b}[Dl\r", "\u{1b}[A!\r", "one\\\rtwo\r", "/hel\t\r"] {
        reading.types(keys);
        let end = if keys.starts_with('/') { "/quit" } else { "stop reason: end_turn" };
        reading.shown_up_to(end);
        reading.shown_up_to("> ");
    }
    assert_eq!(reading.sitting.leaves(), 0);
    assert_eq!(prompts(&folder), ["hello", "hello!", "one\ntwo"]);
    let kept = fs::read_to_string(&history).unwrap();
    assert_eq!(kept, "\"hello\"\n\"hello!\"\n\"one\\\\\\ntwo\"\n\"/help \"\n");
    // Another conversation has them, too.
    let (mut reading, _server, folder) = sit(&[start(), text("Hello."), stop("end_turn")], &[], &option);
    // The lines of a prompt are gone through one by one.
    reading.types("\u{1b}[A\u{1b}[A\u{1b}[A\u{1b}[A\r");
    reading.shown_up_to("stop reason: end_turn");
    reading.shown_up_to("> ");
    assert_eq!(reading.sitting.leaves(), 0);
    assert_eq!(prompts(&folder), ["hello!"]);
}

#[test]
fn a_response_is_rendered() {
    let reasoning =
        ("contentBlockDelta", json!({"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "hm"}}}));
    let said =
        text("## Title\nSome **bold** words that are more than the forty columns of the terminal \u{1b}[2J");
    let end = ("contentBlockStop", json!({"contentBlockIndex": 0}));
    let mut said = said;
    said.1["contentBlockIndex"] = json!(1);
    let events = [start(), reasoning, end, said, stop("end_turn")];
    let (mut reading, _server, _folder) = sit(&events, &[], &[]);
    reading.types("go\r");
    let shown = reading.shown_up_to("stop reason: end_turn");
    for part in [
        "\u{1b}[2mhm\u{1b}[0m\r\n\r\n",
        "\u{1b}[1mTitle\u{1b}[0m\r\n",
        "Some \u{1b}[0m\u{1b}[1mbold\u{1b}[0m words that are more than the\r\nforty columns",
        "\\u{1b}[2J",
    ] {
        assert!(shown.contains(part), "{part:?}: {shown:?}");
    }
    assert!(!shown.contains("\u{1b}[2J"), "{shown:?}");
    reading.shown_up_to("> ");
    assert_eq!(reading.sitting.leaves(), 0);
}

#[test]
fn a_spinner_tells_that_nothing_came_yet() {
    let (mut reading, _server, _folder) =
        sit(&[start(), text("Hello."), stop("end_turn")], &["--fault", "stall=1500ms"], &[]);
    reading.types("go\r");
    let shown = reading.shown_up_to("Hello.");
    assert!(shown.contains("waiting for the response, 1 s"), "{shown:?}");
    assert!(shown.ends_with("\r\u{1b}[KHello.") || shown.contains("\r\u{1b}[KHello."), "{shown:?}");
    reading.shown_up_to("> ");
    assert_eq!(reading.sitting.leaves(), 0);
}

/// Ctrl-C drops a line, and ends the conversation if it is pressed again. The terminal is as it was, also after a signal.
#[test]
fn the_terminal_is_as_it_was() {
    for by in [None, Some(("TERM", 143))] {
        let (mut reading, _server, _folder) = sit(&[start(), stop("end_turn")], &[], &[]);
        let canonical = |person: &File| tcgetattr(person).unwrap().local_modes.contains(LocalModes::ICANON);
        assert!(!canonical(&reading.sitting.person));
        let code = match by {
            Some((name, code)) => {
                signal(&reading.sitting.child, name);
                code
            }
            None => {
                reading.types("half a line\u{3}");
                reading.shown_up_to("Ctrl-C again ends the conversation");
                reading.shown_up_to("> ");
                reading.types("\u{3}");
                130
            }
        };
        assert_eq!(reading.sitting.child.wait().unwrap().code(), Some(code), "{by:?}");
        assert!(canonical(&reading.sitting.person), "{by:?}");
    }
}
