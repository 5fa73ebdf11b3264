//! Idle connections.

use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::connection::{Connection, Lease};
use crate::origin::Origin;

/// Keeps connections until a request uses them, the idle timeout has passed, or the peer closes them. The one used last is taken
/// first. Dropping the pool closes its connections.
#[derive(Debug)]
pub(crate) struct Pool {
    idle: Mutex<Vec<Idle>>,
    timeout: Option<Duration>,
    max_per_origin: usize,
}

#[derive(Debug)]
struct Idle {
    connection: Connection,
    since: Instant,
}

impl Pool {
    /// Creates a pool that keeps a connection for a limited time, and a limited number of connections per origin.
    pub(crate) fn new(timeout: Option<Duration>, max_per_origin: usize) -> Self {
        // Without this, a connection is kept until the timer ticks.
        let max_per_origin =
            if timeout.is_some_and(|timeout| timeout.is_zero()) { 0 } else { max_per_origin };
        Self { idle: Mutex::default(), timeout, max_per_origin }
    }

    /// Returns the idle timeout; `None` if nothing is kept, or without a limit.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.timeout.filter(|_| self.max_per_origin > 0)
    }

    /// Returns an open connection to the origin. HTTP/2 connections stay in the pool as well.
    pub(crate) fn take(&self, origin: &Origin) -> Option<Connection> {
        self.take_from(&mut self.lock(), origin)
    }

    /// Keeps an idle connection. An HTTP/2 connection is in the pool already.
    pub(crate) fn put(&self, connection: Connection) {
        #[cfg(feature = "http2")]
        if connection.shared().is_some() {
            return;
        }
        self.put_into(&mut self.lock(), connection);
    }

    /// Keeps a new HTTP/2 connection for other requests as well, unless one to its origin was opened meanwhile: that one is returned
    /// instead.
    #[cfg(feature = "http2")]
    pub(crate) fn share(&self, connection: Connection) -> Connection {
        let Some(shared) = connection.shared() else { return connection };
        let mut idle = self.lock();
        let earlier = self.take_from(&mut idle, connection.origin());
        earlier.unwrap_or_else(|| {
            self.put_into(&mut idle, shared);
            connection
        })
    }

    /// Drops the connection if the idle timeout has passed for it. Returns when to call this again.
    pub(crate) fn expire(&self, lease: &Arc<Lease>, timeout: Duration) -> Duration {
        let mut left = timeout;
        self.lock().retain(|idle| {
            if !idle.connection.has(lease) {
                return true;
            }
            let rest = timeout.saturating_sub(idle.since.elapsed());
            if !rest.is_zero() {
                left = rest;
            }
            !rest.is_zero()
        });
        left
    }

    /// Drops a connection that has ended.
    pub(crate) fn remove(&self, lease: &Arc<Lease>) {
        self.expire(lease, Duration::ZERO);
    }

    fn take_from(&self, idle: &mut Vec<Idle>, origin: &Origin) -> Option<Connection> {
        loop {
            let at = idle.iter().rposition(|idle| idle.connection.origin() == origin)?;
            let Idle { connection, since } = idle.remove(at);
            let has_expired = self.timeout.is_some_and(|timeout| since.elapsed() >= timeout);
            if has_expired || connection.is_closed() {
                continue;
            }
            #[cfg(feature = "http2")]
            if let Some(shared) = connection.shared() {
                self.put_into(idle, shared);
            }
            return Some(connection.kept());
        }
    }

    fn put_into(&self, idle: &mut Vec<Idle>, connection: Connection) {
        let origin = connection.origin();
        let count = || idle.iter().filter(|idle| idle.connection.origin() == origin).count();
        if self.max_per_origin == usize::MAX || count() < self.max_per_origin {
            idle.push(Idle { connection, since: Instant::now() });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Idle>> {
        // Ignores lock poisoning: every connection in the list is idle.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
