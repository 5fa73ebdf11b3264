//! Running the program.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// The key that runs sign with; it must never be seen again.
pub(crate) const SECRET: &str = "SQUIRREL-secret-key";
pub(crate) const TOKEN: &str = "WALRUS-session-token";

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program with nothing of this process's environment. It asks no instance metadata service: where the tests run
/// there may be one.
pub(crate) fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_barerock"));
    command.args(arguments).env_clear().env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

/// The program with credentials and a region.
pub(crate) fn with_credentials(arguments: &[&str]) -> Command {
    let mut command = bare(arguments);
    command
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_SESSION_TOKEN", TOKEN)
        .env("AWS_REGION", "us-east-1");
    command
}

/// Runs to the end with this standard input. No secret may be in the output, whatever happens.
pub(crate) fn run(command: Command, input: &(impl AsRef<[u8]> + ?Sized)) -> Ran {
    let ran = run_with_token(command, input);
    assert!(!ran.out.contains(TOKEN) && !ran.err.contains(TOKEN), "{ran:?}");
    ran
}

/// The same where the session token was asked for.
pub(crate) fn run_with_token(mut command: Command, input: &(impl AsRef<[u8]> + ?Sized)) -> Ran {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that fails before it reads leaves a closed pipe behind.
    let _ = child.stdin.take().unwrap().write_all(input.as_ref());
    let output = child.wait_with_output().unwrap();
    let ran = Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!ran.out.contains(SECRET) && !ran.err.contains(SECRET), "{ran:?}");
    ran
}

pub(crate) fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/converse")
}

/// What was asked in the calls that a folder has recorded, in their order.
pub(crate) fn recorded_bodies(folder: &Path) -> Vec<Value> {
    let mut calls: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    calls.sort();
    let body = |call: &PathBuf| {
        let request: Value = serde_json::from_slice(&fs::read(call.join("request.json")).unwrap()).unwrap();
        serde_json::from_str(request["body"].as_str().unwrap()).unwrap()
    };
    calls.iter().map(body).collect()
}

/// `barerock replay`, running until dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Over the project's fixtures, checking signatures.
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::over(&fixtures(), options)
    }

    /// Over fixtures of another folder.
    pub(crate) fn over(fixtures: &Path, options: &[&str]) -> Self {
        Self::unverified(fixtures, &[&["--verify"], options].concat())
    }

    /// Without a check of signatures, which gives responses the date of the day.
    pub(crate) fn unverified(fixtures: &Path, options: &[&str]) -> Self {
        let mut command = with_credentials(&["replay", "--fixtures", fixtures.to_str().unwrap()]);
        command.args(options).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let url = first.trim_end().strip_prefix("listening on ").unwrap().to_owned();
        Self { child, url }
    }
}

impl Server {
    /// Asks it to end, and returns its exit code.
    #[cfg(unix)]
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        signal(&self.child, "TERM");
        self.child.wait().unwrap().code()
    }
}

/// Sends a signal to a program.
#[cfg(unix)]
pub(crate) fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
