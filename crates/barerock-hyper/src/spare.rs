//! Connections opened in advance.

use core::fmt;
use core::time::Duration;
use std::sync::{Mutex, PoisonError};

use http::Uri;
use http::uri::{Authority, Scheme};
use tokio::time::Instant;

use crate::stream::Stream;

/// Keeps at most one connection per host until a request uses it: hyper's pool takes no connection opened without a request.
pub(crate) struct Spares {
    spares: Mutex<Vec<Spare>>,
    /// Time after which an idle connection is closed.
    timeout: Option<Duration>,
}

struct Spare {
    scheme: Option<Scheme>,
    authority: Option<Authority>,
    stream: Stream,
    since: Instant,
}

impl Spares {
    pub(crate) fn new(timeout: Option<Duration>) -> Self {
        Self { spares: Mutex::default(), timeout }
    }

    /// Takes the connection for requests to this URI, if it is still open.
    pub(crate) fn take(&self, uri: &Uri) -> Option<Stream> {
        let mut spare = self.with(|spares| {
            let at = spares.iter().position(|spare| spare.is_for(uri))?;
            Some(spares.swap_remove(at))
        })?;
        spare.stream.is_idle().then_some(spare.stream)
    }

    /// Keeps a connection for the next request to this URI; replaces an earlier one.
    pub(crate) fn put(&self, uri: &Uri, stream: Stream) {
        let (scheme, authority) = (uri.scheme().cloned(), uri.authority().cloned());
        self.with(|spares| {
            spares.retain(|spare| !spare.is_for(uri));
            spares.push(Spare { scheme, authority, stream, since: Instant::now() });
        });
    }

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
