//! `--output hex`: every byte of the stream, and which field it belongs to.

use std::io::{self, Write};

use barerock_eventstream::{DecodeError, FieldName, Limits};

use super::annotate::{annotate, title};
use super::decode::{Fault, Format, Out, Placed, REST_KEPT, count};
use super::shown::{Paint, Shown};
use super::verdict::Verdict;
use crate::render::counted;

pub(super) struct Hex {
    pub(super) limits: Limits,
    pub(super) paint: Paint,
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
    /// Dumps bytes that begin with a frame, which is `offset` bytes into the stream.
    fn dump(
        &self,
        out: &mut Out,
        offset: u64,
        bytes: &[u8],
        error: Option<&DecodeError>,
        more: u64,
    ) -> io::Result<()> {
        let Paint { label, name: named, bad, .. } = self.paint;
        for field in annotate(bytes, self.limits, error, Shown::CUT) {
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

impl Format for Hex {
    fn frame(&mut self, out: &mut Out, placed: &Placed<'_>) -> io::Result<()> {
        let style = self.paint.title;
        writeln!(out, "{style}{}{style:#}", title(placed))?;
        self.dump(out, placed.offset, placed.frame.as_bytes(), None, 0)?;
        writeln!(out)
    }

    fn fault(&mut self, out: &mut Out, fault: &Fault<'_>) -> io::Result<()> {
        let style = self.paint.bad;
        writeln!(out, "{style}frame {} · offset {} · broken{style:#}", fault.number, fault.offset)?;
        self.dump(out, fault.offset, fault.bytes, Some(&fault.error), fault.more)?;
        writeln!(out)
    }

    fn verdict(&mut self, out: &mut Out, verdict: &Verdict) -> io::Result<()> {
        out.write_all(self.paint.verdict(verdict).as_bytes())
    }
}
