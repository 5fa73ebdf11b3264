//! Roles that want the code of an MFA device: asked for on a terminal, refused without one.
#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};

use rustix::termios::{LocalModes, tcgetattr};

use crate::home::Home;
use crate::program::{SECRET, run, signal};
use crate::terminal::{shown_until, terminal};

const ROLE: &str = "\
[profile role]
region = us-east-1
role_arn = arn:aws:iam::123456789012:role/dev
source_profile = keys
mfa_serial = arn:aws:iam::123456789012:mfa/me
";

const ANSWER: &str = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>\
    <SecretAccessKey>HEDGEHOG</SecretAccessKey><SessionToken>t</SessionToken>\
    <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

fn home() -> Home {
    Home::new(ROLE, &format!("[keys]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = {SECRET}\n"))
}

/// An STS that answers one call, and tells what it was asked.
fn sts() -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut request = String::new();
        let mut buffer = [0; 4096];
        // The code comes last.
        while !request.contains("TokenCode=") {
            let count = client.read(&mut buffer).unwrap();
            assert!(count > 0, "{request}");
            request.push_str(core::str::from_utf8(&buffer[..count]).unwrap());
        }
        write!(client, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{ANSWER}", ANSWER.len()).unwrap();
        request
    });
    (url, asked)
}

/// Runs at a terminal where the person types `typed` once asked. Standard output, the exit code, and what the terminal shows.
fn at_a_terminal(mut command: Command, typed: &str) -> (String, i32, String) {
    let (mut person, program) = terminal();
    command.stdin(program.try_clone().unwrap()).stderr(program).stdout(Stdio::piped());
    let child = command.spawn().unwrap();
    // Its copies of the program's end, so that the terminal ends with the program.
    drop(command);
    let mut shown = shown_until(&mut person, ": ");
    person.write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    shown.push_str(&shown_until(&mut person, "the end"));
    let out = String::from_utf8(output.stdout).unwrap();
    for secret in [SECRET, "HEDGEHOG"] {
        assert!(!shown.contains(secret) && !out.contains(secret), "{shown} {out}");
    }
    (out, output.status.code().unwrap(), shown)
}

#[test]
fn a_person_at_a_terminal_is_asked() {
    let (url, asked) = sts();
    let home = home();
    let mut command = home.command(&["doctor", "--profile", "role", "--output", "json"]);
    command.env("AWS_ENDPOINT_URL_STS", url);
    let (out, code, shown) = at_a_terminal(command, " 123456\n");
    assert_eq!(code, 0, "{shown} {out}");
    assert!(shown.starts_with("MFA code of arn:aws:iam::123456789012:mfa/me: "), "{shown}");
    assert!(!shown.contains("123456\r"), "what is typed is not shown: {shown}");
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let credentials = &report["credentials"];
    assert_eq!(
        (&credentials["provider"], &credentials["access_key_id"], &credentials["expires"]),
        (&"assume-role".into(), &"ASIAROLE".into(), &"2100-01-01T00:00:00Z".into())
    );
    let asked = asked.join().unwrap();
    let serial = "&SerialNumber=arn%3Aaws%3Aiam%3A%3A123456789012%3Amfa%2Fme&TokenCode=123456";
    assert!(asked.contains(serial), "{asked}");
}

#[test]
fn a_terminal_that_was_silent_speaks_again() {
    let (mut person, program) = terminal();
    let shows = |person: &std::fs::File| tcgetattr(person).unwrap().local_modes.contains(LocalModes::ECHO);
    let home = home();
    let mut command = home.command(&["doctor", "--profile", "role"]);
    command.stdin(program.try_clone().unwrap()).stderr(program.try_clone().unwrap()).stdout(Stdio::null());
    assert!(shows(&person));
    let mut child = command.spawn().unwrap();
    shown_until(&mut person, ": ");
    assert!(!shows(&person));
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(shows(&person));
}

#[test]
fn what_is_typed_must_be_a_code() {
    let home = home();
    // Ctrl-D ends the input.
    for (typed, says) in
        [("12345\n", "the code is not six digits"), ("\n", "no code entered"), ("\x04", "no code entered")]
    {
        let command = home.command(&["doctor", "--profile", "role", "--output", "json"]);
        let (out, code, shown) = at_a_terminal(command, typed);
        assert_eq!(code, 5, "{shown} {out}");
        assert!(shown.contains(says), "{typed:?}: {shown}");
    }
}

#[test]
fn without_a_terminal_there_is_no_prompt() {
    let home = home();
    let says = "the role arn:aws:iam::123456789012:role/dev requires a code of the MFA device \
                arn:aws:iam::123456789012:mfa/me: there is no prompt for it\nhint: Run the command on a terminal, or use \
                credentials of a session that has MFA.\n";
    for (arguments, input) in [
        (&["doctor"][..], "123456\n"),
        (&["chat", "hello"], "123456\n"),
        (&["sign", "--request", "-"], "GET / HTTP/1.1\nHost: a\n\n"),
    ] {
        let ran = run(home.command(&[arguments, &["--profile", "role"]].concat()), input);
        assert_eq!(ran.code, 5, "{ran:?}");
        assert!(ran.err.contains(says), "{}", ran.err);
    }
}
