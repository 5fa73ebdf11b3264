//! Tests of clients over transports whose futures are not `Send`; over other transports they are `Send`.

use core::cell::{Cell, RefCell};
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use barerock::conversation::Conversation;
use barerock::tools::ToolBox;
use barerock::transport::LocalTransport;
use barerock::types::Message;
use barerock::{
    Client, ConverseRequest, Credentials, EventStream, RetryPolicy, Timeouts, Transport, TransportError,
    TransportErrorKind,
};
use barerock_tests::fixtures;
use bytes::Bytes;
use http::{Request, Response, Uri};
use hyper::body::{Body, Frame};

/// A stack that is not `Send`: requests and the time are in `Rc`s.
#[derive(Clone, Default)]
struct Threadbound {
    responses: Rc<RefCell<VecDeque<Response<Bytes>>>>,
    sent: Rc<RefCell<Vec<Request<Bytes>>>>,
    connected: Rc<RefCell<Vec<Uri>>>,
    /// Seconds, which pass only when a wait is polled.
    waited: Rc<Cell<u64>>,
}

/// A body of one byte per chunk, which optionally stays open.
struct ByteByByte {
    rest: Bytes,
    is_open: bool,
    _bound: Rc<()>,
}

impl Body for ByteByByte {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        match (self.rest.is_empty(), self.is_open) {
            (false, _) => Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(1))))),
            (true, true) => Poll::Pending,
            (true, false) => Poll::Ready(None),
        }
    }
}

/// A sleep that is ready after as many polls as it has seconds.
struct Ticks {
    left: u64,
    waited: Rc<Cell<u64>>,
}

impl Future for Ticks {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let Some(left) = self.left.checked_sub(1) else { return Poll::Ready(()) };
        self.left = left;
        self.waited.set(self.waited.get() + 1);
        Poll::Pending
    }
}

impl LocalTransport for Threadbound {
    type Body = ByteByByte;
    type Error = TransportError;
    type Timer = Ticks;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<ByteByByte>, TransportError> {
        self.sent.borrow_mut().push(request);
        let next = self.responses.borrow_mut().pop_front();
        let response = next.ok_or_else(|| TransportError::new(TransportErrorKind::Connect, "offline"))?;
        let is_open = response.headers().contains_key("x-open");
        Ok(response.map(|rest| ByteByByte { rest, is_open, _bound: Rc::default() }))
    }

    async fn sleep(&self, duration: Duration) {
        Ticks { left: duration.as_secs(), waited: Rc::clone(&self.waited) }.await;
    }

    fn timer(self: &Arc<Self>, duration: Duration) -> Ticks {
        Ticks { left: duration.as_secs(), waited: Rc::clone(&self.waited) }
    }

    async fn connect(&self, uri: &Uri) -> Result<(), TransportError> {
        self.connected.borrow_mut().push(uri.clone());
        Ok(())
    }
}

/// Polls a future until it is ready.
fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    for _ in 0..1_000_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
    panic!("the future is never ready");
}

fn client(transport: &Threadbound, timeouts: Timeouts) -> Client<Threadbound> {
    let credentials = Credentials::new("AKIDEXAMPLE", "SQUIRREL", None);
    let builder = Client::builder(transport.clone()).region("us-east-1").credentials(credentials);
    builder.timeouts(timeouts).retry(RetryPolicy::standard()).build().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the test reads a fixture")]
fn streamed(open: bool) -> Response<Bytes> {
    let folder = fixtures::folder().join("tutorial-stream");
    let body = std::fs::read(folder.join("response.body")).unwrap();
    let mut response = Response::builder().header("content-type", "application/vnd.amazon.eventstream");
    if open {
        response = response.header("x-open", "");
    }
    response.body(body.into()).unwrap()
}

fn request() -> ConverseRequest {
    ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("Hello")])
}

#[test]
fn one_driver_streams_and_retries_on_one_thread() {
    let transport = Threadbound::default();
    let throttled = Response::builder().status(429).body(Bytes::from("{}")).unwrap();
    transport.responses.borrow_mut().extend([throttled, streamed(false)]);
    let client = client(&transport, Timeouts::default());
    let message = run(async { client.converse_stream(&request()).await?.into_message().await }).unwrap();
    assert!(!message.text().is_empty());
    let sent = transport.sent.borrow();
    let attempts: Vec<&[u8]> =
        sent.iter().map(|request| request.headers()["amz-sdk-request"].as_bytes()).collect();
    assert_eq!(attempts.len(), 2);
    assert!(attempts[1].ends_with(b"attempt=2; max=3"));
}

#[test]
fn time_limits_hold_on_one_thread() {
    for (timeouts, words) in [
        (Timeouts::never().operation(Duration::from_secs(90_000)), "the whole response"),
        (Timeouts::never().idle(Duration::from_secs(90_000)), "the next chunk of the response"),
    ] {
        let transport = Threadbound::default();
        let whole = streamed(true);
        let (head, mut body) = whole.into_parts();
        body.truncate(body.len() / 2);
        transport.responses.borrow_mut().push_back(Response::from_parts(head, body));
        let client = client(&transport, timeouts);
        let error =
            run(async { client.converse_stream(&request()).await?.into_message().await }).unwrap_err();
        assert!(error.is_timeout(), "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(transport.waited.get() >= 90_000);
    }
}

#[test]
fn tools_run_on_one_thread() {
    let transport = Threadbound::default();
    transport.responses.borrow_mut().push_back(streamed(false));
    let client = client(&transport, Timeouts::default());
    let mut conversation = Conversation::new(request());
    let answer = run(ToolBox::new().run(&client, &mut conversation, |_| {})).unwrap();
    assert!(!answer.text().is_empty());
}

#[test]
fn a_connection_is_opened_ahead() {
    let transport = Threadbound::default();
    run(client(&transport, Timeouts::default()).connect()).unwrap();
    assert_eq!(*transport.connected.borrow(), ["https://bedrock-runtime.us-east-1.amazonaws.com/"]);
    assert!(transport.sent.borrow().is_empty());
}

/// Compiles only if the futures over any `Transport` are `Send`.
#[test]
fn futures_over_a_transport_are_send() {
    fn is_send<V: Send>(value: V) -> V {
        value
    }
    fn calls<T: Transport>(client: &Client<T>, request: &ConverseRequest, tools: &ToolBox) {
        let mut conversation = Conversation::new(request.clone());
        drop(is_send(client.clone()));
        drop(is_send(client.connect()));
        drop(is_send(client.converse(request)));
        drop(is_send(client.converse_stream(request)));
        drop(is_send(tools.run(client, &mut conversation, |_| {})));
    }
    fn events<T: Transport>(mut stream: EventStream<T>) {
        drop(is_send(stream.next_event()));
        drop(is_send(stream.next_chunk()));
        drop(is_send(stream.into_message()));
    }
    fn spawned<T: Transport>(client: Client<T>) {
        drop(is_send(async move {
            let Ok(mut stream) = client.converse_stream(&request()).await else { return };
            while let Ok(Some(_)) = stream.next_event().await {}
        }));
    }
    let _ = (
        calls::<barerock_hyper::HyperTransport>,
        events::<barerock_reqwest::ReqwestTransport>,
        spawned::<barerock_ureq::UreqTransport>,
    );
}
