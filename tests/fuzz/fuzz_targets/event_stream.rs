//! Fuzzes event payloads, one per line: they result in a message or an error, and events that are written and read again are
//! the same.
#![no_main]

use barerock_converse::{EventDecoder, MessageAssembler, StreamEvent};
use barerock_fuzz::{event_headers, sealed};

const TYPES: [&str; 7] = [
    "messageStart",
    "contentBlockStart",
    "contentBlockDelta",
    "contentBlockStop",
    "messageStop",
    "metadata",
    "other",
];

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let (mut decoder, mut assembler) = (EventDecoder::new(), MessageAssembler::new());
    for line in input.split(|byte| *byte == b'\n') {
        let Some((kind, payload)) = line.split_first() else { continue };
        let event_type = TYPES[usize::from(*kind) % TYPES.len()];
        let frame = sealed(&event_headers(event_type), payload);
        let Ok(Some(event)) = decoder.next_event(&mut &frame[..]) else { break };
        // A written event is read as the same event.
        let written = serde_json::to_vec(&event).expect("events are JSON");
        let again: StreamEvent<'_> = serde_json::from_slice(&written).expect("a written event is read");
        assert_eq!(again, event);
        assembler.push(event);
    }
    let complete = assembler.is_complete();
    let _ = assembler.partial().text();
    assert_eq!(assembler.finish().is_ok(), complete);
    let _ = decoder.finish();
});
