//! Decodes frames, and encodes none, without std, allocator and start files. The exit status is 0 if all checks pass.
#![no_std]
#![no_main]

use barerock_eventstream::{Frames, Limits, MessageKind};

include!("../../../entry.rs");

/// Two events, of the types `a` and `b`, encoded with Python's `struct` and `binascii.crc32`.
static STREAM: &[u8] = b"\x00\x00\x009\x00\x00\x00&\x1b\x1e\x80c\x0d:message-type\x07\x00\x05event\x0b:event-type\x07\x00\x01aone\xb8\x8b\xe4*\
     \x00\x00\x009\x00\x00\x00&\x1b\x1e\x80c\x0d:message-type\x07\x00\x05event\x0b:event-type\x07\x00\x01btwo\xc1\x98GS";

/// The exit status is the number of the first check that failed, or 0.
extern "C" fn run() -> i32 {
    let mut expected = [("a", b"one"), ("b", b"two")].into_iter();
    // Unknown to the compiler, which would otherwise leave out the readers of what is not in it.
    for frame in Frames::new(core::hint::black_box(STREAM), Limits::default()) {
        let Ok(frame) = frame else { return 1 };
        let Some((event_type, payload)) = expected.next() else { return 2 };
        if frame.kind() != (MessageKind::Event { event_type }) || frame.payload() != payload {
            return 3;
        }
    }
    if expected.next().is_some() { 4 } else { 0 }
}
