//! Parser of the INI dialect of the shared files.
//!
//! The rules are those of AWS's reference ("Format of the config file") and its SDKs. As in botocore, a whole file may be
//! indented, and comments may be. An invalid line makes only its own section unusable.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::fault::{Fault, FaultKind, Note};
use super::section::{Section, Value};
use super::source::Location;

/// The characters that begin a comment, at the start of a line or after whitespace.
const COMMENT: [u8; 2] = [b'#', b';'];

/// The contents of a file.
#[derive(Default)]
pub(super) struct Contents {
    /// The sections, in the order of the file.
    pub(super) blocks: Vec<Block>,
    /// The first invalid line before the first header.
    pub(super) before_first: Option<Fault>,
}

/// A header and the settings under it.
pub(super) struct Block {
    /// The text between the brackets, trimmed; empty if there is none.
    pub(super) header: String,
    pub(super) section: Section,
}

/// The setting that an indented line would continue.
struct Open {
    /// `None` for a setting that is ignored.
    key: Option<String>,
    indent: usize,
}

/// Parses one file.
pub(super) fn read(file: &Arc<str>, text: &str, notes: &mut Vec<Note>) -> Contents {
    let mut contents = Contents::default();
    let mut open: Option<Open> = None;
    // Editors on Windows begin a file with a byte order mark.
    for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let content = line.trim_ascii();
        if content.is_empty() || content.as_bytes().first().is_some_and(|byte| COMMENT.contains(byte)) {
            continue;
        }
        let location = Location::new(file, number);
        let indent = line.len() - line.trim_ascii_start().len();
        let continued = open.as_ref().filter(|setting| indent > setting.indent);
        // As a continuation it would add the settings of its section to the previous section.
        let is_indented_header = continued.is_some() && content.starts_with('[') && content.ends_with(']');
        if is_indented_header {
            let fault = Fault::new(location.clone(), FaultKind::IndentedHeader);
            contents.blocks.last_mut().into_iter().for_each(|block| block.section.fail(fault.clone()));
        }
        let result = match (continued, contents.blocks.last_mut()) {
            (Some(setting), Some(block)) if !is_indented_header => match &setting.key {
                Some(key) => continue_setting(&mut block.section, key, content, &location, notes),
                None => Ok(()),
            },
            _ if content.starts_with('[') => {
                let mut block = header(content, &location, notes);
                if is_indented_header {
                    block.section.fail(Fault::new(location, FaultKind::IndentedHeader));
                }
                contents.blocks.push(block);
                open = None;
                continue;
            }
            (_, Some(block)) => setting(&mut block.section, content, &location, notes)
                .map(|key| open = Some(Open { key, indent })),
            (_, None) => Err(FaultKind::BeforeFirstHeader),
        };
        if let Err(kind) = result {
            let fault = Fault::new(location, kind);
            match contents.blocks.last_mut() {
                Some(block) => block.section.fail(fault),
                None => {
                    contents.before_first.get_or_insert(fault);
                }
            }
        }
    }
    contents
}

/// Parses a header. A missing `]` makes the section unusable.
fn header(content: &str, location: &Location, notes: &mut Vec<Note>) -> Block {
    let inside = content.strip_prefix('[').unwrap_or(content);
    let (inside, fault) = match inside.split_once(']') {
        Some((inside, rest)) => {
            let rest = rest.trim_ascii_start();
            if !rest.is_empty() && !rest.starts_with(COMMENT.map(char::from)) {
                let message = "ignored text after the ] of a section's header".to_owned();
                notes.push(Note { location: location.clone(), message });
            }
            (inside, None)
        }
        None => (uncommented(inside), Some(FaultKind::OpenHeader)),
    };
    let header = inside.trim_ascii();
    let fault = if header.is_empty() { Some(FaultKind::EmptyHeader) } else { fault };
    let mut section = Section::new(header, location.clone());
    if let Some(kind) = fault {
        section.fail(Fault::new(location.clone(), kind));
    }
    Block { header: header.to_owned(), section }
}

/// Parses a setting and returns its key; `None` for one that is ignored.
fn setting(
    section: &mut Section,
    content: &str,
    location: &Location,
    notes: &mut Vec<Note>,
) -> Result<Option<String>, FaultKind> {
    let (key, value) = pair(content)?;
    if !is_name(key) {
        notes.push(invalid_name(location));
        return Ok(None);
    }
    insert(&mut section.settings, key, Value::new(value, location))?;
    Ok(Some(key.to_ascii_lowercase()))
}

/// Parses an indented line: more of the value before it or, if that is empty, a setting nested in it.
fn continue_setting(
    section: &mut Section,
    key: &str,
    content: &str,
    location: &Location,
    notes: &mut Vec<Note>,
) -> Result<(), FaultKind> {
    let Some(value) = section.settings.get_mut(key) else { return Ok(()) };
    if value.text.is_empty() {
        let (key, text) = pair(content)?;
        if is_name(key) {
            return insert(&mut value.nested, key, Value::new(text, location));
        }
        notes.push(invalid_name(location));
        return Ok(());
    }
    // As in AWS's SDKs, a comment after a continuation is part of the value.
    value.text.push('\n');
    value.text.push_str(content);
    if pair(content).is_ok_and(|(key, _)| is_name(key)) {
        notes.push(Note {
            location: location.clone(),
            message: format!(
                "the line is indented, so it is part of the setting on line {}; without the indentation it is a \
                 setting",
                value.location.line()
            ),
        });
    }
    Ok(())
}

/// Splits a setting into key and value, without a trailing comment.
fn pair(content: &str) -> Result<(&str, &str), FaultKind> {
    let (key, value) = content.split_once('=').ok_or(FaultKind::NoEqualsSign)?;
    match key.trim_ascii_end() {
        "" => Err(FaultKind::NoKey),
        key => Ok((key, uncommented(value).trim_ascii())),
    }
}

/// The text before a comment. A `#` or `;` without whitespace before it is part of the value.
fn uncommented(value: &str) -> &str {
    let bytes = value.as_bytes();
    let start = bytes.windows(2).position(
        |pair| matches!(pair, [space, mark] if space.is_ascii_whitespace() && COMMENT.contains(mark)),
    );
    start.and_then(|start| value.get(..start)).unwrap_or(value)
}

/// True if all characters are those AWS's SDKs allow in the name of a setting.
fn is_name(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./%@:+".contains(&byte))
}

fn invalid_name(location: &Location) -> Note {
    Note {
        location: location.clone(),
        message: "ignored setting: its name contains characters other than letters, digits and _-./%@:+"
            .to_owned(),
    }
}

/// Inserts a setting. A duplicate key is an error, as in botocore; the SDKs use the last one, which may not be the intended.
fn insert(settings: &mut BTreeMap<String, Value>, key: &str, value: Value) -> Result<(), FaultKind> {
    match settings.entry(key.to_ascii_lowercase()) {
        Entry::Vacant(entry) => {
            entry.insert(value);
            Ok(())
        }
        Entry::Occupied(entry) => Err(FaultKind::SecondSetting { first: entry.get().location.line() }),
    }
}

impl Value {
    fn new(text: &str, location: &Location) -> Self {
        Self { text: Zeroizing::new(text.to_owned()), nested: BTreeMap::new(), location: location.clone() }
    }
}
