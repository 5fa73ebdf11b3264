//! A block of lines a frame, to be read.

use std::io::{self, Write};

use barerock_eventstream::{Limits, Prelude};

use super::annotate::title;
use super::hex::rows;
use super::payload::readable;
use super::{BrokenFrame, DumpFormat, Excerpt, Palette, PlacedFrame, StreamOutcome, value};
use crate::fields::MESSAGE_CRC_LENGTH;
use crate::text::count;

/// A block of lines a frame, to be read.
#[derive(Debug)]
pub struct Text {
    limits: Limits,
    excerpt: Excerpt,
    palette: Palette,
}

/// How many bytes are shown before the row of a fault, and with them.
const BEFORE_FAULT: u64 = 32;
const AROUND_FAULT: usize = 128;

impl Text {
    /// A dump of a stream decoded by `limits`.
    #[must_use]
    pub fn new(limits: Limits, excerpt: Excerpt, palette: Palette) -> Self {
        Self { limits, excerpt, palette }
    }

    /// A prelude's lengths and its CRC, which was found right.
    fn prelude(&self, out: &mut dyn Write, prelude: Prelude) -> io::Result<()> {
        let Palette { label, good, .. } = self.palette;
        write!(out, "  {label}prelude  {label:#} total length {}, ", prelude.total_length())?;
        write!(out, "headers length {}, CRC {:08x} ", prelude.headers_length(), prelude.crc())?;
        writeln!(out, "{good}ok{good:#}")
    }

    fn headers(&self, out: &mut dyn Write, placed: &PlacedFrame<'_>) -> io::Result<()> {
        let Palette { label, name: named, .. } = self.palette;
        let headers: Vec<_> = placed.frame.headers().collect();
        let names: Vec<_> = headers.iter().map(|header| self.excerpt.line(header.name)).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
        let mut title = "headers";
        if headers.is_empty() {
            return writeln!(out, "  {label}{title:9}{label:#} none");
        }
        for (header, name) in headers.iter().zip(&names) {
            let (kind, value) = (header.value.type_name(), value::text(header.value, self.excerpt));
            write!(out, "  {label}{title:9}{label:#} {named}{name:width$}{named:#}  ")?;
            writeln!(out, "{label}{kind:9}{label:#}  {value}")?;
            title = "";
        }
        Ok(())
    }

    fn payload(&self, out: &mut dyn Write, placed: &PlacedFrame<'_>) -> io::Result<()> {
        let Palette { label, .. } = self.palette;
        let payload = placed.frame.payload();
        let behind = payload.len().saturating_add(MESSAGE_CRC_LENGTH);
        let before = placed.frame.as_bytes().len().saturating_sub(behind);
        let offset = placed.offset.saturating_add(u64::try_from(before).unwrap_or(u64::MAX));
        let payload = readable(payload, offset, self.excerpt);
        writeln!(out, "  {label}payload  {label:#} {}", payload.title)?;
        payload.body.lines().try_for_each(|line| writeln!(out, "    {line}"))?;
        payload.note.map_or(Ok(()), |note| writeln!(out, "    {label}{note}{label:#}"))
    }
}

impl DumpFormat for Text {
    fn frame(&mut self, out: &mut dyn Write, placed: &PlacedFrame<'_>) -> io::Result<()> {
        let Palette { title: bold, label, good, .. } = self.palette;
        writeln!(out, "{bold}{}{bold:#}", title(placed))?;
        self.prelude(out, placed.frame.prelude())?;
        self.headers(out, placed)?;
        self.payload(out, placed)?;
        write!(out, "  {label}message  {label:#} CRC {:08x} ", placed.frame.message_crc())?;
        writeln!(out, "{good}ok{good:#}\n")
    }

    fn broken(&mut self, out: &mut dyn Write, broken: &BrokenFrame<'_>) -> io::Result<()> {
        let Palette { bad, label, .. } = self.palette;
        writeln!(out, "{bad}frame {} · offset {} · broken{bad:#}", broken.number, broken.offset)?;
        if let Some(Ok(prelude)) = broken.bytes.first_chunk().map(|start| Prelude::parse(start, self.limits))
        {
            self.prelude(out, prelude)?;
        }
        let kind = broken.error.kind();
        writeln!(out, "  {label}fault    {label:#} {kind} (frame offset {})", broken.error.frame_offset())?;
        let first = broken.error.frame_offset().saturating_sub(BEFORE_FAULT) / 16 * 16;
        let start = usize::try_from(first).unwrap_or(usize::MAX);
        let near = broken.bytes.get(start..).unwrap_or_default();
        let near = near.get(..AROUND_FAULT).unwrap_or(near);
        if !near.is_empty() {
            writeln!(out, "  {label}bytes    {label:#} {} around it", count(near))?;
        }
        rows(broken.offset + first, near).try_for_each(|line| writeln!(out, "    {line}"))?;
        writeln!(out)
    }

    fn outcome(&mut self, out: &mut dyn Write, outcome: &StreamOutcome) -> io::Result<()> {
        out.write_all(self.palette.outcome(outcome).as_bytes())
    }
}

/// The last line of [`Text`] alone.
#[derive(Debug)]
pub struct OutcomeLine {
    palette: Palette,
}

impl OutcomeLine {
    /// The line in these colours.
    #[must_use]
    pub fn new(palette: Palette) -> Self {
        Self { palette }
    }
}

impl DumpFormat for OutcomeLine {
    fn outcome(&mut self, out: &mut dyn Write, outcome: &StreamOutcome) -> io::Result<()> {
        out.write_all(self.palette.outcome(outcome).as_bytes())
    }
}
