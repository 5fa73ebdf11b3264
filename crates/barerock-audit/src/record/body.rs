//! The body of a response that is being recorded.

use core::time::Duration;
use std::io;

use crate::exchange::{ChunkTime, ExchangeWriter, MAX_FILE_BYTES};
use crate::redact::{Redactor, StreamRedactor};

/// A body: redacted frame by frame if it is a stream, else as a whole at its end.
#[derive(Debug)]
pub(super) struct Body {
    /// `None` for a body that is not a stream.
    stream: Option<StreamRedactor>,
    /// Redacted bytes that are not written, and before the end the bytes of a body that is not a stream.
    pending: Vec<u8>,
    writer: Option<ExchangeWriter>,
    has_ended: bool,
    /// Bytes pushed.
    taken: u64,
    /// Bytes after redaction.
    redacted: u64,
    has_changed: bool,
}

impl Body {
    pub(super) fn new(is_stream: bool, redactor: &Redactor) -> Self {
        let stream = is_stream.then(|| StreamRedactor::with(redactor.clone()));
        let (pending, writer) = (Vec::new(), None);
        Self { stream, pending, writer, has_ended: false, taken: 0, redacted: 0, has_changed: false }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.taken = self.taken.saturating_add(crate::text::count(bytes));
        if self.taken > MAX_FILE_BYTES {
            let problem = format!("the body is longer than {MAX_FILE_BYTES} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
        }
        match &mut self.stream {
            Some(stream) => {
                let redacted = stream.push(bytes);
                self.redacted = self.redacted.saturating_add(crate::text::count(&redacted));
                self.pending.extend(redacted);
            }
            None => self.pending.extend_from_slice(bytes),
        }
        Ok(())
    }

    /// Redacts what is left.
    pub(super) fn end(&mut self, redactor: &Redactor) -> io::Result<()> {
        let rest = match &mut self.stream {
            Some(stream) => {
                let rest = stream.finish();
                self.has_changed = stream.has_changed();
                rest
            }
            None => {
                let whole = core::mem::take(&mut self.pending);
                let redacted = redactor.body(&whole).into_owned();
                self.has_changed = redacted != whole;
                redacted
            }
        };
        self.redacted = self.redacted.saturating_add(crate::text::count(&rest));
        self.pending.extend(rest);
        self.has_ended = true;
        Ok(())
    }

    /// True if the bytes received so far can be written.
    pub(super) fn is_ready(&self) -> bool {
        self.stream.is_some() || self.has_ended
    }

    pub(super) fn is_stream(&self) -> bool {
        self.stream.is_some()
    }

    pub(super) fn is_redacted(&self) -> bool {
        self.has_changed
    }

    /// The length after redaction.
    pub(super) fn length(&self) -> u64 {
        self.redacted
    }

    /// The length of a body that is not a stream.
    pub(super) fn whole_length(&self) -> Option<u64> {
        self.stream.is_none().then_some(self.redacted)
    }

    /// Writes what is pending, with the writer that `create` makes the first time.
    pub(super) fn write(&mut self, create: impl FnOnce() -> io::Result<ExchangeWriter>) -> io::Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => none.insert(create()?),
        };
        writer.write(&core::mem::take(&mut self.pending))
    }

    /// The writer, or the bytes if none was made.
    pub(super) fn into_written(self) -> Result<ExchangeWriter, Vec<u8>> {
        self.writer.ok_or(self.pending)
    }

    /// Where a byte of the body is after redaction.
    fn redacted_offset(&self, offset: u64) -> u64 {
        match &self.stream {
            Some(stream) => stream.redacted_offset(offset),
            // Where the length has changed, only the beginning is known.
            None if self.redacted == self.taken => offset,
            None => 0,
        }
    }
}

/// When the chunks of a body arrived.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    chunks: Vec<ChunkTime>,
    length: u64,
    /// The length of the first frame, as its first four bytes state it.
    prelude: Vec<u8>,
    first_frame: Option<Duration>,
}

impl Arrivals {
    pub(super) fn add(&mut self, at: Duration, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.chunks.push(ChunkTime { offset: self.length, at });
        self.length = self.length.saturating_add(crate::text::count(bytes));
        let missing = 4_usize.saturating_sub(self.prelude.len());
        self.prelude.extend(bytes.iter().take(missing));
        let first = <[u8; 4]>::try_from(&*self.prelude).map(u32::from_be_bytes);
        if self.first_frame.is_none() && first.is_ok_and(|first| self.length >= u64::from(first)) {
            self.first_frame = Some(at);
        }
    }

    pub(super) fn first_frame(&self) -> Option<Duration> {
        self.first_frame
    }

    /// The chunks of the redacted body. Of those that begin at one place after redaction, the last one counts.
    pub(super) fn chunks(&self, body: &Body) -> Vec<ChunkTime> {
        let mut chunks: Vec<ChunkTime> = Vec::new();
        for chunk in &self.chunks {
            let offset = body.redacted_offset(chunk.offset);
            if chunks.last().is_some_and(|last| last.offset == offset) {
                chunks.pop();
            }
            if offset < body.length() {
                chunks.push(ChunkTime { offset, at: chunk.at });
            }
        }
        chunks
    }
}
