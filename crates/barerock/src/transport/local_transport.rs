//! Transports whose futures stay on one thread. The client is written against this trait.

use core::pin::Pin;
use core::time::Duration;
use std::sync::Arc;

use bytes::Bytes;
use http::Uri;

use super::{BoxError, Transport, TransportError};

/// An HTTP stack whose futures need not be `Send`: over JavaScript promises, `wasi:http`, or a runtime with a thread per core.
/// Every [`Transport`] is one.
///
/// [`Client`](crate::Client) and [`EventStream`](crate::EventStream) take either. With a [`Transport`] their futures are `Send`;
/// with any other `LocalTransport` they are polled on the thread that made them. The rules for requests are
/// [`Transport`]'s.
///
/// ```
/// use std::convert::Infallible;
/// use std::future::Ready;
/// use std::rc::Rc;
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use barerock::transport::{LocalTransport, TransportError, TransportErrorKind};
/// use bytes::Bytes;
///
/// /// A stack that holds what must not leave its thread.
/// struct Offline(Rc<str>);
///
/// impl LocalTransport for Offline {
///     type Body = String;
///     type Error = TransportError;
///     type Timer = Ready<()>;
///
///     async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Self::Body>, TransportError> {
///         Err(TransportError::new(TransportErrorKind::Connect, &*self.0))
///     }
///
///     async fn sleep(&self, _: Duration) {}
///
///     fn timer(self: &Arc<Self>, _: Duration) -> Ready<()> {
///         std::future::ready(())
///     }
/// }
/// ```
pub trait LocalTransport: 'static {
    /// The body of a response. Its error may be a [`TransportError`], which says whether a limit has passed.
    type Body: http_body::Body<Data = Bytes, Error: Into<BoxError>>;
    /// The error of a request without a response.
    type Error: Into<TransportError>;
    /// A wait that a stream keeps: `Pin<Box<dyn Future<Output = ()>>>`, or a timer of the stack's own.
    type Timer: Future<Output = ()> + Unpin;

    /// Sends a request and returns the head of the response as soon as it was received.
    ///
    /// Cancel safety: dropping the future cancels the request.
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> impl Future<Output = Result<http::Response<Self::Body>, Self::Error>>;

    /// Waits without blocking the thread.
    ///
    /// Cancel safety: dropping the future ends the wait.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;

    /// Waits as [`sleep`](Self::sleep) does, without a borrow: for the time limit of a whole call.
    fn timer(self: &Arc<Self>, duration: Duration) -> Self::Timer;

    /// Opens a connection ahead, as [`Transport::connect`] does. The default does nothing.
    ///
    /// # Errors
    /// If there is no connection.
    ///
    /// Cancel safety: dropping the future gives the connection up.
    fn connect(&self, uri: &Uri) -> impl Future<Output = Result<(), Self::Error>> {
        let _ = uri;
        async { Ok(()) }
    }
}

impl<T: Transport> LocalTransport for T {
    type Body = <T as Transport>::Body;
    type Error = <T as Transport>::Error;
    type Timer = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> impl Future<Output = Result<http::Response<Self::Body>, Self::Error>> {
        Transport::send(self, request)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        Transport::sleep(self, duration)
    }

    fn timer(self: &Arc<Self>, duration: Duration) -> Self::Timer {
        let transport = Arc::clone(self);
        Box::pin(async move { Transport::sleep(&*transport, duration).await })
    }

    fn connect(&self, uri: &Uri) -> impl Future<Output = Result<(), Self::Error>> {
        Transport::connect(self, uri)
    }
}
