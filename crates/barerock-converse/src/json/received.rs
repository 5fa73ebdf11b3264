//! The source text of a response.

use super::{Correction, Reader, format};
use crate::call_summary::CallSummary;

/// The text a response was read from, its corrections and its call. Ignored in comparisons of responses.
#[derive(Clone, Default)]
pub(crate) struct Received(Option<Box<Source>>);

#[derive(Clone, Default)]
struct Source {
    /// `None` for the message of a stream.
    raw: Option<String>,
    /// Byte offsets of the names of members that count as absent, ascending.
    absent: Vec<usize>,
    corrections: Vec<Correction>,
    call: CallSummary,
}

impl Received {
    /// What a reader noted, without the text, which it borrows: [`keep`](Self::keep) adds that.
    pub(crate) fn new(reader: Reader<'_>) -> Self {
        let mut absent = reader.absent;
        absent.sort_unstable();
        let corrections = reader.corrections.into_vec();
        let call = CallSummary::UNKNOWN;
        Self(Some(Box::new(Source { raw: None, absent, corrections, call })))
    }

    /// Keeps the text that was read.
    pub(crate) fn keep(&mut self, raw: String) {
        self.0.get_or_insert_default().raw = Some(raw);
    }

    /// The same call with the corrections of the message of a stream.
    pub(crate) fn corrected(mut self, corrections: Vec<Correction>) -> Self {
        self.0.get_or_insert_default().corrections = corrections;
        self
    }

    pub(crate) fn call(&self) -> &CallSummary {
        self.0.as_ref().map_or(const { &CallSummary::UNKNOWN }, |source| &source.call)
    }

    pub(crate) fn call_mut(&mut self) -> &mut CallSummary {
        &mut self.0.get_or_insert_default().call
    }

    pub(crate) fn raw(&self) -> Option<&str> {
        self.0.as_ref()?.raw.as_deref()
    }

    pub(crate) fn corrections(&self) -> &[Correction] {
        self.0.as_ref().map(|source| &*source.corrections).unwrap_or_default()
    }

    /// The text without members that count as absent, on one line.
    pub(crate) fn compact(&self) -> Option<String> {
        let source = self.0.as_ref()?;
        source.raw.as_ref().map(|raw| format(raw, None, &source.absent))
    }
}

impl PartialEq for Received {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl core::fmt::Debug for Received {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Received({} bytes, {:?})", self.raw().map_or(0, str::len), self.corrections())
    }
}
