//! A transport whose requests the host takes and whose responses it hands in.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use barerock::{Transport, TransportError, TransportErrorKind};
use bytes::Bytes;
use http::{Request, Response};

/// One exchange at a time.
#[derive(Clone, Default)]
pub(crate) struct Exchange(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    request: Option<Request<Bytes>>,
    head: Option<Result<Response<()>, http::Error>>,
    chunks: VecDeque<Bytes>,
    is_over: bool,
}

impl Exchange {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The request to send, as `run.mjs` reads it.
    pub(crate) fn take_request(&self) -> Option<Vec<u8>> {
        let request = self.state().request.take()?;
        let mut text = format!("{}\n{}\n", request.method(), request.uri());
        for (name, value) in request.headers() {
            text += &format!("{name}: {}\n", value.to_str().expect("the client sends visible ASCII"));
        }
        text.push('\n');
        Some([text.as_bytes(), request.body()].concat())
    }

    pub(crate) fn begin_response(&self, status: u16, headers: &str) {
        let mut response = Response::builder().status(status);
        for (name, value) in headers.lines().filter_map(|line| line.split_once(": ")) {
            response = response.header(name, value);
        }
        self.state().head = Some(response.body(()));
    }

    pub(crate) fn push(&self, chunk: Bytes) {
        self.state().chunks.push_back(chunk);
    }

    pub(crate) fn end(&self) {
        self.state().is_over = true;
    }
}

impl Transport for Exchange {
    type Body = Self;
    type Error = TransportError;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Self>, TransportError> {
        *self.state() = State { request: Some(request), ..State::default() };
        let head = poll_fn(|_| self.state().head.take().map_or(Poll::Pending, Poll::Ready)).await;
        match head {
            Ok(head) => Ok(head.map(|()| self.clone())),
            Err(error) => Err(TransportError::new(TransportErrorKind::Io, error)),
        }
    }

    async fn sleep(&self, duration: Duration) {
        let end = crate::clock() + duration;
        poll_fn(|_| if crate::clock() < end { Poll::Pending } else { Poll::Ready(()) }).await;
    }
}

impl http_body::Body for Exchange {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, TransportError>>> {
        let mut state = self.state();
        match state.chunks.pop_front() {
            Some(chunk) => Poll::Ready(Some(Ok(http_body::Frame::data(chunk)))),
            None if state.is_over => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}
