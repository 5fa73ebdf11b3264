//! Any bytes as the payload of a delta: the decoder's short way with plain deltas gives what serde_json gives.
#![no_main]

use barerock_converse::EventDecoder;
use barerock_converse::stream::{ContentBlockDeltaEvent, StreamEvent};
use barerock_fuzz::{event_headers, sealed};

libfuzzer_sys::fuzz_target!(|payload: &[u8]| {
    let mut decoder = EventDecoder::new();
    decoder.push(&sealed(&event_headers("contentBlockDelta"), payload));
    let decoded = decoder.next_event().ok().flatten();
    let parsed = serde_json::from_slice::<ContentBlockDeltaEvent<'_>>(payload).ok();
    // The decoder is stricter in two things: the whole payload must be UTF-8 (RFC 8259), and a structure an object, while
    // serde's derive takes an array of its members too.
    let is_strict = decoded.is_none() && (core::str::from_utf8(payload).is_err() || payload.contains(&b'['));
    assert!(is_strict || decoded == parsed.map(StreamEvent::ContentBlockDelta));
});
