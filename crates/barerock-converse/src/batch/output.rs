//! Lines of a batch output.

use core::fmt;

use crate::json::{Object, Writer, one_value};
use crate::types::Document;

/// What every output line begins with.
pub(super) const START: &str = r#"{"recordId":""#;

/// Builds an output line.
pub(super) fn line(record_id: &str, model_input: Option<&Document>, name: &str, json: &str) -> String {
    let mut out = Writer::default();
    out.begin_object();
    out.key("recordId");
    out.string(record_id);
    out.key("modelInput");
    out.raw(model_input.map_or("null", Document::as_json));
    out.key(name);
    out.raw(json);
    out.end_object();
    out.raw("\n");
    out.into_string()
}

/// Error of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchError {
    /// HTTP status of the error.
    pub code: u16,
    /// Description of the error.
    pub message: String,
}

impl BatchError {
    /// An error with an HTTP status and a description.
    pub fn new(code: u16, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(super) fn line(&self, record_id: &str, model_input: Option<&Document>) -> String {
        let mut json = Writer::default();
        json.begin_object();
        json.key("errorCode");
        json.raw(&self.code.to_string());
        json.key("errorMessage");
        json.string(&self.message);
        json.end_object();
        line(record_id, model_input, "error", &json.into_string())
    }
}

/// A line of a batch output, of this crate or of a batch job.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchOutput {
    /// The id of the record.
    pub record_id: String,
    /// The Converse body that was sent; `None` if the record had none.
    pub model_input: Option<Document>,
    /// The response or the error.
    pub outcome: BatchOutcome,
}

/// Outcome of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BatchOutcome {
    /// The response of Converse: `document.parse::<ConverseResponse>()` reads it.
    Output(Document),
    /// The error.
    Error(BatchError),
}

impl BatchOutput {
    /// Reads a line.
    ///
    /// # Errors
    /// If the line is not a JSON object with a `recordId` and a `modelOutput` or an `error`.
    pub fn parse(line: &[u8]) -> Result<Self, InvalidOutput> {
        let json = core::str::from_utf8(line)
            .map_err(|error| InvalidOutput(format!("invalid UTF-8 at byte {}", error.valid_up_to())))?;
        one_value(json).map_err(|fault| InvalidOutput(fault.to_string()))?;
        let object = Object::read(json);
        let missing = |member: &str| InvalidOutput(format!("{member} is missing"));
        let record_id = object.text("recordId").ok_or_else(|| missing("recordId"))?;
        let model_input =
            object.value("modelInput").filter(|json| *json != "null").map(Document::from_checked);
        let outcome = match (object.value("modelOutput"), object.value("error")) {
            (Some(output), _) => BatchOutcome::Output(Document::from_checked(output)),
            (None, Some(error)) => {
                let error = Object::read(error);
                let code = error.integer("errorCode").unwrap_or_default();
                BatchOutcome::Error(BatchError::new(code, error.text("errorMessage").unwrap_or_default()))
            }
            (None, None) => return Err(missing("modelOutput")),
        };
        Ok(Self { record_id, model_input, outcome })
    }
}

/// Error for a line that is not an output record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidOutput(String);

impl fmt::Display for InvalidOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a record of a batch output: {}", self.0)
    }
}

impl core::error::Error for InvalidOutput {}
