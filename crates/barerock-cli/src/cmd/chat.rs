//! `barerock chat`: a question, its answer as it comes; or a conversation.

mod attachments;
mod process;
mod tools;

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use barerock::ConverseRequest;
use barerock::types::{ContentBlock, Message, StopReason};

use super::converse_stream::text;
use crate::args::{Chat, seconds};
use crate::connect::Connection;
use crate::exit::Failure;
use crate::input::{STANDARD_INPUT, standard_input};
use crate::render::{Output, is_interactive, summary};
use attachments::{document, image};
use tools::Tools;

/// How often in one turn the model may ask for tools.
const MAX_TOOL_ROUNDS: usize = 50;

pub(crate) async fn run(arguments: Chat) -> Result<(), Failure> {
    let prompt = prompt(&arguments)?;
    let images = arguments.images.iter().map(|path| image(path));
    let documents = arguments.documents.iter().map(|path| document(path));
    let attachments = images.chain(documents).collect::<Result<Vec<_>, _>>()?;
    let limit = seconds(arguments.tool_timeout);
    let (tools, tool_config) = Tools::new(arguments.tools, arguments.tool_config.as_deref(), limit)?;
    let connection = Connection::new(&arguments.call).await?;
    let mut request = ConverseRequest::new(arguments.model_id, []);
    request.tool_config = tool_config;
    if let Some(system) = arguments.system {
        request = request.system(system);
    }
    if let Some(max_tokens) = arguments.max_tokens {
        request = request.max_tokens(max_tokens);
    }
    if let Some(temperature) = arguments.temperature {
        request = request.temperature(temperature);
    }
    let mut chat = Conversation { connection, tools, request, attachments };
    match prompt {
        Some(prompt) => chat.turn(&prompt).await,
        None => chat.turns().await,
    }
}

/// The prompt: the argument, what is piped in, or both; `None` is a conversation.
fn prompt(arguments: &Chat) -> Result<Option<String>, Failure> {
    let is_taken = arguments.tool_config.as_deref() == Some(STANDARD_INPUT);
    let piped = if is_taken || std::io::stdin().is_terminal() { String::new() } else { standard_input()? };
    let prompt = match (arguments.prompt.as_deref(), piped.trim()) {
        (Some(prompt), "") => prompt.to_owned(),
        (Some(prompt), piped) => format!("{prompt}\n\n{piped}"),
        (None, "") if !is_taken && is_interactive() => return Ok(None),
        (None, piped) => piped.to_owned(),
    };
    if prompt.trim().is_empty() {
        return Err(Failure::usage("no prompt: give one as an argument, or pipe it in"));
    }
    Ok(Some(prompt))
}

struct Conversation {
    connection: Connection,
    tools: Tools,
    /// What was said so far.
    request: ConverseRequest,
    /// What goes with the next turn.
    attachments: Vec<ContentBlock>,
}

impl Conversation {
    /// Asks, prints the answer as it comes, and keeps both. Where that fails, all is as it was before.
    async fn turn(&mut self, prompt: &str) -> Result<(), Failure> {
        let before = self.request.messages.len();
        let mut content = self.attachments.clone();
        content.push(prompt.into());
        self.request.messages.push(Message::user(content));
        let outcome = self.answer().await;
        match outcome {
            Ok(()) => self.attachments.clear(),
            Err(_) => self.request.messages.truncate(before),
        }
        outcome
    }

    /// Streams an answer, and after it those to what the tools said, until the model asks for no more.
    async fn answer(&mut self) -> Result<(), Failure> {
        for _ in 0..=MAX_TOOL_ROUNDS {
            let stream = self.connection.client.converse_stream(&self.request).await?;
            let answer = text(stream, &mut Output::new()).await?;
            summary(answer.stop_reason(), answer.usage());
            let results = match answer.stop_reason() {
                StopReason::ToolUse if self.tools.is_empty() => {
                    eprintln!("note: the model waits for a tool; --tool NAME=COMMAND gives it one");
                    None
                }
                StopReason::ToolUse => self.tools.answer(&answer.message).await,
                StopReason::MaxTokens => {
                    eprintln!("note: the answer is cut short; raise --max-tokens");
                    None
                }
                _ => None,
            };
            self.request.messages.push(answer.message);
            match results {
                Some(results) => self.request.messages.push(results),
                None => return Ok(()),
            }
        }
        Err(Failure::other(format!("the model asked for tools {MAX_TOOL_ROUNDS} times without an answer")))
    }

    /// Turn after turn, until the input ends. A turn that fails is reported and may be tried again.
    async fn turns(&mut self) -> Result<(), Failure> {
        eprintln!("{} · an empty line is passed over, Ctrl-D ends the conversation", self.request.model_id);
        loop {
            eprint!("> ");
            std::io::stderr()
                .flush()
                .map_err(|error| Failure::io("standard error cannot be written", error))?;
            let mut line = String::new();
            let read = std::io::stdin().lock().read_line(&mut line);
            if read.map_err(|error| Failure::io("standard input cannot be read", error))? == 0 {
                eprintln!();
                return Ok(());
            }
            if line.trim().is_empty() {
                continue;
            }
            if let Err(failure) = self.turn(line.trim()).await {
                let _ = crate::exit::report(&failure);
            }
        }
    }
}
