//! A format of a dump and where it goes.

use core::fmt;
use std::io::{self, BufWriter, Stdout, Write};

use barerock_audit::ReplacementFile;
use barerock_audit::dump::DumpFormat;

use crate::exit::Failure;

/// Bytes gathered before they are written: a dump is made of many small pieces.
const GATHERED: usize = 64 * 1024;

/// A format and where it goes.
pub(super) struct Sink {
    name: String,
    out: BufWriter<Out>,
    format: Box<dyn DumpFormat>,
}

/// Where a dump goes.
pub(super) enum Out {
    Standard(Stdout),
    /// A file that is there whole or not at all.
    File(ReplacementFile),
}

impl Sink {
    pub(super) fn new(name: impl fmt::Display, out: Out, format: Box<dyn DumpFormat>) -> Self {
        Self { name: name.to_string(), out: BufWriter::with_capacity(GATHERED, out), format }
    }

    pub(super) fn write(
        &mut self,
        what: impl FnOnce(&mut dyn DumpFormat, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        what(&mut *self.format, &mut self.out).map_err(|error| failed(&self.name, error))
    }

    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.write(|_, out| out.flush())
    }

    /// Writes what is gathered, and puts a file into its place.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let out = self.out.into_inner().map_err(io::IntoInnerError::into_error);
        let finished = out.and_then(|out| match out {
            Out::Standard(mut out) => out.flush(),
            Out::File(file) => file.keep(),
        });
        finished.map_err(|error| failed(&self.name, error))
    }
}

fn failed(name: &str, error: io::Error) -> Failure {
    Failure::io(format!("{name} cannot be written"), error)
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes),
            Self::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(out) => out.flush(),
            Self::File(file) => file.flush(),
        }
    }
}
