//! A transport whose type is chosen at run time.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::{BoxError, Transport, TransportError};

type BoxFuture<'a, O> = Pin<Box<dyn Future<Output = O> + Send + 'a>>;

/// Any [`Transport`], for programs that choose one at run time: `Client<BoxTransport>` is one type, whatever the stack.
/// Cheap to clone; clones share the transport. It costs an allocation for each request, each wait and each body.
///
/// ```
/// use barerock::transport::{BoxTransport, Transport};
/// use barerock::{Client, Error};
///
/// fn client(direct: impl Transport, proxied: impl Transport, proxy: bool) -> Result<Client<BoxTransport>, Error> {
///     let transport = if proxy { BoxTransport::new(proxied) } else { BoxTransport::new(direct) };
///     Client::builder(transport).region("us-east-1").build()
/// }
/// ```
#[derive(Clone)]
pub struct BoxTransport(Arc<dyn DynTransport>);

impl BoxTransport {
    /// Boxes a transport.
    pub fn new(transport: impl Transport) -> Self {
        Self(Arc::new(transport))
    }
}

impl fmt::Debug for BoxTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoxTransport").finish_non_exhaustive()
    }
}

impl Transport for BoxTransport {
    type Body = BoxBody;
    type Error = TransportError;

    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<BoxBody>, TransportError> {
        self.0.send_boxed(request).await
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep_boxed(duration).await;
    }

    async fn connect(&self, uri: &http::Uri) -> Result<(), TransportError> {
        self.0.connect_boxed(uri).await
    }
}

/// The body of a response over a [`BoxTransport`].
pub struct BoxBody(Pin<Box<dyn DynBody>>);

impl fmt::Debug for BoxBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoxBody").finish_non_exhaustive()
    }
}

impl Body for BoxBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.0.as_mut().poll_boxed(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_ended()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.remaining()
    }
}

/// [`Transport`] as a trait object.
trait DynTransport: Send + Sync {
    fn send_boxed(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<BoxBody>, TransportError>>;
    fn sleep_boxed(&self, duration: Duration) -> BoxFuture<'_, ()>;
    fn connect_boxed<'a>(&'a self, uri: &'a http::Uri) -> BoxFuture<'a, Result<(), TransportError>>;
}

impl<T: Transport> DynTransport for T {
    fn send_boxed(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<BoxBody>, TransportError>> {
        Box::pin(async move {
            let response = Transport::send(self, request).await.map_err(Into::into)?;
            Ok(response.map(|body| BoxBody(Box::pin(body))))
        })
    }

    fn sleep_boxed(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(Transport::sleep(self, duration))
    }

    fn connect_boxed<'a>(&'a self, uri: &'a http::Uri) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(async move { Transport::connect(self, uri).await.map_err(Into::into) })
    }
}

/// A body as a trait object. Its errors are boxed and stay what they are, so that a [`TransportError`] is found in them.
trait DynBody: Send {
    fn poll_boxed(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>>;
    fn is_ended(&self) -> bool;
    fn remaining(&self) -> SizeHint;
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>> + Send> DynBody for B {
    fn poll_boxed(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.poll_frame(context).map_err(Into::into)
    }

    fn is_ended(&self) -> bool {
        self.is_end_stream()
    }

    fn remaining(&self) -> SizeHint {
        self.size_hint()
    }
}
