//! Fuzzes payloads of deltas: the decoder's fast path returns the same as the general reader.
#![no_main]

use barerock_converse::EventDecoder;
use barerock_fuzz::{event_headers, sealed};

libfuzzer_sys::fuzz_target!(|payload: &[u8]| {
    let (mut fast, mut all) = (EventDecoder::new(), EventDecoder::new());
    fast.push(&sealed(&event_headers("contentBlockDelta"), payload));
    // Leading white space disables the fast path.
    all.push(&sealed(&event_headers("contentBlockDelta"), &[b" ", payload].concat()));
    assert_eq!(fast.next_event().ok(), all.next_event().ok());
    assert_eq!(fast.corrections(), all.corrections());
});
