//! Tests of the decoder with truncated, corrupt and foreign streams.

use std::string::ToString;
use std::vec;

use super::*;
use crate::{FramePart, Header, MessageKind, encode_frame};

fn stream(frames: usize) -> Vec<u8> {
    let mut stream = vec![];
    for _ in 0..frames {
        encode_frame(&[Header::new(":message-type", "event")], b"payload", &mut stream).unwrap();
    }
    stream
}

const FRAME: usize = 16 + 22 + 7;

fn offset(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap()
}

#[test]
fn frames_come_out_of_one_byte_chunks() {
    let mut decoder = FrameDecoder::new();
    for byte in stream(3) {
        decoder.push(&[byte]);
        let is_ready = decoder.is_ready();
        assert_eq!(is_ready, decoder.clone().next_frame() != Ok(None));
        if let Some(frame) = decoder.next_frame().unwrap() {
            assert_eq!(frame.kind(), MessageKind::Event { event_type: "" });
            assert_eq!(frame.payload(), b"payload");
        }
        assert!(decoder.buffer.len() <= FRAME);
    }
    decoder.finish().unwrap();
    assert_eq!((decoder.frames(), decoder.offset()), (3, offset(3 * FRAME)));
}

#[test]
fn a_drained_buffer_holds_one_frame_and_one_chunk_at_most() {
    let stream = stream(100);
    let mut decoder = FrameDecoder::new();
    for chunk in stream.chunks(70) {
        decoder.push(chunk);
        assert!(decoder.buffer.len() < FRAME + 70, "{}", decoder.buffer.len());
        while decoder.next_frame().unwrap().is_some() {}
        assert!(decoder.buffer.len() < FRAME);
    }
    assert_eq!(decoder.frames(), 100);
}

#[test]
fn every_cut_is_told_with_its_part() {
    let stream = stream(2);
    for end in 0..stream.len() {
        let mut decoder = FrameDecoder::new();
        decoder.push(&stream[..end]);
        while decoder.next_frame().unwrap().is_some() {}
        let received = end % FRAME;
        if received == 0 {
            decoder.finish().unwrap();
            continue;
        }
        let error = decoder.finish().unwrap_err();
        let part = match received {
            0..12 => FramePart::Prelude,
            12..34 => FramePart::Headers,
            34..41 => FramePart::Payload,
            _ => FramePart::MessageCrc,
        };
        let received = u32::try_from(received).unwrap();
        let needed = if received < 12 { 12 } else { u32::try_from(FRAME).unwrap() };
        assert_eq!(*error.kind(), DecodeErrorKind::Truncated { part, received, needed });
        assert!(error.is_truncated());
        assert_eq!(error.stream_offset(), offset(end));
        assert_eq!(error.frame_offset(), u64::from(received));
    }
}

#[test]
fn a_fault_poisons() {
    let mut stream = stream(3);
    stream[FRAME + 40] ^= 1;
    let mut decoder = FrameDecoder::new();
    decoder.push(&stream);
    assert!(decoder.next_frame().unwrap().is_some());
    let error = decoder.next_frame().unwrap_err();
    assert_eq!(error.stream_offset(), offset(2 * FRAME - 4));
    assert_eq!(error.frame_offset(), offset(FRAME - 4));
    let buffered = decoder.buffer.len();
    decoder.push(&stream);
    assert_eq!(decoder.buffer.len(), buffered, "a poisoned decoder drops what it is given");
    assert_eq!(decoder.next_frame().unwrap_err(), error);
    assert_eq!(decoder.finish().unwrap_err(), error);
    assert_eq!((decoder.frames(), decoder.offset()), (1, offset(FRAME)));
}

#[test]
fn finishing_with_a_frame_left_is_an_error() {
    let mut decoder = FrameDecoder::new();
    decoder.push(&stream(1));
    let error = decoder.finish().unwrap_err();
    assert_eq!(*error.kind(), DecodeErrorKind::FramesPending);
    assert!(!error.is_truncated());
    assert!(decoder.next_frame().unwrap().is_some());
    decoder.finish().unwrap();
}

// spec-test: eventstream#message-crc
#[test]
fn an_error_says_what_and_where() {
    let mut decoder = FrameDecoder::new();
    decoder.push(br#"{"message":"The security token included in the request is expired"}"#);
    let error = decoder.next_frame().unwrap_err();
    assert_eq!(
        error.to_string(),
        "prelude CRC mismatch: found 65223a22, computed a98fe9c5 (stream offset 8, frame offset 8)"
    );
    assert!(error.kind().is_in_prelude());

    let mut short = FrameDecoder::new();
    short.push(b"{}");
    assert!(short.finish().unwrap_err().kind().is_in_prelude());
}

#[test]
fn a_header_block_is_remembered_only_as_it_was() {
    let mut stream = vec![];
    let kinds = ["a", "a", "b", "a", "b", "b"];
    for event_type in kinds {
        let headers = [Header::new(":message-type", "event"), Header::new(":event-type", event_type)];
        encode_frame(&headers, b"", &mut stream).unwrap();
    }
    let mut decoder = FrameDecoder::new();
    decoder.push(&stream);
    for event_type in kinds {
        assert_eq!(decoder.next_frame().unwrap().unwrap().kind(), MessageKind::Event { event_type });
    }
}

#[test]
fn frames_left_in_the_buffer_take_linear_time() {
    let mut decoder = FrameDecoder::new();
    decoder.push(&stream(1_000));
    let capacity = decoder.buffer.len();
    for _ in 0..1_000 {
        assert!(decoder.next_frame().unwrap().is_some());
        decoder.push(b"");
    }
    // The buffer is moved only after at least half of it was consumed.
    assert!(decoder.buffer.len() <= capacity);
    decoder.finish().unwrap();
}

#[test]
fn a_claimed_length_allocates_nothing() {
    let claimed = crate::FrameEncoder::new().encode(&[], &vec![0; 1 << 20]).unwrap();
    let mut decoder = FrameDecoder::new();
    decoder.push(&claimed[..100]);
    assert!(decoder.next_frame().unwrap().is_none());
    assert!(decoder.buffer.capacity() < 1_000, "{}", decoder.buffer.capacity());
}
