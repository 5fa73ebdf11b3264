//! The body of a response.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use barerock::{TransportError, TransportErrorKind};
use bytes::Bytes;
use http_body::{Body, Frame};
use wasip2::http::types::{FutureTrailers, IncomingBody};
use wasip2::io::streams::{InputStream, StreamError};

use crate::error::{broken_stream, within_response};
use crate::reactor::Ready;
use crate::transport::Upload;

/// The most bytes of one read.
const READ: u64 = 16 * 1024;

/// The body of a response, chunk by chunk as the host has them. Dropped before its end, it cancels the request.
pub struct WasiBody {
    state: State,
    /// What the server did not wait for; without it the host would take the request for broken off.
    _unsent: Option<Upload>,
}

/// Children of the host's resources are declared, and so dropped, before their parents.
enum State {
    Chunks {
        wait: Ready,
        stream: InputStream,
        body: IncomingBody,
    },
    /// They say whether the body is complete.
    Trailers {
        wait: Ready,
        trailers: FutureTrailers,
    },
    End,
}

impl WasiBody {
    pub fn new(body: IncomingBody, unsent: Option<Upload>) -> Result<Self, TransportError> {
        let stream =
            body.stream().map_err(|()| TransportError::new(TransportErrorKind::Io, "no response body"))?;
        let state = State::Chunks { wait: Ready::new(stream.subscribe()), stream, body };
        Ok(Self { state, _unsent: unsent })
    }

    /// The next chunk, or `None` at the end.
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>> {
        loop {
            match &self.state {
                State::Chunks { wait, stream, .. } => match stream.read(READ) {
                    Ok(bytes) if bytes.is_empty() => {
                        wait.wake_when_ready(context);
                        return Poll::Pending;
                    }
                    Ok(bytes) => return Poll::Ready(Ok(Some(bytes.into()))),
                    Err(StreamError::Closed) => self.end_chunks(),
                    Err(StreamError::LastOperationFailed(error)) => {
                        return Poll::Ready(Err(broken_stream(&error)));
                    }
                },
                State::Trailers { wait, trailers } => match trailers.get() {
                    None => {
                        wait.wake_when_ready(context);
                        return Poll::Pending;
                    }
                    Some(Ok(Err(code))) => return Poll::Ready(Err(within_response(code))),
                    Some(_) => return Poll::Ready(Ok(None)),
                },
                State::End => return Poll::Ready(Ok(None)),
            }
        }
    }

    fn end_chunks(&mut self) {
        if let State::Chunks { wait, stream, body } = std::mem::replace(&mut self.state, State::End) {
            drop(wait);
            drop(stream);
            let trailers = IncomingBody::finish(body);
            self.state = State::Trailers { wait: Ready::new(trailers.subscribe()), trailers };
        }
    }
}

impl Body for WasiBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let chunk = ready!(self.poll_chunk(context));
        if !matches!(chunk, Ok(Some(_))) {
            self.state = State::End;
        }
        Poll::Ready(chunk.transpose().map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.state, State::End)
    }
}
