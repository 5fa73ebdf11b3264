//! JSON options: inline, in a file or on standard input.

use core::time::Duration;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use barerock::types::{Document, UnknownMember};

use crate::exit::Failure;

/// The value of an option that names standard input.
pub(crate) const STANDARD_INPUT: &str = "-";

/// The longest input in bytes: several times what Bedrock takes.
const MAX_INPUT: u64 = 128 * 1024 * 1024;

/// How long standard input may say nothing before the user is told what is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Everything on standard input, as text.
pub(crate) fn standard_input() -> Result<String, Failure> {
    let (_done, waiting) = mpsc::channel::<()>();
    // Ends when `_done` is dropped, or with the program.
    let reminder = move || {
        if waiting.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            tell!("reading standard input until it ends; start with </dev/null to give none");
        }
    };
    // Without a thread there is no reminder.
    let _ = thread::Builder::new().spawn(reminder);
    read_text("standard input", std::io::stdin().lock())
}

/// How long a FIFO may wait for its writer.
const WRITER_LIMIT: Duration = Duration::from_secs(10);

/// Opens a file to read. Opening a FIFO blocks until something opens it for writing, so that wait is limited.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    if !is_fifo(path) {
        #[expect(clippy::disallowed_methods, reason = "the user named the file")]
        return File::open(path);
    }
    let (sender, opened) = mpsc::channel();
    let fifo = path.to_owned();
    // It may be blocked for ever, and ends with the program.
    thread::Builder::new().spawn(move || {
        #[expect(clippy::disallowed_methods, reason = "the user named the file")]
        let file = File::open(fifo);
        let _ = sender.send(file);
    })?;
    let mut file = opened.recv_timeout(PATIENCE);
    if file.is_err() {
        tell!("waiting for a writer of {}", path.display());
        file = opened.recv_timeout(WRITER_LIMIT.saturating_sub(PATIENCE));
    }
    file.unwrap_or_else(|_| {
        let problem = format!("a FIFO without a writer for {WRITER_LIMIT:?}");
        Err(io::Error::new(io::ErrorKind::TimedOut, problem))
    })
}

#[cfg(unix)]
fn is_fifo(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    std::fs::metadata(path).is_ok_and(|file| file.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_fifo(_path: &Path) -> bool {
    false
}

/// Reads a text that may be endless: a device, or a pipe.
fn read_text(name: &str, source: impl Read) -> Result<String, Failure> {
    let unreadable = |why: &dyn core::fmt::Display| Failure::usage(format!("{name} cannot be read: {why}"));
    let mut bytes = Vec::new();
    // One byte more than the limit shows that it goes on.
    source.take(MAX_INPUT.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_INPUT) {
        return Err(Failure::usage(format!("{name} is longer than {MAX_INPUT} bytes")));
    }
    String::from_utf8(bytes).map_err(|error| unreadable(&error.utf8_error()))
}

/// The text of an option's value: the value itself, a file's content or standard input. A byte order mark before it is skipped.
fn text_of(option: &str, value: &str) -> Result<String, Failure> {
    let text = if value == STANDARD_INPUT {
        standard_input()?
    } else if let Some(path) = value.strip_prefix("file://") {
        let file = open(Path::new(path));
        let file =
            file.map_err(|error| Failure::usage(format!("{option}: {path} cannot be read: {error}")))?;
        read_text(&format!("{option}: {path}"), file)?
    } else {
        value.to_owned()
    };
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

pub(crate) fn json_of(option: &str, value: &str) -> Result<Document, Failure> {
    let text = text_of(option, value)?;
    Document::from_json(text).map_err(|error| {
        Failure::usage(if is_path(value) {
            format!("{option} is not JSON: {error}; to read a file, write file://{value}")
        } else {
            format!("{option} is not JSON: {error}")
        })
    })
}

/// True if a value that is not JSON names a file, or looks like a path.
fn is_path(value: &str) -> bool {
    let looks_like_one = || {
        let has = |characters: &[char]| value.contains(characters);
        (has(&['/', '\\']) || value.ends_with(".json")) && !has(&['{', '}', '[', ']', '"', '\n'])
    };
    value != STANDARD_INPUT
        && !value.starts_with("file://")
        && (looks_like_one() || std::path::Path::new(value).is_file())
}

/// A member of a request, and the option that gives it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    pub(crate) name: &'static str,
    pub(crate) option: &'static str,
    pub(crate) value: Option<&'a str>,
    /// True if the option's value is text, and not JSON.
    pub(crate) plain: bool,
}

/// The JSON object of a request. An option replaces the member of `--cli-input-json`.
pub(crate) fn json_object(whole: Option<&str>, members: &[Member<'_>]) -> Result<String, Failure> {
    const WHOLE: &str = "--cli-input-json";
    let json = members.iter().filter(|member| !member.plain).filter_map(|member| member.value);
    if json.chain(whole).filter(|value| *value == STANDARD_INPUT).count() > 1 {
        return Err(Failure::usage("standard input can be read only once, but more than one option is -"));
    }
    let mut object = match whole.map(|value| json_of(WHOLE, value)).transpose()? {
        Some(given) => given.to_members().ok_or_else(|| {
            Failure::usage(format!("{WHOLE} is not a JSON object: give the members of the request"))
        })?,
        None => Vec::new(),
    };
    for member in members {
        let Some(value) = member.value else { continue };
        let value = if member.plain { value.into() } else { json_of(member.option, value)? };
        object.retain(|given| given.name != member.name);
        object.push(UnknownMember::new(member.name, value));
    }
    let mut json = String::from("{");
    for member in &object {
        if json.len() > 1 {
            json.push(',');
        }
        json += &serde_json::to_string(&member.name).map_err(Failure::other)?;
        json.push(':');
        json += member.value.as_json();
    }
    json.push('}');
    Ok(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_beat_the_whole_and_documents_stay_as_written() {
        let members = [
            Member { name: "modelId", option: "--model-id", value: Some("m"), plain: true },
            Member {
                name: "a",
                option: "--a",
                value: Some(r#"{"z":1.10,"b":12345678901234567890123}"#),
                plain: false,
            },
            Member { name: "b", option: "--b", value: None, plain: false },
        ];
        let object = json_object(Some(r#"{"modelId":"other","a":1,"c":[ 1.0 ]}"#), &members).unwrap();
        assert_eq!(object, r#"{"c":[ 1.0 ],"modelId":"m","a":{"z":1.10,"b":12345678901234567890123}}"#);
    }
}
