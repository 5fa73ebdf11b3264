//! Captured bytes: a file, a fixture's folder, or standard input, read piece by piece.

use core::time::Duration;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, IsTerminal as _, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use barerock_audit::Exchange;
use barerock_audit::exchange::{BODY_FILE, EXCHANGE_FILES, archive_of};
use bytes::Bytes;

use crate::exit::Failure;
use crate::input;

/// How many bytes are read at once, at most.
const CHUNK: usize = 64 * 1024;

/// Bytes that come one after the other, in constant memory.
pub(crate) struct Source {
    reader: Box<dyn Read>,
    name: String,
    is_live: bool,
    /// What can be waited on for more bytes: another handle of what is read.
    waiting: Option<File>,
    buffer: Vec<u8>,
}

impl Source {
    /// Opens a file, the `response.body` of a folder, a response of an HTTP archive (`FILE.har`, `FILE.har#N`), or standard
    /// input where there is no path or `-`.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            if path.is_none() && io::stdin().is_terminal() {
                return Err(Failure::usage("no input: name a FILE, or pipe a stream in"));
            }
            let is_live = identity_of_standard_input().is_none();
            let name = "standard input".to_owned();
            let waiting = standard_input().ok();
            return Ok(Self { waiting, ..Self::new(Box::new(io::stdin().lock()), name, is_live) });
        };
        if archive_of(path).is_some() {
            let exchange = Exchange::open_stream(path).map_err(|error| Failure::usage(error.to_string()))?;
            let body = io::Cursor::new(exchange.response.body().clone());
            return Ok(Self::new(Box::new(body), path.display().to_string(), false));
        }
        let path = if path.is_dir() { path.join(BODY_FILE) } else { path.to_owned() };
        let name = path.display().to_string();
        let file = input::open(&path).map_err(|error| unreadable(&name, &error))?;
        let metadata = file.metadata().map_err(|error| unreadable(&name, &error))?;
        let waiting = file.try_clone().ok();
        // What is not a regular file may take its time: a pipe, a device.
        Ok(Self { waiting, ..Self::new(Box::new(file), name, !metadata.is_file()) })
    }

    /// Bytes that another thread receives, until it lets go of its end.
    pub(crate) fn of_chunks(chunks: mpsc::Receiver<Bytes>) -> Self {
        let reader = Received { chunks, rest: Bytes::new() };
        Self::new(Box::new(reader), "the response".to_owned(), true)
    }

    fn new(reader: Box<dyn Read>, name: String, is_live: bool) -> Self {
        Self { reader, name, is_live, waiting: None, buffer: vec![0; CHUNK] }
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

    /// Waits for more bytes, an end or an error; false if the limit passes without any. A source that cannot be waited
    /// on is taken to have more.
    pub(crate) fn has_more_within(&self, limit: Duration) -> bool {
        self.waiting.as_ref().is_none_or(|file| is_readable_within(file, limit))
    }

    /// True for a source that may take its time: what it sent so far is shown at once.
    pub(crate) fn is_live(&self) -> bool {
        self.is_live
    }
}

/// True if writing `path` would overwrite what is read as `input`: a file under this name or another, an entry of an archive, a
/// file in a folder, or what standard input (`-`) is redirected from.
pub(crate) fn is_input(path: &Path, input: &Path) -> bool {
    let Ok(target) = std::fs::metadata(path) else { return false };
    if input.is_dir() {
        let whole = |path: &Path| std::fs::canonicalize(path).ok();
        let is_within = |(path, folder): (PathBuf, PathBuf)| path.starts_with(folder);
        let is_of_exchange =
            path.file_name().is_some_and(|name| EXCHANGE_FILES.iter().any(|file| name == *file));
        return is_of_exchange && whole(path).zip(whole(input)).is_some_and(is_within);
    }
    let of_file = |path: &Path| std::fs::metadata(path).ok().and_then(|file| identity(&file));
    let read = match input.as_os_str() == "-" {
        true => identity_of_standard_input(),
        false => of_file(&archive_of(input).unwrap_or(input.to_owned())),
    };
    read.is_some() && read == identity(&target)
}

/// What is the same for all names of a regular file.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(file: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    file.is_file().then(|| (file.dev(), file.ino()))
}

/// Where the system has no identity, a page is written beside its file and does not touch the input.
#[cfg(not(unix))]
type Identity = ();

#[cfg(not(unix))]
fn identity(_file: &Metadata) -> Option<Identity> {
    None
}

/// Waits until a read would not block.
#[cfg(unix)]
fn is_readable_within(file: &File, limit: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let timeout = Timespec::try_from(limit).ok();
    !matches!(poll(&mut [PollFd::new(file, PollFlags::IN)], timeout.as_ref()), Ok(0))
}

#[cfg(not(unix))]
fn is_readable_within(_file: &File, _limit: Duration) -> bool {
    true
}

/// Another handle of standard input.
#[cfg(unix)]
fn standard_input() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

#[cfg(not(unix))]
fn standard_input() -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The identity of what standard input is redirected from.
#[cfg(unix)]
fn identity_of_standard_input() -> Option<Identity> {
    standard_input().and_then(|file| file.metadata()).ok().and_then(|file| identity(&file))
}

#[cfg(not(unix))]
fn identity_of_standard_input() -> Option<Identity> {
    None
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
