//! Assembly of stream events into a message.

use std::collections::BTreeMap;

use super::assembled::{AssembledMessage, IncompleteMessage};
use super::delta::{ContentBlockDelta, ReasoningContentBlockDelta};
use super::event::StreamEvent;
use super::open_block::{OpenBlock, Rest, is_empty};
use super::payload::{
    ContentBlockDeltaEvent, ContentBlockStart, MessageStopEvent, MetadataEvent, UnknownEvent,
};
use crate::json::{Correction, CorrectionKind, Corrections, Received};
use crate::types::{ConversationRole, Document, Message, UnknownMember};

/// Assembles the events of a stream into the message that Converse would have returned.
///
/// Blocks may come in any order and interleaved; text, reasoning and citations need no start. No event is rejected: an
/// event that does not fit is added at the closest place and recorded in [`corrections`](Self::corrections). Until
/// [`finish`](Self::finish), [`partial`](Self::partial) is the message so far.
#[derive(Debug, Clone, Default)]
pub struct MessageAssembler {
    role: Option<ConversationRole>,
    blocks: BTreeMap<u64, Block>,
    stop: Option<MessageStopEvent>,
    metadata: Option<MetadataEvent>,
    unknown_events: Vec<UnknownEvent<'static>>,
    rest: Rest,
    corrections: Corrections,
}

/// The content received for one block index: one block of the message, or several if the events do not fit together.
#[derive(Debug, Clone, Default)]
struct Block {
    before: Vec<OpenBlock>,
    last: Option<OpenBlock>,
    is_stopped: bool,
}

impl MessageAssembler {
    /// Creates an empty assembler.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next event.
    #[inline]
    pub fn push(&mut self, event: StreamEvent<'_>) {
        if let StreamEvent::ContentBlockDelta(ContentBlockDeltaEvent {
            delta: ContentBlockDelta::Text(text),
            content_block_index,
            ..
        }) = &event
        {
            // Nearly every event is text of a block that has some.
            if let Some(Block { last: Some(OpenBlock::Text(so_far)), is_stopped: false, .. }) =
                self.blocks.get_mut(content_block_index)
            {
                return so_far.push_str(text);
            }
        }
        self.push_any(event);
    }

    #[inline(never)]
    fn push_any(&mut self, event: StreamEvent<'_>) {
        match event {
            StreamEvent::MessageStart(start) => {
                self.role.get_or_insert(start.role);
            }
            StreamEvent::ContentBlockStart(event) => self.push_start(event.content_block_index, event.start),
            StreamEvent::ContentBlockDelta(event) => self.push_delta(event.content_block_index, event.delta),
            StreamEvent::ContentBlockStop(event) => {
                // spec: bedrock#block-stop "contentBlockStop: Stop information for a content block."
                // A stop without a start or delta does not create a block.
                if let Some(block) = self.blocks.get_mut(&event.content_block_index) {
                    block.is_stopped = true;
                }
            }
            StreamEvent::MessageStop(stop) => {
                self.stop.get_or_insert(stop);
            }
            StreamEvent::Metadata(metadata) => match &mut self.metadata {
                Some(earlier) => earlier.add(*metadata),
                none => *none = Some(*metadata),
            },
            StreamEvent::Unknown(event) => self.unknown_events.push(event.into_owned()),
        }
    }

    // spec: bedrock#block-start "contentBlockStart: Start information for a content block."
    fn push_start(&mut self, index: u64, start: ContentBlockStart) {
        let start = match OpenBlock::start(start) {
            Ok(start) => start,
            Err(member) => return self.push_unknown(index, member),
        };
        let block = self.blocks.entry(index).or_default();
        match block.last.take() {
            None => block.last = Some(start),
            Some(OpenBlock::Undecided(members)) => {
                self.rest.add(index, members);
                block.last = Some(start);
            }
            Some(last) => {
                let is_again = last.is_start_of(&start);
                note(&mut self.corrections, index, "", CorrectionKind::WrongBlock);
                if is_again {
                    block.last = Some(last);
                } else {
                    block.before.push(last);
                    (block.last, block.is_stopped) = (Some(start), false);
                }
            }
        }
    }

    /// Adds a start or delta that this crate does not know; it is not part of the message if the block also has a known
    /// one.
    fn push_unknown(&mut self, index: u64, member: UnknownMember) {
        let block = self.blocks.entry(index).or_default();
        let member = (!is_empty(&member)).then_some(member);
        match block.last.get_or_insert_with(|| OpenBlock::Undecided(Vec::new())) {
            OpenBlock::Undecided(members) => members.extend(member),
            _ => self.rest.add(index, member),
        }
    }

    // spec: bedrock#block-delta "contentBlockDelta: The messages output content block delta."
    fn push_delta(&mut self, index: u64, delta: ContentBlockDelta<'_>) {
        let delta = match delta {
            ContentBlockDelta::Unknown(member) => return self.push_unknown(index, member),
            ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::Unknown(member)) => {
                let value = Document::of(&ReasoningContentBlockDelta::Unknown(member));
                return self
                    .push_unknown(index, UnknownMember { name: "reasoningContent".to_owned(), value });
            }
            delta => delta,
        };
        let block = self.blocks.entry(index).or_default();
        if block.is_stopped {
            note(&mut self.corrections, index, "", CorrectionKind::AfterBlockStop);
        }
        let delta = match &mut block.last {
            Some(last) => match last.push(delta) {
                None => return,
                Some(delta) => delta,
            },
            None => delta,
        };
        let (mut next, missing) = OpenBlock::of(&delta);
        if let Some(missing) = missing {
            note(&mut self.corrections, index, missing, CorrectionKind::Missing);
        }
        match block.last.take() {
            None => {}
            Some(OpenBlock::Undecided(members)) => self.rest.add(index, members),
            Some(last) => {
                note(&mut self.corrections, index, "", CorrectionKind::WrongBlock);
                block.before.push(last);
            }
        }
        // The block was created for this delta.
        let _fits = next.push(delta);
        block.last = Some(next);
    }

    /// Returns the message so far. A truncated tool input is a JSON string in it.
    #[must_use]
    pub fn partial(&self) -> Message {
        self.clone().into_parts().0
    }

    /// Corrections made while assembling.
    #[must_use]
    pub fn corrections(&self) -> &[Correction] {
        self.corrections.as_slice()
    }

    /// Adds the corrections of a decoder, so that the message includes them.
    pub fn add_corrections(&mut self, corrections: &[Correction]) {
        for correction in corrections {
            self.corrections.add(correction.path.clone(), correction.kind.clone());
        }
    }

    /// True if messageStop was received.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.stop.is_some()
    }

    /// Returns the complete message.
    ///
    /// # Errors
    /// If messageStop was not received; the error contains the message so far.
    pub fn finish(mut self) -> Result<AssembledMessage, IncompleteMessage> {
        let Some(stop) = self.stop.take() else {
            return Err(IncompleteMessage { partial: Box::new(self.partial()) });
        };
        if self.role.is_none() {
            self.corrections.add("message.role".to_owned(), CorrectionKind::Missing);
        }
        let (metadata, unknown_events) = (self.metadata.take(), core::mem::take(&mut self.unknown_events));
        let corrections = core::mem::take(&mut self.corrections).into_vec();
        let (message, rest) = self.into_parts();
        Ok(AssembledMessage {
            message,
            stop,
            metadata,
            malformed_tool_inputs: rest.malformed_tool_inputs,
            unknown_events,
            unknown_deltas: rest.unknown_deltas,
            corrections,
            received: Received::default(),
        })
    }

    fn into_parts(self) -> (Message, Rest) {
        let (mut content, mut rest) = (Vec::new(), self.rest);
        for (index, block) in self.blocks {
            let blocks = block.before.into_iter().chain(block.last);
            content.extend(blocks.filter_map(|block| block.into_block(index, &mut rest)));
        }
        // A missing role is not guessed.
        let role = self.role.unwrap_or_else(|| ConversationRole::Unknown(String::new()));
        (Message::new(role, content), rest)
    }
}

/// Records a correction of a block.
#[cold]
fn note(corrections: &mut Corrections, index: u64, member: &str, kind: CorrectionKind) {
    let dot = if member.is_empty() { "" } else { "." };
    corrections.add(format!("message.content[{index}]{dot}{member}"), kind);
}

#[cfg(test)]
mod tests;
