//! The I/O of providers: files, processes, HTTP, time. Providers do all I/O through an [`Io`].

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

/// Limit on a process's output and on an HTTP body, in bytes.
pub const MAX_RESPONSE: usize = 1024 * 1024;

/// Limit on the part of a process's standard error that is kept, in bytes.
pub const MAX_STDERR: usize = 4096;

/// Limit on a file, in bytes. A CA bundle has about 250 KB; if it also shows its certificates as text, a few MB.
pub const MAX_FILE: usize = 16 * 1024 * 1024;

/// The future of an operation of [`Io`].
pub type IoFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// I/O of providers. [`SystemIo`] implements it for this machine.
///
/// Results may contain secrets: no log and no error may include them.
pub trait Io: fmt::Debug + Send + Sync {
    /// Reads a file; `None` if it does not exist.
    ///
    /// A file that exists but cannot be read, or that is longer than [`MAX_FILE`], is an error.
    fn read_file<'a>(&'a self, path: &'a Path) -> IoFuture<'a, io::Result<Option<Vec<u8>>>>;

    /// Replaces a file atomically; the new file is readable by its owner only. The target of a symbolic link is replaced, not the
    /// link.
    fn write_file<'a>(&'a self, path: &'a Path, content: &'a [u8]) -> IoFuture<'a, io::Result<()>>;

    /// Runs a command line in the system's shell, without input, and collects its standard output, at most [`MAX_RESPONSE`]
    /// bytes, and the end of its standard error.
    ///
    /// A command that takes longer than `limit` is killed, if possible with the processes it started; the output is then
    /// [`timed_out`](ProcessOutput::timed_out). `None` disables the limit.
    fn run<'a>(
        &'a self,
        command: &'a str,
        limit: Option<Duration>,
    ) -> IoFuture<'a, io::Result<ProcessOutput>>;

    /// Sends a request and collects the response, at most [`MAX_RESPONSE`] bytes of body, within `limit`. Requests to hosts
    /// for which [`is_local`](barerock::transport::is_local) returns true use no proxy.
    fn exchange(
        &self,
        request: http::Request<Bytes>,
        limit: Duration,
    ) -> IoFuture<'_, Result<http::Response<Bytes>, TransportError>>;

    /// Waits.
    fn sleep(&self, duration: Duration) -> IoFuture<'_, ()>;

    /// The time.
    fn now(&self) -> SystemTime;
}

/// The output of a process and its exit status.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessOutput {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// The standard output.
    pub stdout: Vec<u8>,
    /// The end of the standard error, at most [`MAX_STDERR`] bytes.
    pub stderr: Vec<u8>,
    /// True if it was killed because it took too long.
    pub timed_out: bool,
}

impl ProcessOutput {
    /// Creates the output of a process that exited and wrote nothing to its standard error.
    #[must_use]
    pub fn new(code: Option<i32>, stdout: Vec<u8>) -> Self {
        Self { code, stdout, stderr: Vec::new(), timed_out: false }
    }

    /// Sets the standard error.
    #[must_use]
    pub fn stderr(mut self, stderr: Vec<u8>) -> Self {
        self.stderr = stderr;
        self
    }

    /// Marks the process as killed by the time limit.
    #[must_use]
    pub fn timed_out(mut self) -> Self {
        self.timed_out = true;
        self
    }
}

/// Omits the output, which contains secrets.
impl fmt::Debug for ProcessOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessOutput")
            .field("code", &self.code)
            .field("timed_out", &self.timed_out)
            .finish_non_exhaustive()
    }
}

/// The error of a file or output that is longer than its limit.
pub(crate) fn too_long(limit: usize) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("it is longer than {limit} bytes"))
}
