//! `barerock chat`: a question, its answer as it comes; or a conversation.

mod attachments;
mod process;
mod tools;

use std::io::{BufRead as _, ErrorKind, IsTerminal as _};

use barerock::converse::stream::{AssembledMessage, MalformedToolInput};
use barerock::types::{ContentBlock, Message, StopReason, TokenUsage};
use barerock::{ConverseRequest, ConverseResponse};

use super::converse_stream::text;
use crate::args::{Chat, seconds};
use crate::connect::Connection;
use crate::exit::Failure;
use crate::input::{STANDARD_INPUT, standard_input};
use crate::render::{Output, is_interactive, summary};
use attachments::{document, image, tell_apart};
use tools::{Tools, is_of_the_service};

/// How often in one turn the model may ask for tools.
const MAX_TOOL_ROUNDS: usize = 50;

pub(crate) async fn run(arguments: Chat) -> Result<(), Failure> {
    let prompt = prompt(&arguments)?;
    let images = arguments.images.iter().map(|path| image(path));
    let documents = arguments.documents.iter().map(|path| document(path));
    let mut attachments = images.chain(documents).collect::<Result<Vec<_>, _>>()?;
    tell_apart(&mut attachments);
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
        Some(prompt) => chat.turn(&prompt).await.map(|_| ()),
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

/// What a model says when it streams only without tools, as far as the words are the same for all.
const NO_TOOLS_IN_STREAMS: &str = "support tool use in streaming mode";

/// An answer, however it came.
struct Answer {
    message: Message,
    stop_reason: StopReason,
    usage: Option<TokenUsage>,
    malformed_tool_inputs: Vec<MalformedToolInput>,
}

impl From<AssembledMessage> for Answer {
    fn from(message: AssembledMessage) -> Self {
        Self {
            stop_reason: message.stop_reason().clone(),
            usage: message.usage().cloned(),
            message: message.message,
            malformed_tool_inputs: message.malformed_tool_inputs,
        }
    }
}

impl TryFrom<ConverseResponse> for Answer {
    type Error = Failure;

    fn try_from(response: ConverseResponse) -> Result<Self, Failure> {
        let (stop_reason, usage) = (response.stop_reason.clone(), response.usage.clone());
        let message = response.into_message();
        let message = message.ok_or_else(|| Failure::other("the answer is of a kind that is no message"))?;
        Ok(Self { message, stop_reason, usage: Some(usage), malformed_tool_inputs: Vec::new() })
    }
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
    /// Asks, prints the answer as it comes, and keeps both, and says so; where they cannot be kept, all is as it was before.
    async fn turn(&mut self, prompt: &str) -> Result<bool, Failure> {
        let before = self.request.messages.len();
        let mut content = self.attachments.clone();
        content.push(prompt.into());
        self.request.messages.push(Message::user(content));
        let outcome = self.answer().await;
        match outcome {
            Ok(true) => self.attachments.clear(),
            Ok(false) | Err(_) => self.request.messages.truncate(before),
        }
        outcome
    }

    /// Streams an answer, and after it those to what the tools said, until the model asks for no more. Whether the last one can be
    /// part of what is asked next.
    async fn answer(&mut self) -> Result<bool, Failure> {
        for round in 0.. {
            let answer = self.ask().await?;
            summary(&answer.stop_reason, answer.usage.as_ref());
            match answer.stop_reason {
                StopReason::MaxTokens => tell!("note: the answer is cut short; raise --max-tokens"),
                StopReason::ToolUse if self.tools.is_empty() => {
                    tell!("note: the model waits for a tool; --tool NAME=COMMAND gives it one");
                }
                StopReason::ToolUse if round == MAX_TOOL_ROUNDS => break,
                StopReason::ToolUse => {
                    if let Some(name) = self.tools.unanswerable(&answer.message) {
                        return Err(Failure::other(format!(
                            "the model asked for the tool {name}, which there is not; ask again"
                        )));
                    }
                    if let Some(malformed) = answer.malformed_tool_inputs.first() {
                        return Err(Failure::other(format!(
                            "the model asked for the tool {} with what is no JSON ({}): {}; ask again",
                            malformed.name, malformed.error, malformed.raw
                        )));
                    }
                    if let Some(results) = self.tools.answer(&answer.message).await {
                        self.request.messages.extend([answer.message, results]);
                        continue;
                    }
                }
                _ => {}
            }
            // The service takes no message without content, and none that follows a question for a tool but its answer.
            let is_kept =
                !answer.message.content.is_empty() && answer.message.tool_uses().all(is_of_the_service);
            self.request.messages.push(answer.message);
            return Ok(is_kept);
        }
        Err(Failure::other(format!("the model asked for tools {MAX_TOOL_ROUNDS} times and then again")))
    }

    /// Asks once and prints the answer: as it comes; or whole, where the model streams none with tools.
    async fn ask(&self) -> Result<Answer, Failure> {
        let mut output = Output::new();
        let refused = match self.connection.client.converse_stream(&self.request).await {
            Ok(stream) => return Ok(text(stream, &mut output).await?.into()),
            Err(error) => error,
        };
        if !refused.service_error().is_some_and(|error| error.message.contains(NO_TOOLS_IN_STREAMS)) {
            return Err(refused.into());
        }
        tell!("note: this model streams nothing while it has tools; its answer comes whole");
        let response = self.connection.client.converse(&self.request).await?;
        output.answer(&response.text())?;
        output.end_line()?;
        response.try_into()
    }

    /// Turn after turn, until the input ends. A turn that fails is reported and may be tried again.
    async fn turns(&mut self) -> Result<(), Failure> {
        tell!("{} · an empty line is passed over, Ctrl-D ends the conversation", self.request.model_id);
        loop {
            tell_on!("> ");
            let mut line = String::new();
            match std::io::stdin().lock().read_line(&mut line) {
                Ok(0) => {
                    tell!();
                    return Ok(());
                }
                Ok(_) if line.trim().is_empty() => continue,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::InvalidData => {
                    tell!("note: this line is no UTF-8; it is passed over");
                    continue;
                }
                Err(error) => return Err(Failure::io("standard input cannot be read", error)),
            }
            match self.turn(line.trim()).await {
                Ok(true) => {}
                Ok(false) => tell!("note: this turn is not kept: its answer cannot be sent again"),
                Err(failure) => {
                    let _ = crate::exit::report(&failure);
                }
            }
        }
    }
}
