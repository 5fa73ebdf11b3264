//! Pool of idle connections.

use core::fmt;
use core::time::Duration;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use barerock::transport::ProxyUrl;
use http::Uri;
use http::uri::{Authority, Scheme};

use crate::limit::now;
use crate::socket::{Connection, is_idle};

/// Key of a connection: requests with the same key may reuse it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    scheme: Option<Scheme>,
    authority: Option<Authority>,
    proxy: Option<ProxyUrl>,
}

impl Key {
    pub(crate) fn new(uri: &Uri, proxy: Option<&ProxyUrl>) -> Self {
        Self { scheme: uri.scheme().cloned(), authority: uri.authority().cloned(), proxy: proxy.cloned() }
    }
}

/// Pool of idle connections.
pub(crate) struct Pool {
    idle: Mutex<Vec<Idle>>,
    /// Time after which an idle connection is closed.
    timeout: Duration,
}

struct Idle {
    key: Key,
    connection: Box<dyn Connection>,
    since: Instant,
}

impl Pool {
    pub(crate) fn new(timeout: Duration) -> Self {
        Self { idle: Mutex::default(), timeout }
    }

    /// Takes the most recently used connection for this key that is still open.
    pub(crate) fn take(&self, key: &Key) -> Option<Box<dyn Connection>> {
        loop {
            let mut candidate = self.with(|idle| {
                let at = idle.iter().rposition(|idle| idle.key == *key)?;
                Some(idle.remove(at))
            })?;
            if is_idle(&mut *candidate.connection) {
                return Some(candidate.connection);
            }
        }
    }

    /// Returns true if there is an open connection for this key.
    pub(crate) fn has(&self, key: &Key) -> bool {
        let connection = self.take(key);
        connection.map(|connection| self.put(key.clone(), connection)).is_some()
    }

    /// Adds a connection for the next request.
    pub(crate) fn put(&self, key: Key, connection: Box<dyn Connection>) {
        if !self.timeout.is_zero() {
            self.with(|idle| idle.push(Idle { key, connection, since: now() }));
        }
    }

    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.with(|idle| idle.len())
    }

    /// Changes the list after closing connections that were idle for too long.
    fn with<T>(&self, change: impl FnOnce(&mut Vec<Idle>) -> T) -> T {
        // Ignores lock poisoning: every connection in the list is idle.
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now();
        idle.retain(|idle| now.saturating_duration_since(idle.since) < self.timeout);
        change(&mut idle)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
