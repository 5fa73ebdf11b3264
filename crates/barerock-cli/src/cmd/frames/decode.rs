//! From bytes to frames, a fault and a verdict, each handed to every format as it comes.

use core::fmt;
use std::io::{self, BufWriter, Write};

use barerock_eventstream::{DecodeError, Frame, FrameDecoder, Limits, MessageKind};

use super::verdict::{ServiceFault, Verdict};
use crate::exit::Failure;
use crate::source::Source;

/// How much is kept of what follows a fault, at least, and shown of it, at most.
pub(super) const REST_KEPT: usize = 4096;

/// A frame and its place in the stream.
pub(super) struct Placed<'a> {
    /// Counted from 1.
    pub(super) number: u64,
    /// The byte of the stream where it begins.
    pub(super) offset: u64,
    pub(super) frame: Frame<'a>,
}

/// Where decoding ended before the stream did.
pub(super) struct Fault<'a> {
    /// The faulty frame, counted from 1.
    pub(super) number: u64,
    /// The byte of the stream where it begins.
    pub(super) offset: u64,
    /// The stream from there on: the faulty frame, as far as it can be told, and at least 4 KiB after it.
    pub(super) bytes: &'a [u8],
    /// How many bytes follow these.
    pub(super) more: u64,
    pub(super) error: DecodeError,
}

/// Where a format writes to. Not just any writer: a dump is made of small pieces, and many of them.
pub(super) type Out = BufWriter<Box<dyn Write>>;

/// How much is gathered before it is written.
const GATHERED: usize = 64 * 1024;

/// A way to show a stream.
pub(super) trait Format {
    fn start(&mut self, _out: &mut Out) -> io::Result<()> {
        Ok(())
    }
    fn frame(&mut self, _out: &mut Out, _placed: &Placed<'_>) -> io::Result<()> {
        Ok(())
    }
    fn fault(&mut self, _out: &mut Out, _fault: &Fault<'_>) -> io::Result<()> {
        Ok(())
    }
    /// The last word.
    fn verdict(&mut self, out: &mut Out, verdict: &Verdict) -> io::Result<()>;
}

/// A format and where it goes.
pub(super) struct Sink {
    name: String,
    out: Out,
    format: Box<dyn Format>,
}

impl Sink {
    pub(super) fn new(name: impl fmt::Display, out: Box<dyn Write>, format: Box<dyn Format>) -> Self {
        Self { name: name.to_string(), out: BufWriter::with_capacity(GATHERED, out), format }
    }

    fn write(
        &mut self,
        what: impl FnOnce(&mut dyn Format, &mut Out) -> io::Result<()>,
    ) -> Result<(), Failure> {
        what(&mut *self.format, &mut self.out)
            .map_err(|error| Failure::io(format!("{} cannot be written", self.name), error))
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.write(|_, out| out.flush())
    }
}

/// Decodes the source to its end. Where there is a `last` event, a stream without it ended early.
pub(super) fn decode(
    source: &mut Source,
    limits: Limits,
    last: Option<&str>,
    sinks: &mut [Sink],
) -> Result<Verdict, Failure> {
    sinks.iter_mut().try_for_each(|sink| sink.write(|format, out| format.start(out)))?;
    let mut decoder = FrameDecoder::with_limits(limits);
    let (mut bytes, mut seen) = (0, Seen { service_fault: None, waits_for: last });
    let error = loop {
        if source.is_live() {
            sinks.iter_mut().try_for_each(Sink::flush)?;
        }
        let chunk = source.read()?;
        if chunk.is_empty() {
            break decoder.finish().err();
        }
        bytes += count(chunk);
        decoder.push(chunk);
        if let Err(error) = take_frames(&mut decoder, sinks, &mut seen)? {
            break Some(error);
        }
    };
    if let Some(error) = error {
        let (mut kept, mut more) = (decoder.unread().to_vec(), 0);
        let room = kept.len().saturating_add(REST_KEPT);
        // What follows is read all the same: the sender is not cut off, and its length is known.
        loop {
            let chunk = source.read()?;
            if chunk.is_empty() {
                break;
            }
            let (keep, rest) = chunk.split_at(chunk.len().min(room.saturating_sub(kept.len())));
            kept.extend_from_slice(keep);
            (bytes, more) = (bytes + count(chunk), more + count(rest));
        }
        let (number, offset) = (decoder.frames() + 1, decoder.offset());
        let fault = Fault { number, offset, bytes: &kept, more, error };
        sinks.iter_mut().try_for_each(|sink| sink.write(|format, out| format.fault(out, &fault)))?;
    }
    let verdict = Verdict::new(decoder.frames(), bytes, error, seen);
    for sink in sinks {
        sink.write(|format, out| format.verdict(out, &verdict))?;
        sink.flush()?;
    }
    Ok(verdict)
}

/// What was seen in the frames.
pub(super) struct Seen<'a> {
    pub(super) service_fault: Option<ServiceFault>,
    /// The event that must still come.
    pub(super) waits_for: Option<&'a str>,
}

/// Hands on the frames that are whole. The outer error is of writing, the inner one of decoding.
fn take_frames(
    decoder: &mut FrameDecoder,
    sinks: &mut [Sink],
    seen: &mut Seen<'_>,
) -> Result<Result<(), DecodeError>, Failure> {
    loop {
        let (number, offset) = (decoder.frames() + 1, decoder.offset());
        let frame = match decoder.next_frame() {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(Ok(())),
            Err(error) => return Ok(Err(error)),
        };
        let placed = Placed { number, offset, frame };
        if seen.service_fault.is_none() {
            seen.service_fault = ServiceFault::of(&placed);
        }
        seen.waits_for = seen.waits_for.filter(
            |last| !matches!(placed.frame.kind(), MessageKind::Event { event_type } if event_type == *last),
        );
        sinks.iter_mut().try_for_each(|sink| sink.write(|format, out| format.frame(out, &placed)))?;
    }
}

/// How many bytes there are.
pub(super) fn count(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
