//! Events in, a message out.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::assembled::{AssembledMessage, IncompleteMessage, UnknownDelta};
use super::error::AssembleError;
use super::event::{
    ContentBlockDelta, ContentBlockDeltaEvent, MessageStopEvent, MetadataEvent, StreamEvent, UnknownEvent,
};
use super::open_block::{MalformedToolInput, OpenBlock, delta_name};
use crate::types::{ContentBlock, ConversationRole, Message, UnknownMember};

/// Puts the events of a stream together into the message Converse would have answered with.
///
/// Blocks may come in any order and interleaved; text, reasoning and citations need no start. Until
/// [`finish`](Self::finish) the message can be looked at as far as it has come ([`partial`](Self::partial)).
#[derive(Debug, Clone, Default)]
pub struct MessageAssembler {
    role: Option<ConversationRole>,
    blocks: BTreeMap<u64, (OpenBlock, BlockState)>,
    stop: Option<MessageStopEvent>,
    metadata: Option<MetadataEvent>,
    unknown_events: Vec<UnknownEvent<'static>>,
    unknown_deltas: Vec<UnknownDelta>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BlockState {
    Open,
    Stopped,
}

impl MessageAssembler {
    /// An assembler without a message.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// If the event cannot follow those before it. The event is then not part of the message; the message so far is
    /// untouched.
    pub fn push(&mut self, event: StreamEvent<'_>) -> Result<(), AssembleError> {
        if self.stop.is_some() && !matches!(event, StreamEvent::Metadata(_) | StreamEvent::Unknown(_)) {
            return Err(AssembleError::AfterMessageStop { event_type: event.event_type().to_owned() });
        }
        match event {
            StreamEvent::MessageStart(start) => {
                if self.role.is_some() || !self.blocks.is_empty() {
                    return Err(AssembleError::SecondMessageStart);
                }
                self.role = Some(start.role);
            }
            StreamEvent::ContentBlockStart(event) => {
                let content_block_index = event.content_block_index;
                match self.blocks.entry(content_block_index) {
                    Entry::Vacant(vacant) => vacant.insert((OpenBlock::start(event.start), BlockState::Open)),
                    Entry::Occupied(_) => return Err(AssembleError::SecondStart { content_block_index }),
                };
            }
            StreamEvent::ContentBlockDelta(event) => self.push_delta(event)?,
            StreamEvent::ContentBlockStop(event) => {
                // A block nothing was said of holds nothing.
                if let Some((_, state)) = self.blocks.get_mut(&event.content_block_index) {
                    *state = BlockState::Stopped;
                }
            }
            StreamEvent::MessageStop(stop) => self.stop = Some(stop),
            StreamEvent::Metadata(metadata) => self.metadata = Some(metadata),
            unknown @ StreamEvent::Unknown(_) => {
                if let StreamEvent::Unknown(event) = unknown.into_owned() {
                    self.unknown_events.push(event);
                }
            }
        }
        Ok(())
    }

    /// The message as far as it has come. A tool input that is cut off stands in it as a JSON string.
    #[must_use]
    pub fn partial(&self) -> Message {
        self.clone().into_parts().0
    }

    fn push_delta(&mut self, event: ContentBlockDeltaEvent<'_>) -> Result<(), AssembleError> {
        let content_block_index = event.content_block_index;
        let name = || delta_name(&event.delta).to_owned();
        let (block, state) = match self.blocks.entry(content_block_index) {
            Entry::Occupied(occupied) => occupied.into_mut(),
            Entry::Vacant(vacant) => match OpenBlock::for_delta(&event.delta) {
                Some(block) => vacant.insert((block, BlockState::Open)),
                None => return Err(AssembleError::NoStart { content_block_index, delta: name() }),
            },
        };
        if *state == BlockState::Stopped {
            return Err(AssembleError::AfterBlockStop { content_block_index, delta: name() });
        }
        // What this crate does not know may come beside what it knows, before and after: the known makes the block.
        let mut aside = |member| self.unknown_deltas.push(UnknownDelta { content_block_index, member });
        match &event.delta {
            ContentBlockDelta::Unknown(member) if !block.is_unknown() => {
                aside(member.clone());
                return Ok(());
            }
            ContentBlockDelta::Unknown(_) => {}
            known => {
                if let Some(better) = OpenBlock::for_delta(known)
                    && let Some((name, pieces)) = block.guessed()
                {
                    pieces.into_iter().for_each(|value| aside(UnknownMember { name: name.clone(), value }));
                    *block = better;
                }
            }
        }
        let delta = name();
        if block.push(event.delta) {
            return Ok(());
        }
        let block = block.name().to_owned();
        Err(AssembleError::WrongDelta { content_block_index, block, delta })
    }

    /// Whether messageStop came.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.stop.is_some()
    }

    /// The whole message.
    ///
    /// # Errors
    /// If messageStop never came: the error holds what did.
    pub fn finish(mut self) -> Result<AssembledMessage, IncompleteMessage> {
        let Some(stop) = self.stop.take() else {
            return Err(IncompleteMessage { partial: Box::new(self.partial()) });
        };
        let metadata = self.metadata.take();
        let (unknown_events, unknown_deltas) =
            (core::mem::take(&mut self.unknown_events), core::mem::take(&mut self.unknown_deltas));
        let (message, malformed_tool_inputs) = self.into_parts();
        Ok(AssembledMessage {
            message,
            stop,
            metadata,
            malformed_tool_inputs,
            unknown_events,
            unknown_deltas,
        })
    }

    fn into_parts(self) -> (Message, Vec<MalformedToolInput>) {
        let (blocks, malformed): (Vec<ContentBlock>, Vec<_>) =
            self.blocks.into_iter().map(|(index, (block, _))| block.into_block(index)).unzip();
        let role = self.role.unwrap_or(ConversationRole::Assistant);
        (Message::new(role, blocks), malformed.into_iter().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::types::StopReason;

    /// Feeds events given as `{"contentBlockDelta":{…}}`.
    fn assemble(events: &[Value]) -> Result<MessageAssembler, AssembleError> {
        let mut assembler = MessageAssembler::new();
        for event in events {
            let (name, payload) = event.as_object().unwrap().iter().next().unwrap();
            let payload = payload.to_string();
            assembler.push(StreamEvent::parse(name, payload.as_bytes()).unwrap())?;
        }
        Ok(assembler)
    }

    fn content(events: &[Value]) -> Value {
        serde_json::to_value(assemble(events).unwrap().partial().content).unwrap()
    }

    fn delta(index: u64, delta: Value) -> Value {
        json!({"contentBlockDelta": {"contentBlockIndex": index, "delta": delta}})
    }

    fn start(index: u64, start: Value) -> Value {
        json!({"contentBlockStart": {"contentBlockIndex": index, "start": start}})
    }

    fn stop(index: u64) -> Value {
        json!({"contentBlockStop": {"contentBlockIndex": index}})
    }

    #[test]
    fn what_is_not_known_does_no_harm_beside_what_is() {
        let hologram = |number: u64| delta(0, json!({"hologram": {"n": number}}));
        for events in [
            vec![hologram(1), delta(0, json!({"text": "a"})), hologram(2), delta(0, json!({"text": "b"}))],
            vec![delta(0, json!({"text": "a"})), hologram(1), hologram(2), delta(0, json!({"text": "b"}))],
        ] {
            assert_eq!(content(&events), json!([{"text": "ab"}]));
            let mut assembler = assemble(&events).unwrap();
            let stop = StreamEvent::parse("messageStop", br#"{"stopReason":"end_turn"}"#).unwrap();
            assembler.push(stop).unwrap();
            let aside = assembler.finish().unwrap().unknown_deltas;
            let aside: Vec<_> = aside
                .iter()
                .map(|delta| (delta.content_block_index, delta.member.value.to_string()))
                .collect();
            assert_eq!(aside, [(0, "{\"n\":1}".to_owned()), (0, "{\"n\":2}".to_owned())]);
        }
        // Alone it is a block of its own, and one that a start named stays what it is.
        assert_eq!(content(&[hologram(1)]), json!([{"hologram": {"n": 1}}]));
        let started = [start(0, json!({"hologram": {}})), delta(0, json!({"text": "a"}))];
        assert!(matches!(assemble(&started), Err(AssembleError::WrongDelta { .. })));
        let tool = [hologram(1), delta(0, json!({"toolUse": {"input": "{}"}}))];
        assert!(
            matches!(assemble(&tool), Err(AssembleError::WrongDelta { block, .. }) if block == "hologram")
        );
    }

    #[test]
    fn interleaved_blocks_without_starts() {
        let events = [
            delta(1, json!({"reasoningContent": {"text": "hm"}})),
            delta(0, json!({"text": ""})),
            delta(2, json!({"text": "Hel"})),
            delta(1, json!({"reasoningContent": {"signature": "sig"}})),
            delta(3, json!({"reasoningContent": {"redactedContent": "AAEC"}})),
            delta(2, json!({"text": "lo"})),
            stop(2),
            stop(7),
        ];
        assert_eq!(
            content(&events),
            json!([
                {"text": ""},
                {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "sig"}}},
                {"text": "Hello"},
                {"reasoningContent": {"redactedContent": "AAEC"}},
            ])
        );
    }

    #[test]
    fn tool_input_in_pieces_none_at_all_and_cut() {
        let tool = |id: &str| json!({"toolUse": {"toolUseId": id, "name": "get_weather"}});
        let input = |text: &str| json!({"toolUse": {"input": text}});
        let events = [
            start(0, tool("a")),
            delta(0, input("")),
            delta(0, input("{\"city\":")),
            delta(0, input("\"Seattle\"}")),
            start(1, tool("b")),
            start(2, tool("c")),
            delta(2, input("{\"city\":\"Sea")),
            json!({"messageStop": {"stopReason": "max_tokens"}}),
        ];
        let message = assemble(&events).unwrap().finish().unwrap();
        assert_eq!(
            serde_json::to_value(&message.message.content).unwrap(),
            json!([
                {"toolUse": {"toolUseId": "a", "name": "get_weather", "input": {"city": "Seattle"}}},
                {"toolUse": {"toolUseId": "b", "name": "get_weather", "input": {}}},
                {"toolUse": {"toolUseId": "c", "name": "get_weather", "input": "{\"city\":\"Sea"}},
            ])
        );
        let [malformed] = &message.malformed_tool_inputs[..] else { panic!() };
        assert_eq!((malformed.content_block_index, &*malformed.raw), (2, "{\"city\":\"Sea"));
        assert_eq!((&*malformed.tool_use_id, &*malformed.name), ("c", "get_weather"));
        assert_eq!(
            malformed.error,
            "is not JSON: it ends at offset 12, where a letter of a string should stand"
        );
    }

    #[test]
    fn citations_tool_results_images_and_the_unknown() {
        let events = [
            delta(0, json!({"text": "Cats "})),
            delta(0, json!({"citation": {"title": "T", "sourceContent": [{"text": "s"}]}})),
            delta(0, json!({"text": "purr"})),
            start(1, json!({"toolResult": {"toolUseId": "a", "status": "success"}})),
            delta(1, json!({"toolResult": [{"text": "4"}, {"text": "2"}]})),
            delta(1, json!({"toolResult": [{"json": {"n": 1}}]})),
            start(2, json!({"image": {"format": "png"}})),
            delta(2, json!({"image": {"source": {"bytes": "AAEC"}}})),
            delta(2, json!({"image": {"source": {"bytes": "Aw=="}}})),
            start(3, json!({"hologram": {"depth": 3}})),
            delta(4, json!({"smell": "roses"})),
            delta(4, json!({"smell": "hay"})),
        ];
        assert_eq!(
            content(&events),
            json!([
                {"citationsContent": {
                    "content": [{"text": "Cats purr"}],
                    "citations": [{"title": "T", "sourceContent": [{"text": "s"}]}],
                }},
                {"toolResult": {"toolUseId": "a", "content": [{"text": "42"}, {"json": {"n": 1}}], "status": "success"}},
                {"image": {"format": "png", "source": {"bytes": "AAECAw=="}}},
                {"hologram": {"depth": 3}},
                {"smell": ["roses", "hay"]},
            ])
        );
        assert_eq!(assemble(&events).unwrap().partial().text(), "Cats purr");
    }

    #[test]
    fn metadata_may_come_first_and_is_no_end() {
        let metadata = json!({"metadata": {
            "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}, "metrics": {"latencyMs": 9},
        }});
        let events = [
            json!({"messageStart": {"role": "assistant"}}),
            delta(0, json!({"text": "hi"})),
            metadata.clone(),
        ];
        let cut = assemble(&events).unwrap();
        assert!(!cut.is_complete());
        assert_eq!(cut.finish().unwrap_err().partial.text(), "hi");

        let stop =
            json!({"messageStop": {"stopReason": "end_turn", "additionalModelResponseFields": {"k": null}}});
        for order in [[&metadata, &stop], [&stop, &metadata]] {
            let whole: Vec<_> = events[..2].iter().chain(order).cloned().collect();
            let message = assemble(&whole).unwrap().finish().unwrap();
            assert_eq!(
                serde_json::to_value(&message).unwrap(),
                json!({
                    "output": {"message": {"role": "assistant", "content": [{"text": "hi"}]}},
                    "stopReason": "end_turn",
                    "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7},
                    "metrics": {"latencyMs": 9},
                    "additionalModelResponseFields": {"k": null},
                })
            );
        }
        let unsaid = assemble(&[delta(0, json!({"text": "hi"})), stop]).unwrap().finish().unwrap();
        assert_eq!((unsaid.usage(), unsaid.stop_reason()), (None, &StopReason::EndTurn));
        assert_eq!(serde_json::to_value(&unsaid).unwrap()["stopReason"], "end_turn");
    }

    #[test]
    fn what_cannot_follow_is_refused_and_changes_nothing() {
        let text = delta(0, json!({"text": "a"}));
        let tool = json!({"toolUse": {"input": "{}"}});
        for (events, error) in [
            (
                vec![delta(4, tool.clone())],
                "a toolUse delta came for block 4, which no contentBlockStart began",
            ),
            (vec![text.clone(), delta(0, tool)], "a toolUse delta came for block 0, which is text"),
            (
                vec![text.clone(), stop(0), text.clone()],
                "a text delta came for block 0 after its contentBlockStop",
            ),
            (
                vec![text.clone(), start(0, json!({"image": {"format": "png"}}))],
                "contentBlockStart came when block 0 had begun",
            ),
            (
                vec![text.clone(), json!({"messageStart": {"role": "assistant"}})],
                "messageStart came when the message had begun",
            ),
            (
                vec![json!({"messageStop": {"stopReason": "end_turn"}}), text.clone()],
                "contentBlockDelta came after messageStop",
            ),
        ] {
            let found = assemble(&events).unwrap_err().to_string();
            assert!(found.contains(error), "{found}");
        }
    }
}
