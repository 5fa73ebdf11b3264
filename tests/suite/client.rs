//! Tests of the client over sockets: the calls of the tutorial, and every kind of failure.

use core::time::Duration;

use barerock::types::{ContentBlock, Message, StopReason, Tool, ToolResultBlock};
use barerock::{
    Client, ClientBuilder, ConverseRequest, Credentials, Environment, Error, ErrorKind, Timeouts, Verdict,
};
use barerock_hyper::HyperTransport;
use barerock_replay::{MatchMode, ReplayServer, Verify};
use barerock_test_data::ClosedPort;
use barerock_tests::replay::{QUESTION, question, recorded, start};
use serde_json::json;

const REGION: &str = "us-east-1";
const CLAUDE: &str = "anthropic.claude-sonnet-4-20250514";
/// Offset inside a frame in the middle of the recorded stream of the question.
const MIDDLE: usize = 700;

fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "SQUIRREL", Some("WALRUS".to_owned()))
}

async fn serve(mode: MatchMode, faults: &[&str]) -> ReplayServer {
    let verify =
        Verify::for_region(REGION).with_credentials(credentials()).with_bearer_key("bedrock-api-key-PANDA");
    start(recorded(mode, faults.iter().copied()).verify(verify)).await
}

fn builder(url: &str) -> ClientBuilder<HyperTransport> {
    Client::builder(HyperTransport::new())
        .retry(barerock::RetryPolicy::off())
        .region(REGION)
        .endpoint_url(url)
        .credentials(credentials())
}

fn client(replay: &ReplayServer) -> Client<HyperTransport> {
    builder(&replay.url()).build().unwrap()
}

#[tokio::test]
async fn the_tutorials_calls() {
    let replay = serve(MatchMode::Exact, &[]).await;
    let client = client(&replay);

    // A basic call.
    let request = ConverseRequest::new(CLAUDE, [Message::user(QUESTION)]).max_tokens(512).temperature(0.5);
    let response = client.converse(&request).await.unwrap();
    assert!(response.text().contains("GraphQL"));
    assert_eq!(response.usage.total_tokens, response.usage.input_tokens + response.usage.output_tokens);

    // The same for another model.
    let prompt = "Explain container orchestration.";
    let llama = ConverseRequest::new("meta.llama3-1-70b-instruct-v1:0", [Message::user(prompt)]);
    let response = client.converse(&llama.max_tokens(512).temperature(0.7)).await.unwrap();
    assert_eq!(response.stop_reason, StopReason::EndTurn);

    // A streamed call with a system prompt.
    let request =
        ConverseRequest::new(CLAUDE, [Message::user("Write a Python binary search implementation.")])
            .system("You are a concise coding assistant. Return only code with brief comments.")
            .max_tokens(1024)
            .temperature(0.2);
    let mut stream = client.converse_stream(&request).await.unwrap();
    assert!(stream.request_id().is_some());
    let mut text = String::new();
    while let Some(event) = stream.next_event().await.unwrap() {
        text.push_str(event.text().unwrap_or_default());
    }
    assert!(text.contains("def binary_search"), "{text}");
    let message = client.converse_stream(&request).await.unwrap().into_message().await.unwrap();
    assert_eq!(message.text(), text);
    assert!(message.usage().unwrap().output_tokens > 0);
}

#[tokio::test]
async fn the_tutorials_tool_round() {
    let replay = serve(MatchMode::Exact, &[]).await;
    let client = client(&replay);
    let tool = Tool::new(
        "get_weather",
        json!({
            "type": "object",
            "properties": {"city": {"type": "string", "description": "The city name, e.g. 'San Francisco'"}},
            "required": ["city"],
        }),
    );
    let mut messages = vec![Message::user("What's the weather in Seattle?")];
    let request = |messages: &[Message]| {
        ConverseRequest::new(CLAUDE, messages)
            .tool(tool.clone().description("Get the current weather for a given city."))
            .max_tokens(1024)
    };

    let streamed = client.converse_stream(&request(&messages)).await.unwrap().into_message().await.unwrap();
    let response = client.converse(&request(&messages)).await.unwrap();
    assert_eq!((&response.stop_reason, streamed.stop_reason()), (&StopReason::ToolUse, &StopReason::ToolUse));
    assert_eq!(response.message().unwrap(), &streamed.message, "assembled equals asked whole");

    let tool_use = response.tool_uses().next().unwrap();
    assert_eq!((&*tool_use.name, tool_use.input.as_json()), ("get_weather", r#"{"city":"Seattle"}"#));
    let result = json!({"temperature": "54F", "condition": "cloudy", "humidity": "82%"});
    let result = ToolResultBlock::json(&tool_use.tool_use_id, result);
    messages.push(response.into_message().unwrap());
    messages.push(Message::tool_results([result]));
    let answer = client.converse(&request(&messages)).await.unwrap();
    assert_eq!(answer.stop_reason, StopReason::EndTurn);
    assert!(answer.text().contains("Seattle"));
}

#[tokio::test]
async fn the_services_errors_are_values() {
    let replay = serve(MatchMode::Model, &[]).await;
    let client = client(&replay);
    for (model, status, code) in [
        ("example.unavailable-v1:0", 503, "ServiceUnavailableException"),
        ("no.such-model-v1:0", 404, "ResourceNotFoundException"),
    ] {
        let request = ConverseRequest::new(model, [Message::user("Hello")]);
        for error in [
            client.converse(&request).await.unwrap_err(),
            client.converse_stream(&request).await.map(drop).unwrap_err(),
        ] {
            let service = error.service_error().unwrap();
            assert_eq!((error.kind(), service.status, &*service.code), (ErrorKind::Service, status, code));
            assert!(service.request_id.is_some() && !service.message.is_empty());
        }
    }
}

/// Returns the error of a stream with a fault, and the number of characters of text received before it.
async fn streamed_under(fault: &str, timeouts: Timeouts) -> (Error, usize) {
    let replay = serve(MatchMode::Exact, &[fault]).await;
    let client = builder(&replay.url()).timeouts(timeouts).build().unwrap();
    let error = match client.converse_stream(&question()).await {
        Ok(stream) => stream.into_message().await.unwrap_err(),
        Err(error) => error,
    };
    let partial = error.partial().map(|message| message.text().len()).unwrap_or_default();
    (error, partial)
}

#[tokio::test]
async fn every_fault_of_a_stream_has_its_kind_and_verdict() {
    use ErrorKind::{Service, Transport, Wire};
    let middle = MIDDLE.to_string();
    // Fault, error kind, outcome of the stream, and whether some text was received.
    for (fault, kind, verdict, some_text) in [
        ("throttle", Service, None, false),
        ("status=503", Service, None, false),
        ("status=424:ModelErrorException", Service, None, false),
        ("html", Service, None, false),
        ("html=200", Wire, Some(Verdict::NotAnEventStream), false),
        ("content-type=application/json", Wire, Some(Verdict::NotAnEventStream), false),
        ("reset-before", Transport, None, false),
        (&format!("reset-after={middle}"), Wire, Some(Verdict::Truncated), true),
        (&format!("close-after={middle}"), Wire, Some(Verdict::Truncated), true),
        (&format!("truncate={middle}"), Wire, Some(Verdict::Truncated), true),
        ("truncate=0", Wire, Some(Verdict::EndedEarly), false),
        (&format!("corrupt={middle}"), Wire, Some(Verdict::Corrupt), true),
        ("exception=throttlingException", Service, Some(Verdict::Exception), false),
        ("exception=modelStreamErrorException:6", Service, Some(Verdict::Exception), true),
        ("error-frame=InternalError:6", Service, Some(Verdict::Error), true),
    ] {
        let (error, partial) = streamed_under(fault, Timeouts::default()).await;
        assert_eq!((error.kind(), error.verdict()), (kind, verdict), "{fault}: {error}");
        assert_eq!(partial > 0, some_text, "{fault}: {error}");
        assert!(!error.is_timeout(), "{fault}: {error}");
    }
}

#[tokio::test]
async fn silence_ends_in_a_timeout_and_slowness_does_not() {
    let short = Duration::from_millis(700);
    let timeouts = Timeouts::never().first_byte(short).idle(short);
    let (error, _) = streamed_under("stall=10s", timeouts).await;
    assert!(error.is_timeout() && error.kind() == ErrorKind::Transport, "{error}");
    assert!(error.to_string().contains("700ms"), "{error}");
    let (error, partial) = streamed_under(&format!("stall-after={MIDDLE}"), timeouts).await;
    assert!(error.is_timeout() && partial > 0, "{error}");

    // The stream takes longer than the read timeout, but no gap between chunks does.
    let replay = serve(MatchMode::Exact, &["slow=5ms"]).await;
    let client = builder(&replay.url()).timeouts(timeouts).build().unwrap();
    client.converse_stream(&question()).await.unwrap().into_message().await.unwrap();
}

#[tokio::test]
async fn credentials_must_be_right() {
    let replay = serve(MatchMode::Exact, &[]).await;
    let wrong = Credentials::new("AKIDEXAMPLE", "HEDGEHOG", None);
    for client in [
        builder(&replay.url()).credentials(wrong).build().unwrap(),
        builder(&replay.url()).region("eu-west-1").build().unwrap(),
        builder(&replay.url()).bearer_token("bedrock-api-key-LION").build().unwrap(),
        builder(&replay.url()).no_sign_request().build().unwrap(),
    ] {
        let error = client.converse(&question()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.service_error().unwrap().status),
            (ErrorKind::Service, 403),
            "{error}"
        );
        let shown = format!("{error} {error:?} {client:?}");
        for secret in ["SQUIRREL", "WALRUS", "HEDGEHOG", "LION"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    let client = builder(&replay.url()).bearer_token("bedrock-api-key-PANDA").build().unwrap();
    assert!(client.converse_stream(&question()).await.is_ok());
    assert!(!format!("{client:?}").contains("PANDA"));
}

#[tokio::test]
async fn nothing_secret_goes_out_in_the_clear() {
    let client = Client::builder(HyperTransport::new())
        .region(REGION)
        .endpoint_url("http://bedrock.example")
        .credentials(credentials())
        .build()
        .unwrap();
    let error = client.converse(&question()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(error.to_string().contains("over plain HTTP"), "{error}");
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let empty = || Client::builder(HyperTransport::new()).environment(Environment::default());
    let error = empty().build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(error.to_string().contains("AWS_REGION, AWS_DEFAULT_REGION"), "{error}");

    let client = empty().region(REGION).endpoint_url("http://127.0.0.1:9").build().unwrap();
    let error = client.converse(&question()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(error.to_string().contains("AWS_ACCESS_KEY_ID"), "{error}");

    for url in ["ftp://x", "http://me:SQUIRREL@x", "nonsense"] {
        let error = empty().region(REGION).endpoint_url(url).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request);
        assert!(!format!("{error:?}").contains("SQUIRREL"));
    }
}

#[tokio::test]
async fn no_one_there_is_a_transport_error_with_its_cause() {
    let closed = ClosedPort::new();
    let client = builder(&closed.url()).build().unwrap();
    let error = client.converse(&question()).await.unwrap_err();
    assert_eq!((error.kind(), error.is_timeout()), (ErrorKind::Transport, false));
    let mut chain = error.to_string();
    let mut cause = core::error::Error::source(&error);
    while let Some(error) = cause {
        chain.push_str(&format!(": {error}"));
        cause = error.source();
    }
    assert!(chain.contains("no connection") && chain.contains("refused"), "{chain}");
}

#[tokio::test]
async fn a_dropped_event_is_not_lost() {
    let replay = serve(MatchMode::Exact, &["slow=20ms"]).await;
    let mut stream = client(&replay).converse_stream(&question()).await.unwrap();
    let mut text = String::new();
    let mut dropped = 0;
    loop {
        // Cancelled repeatedly before the next chunk can arrive.
        match tokio::time::timeout(Duration::from_millis(3), stream.next_event()).await {
            Ok(Ok(Some(event))) => text.push_str(event.text().unwrap_or_default()),
            Ok(Ok(None)) => break,
            Ok(Err(error)) => panic!("{error}"),
            Err(_) => dropped += 1,
        }
    }
    let whole = client(&replay).converse_stream(&question()).await.unwrap().into_message().await.unwrap();
    assert_eq!(text, whole.text());
    assert!(dropped > 0);
}

#[tokio::test]
async fn images_travel_as_base64() {
    let replay = serve(MatchMode::Any, &[]).await;
    let message =
        Message::user([ContentBlock::from("What is this?"), ContentBlock::image_png(&b"\x89PNG"[..])]);
    client(&replay).converse(&ConverseRequest::new(CLAUDE, [message])).await.unwrap();
    let requests = replay.requests();
    let body: serde_json::Value = serde_json::from_slice(&requests[0].body).unwrap();
    assert_eq!(
        body["messages"][0]["content"][1],
        json!({"image": {"format": "png", "source": {"bytes": "iVBORw=="}}})
    );
}

/// Size of a stream, which matters to programs with thousands of them.
#[tokio::test]
async fn a_call_is_small_until_it_is_made() {
    let replay = serve(MatchMode::Exact, &[]).await;
    let (client, request) = (client(&replay), question());
    for size in [size_of_val(&client.converse(&request)), size_of_val(&client.converse_stream(&request))] {
        assert!(size < 1_500, "{size}");
    }
}
