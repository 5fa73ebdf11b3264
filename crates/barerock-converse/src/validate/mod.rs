//! Validation of requests against the service model before they are sent. An error names the path of the value and the
//! rule it violates.
//!
//! Values this crate does not know (an `Unknown` of a union or enum, an unknown member) pass, because the service may
//! know them.

mod content;
mod documents;
mod guardrail;
mod json;
mod mistake;
mod path;
mod request;
mod rules;
mod warning;

use core::fmt;

use path::Path;
pub(crate) use rules::{is_tool_name, is_tool_use_id};

pub use warning::ValidationWarning;

/// Error for a request that violates the service model.
///
/// ```
/// # use barerock_converse::{ConverseRequest, types::Message};
/// let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("hi")]).temperature(7.0);
/// let error = request.validate().unwrap_err();
/// assert_eq!(error.path(), "inferenceConfig.temperature");
/// assert_eq!(error.to_string(), "inferenceConfig.temperature is 7.0, but must be from 0 to 1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationError {
    path: String,
    message: String,
}

impl ValidationError {
    #[cold]
    fn new(at: &Path<'_>, found: &str, rule: &str) -> Self {
        Self { path: at.to_string(), message: format!("{found}, but {rule}") }
    }

    /// An error for a rule of another module.
    pub(crate) fn of(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }

    /// The path of the value, such as `messages[2].content[0].toolUse.name`; empty for the request as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        at_path(f, &self.path, &self.message)
    }
}

/// Displays a path and a message.
fn at_path(f: &mut fmt::Formatter<'_>, path: &str, message: &str) -> fmt::Result {
    let separator = if path.is_empty() { "" } else { " " };
    write!(f, "{path}{separator}{message}")
}

impl core::error::Error for ValidationError {}

type Checked = Result<(), ValidationError>;

/// Checks each entry of a list.
fn each<T>(at: &Path<'_>, items: &[T], check: impl Fn(&Path<'_>, &T) -> Checked) -> Checked {
    items.iter().enumerate().try_for_each(|(index, item)| check(&at.index(index), item))
}
