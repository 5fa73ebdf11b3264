//! Response bodies.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use barerock::TransportError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::error::convert;
use crate::transport::require_runtime;

/// Body of a response. Outside a runtime of tokio it is an error, since no limit of time would hold there.
pub struct ReqwestBody(pub(crate) reqwest::Body);

impl Body for ReqwestBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        require_runtime()?;
        Pin::new(&mut self.0).poll_frame(context).map_err(|error| convert(error, None))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

impl fmt::Debug for ReqwestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestBody").finish_non_exhaustive()
    }
}
