//! The tutorial's common errors, each provoked: the error, and the hint that says what to do.

use barerock::types::Message;
use barerock::{ConverseRequest, ErrorKind};
use barerock_replay::Fixture;

/// What the service says, and of which model.
const ERRORS: [(&str, u16, &str, &str); 4] = [
    (
        "anthropic.claude-opus-4-20250514-v1:0",
        403,
        "AccessDeniedException",
        "You don't have access to the model with the specified model ID.",
    ),
    (
        "anthropic.claude-sonnet-4-20250514-v1:0",
        400,
        "ValidationException",
        "Invocation of model ID anthropic.claude-sonnet-4-20250514-v1:0 with on-demand throughput isn\u{2019}t supported. \
         Retry your request with the ID or ARN of an inference profile that contains this model.",
    ),
    (
        "meta.llama3-70b",
        404,
        "ResourceNotFoundException",
        "Could not resolve the foundation model from the provided model identifier.",
    ),
    (
        "us.anthropic.claude-sonnet-4-6",
        429,
        "ThrottlingException",
        "Too many requests, please wait before trying again.",
    ),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let offline = ERRORS.map(|(model, status, code, message)| Fixture::error(model, status, code, message));
    let client = barerock_examples::client(offline).await?;

    for (model, ..) in ERRORS {
        let error = match client.converse(&ConverseRequest::new(model, [Message::user("Hello")])).await {
            Ok(response) => {
                println!("{model}: {}\n", response.text());
                continue;
            }
            Err(error) => error,
        };
        println!("error: {error}");
        if let Some(hint) = error.hint() {
            println!("hint: {hint}");
        }
        println!("attempts: {}, throttled: {}\n", error.attempts(), error.is_throttled());
    }

    // boto3's Converse format, not that of invoke_model: refused before anything is sent.
    let mixed = r#"{"messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]}"#;
    let mut request: ConverseRequest = serde_json::from_str(mixed)?;
    request.model_id = "us.anthropic.claude-sonnet-4-6".to_owned();
    match client.converse(&request).await {
        Err(error) if error.kind() == ErrorKind::Request => println!("error: {error}"),
        other => println!("{other:?}"),
    }
    Ok(())
}
