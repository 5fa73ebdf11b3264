//! A transport without HTTP.

use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use barerock::transport::{Transport, TransportError, TransportErrorKind};
use bytes::Bytes;
use http_body::Frame;

/// A transport that sends nothing: every request fails at once.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct NoHttp;

/// The body type of [`NoHttp`], which has no values.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "it has no values, so that there is never a body to read")]
pub enum NoBody {}

impl http_body::Body for NoBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match *self {}
    }
}

impl Transport for NoHttp {
    type Body = NoBody;
    type Error = TransportError;

    async fn send(&self, _request: http::Request<Bytes>) -> Result<http::Response<NoBody>, TransportError> {
        Err(TransportError::new(TransportErrorKind::Connect, "the configuration was loaded without HTTP"))
    }

    async fn sleep(&self, _duration: Duration) {}
}
