use serde_json::{Value, json};

use super::*;
use crate::types::StopReason;

/// Assembles events given as `{"contentBlockDelta":{…}}`.
fn assemble(events: &[Value]) -> MessageAssembler {
    let mut assembler = MessageAssembler::new();
    for event in events {
        let (name, payload) = event.as_object().unwrap().iter().next().unwrap();
        let payload = payload.to_string();
        assembler.push(StreamEvent::parse(name, payload.as_bytes(), &mut Corrections::default()).unwrap());
    }
    assembler
}

fn content(events: &[Value]) -> Value {
    serde_json::to_value(assemble(events).partial().content).unwrap()
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

fn corrections(events: &[Value]) -> Vec<String> {
    assemble(events).corrections().iter().map(ToString::to_string).collect()
}

fn message_stop() -> Value {
    json!({"messageStop": {"stopReason": "end_turn"}})
}

/// The unknown deltas of a whole message.
fn aside(events: &[Value]) -> Value {
    let events: Vec<_> = events.iter().cloned().chain([message_stop()]).collect();
    serde_json::to_value(assemble(&events).finish().unwrap().unknown_deltas).unwrap()
}

#[test]
fn unknown_deltas_do_not_change_a_known_block() {
    let hologram = |number: u64| delta(0, json!({"hologram": {"n": number}}));
    let text = |text: &str| delta(0, json!({"text": text}));
    for events in [
        vec![hologram(1), text("a"), hologram(2), text("b")],
        vec![text("a"), hologram(1), hologram(2), text("b")],
        vec![start(0, json!({"hologram": {"n": 1}})), text("a"), hologram(2), text("b")],
    ] {
        assert_eq!(content(&events), json!([{"text": "ab"}]));
        assert_eq!(
            aside(&events),
            json!([
                {"member": {"hologram": {"n": 1}}, "contentBlockIndex": 0},
                {"member": {"hologram": {"n": 2}}, "contentBlockIndex": 0},
            ])
        );
        assert!(corrections(&events).is_empty());
    }
    let reasoning = |piece: Value| delta(0, json!({"reasoningContent": piece}));
    let events = [reasoning(json!({"new": 1})), reasoning(json!({"text": "hm"})), reasoning(json!({}))];
    assert_eq!(content(&events), json!([{"reasoningContent": {"reasoningText": {"text": "hm"}}}]));
    assert_eq!(content(&[reasoning(json!({"new": 1}))]), json!([{"reasoningContent": {"new": 1}}]));
    // Without known deltas they form a block.
    assert_eq!(content(&[hologram(1)]), json!([{"hologram": {"n": 1}}]));
}

// spec-test: bedrock#block-start
#[test]
fn an_empty_start_opens_the_block_and_deltas_decide_its_kind() {
    for empty in [json!({}), json!(null), json!(7), json!({"text": null})] {
        let events =
            [start(0, empty.clone()), delta(0, json!({"text": "a"})), delta(0, empty.clone()), stop(0)];
        let expected = if empty == 7 { json!([{"member": 7, "contentBlockIndex": 0}]) } else { json!([]) };
        assert_eq!(content(&events), json!([{"text": "a"}]), "{empty}");
        assert_eq!(aside(&events).as_array().unwrap().first(), expected.as_array().unwrap().first());
        assert!(corrections(&events).is_empty());
    }
    let tool = json!({"toolUse": {"toolUseId": "i", "name": "n", "type": "tool_use", "new": 1}});
    let events = [start(0, json!({})), start(0, tool), delta(0, json!({"toolUse": {"input": "{}"}}))];
    assert_eq!(
        content(&events),
        json!([{"toolUse": {"toolUseId": "i", "name": "n", "type": "tool_use", "input": {}, "new": 1}}])
    );
    assert_eq!(content(&[start(0, json!({})), stop(0)]), json!([]));
}

// spec-test: bedrock#block-delta, bedrock#block-stop
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
    let message = assemble(&events).finish().unwrap();
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
    assert_eq!(malformed.error, "invalid JSON at byte 12 (end of input): expected a character of a string");
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
    assert_eq!(assemble(&events).partial().text(), "Cats purr");
}

// spec-test: bedrock#metadata
#[test]
fn metadata_may_come_first_and_is_no_end() {
    let metadata = json!({"metadata": {
        "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}, "metrics": {"latencyMs": 9},
    }});
    let events =
        [json!({"messageStart": {"role": "assistant"}}), delta(0, json!({"text": "hi"})), metadata.clone()];
    let cut = assemble(&events);
    assert!(!cut.is_complete());
    assert_eq!(cut.finish().unwrap_err().partial.text(), "hi");

    let stop =
        json!({"messageStop": {"stopReason": "end_turn", "additionalModelResponseFields": {"k": null}}});
    for order in [[&metadata, &stop], [&stop, &metadata]] {
        let whole: Vec<_> = events[..2].iter().chain(order).cloned().collect();
        let message = assemble(&whole).finish().unwrap();
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
    let unsaid = assemble(&[delta(0, json!({"text": "hi"})), stop]).finish().unwrap();
    assert_eq!((unsaid.usage(), unsaid.stop_reason()), (None, &StopReason::EndTurn));
    assert_eq!(serde_json::to_value(&unsaid).unwrap()["stopReason"], "end_turn");
}

#[test]
fn metadata_events_add_up() {
    let usage =
        json!({"metadata": {"usage": {"inputTokens": 11, "outputTokens": 4, "totalTokens": 15}, "new": 1}});
    let metrics = json!({"metadata": {"metrics": {"latencyMs": 9}}});
    let more = json!({"metadata": {"usage": {"outputTokens": 5, "cacheReadInputTokens": 2}}});
    let message = assemble(&[message_stop(), usage, metrics, more]).finish().unwrap();
    assert_eq!(
        serde_json::to_value(&message).unwrap(),
        json!({
            "output": {"message": {"role": "", "content": []}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 11, "outputTokens": 5, "totalTokens": 15, "cacheReadInputTokens": 2},
            "metrics": {"latencyMs": 9},
            "corrections": [{"path": "message.role", "kind": "missing"}],
            "new": 1,
        })
    );
    assert_eq!(message.into_response().corrections().len(), 1);
}

#[test]
fn nothing_is_refused() {
    let text = delta(0, json!({"text": "a"}));
    let tool = json!({"toolUse": {"input": "{}"}});
    let no_tool = json!({"toolUse": {"toolUseId": "", "name": "", "input": {}}});
    let image = json!({"image": {"format": "png"}});
    for (events, blocks, expected) in [
        (vec![delta(4, tool.clone())], json!([no_tool]), "message.content[4].toolUse.toolUseId is missing"),
        (
            vec![delta(4, json!({"image": {"source": {"bytes": "AAEC"}}}))],
            json!([{"image": {"format": "", "source": {"bytes": "AAEC"}}}]),
            "message.content[4].image.format is missing",
        ),
        (
            vec![text.clone(), delta(0, json!({"reasoningContent": {"text": "hm"}})), text.clone()],
            json!([{"text": "a"}, {"reasoningContent": {"reasoningText": {"text": "hm"}}}, {"text": "a"}]),
            "message.content[0] does not fit its block",
        ),
        (
            vec![text.clone(), stop(0), text.clone()],
            json!([{"text": "aa"}]),
            "message.content[0] came after contentBlockStop",
        ),
        (
            vec![text.clone(), start(0, image.clone())],
            json!([{"text": "a"}, {"image": {"format": "png", "source": {"bytes": ""}}}]),
            "message.content[0] does not fit its block",
        ),
        (
            vec![start(0, image.clone()), start(0, image)],
            json!([{"image": {"format": "png", "source": {"bytes": ""}}}]),
            "message.content[0] does not fit its block",
        ),
    ] {
        assert_eq!(content(&events), blocks);
        assert_eq!(corrections(&events), [expected]);
    }
    // The decoder rejects more than one message; the assembler keeps all content.
    let events = [message_stop(), text.clone(), json!({"messageStart": {"role": "assistant"}}), text];
    assert_eq!(content(&events), json!([{"text": "aa"}]));
}

#[test]
fn tool_input_that_is_no_object_is_kept_and_named() {
    for (input, value) in [("[\"Oslo\"]", json!(["Oslo"])), ("7", json!(7)), ("null", json!(null))] {
        let events = [
            start(0, json!({"toolUse": {"toolUseId": "i", "name": "n"}})),
            delta(0, json!({"toolUse": {"input": input}})),
            message_stop(),
        ];
        let message = assemble(&events).finish().unwrap();
        assert_eq!(message.malformed_tool_inputs[0].error, "not a JSON object");
        assert_eq!(serde_json::to_value(&message.message).unwrap()["content"][0]["toolUse"]["input"], value);
        // The JSON contains all of it.
        let json = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<super::AssembledMessage>(&json).unwrap(), message);
    }
}
