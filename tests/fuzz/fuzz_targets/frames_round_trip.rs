//! Fuzzes the encoder with headers and payloads from the input: an encoded frame is decoded again, an invalid one is rejected.
#![no_main]

use barerock_eventstream::{Frame, FrameEncoder, Header, HeaderValue, Limits, Status};

/// Takes up to `length` bytes from the front.
fn take<'a>(input: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, rest) = input.split_at(length.min(input.len()));
    *input = rest;
    taken
}

fn byte(input: &mut &[u8]) -> u8 {
    take(input, 1).first().copied().unwrap_or_default()
}

fn number(input: &mut &[u8]) -> i64 {
    take(input, 8).iter().fold(0, |number, byte| number << 8 | i64::from(*byte))
}

fn text<'a>(input: &mut &'a [u8]) -> &'a str {
    let length = usize::from(byte(input));
    let bytes = take(input, length);
    std::str::from_utf8(bytes).unwrap_or("no text")
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let mut rest = input;
    let mut headers = Vec::new();
    for _ in 0..byte(&mut rest) % 16 {
        let name = text(&mut rest);
        let value = match byte(&mut rest) % 9 {
            0 => HeaderValue::Bool(byte(&mut rest) & 1 == 1),
            1 => HeaderValue::Byte(number(&mut rest) as i8),
            2 => HeaderValue::Short(number(&mut rest) as i16),
            3 => HeaderValue::Integer(number(&mut rest) as i32),
            4 => HeaderValue::Long(number(&mut rest)),
            5 => HeaderValue::Bytes(text(&mut rest).as_bytes()),
            6 => HeaderValue::String(text(&mut rest)),
            7 => HeaderValue::Timestamp(number(&mut rest)),
            _ => HeaderValue::Uuid([byte(&mut rest); 16]),
        };
        headers.push(Header { name, value });
    }
    let encoder = FrameEncoder::new();
    let mut buffer = vec![0; input.len() * 17 + 64];
    let Ok(encoded) = encoder.encode(&headers, rest) else {
        assert!(encoder.encode_into(&headers, rest, &mut buffer).is_err());
        return;
    };
    let length = encoder.encode_into(&headers, rest, &mut buffer).expect("as encode");
    assert_eq!(buffer[..length], encoded);
    let Ok(Status::Complete((frame, taken))) = Frame::parse(&encoded, Limits::default()) else {
        panic!("refused its own frame");
    };
    assert_eq!(taken, encoded.len());
    assert_eq!(frame.headers().collect::<Vec<_>>(), headers);
    assert_eq!(frame.payload(), rest);
});
