//! `barerock chat`: a question, its answer as it comes; or a conversation.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use barerock::ConverseRequest;
use barerock::types::{Message, StopReason};

use super::converse_stream::text;
use crate::args::Chat;
use crate::connect::Connection;
use crate::exit::Failure;
use crate::input::standard_input;
use crate::render::{Output, is_interactive, summary};

pub(crate) async fn run(arguments: Chat) -> Result<(), Failure> {
    let prompt = prompt(arguments.prompt.as_deref())?;
    let connection = Connection::new(&arguments.call).await?;
    let mut request = ConverseRequest::new(arguments.model_id, []);
    if let Some(system) = arguments.system {
        request = request.system(system);
    }
    if let Some(max_tokens) = arguments.max_tokens {
        request = request.max_tokens(max_tokens);
    }
    if let Some(temperature) = arguments.temperature {
        request = request.temperature(temperature);
    }
    match prompt {
        Some(prompt) => turn(&connection, &mut request, &prompt).await,
        None => conversation(&connection, &mut request).await,
    }
}

/// The prompt: the argument, what is piped in, or both; `None` is a conversation.
fn prompt(argument: Option<&str>) -> Result<Option<String>, Failure> {
    let piped = if std::io::stdin().is_terminal() { String::new() } else { standard_input()? };
    let prompt = match (argument, piped.trim()) {
        (Some(prompt), "") => prompt.to_owned(),
        (Some(prompt), piped) => format!("{prompt}\n\n{piped}"),
        (None, "") if is_interactive() => return Ok(None),
        (None, piped) => piped.to_owned(),
    };
    if prompt.trim().is_empty() {
        return Err(Failure::usage("no prompt: give one as an argument, or pipe it in"));
    }
    Ok(Some(prompt))
}

/// Asks, prints the answer as it comes, and keeps both in the request.
async fn turn(connection: &Connection, request: &mut ConverseRequest, prompt: &str) -> Result<(), Failure> {
    request.messages.push(Message::user(prompt));
    let outcome = async {
        let stream = connection.client.converse_stream(request).await?;
        text(stream, &mut Output::new()).await
    }
    .await;
    match outcome {
        Ok(answer) => {
            summary(answer.stop_reason(), answer.usage());
            match answer.stop_reason() {
                StopReason::MaxTokens => eprintln!("note: the answer is cut short; raise --max-tokens"),
                StopReason::ToolUse => {
                    eprintln!("note: the model waits for a tool; see converse-stream --output message")
                }
                _ => {}
            }
            request.messages.push(answer.message);
            Ok(())
        }
        Err(failure) => {
            request.messages.pop();
            Err(failure)
        }
    }
}

/// Turn after turn, until the input ends. A turn that fails is reported and may be tried again.
async fn conversation(connection: &Connection, request: &mut ConverseRequest) -> Result<(), Failure> {
    eprintln!("{} · an empty line is passed over, Ctrl-D ends the conversation", request.model_id);
    loop {
        eprint!("> ");
        std::io::stderr().flush().map_err(|error| Failure::io("standard error cannot be written", error))?;
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        if read.map_err(|error| Failure::io("standard input cannot be read", error))? == 0 {
            eprintln!();
            return Ok(());
        }
        if line.trim().is_empty() {
            continue;
        }
        if let Err(failure) = turn(connection, request, line.trim()).await {
            let _ = crate::exit::report(&failure);
        }
    }
}
