//! Records of Bedrock's batch inference whose inputs are Converse bodies, as JSON Lines.
//!
//! A batch job (`CreateModelInvocationJob` of type `Converse`) reads lines `{"recordId":…,"modelInput":{…}}` and writes
//! lines `{"recordId":…,"modelInput":{…},"modelOutput":{…}}`, or with `"error":{"errorCode":…,"errorMessage":…}` in place
//! of `modelOutput` (Amazon Bedrock user guide, "Format and upload your batch inference data" and "View the results of a
//! batch inference job"). This module reads and writes both, so that the same file can be sent record by record with
//! Converse. `modelInput` and `modelOutput` stay as they were written, byte for byte.
//!
//! ```
//! use barerock_converse::batch::{BatchOutcome, BatchOutput, BatchRecord};
//! use barerock_converse::ConverseResponse;
//! use http::{HeaderMap, StatusCode};
//!
//! let line = br#"{"recordId":"CALL0000001","modelInput":{"messages":[{"role":"user","content":[{"text":"hi"}]}]}}"#;
//! let record = BatchRecord::parse(line, 1)?;
//! let (request, _warnings) = record.request(Some("us.anthropic.claude-sonnet-4-6"))?;
//! assert_eq!(request.messages.len(), 1);
//!
//! // Send the request, and write a line for its response:
//! let body = br#"{"output":{"message":{"role":"assistant","content":[{"text":"hello"}]}},"stopReason":"end_turn"}"#;
//! let response = ConverseResponse::from_http(StatusCode::OK, &HeaderMap::new(), body)?;
//! let output = BatchOutput::parse(record.output_line(&response).as_bytes())?;
//! assert_eq!(output.record_id, "CALL0000001");
//! assert!(matches!(output.outcome, BatchOutcome::Output(_)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod output;
mod resume;

use core::fmt;

use crate::json::{Object, one_value};
use crate::request::ConverseRequest;
use crate::response::ConverseResponse;
use crate::types::Document;
use crate::validate::{ValidationError, ValidationWarning};

pub use output::{BatchError, BatchOutcome, BatchOutput, InvalidOutput};
pub use resume::{BatchProgress, RecordStatus, Tail, tail};

/// HTTP status of a request that is refused before it is sent.
const BAD_REQUEST: u16 = 400;

/// A line of a batch input: an id and a Converse body.
#[doc(alias = "batch")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRecord {
    record_id: String,
    model_input: Document,
    line: u64,
}

impl BatchRecord {
    /// Reads a line; `number` is its place in the file, from 1. A byte order mark and white space around the object are
    /// skipped, and so are members other than `recordId` and `modelInput`.
    ///
    /// A record without `recordId` gets one from its line number, such as `LINE0000042`: 11 alphanumeric characters up
    /// to line 9,999,999, as in Bedrock's own ids.
    ///
    /// # Errors
    /// If the line is not a JSON object, its `recordId` is not a string of at least one character, or its `modelInput` is
    /// missing or not an object.
    pub fn parse(line: &[u8], number: u64) -> Result<Self, InvalidRecord> {
        let mut invalid = InvalidRecord {
            record_id: generated_id(number),
            model_input: None,
            line: number,
            why: String::new(),
        };
        let json = match core::str::from_utf8(line) {
            Ok(json) => json.trim_start_matches('\u{feff}'),
            Err(error) => {
                return Err(invalid.because(format!("invalid UTF-8 at byte {}", error.valid_up_to())));
            }
        };
        if let Err(fault) = one_value(json) {
            return Err(invalid.because(fault.to_string()));
        }
        if !json.trim_ascii_start().starts_with('{') {
            return Err(invalid.because("not a JSON object".to_owned()));
        }
        let object = Object::read(json);
        let (id, input) = (object.value("recordId"), object.value("modelInput"));
        invalid.model_input = input.map(Document::from_checked);
        match (id, object.text("recordId")) {
            (None, _) | (Some("null"), _) => {}
            (_, Some(id)) if !id.is_empty() => invalid.record_id = id,
            (_, Some(_)) => return Err(invalid.because("recordId is empty".to_owned())),
            _ => return Err(invalid.because("recordId is not a string".to_owned())),
        }
        match invalid.model_input {
            Some(model_input) if model_input.is_object() => {
                Ok(Self { record_id: invalid.record_id, model_input, line: number })
            }
            Some(_) => Err(invalid.because("modelInput is not an object".to_owned())),
            None => Err(invalid.because("modelInput is missing".to_owned())),
        }
    }

    /// The id: the given one, or that of the line.
    #[must_use]
    pub fn record_id(&self) -> &str {
        &self.record_id
    }

    /// The Converse body as it was written.
    #[must_use]
    pub fn model_input(&self) -> &Document {
        &self.model_input
    }

    /// The number of the line, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The request of the record, with a warning for each unknown member. `model_id` is the model of the batch; without
    /// one, the record names its own as `modelId` in `modelInput`, which a batch job does not know.
    ///
    /// # Errors
    /// If `modelInput` is not a Converse body ([`ConverseRequest::from_json`]), no model is named, or the record names
    /// another one than the batch.
    pub fn request(
        &self,
        model_id: Option<&str>,
    ) -> Result<(ConverseRequest, Vec<ValidationWarning>), RecordError> {
        let (request, warnings) = ConverseRequest::from_json_with_warnings(self.model_input.as_json())?;
        for_model(request, model_id).map(|request| (request, warnings))
    }

    /// [`request`](Self::request) without checks: the members of `modelInput` are sent unchanged.
    ///
    /// # Errors
    /// If no model is named, or the record names another one than the batch.
    pub fn request_unchecked(&self, model_id: Option<&str>) -> Result<ConverseRequest, RecordError> {
        for_model(ConverseRequest::from_json_unchecked(self.model_input.as_json())?, model_id)
    }

    /// The output line of a response, with its line break. `modelOutput` is the response as it was received; line breaks
    /// between its tokens are left out, because a record is one line.
    #[must_use]
    pub fn output_line(&self, response: &ConverseResponse) -> String {
        let json = match response.raw() {
            Some(raw) if !raw.contains(['\n', '\r']) => raw.trim_ascii().to_owned(),
            Some(raw) => Document::from_checked(raw).to_compact(),
            None => response.to_document().to_compact(),
        };
        output::line(&self.record_id, Some(&self.model_input), "modelOutput", &json)
    }

    /// The output line of an error, with its line break.
    #[must_use]
    pub fn error_line(&self, error: &BatchError) -> String {
        error.line(&self.record_id, Some(&self.model_input))
    }

    /// The output line of a record whose id an earlier line has, with its line break.
    #[must_use]
    pub fn duplicate_line(&self) -> String {
        self.error_line(&BatchError::new(BAD_REQUEST, format!("line {}: {}", self.line, resume::DUPLICATE)))
    }
}

fn for_model(mut request: ConverseRequest, model_id: Option<&str>) -> Result<ConverseRequest, RecordError> {
    match model_id {
        Some(model) if request.model_id.is_empty() => request.model_id = model.to_owned(),
        Some(model) if request.model_id != model => {
            return Err(RecordError::OtherModel { record: request.model_id, batch: model.to_owned() });
        }
        None if request.model_id.is_empty() => return Err(RecordError::NoModel),
        _ => {}
    }
    Ok(request)
}

/// The id of a record without one.
fn generated_id(line: u64) -> String {
    format!("LINE{line:07}")
}

/// Error for a line that is not a record. Displays the number of the line and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRecord {
    record_id: String,
    model_input: Option<Document>,
    line: u64,
    why: String,
}

impl InvalidRecord {
    fn because(mut self, why: String) -> Self {
        self.why = why;
        self
    }

    /// The error for a line that was not read because it is longer than `limit` bytes.
    #[must_use]
    pub fn too_long(number: u64, limit: usize) -> Self {
        let why = format!("longer than {limit} bytes");
        Self { record_id: generated_id(number), model_input: None, line: number, why }
    }

    /// The id of the record, or one from the number of the line if it has none.
    #[must_use]
    pub fn record_id(&self) -> &str {
        &self.record_id
    }

    /// The number of the line, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The output line that reports the error, with its line break; `modelInput` is `null` if the line has none.
    #[must_use]
    pub fn error_line(&self) -> String {
        let error = BatchError::new(BAD_REQUEST, self.to_string());
        error.line(&self.record_id, self.model_input.as_ref())
    }
}

impl fmt::Display for InvalidRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

impl core::error::Error for InvalidRecord {}

/// Error of building the request of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordError {
    /// `modelInput` is not a Converse body.
    Invalid(ValidationError),
    /// Neither the batch nor the record names a model.
    NoModel,
    /// The record names another model than the batch.
    OtherModel {
        /// The model of the record.
        record: String,
        /// The model of the batch.
        batch: String,
    },
}

impl From<ValidationError> for RecordError {
    fn from(error: ValidationError) -> Self {
        Self::Invalid(error)
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => write!(f, "invalid modelInput: {error}"),
            Self::NoModel => f.write_str("no model: neither the batch nor modelInput.modelId names one"),
            Self::OtherModel { record, batch } => {
                write!(f, "modelInput.modelId is {record:?}, but the model of the batch is {batch:?}")
            }
        }
    }
}

impl core::error::Error for RecordError {}

#[cfg(test)]
mod tests;
