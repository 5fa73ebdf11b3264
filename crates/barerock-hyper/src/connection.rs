//! HTTP connections: the sending half, which the pool keeps, and the task that reads and writes.

use core::fmt;
use core::future::poll_fn;
use core::pin::pin;
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use barerock::transport::{BoxError, ConnectTime, MAX_RESPONSE_HEAD};
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
#[cfg(feature = "http2")]
use hyper::client::conn::http2;
use hyper::client::conn::{TrySendError, http1};
use tokio::time::sleep;

use crate::origin::Origin;
use crate::pool::Pool;
use crate::stream::Stream;

/// Limit of a connection's buffer, in bytes: a chunk as long as a TLS record, with the line of its length, fits into it. Half of it
/// takes a second read for each such chunk. hyper's default is 408 KiB, and the buffer never shrinks.
const MAX_BUFFER: usize = 2 * MAX_RESPONSE_HEAD;

/// A connection over which a request can be sent.
pub(crate) struct Connection {
    sender: Sender,
    /// Time it took to open the connection, until the first response has reported it.
    time: Option<ConnectTime>,
    is_kept: bool,
    lease: Arc<Lease>,
}

enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    #[cfg(feature = "http2")]
    Http2(http2::SendRequest<Full<Bytes>>),
}

impl Connection {
    /// Starts HTTP on an open stream, and the task that reads and writes until the connection ends.
    ///
    /// # Errors
    /// If the HTTP/2 handshake fails.
    pub(crate) async fn start(
        stream: Stream,
        time: ConnectTime,
        origin: Origin,
        pool: &Arc<Pool>,
    ) -> Result<Self, BoxError> {
        let lease = Arc::new(Lease { origin, pool: Arc::downgrade(pool), busy: Mutex::default() });
        let running = Running(Arc::clone(&lease));
        let started = |sender| Self { sender, time: Some(time), is_kept: false, lease };
        #[cfg(feature = "http2")]
        if stream.is_http2() {
            let (sender, connection) = http2::handshake(hyper_util::rt::TokioExecutor::new(), stream).await?;
            tokio::spawn(run(connection, running, pool.timeout()));
            return Ok(pool.share(started(Sender::Http2(sender))));
        }
        let (sender, connection) = http1::Builder::new().max_buf_size(MAX_BUFFER).handshake(stream).await?;
        tokio::spawn(run(connection, running, pool.timeout()));
        Ok(started(Sender::Http1(sender)))
    }

    /// Makes the head of a request to this URI what the connection's HTTP version requires.
    pub(crate) fn prepare(&self, uri: &Uri, request: &mut Request<Full<Bytes>>) {
        match &self.sender {
            Sender::Http1(_) => self.lease.origin.set_target(uri, request),
            #[cfg(feature = "http2")]
            Sender::Http2(_) => *request.uri_mut() = uri.clone(),
        }
    }

    /// Sends a request and returns the head of the response.
    ///
    /// # Errors
    /// If there is no response. The error has the request if nothing of it was written.
    ///
    /// Cancel safety: dropping the future cancels the request.
    pub(crate) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Full<Bytes>>>> {
        match &mut self.sender {
            Sender::Http1(sender) => sender.try_send_request(request).await,
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => sender.try_send_request(request).await,
        }
    }

    /// Returns the connection to the pool once the body of its response was read. Returns the time it took to open, for the first
    /// response.
    pub(crate) fn release(self) -> Option<ConnectTime> {
        match self.sender {
            Sender::Http1(sender) => {
                *self.lease.busy() = Some(sender);
                self.lease.give_back();
            }
            #[cfg(feature = "http2")]
            Sender::Http2(_) => {}
        }
        self.time
    }

    /// Returns true if the connection was in the pool, so that the peer may have closed it.
    pub(crate) fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// Marks the connection as a kept one.
    pub(crate) fn kept(self) -> Self {
        Self { is_kept: true, ..self }
    }

    /// Returns another handle to the connection, if it is shared: over HTTP/2.
    #[cfg(feature = "http2")]
    pub(crate) fn shared(&self) -> Option<Self> {
        let Sender::Http2(sender) = &self.sender else { return None };
        let (sender, lease) = (Sender::Http2(sender.clone()), Arc::clone(&self.lease));
        Some(Self { sender, time: None, is_kept: true, lease })
    }

    /// Returns true if the connection was closed; the peer may also have closed it unnoticed.
    pub(crate) fn is_closed(&self) -> bool {
        match &self.sender {
            Sender::Http1(sender) => sender.is_closed(),
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => sender.is_closed(),
        }
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.lease.origin
    }

    pub(crate) fn has(&self, lease: &Arc<Lease>) -> bool {
        Arc::ptr_eq(&self.lease, lease)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("origin", &self.lease.origin).finish_non_exhaustive()
    }
}

/// The state that a connection shares with its task.
pub(crate) struct Lease {
    origin: Origin,
    pool: Weak<Pool>,
    /// The sending half, from the head of a response until its body was read.
    busy: Mutex<Option<http1::SendRequest<Full<Bytes>>>>,
}

impl Lease {
    /// Returns the connection to the pool if the body of the last response was read.
    fn give_back(self: &Arc<Self>) {
        let sender = self.busy().take_if(|sender| sender.is_ready());
        if let (Some(sender), Some(pool)) = (sender, self.pool.upgrade()) {
            let (sender, lease) = (Sender::Http1(sender), Arc::clone(self));
            pool.put(Connection { sender, time: None, is_kept: true, lease });
        }
    }

    fn busy(&self) -> MutexGuard<'_, Option<http1::SendRequest<Full<Bytes>>>> {
        // Ignores lock poisoning: the lock is held for moves only.
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes a connection from the pool when its task ends, also with its runtime.
struct Running(Arc<Lease>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(pool) = self.0.pool.upgrade() {
            pool.remove(&self.0);
        }
    }
}

/// Reads and writes until the connection ends. Its errors are those of its requests, which receive them.
async fn run<C: Future>(connection: C, running: Running, idle_timeout: Option<Duration>) {
    let lease = &running.0;
    let (mut connection, mut timer) = (pin!(connection), pin!(idle_timeout.map(sleep)));
    poll_fn(|context| {
        let ended = connection.as_mut().poll(context).map(drop);
        if ended.is_ready() {
            return ended;
        }
        // Only the poll above makes the sending half ready for the next request.
        lease.give_back();
        while let (Some(timeout), Some(timer_now)) = (idle_timeout, timer.as_mut().as_pin_mut()) {
            if timer_now.poll(context).is_pending() {
                break;
            }
            let left = lease.pool.upgrade().map_or(timeout, |pool| pool.expire(lease, timeout));
            timer.set(Some(sleep(left)));
        }
        ended
    })
    .await;
}
