//! The body of an answer.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io::{self, Read as _};

use barerock::TransportError;
use bytes::{Bytes, BytesMut};
use http_body::Frame;

use crate::deadline::{Deadline, Reason, within};
use crate::error::Limits;

/// The room for one read, in bytes: what a TLS record holds at most.
const READ: usize = 16 * 1024;

/// Less room than this is not worth a read.
const LEAST: usize = 2 * 1024;

/// The body of an answer. Polling it blocks until the next piece is there.
pub struct UreqBody {
    reader: ureq::BodyReader<'static>,
    /// Zeroed, ready to be read into. What is read is split off, so most pieces cost no allocation.
    room: BytesMut,
    limits: Limits,
    /// When all of it must be there.
    whole: Option<Deadline>,
}

impl UreqBody {
    pub(crate) fn new(body: ureq::Body, limits: Limits, whole: Option<Deadline>) -> Self {
        Self { reader: body.into_reader(), room: BytesMut::new(), limits, whole }
    }

    fn read(&mut self) -> io::Result<Bytes> {
        if self.room.len() < LEAST {
            self.room = BytesMut::zeroed(READ);
        }
        loop {
            match self.reader.read(&mut self.room) {
                // A reader that claims more than it had room for has a bug; `min` keeps it from being a panic.
                Ok(count) => return Ok(self.room.split_to(count.min(self.room.len())).freeze()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl http_body::Body for UreqBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let body = self.get_mut();
        let piece = Deadline::after(body.limits.request.idle, Reason::Piece);
        Poll::Ready(match within([piece, body.whole], || body.read()) {
            Ok(piece) if piece.is_empty() => None,
            Ok(piece) => Some(Ok(Frame::data(piece))),
            Err(error) => Some(Err(body.limits.explain(error.into()))),
        })
    }
}

impl fmt::Debug for UreqBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UreqBody").finish_non_exhaustive()
    }
}
