//! `barerock chat`: a prompt and its streamed response, or a conversation.

mod attachments;
mod process;
mod tools;

use std::io::{BufRead as _, ErrorKind, IsTerminal as _};

use barerock::conversation::{Conversation, NotResendable};
use barerock::converse::stream::AssembledMessage;
use barerock::types::{ContentBlock, Message, StopReason, TokenUsage};
use barerock::{ConverseRequest, ConverseResponse};

use super::converse_stream::text;
use crate::args::{self, seconds};
use crate::connect::Connection;
use crate::exit::Failure;
use crate::input::{STANDARD_INPUT, standard_input};
use crate::render::{Output, is_interactive, summary};
use attachments::{document, image, tell_apart};
use tools::{Limits, Tools};

pub(crate) async fn run(arguments: args::Chat) -> Result<(), Failure> {
    let prompt = prompt(&arguments)?;
    let images = arguments.images.iter().map(|path| image(path));
    let documents = arguments.documents.iter().map(|path| document(path));
    let mut attachments = images.chain(documents).collect::<Result<Vec<_>, _>>()?;
    tell_apart(&mut attachments);
    let limits = Limits {
        time: seconds(arguments.tool_timeout),
        calls: arguments.max_tool_calls,
        inherits_credentials: arguments.tool_env_aws,
    };
    let (tools, tool_config) = Tools::new(arguments.tools, arguments.tool_config.as_deref(), limits)?;
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
    let mut chat = Chat { connection, tools, conversation: Conversation::new(request), attachments };
    match prompt {
        Some(prompt) => chat.turn(&prompt).await.map(|_| ()),
        None => chat.turns().await,
    }
}

/// The prompt: the argument, piped input, or both; `None` starts a conversation.
fn prompt(arguments: &args::Chat) -> Result<Option<String>, Failure> {
    let is_taken = arguments.tool_config.as_deref() == Some(STANDARD_INPUT);
    let piped = if is_taken || std::io::stdin().is_terminal() { String::new() } else { standard_input()? };
    let prompt = match (arguments.prompt.as_deref(), piped.trim()) {
        (Some(prompt), "") => prompt.to_owned(),
        (Some(prompt), piped) => format!("{prompt}\n\n{piped}"),
        (None, "") if !is_taken && is_interactive() => return Ok(None),
        (None, piped) => piped.to_owned(),
    };
    if prompt.trim().is_empty() {
        return Err(Failure::usage("no prompt: pass one as an argument or on standard input"));
    }
    Ok(Some(prompt))
}

/// Message of a model that does not stream with tools; this part is the same for all.
const NO_TOOLS_IN_STREAMS: &str = "support tool use in streaming mode";

/// A response, streamed or whole.
struct Response {
    message: Message,
    stop_reason: StopReason,
    usage: Option<TokenUsage>,
}

impl From<AssembledMessage> for Response {
    fn from(message: AssembledMessage) -> Self {
        Self {
            stop_reason: message.stop_reason().clone(),
            usage: message.usage().cloned(),
            message: message.message,
        }
    }
}

impl TryFrom<ConverseResponse> for Response {
    type Error = Failure;

    fn try_from(response: ConverseResponse) -> Result<Self, Failure> {
        let (stop_reason, usage) = (response.stop_reason.clone(), response.usage.clone());
        let message = response.into_message();
        let message = message.ok_or_else(|| Failure::other("response output is not a message"))?;
        Ok(Self { message, stop_reason, usage: Some(usage) })
    }
}

struct Chat {
    connection: Connection,
    tools: Tools,
    conversation: Conversation,
    /// Files of the next turn.
    attachments: Vec<ContentBlock>,
}

impl Chat {
    /// Sends a prompt, prints the response, and returns whether the turn was kept. A turn that is not leaves the history as it
    /// was.
    async fn turn(&mut self, prompt: &str) -> Result<bool, Failure> {
        let before = self.conversation.clone();
        let mut content = self.attachments.clone();
        content.push(prompt.into());
        self.conversation.push_user(content);
        let outcome = self.respond().await;
        match outcome {
            Ok(true) => self.attachments.clear(),
            Ok(false) | Err(_) => self.conversation = before,
        }
        outcome
    }

    /// Streams a response, runs the tools it calls, and so on until one calls none. Returns whether the last one could be kept.
    async fn respond(&mut self) -> Result<bool, Failure> {
        let mut calls = 0_u32;
        loop {
            let response = self.send().await?;
            summary(&response.stop_reason, response.usage.as_ref());
            note_incomplete(&response.stop_reason);
            match self.conversation.push_response(response.message) {
                Ok(()) => {}
                Err(error @ (NotResendable::ToolName(_) | NotResendable::ToolUseId(_))) => {
                    return Err(Failure::response(error.to_string()));
                }
                Err(NotResendable::NoToolConfig(_)) => {
                    tell!("note: the model requested a tool; --tool NAME=COMMAND provides one");
                    return Ok(false);
                }
                Err(_) => return Ok(false),
            }
            let (pending, invalid) =
                (self.conversation.pending().count(), self.conversation.invalid().count());
            // A request that was cut off is cut off again: the next turn tells the model that its tool was not run.
            let is_cut = matches!(
                response.stop_reason,
                StopReason::MaxTokens | StopReason::ModelContextWindowExceeded
            );
            if pending + invalid == 0 || (is_cut && invalid > 0) {
                return Ok(true);
            }
            calls = calls.saturating_add(u32::try_from(pending + invalid).unwrap_or(u32::MAX));
            let limit = self.tools.max_calls();
            if calls > limit {
                return Err(Failure::other(format!("the model requested more than {limit} tool calls"))
                    .with_hint(Some("--max-tool-calls raises the limit.")));
            }
            self.tools.report_invalid(self.conversation.invalid());
            let results = self.tools.run(self.conversation.pending()).await;
            self.conversation.push_tool_results(results);
        }
    }

    /// Sends the conversation and prints the response: as it comes, or whole where the model does not stream with tools.
    async fn send(&self) -> Result<Response, Failure> {
        let (client, request) = (&self.connection.client, self.conversation.request());
        let mut output = Output::new();
        let refused = match client.converse_stream(request).await {
            Ok(stream) => return Ok(text(stream, &mut output).await?.into()),
            Err(error) => error,
        };
        if !refused.service_error().is_some_and(|error| error.message.contains(NO_TOOLS_IN_STREAMS)) {
            return Err(refused.into());
        }
        tell!("note: this model does not stream with tools; the response comes whole");
        let response = client.converse(request).await?;
        output.answer(&response.text())?;
        output.end_line()?;
        response.try_into()
    }

    /// Runs turns until the input ends. A turn that fails is reported and may be repeated.
    async fn turns(&mut self) -> Result<(), Failure> {
        let model = &self.conversation.request().model_id;
        tell!("{model} · empty lines are ignored, Ctrl-D ends the conversation");
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
                    tell!("note: line ignored: not UTF-8");
                    continue;
                }
                Err(error) => return Err(Failure::io("cannot read standard input", error)),
            }
            match self.turn(line.trim()).await {
                Ok(true) => {}
                Ok(false) => {
                    tell!("note: this turn was dropped from the history: its response cannot be resent")
                }
                Err(failure) => {
                    let _ = crate::exit::report(&failure);
                }
            }
        }
    }
}

/// Says that a response is not complete, and why.
fn note_incomplete(stop_reason: &StopReason) {
    match stop_reason {
        StopReason::MaxTokens => tell!("note: the response is cut short; raise --max-tokens"),
        StopReason::ModelContextWindowExceeded => {
            tell!("note: the response is cut short: the conversation exceeds the model's context window");
        }
        StopReason::MalformedModelOutput => {
            tell!("note: the response is not complete: the model's output was malformed");
        }
        StopReason::MalformedToolUse => {
            tell!("note: the response is not complete: the model's tool use was malformed");
        }
        _ => {}
    }
}
