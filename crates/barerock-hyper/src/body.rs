//! The body of a response.

use core::pin::Pin;
use core::task::{Context, Poll};

use barerock::transport::BoxError;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use crate::transport::require_runtime;

/// The body of a response. Outside a runtime of tokio it is an error, since no limit of time would hold there.
#[derive(Debug)]
pub struct HyperBody(pub(crate) Incoming);

impl Body for HyperBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        require_runtime()?;
        Pin::new(&mut self.0).poll_frame(context).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
