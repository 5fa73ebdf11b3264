//! The I/O of this machine.

use core::fmt;
use core::pin::Pin;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use std::time::{Instant, SystemTime};

use bytes::{Bytes, BytesMut};
use http_body::Body;

use super::detached::detached;
use super::process::{self, Group};
use super::{Io, IoFuture, MAX_FILE, MAX_RESPONSE, NoHttp, ProcessOutput, too_long};
use barerock::time::{Clock, system_clock};
use barerock::transport::{NoProxy, Transport, TransportError, TransportErrorKind, is_local};
use barerock::{Timeouts, within};

/// I/O with the files and processes of this machine, and HTTP over a [`Transport`], which a client may share.
///
/// Files and processes are handled on separate threads, so that no executor is blocked.
pub struct SystemIo<T> {
    transport: Arc<T>,
    clock: Clock,
}

impl<T: Transport> SystemIo<T> {
    /// Creates an I/O that sends requests over this transport.
    pub fn new(transport: Arc<T>) -> Self {
        Self { transport, clock: system_clock() }
    }

    /// Sets the clock; the system's by default.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }
}

impl SystemIo<NoHttp> {
    /// Creates an I/O without HTTP, whose requests fail, for configurations whose credentials need none, such as keys in files.
    #[must_use]
    pub fn without_http() -> Self {
        Self::new(Arc::new(NoHttp))
    }
}

impl<T: Transport> Io for SystemIo<T> {
    fn read_file<'a>(&'a self, path: &'a Path) -> IoFuture<'a, io::Result<Option<Vec<u8>>>> {
        let path = path.to_owned();
        Box::pin(detached(move |_abandoned| read(&path)))
    }

    fn write_file<'a>(&'a self, path: &'a Path, content: &'a [u8]) -> IoFuture<'a, io::Result<()>> {
        let (path, content) = (path.to_owned(), zeroize::Zeroizing::new(content.to_vec()));
        Box::pin(detached(move |_abandoned| write(&path, &content)))
    }

    fn run<'a>(
        &'a self,
        command: &'a str,
        limit: Option<Duration>,
    ) -> IoFuture<'a, io::Result<ProcessOutput>> {
        let command = command.to_owned();
        let group = Group::suitable();
        Box::pin(detached(move |abandoned| process::run(&command, limit, group, abandoned)))
    }

    fn exchange(
        &self,
        mut request: http::Request<Bytes>,
        limit: Duration,
    ) -> IoFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        // For a blocking transport, which must enforce the limit itself.
        request.extensions_mut().insert(Timeouts::never().first_byte(limit).idle(limit));
        if request.uri().host().is_some_and(is_local) {
            request.extensions_mut().insert(NoProxy::default());
        }
        Box::pin(async move {
            #[expect(clippy::disallowed_methods, reason = "the time limit of a real request")]
            let started = Instant::now();
            let whole = async {
                let response = self.transport.send(request).await.map_err(Into::into)?;
                let (head, body) = response.into_parts();
                Ok(http::Response::from_parts(head, collect::<T>(Box::pin(body), started, limit).await?))
            };
            within(&*self.transport, Some(limit), "the response", whole)
                .await
                .unwrap_or_else(|elapsed| Err(TransportError::new(TransportErrorKind::Timeout, elapsed)))
        })
    }

    fn sleep(&self, duration: Duration) -> IoFuture<'_, ()> {
        Box::pin(self.transport.sleep(duration))
    }

    fn now(&self) -> SystemTime {
        (self.clock)()
    }
}

impl<T> fmt::Debug for SystemIo<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemIo").finish_non_exhaustive()
    }
}

/// Collects a body. Checks the time limit, because a blocking transport only limits each read.
async fn collect<T: Transport>(
    mut body: Pin<Box<T::Body>>,
    started: Instant,
    limit: Duration,
) -> Result<Bytes, TransportError> {
    let mut whole = BytesMut::new();
    while let Some(frame) = core::future::poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let frame = frame.map_err(|error| TransportError::new(TransportErrorKind::Io, error))?;
        if let Ok(data) = frame.into_data() {
            if data.len() > MAX_RESPONSE.saturating_sub(whole.len()) {
                return Err(TransportError::new(TransportErrorKind::Io, too_long(MAX_RESPONSE)));
            }
            whole.extend_from_slice(&data);
        }
        if started.elapsed() > limit {
            let reason = format!("the response was not complete within {limit:?}");
            return Err(TransportError::new(TransportErrorKind::Timeout, reason));
        }
    }
    Ok(whole.freeze())
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    #[expect(clippy::disallowed_methods, reason = "the one place where files are read")]
    let file = match fs::File::open(path) {
        Ok(file) => file,
        // `NotADirectory`, as with HOME=/dev/null, also means that the file does not exist.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let mut content = Vec::new();
    let limit = u64::try_from(MAX_FILE).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut content)?;
    if content.len() > MAX_FILE { Err(too_long(MAX_FILE)) } else { Ok(Some(content)) }
}

/// Writes a temporary file next to the target and renames it, so that a reader sees either the old or the new content.
fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = resolve_links(path)?;
    let (beside, mut file) = create_beside(&path)?;
    let written =
        file.write_all(content).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        // The error of the write is returned, not that of the removal.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Resolves symbolic links; the target need not exist. A rename onto the link would replace the link.
fn resolve_links(path: &Path) -> io::Result<PathBuf> {
    // The limit of Linux.
    const MAX_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Creates a file next to another, readable by its owner only.
fn create_beside(path: &Path) -> io::Result<(PathBuf, fs::File)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
    let beside = path.with_file_name(name);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&beside)?;
    Ok((beside, file))
}
