//! Whole Converse client: a conversation with a tool over hyper. It streams answers and runs the tool until the model ends its
//! turn; with a third argument `converse` it then sends the conversation once more and prints the whole response.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;

use barerock::conversation::Conversation;
use barerock::credentials::EnvironmentProvider;
use barerock::tools::ToolBox;
use barerock::types::Document;
use barerock::{Client, ConverseRequest, Environment};
use barerock_hyper::HyperTransport;

/// Converts an error to text. A boxed error would also link its `Debug`.
fn words(error: impl Display) -> String {
    error.to_string()
}

/// The JSON schema of the tool's input.
const SCHEMA: &str = r#"{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}"#;

/// A tool that counts the words of a text.
fn tools() -> Result<ToolBox, String> {
    let schema = Document::from_json(SCHEMA).map_err(words)?;
    let count = |input: BTreeMap<String, String>| async move {
        let text = input.get("text").ok_or("text is missing")?;
        Ok::<_, &str>(text.split_whitespace().count().to_string())
    };
    Ok(ToolBox::new().tool("count_words", "Counts the words of a text.", schema, count))
}

async fn call(model: &str, prompt: &str, is_again: bool) -> Result<(), String> {
    let environment = Environment::of_process();
    let mut client = Client::builder_without_validation(HyperTransport::with_amazon_roots().build())
        .region(environment.region().unwrap_or_default());
    if let Some(url) = environment.get("AWS_ENDPOINT_URL") {
        client = client.endpoint_url(url);
    }
    let client = client.credentials(EnvironmentProvider::new(environment)).build().map_err(words)?;
    let mut conversation = Conversation::new(ConverseRequest::new(model, []));
    conversation.push_user(prompt);

    let mut written = Ok(());
    let show = |event: &barerock::StreamEvent<'_>| {
        let mut out = std::io::stdout();
        let text = event.text().unwrap_or_default();
        if written.is_ok() {
            written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        }
    };
    tools()?.run(&client, &mut conversation, show).await.map_err(words)?;
    written.map_err(words)?;
    if is_again {
        conversation.push_user(prompt);
        let response = client.converse(conversation.request()).await.map_err(words)?;
        std::io::stdout().write_all(response.text().as_bytes()).map_err(words)?;
    }
    Ok(())
}

fn run(mut arguments: impl Iterator<Item = OsString>) -> Result<(), String> {
    let mut next = || arguments.next().and_then(|argument| argument.into_string().ok());
    let (Some(model), Some(prompt)) = (next(), next()) else {
        return Err("usage: whole MODEL PROMPT [converse]".to_owned());
    };
    let is_again = next().is_some_and(|word| word == "converse");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(words)?.block_on(call(&model, &prompt, is_again))
}

fn main() -> ExitCode {
    match run(std::env::args_os().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A failure to write the error cannot be reported.
            let _unwritten = std::io::stderr().write_all((error + "\n").as_bytes());
            ExitCode::FAILURE
        }
    }
}
