//! Token counts of a history, and dropping its oldest turns.

use core::ops::Range;

use super::Conversation;
use crate::json::{ToJson, Writer};
use crate::types::{
    ContentBlock, ConversationRole, DocumentBlock, DocumentSource, Message, TokenUsage,
    ToolResultContentBlock,
};

/// Size that an image, video, audio or document stands for between two counts, in bytes of text: its own bytes say
/// nothing about its tokens.
const MEDIA: u64 = 6_000;

/// Recorded counts, by ascending number of messages.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Counts(Vec<Count>);

/// The tokens of a request whose history ends after some messages.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Count {
    messages: usize,
    tokens: u64,
}

impl Conversation {
    /// Records the usage of the last response, after [`push_response`](Self::push_response): the tokens of its input,
    /// cached or not, and of its output. A usage of 0, such as that of an input blocked by a guardrail, is not
    /// recorded.
    ///
    /// A response that was changed before it was appended (blank text is left out) and reasoning that the model drops in
    /// later turns count in full, so that the count is rather too high than too low.
    pub fn record_usage(&mut self, usage: &TokenUsage) {
        let cached = usage
            .cache_read_input_tokens
            .unwrap_or(0)
            .saturating_add(usage.cache_write_input_tokens.unwrap_or(0));
        let sum = usage.input_tokens.saturating_add(cached).saturating_add(usage.output_tokens);
        // `totalTokens` includes the cached tokens where the service reports them.
        self.record_count(usage.total_tokens.max(sum));
    }

    /// Records the number of input tokens that CountTokens returned for [`request`](Self::request).
    pub fn record_count(&mut self, input_tokens: u64) {
        let messages = self.messages().len();
        self.counts.forget_from(messages);
        if input_tokens > 0 {
            self.counts.0.push(Count { messages, tokens: input_tokens });
        }
    }

    /// The tokens of the request, system prompt and tools included: the last count that was recorded, and an estimate for
    /// the messages appended since, in proportion to their length. `None` if no count was recorded.
    #[must_use]
    pub fn tokens(&self) -> Option<u64> {
        self.counts.at(self.messages().len(), &self.sizes())
    }

    /// Drops the oldest turns until the request has at most `max_tokens` tokens, and returns their messages. `None` if
    /// no count was recorded: nothing is dropped then.
    ///
    /// A turn begins with a user message without tool results and ends before the next one, so that a tool use stays with
    /// its result and the history begins with a user message. The first `keep_first` turns stay, such as one with the
    /// task, and so does the last turn, even if the request is then still longer than `max_tokens`. The tokens of a single
    /// turn follow from the counts before and after it; within a turn and before the first count they are estimated from
    /// the length of the messages. Count again for an exact number.
    ///
    /// ```
    /// # use barerock_converse::{Conversation, ConverseRequest, types::{Message, TokenUsage}};
    /// let mut conversation = Conversation::new(ConverseRequest::new("us.anthropic.claude-sonnet-4-6", []));
    /// for (question, tokens) in [("one?", 400_u64), ("two?", 900), ("three?", 1_300)] {
    ///     conversation.push_user(question);
    ///     conversation.push_response(Message::assistant("yes"))?;
    ///     conversation.record_usage(&TokenUsage::new(tokens - 10, 10_u64, tokens)); // response.usage
    /// }
    /// let dropped = conversation.trim(1_000, 0).unwrap_or_default();
    /// assert_eq!(dropped[0].text(), "one?");
    /// assert_eq!(conversation.messages()[0].text(), "two?");
    /// assert_eq!(conversation.tokens(), Some(900));
    /// # Ok::<(), barerock_converse::conversation::NotResendable>(())
    /// ```
    pub fn trim(&mut self, max_tokens: u64, keep_first: usize) -> Option<Vec<Message>> {
        let sizes = self.sizes();
        let total = self.counts.at(self.messages().len(), &sizes)?;
        let turns = self.turns();
        let Some(&begin) = turns.first().filter(|_| total > max_tokens) else { return Some(Vec::new()) };
        let between = |range: &Range<usize>| {
            let at = |messages| self.counts.at(messages, &sizes).unwrap_or(0);
            at(range.end).saturating_sub(at(range.start))
        };
        // What comes before the first turn cannot stay: the service takes no history that begins with a response.
        let lead = 0..begin;
        let lead_tokens = between(&lead);
        let droppable = turns.get(keep_first..).unwrap_or_default();
        let head = droppable.first().copied().unwrap_or(begin);
        let fits = |cut: &usize| {
            total.saturating_sub(lead_tokens).saturating_sub(between(&(head..*cut))) <= max_tokens
        };
        let cut = droppable.iter().copied().find(fits).or(droppable.last().copied()).unwrap_or(head);
        let middle = head..cut;
        let middle_tokens = between(&middle);
        let mut dropped: Vec<Message> = self.request.messages.drain(middle.clone()).collect();
        self.counts.drop(&middle, middle_tokens);
        dropped.splice(0..0, self.request.messages.drain(lead.clone()));
        self.counts.drop(&lead, lead_tokens);
        Some(dropped)
    }

    /// The index of the first message of each turn.
    fn turns(&self) -> Vec<usize> {
        let is_result = |block: &ContentBlock| matches!(block, ContentBlock::ToolResult(_));
        let is_user = |message: &Message| message.role == ConversationRole::User;
        let mut follows_user = false;
        let mut turns = Vec::new();
        for (index, message) in self.messages().iter().enumerate() {
            if is_user(message) && !follows_user && !message.content.iter().any(is_result) {
                turns.push(index);
            }
            follows_user = is_user(message);
        }
        turns
    }

    /// The sizes of the request with none, one, two … of its messages.
    pub(super) fn sizes(&self) -> Vec<u64> {
        let settings = self.request.system.as_ref().map_or(0, json_size)
            + self.request.tool_config.as_ref().map_or(0, json_size);
        let mut size = settings;
        let with_each = self.messages().iter().map(|message| {
            size = size.saturating_add(message.content.iter().map(block_size).sum());
            size
        });
        core::iter::once(settings).chain(with_each).collect()
    }
}

impl Counts {
    /// Forgets the counts of histories of `messages` messages or more, which have changed.
    pub(super) fn forget_from(&mut self, messages: usize) {
        self.0.retain(|count| count.messages < messages);
    }

    /// The tokens of the request with the first `messages` messages.
    fn at(&self, messages: usize, sizes: &[u64]) -> Option<u64> {
        let size = |messages: usize| sizes.get(messages).copied().unwrap_or(0);
        let before = self.0.iter().rev().find(|count| count.messages <= messages);
        let (from, known) = before.map_or((0, 0), |count| (size(count.messages), count.tokens));
        let length = size(messages).saturating_sub(from);
        match self.0.iter().find(|count| count.messages >= messages) {
            Some(after) => {
                let whole = size(after.messages).saturating_sub(from);
                Some(known.saturating_add(share(after.tokens.saturating_sub(known), length, whole)))
            }
            None => before.map(|count| count.tokens.saturating_add(share(count.tokens, length, from))),
        }
    }

    /// Replaces the counts of longer histories by that of the first `messages` messages.
    pub(super) fn truncate(&mut self, messages: usize, sizes: &[u64]) {
        let tokens = self.at(messages, sizes);
        self.forget_from(messages);
        self.0.extend(tokens.map(|tokens| Count { messages, tokens }));
    }

    /// Moves the counts when messages are dropped.
    fn drop(&mut self, dropped: &Range<usize>, tokens: u64) {
        self.0.retain(|count| count.messages <= dropped.start || count.messages >= dropped.end);
        for count in self.0.iter_mut().filter(|count| !dropped.is_empty() && count.messages >= dropped.end) {
            count.messages -= dropped.len();
            count.tokens = count.tokens.saturating_sub(tokens);
        }
        self.0.dedup_by_key(|count| count.messages);
    }
}

/// The tokens of a part of a text whose tokens are known, rounded up.
fn share(tokens: u64, part: u64, whole: u64) -> u64 {
    let share = (u128::from(tokens) * u128::from(part)).div_ceil(u128::from(whole.max(1)));
    u64::try_from(share).unwrap_or(u64::MAX)
}

fn block_size(block: &ContentBlock) -> u64 {
    match block {
        ContentBlock::Image(_) | ContentBlock::Video(_) | ContentBlock::Audio(_) => MEDIA,
        ContentBlock::Document(block) => document_size(block),
        ContentBlock::ToolResult(result) => result.content.iter().map(result_size).sum(),
        block => json_size(block),
    }
}

fn result_size(block: &ToolResultContentBlock) -> u64 {
    match block {
        ToolResultContentBlock::Image(_) | ToolResultContentBlock::Video(_) => MEDIA,
        ToolResultContentBlock::Document(block) => document_size(block),
        block => json_size(block),
    }
}

fn document_size(block: &DocumentBlock) -> u64 {
    match &block.source {
        DocumentSource::Bytes(_) | DocumentSource::S3Location(_) => MEDIA,
        source => json_size(source),
    }
}

fn json_size(value: &impl ToJson) -> u64 {
    u64::try_from(Writer::write(value).len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
