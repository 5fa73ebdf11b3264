//! What the user types: lines of a terminal, edited and with a history where it understands control sequences.

use std::fs::OpenOptions;
use std::io::{self, BufRead as _, ErrorKind, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::{History as _, MemHistory};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Config, Context, Editor, Helper};

use super::command;
use crate::exit::Failure;
use crate::terminal;

/// Stands before what the user types.
const PROMPT: &str = "> ";

/// Stands before the further lines of a prompt.
const MORE: &str = ". ";

/// Encloses a prompt of several lines.
const FENCE: &str = "\"\"\"";

/// Most entries of the history.
const MAX_HISTORY: usize = 1000;

/// What was typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    Text(String),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D.
    End,
}

/// Reads from the terminal.
pub(super) enum Reader {
    Lines,
    Edited { editor: Box<Editor<Help, MemHistory>>, history: Option<PathBuf> },
}

impl Reader {
    /// Edits lines on a terminal that understands control sequences. `history` is a file that keeps the prompts.
    pub(super) fn new(history: Option<&Path>) -> Result<Self, Failure> {
        if !(io::stdout().is_terminal() && terminal::is_capable()) {
            return Ok(Self::Lines);
        }
        let config = Config::builder().auto_add_history(false).bracketed_paste(true).build();
        let failed = |error: ReadlineError| Failure::other(error.to_string());
        let mut editor = Editor::with_history(config, MemHistory::new()).map_err(failed)?;
        editor.history_mut().set_max_len(MAX_HISTORY).map_err(failed)?;
        editor.set_helper(Some(Help { files: FilenameCompleter::new() }));
        for entry in history.map(entries).transpose()?.unwrap_or_default() {
            let _is_new = editor.add_history_entry(entry).map_err(failed)?;
        }
        Ok(Self::Edited { editor: Box::new(editor), history: history.map(Path::to_owned) })
    }

    /// Reads a prompt, of several lines if the user says so.
    pub(super) fn prompt(&mut self) -> Result<Typed, Failure> {
        let typed = self.read(PROMPT)?;
        if let (Self::Edited { editor, history }, Typed::Text(text)) = (&mut *self, &typed)
            && !text.trim().is_empty()
        {
            let is_new = editor.add_history_entry(text).map_err(|error| Failure::other(error.to_string()))?;
            if let Some(path) = history.as_deref().filter(|_| is_new)
                && let Err(error) = append(path, text)
            {
                tell!("note: {} cannot be written: {error}", path.display());
                *history = None;
            }
        }
        Ok(match typed {
            Typed::Text(text) => Typed::Text(unfenced(text.trim())),
            typed => typed,
        })
    }

    /// Reads the answer to a question.
    pub(super) fn ask(&mut self, question: &str) -> Result<Typed, Failure> {
        match self {
            Self::Lines => {
                tell_on!("{question}");
                line()
            }
            Self::Edited { editor, .. } => edited(editor, question),
        }
    }

    fn read(&mut self, prompt: &str) -> Result<Typed, Failure> {
        if let Self::Edited { editor, .. } = self {
            return edited(editor, prompt);
        }
        tell_on!("{prompt}");
        let mut text = match line()? {
            Typed::Text(text) => text,
            typed => return Ok(typed),
        };
        while is_incomplete(text.trim_end()) {
            tell_on!("{MORE}");
            match line()? {
                Typed::Text(more) => {
                    text.push('\n');
                    text.push_str(&more);
                }
                _ => break,
            }
        }
        Ok(Typed::Text(text))
    }
}

/// A line of a terminal that edits lines itself, without its line break.
fn line() -> Result<Typed, Failure> {
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(0) => {
            tell!();
            Ok(Typed::End)
        }
        Ok(_) => {
            let text = line.strip_suffix('\n').unwrap_or(&line);
            Ok(Typed::Text(text.strip_suffix('\r').unwrap_or(text).to_owned()))
        }
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            tell!("note: line ignored: not UTF-8");
            Ok(Typed::Text(String::new()))
        }
        Err(error) => Err(Failure::io("cannot read standard input", error)),
    }
}

fn edited(editor: &mut Editor<Help, MemHistory>, prompt: &str) -> Result<Typed, Failure> {
    #[cfg(unix)]
    let _modes = terminal::RestoredModes::begin();
    match editor.readline(prompt) {
        Ok(text) => Ok(Typed::Text(text)),
        Err(ReadlineError::Interrupted) => Ok(Typed::Interrupt),
        Err(ReadlineError::Eof) => Ok(Typed::End),
        Err(ReadlineError::Io(error)) => Err(Failure::io("cannot read the terminal", error)),
        Err(error) => Err(Failure::other(error.to_string())),
    }
}

/// True if more lines belong to a prompt: it ends in a backslash, or its fence is open.
fn is_incomplete(text: &str) -> bool {
    match text.trim_start().strip_prefix(FENCE) {
        Some(inner) => !inner.trim_end().ends_with(FENCE),
        None => text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1,
    }
}

/// A prompt without its fence, and without the backslashes at the end of its lines.
fn unfenced(text: &str) -> String {
    if let Some(inner) = text.strip_prefix(FENCE) {
        return inner.strip_suffix(FENCE).unwrap_or(inner).trim_matches('\n').to_owned();
    }
    let text = text.replace("\\\r\n", "\n").replace("\\\n", "\n");
    text.strip_suffix('\\').filter(|_| is_incomplete(&text)).unwrap_or(&text).to_owned()
}

/// The entries of a history: a JSON string a line, so that an entry may have several lines. Other lines are skipped.
fn entries(path: &Path) -> Result<Vec<String>, Failure> {
    #[expect(clippy::disallowed_methods, reason = "the user named the file")]
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(Failure::usage(format!("--history: {} cannot be read: {error}", path.display())));
        }
    };
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// Adds an entry to a history, which only its owner may read.
fn append(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let line = serde_json::to_string(text)? + "\n";
    options.open(path)?.write_all(line.as_bytes())
}

/// Completes commands and their files, and tells where a prompt ends.
pub(super) struct Help {
    files: FilenameCompleter,
}

impl Helper for Help {}
impl Highlighter for Help {}

impl Hinter for Help {
    type Hint = String;
}

impl Validator for Help {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let is_incomplete = is_incomplete(context.input());
        Ok(if is_incomplete { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

impl Completer for Help {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = line.get(..at).unwrap_or(line);
        if command::takes_file(typed) {
            return self.files.complete(line, at, context);
        }
        let names = command::NAMES.iter().filter(|name| typed.starts_with('/') && name.starts_with(typed));
        Ok((
            0,
            names.map(|name| Pair { display: (*name).to_owned(), replacement: format!("{name} ") }).collect(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_may_have_lines() {
        for (typed, is_open, text) in [
            ("one", false, "one"),
            ("one \\", true, "one "),
            ("one\\\ntwo", false, "one\ntwo"),
            ("a\\\\", false, "a\\\\"),
            ("\"\"\"", true, ""),
            ("\"\"\"a\n\nb\\", true, "a\n\nb\\"),
            ("\"\"\"\na\n\nb\n\"\"\"", false, "a\n\nb"),
            ("say \"\"\"", false, "say \"\"\""),
        ] {
            assert_eq!((is_incomplete(typed), &*unfenced(typed)), (is_open, text), "{typed}");
        }
    }

    #[test]
    fn a_history_has_entries_of_several_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history");
        assert!(entries(&path).unwrap().is_empty());
        for text in ["one", "two\nthree \"ä\""] {
            append(&path, text).unwrap();
        }
        assert_eq!(entries(&path).unwrap(), ["one", "two\nthree \"ä\""]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert!(entries(folder.path()).is_err());
    }
}
