//! Tests of the blocking client, whose streams are iterators.

use core::time::Duration;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Instant;

use barerock::types::Message;
use barerock::{
    ConverseRequest, CountTokensRequest, Environment, Error, ErrorKind, RetryPolicy, Timeouts, Verdict,
};
use barerock_config::Config;
use barerock_config::providers::SystemIo;
use barerock_replay::MatchMode;
use barerock_ureq::{Client, block_on};

use super::server::{Bedrock, question};
use super::stacks::{Stack as _, Ureq};
use super::tap::always;

fn client(bedrock: &Bedrock) -> Client {
    Ureq::client(bedrock).into()
}

#[test]
fn calls() {
    let bedrock = Bedrock::start_with(&[], |replay| replay.match_mode(MatchMode::Any));
    let client = client(&bedrock);
    assert!(client.converse(&question()).unwrap().text().contains("GraphQL"));
    let tokens = client.count_tokens(&CountTokensRequest::from(question())).unwrap();
    assert!(tokens.input_tokens > 0);
    // Methods that the blocking client lacks are available through the async client.
    assert_eq!(client.as_async().region(), "us-east-1");
    assert!(block_on(client.as_async().converse(&question())).is_ok());
    // A request that the service would reject is rejected here, on this thread.
    let error = client.converse(&ConverseRequest::new("", [Message::user("hi")])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
}

#[test]
fn a_stream_is_an_iterator() {
    let bedrock = Bedrock::start(&[]);
    let client = client(&bedrock);
    let mut stream = client.converse_stream(&question()).unwrap();
    assert!(stream.request_id().is_some());
    let mut text = String::new();
    for event in &mut stream {
        text.push_str(event.unwrap().text().unwrap_or_default());
    }
    assert!(text.contains("GraphQL"));
    assert!(stream.next().is_none() && stream.next_event().unwrap().is_none());

    // The same with borrowed events, and assembled.
    let mut stream = client.converse_stream(&question()).unwrap();
    let mut borrowed = String::new();
    while let Some(event) = stream.next_event().unwrap() {
        borrowed.push_str(event.text().unwrap_or_default());
    }
    assert_eq!(borrowed, text);
    assert_eq!(client.converse_stream(&question()).unwrap().into_message().unwrap().text(), text);
}

#[test]
fn an_iteration_ends_with_its_first_error() {
    let bedrock = Bedrock::start(&["exception=modelStreamErrorException:6"]);
    let client = client(&bedrock);
    let events: Vec<_> = client.converse_stream(&question()).unwrap().take(100).collect();
    assert_eq!(events.len(), 6);
    assert!(events[..5].iter().all(Result::is_ok));
    let error = events[5].as_ref().unwrap_err();
    assert_eq!((error.kind(), error.verdict()), (ErrorKind::Service, Some(Verdict::Exception)));

    let error = client.converse_stream(&question()).unwrap().into_message().unwrap_err();
    assert!(!error.partial().unwrap().text().is_empty());
}

/// Returns a client of the whole configuration, with this environment and no files.
fn configured(variables: &[(&str, &str)]) -> Result<Client, Error> {
    let nowhere = [
        ("AWS_REGION", "us-east-1"),
        ("AWS_CONFIG_FILE", "/nowhere/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials"),
    ];
    let environment: Environment = nowhere.iter().chain(variables).copied().collect();
    let io = Arc::new(SystemIo::new(Arc::new(Ureq::transport())));
    let config = block_on(Config::loader().environment(environment).load(io))?;
    let builder = config.builder(Ureq::transport());
    builder.build().map(Client::from)
}

#[test]
fn providers_need_no_runtime_either() {
    let bedrock = Bedrock::start(&[]);
    let keys = r#"{"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"SQUIRREL","Token":"WALRUS","Expiration":"2099-01-01T00:00:00Z"}"#;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json";
    let container = always(format!("{head}\r\ncontent-length: {}\r\n\r\n{keys}", keys.len()));
    let client = configured(&[
        ("AWS_ENDPOINT_URL", &bedrock.url()),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("{}/keys", container.url())),
    ]);
    assert!(client.unwrap().converse(&question()).unwrap().text().contains("GraphQL"));
    assert_eq!(container.connections(), 1);
}

/// The transport's sleep wakes the task that polls it, so limits and delays between attempts are the same with any executor.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test takes the time")]
fn another_executor_will_do() {
    let bedrock = Bedrock::start(&["status=500@1"]);
    let timeouts = Timeouts::default().operation(Duration::from_secs(30));
    let builder = Ureq::builder(&bedrock).timeouts(timeouts).retry(RetryPolicy::standard());
    let client = builder.build().unwrap();
    let start = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime
        .block_on(async { client.converse_stream(&question()).await.unwrap().into_message().await.unwrap() });
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    assert_eq!(bedrock.requests().len(), 2);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test takes the time")]
fn a_mute_metadata_service_holds_nobody_up() {
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", mute.local_addr().unwrap());
    let client = configured(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url)]).unwrap();
    let start = Instant::now();
    let error = client.converse(&question()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials, "{error}");
    assert!(start.elapsed().as_secs() < 15, "{:?}", start.elapsed());
}
