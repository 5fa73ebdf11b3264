//! Any bytes as the payload of a delta: the decoder's fast path reads what the reader of all JSON reads.
#![no_main]

use barerock_converse::EventDecoder;
use barerock_fuzz::{event_headers, sealed};

libfuzzer_sys::fuzz_target!(|payload: &[u8]| {
    let (mut fast, mut all) = (EventDecoder::new(), EventDecoder::new());
    fast.push(&sealed(&event_headers("contentBlockDelta"), payload));
    // White space before the payload keeps it off the fast path.
    all.push(&sealed(&event_headers("contentBlockDelta"), &[b" ", payload].concat()));
    assert_eq!(fast.next_event().ok(), all.next_event().ok());
    assert_eq!(fast.corrections(), all.corrections());
});
