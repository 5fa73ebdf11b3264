//! The loop: request, tool calls, results.

use barerock_converse::conversation::Conversation;
use barerock_converse::types::{ToolResultBlock, ToolUseBlock};
use barerock_converse::{AssembledMessage, StreamEvent};

use super::error::ToolBoxError;
use super::join::join_all;
use super::{Entry, ToolBox};
use crate::client::Client;
use crate::timeout::within;
use crate::transport::LocalTransport;

/// What the error of the time limit names.
const WAITED_FOR: &str = "the end of the tool loop";

impl ToolBox {
    /// Sends the conversation, runs the tools the model calls and sends their results, until a response calls none. Events of
    /// every response are shown to `on_event` as they arrive. The conversation's request gets the tools of this box that it
    /// lacks; calls of tools that are not in this box get an error result.
    ///
    /// # Errors
    /// If a request fails, a response cannot be sent again, or a limit is reached. The conversation then ends with the last
    /// results, or with the last response; `push_user` goes on from there.
    ///
    /// Cancel safety: dropping the future cancels the request and the tools; the conversation keeps the turns that were complete.
    pub async fn run<T: LocalTransport>(
        &self,
        client: &Client<T>,
        conversation: &mut Conversation,
        on_event: impl FnMut(&StreamEvent<'_>) + Send,
    ) -> Result<AssembledMessage, ToolBoxError> {
        let run = self.run_unlimited(client, conversation, on_event);
        within(client.transport(), self.time, WAITED_FOR, run).await.map_err(ToolBoxError::Timeout)?
    }

    async fn run_unlimited<T: LocalTransport>(
        &self,
        client: &Client<T>,
        conversation: &mut Conversation,
        mut on_event: impl FnMut(&StreamEvent<'_>) + Send,
    ) -> Result<AssembledMessage, ToolBoxError> {
        conversation.add_tools(self.specifications());
        let mut calls = 0_usize;
        for _ in 0..self.max_turns {
            let stream = client.converse_stream(conversation.request()).await?;
            let answer = stream.into_message_with(&mut on_event).await?;
            conversation.push_response(answer.message.clone())?;
            if !conversation.has_unanswered() {
                return Ok(answer);
            }
            let pending: Vec<ToolUseBlock> = conversation.pending().cloned().collect();
            calls = calls.saturating_add(pending.len());
            if calls > self.max_calls {
                return Err(ToolBoxError::TooManyCalls(self.max_calls));
            }
            let mut approved = Vec::new();
            for call in &pending {
                approved.push(match &self.approve {
                    Some(approve) => approve(call).await,
                    None => true,
                });
            }
            let results = pending.iter().zip(approved).map(|(call, approved)| self.call(call, approved));
            let results = join_all(results).await;
            // Calls whose input is no object get an error result here.
            conversation.push_tool_results(results);
        }
        Err(ToolBoxError::TooManyTurns(self.max_turns))
    }

    /// The result of one call.
    async fn call(&self, call: &ToolUseBlock, approved: bool) -> ToolResultBlock {
        let error = |why: &str| ToolResultBlock::error(&call.tool_use_id, why);
        if !approved {
            return error("the user did not approve this call");
        }
        let entry = self.tools.iter().find(|entry| entry.name == call.name);
        let Some(Entry { function, .. }) = entry else {
            return error(&format!("unknown tool {}", call.name));
        };
        match function(&call.input).await {
            Ok(output) => output.into_result(&call.tool_use_id),
            Err(why) => error(&why),
        }
    }
}
