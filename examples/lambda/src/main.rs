//! A Lambda function that streams a model's response, as a custom runtime (provided.al2023): no runtime library, no tokio.
//!
//! The event is `{"prompt": "…"}`, or that of a function URL with such a body. `BEDROCK_MODEL_ID` names another model. Region and
//! credentials are those Lambda sets. `docs/lambda.md` says how it is built and what its package weighs.

mod runtime_api;

use std::process::ExitCode;

use barerock::types::Message;
use barerock::{ConverseRequest, Environment, Error};
use barerock_ureq::{Client, UreqTransport};
use serde_json::Value;

use crate::runtime_api::{Failure, Invocation, RuntimeApi};

/// The model, unless the environment names one.
const MODEL: &str = "us.anthropic.claude-sonnet-4-6";

/// Makes the client while Lambda initializes the function, which is not part of any call: the connection is open and the
/// credentials are there before the first event.
fn set_up(environment: Environment) -> Result<Client, Error> {
    let builder = barerock::Client::builder_without_validation(UreqTransport::with_amazon_roots().build());
    let client = Client::from(builder.environment(environment).build()?);
    if let Err(error) = client.connect() {
        // The first call connects, and says so if it cannot.
        eprintln!("not connected ahead: {error}");
    }
    Ok(client)
}

/// The prompt of an event.
fn prompt(event: &[u8]) -> Option<String> {
    let event: Value = serde_json::from_slice(event).ok()?;
    let body = event.get("body").and_then(Value::as_str).and_then(|body| serde_json::from_str(body).ok());
    body.as_ref().unwrap_or(&event).get("prompt")?.as_str().map(str::to_owned)
}

fn failure(error: &Error) -> Failure {
    let hint = error.hint().map(|hint| format!(" ({hint})")).unwrap_or_default();
    Failure { kind: format!("Bedrock.{:?}", error.kind()), message: format!("{error}{hint}") }
}

/// Streams the response to one event.
fn handle(
    api: &RuntimeApi,
    client: &Client,
    model: &str,
    invocation: &Invocation,
) -> Result<(), runtime_api::Error> {
    let Some(prompt) = prompt(&invocation.event) else {
        let message = r#"the event has no "prompt""#.to_owned();
        return api.fail(&invocation.id, &Failure { kind: "Function.Event".to_owned(), message });
    };
    let request = ConverseRequest::new(model, [Message::user(prompt)]);
    let mut stream = match client.converse_stream(&request) {
        Ok(stream) => stream,
        Err(error) => return api.fail(&invocation.id, &failure(&error)),
    };
    let mut response = api.respond(&invocation.id)?;
    loop {
        match stream.next_event() {
            Ok(Some(event)) => response.send(event.text().unwrap_or_default().as_bytes())?,
            Ok(None) => return response.finish(),
            Err(error) => return response.fail(&failure(&error)),
        }
    }
}

fn run(environment: Environment) -> Result<(), runtime_api::Error> {
    let api = RuntimeApi::new(environment.get("AWS_LAMBDA_RUNTIME_API").unwrap_or_default());
    let model = environment.get("BEDROCK_MODEL_ID").unwrap_or(MODEL).to_owned();
    let client = match set_up(environment) {
        Ok(client) => client,
        Err(error) => {
            api.fail_to_start(&failure(&error))?;
            return Err(error.into());
        }
    };
    loop {
        let invocation = api.next()?;
        handle(&api, &client, &model, &invocation)?;
    }
}

fn main() -> ExitCode {
    // Lambda starts the program anew when it ends.
    let Err(error) = run(Environment::of_process()) else { return ExitCode::SUCCESS };
    eprintln!("{error}");
    ExitCode::FAILURE
}
