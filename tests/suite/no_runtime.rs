//! Transports outside the runtime they need: an error, no panic and no hang.

use core::time::Duration;

use barerock::types::Message;
use barerock::{
    Client, ClientBuilder, ConverseRequest, Credentials, Error, ErrorKind, RetryPolicy, Timeouts, Transport,
    TransportErrorKind,
};
use barerock_hyper::HyperTransport;
use barerock_replay::{Fixture, Fixtures, ReplayServer};
use barerock_reqwest::ReqwestTransport;
use barerock_ureq::{UreqTransport, block_on};
use tokio::runtime::Runtime;

const MODEL: &str = "us.anthropic.claude-sonnet-4-6";

fn serve(runtime: &Runtime, text: &str) -> ReplayServer {
    let fixtures = Fixtures::new([Fixture::text(MODEL, text)]);
    runtime.block_on(ReplayServer::builder().fixtures(fixtures).bind("127.0.0.1:0")).unwrap()
}

fn builder<T: Transport>(transport: T, url: &str) -> ClientBuilder<T> {
    Client::builder(transport).region("us-east-1").endpoint_url(url).credentials(Credentials::new(
        "AKIDEXAMPLE",
        "SQUIRREL-of-sixteen-bytes",
        None,
    ))
}

fn question() -> ConverseRequest {
    ConverseRequest::new(MODEL, [Message::user("Say hello.")])
}

#[track_caller]
fn assert_no_runtime(error: &Error) {
    assert_eq!(error.transport_kind(), Some(TransportErrorKind::NoRuntime), "{error}");
    let chain = core::iter::successors(Some(error as &dyn core::error::Error), |error| error.source());
    let texts: Vec<_> = chain.map(ToString::to_string).collect();
    assert!(texts.iter().any(|text| text.contains("polled outside a tokio runtime")), "{texts:?}");
    assert!(error.hint().unwrap().contains("runtime") && !error.is_retryable());
}

/// Every way to call, with every limit and every retry mode.
fn outside(transport: impl Transport + Clone, url: &str) {
    let limit = Duration::from_secs(60);
    for timeouts in [
        Timeouts::never(),
        Timeouts::default(),
        Timeouts::default().operation(limit),
        Timeouts::never().first_byte(limit),
    ] {
        for retry in [RetryPolicy::off(), RetryPolicy::standard(), RetryPolicy::adaptive()] {
            let client = builder(transport.clone(), url).timeouts(timeouts).retry(retry).build().unwrap();
            let error = block_on(client.converse(&question())).unwrap_err();
            assert_no_runtime(&error);
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
            assert_no_runtime(&block_on(client.converse_stream(&question())).unwrap_err());
        }
    }
}

/// A stream that was opened in the runtime, read outside it.
fn stream_outside(transport: impl Transport, runtime: &Runtime, url: &str) {
    let client = builder(transport, url).build().unwrap();
    let mut stream = runtime.block_on(client.converse_stream(&question())).unwrap();
    let error = block_on(async {
        while stream.next_event().await?.is_some() {}
        Ok::<_, Error>(())
    });
    assert_no_runtime(&error.unwrap_err());
}

#[test]
fn over_hyper() {
    let runtime = Runtime::new().unwrap();
    let replay = serve(&runtime, &"word ".repeat(20_000));
    outside(HyperTransport::new(), &replay.url());
    stream_outside(HyperTransport::new(), &runtime, &replay.url());
    let client = builder(HyperTransport::new(), &replay.url()).build().unwrap();
    assert_no_runtime(&block_on(client.connect()).unwrap_err());
}

#[test]
fn over_reqwest() {
    let runtime = Runtime::new().unwrap();
    let replay = serve(&runtime, &"word ".repeat(20_000));
    outside(ReqwestTransport::new(), &replay.url());
    stream_outside(ReqwestTransport::new(), &runtime, &replay.url());
}

/// It needs none.
#[test]
fn over_ureq() {
    let runtime = Runtime::new().unwrap();
    let replay = serve(&runtime, "Hello.");
    let client = builder(UreqTransport::new(), &replay.url()).build().unwrap();
    assert_eq!(block_on(client.converse(&question())).unwrap().text(), "Hello.");
    let streamed = block_on(async { client.converse_stream(&question()).await?.into_message().await });
    assert_eq!(streamed.unwrap().text(), "Hello.");
}
