//! Tests that no error contains the secrets of a request when a server echoes them anywhere in a response, in any
//! encoding.

use core::error::Error as _;
use core::fmt::Write as _;
use std::sync::{Arc, Mutex};

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message as Frame};
use barerock::types::Message;
use barerock::{
    Client, ClientBuilder, ConverseRequest, Credentials, Error, Observe, Outcome, RetryPolicy, Stage,
};
use barerock_hyper::HyperTransport;
use barerock_test_data::secrets::spellings;
use barerock_tests::peer::{Peer, Reply};
use bytes::Bytes;
use http::Response;
use serde_json::json;

pub(crate) const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLE=KEY";
pub(crate) const SESSION_TOKEN: &str = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQD+abc=";
pub(crate) const BEARER_KEY: &str = "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249+/==";
pub(crate) const FOREIGN_BEARER_KEY: &str = "ABSK-clé-secrète-très-longue";

fn frame(headers: &[(&'static str, &str)], payload: String) -> Vec<u8> {
    let headers =
        headers.iter().map(|(name, value)| Header::new(*name, HeaderValue::String(value.to_string().into())));
    let mut bytes = Vec::new();
    write_message_to(&Frame::new_from_parts(headers.collect(), payload), &mut bytes).unwrap();
    bytes
}

fn stream(frames: &[Vec<u8>]) -> Response<Bytes> {
    let response = Response::builder().header("content-type", "application/vnd.amazon.eventstream");
    response.body(frames.concat().into()).unwrap()
}

fn whole(status: u16, headers: &[(&str, &str)], body: String) -> Option<Response<Bytes>> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, http::HeaderValue::from_bytes(value.as_bytes()).ok()?);
    }
    response.body(body.into()).ok()
}

/// Returns responses with the text in every possible place; `None` if a header cannot contain it.
pub(crate) fn responses(text: &str) -> Vec<(&'static str, Option<Response<Bytes>>)> {
    const JSON: (&str, &str) = ("content-type", "application/json");
    let start = || {
        frame(
            &[(":message-type", "event"), (":event-type", "messageStart")],
            json!({"role": "assistant"}).to_string(),
        )
    };
    let exception = || {
        frame(
            &[(":message-type", "exception"), (":exception-type", "modelStreamErrorException")],
            json!({"message": format!("no {text}"), "originalMessage": text, "originalStatusCode": 500})
                .to_string(),
        )
    };
    let error = || {
        frame(&[(":message-type", "error"), (":error-code", text), (":error-message", text)], String::new())
    };
    let odd_type = frame(&[(":message-type", text), (":event-type", text)], String::new());
    let no_object =
        frame(&[(":message-type", "event"), (":event-type", "messageStart")], format!("\"{text}\""));
    let odd_exception = frame(&[(":message-type", "exception"), (":exception-type", text)], text.to_owned());
    vec![
        (
            "message",
            whole(
                400,
                &[JSON, ("x-amzn-errortype", "ValidationException")],
                json!({"message": text}).to_string(),
            ),
        ),
        ("raw message", whole(403, &[JSON], format!(r#"{{"Message":"the key {text} is wrong"}}"#))),
        ("error type", whole(403, &[JSON, ("x-amzn-errortype", text)], "{}".to_owned())),
        ("code", whole(403, &[JSON], json!({"code": text, "message": "no"}).to_string())),
        ("type", whole(403, &[JSON], json!({"__type": text}).to_string())),
        ("request id", whole(500, &[JSON, ("x-amzn-requestid", text)], json!({"message": "no"}).to_string())),
        (
            "model error",
            whole(
                424,
                &[JSON, ("x-amzn-errortype", "ModelErrorException")],
                json!({"message": "no", "resourceName": text, "originalMessage": text}).to_string(),
            ),
        ),
        ("HTML error", whole(502, &[("content-type", "text/html")], format!("<html>{text}</html>"))),
        ("text error", whole(407, &[("content-type", "text/plain")], format!("no {text}\n"))),
        ("HTML", whole(200, &[("content-type", "text/html")], format!("<html><a href=\"?k={text}\">"))),
        ("text", whole(200, &[("content-type", "text/plain")], text.to_owned())),
        ("other JSON", whole(200, &[JSON], format!(r#"["{text}"]"#))),
        ("JSON cut off", whole(200, &[JSON], format!(r#"{{"output":{{"message":"{text}"#))),
        (
            "unknown operation",
            whole(200, &[JSON], json!({"Output": {"__type": text}, "Version": "1.0"}).to_string()),
        ),
        ("content type", whole(200, &[("content-type", text)], "x".to_owned())),
        (
            "redirect",
            whole(302, &[("location", &format!("https://a.example/{text}?k={text}"))], String::new()),
        ),
        ("redirect host", whole(307, &[("location", &format!("https://{text}@a.example/"))], String::new())),
        ("exception first", Some(stream(&[exception()]))),
        ("exception later", Some(stream(&[start(), exception()]))),
        ("error first", Some(stream(&[error()]))),
        ("error later", Some(stream(&[start(), error()]))),
        ("odd message type", Some(stream(&[start(), odd_type]))),
        ("payload that is no object", Some(stream(&[start(), no_object]))),
        ("odd exception type", Some(stream(&[start(), odd_exception]))),
        ("no stream", whole(200, &[("content-type", "application/vnd.amazon.eventstream")], text.to_owned())),
    ]
}

/// Observer that records failures.
#[derive(Debug, Default)]
struct Failures(Mutex<String>);

impl Observe for Failures {
    fn observe(&self, _: &str, stage: &Stage<'_>) {
        if let Stage::Retrying { error, .. } | Stage::Failed { error, .. } = stage {
            self.0.lock().unwrap().push_str(&everything(error));
        }
        if let Stage::Ended { outcome, request_id, .. } = stage {
            let mut told = self.0.lock().unwrap();
            let _ = writeln!(told, "{request_id:?}");
            if let Outcome::Failed(error) = outcome {
                told.push_str(&everything(error));
            }
        }
    }
}

/// Returns all texts of an error.
fn everything(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{:?}\n", error.hint());
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = writeln!(text, "{error}\n{error:?}");
        cause = error.source();
    }
    if let Some(service) = error.service_error() {
        let _ = writeln!(text, "{service}\n{service:?}");
    }
    text
}

type SetUp = fn(ClientBuilder<HyperTransport>) -> ClientBuilder<HyperTransport>;

/// Secrets, and how to configure a client with them.
const PROOFS: [(&[&str], SetUp); 3] = [
    (&[SECRET_KEY, SESSION_TOKEN], |builder| {
        builder.credentials(Credentials::new("AKIDEXAMPLE", SECRET_KEY, Some(SESSION_TOKEN.to_owned())))
    }),
    (&[BEARER_KEY], |builder| builder.bearer_token(BEARER_KEY)),
    (&[FOREIGN_BEARER_KEY], |builder| builder.bearer_token(FOREIGN_BEARER_KEY)),
];

#[tokio::test]
async fn no_error_shows_a_secret() {
    let next = Arc::new(Mutex::new(Response::new(Bytes::new())));
    let served = Arc::clone(&next);
    let peer = Peer::start(move |_| Reply::Response(Box::new(served.lock().unwrap().clone()))).await;
    let request = ConverseRequest::new("m", [Message::user("hi")]);
    let mut cases = 0;
    for (secrets, set_up) in PROOFS {
        let failures = Arc::new(Failures::default());
        let builder = Client::builder(HyperTransport::new()).region("us-east-1").endpoint_url(peer.url());
        let observer: Arc<dyn Observe> = Arc::<Failures>::clone(&failures);
        let client = set_up(builder).retry(RetryPolicy::off()).observe(observer).build().unwrap();
        for spelled in secrets.iter().flat_map(|secret| spellings(secret)) {
            for (place, response) in responses(&spelled) {
                let Some(response) = response else { continue };
                *next.lock().unwrap() = response;
                cases += 1;
                let mut shown = String::new();
                if let Err(error) = client.converse(&request).await {
                    shown += &everything(&error);
                }
                let streamed = async { client.converse_stream(&request).await?.into_message().await };
                if let Err(error) = streamed.await {
                    shown += &everything(&error);
                }
                assert!(!shown.is_empty(), "{place}: nothing failed");
                shown += &core::mem::take(&mut *failures.0.lock().unwrap());
                // JSON text contains escapes.
                let unescaped = shown.replace("\\\\", "\\").replace("\\\"", "\"");
                for text in [&shown, &unescaped] {
                    assert!(
                        !text.to_lowercase().contains(&spelled.to_lowercase()),
                        "{place}: {spelled}\n{shown}"
                    );
                }
                for spelling in secrets.iter().flat_map(|secret| spellings(secret)) {
                    assert!(
                        !shown.contains(&spelling),
                        "{place}: {spelled} came back as {spelling}\n{shown}"
                    );
                }
            }
        }
    }
    println!("{cases} responses that echo a secret");
    assert!(cases > 600, "{cases}");
}
