//! One turn: a prompt, its streamed response, and the tools that the response calls.

use core::fmt;

use barerock::conversation::{Conversation, NotResendable};
use barerock::converse::stream::AssembledMessage;
use barerock::types::{ContentBlock, ConversationRole, Message, StopReason, TokenUsage};
use barerock::{ConverseResponse, MessageAssembler};

use super::answer::Answer;
use super::approve::{Approval, Approve};
use super::attachments::tell_apart;
use super::command::Prices;
use super::reader::Reader;
use super::tools::Tools;
use crate::catch::CatchInterrupt;
use crate::cmd::converse_stream::{finish, receive};
use crate::connect::Connection;
use crate::exit::Failure;
use crate::render::{grouped, summary};
use crate::status::{self, Spinner};

/// Message of a model that does not stream with tools; this part is the same for all.
const NO_TOOLS_IN_STREAMS: &str = "support tool use in streaming mode";

/// What the spinner says.
const WAITING: &str = "waiting for the response";

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

/// What became of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is part of the history.
    Yes,
    /// Its response cannot be resent: the history is as it was.
    No,
    /// The user stopped it: [`Chat::stop`] decides.
    Stopped,
}

/// A conversation and what it needs.
pub(super) struct Chat {
    pub(super) connection: Connection,
    pub(super) tools: Tools,
    pub(super) approve: Approve,
    pub(super) conversation: Conversation,
    /// Files of the next turn.
    pub(super) attachments: Vec<ContentBlock>,
    pub(super) reader: Reader,
    /// True if the text of responses is not to be rendered.
    pub(super) is_plain: bool,
    /// The history before the last prompt, and the prompt.
    pub(super) last: Option<(Conversation, Vec<ContentBlock>)>,
    pub(super) totals: Totals,
    /// The response under way, as far as it came.
    pub(super) assembler: MessageAssembler,
    /// What prints it.
    pub(super) answer: Option<Answer>,
}

impl Chat {
    /// The content of a prompt: the files that go along with it, and its text.
    pub(super) fn content(&mut self, prompt: &str) -> Vec<ContentBlock> {
        let mut content = self.attachments.clone();
        tell_apart(&mut content, self.conversation.messages());
        content.push(prompt.into());
        content
    }

    /// Sends a prompt, prints the response, and returns whether the turn was kept.
    pub(super) async fn turn(&mut self, content: Vec<ContentBlock>) -> Result<Kept, Failure> {
        let before = self.conversation.clone();
        self.last = Some((before.clone(), content.clone()));
        self.conversation.push_user(content);
        let outcome = self.respond().await;
        match outcome {
            Ok(Kept::Yes) => self.attachments.clear(),
            Ok(Kept::No) | Err(_) => self.conversation = before,
            Ok(Kept::Stopped) => {}
        }
        outcome
    }

    /// [`turn`](Self::turn), which Ctrl-C stops.
    pub(super) async fn stoppable_turn(&mut self, content: Vec<ContentBlock>) -> Result<Kept, Failure> {
        let mut interrupts = CatchInterrupt::begin();
        tokio::select! {
            biased;
            () = interrupts.caught() => Ok(Kept::Stopped),
            outcome = self.turn(content) => outcome,
        }
    }

    /// Keeps the received part of an interrupted turn, if it can be part of the history.
    pub(super) fn stop(&mut self) {
        status::clear();
        if let Some(mut answer) = self.answer.take() {
            // The terminal may have gone.
            let _ = answer.end();
        }
        let partial = core::mem::take(&mut self.assembler).partial();
        let is_of_user = |chat: &Self| {
            chat.conversation.messages().last().is_some_and(|last| last.role == ConversationRole::User)
        };
        if is_of_user(self) && !partial.content.is_empty() && self.conversation.push_response(partial).is_ok()
        {
            tell!("stopped; the response so far is kept");
        } else if !is_of_user(self) {
            tell!("stopped; the turn so far is kept");
        } else {
            if let Some((before, _)) = &self.last {
                self.conversation = before.clone();
            }
            tell!("stopped; this turn was dropped from the history");
            return;
        }
        self.attachments.clear();
    }

    /// Streams a response, runs the tools it calls, and so on until one calls none.
    async fn respond(&mut self) -> Result<Kept, Failure> {
        let mut calls = 0_u32;
        loop {
            let response = self.send().await?;
            summary(&response.stop_reason, response.usage.as_ref());
            self.totals.add(response.usage.as_ref());
            note_incomplete(&response.stop_reason);
            match self.conversation.push_response(response.message) {
                Ok(()) => {}
                Err(error @ (NotResendable::ToolName(_) | NotResendable::ToolUseId(_))) => {
                    return Err(Failure::response(error.to_string()));
                }
                Err(NotResendable::NoToolConfig(_)) => {
                    tell!("note: the model requested a tool; --tool NAME=COMMAND provides one");
                    return Ok(Kept::No);
                }
                Err(_) => return Ok(Kept::No),
            }
            let (pending, invalid) =
                (self.conversation.pending().count(), self.conversation.invalid().count());
            // A request that was cut off is cut off again: the next turn tells the model that its tool was not run.
            let is_cut = matches!(
                response.stop_reason,
                StopReason::MaxTokens | StopReason::ModelContextWindowExceeded
            );
            if pending + invalid == 0 || (is_cut && invalid > 0) {
                return Ok(Kept::Yes);
            }
            calls = calls.saturating_add(u32::try_from(pending + invalid).unwrap_or(u32::MAX));
            let limit = self.tools.max_calls();
            if calls > limit {
                return Err(Failure::other(format!("the model requested more than {limit} tool calls"))
                    .with_hint(Some("--max-tool-calls raises the limit.")));
            }
            self.tools.report_invalid(self.conversation.invalid());
            let Self { tools, conversation, approve, reader, .. } = self;
            let mut results = Vec::new();
            for call in conversation.pending() {
                tools.announce(call);
                results.push(match approve.call(call, reader)? {
                    Approval::Run => tools.run(call).await,
                    Approval::Refuse => tools.refuse(call),
                    Approval::Stop => return Ok(Kept::Stopped),
                });
            }
            self.conversation.push_tool_results(results);
        }
    }

    /// Sends the conversation and prints the response: as it arrives, or whole where the model does not stream with tools.
    async fn send(&mut self) -> Result<Response, Failure> {
        self.assembler = MessageAssembler::new();
        let (client, request) = (&self.connection.client, self.conversation.request());
        let spinner = Spinner::new(WAITING);
        let answer = self.answer.insert(Answer::new(self.is_plain));
        let refused = match spinner.during(client.converse_stream(request)).await {
            Ok(mut stream) => {
                let each = |event: &barerock::StreamEvent<'_>| answer.event(event);
                let outcome = receive(&mut stream, &mut self.assembler, &spinner, each).await;
                if let Some(mut answer) = self.answer.take() {
                    answer.end()?;
                }
                return Ok(finish(&stream, core::mem::take(&mut self.assembler), outcome)?.into());
            }
            Err(error) => error,
        };
        if !refused.service_error().is_some_and(|error| error.message.contains(NO_TOOLS_IN_STREAMS)) {
            return Err(refused.into());
        }
        tell!("note: this model does not stream with tools; the response comes whole");
        let response = spinner.during(client.converse(request)).await?;
        answer.text(&response.text())?;
        answer.end()?;
        response.try_into()
    }
}

/// Tokens of all responses of a conversation.
#[derive(Debug, Default)]
pub(super) struct Totals {
    responses: u64,
    input: u64,
    output: u64,
    cache_read: u64,
    cache_written: u64,
}

impl Totals {
    fn add(&mut self, usage: Option<&TokenUsage>) {
        let Some(usage) = usage else { return };
        for (total, tokens) in [
            (&mut self.responses, 1),
            (&mut self.input, usage.input_tokens),
            (&mut self.output, usage.output_tokens),
            (&mut self.cache_read, usage.cache_read_input_tokens.unwrap_or_default()),
            (&mut self.cache_written, usage.cache_write_input_tokens.unwrap_or_default()),
        ] {
            *total = total.saturating_add(tokens);
        }
    }

    /// The cost by these prices, which know no caches.
    pub(super) fn cost(&self, prices: Prices) -> String {
        let cost = prices.cost(self.input, self.output);
        if self.cache_read == 0 && self.cache_written == 0 {
            cost
        } else {
            format!("{cost} without cached tokens")
        }
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { responses, input, output, cache_read, cache_written } = self;
        write!(f, "tokens: {} in, {} out", grouped(*input), grouped(*output))?;
        if *cache_read > 0 || *cache_written > 0 {
            write!(f, ", cache {} read {} written", grouped(*cache_read), grouped(*cache_written))?;
        }
        write!(f, " · responses: {responses}")
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
