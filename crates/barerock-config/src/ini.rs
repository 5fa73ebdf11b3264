//! The INI dialect of the shared files: lines in, sections of settings out.
//!
//! AWS's reference ("Format of the config file") and its SDKs say what a line means; where botocore reads more than
//! they do (a file that is indented as a whole, comments that are), so does this reader.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::error::ConfigError;
use super::section::{Section, Value};
use super::source::Location;

/// What starts a comment, at the start of a line or after whitespace.
const COMMENT: [u8; 2] = [b'#', b';'];

/// A header and the settings under it, in the order of the file.
pub(super) struct Block {
    /// What stands between the brackets, trimmed.
    pub(super) header: String,
    pub(super) section: Section,
}

/// Something in a file that is passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) location: Location,
    pub(super) message: String,
}

/// The setting that an indented line goes on with.
struct Open {
    /// `None` for a setting that is passed over.
    key: Option<String>,
    indent: usize,
}

/// Reads one file.
pub(super) fn read(file: &Arc<str>, text: &str, notes: &mut Vec<Note>) -> Result<Vec<Block>, ConfigError> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Open> = None;
    // Editors on Windows begin a file with a byte order mark.
    for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let location = Location::new(file, number);
        let error = |message: &str| ConfigError::syntax(location.clone(), message);
        let content = line.trim_ascii();
        if content.is_empty() || content.as_bytes().first().is_some_and(|byte| COMMENT.contains(byte)) {
            continue;
        }
        let indent = line.len() - line.trim_ascii_start().len();
        match &open {
            Some(setting) if indent > setting.indent => {
                // Taken for a continuation, the settings of the section would silently go to the one before.
                if content.starts_with('[') && content.ends_with(']') {
                    return Err(error("a section's header must not be indented; remove the space before ["));
                }
                if let (Some(block), Some(key)) = (blocks.last_mut(), &setting.key) {
                    go_on(&mut block.section, key, content, &location, notes)?;
                }
            }
            _ if content.starts_with('[') => {
                let (header, rest) = header(content).map_err(error)?;
                if !rest.is_empty() {
                    let message = "the text after the ] of a section's header is ignored".to_owned();
                    notes.push(Note { location: location.clone(), message });
                }
                blocks.push(Block { header: header.to_owned(), section: Section::new(header, location) });
                open = None;
            }
            _ => {
                let Some(block) = blocks.last_mut() else {
                    return Err(error("a setting must follow a section such as [default]"));
                };
                let (key, value) = pair(content).map_err(error)?;
                let valid = is_name(key);
                open = Some(Open { key: valid.then(|| key.to_ascii_lowercase()), indent });
                if valid {
                    insert(&mut block.section.settings, key, Value::new(value, &location))?;
                } else {
                    notes.push(bad_name(location));
                }
            }
        }
    }
    Ok(blocks)
}

/// An indented line: more of the value before it or, where that is empty, a setting nested in it.
fn go_on(
    section: &mut Section,
    key: &str,
    content: &str,
    location: &Location,
    notes: &mut Vec<Note>,
) -> Result<(), ConfigError> {
    let Some(value) = section.settings.get_mut(key) else { return Ok(()) };
    if value.text.is_empty() {
        let (key, text) = pair(content).map_err(|message| ConfigError::syntax(location.clone(), message))?;
        if is_name(key) {
            return insert(&mut value.nested, key, Value::new(text, location));
        }
        notes.push(bad_name(location.clone()));
        return Ok(());
    }
    // As AWS's SDKs do, comments behind a continuation are taken for a part of it.
    value.text.push('\n');
    value.text.push_str(content);
    if pair(content).is_ok_and(|(key, _)| is_name(key)) {
        notes.push(Note {
            location: location.clone(),
            message: format!(
                "the line is indented, and so a part of the setting on line {}; remove the space before it if it is \
                 a setting of its own",
                value.location.line()
            ),
        });
    }
    Ok(())
}

/// The text between the brackets, and the text after them if it is no comment.
fn header(content: &str) -> Result<(&str, &str), &'static str> {
    let (inside, rest) = content
        .strip_prefix('[')
        .and_then(|content| content.split_once(']'))
        .ok_or("the section's header has no ]; end it with one")?;
    let rest = rest.trim_ascii_start();
    let rest = if rest.starts_with(COMMENT.map(char::from)) { "" } else { rest };
    match inside.trim_ascii() {
        "" => Err("the section has no name; write one between [ and ]"),
        name => Ok((name, rest)),
    }
}

/// A key and its value without the comment behind it. What is wrong never quotes the line: it may hold a secret.
fn pair(content: &str) -> Result<(&str, &str), &'static str> {
    let (key, value) = content.split_once('=').ok_or("there is no =; a setting is written key = value")?;
    match key.trim_ascii_end() {
        "" => Err("there is no key before the =; a setting is written key = value"),
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

/// The characters AWS's SDKs take in the name of a setting.
fn is_name(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./%@:+".contains(&byte))
}

fn bad_name(location: Location) -> Note {
    Note {
        location,
        message: "the setting is passed over: its name may hold letters, digits and _-./%@:+ only".to_owned(),
    }
}

/// botocore refuses a key that is given twice, the SDKs take the last: which one was meant cannot be known. The key is
/// not quoted: a secret that ends in `=` on a line of its own is taken for one.
fn insert(settings: &mut BTreeMap<String, Value>, key: &str, value: Value) -> Result<(), ConfigError> {
    match settings.entry(key.to_ascii_lowercase()) {
        Entry::Vacant(entry) => {
            entry.insert(value);
            Ok(())
        }
        Entry::Occupied(entry) => {
            let message = format!(
                "the setting is there already, on line {}; remove one of the two",
                entry.get().location.line()
            );
            Err(ConfigError::syntax(value.location, message))
        }
    }
}

impl Value {
    fn new(text: &str, location: &Location) -> Self {
        Self { text: Zeroizing::new(text.to_owned()), nested: BTreeMap::new(), location: location.clone() }
    }
}
