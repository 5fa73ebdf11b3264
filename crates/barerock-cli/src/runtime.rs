//! The async runtime.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// Starts the runtime on this thread.
///
/// tokio panics if it has file descriptors for its driver but none for its signals, so the number it needs is tried before.
pub(crate) fn start() -> io::Result<Runtime> {
    #[cfg(unix)]
    {
        let pair = std::os::unix::net::UnixStream::pair;
        let _enough = [pair()?, pair()?, pair()?];
    }
    Builder::new_current_thread().enable_all().build()
}
