//! The server: a listener, and one task per connection.

use crate::builder::ReplayBuilder;
use crate::received::ReceivedRequest;
use crate::service::Service;
use crate::socket::{ResetFlag, Socket};
use core::net::SocketAddr;
use core::pin::pin;
use core::time::Duration;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

/// Time limit for responses in progress after a shutdown is requested.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
/// Delay after a failed accept: without it, the loop would spin while no file descriptor is free.
const ACCEPT_REST: Duration = Duration::from_millis(50);

/// A running replay server. Dropping it stops it at once; [`shutdown`](Self::shutdown) lets responses in progress end.
#[doc(alias = "mock")]
#[derive(Debug)]
pub struct ReplayServer {
    address: SocketAddr,
    service: Arc<Service>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl ReplayServer {
    /// Creates a builder with the default settings.
    pub fn builder() -> ReplayBuilder {
        ReplayBuilder::new()
    }

    pub(crate) fn start(listener: TcpListener, address: SocketAddr, service: Service) -> Self {
        let (stop, stopped) = watch::channel(false);
        let service = Arc::new(service);
        let task = tokio::spawn(accept(listener, Arc::clone(&service), stopped));
        Self { address, service, stop, task }
    }

    /// Returns the address on which the server listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Returns the endpoint URL for a client, such as `http://127.0.0.1:49152`.
    pub fn url(&self) -> String {
        #[cfg(feature = "tls")]
        if self.service.tls.is_some() {
            return format!("https://{}", self.address);
        }
        format!("http://{}", self.address)
    }

    /// Returns the received requests, oldest first. The newest 1,000 requests of at most 64 MiB together are kept.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.service.log.all()
    }

    /// Stops the server: no further request is accepted, and responses in progress have five seconds to end.
    ///
    /// Cancel safety: dropping the future stops the server at once.
    pub async fn shutdown(mut self) {
        // Fails only if the task has already ended.
        let _ = self.stop.send(true);
        if tokio::time::timeout(SHUTDOWN_GRACE, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

impl Drop for ReplayServer {
    fn drop(&mut self) {
        // The task owns the connections, so they are closed too.
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, service: Arc<Service>, mut stopped: watch::Receiver<bool>) {
    let slots = Arc::new(Semaphore::new(service.max_connections.min(Semaphore::MAX_PERMITS)));
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (listener.accept().await, slot)
        };
        tokio::select! {
            _ = stopped.changed() => break,
            Some(_) = connections.join_next() => {}
            (accepted, slot) = next => match accepted {
                Ok((stream, _)) => {
                    let connection = serve(stream, Arc::clone(&service), stopped.clone());
                    connections.spawn(async move {
                        connection.await;
                        drop(slot);
                    });
                }
                Err(_) => tokio::time::sleep(ACCEPT_REST).await,
            },
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn serve(stream: TcpStream, service: Arc<Service>, stopped: watch::Receiver<bool>) {
    // Sends each chunk when it is written, so that the client sees the pace. A failure only delays chunks.
    let _ = stream.set_nodelay(true);
    let reset = ResetFlag::default();
    let socket = Socket::new(stream, reset.clone(), service.io_timeout);
    #[cfg(feature = "tls")]
    if let Some(tls) = &service.tls {
        let handshake = tokio::time::timeout(service.io_timeout, tls.acceptor().accept(socket));
        // A failed handshake is reported by the client.
        if let Ok(Ok(stream)) = handshake.await {
            #[cfg(feature = "http2")]
            if stream.get_ref().1.alpn_protocol() == Some(crate::tls::HTTP2) {
                return serve_http2(stream, reset, service, stopped).await;
            }
            serve_http(stream, reset, Arc::clone(&service), stopped).await;
        }
        return;
    }
    serve_http(socket, reset, service, stopped).await;
}

async fn serve_http(
    io: impl AsyncRead + AsyncWrite + Unpin,
    reset: ResetFlag,
    service: Arc<Service>,
    mut stopped: watch::Receiver<bool>,
) {
    let timeout = service.io_timeout;
    let handler = service_fn(move |request| {
        let (service, reset) = (Arc::clone(&service), reset.clone());
        async move { service.respond(request, reset).await }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeout)
        .serve_connection(TokioIo::new(io), handler);
    let mut connection = pin!(connection);
    // An error of the connection is reported by the client: no response can carry it.
    tokio::select! {
        _ = connection.as_mut() => {}
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Serves HTTP/2. A fault that aborts a response resets its stream; the connection stays open.
#[cfg(feature = "http2")]
async fn serve_http2(
    io: impl AsyncRead + AsyncWrite + Unpin,
    reset: ResetFlag,
    service: Arc<Service>,
    mut stopped: watch::Receiver<bool>,
) {
    let timeout = service.io_timeout;
    let handler = service_fn(move |request| {
        let (service, reset) = (Arc::clone(&service), reset.clone());
        async move { service.respond(request, reset).await }
    });
    let connection = hyper::server::conn::http2::Builder::new(hyper_util::rt::TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(timeout)
        .keep_alive_timeout(timeout)
        .serve_connection(TokioIo::new(io), handler);
    let mut connection = pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

#[cfg(test)]
mod tests;
