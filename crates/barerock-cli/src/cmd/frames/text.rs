//! `--output text`: a frame a block, for reading.

use std::io::{self, Write};

use barerock_eventstream::{Limits, Prelude};

use super::annotate::title;
use super::decode::{Fault, Format, Out, Placed, count};
use super::hex::rows;
use super::payload::readable;
use super::shown::{Paint, Shown};
use super::value;
use super::verdict::Verdict;

pub(super) struct Text {
    pub(super) limits: Limits,
    pub(super) shown: Shown,
    pub(super) paint: Paint,
}

/// How many bytes are shown before the row of a fault, and with them.
const BEFORE_FAULT: u64 = 32;
const AROUND_FAULT: usize = 128;

impl Text {
    /// A prelude's lengths and its CRC, which was found right.
    fn prelude(&self, out: &mut Out, prelude: Prelude) -> io::Result<()> {
        let Paint { label, good, .. } = self.paint;
        write!(out, "  {label}prelude  {label:#} total length {}, ", prelude.total_length())?;
        write!(out, "headers length {}, CRC {:08x} ", prelude.headers_length(), prelude.crc())?;
        writeln!(out, "{good}ok{good:#}")
    }

    fn headers(&self, out: &mut Out, placed: &Placed<'_>) -> io::Result<()> {
        let Paint { label, name: named, .. } = self.paint;
        let headers: Vec<_> = placed.frame.headers().collect();
        let names: Vec<_> = headers.iter().map(|header| self.shown.line(header.name)).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
        let mut title = "headers";
        if headers.is_empty() {
            return writeln!(out, "  {label}{title:9}{label:#} none");
        }
        for (header, name) in headers.iter().zip(&names) {
            let (kind, value) = (header.value.type_name(), value::text(header.value, self.shown));
            write!(out, "  {label}{title:9}{label:#} {named}{name:width$}{named:#}  ")?;
            writeln!(out, "{label}{kind:9}{label:#}  {value}")?;
            title = "";
        }
        Ok(())
    }

    fn payload(&self, out: &mut Out, placed: &Placed<'_>) -> io::Result<()> {
        let Paint { label, .. } = self.paint;
        let payload = placed.frame.payload();
        let offset = placed.offset + count(placed.frame.as_bytes()) - count(payload) - MESSAGE_CRC;
        let payload = readable(payload, offset, self.shown);
        writeln!(out, "  {label}payload  {label:#} {}", payload.title)?;
        payload.body.lines().try_for_each(|line| writeln!(out, "    {line}"))?;
        payload.note().map_or(Ok(()), |note| writeln!(out, "    {label}{note}{label:#}"))
    }
}

/// Bytes of the message CRC, which follows the payload.
const MESSAGE_CRC: u64 = 4;

impl Format for Text {
    fn frame(&mut self, out: &mut Out, placed: &Placed<'_>) -> io::Result<()> {
        let Paint { title: bold, label, good, .. } = self.paint;
        writeln!(out, "{bold}{}{bold:#}", title(placed))?;
        self.prelude(out, placed.frame.prelude())?;
        self.headers(out, placed)?;
        self.payload(out, placed)?;
        write!(out, "  {label}message  {label:#} CRC {:08x} ", placed.frame.message_crc())?;
        writeln!(out, "{good}ok{good:#}\n")
    }

    fn fault(&mut self, out: &mut Out, fault: &Fault<'_>) -> io::Result<()> {
        let Paint { bad, label, .. } = self.paint;
        writeln!(out, "{bad}frame {} · offset {} · broken{bad:#}", fault.number, fault.offset)?;
        if let Some(Ok(prelude)) = fault.bytes.first_chunk().map(|start| Prelude::parse(start, self.limits)) {
            self.prelude(out, prelude)?;
        }
        let kind = fault.error.kind();
        writeln!(out, "  {label}fault    {label:#} {kind} (frame offset {})", fault.error.frame_offset())?;
        let first = fault.error.frame_offset().saturating_sub(BEFORE_FAULT) / 16 * 16;
        let start = usize::try_from(first).unwrap_or(usize::MAX);
        let near = fault.bytes.get(start..).unwrap_or_default();
        let near = near.get(..AROUND_FAULT).unwrap_or(near);
        if !near.is_empty() {
            writeln!(out, "  {label}bytes    {label:#} {} around it", count(near))?;
        }
        rows(fault.offset + first, near).try_for_each(|line| writeln!(out, "    {line}"))?;
        writeln!(out)
    }

    fn verdict(&mut self, out: &mut Out, verdict: &Verdict) -> io::Result<()> {
        out.write_all(self.paint.verdict(verdict).as_bytes())
    }
}

/// The last line of `--output text` and nothing else.
pub(super) struct VerdictAlone {
    pub(super) paint: Paint,
}

impl Format for VerdictAlone {
    fn verdict(&mut self, out: &mut Out, verdict: &Verdict) -> io::Result<()> {
        out.write_all(self.paint.verdict(verdict).as_bytes())
    }
}
