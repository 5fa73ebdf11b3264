//! Tasks of decoding with barerock: frames, events, a message.

use barerock_bench_protocol::Items;
use barerock_converse::stream::{
    AssembledMessage, ContentBlockDelta, EventDecoder, MessageAssembler, ReasoningContentBlockDelta,
    StreamEvent,
};
use barerock_eventstream::{Frame, FrameDecoder, Frames, Limits, MessageKind, Status};

fn take(frame: &Frame<'_>, items: &mut Items) {
    let MessageKind::Event { event_type } = frame.kind() else { panic!("no event: {frame:?}") };
    std::hint::black_box(event_type);
    items.item(frame.payload());
}

/// Decodes frames from one buffer.
///
/// # Panics
/// If the stream does not consist of complete event frames.
pub fn frames(stream: &[u8], items: &mut Items) {
    for frame in Frames::new(stream, Limits::default()) {
        take(&frame.expect("a frame"), items);
    }
}

/// Decodes frames one by one, without a cache of header blocks.
///
/// # Panics
/// As [`frames`].
pub fn frames_one_by_one(mut stream: &[u8], items: &mut Items) {
    while let Status::Complete((frame, length)) = Frame::parse(stream, Limits::default()).expect("a frame") {
        take(&frame, items);
        stream = &stream[length..];
    }
}

/// Decodes frames from chunks.
///
/// # Panics
/// As [`frames`].
pub fn frames_of_chunks<'a>(chunks: impl Iterator<Item = &'a [u8]>, items: &mut Items) {
    let mut decoder = FrameDecoder::new();
    for mut chunk in chunks {
        while let Some(frame) = decoder.next_frame(&mut chunk).expect("a frame") {
            take(&frame, items);
        }
    }
    decoder.finish().expect("a whole stream");
}

/// Decodes events from chunks. The items are the text of each delta, including the input of a tool use, and the type of each
/// other event.
///
/// # Panics
/// As [`frames`].
pub fn events<'a>(chunks: impl Iterator<Item = &'a [u8]>, items: &mut Items) {
    let mut decoder = EventDecoder::new();
    for mut chunk in chunks {
        while let Some(event) = decoder.next_event(&mut chunk).expect("a good stream") {
            items.item(item_of(&event));
        }
    }
}

fn item_of<'a>(event: &'a StreamEvent<'_>) -> &'a [u8] {
    let StreamEvent::ContentBlockDelta(delta) = event else { return event.event_type().as_bytes() };
    match &delta.delta {
        ContentBlockDelta::Text(text) => text.as_bytes(),
        ContentBlockDelta::ToolUse(delta) => delta.input.as_bytes(),
        ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::Text(text)) => text.as_bytes(),
        _ => event.event_type().as_bytes(),
    }
}

/// Decodes and assembles a message.
///
/// # Panics
/// If the stream is not one complete message.
pub fn assemble<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> AssembledMessage {
    let (mut decoder, mut assembler) = (EventDecoder::new(), MessageAssembler::new());
    for mut chunk in chunks {
        while let Some(event) = decoder.next_event(&mut chunk).expect("a good stream") {
            assembler.push(event);
        }
    }
    decoder.finish().expect("a whole stream");
    assembler.finish().expect("a whole message")
}
