//! A program without the standard library and without an allocator that encodes and decodes frames. It exits with 0 if
//! all is well: `cargo run --release --manifest-path tests/freestanding/Cargo.toml`.
#![no_std]
#![no_main]

use barerock_eventstream::{
    DecodeErrorKind, Field, FieldName, Fields, Frame, FrameEncoder, Frames, Header, Limits, MessageKind, Status,
};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// The exit code is the number of the first check that failed, or 0.
#[unsafe(no_mangle)]
pub extern "C" fn main() -> i32 {
    let headers = [
        Header::new(":event-type", "contentBlockDelta"),
        Header::new(":content-type", "application/json"),
        Header::new(":message-type", "event"),
    ];
    let mut buffer = [0; 256];
    let Ok(length) = FrameEncoder::new().encode_into(&headers, b"{\"p\":\"ab\"}", &mut buffer) else {
        return 1;
    };
    let Some(bytes) = buffer.get_mut(..length) else { return 2 };

    let Ok(Status::Complete((frame, taken))) = Frame::parse(bytes, Limits::default()) else { return 3 };
    let kind = MessageKind::Event { event_type: "contentBlockDelta" };
    if taken != length || frame.kind() != kind || frame.payload() != b"{\"p\":\"ab\"}" {
        return 4;
    }
    if frame.headers().ne(headers) || frame.content_type() != Some("application/json") {
        return 5;
    }
    if Frames::new(bytes, Limits::default()).filter(Result::is_ok).count() != 1 {
        return 6;
    }
    let last = Fields::new(bytes, Limits::default()).last();
    if !matches!(last, Some(Field { name: FieldName::MessageCrc, .. })) {
        return 7;
    }
    let Some(byte) = bytes.last_mut() else { return 8 };
    *byte ^= 1;
    match Frame::parse(bytes, Limits::default()) {
        Err(error) if matches!(error.kind(), DecodeErrorKind::MessageCrc { .. }) => 0,
        _ => 9,
    }
}
