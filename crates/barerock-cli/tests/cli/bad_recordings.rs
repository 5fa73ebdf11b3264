//! Recordings, archives, pages and addresses that cannot be used: the error names the file and the place, and nothing is left.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::{Server, bare, fixtures, run, with_credentials};

/// Copies a fixture, and lets `change` spoil the copy.
fn spoiled(folder: &Path, name: &str, change: impl FnOnce(&Path)) {
    let copy = folder.join(name);
    fs::create_dir(&copy).unwrap();
    for file in ["request.json", "response.json", "response.body"] {
        fs::copy(fixtures().join("chat-stream").join(file), copy.join(file)).unwrap();
    }
    change(&copy);
}

/// What a command that fails prints, and its exit code.
fn failed(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = bare(arguments);
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = command.output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_file_and_the_place_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    spoiled(at, "missing", |copy| fs::remove_file(copy.join("response.body")).unwrap());
    spoiled(at, "cutoff", |copy| fs::write(copy.join("response.json"), "{\"status\": 200,").unwrap());
    spoiled(at, "shape", |copy| fs::write(copy.join("request.json"), "[]").unwrap());
    spoiled(at, "body64", |copy| {
        let request = "{\"method\":\"POST\",\"uri\":\"/\",\"headers\":[],\"body\":{\"base64\":\"QU#=\"}}";
        fs::write(copy.join("request.json"), request).unwrap();
    });
    spoiled(at, "times", |copy| fs::write(copy.join("response.chunks.json"), "{\"chunks\":[[0").unwrap());
    spoiled(at, "long", |copy| {
        fs::File::create(copy.join("response.body")).unwrap().set_len(70_000_000).unwrap();
    });
    fs::create_dir(at.join("empty")).unwrap();
    spoiled(at, "whole", |_| {});
    let archive = |content: &str| {
        format!(
            "{{\"log\":{{\"entries\":[{{\"request\":{{\"method\":\"POST\",\"url\":\"https://h/m\",\"headers\":[]}},\
             \"response\":{{\"status\":200,\"headers\":[],\"content\":{content}}}}}]}}}}"
        )
    };
    fs::write(at.join("bodies.har"), archive("{\"size\":10}")).unwrap();
    fs::write(at.join("symbols.har"), archive("{\"size\":3,\"encoding\":\"base64\",\"text\":\"QU#=\"}"))
        .unwrap();
    fs::write(at.join("half.har"), &archive("{\"size\":10}")[..80]).unwrap();
    fs::write(at.join("other.har"), "{\"a\":1}").unwrap();
    for (recording, says) in [
        ("missing", "missing/response.body: No such file"),
        ("cutoff", "cutoff/response.json: EOF while parsing"),
        (
            "shape",
            "shape/request.json: invalid length 0, expected an object with method, uri, headers and body",
        ),
        ("body64", "body64/request.json: `body.base64`: invalid base64 at byte 2"),
        ("times", "times/response.chunks.json: EOF while parsing"),
        ("long", "long/response.body: longer than 67108864 bytes"),
        ("empty", "empty: no "),
        ("nothere", "nothere"),
        ("bodies.har", "bodies.har: entries[0].response.content.text: missing: saved without bodies"),
        ("symbols.har", "symbols.har: entries[0].response.content.text: invalid base64 at byte 2"),
        ("half.har", "half.har: invalid JSON: EOF while parsing"),
        ("other.har", "other.har: not an HTTP archive: missing field `log`"),
    ] {
        for command in [&["diff", "whole"][..], &["check"], &["replay", "--fixtures"]] {
            let (code, err) = failed(at, &[command, &[recording]].concat());
            assert!(err.starts_with("error: ") && err.contains(says), "{command:?} {recording}: {err}");
            assert!(code == 2 || code == 4, "{command:?} {recording}: {code}");
        }
    }
    for recording in ["missing", "bodies.har", "symbols.har", "half.har", "other.har", "nothere", "empty"] {
        for command in ["frames", "events"] {
            let (code, err) = failed(at, &[command, recording, "--html", "page.html"]);
            assert!(code == 2 && err.contains(recording), "{command} {recording}: {code} {err}");
            assert!(!at.join("page.html").exists());
        }
    }
    // The stream is there: its page is written, and lacks the times.
    let (code, err) = failed(at, &["frames", "times", "--html", "page.html"]);
    assert!(
        code == 0 && err.contains("no arrival times on the page: times/response.chunks.json"),
        "{code} {err}"
    );
}

#[test]
fn a_recording_cut_half_way_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    spoiled(folder.path(), "whole", |_| {});
    spoiled(folder.path(), "cut", |copy| {
        let body = fs::read(copy.join("response.body")).unwrap();
        fs::write(copy.join("response.body"), &body[..5000]).unwrap();
    });
    for (arguments, code, says) in [
        (&["frames", "cut"][..], 4, "truncated at offset 5000 inside frame 25"),
        (&["events", "cut"], 4, "truncated"),
        (&["diff", "whole", "cut"], 1, ""),
        (&["check", "cut"], 1, ""),
    ] {
        let (found, err) = failed(folder.path(), arguments);
        assert!(found == code && err.contains(says), "{arguments:?}: {found} {err}");
    }
}

#[test]
fn a_page_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    spoiled(at, "whole", |_| {});
    fs::write(at.join("request.txt"), "GET / HTTP/1.1\nHost:example.com\n\n").unwrap();
    for arguments in [
        &["frames", "whole"][..],
        &["events", "whole"],
        &["diff", "whole", "whole"],
        &["sign", "--request", "request.txt"],
    ] {
        for (page, code) in [("nodir/page.html", 2), ("whole", 2), ("/dev/full", 1), ("-", 2)] {
            let mut command = with_credentials(&[arguments, &["--html", page]].concat());
            command.current_dir(at);
            let ran = run(command, "");
            assert_eq!(ran.code, code, "{arguments:?} {page}: {ran:?}");
            assert!(
                ran.err.contains(page) || page == "-" && ran.err.contains("--html needs a file"),
                "{ran:?}"
            );
        }
        // A file of the recording is an input too.
        if arguments[1] == "whole" {
            let mut command = bare(&[arguments, &["--html", "whole/response.body"]].concat());
            command.current_dir(at);
            let ran = run(command, "");
            assert!(ran.code == 2 && ran.err.contains("would overwrite the input"), "{ran:?}");
        }
    }
    let mut names: Vec<_> = at.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["request.txt", "whole"]);
}

#[test]
fn an_address_in_use_and_a_place_of_recordings_that_is_none_are_named() {
    let server = Server::start(&[]);
    let address = server.url.strip_prefix("http://").unwrap();
    for arguments in [&["replay", "--listen", address][..], &["proxy", "--offline", "--listen", address]] {
        let ran = run(with_credentials(arguments), "");
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(address) && ran.err.contains("Address already in use"), "{ran:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "kept").unwrap();
    for command in [&["proxy", "--offline"][..], &["chat", "--offline", "hi"]] {
        let mut command: Command = with_credentials(command);
        command.arg("--record").arg(&file);
        let ran = run(command, "");
        assert!(ran.code == 2 && ran.err.contains("file: not a directory"), "{ran:?}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "kept");
}
