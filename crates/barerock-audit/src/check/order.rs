//! The order of Converse's events.

use std::collections::BTreeMap;

use barerock_converse::stream::ContentBlockDelta;
use barerock_converse::{CorrectionKind, MessageAssembler, StreamEvent};

use super::{Place, rule};

/// The events of a message so far.
#[derive(Debug, Default)]
pub(super) struct Order {
    assembler: MessageAssembler,
    is_started: bool,
    is_stopped: bool,
    has_metadata: bool,
    /// True after an exception or error, which ends the stream.
    is_over: bool,
    blocks: BTreeMap<u64, Block>,
}

/// State of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Open,
    Stopped,
}

impl Order {
    /// An exception or error ends the stream: nothing may follow.
    pub(super) fn end(&mut self) {
        self.is_over = true;
    }

    /// Takes the event of the frame `number` at `offset`.
    pub(super) fn event(&mut self, at: &mut Place<'_>, event: StreamEvent<'_>, number: u64, offset: u64) {
        let place = format!("frames[{number}]");
        let mut add = |rule, message: String| at.add(rule, &place, Some(offset), message);
        let event_type = event.event_type().to_owned();
        let is_metadata = matches!(event, StreamEvent::Metadata(_));
        if !self.is_started && !is_metadata && !matches!(event, StreamEvent::MessageStart(_)) {
            add(rule::MESSAGE_START, format!("{event_type} before messageStart"));
            // Once is enough.
            self.is_started = true;
        }
        if self.is_stopped && !is_metadata {
            add(rule::MESSAGE_STOP, format!("{event_type} after messageStop"));
        }
        match &event {
            StreamEvent::MessageStart(_)
                if core::mem::replace(&mut self.is_started, true) && !self.is_stopped =>
            {
                add(rule::MESSAGE_START, "a second messageStart".to_owned());
            }
            StreamEvent::ContentBlockStart(start) => {
                let index = start.content_block_index;
                if self.blocks.insert(index, Block::Open).is_some() {
                    add(rule::BLOCK_START, format!("block {index} has begun already"));
                }
            }
            StreamEvent::ContentBlockDelta(delta) => {
                let index = delta.content_block_index;
                match self.blocks.insert(index, Block::Open) {
                    None if needs_start(&delta.delta) => {
                        add(
                            rule::BLOCK_START,
                            format!(
                                "block {index} has a delta of a {} and no contentBlockStart",
                                kind(&delta.delta)
                            ),
                        );
                    }
                    Some(Block::Stopped) => {
                        add(rule::BLOCK_DELTA, format!("a delta of block {index} after its contentBlockStop"))
                    }
                    _ => {}
                }
            }
            StreamEvent::ContentBlockStop(stop) => {
                let index = stop.content_block_index;
                match self.blocks.insert(index, Block::Stopped) {
                    None => add(
                        rule::BLOCK_STOP,
                        format!("contentBlockStop of block {index}, which has not begun"),
                    ),
                    Some(Block::Stopped) => {
                        add(rule::BLOCK_STOP, format!("a second contentBlockStop of block {index}"))
                    }
                    Some(Block::Open) => {}
                }
            }
            StreamEvent::MessageStop(_) => {
                for (index, _) in self.blocks.iter().filter(|(_, block)| **block == Block::Open) {
                    add(
                        rule::BLOCK_STOP,
                        format!("messageStop before the contentBlockStop of block {index}"),
                    );
                }
                self.is_stopped = true;
            }
            StreamEvent::Metadata(metadata) => {
                if core::mem::replace(&mut self.has_metadata, true) {
                    add(rule::METADATA, "a second metadata event".to_owned());
                }
                let members = [("usage", metadata.usage.is_some()), ("metrics", metadata.metrics.is_some())];
                for (member, _) in members.into_iter().filter(|(_, is_there)| !is_there) {
                    add(rule::REQUIRED, format!("metadata has no {member}"));
                }
            }
            _ => {}
        }
        let before = self.assembler.corrections().len();
        self.assembler.push(event);
        let corrections = self.assembler.corrections().get(before..).unwrap_or_default();
        for correction in
            corrections.iter().filter(|correction| correction.kind == CorrectionKind::WrongBlock)
        {
            add(rule::BLOCK_DELTA, format!("{event_type}: {correction}"));
        }
    }

    /// The stream has ended at `end`.
    pub(super) fn finish(&self, at: &mut Place<'_>, end: u64) {
        if self.is_over {
            return;
        }
        if !self.is_stopped {
            at.add(rule::MESSAGE_STOP, "response.body", Some(end), "the stream ends without messageStop");
        } else if !self.has_metadata {
            at.add(rule::METADATA, "response.body", Some(end), "the stream has no metadata");
        }
    }
}

/// Text, reasoning and citations begin without contentBlockStart.
fn needs_start(delta: &ContentBlockDelta<'_>) -> bool {
    matches!(
        delta,
        ContentBlockDelta::ToolUse(_) | ContentBlockDelta::ToolResult(_) | ContentBlockDelta::Image(_)
    )
}

fn kind(delta: &ContentBlockDelta<'_>) -> &'static str {
    match delta {
        ContentBlockDelta::ToolUse(_) => "toolUse",
        ContentBlockDelta::ToolResult(_) => "toolResult",
        ContentBlockDelta::Image(_) => "image",
        _ => "block",
    }
}
