//! The contender `aws_event_stream_parser`: `TASK FILE ITERATIONS`.

use std::process::ExitCode;

use aws_event_stream_parser::{EventStreamCodec, Message, parse_message};
use barerock_bench_protocol::{Items, Task, main as contender};
use bytes::BytesMut;
use tokio_util::codec::Decoder as _;

/// Length of a chunk in bytes, as for the others.
const CHUNK: usize = 16 * 1024;

/// Checks the CRCs with `valid`: the parser only stores them.
fn check(message: &Message, items: &mut Items) {
    assert!(message.prelude.valid() && message.valid(), "a wrong CRC");
    items.item(&message.body);
}

/// Decodes without the codec, which copies the rest of the buffer after every message.
fn frames(mut stream: &[u8], with: fn(&Message, &mut Items), items: &mut Items) {
    while !stream.is_empty() {
        let (rest, message) = parse_message(stream).expect("a message");
        with(&message, items);
        stream = rest;
    }
}

/// Decodes with the codec as in its documentation, without checking a CRC.
fn frames_of_chunks(stream: &[u8], items: &mut Items) {
    let (mut codec, mut buffer) = (EventStreamCodec, BytesMut::new());
    for chunk in stream.chunks(CHUNK) {
        buffer.extend_from_slice(chunk);
        while let Some(message) = codec.decode(&mut buffer).expect("a message") {
            items.item(&message.body);
        }
    }
}

fn task(name: &str, input: Vec<u8>) -> Option<Box<dyn Task>> {
    Some(match name {
        "frames" => Box::new(move |items: &mut Items| frames(&input, check, items)),
        "frames-unchecked" => {
            let without = |message: &Message, items: &mut Items| items.item(&message.body);
            Box::new(move |items: &mut Items| frames(&input, without, items))
        }
        "frames-chunks" => Box::new(move |items: &mut Items| frames_of_chunks(&input, items)),
        _ => return None,
    })
}

fn main() -> ExitCode {
    contender(task)
}
