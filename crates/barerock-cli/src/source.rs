//! Captured bytes: a file, a fixture's folder, or standard input, read piece by piece.

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal as _, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use bytes::Bytes;

use crate::exit::Failure;

/// The file of a fixture's folder that holds the answer's bytes.
const BODY: &str = "response.body";

/// How many bytes are read at once, at most.
const CHUNK: usize = 64 * 1024;

/// Bytes that come one after the other, in constant memory.
pub(crate) struct Source {
    reader: Box<dyn Read>,
    name: String,
    is_live: bool,
    /// The file, where there is one.
    path: Option<PathBuf>,
    buffer: Vec<u8>,
}

impl Source {
    /// Opens a file, the `response.body` of a folder, or standard input where there is no path or `-`.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            if path.is_none() && io::stdin().is_terminal() {
                return Err(Failure::usage("no input: name a FILE, or pipe a stream in"));
            }
            return Ok(Self::new(Box::new(io::stdin().lock()), "standard input".to_owned(), true, None));
        };
        let path = if path.is_dir() { path.join(BODY) } else { path.to_owned() };
        let name = path.display().to_string();
        #[expect(clippy::disallowed_methods, reason = "the user named the file")]
        let file = File::open(&path).map_err(|error| unreadable(&name, &error))?;
        // What is no regular file may take its time: a pipe, a device.
        let is_live = !file.metadata().map_err(|error| unreadable(&name, &error))?.is_file();
        Ok(Self::new(Box::new(file), name, is_live, Some(path)))
    }

    /// Bytes that another thread receives, until it lets go of its end.
    pub(crate) fn of_chunks(chunks: mpsc::Receiver<Bytes>) -> Self {
        let reader = Received { chunks, rest: Bytes::new() };
        Self::new(Box::new(reader), "the answer".to_owned(), true, None)
    }

    fn new(reader: Box<dyn Read>, name: String, is_live: bool, path: Option<PathBuf>) -> Self {
        Self { reader, name, is_live, path, buffer: vec![0; CHUNK] }
    }

    /// The next bytes, as soon as there are any; none at the end.
    pub(crate) fn read(&mut self) -> Result<&[u8], Failure> {
        loop {
            match self.reader.read(&mut self.buffer) {
                Ok(length) => return Ok(self.buffer.get(..length).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&self.name, &error)),
            }
        }
    }

    /// Whether someone may be waiting to see what has come so far.
    pub(crate) fn is_live(&self) -> bool {
        self.is_live
    }

    /// Whether `path` is the file that is read.
    pub(crate) fn is_file(&self, path: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().ok();
        self.path.as_deref().is_some_and(|own| real(own).is_some() && real(own) == real(path))
    }
}

/// Received chunks, as one stream of bytes.
struct Received {
    chunks: mpsc::Receiver<Bytes>,
    rest: Bytes,
}

impl Read for Received {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.chunks.recv() {
                Ok(chunk) => self.rest = chunk,
                Err(mpsc::RecvError) => return Ok(0),
            }
        }
        let length = self.rest.len().min(buffer.len());
        self.rest.split_to(length).as_ref().read(buffer)
    }
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("{name} cannot be read: {error}"))
}
