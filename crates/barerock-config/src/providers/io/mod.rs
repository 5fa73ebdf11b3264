//! What providers ask of the world outside: files, processes, HTTP, time. They do nothing else to it, so that whoever
//! answers them decides what they see.

mod detached;
mod no_http;
mod process;
mod system;
#[cfg(test)]
pub(crate) mod tests;

use core::fmt;
use core::pin::Pin;
use core::time::Duration;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use bytes::Bytes;

use barerock::transport::TransportError;
pub use no_http::{NoBody, NoHttp};
pub use system::SystemIo;

/// The longest process output or HTTP body that is read, in bytes.
pub const MAX_ANSWER: usize = 1024 * 1024;

/// The longest file that is read, in bytes. A CA bundle has about 250 KB, with its certificates in words a few MB.
pub const MAX_FILE: usize = 16 * 1024 * 1024;

/// What the answer to a question will be.
pub type IoFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The world outside. [`SystemIo`] is the real one.
///
/// What comes back may hold secrets: it goes into no log and no error.
pub trait Io: fmt::Debug + Send + Sync {
    /// A file's content; `None` if there is none.
    ///
    /// The error is of a file that is there and cannot be read, or is longer than [`MAX_FILE`].
    fn read_file<'a>(&'a self, path: &'a Path) -> IoFuture<'a, io::Result<Option<Vec<u8>>>>;

    /// Puts a file in place of the one that is there, whole or not at all, readable by its owner only.
    fn write_file<'a>(&'a self, path: &'a Path, content: &'a [u8]) -> IoFuture<'a, io::Result<()>>;

    /// Runs a command line in the system's shell, with no input, and collects its standard output.
    ///
    /// A command that takes longer than `limit` is killed: [`io::ErrorKind::TimedOut`]. So should be what it started.
    fn run<'a>(&'a self, command: &'a str, limit: Duration) -> IoFuture<'a, io::Result<ProcessOutput>>;

    /// Sends a request and collects the answer, at most [`MAX_ANSWER`] bytes of it, within `limit`; to the hosts of
    /// [`is_local`](barerock::transport::is_local) by way of no proxy.
    fn exchange(
        &self,
        request: http::Request<Bytes>,
        limit: Duration,
    ) -> IoFuture<'_, Result<http::Response<Bytes>, TransportError>>;

    /// Waits.
    fn sleep(&self, duration: Duration) -> IoFuture<'_, ()>;

    /// What time it is.
    fn now(&self) -> SystemTime;
}

/// What a process left behind.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessOutput {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to its standard output.
    pub stdout: Vec<u8>,
}

impl ProcessOutput {
    /// The end of a process.
    #[must_use]
    pub fn new(code: Option<i32>, stdout: Vec<u8>) -> Self {
        Self { code, stdout }
    }
}

/// The output is not shown: it holds secrets.
impl fmt::Debug for ProcessOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessOutput").field("code", &self.code).finish_non_exhaustive()
    }
}

/// The error of what is longer than its limit.
pub(crate) fn too_long(limit: usize) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("it is longer than {limit} bytes"))
}
