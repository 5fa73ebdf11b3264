//! Every byte of a stream in hexadecimal, with the field it belongs to.

use std::io::{self, Write};

use barerock_eventstream::{DecodeError, Limits};

use super::annotate::{annotate, title};
use super::{BrokenFrame, DumpFormat, Excerpt, Palette, PlacedFrame, REST_KEPT, StreamOutcome};
use crate::fields::FieldName;
use crate::text::{count, counted};

/// Every byte of a stream in hexadecimal, with the field it belongs to.
#[derive(Debug)]
pub struct Hex {
    limits: Limits,
    palette: Palette,
}

/// Bytes in a row.
const ROW: usize = 16;

/// Columns that the hex digits of a row take.
const DIGITS: usize = 3 * ROW - 1;

/// The rows of a dump of bytes that begin `offset` bytes into the stream: the offset, the bytes and their ASCII
/// characters.
pub(super) fn rows(offset: u64, bytes: &[u8]) -> impl Iterator<Item = String> {
    (offset..).step_by(ROW).zip(bytes.chunks(ROW)).map(|(offset, row)| {
        let digits: Vec<_> = row.iter().map(|byte| format!("{byte:02x}")).collect();
        let letter = |byte: &u8| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' };
        let letters: String = row.iter().map(letter).collect();
        format!("{offset:08x}  {:DIGITS$}  {letters}", digits.join(" "))
    })
}

impl Hex {
    /// A dump of a stream decoded by `limits`.
    #[must_use]
    pub fn new(limits: Limits, palette: Palette) -> Self {
        Self { limits, palette }
    }

    /// Dumps bytes that begin with a frame, which is `offset` bytes into the stream.
    fn dump(
        &self,
        out: &mut dyn Write,
        offset: u64,
        bytes: &[u8],
        error: Option<&DecodeError>,
        more: u64,
    ) -> io::Result<()> {
        let Palette { label, name: named, bad, .. } = self.palette;
        for field in annotate(bytes, self.limits, error, Excerpt::SHORT) {
            let is_rest = field.name == FieldName::Undecoded;
            let limit = if is_rest { REST_KEPT } else { usize::MAX };
            let data = field.bytes.get(..limit).unwrap_or(field.bytes);
            let style = if field.is_faulty { bad } else { label };
            let mut lines = rows(offset + u64::try_from(field.start).unwrap_or(u64::MAX), data);
            if let Some(line) = lines.next() {
                let (name, note) = (field.name, &field.note);
                // Two spaces, and the ASCII column of a row that is not full.
                writeln!(out, "{line:77}{named}{name}{named:#}  {style}{note}{style:#}")?;
            }
            lines.try_for_each(|line| writeln!(out, "{line}"))?;
            // What was not kept follows the last field.
            let is_last = field.start.saturating_add(field.bytes.len()) == bytes.len();
            let hidden = count(field.bytes) - count(data) + if is_last { more } else { 0 };
            if hidden > 0 {
                writeln!(out, "          … {} more, not shown", counted(hidden, "byte"))?;
            }
        }
        Ok(())
    }
}

impl DumpFormat for Hex {
    fn frame(&mut self, out: &mut dyn Write, placed: &PlacedFrame<'_>) -> io::Result<()> {
        let style = self.palette.title;
        writeln!(out, "{style}{}{style:#}", title(placed))?;
        self.dump(out, placed.offset, placed.frame.as_bytes(), None, 0)?;
        writeln!(out)
    }

    fn broken(&mut self, out: &mut dyn Write, broken: &BrokenFrame<'_>) -> io::Result<()> {
        let style = self.palette.bad;
        writeln!(out, "{style}frame {} · offset {} · broken{style:#}", broken.number, broken.offset)?;
        self.dump(out, broken.offset, broken.bytes, Some(&broken.error), broken.more)?;
        writeln!(out)
    }

    fn outcome(&mut self, out: &mut dyn Write, outcome: &StreamOutcome) -> io::Result<()> {
        out.write_all(self.palette.outcome(outcome).as_bytes())
    }
}
