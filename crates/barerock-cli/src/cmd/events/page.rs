//! `--html`: the page of a stream of Converse events.

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use barerock_audit::ReplacementFile;
use barerock_audit::dump::{DumpFormat as _, Html, StreamDump};
use barerock_eventstream::Limits;

use crate::cmd::frames::page_of;
use crate::exit::Failure;
use crate::page;

/// A page that is being written.
pub(super) struct Page {
    path: PathBuf,
    html: Html,
    dump: StreamDump,
    out: BufWriter<ReplacementFile>,
}

impl Page {
    pub(super) fn create(path: &Path, input: Option<&Path>) -> Result<Self, Failure> {
        let mut html = page_of(input, Limits::default());
        let mut out = BufWriter::new(page::create(path, &[input.unwrap_or(Path::new("-"))])?);
        html.start(&mut out).map_err(|error| failed(path, error))?;
        let dump = StreamDump::new(Limits::default()).of_converse();
        Ok(Self { path: path.to_owned(), html, dump, out })
    }

    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        let Self { html, dump, out, path } = self;
        dump.push(chunk, |placed| html.frame(out, placed)).map_err(|error| failed(path, error))
    }

    /// Ends the page and gives the file its name.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let Self { mut html, dump, mut out, path } = self;
        let written = dump
            .finish(|broken| html.broken(&mut out, broken))
            .and_then(|outcome| html.outcome(&mut out, &outcome))
            .and_then(|()| out.flush())
            .and_then(|()| out.into_inner().map_err(io::IntoInnerError::into_error)?.keep());
        written.map_err(|error| failed(&path, error))
    }
}

fn failed(path: &Path, error: io::Error) -> Failure {
    Failure::io(format!("{} cannot be written", path.display()), error)
}
