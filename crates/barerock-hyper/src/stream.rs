//! An open connection, with or without TLS.

use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use std::io;
use std::sync::Arc;

use barerock::transport::ConnectTime;
use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// An open connection.
pub(crate) struct Stream {
    io: Io,
    /// True if a proxy reads the requests, which then carry the absolute URI.
    proxied: bool,
    time: FreshConnection,
}

/// Time it took to open the connection, reported with the first response.
#[derive(Debug, Clone)]
pub(crate) struct FreshConnection {
    time: ConnectTime,
    is_taken: Arc<AtomicBool>,
}

impl FreshConnection {
    /// Returns the time on the first call, `None` afterwards.
    pub(crate) fn take(&self) -> Option<ConnectTime> {
        (!self.is_taken.swap(true, Ordering::Relaxed)).then_some(self.time)
    }
}

enum Io {
    Plain(TokioIo<TcpStream>),
    Tls(Box<TokioIo<TlsStream<TcpStream>>>),
}

impl Stream {
    pub(crate) fn plain(tcp: TcpStream, time: ConnectTime) -> Self {
        Self::new(Io::Plain(TokioIo::new(tcp)), time)
    }

    pub(crate) fn tls(tls: TlsStream<TcpStream>, time: ConnectTime) -> Self {
        Self::new(Io::Tls(Box::new(TokioIo::new(tls))), time)
    }

    fn new(io: Io, time: ConnectTime) -> Self {
        Self { io, proxied: false, time: FreshConnection { time, is_taken: Arc::default() } }
    }

    /// Returns true if the connection is open and has received no data, so that a request may use it. TLS messages without
    /// application data are read and ignored.
    pub(crate) fn is_idle(&mut self) -> bool {
        let mut room = [0; 1];
        let mut room = ReadBuf::new(&mut room);
        Pin::new(self).poll_read(&mut Context::from_waker(Waker::noop()), room.unfilled()).is_pending()
    }

    #[cfg(feature = "proxy")]
    pub(crate) fn proxied(self) -> Self {
        Self { proxied: true, ..self }
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        let connected = Connected::new().proxy(self.proxied).extra(self.time.clone());
        #[cfg(feature = "http2")]
        match &self.io {
            Io::Tls(tls) if tls.inner().get_ref().1.alpn_protocol() == Some(crate::builder::H2) => {
                return connected.negotiated_h2();
            }
            _ => {}
        }
        connected
    }
}

/// Calls a method of the inner stream, plain or TLS.
macro_rules! forward {
    ($self:ident.$method:ident($($argument:ident),*)) => {
        match &mut $self.get_mut().io {
            Io::Plain(io) => Pin::new(io).$method($($argument),*),
            Io::Tls(io) => Pin::new(&mut **io).$method($($argument),*),
        }
    };
}

impl Read for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        forward!(self.poll_read(context, buffer))
    }
}

impl Write for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        forward!(self.poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        forward!(self.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        forward!(self.poll_shutdown(context))
    }

    fn is_write_vectored(&self) -> bool {
        match &self.io {
            Io::Plain(io) => io.is_write_vectored(),
            Io::Tls(io) => io.is_write_vectored(),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        forward!(self.poll_write_vectored(context, slices))
    }
}
