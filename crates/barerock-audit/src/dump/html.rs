//! A stream as a page: timeline, frames, coloured bytes and the assembled message.

use std::io::{self, Write};

use barerock_eventstream::Limits;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::annotate::annotate;
use super::{BrokenFrame, DumpFormat, Excerpt, PlacedFrame, StreamOutcome};
use crate::exchange::Timing;
use crate::exchange::timing::micros;
use crate::page::{self, STYLE};

/// The script of the page: it decodes the embedded stream and shows it.
const SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("../page/decode.js"),
    include_str!("../page/model.js"),
    include_str!("../page/timeline.js"),
    include_str!("../page/view.js"),
    include_str!("../page/main.js"),
);

const BODY: &str = include_str!("../page/page.html");

/// Fields of a broken frame that are listed.
const MAX_FIELDS: usize = 1000;

/// The stream as a self-contained page, which opens from disk and loads nothing. The stream is embedded once, in base64.
#[derive(Debug)]
pub struct Html {
    limits: Limits,
    title: String,
    timing: Option<Timing>,
    /// Bytes that do not fill a group of base64 yet.
    carry: Vec<u8>,
    /// The frame to open: the first exception or error.
    fault: Option<u64>,
    broken: Option<Value>,
}

impl Html {
    /// A page of a stream decoded by `limits`.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            title: "event stream".to_owned(),
            timing: None,
            carry: Vec::new(),
            fault: None,
            broken: None,
        }
    }

    /// Sets the title, such as the name of the file.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Shows when the frames arrived.
    #[must_use]
    pub fn with_timing(mut self, timing: Option<Timing>) -> Self {
        self.timing = timing;
        self
    }

    fn embed(&mut self, out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
        self.carry.extend_from_slice(bytes);
        let whole = self.carry.len() - self.carry.len() % 3;
        let rest = self.carry.split_off(whole);
        out.write_all(STANDARD.encode(&self.carry).as_bytes())?;
        self.carry = rest;
        Ok(())
    }

    fn meta(&self, outcome: &StreamOutcome) -> Value {
        let timing = self.timing.as_ref().map(|timing| {
            let chunks: Vec<_> =
                timing.chunks.iter().map(|chunk| json!([chunk.offset, micros(chunk.at)])).collect();
            json!({
                "head": timing.head.map(micros),
                "first_frame": timing.first_frame.map(micros),
                "end": timing.end.map(micros),
                "chunks": chunks,
            })
        });
        let open = match (&self.broken, self.fault, outcome.is_complete()) {
            (Some(_), _, _) => outcome.frames,
            (None, Some(fault), _) => fault,
            (None, None, true) => 0,
            // A stream that ended early shows its last frame.
            (None, None, false) => outcome.frames.saturating_sub(1),
        };
        json!({
            "title": self.title,
            "verdict": outcome.verdict.as_str(),
            "sentence": outcome.to_string(),
            "hint": outcome.hint(),
            "frames": outcome.frames,
            "bytes": outcome.bytes,
            "open": open,
            "timing": timing,
            "broken": self.broken,
        })
    }
}

impl DumpFormat for Html {
    fn start(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(page::head("barerock frames", &[STYLE], SCRIPT).as_bytes())?;
        write!(out, "<body>\n{BODY}<script id=\"stream\" type=\"text/plain\">")
    }

    fn frame(&mut self, out: &mut dyn Write, placed: &PlacedFrame<'_>) -> io::Result<()> {
        if self.fault.is_none() && super::ServiceFault::of(placed).is_some() {
            self.fault = Some(placed.number.saturating_sub(1));
        }
        self.embed(out, placed.frame.as_bytes())
    }

    fn broken(&mut self, out: &mut dyn Write, broken: &BrokenFrame<'_>) -> io::Result<()> {
        let offset = broken.offset;
        let place = |at: usize| offset.saturating_add(u64::try_from(at).unwrap_or(u64::MAX));
        let fields: Vec<_> = annotate(broken.bytes, self.limits, Some(&broken.error), Excerpt::SHORT)
            .take(MAX_FIELDS)
            .map(|field| {
                json!({
                    "name": field.name.to_string(),
                    "from": place(field.start),
                    "to": place(field.start.saturating_add(field.bytes.len())),
                    "note": field.note,
                    "faulty": field.is_faulty,
                })
            })
            .collect();
        self.broken = Some(json!({
            "number": broken.number,
            "offset": offset,
            "fault": broken.error.stream_offset(),
            "reason": broken.error.kind().to_string(),
            "hint": broken.error.hint(),
            "more": broken.more,
            "fields": fields,
        }));
        self.embed(out, broken.bytes)
    }

    fn outcome(&mut self, out: &mut dyn Write, outcome: &StreamOutcome) -> io::Result<()> {
        out.write_all(STANDARD.encode(&self.carry).as_bytes())?;
        let meta = page::json_data(&self.meta(outcome));
        write!(
            out,
            "</script>\n<script id=\"meta\" type=\"application/json\">{meta}</script>\n<script>{SCRIPT}</script>\n"
        )?;
        out.write_all(b"</body></html>\n")
    }
}
