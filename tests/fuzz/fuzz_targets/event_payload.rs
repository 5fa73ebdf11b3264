//! Fuzzes payloads of deltas: the decoder's fast path returns the same as the general reader.
#![no_main]

use barerock_converse::EventDecoder;
use barerock_fuzz::{event_headers, sealed};

libfuzzer_sys::fuzz_target!(|payload: &[u8]| {
    let (mut fast, mut all) = (EventDecoder::new(), EventDecoder::new());
    let as_sent = sealed(&event_headers("contentBlockDelta"), payload);
    // Leading white space disables the fast path.
    let padded = sealed(&event_headers("contentBlockDelta"), &[b" ", payload].concat());
    assert_eq!(fast.next_event(&mut &as_sent[..]).ok(), all.next_event(&mut &padded[..]).ok());
    assert_eq!(fast.corrections(), all.corrections());
});
