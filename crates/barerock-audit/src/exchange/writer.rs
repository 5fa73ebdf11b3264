//! Exchanges written while they take place.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{
    BODY_FILE, Exchange, REQUEST_FILE, RESPONSE_FILE, RecordedHead, RecordedRequest, TIMING_FILE, Timing,
    form,
};
use crate::file::{Unfinished, create_private, create_private_folder};

/// The end of the name of a folder whose exchange has not ended. Such a folder is not an exchange yet.
pub const PARTIAL_SUFFIX: &str = ".partial";

/// Writes an exchange whose response arrives in pieces.
///
/// The files are in a folder whose name ends in [`PARTIAL_SUFFIX`] until the exchange is [finished](Self::finish), so that
/// no half-written exchange is taken for a whole one. A writer that is dropped removes the folder. On Unix only its owner
/// can read it.
#[derive(Debug)]
pub struct ExchangeWriter {
    folder: PathBuf,
    partial: Unfinished,
    body: File,
}

impl ExchangeWriter {
    /// Creates the folder and writes the two heads into it.
    ///
    /// # Errors
    /// What the system returns, an existing `folder` among it.
    pub fn create(folder: &Path, request: &RecordedRequest, head: &RecordedHead) -> io::Result<Self> {
        if folder.exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let mut name = folder.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        name.push(PARTIAL_SUFFIX);
        let (partial, ()) = Unfinished::create(folder.with_file_name(name), create_private_folder)?;
        let body = write_heads(partial.path(), request, head)?;
        Ok(Self { folder: folder.to_owned(), partial, body })
    }

    /// Appends a piece of the response's body.
    ///
    /// # Errors
    /// What the system returns. The exchange can then not be finished.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.body.write_all(bytes)
    }

    /// Writes the times of the response, and gives the folder its name, which is returned.
    ///
    /// # Errors
    /// What the system returns; the folder is then removed.
    pub fn finish(self, timing: Option<&Timing>) -> io::Result<PathBuf> {
        if let Some(timing) = timing {
            create_private(&self.partial.path().join(TIMING_FILE))?.write_all(timing.to_json().as_bytes())?;
        }
        self.body.sync_all()?;
        // A rename would replace an empty folder.
        if self.folder.exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.partial.rename(&self.folder)?;
        Ok(self.folder)
    }
}

impl Exchange {
    /// Writes the exchange into a new folder, which is there whole or not at all.
    ///
    /// # Errors
    /// What the system returns, an existing `folder` among it.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let mut writer = ExchangeWriter::create(folder, &self.request, &self.response.head)?;
        writer.write(&self.response.body)?;
        writer.finish(self.response.timing()).map(drop)
    }
}

fn write_heads(partial: &Path, request: &RecordedRequest, head: &RecordedHead) -> io::Result<File> {
    create_private(&partial.join(REQUEST_FILE))?.write_all(form::write_request(request).as_bytes())?;
    create_private(&partial.join(RESPONSE_FILE))?.write_all(form::write_head(head).as_bytes())?;
    create_private(&partial.join(BODY_FILE))
}
