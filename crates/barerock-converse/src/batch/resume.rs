//! Continuing a batch from its output.

use std::collections::HashMap;

use super::output::{BatchOutcome, BatchOutput, InvalidOutput, START};

/// End of the message of a record whose id an earlier line of the input has.
pub(super) const DUPLICATE: &str = "duplicate recordId";

/// Which records of a batch have an output, so that none is sent twice. Holds the ids of all records.
///
/// A `recordId` is sent once: later lines of the input with the same id are errors.
#[derive(Debug, Default)]
pub struct BatchProgress {
    ids: HashMap<String, Lines>,
    outputs: u64,
    errors: u64,
}

/// The lines of an id.
#[derive(Debug, Default)]
struct Lines {
    /// True if the output has its record.
    is_done: bool,
    /// Lines of the output that report a duplicate and were not yet met in the input.
    duplicates: u64,
    /// True if the input has it.
    is_met: bool,
}

/// What to do with a record of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordStatus {
    /// Send it.
    New,
    /// The output has it.
    Done,
    /// An earlier line of the input has its id: write [`duplicate_line`](super::BatchRecord::duplicate_line).
    Duplicate,
}

impl BatchProgress {
    /// Takes a line of an output that exists already.
    ///
    /// # Errors
    /// If it is not a record of a batch output.
    pub fn add_output(&mut self, line: &[u8]) -> Result<(), InvalidOutput> {
        let output = BatchOutput::parse(line)?;
        let lines = self.ids.entry(output.record_id).or_default();
        match &output.outcome {
            BatchOutcome::Error(error) if error.message.ends_with(DUPLICATE) => {
                lines.duplicates = lines.duplicates.saturating_add(1);
            }
            _ => lines.is_done = true,
        }
        let count = if matches!(output.outcome, BatchOutcome::Output(_)) {
            &mut self.outputs
        } else {
            &mut self.errors
        };
        *count = count.saturating_add(1);
        Ok(())
    }

    /// Takes the next record of the input. Each record is to be passed once, in the order of the input.
    pub fn take(&mut self, record_id: &str) -> RecordStatus {
        let lines = match self.ids.get_mut(record_id) {
            Some(lines) => lines,
            None => self.ids.entry(record_id.to_owned()).or_default(),
        };
        if !core::mem::replace(&mut lines.is_met, true) {
            return if lines.is_done { RecordStatus::Done } else { RecordStatus::New };
        }
        match lines.duplicates.checked_sub(1) {
            Some(rest) => {
                lines.duplicates = rest;
                RecordStatus::Done
            }
            None => RecordStatus::Duplicate,
        }
    }

    /// Number of records in the output that have a response.
    #[must_use]
    pub fn outputs(&self) -> u64 {
        self.outputs
    }

    /// Number of records in the output that have an error.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.errors
    }
}

/// What follows the last line break of an output whose writer was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tail {
    /// A whole record without its line break, which is to be added.
    Whole,
    /// The beginning of a record, which is to be cut off.
    Torn,
    /// Something else: the file is not a batch output.
    Foreign,
}

/// Tells what the bytes after the last line break of an output are.
#[must_use]
pub fn tail(bytes: &[u8]) -> Tail {
    let common = bytes.len().min(START.len());
    if BatchOutput::parse(bytes).is_ok() {
        Tail::Whole
    } else if bytes.get(..common) == START.as_bytes().get(..common) {
        Tail::Torn
    } else {
        Tail::Foreign
    }
}
