//! Checks a request against the service model before it is sent: what the service would refuse, with the path of the
//! value and the rule it breaks.
//!
//! What this crate does not know (an `Unknown` of a union or enum) passes: the service may know it.

mod content;
mod guardrail;
mod json;
mod mistake;
mod path;
mod request;
mod rules;

use core::fmt;

use path::Path;

/// Why the service would refuse a request.
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

    /// Where the value stands, such as `messages[2].content[0].toolUse.name`; empty for the request as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{} {}", self.path, self.message)
        }
    }
}

impl core::error::Error for ValidationError {}

type Checked = Result<(), ValidationError>;

/// Checks each entry of a list.
fn each<T>(at: &Path<'_>, items: &[T], check: impl Fn(&Path<'_>, &T) -> Checked) -> Checked {
    items.iter().enumerate().try_for_each(|(index, item)| check(&at.index(index), item))
}
