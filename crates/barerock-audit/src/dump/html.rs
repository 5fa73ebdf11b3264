//! The annotated dump as a self-contained page, to be attached to an issue.

use core::fmt::{self, Write as _};
use std::io::{self, Write};

use barerock_eventstream::{DecodeError, Limits};

use super::annotate::{annotate, title};
use super::hex::rows;
use super::payload::readable;
use super::{BrokenFrame, DumpFormat, Excerpt, PlacedFrame, REST_KEPT, StreamOutcome};
use crate::fields::FieldName;
use crate::text::{count, counted};

/// The annotated dump as a self-contained page.
#[derive(Debug)]
pub struct Html {
    limits: Limits,
    excerpt: Excerpt,
}

/// The verdict is known last and stands first: the style sheet puts it there.
const HEAD: &str = concat!(
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n",
    "<meta name=\"viewport\" content=\"width=device-width\">\n",
    "<title>barerock frames</title>\n<style>\n",
    include_str!("page.css"),
    "</style></head>\n<body>\n"
);

/// Text in HTML.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

impl Html {
    /// A dump of a stream decoded by `limits`.
    #[must_use]
    pub fn new(limits: Limits, excerpt: Excerpt) -> Self {
        Self { limits, excerpt }
    }

    /// A row a field: its bytes on the left, what they say on the right.
    fn table(
        &self,
        out: &mut dyn Write,
        offset: u64,
        bytes: &[u8],
        fault: Option<(&DecodeError, u64)>,
    ) -> io::Result<()> {
        out.write_all(b"<table>\n")?;
        for field in annotate(bytes, self.limits, fault.map(|(error, _)| error), self.excerpt) {
            let offset = offset + u64::try_from(field.start).unwrap_or(u64::MAX);
            let limit = if field.name == FieldName::Undecoded { REST_KEPT } else { self.excerpt.bytes };
            let data = field.bytes.get(..limit).unwrap_or(field.bytes);
            let faulty = if field.is_faulty { " bad" } else { "" };
            write!(out, "<tr class=\"{}{faulty}\"><td><pre>", class(field.name))?;
            for row in rows(offset, data) {
                writeln!(out, "{}", Escaped(&row))?;
            }
            if data.len() < field.bytes.len() {
                let hidden = count(field.bytes) - count(data);
                writeln!(out, "… {} more", counted(hidden, "byte"))?;
            }
            let (name, note) = (field.name, Escaped(&field.note));
            write!(out, "</pre></td><th>{name}</th><td>{note}")?;
            if field.name == FieldName::Payload {
                let payload = readable(field.bytes, offset, self.excerpt);
                write!(out, "<pre>{}</pre>", Escaped(&payload.body))?;
                if let Some(note) = payload.note {
                    write!(out, "<p>{note}</p>")?;
                }
            }
            out.write_all(b"</td></tr>\n")?;
        }
        out.write_all(b"</table>\n")?;
        match fault {
            Some((_, more)) if more > 0 => {
                writeln!(out, "<p>… {} more, not shown</p>", counted(more, "byte"))
            }
            _ => Ok(()),
        }
    }
}

/// The colour of a field.
fn class(name: FieldName) -> &'static str {
    match name {
        FieldName::TotalLength | FieldName::HeadersLength => "length",
        FieldName::PreludeCrc | FieldName::MessageCrc => "crc",
        FieldName::Payload => "payload",
        FieldName::Undecoded => "undecoded",
        _ => "header",
    }
}

impl DumpFormat for Html {
    fn start(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(HEAD.as_bytes())
    }

    fn frame(&mut self, out: &mut dyn Write, placed: &PlacedFrame<'_>) -> io::Result<()> {
        let (number, title) = (placed.number, title(placed));
        writeln!(out, "<section id=\"frame-{number}\"><h2>{}</h2>", Escaped(&title))?;
        self.table(out, placed.offset, placed.frame.as_bytes(), None)?;
        out.write_all(b"</section>\n")
    }

    fn broken(&mut self, out: &mut dyn Write, broken: &BrokenFrame<'_>) -> io::Result<()> {
        let BrokenFrame { number, offset, error, more, .. } = broken;
        writeln!(out, "<section id=\"frame-{number}\">")?;
        writeln!(out, "<h2 class=\"bad\">frame {number} · offset {offset} · broken</h2>")?;
        let text = error.kind().to_string();
        writeln!(out, "<p>{} (frame offset {})</p>", Escaped(&text), error.frame_offset())?;
        self.table(out, *offset, broken.bytes, Some((error, *more)))?;
        out.write_all(b"</section>\n")
    }

    fn outcome(&mut self, out: &mut dyn Write, outcome: &StreamOutcome) -> io::Result<()> {
        let class = if outcome.is_complete() { "good" } else { "bad" };
        let (verdict, text) = (outcome.verdict, outcome.to_string());
        writeln!(out, "<header class=\"{class}\"><h1>{verdict}</h1><p>{}</p></header>", Escaped(&text))?;
        out.write_all(b"</body></html>\n")
    }
}
