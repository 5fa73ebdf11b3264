//! A format of a dump and where it goes.

use core::fmt;
use std::io::{self, BufWriter, Write};

use barerock_audit::dump::DumpFormat;

use crate::exit::Failure;

/// Bytes gathered before they are written: a dump is made of many small pieces.
const GATHERED: usize = 64 * 1024;

/// A format and where it goes.
pub(super) struct Sink {
    name: String,
    out: BufWriter<Box<dyn Write>>,
    format: Box<dyn DumpFormat>,
}

impl Sink {
    pub(super) fn new(name: impl fmt::Display, out: Box<dyn Write>, format: Box<dyn DumpFormat>) -> Self {
        Self { name: name.to_string(), out: BufWriter::with_capacity(GATHERED, out), format }
    }

    pub(super) fn write(
        &mut self,
        what: impl FnOnce(&mut dyn DumpFormat, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        what(&mut *self.format, &mut self.out)
            .map_err(|error| Failure::io(format!("{} cannot be written", self.name), error))
    }

    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.write(|_, out| out.flush())
    }
}
