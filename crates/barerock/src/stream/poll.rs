//! The events of a stream as a `futures_core::Stream`.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use barerock_converse::StreamEvent;
use futures_core::Stream;

use super::EventStream;
use crate::error::Error;
use crate::transport::Transport;

/// An event without borrows, the end, or an error.
type NextEvent = Result<Option<StreamEvent<'static>>, Error>;
/// A wait for the next event, which returns the stream with it.
type Waiting<T> = Pin<Box<dyn Future<Output = (Box<EventStream<T>>, NextEvent)> + Send>>;

/// The events of a response as a [`Stream`]; made by [`EventStream::into_stream`]. It ends after an error.
///
/// It is `Send`, so it is over a [`Transport`] only: with another [`LocalTransport`](crate::transport::LocalTransport), call
/// [`EventStream::next_event`].
///
/// Dropping it closes the connection.
#[must_use = "a stream does nothing unless polled"]
pub struct Events<T: Transport> {
    state: State<T>,
}

enum State<T: Transport> {
    Idle(Box<EventStream<T>>),
    Waiting(Waiting<T>),
    Ended,
}

impl<T: Transport> EventStream<T> {
    /// The events as a `futures_core::Stream`, for combinators and web frameworks. Events own their text.
    ///
    /// ```
    /// # use barerock::{Client, ConverseRequest, Error, Transport};
    /// # use futures_core::Stream;
    /// async fn texts(
    ///     client: &Client<impl Transport>,
    ///     request: &ConverseRequest,
    /// ) -> Result<impl Stream<Item = Result<String, Error>>, Error> {
    ///     Ok(client.converse_stream(request).await?.into_stream().text())
    /// }
    /// ```
    #[doc(alias = "sse")]
    pub fn into_stream(self) -> Events<T> {
        Events { state: State::Idle(Box::new(self)) }
    }
}

impl<T: Transport> Events<T> {
    /// The text of the message alone, as it arrives.
    pub fn text(self) -> Texts<T> {
        Texts { events: self }
    }
}

async fn next<T: Transport>(stream: &mut EventStream<T>) -> NextEvent {
    Ok(stream.next_event().await?.map(StreamEvent::into_owned))
}

impl<T: Transport> Stream for Events<T> {
    type Item = Result<StreamEvent<'static>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut waiting = match core::mem::replace(&mut self.state, State::Ended) {
            State::Ended => return Poll::Ready(None),
            State::Waiting(waiting) => waiting,
            State::Idle(mut stream) => {
                // Most events are there with their chunk: without a box.
                let ready = stream.is_ready().then(|| core::pin::pin!(next(&mut stream)).poll(cx));
                if let Some(Poll::Ready(event)) = ready {
                    return self.finish(stream, event);
                }
                Box::pin(async move {
                    let event = next(&mut stream).await;
                    (stream, event)
                })
            }
        };
        match waiting.as_mut().poll(cx) {
            Poll::Ready((stream, event)) => self.finish(stream, event),
            Poll::Pending => {
                self.state = State::Waiting(waiting);
                Poll::Pending
            }
        }
    }
}

impl<T: Transport> Events<T> {
    fn finish(
        &mut self,
        stream: Box<EventStream<T>>,
        event: NextEvent,
    ) -> Poll<Option<<Self as Stream>::Item>> {
        if let Ok(Some(_)) = event {
            self.state = State::Idle(stream);
        }
        Poll::Ready(event.transpose())
    }
}

impl<T: Transport> fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

/// The text of a message as a [`Stream`]; made by [`Events::text`].
#[derive(Debug)]
#[must_use = "a stream does nothing unless polled"]
pub struct Texts<T: Transport> {
    events: Events<T>,
}

impl<T: Transport> Stream for Texts<T> {
    type Item = Result<String, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match core::task::ready!(Pin::new(&mut self.events).poll_next(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(event)) => {
                    if let Some(text) = event.text() {
                        return Poll::Ready(Some(Ok(text.to_owned())));
                    }
                }
            }
        }
    }
}
