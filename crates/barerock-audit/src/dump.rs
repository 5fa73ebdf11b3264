//! Event streams, whole or broken, shown frame by frame: from chunks of bytes to frames, a fault and an outcome.
//!
//! [`StreamDump`] decodes; a [`DumpFormat`] writes what it finds: [`Text`] and [`Hex`] to be read, [`Json`] for machines,
//! [`Html`] as a page.
//!
//! ```
//! use barerock_audit::dump::{DumpFormat, Json, StreamDump};
//! use barerock_eventstream::{Header, Limits, encode_frame};
//!
//! let mut stream = Vec::new();
//! encode_frame(&[Header::new(":message-type", "event")], b"{}", &mut stream)?;
//!
//! let (mut json, mut out) = (Json::new(), Vec::new());
//! let mut dump = StreamDump::new(Limits::default());
//! for chunk in stream.chunks(7) {
//!     dump.push(chunk, |frame| json.frame(&mut out, frame))?;
//! }
//! let outcome = dump.finish(|broken| json.broken(&mut out, broken))?;
//! json.outcome(&mut out, &outcome)?;
//!
//! assert!(outcome.is_complete());
//! assert!(String::from_utf8(out)?.ends_with("{\"verdict\":\"complete\",\"frames\":1,\"bytes\":40,\"offset\":40}\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod annotate;
mod excerpt;
mod hex;
mod html;
mod json;
mod outcome;
mod palette;
mod payload;
mod text;
mod value;

use std::io::{self, Write};

use barerock_converse::stream::EventDecoder;
use barerock_eventstream::{DecodeError, Frame, FrameDecoder, Limits};

pub use self::excerpt::Excerpt;
pub use self::hex::Hex;
pub use self::html::Html;
pub use self::json::Json;
pub use self::outcome::{ServiceFault, StreamOutcome};
pub use self::palette::Palette;
pub use self::text::{OutcomeLine, Text};
use crate::text::count;

/// The value of a frame's header as text, whole.
pub(crate) fn header_text(value: barerock_eventstream::HeaderValue<'_>) -> String {
    value::text(value, Excerpt::WHOLE)
}

/// Bytes kept after a fault at least, and shown of them at most.
const REST_KEPT: usize = 4096;

/// A frame and its place in the stream.
#[derive(Debug)]
#[non_exhaustive]
pub struct PlacedFrame<'a> {
    /// The frame's number, from 1.
    pub number: u64,
    /// The byte of the stream where the frame begins.
    pub offset: u64,
    /// The frame.
    pub frame: Frame<'a>,
}

/// The frame that ended decoding before the stream ended.
#[derive(Debug)]
#[non_exhaustive]
pub struct BrokenFrame<'a> {
    /// The frame's number, from 1.
    pub number: u64,
    /// The byte of the stream where the frame begins.
    pub offset: u64,
    /// The stream from there on: the broken frame as far as it is known, and at least 4 KiB after it.
    pub bytes: &'a [u8],
    /// Bytes of the stream after these.
    pub more: u64,
    /// What is wrong with the frame.
    pub error: DecodeError,
}

/// A way to write a stream's frames and its outcome.
pub trait DumpFormat {
    /// Writes what precedes the first frame.
    ///
    /// # Errors
    /// What `out` returns.
    fn start(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Writes a frame.
    ///
    /// # Errors
    /// What `out` returns.
    fn frame(&mut self, _out: &mut dyn Write, _placed: &PlacedFrame<'_>) -> io::Result<()> {
        Ok(())
    }

    /// Writes the frame that ended decoding.
    ///
    /// # Errors
    /// What `out` returns.
    fn broken(&mut self, _out: &mut dyn Write, _broken: &BrokenFrame<'_>) -> io::Result<()> {
        Ok(())
    }

    /// Writes how the stream ended.
    ///
    /// # Errors
    /// What `out` returns.
    fn outcome(&mut self, out: &mut dyn Write, outcome: &StreamOutcome) -> io::Result<()>;
}

/// Decodes a stream that arrives in chunks, up to its first fault, and counts what follows that.
#[derive(Debug)]
pub struct StreamDump {
    decoder: FrameDecoder,
    bytes: u64,
    service_fault: Option<ServiceFault>,
    /// Judges the events of a Converse stream.
    converse: Option<Box<EventDecoder>>,
    broken: Option<Rest>,
}

/// The stream from its first fault on.
#[derive(Debug)]
struct Rest {
    error: DecodeError,
    kept: Vec<u8>,
    room: usize,
    more: u64,
}

impl StreamDump {
    /// A dump of a stream whose frames keep to `limits`.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            decoder: FrameDecoder::with_limits(limits),
            bytes: 0,
            service_fault: None,
            converse: None,
            broken: None,
        }
    }

    /// Judges the stream as a response of ConverseStream: the outcome is that of an [`EventDecoder`], for which an
    /// exception ends the stream, and the message must be complete and the only one.
    #[must_use]
    pub fn of_converse(mut self) -> Self {
        self.converse = Some(Box::default());
        self
    }

    /// Takes the next bytes of the stream, and passes the completed frames to `on_frame`.
    ///
    /// # Errors
    /// What `on_frame` returns. A fault of the stream is not an error: see [`is_broken`](Self::is_broken).
    pub fn push<E>(
        &mut self,
        chunk: &[u8],
        mut on_frame: impl FnMut(&PlacedFrame<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.bytes = self.bytes.saturating_add(count(chunk));
        if let Some(events) = &mut self.converse {
            let mut undecoded = chunk;
            // An error is final: `finish` returns it again.
            while let Ok(Some(_)) = events.next_event(&mut undecoded) {}
        }
        if let Some(rest) = &mut self.broken {
            rest.keep(chunk);
            return Ok(());
        }
        let mut undecoded = chunk;
        loop {
            let (number, offset) = (self.decoder.frames().saturating_add(1), self.decoder.offset());
            let frame = match self.decoder.next_frame(&mut undecoded) {
                Ok(Some(frame)) => frame,
                Ok(None) => return Ok(()),
                Err(error) => {
                    let mut rest = Rest::new(error, self.decoder.unread(), undecoded.len());
                    rest.keep(undecoded);
                    self.broken = Some(rest);
                    return Ok(());
                }
            };
            let placed = PlacedFrame { number, offset, frame };
            if self.service_fault.is_none() {
                self.service_fault = ServiceFault::of(&placed);
            }
            on_frame(&placed)?;
        }
    }

    /// True once a frame is invalid. Further bytes are counted, not decoded.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    /// Ends the stream: passes the broken frame, if any, to `on_broken`, and returns the outcome.
    ///
    /// # Errors
    /// What `on_broken` returns.
    pub fn finish<E>(
        mut self,
        on_broken: impl FnOnce(&BrokenFrame<'_>) -> Result<(), E>,
    ) -> Result<StreamOutcome, E> {
        let (frames, offset) = (self.decoder.frames(), self.decoder.offset());
        if self.broken.is_none()
            && let Err(error) = self.decoder.finish()
        {
            self.broken = Some(Rest::new(error, self.decoder.unread(), 0));
        }
        if let Some(rest) = &self.broken {
            on_broken(&BrokenFrame {
                number: frames.saturating_add(1),
                offset,
                bytes: &rest.kept,
                more: rest.more,
                error: rest.error,
            })?;
        }
        let broken = self.broken.as_ref().map(|rest| (rest.error, &*rest.kept));
        let outcome = StreamOutcome::new(frames, self.bytes, broken, self.service_fault);
        Ok(match self.converse {
            Some(mut events) => outcome.of_converse(events.finish().err()),
            None => outcome,
        })
    }
}

impl Rest {
    /// The rest begins with `unread`; `undecoded` more bytes of its chunk are kept whole.
    fn new(error: DecodeError, unread: &[u8], undecoded: usize) -> Self {
        let room = unread.len().saturating_add(undecoded).saturating_add(REST_KEPT);
        Self { error, kept: unread.to_vec(), room, more: 0 }
    }

    fn keep(&mut self, chunk: &[u8]) {
        let (kept, rest) = chunk.split_at(chunk.len().min(self.room.saturating_sub(self.kept.len())));
        self.kept.extend_from_slice(kept);
        self.more = self.more.saturating_add(count(rest));
    }
}
