//! Fuzzes header blocks: arbitrary bytes, and a valid block with some bytes changed.
#![no_main]

use barerock_eventstream::{FrameEncoder, Header, HeaderValue};
use barerock_fuzz::{check, sealed};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    check(&sealed(input, b"{}"));

    let headers = [
        Header::new(":event-type", "contentBlockDelta"),
        Header::new(":content-type", "application/json"),
        Header::new(":message-type", "event"),
        Header::new("flag", true),
        Header::new("short", 7_i16),
        Header::new("bytes", &b"\x80\xff"[..]),
        Header::new("when", HeaderValue::Timestamp(1_700_000_000_000)),
        Header::new("id", HeaderValue::Uuid([9; 16])),
    ];
    let frame = FrameEncoder::new().encode(&headers, &[]).expect("a good frame");
    let mut block = frame[12..frame.len() - 4].to_vec();
    for change in input.chunks_exact(2) {
        let at = usize::from(change[0]) % block.len();
        block[at] = change[1];
    }
    check(&sealed(&block, &[]));
});
