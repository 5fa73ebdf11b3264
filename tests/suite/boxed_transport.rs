//! A client whose transport is chosen at run time.

use core::time::Duration;

use barerock::transport::BoxTransport;
use barerock::types::Message;
use barerock::{Client, ConverseRequest, Credentials, RetryPolicy, Timeouts, TransportErrorKind};
use barerock_hyper::HyperTransport;
use barerock_replay::{Fixture, Fixtures, ReplayServer};
use barerock_reqwest::ReqwestTransport;

const MODEL: &str = "us.anthropic.claude-sonnet-4-6";

fn client(transport: BoxTransport, url: &str) -> Client<BoxTransport> {
    Client::builder(transport)
        .region("us-east-1")
        .endpoint_url(url)
        .credentials(Credentials::new("AKIDEXAMPLE", "SQUIRREL-of-sixteen-bytes", None))
        .retry(RetryPolicy::off())
        .timeouts(Timeouts::never().operation(Duration::from_secs(20)))
        .build()
        .unwrap()
}

fn transports() -> [BoxTransport; 2] {
    [BoxTransport::new(HyperTransport::new()), BoxTransport::new(ReqwestTransport::new())]
}

#[tokio::test]
async fn both_stacks_behave_as_themselves() {
    let request = ConverseRequest::new(MODEL, [Message::user("Say hello.")]);
    for transport in transports() {
        let fixtures = Fixtures::new([Fixture::text(MODEL, "Hello there.")]);
        let replay = ReplayServer::builder().fixtures(fixtures).bind("127.0.0.1:0").await.unwrap();
        let client = client(transport.clone(), &replay.url());
        client.connect().await.unwrap();
        // One task type for all.
        let whole = tokio::spawn({
            let (client, request) = (client.clone(), request.clone());
            async move { client.converse(&request).await.unwrap().text() }
        });
        assert_eq!(whole.await.unwrap(), "Hello there.");
        let streamed = client.converse_stream(&request).await.unwrap().into_message().await.unwrap();
        assert_eq!(streamed.text(), "Hello there.");
        assert_eq!(replay.requests().len(), 2);
    }
}

/// Errors of requests and of bodies stay the transport's own.
#[tokio::test]
async fn errors_keep_their_kind() {
    let request = ConverseRequest::new(MODEL, [Message::user("Say hello.")]);
    for transport in transports() {
        let refused = client(transport.clone(), "http://127.0.0.1:1").converse(&request).await.unwrap_err();
        assert_eq!(refused.transport_kind(), Some(TransportErrorKind::Connect), "{refused}");
        let fixtures = Fixtures::new([Fixture::text(MODEL, "Hello there.")]);
        let replay = ReplayServer::builder()
            .fixtures(fixtures)
            .faults(["reset-after=200".parse().unwrap()])
            .bind("127.0.0.1:0")
            .await
            .unwrap();
        let stream = client(transport, &replay.url()).converse_stream(&request).await.unwrap();
        let broken = stream.into_message().await.unwrap_err();
        assert_eq!(broken.transport_kind(), Some(TransportErrorKind::Io), "{broken}");
    }
}
