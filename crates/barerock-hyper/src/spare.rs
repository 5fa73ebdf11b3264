//! Connections opened in advance.

use core::fmt;
use core::time::Duration;
use std::sync::{Mutex, OnceLock, PoisonError};

use http::Uri;
use http::uri::{Authority, Scheme};
use tokio::time::Instant;

use crate::stream::Stream;

/// Keeps at most one connection per host until a request uses it: hyper's pool takes no connection opened without a request.
///
/// The list is a trait object, so that it is not linked into programs that open no connection in advance.
pub(crate) struct Spares {
    list: OnceLock<Box<dyn Keep>>,
    /// Time after which an idle connection is closed.
    timeout: Option<Duration>,
}

impl Spares {
    pub(crate) fn new(timeout: Option<Duration>) -> Self {
        Self { list: OnceLock::new(), timeout }
    }

    /// Takes the connection for requests to this URI, if it is still open.
    pub(crate) fn take(&self, uri: &Uri) -> Option<Stream> {
        self.list.get()?.take(uri)
    }

    /// Keeps a connection for the next request to this URI, in place of an earlier one.
    pub(crate) fn put(&self, uri: &Uri, stream: Stream) {
        let list = || -> Box<dyn Keep> { Box::new(List { spares: Mutex::default(), timeout: self.timeout }) };
        self.list.get_or_init(list).put(uri, stream);
    }
}

trait Keep: Send + Sync {
    fn take(&self, uri: &Uri) -> Option<Stream>;
    fn put(&self, uri: &Uri, stream: Stream);
}

struct List {
    spares: Mutex<Vec<Spare>>,
    timeout: Option<Duration>,
}

struct Spare {
    scheme: Option<Scheme>,
    authority: Option<Authority>,
    stream: Stream,
    since: Instant,
}

impl Keep for List {
    fn take(&self, uri: &Uri) -> Option<Stream> {
        let mut spare = self.with(|spares| {
            let at = spares.iter().position(|spare| spare.is_for(uri))?;
            Some(spares.swap_remove(at))
        })?;
        spare.stream.is_idle().then_some(spare.stream)
    }

    fn put(&self, uri: &Uri, stream: Stream) {
        let (scheme, authority) = (uri.scheme().cloned(), uri.authority().cloned());
        self.with(|spares| {
            spares.retain(|spare| !spare.is_for(uri));
            spares.push(Spare { scheme, authority, stream, since: Instant::now() });
        });
    }
}

impl List {
    /// Changes the list after closing connections that were idle for too long.
    fn with<R>(&self, change: impl FnOnce(&mut Vec<Spare>) -> R) -> R {
        // Ignores lock poisoning: every connection in the list is idle.
        let mut spares = self.spares.lock().unwrap_or_else(PoisonError::into_inner);
        spares.retain(|spare| self.timeout.is_none_or(|timeout| spare.since.elapsed() < timeout));
        change(&mut spares)
    }
}

impl Spare {
    fn is_for(&self, uri: &Uri) -> bool {
        self.scheme.as_ref() == uri.scheme() && self.authority.as_ref() == uri.authority()
    }
}

impl fmt::Debug for Spares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spares").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
