//! Response bodies.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;
use std::sync::Arc;

use barerock::transport::LastEventSeen;
use barerock::{Timeouts, TransportError};
use bytes::{Bytes, BytesMut};
use http_body::Frame;
use ureq_proto::BodyMode;
use ureq_proto::client::state::RecvBody;
use ureq_proto::client::{Call, RecvBodyResult};

use crate::error::of_exchange;
use crate::input::{Input, SIZE};
use crate::limit::TimeLimit;
use crate::pool::{Key, Pool};
use crate::socket::Connection;

/// Size of the buffer for one read of the body, in bytes: one TLS record.
const READ: usize = 16 * 1024;

/// Chunks of fewer bytes are copied out of the read buffer.
const LEAST: usize = 2 * 1024;

/// Body of a response. Polling it blocks until the next bytes arrive.
pub struct UreqBody {
    /// `None` after the body has ended or failed.
    receiving: Option<Receiving>,
    timeouts: Timeouts,
    last_event: LastEventSeen,
    /// Time limit for the whole response.
    whole: Option<TimeLimit>,
}

/// State of a body that is being received, with its connection.
pub(crate) struct Receiving {
    pub(crate) call: Box<Call<RecvBody>>,
    pub(crate) connection: Box<dyn Connection>,
    pub(crate) input: Input,
    pub(crate) key: Key,
    pub(crate) pool: Arc<Pool>,
}

impl UreqBody {
    pub(crate) fn new(
        receiving: Receiving,
        timeouts: Timeouts,
        last_event: LastEventSeen,
        whole: Option<TimeLimit>,
    ) -> Self {
        Self { receiving: Some(receiving), timeouts, last_event, whole }
    }

    pub(crate) fn empty() -> Self {
        Self {
            receiving: None,
            timeouts: Timeouts::never(),
            last_event: LastEventSeen::default(),
            whole: None,
        }
    }
}

impl Receiving {
    /// Returns the next bytes; empty at the end.
    fn next(&mut self) -> io::Result<Bytes> {
        let mut room = BytesMut::zeroed(READ);
        let mut framing: usize = 0;
        loop {
            let (consumed, produced) =
                self.call.read(self.input.unread(), &mut room).map_err(io::Error::other)?;
            self.input.consume(consumed);
            if produced > 0 {
                room.truncate(produced);
                // A small chunk does not keep the whole buffer allocated.
                let is_short = produced < LEAST;
                return Ok(if is_short { Bytes::copy_from_slice(&room) } else { room.freeze() });
            }
            if self.has_ended() {
                return Ok(Bytes::new());
            }
            framing = framing.saturating_add(consumed);
            if framing > SIZE || self.input.is_full() {
                return Err(io::Error::other(format!("chunk framing of more than {SIZE} bytes")));
            }
            if consumed == 0 && self.input.fill(&mut *self.connection)? == 0 {
                // Complete if the body is delimited by the end of the connection, or its final chunk has arrived.
                let is_whole =
                    self.call.body_mode() == BodyMode::CloseDelimited || self.call.is_ended_chunked();
                return if is_whole { Ok(Bytes::new()) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
    }

    /// Returns true if the whole body has arrived according to its framing.
    fn has_ended(&self) -> bool {
        self.call.can_proceed() && self.call.body_mode() != BodyMode::CloseDelimited
    }

    /// Returns the connection to the pool if the response allows reuse and no bytes follow it.
    fn release(mut self) {
        let nothing_follows = self.has_ended() && self.input.unread().is_empty();
        let is_reusable = match (*self.call).proceed() {
            Some(RecvBodyResult::Cleanup(call)) => !call.must_close_connection(),
            Some(RecvBodyResult::Redirect(call)) => !call.must_close_connection(),
            None => false,
        };
        if is_reusable && nothing_follows {
            self.connection.socket().set_limit(None);
            self.pool.put(self.key, self.connection);
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
        let Some(mut receiving) = body.receiving.take() else { return Poll::Ready(None) };
        let piece = TimeLimit::after(body.timeouts.idle, "the next chunk of the response");
        let end = body.last_event.is_set().then_some(Timeouts::END_OF_BODY);
        let end = TimeLimit::after(end, "the end of the response");
        let limit = TimeLimit::earlier(TimeLimit::earlier(piece, end), body.whole);
        receiving.connection.socket().set_limit(limit);
        Poll::Ready(match receiving.next() {
            Ok(piece) => {
                let has_ended = piece.is_empty() || receiving.has_ended();
                if has_ended {
                    receiving.release()
                } else {
                    body.receiving = Some(receiving)
                }
                (!piece.is_empty()).then(|| Ok(Frame::data(piece)))
            }
            Err(error) => Some(Err(of_exchange(error.into(), limit))),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.receiving.is_none()
    }
}

impl fmt::Debug for UreqBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UreqBody").finish_non_exhaustive()
    }
}
