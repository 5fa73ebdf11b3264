//! Bodies that are passed on, and recorded on their way.

use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;
use std::path::PathBuf;

use barerock::transport::BoxError;
use barerock_audit::Recording;
use barerock_replay::ForwardedBody;
use bytes::Bytes;
use http_body::{Body, Frame};
use http_body_util::{BodyExt as _, Full};

use crate::record::{Sent, report};

/// The recording of an exchange, if it is recorded. Dropped before the end of the body, it is kept as far as it came.
pub(super) struct Kept {
    sent: Sent,
    path: PathBuf,
    recording: Option<Recording>,
}

impl Kept {
    /// The recording, once the head is in it.
    pub(super) fn new(
        sent: Sent,
        path: PathBuf,
        recording: Option<Recording>,
        head: impl FnOnce(&mut Recording) -> io::Result<()>,
    ) -> Self {
        let mut kept = Self { sent, path, recording };
        kept.note(head);
        kept
    }

    fn note(&mut self, step: impl FnOnce(&mut Recording) -> io::Result<()>) {
        let outcome = self.recording.as_mut().map_or(Ok(()), step);
        if outcome.is_err() {
            self.recording = None;
        }
        report(&self.path, outcome);
    }

    fn end(&mut self, is_whole: bool) {
        let at = is_whole.then(|| self.sent.elapsed());
        if let Some(recording) = self.recording.take() {
            report(&self.path, recording.end(at).map(drop));
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.end(false);
    }
}

/// A body on its way to the caller.
pub(super) struct Passing<B> {
    body: Pin<Box<B>>,
    kept: Kept,
}

impl<B> Passing<B> {
    pub(super) fn new(body: B, kept: Kept) -> Self {
        Self { body: Box::pin(body), kept }
    }
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>>> Body for Passing<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(self.body.as_mut().poll_frame(context));
        match &frame {
            None => self.kept.end(true),
            Some(Err(_)) => self.kept.end(false),
            Some(Ok(frame)) => {
                if let Some(bytes) = frame.data_ref() {
                    let at = self.kept.sent.elapsed();
                    self.kept.note(|recording| recording.chunk(at, bytes));
                }
                // Of a body of known length hyper does not ask for the end.
                if self.body.is_end_stream() {
                    self.kept.end(true);
                }
            }
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

/// A body that is there as a whole.
pub(super) fn whole(text: String) -> ForwardedBody {
    Box::pin(Full::new(Bytes::from(text)).map_err(|never: Infallible| match never {}))
}
