//! `docs/wire.md` and `docs/compare.md`: their commands print what stands there, and the text of the first has no figure that they do
//! not print.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A document's parts: what is run, what that should print, and the text around it.
#[derive(Default)]
struct Document {
    steps: Vec<Step>,
    text: String,
}

struct Step {
    line: usize,
    command: String,
    output: String,
}

impl Document {
    /// Reads `$ command`, `> continuation` and output in blocks of the language `console`.
    fn parse(markdown: &str) -> Self {
        let mut document = Self::default();
        let (mut is_code, mut is_command) = (false, false);
        for (index, line) in markdown.lines().enumerate() {
            if line.starts_with("```") {
                is_code = line == "```console";
                continue;
            }
            let step = document.steps.last_mut();
            match (is_code, line.strip_prefix("$ "), line.strip_prefix("> "), step) {
                (false, ..) => document.text.push_str(&format!("{line}\n")),
                (true, Some(command), ..) => {
                    let command = command.to_owned();
                    document.steps.push(Step { line: index + 1, command, output: String::new() });
                }
                (true, None, Some(more), Some(step)) if is_command => {
                    step.command.push_str(&format!("\n{more}"));
                }
                (true, None, _, Some(step)) => step.output.push_str(&format!("{line}\n")),
                (true, None, _, None) => panic!("line {}: output before a command", index + 1),
            }
            is_command = line.starts_with("$ ") || is_command && line.starts_with("> ");
        }
        document
    }

    /// Every command and what it prints, by the document.
    fn transcript(&self) -> String {
        self.steps.iter().map(|step| format!("{}\n{}", step.command, step.output)).collect()
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn document(name: &str) -> Document {
    Document::parse(&fs::read_to_string(root().join(name)).unwrap())
}

/// Runs a script in `folder` with the program and nothing else of the environment but the path.
fn shell(script: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_barerock")).parent().unwrap().to_owned();
    let path = env::var_os("PATH").unwrap();
    let path = env::join_paths([program].into_iter().chain(env::split_paths(&path))).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(folder).env_clear().env("PATH", path);
    // Wrappers that choose a Python look for it at home.
    command.envs(env::var_os("HOME").map(|home| ("HOME", home))).env("AWS_EC2_METADATA_DISABLED", "true");
    let output = command.output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Output with the ends of its lines as Markdown has them.
fn plain(output: &str) -> String {
    output.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The programs that a document started, which end with its test.
struct Servers<'a>(&'a Path);

impl Drop for Servers<'_> {
    fn drop(&mut self) {
        shell("for pid in *.pid; do kill $(cat $pid) 2> /dev/null; done", self.0);
    }
}

/// Runs the commands of a document, if Python can import what they need.
fn run_commands(name: &str, module: &str, at_least: usize) {
    let folder = tempfile::tempdir().unwrap();
    if shell(&format!("python3 -c 'import {module}; print(1)' 2> /dev/null"), folder.path()) != "1\n" {
        // Written directly, so that the test harness does not capture it.
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "{name}: not run: there is no python3 with {module}");
        return;
    }
    symlink(root().join("fixtures"), folder.path().join("fixtures")).unwrap();
    let _servers = Servers(folder.path());
    let (document, mut exports) = (document(name), String::new());
    assert!(document.steps.len() >= at_least, "{} commands", document.steps.len());
    for Step { line, command, output } in &document.steps {
        if command.starts_with("export ") {
            exports.push_str(&format!("{command}\n"));
            continue;
        }
        let printed = plain(&shell(&format!("{exports}{command}"), folder.path()));
        assert_eq!(&printed, output, "{name}, line {line}: {command}");
    }
}

#[test]
fn the_commands_print_what_the_document_says() {
    run_commands("docs/wire.md", "zlib", 16);
}

#[test]
fn boto3_and_barerock_are_compared_through_one_replay() {
    run_commands("docs/compare.md", "boto3", 10);
}

#[test]
fn the_text_has_no_figure_of_its_own() {
    let document = document("docs/wire.md");
    let transcript = document.transcript();
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| c.is_whitespace() || "\"':,;()[]{}=".contains(c)).map(str::to_owned).collect()
    };
    let printed = words(&transcript);
    let text: String = document.text.split('`').step_by(2).collect();
    let is_figure = |word: &&String| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_digit());
    let figures = words(&text.replace('.', " "));
    assert!(figures.iter().filter(is_figure).count() > 5);
    for figure in figures.iter().filter(is_figure) {
        assert!(printed.contains(figure), "docs/wire.md: no command prints {figure}");
    }
    for span in document.text.split('`').skip(1).step_by(2) {
        let is_known =
            transcript.contains(span) || root().join(span).exists() || span.starts_with("barerock ");
        assert!(is_known, "docs/wire.md: no command prints `{span}`");
    }
}

/// The check itself: a transcript is taken apart as it was written.
#[test]
fn documents_are_taken_apart() {
    let document =
        Document::parse("one `a`\n```console\n$ b '\n> c' | d\n> e\n$ f\n> g\n```\ntwo\n```sh\nh\n```\n");
    let steps: Vec<_> = document.steps.iter().map(|step| (&*step.command, &*step.output)).collect();
    assert_eq!(steps, [("b '\nc' | d\ne", ""), ("f\ng", "")]);
    assert_eq!(document.text, "one `a`\ntwo\nh\n");
    let document = Document::parse("```console\n$ a\nb\n> c\n```\n");
    assert_eq!(document.steps.first().map(|step| &*step.output), Some("b\n> c\n"));
}
