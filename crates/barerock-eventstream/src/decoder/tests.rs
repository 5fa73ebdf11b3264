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
        if let Some(frame) = decoder.next_frame(&mut &[byte][..]).unwrap() {
            assert_eq!(frame.kind(), MessageKind::Event { event_type: "" });
            assert_eq!(frame.payload(), b"payload");
        }
        assert!(decoder.buffer.len() <= FRAME);
    }
    decoder.finish().unwrap();
    assert_eq!((decoder.frames(), decoder.offset()), (3, offset(3 * FRAME)));
}

#[test]
fn every_cut_is_told_with_its_part() {
    let stream = stream(2);
    for end in 0..stream.len() {
        let mut decoder = FrameDecoder::new();
        let mut chunk = &stream[..end];
        while decoder.next_frame(&mut chunk).unwrap().is_some() {}
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
    let mut chunk = &stream[..];
    let mut decoder = FrameDecoder::new();
    assert!(decoder.next_frame(&mut chunk).unwrap().is_some());
    let error = decoder.next_frame(&mut chunk).unwrap_err();
    assert_eq!(error.stream_offset(), offset(2 * FRAME - 4));
    assert_eq!(error.frame_offset(), offset(FRAME - 4));
    assert_eq!((decoder.unread(), chunk), (&[][..], &stream[FRAME..]), "they begin with the invalid frame");
    assert_eq!(decoder.next_frame(&mut chunk).unwrap_err(), error);
    assert!(decoder.is_ready(&mut chunk));
    assert_eq!((decoder.buffer.len(), chunk), (0, &stream[FRAME..]), "a poisoned decoder takes nothing");
    assert_eq!(decoder.finish().unwrap_err(), error);
    assert_eq!((decoder.frames(), decoder.offset()), (1, offset(FRAME)));
}

#[test]
fn finishing_with_a_frame_left_is_an_error() {
    let stream = stream(1);
    let (mut start, mut end) = stream.split_at(20);
    let mut decoder = FrameDecoder::new();
    assert!(!decoder.is_ready(&mut start));
    assert!(decoder.is_ready(&mut end));
    let error = decoder.finish().unwrap_err();
    assert_eq!(*error.kind(), DecodeErrorKind::FramesPending);
    assert!(!error.is_truncated());
    assert!(decoder.next_frame(&mut end).unwrap().is_some());
    decoder.finish().unwrap();
}

// spec-test: eventstream#message-crc
#[test]
fn an_error_says_what_and_where() {
    let mut decoder = FrameDecoder::new();
    let body = br#"{"message":"The security token included in the request is expired"}"#;
    let error = decoder.next_frame(&mut &body[..]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "prelude CRC mismatch: found 65223a22, computed a98fe9c5 (stream offset 8, frame offset 8)"
    );
    assert!(error.kind().is_in_prelude());

    let mut short = FrameDecoder::new();
    assert_eq!(short.next_frame(&mut &b"{}"[..]), Ok(None));
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
    let (mut decoder, mut chunk) = (FrameDecoder::new(), &stream[..]);
    for event_type in kinds {
        assert_eq!(
            decoder.next_frame(&mut chunk).unwrap().unwrap().kind(),
            MessageKind::Event { event_type }
        );
    }
}

#[test]
fn a_claimed_length_allocates_nothing() {
    let claimed = crate::FrameEncoder::new().encode(&[], &vec![0; 1 << 20]).unwrap();
    let mut decoder = FrameDecoder::new();
    assert!(decoder.next_frame(&mut &claimed[..100]).unwrap().is_none());
    assert!(decoder.buffer.capacity() < 1_000, "{}", decoder.buffer.capacity());
}

/// A stream of frames of several lengths, among them one without headers and payload, followed by `end`.
fn frames_of_many_lengths(end: &[u8]) -> Vec<u8> {
    let mut stream = vec![];
    for (position, length) in [3, 0, 90, 1, 40].into_iter().enumerate() {
        let headers = [Header::new(":message-type", "event"), Header::new(":event-type", "e")];
        encode_frame(&headers[..position % 3], &vec![b'x'; length], &mut stream).unwrap();
    }
    stream.extend_from_slice(end);
    stream
}

/// Frames, and the error that ended decoding with its offset.
type Decoded = (Vec<crate::OwnedFrame>, Option<DecodeError>, u64);

/// Decodes the whole stream with [`Frames`](crate::Frames), which has no chunks.
fn decode_whole(stream: &[u8]) -> Decoded {
    let (mut frames, mut decoded) = (crate::Frames::new(stream, Limits::default()), vec![]);
    while let Some(frame) = frames.next() {
        match frame {
            Ok(frame) => decoded.push(frame.to_owned()),
            Err(error) => return (decoded, Some(error), frames.offset()),
        }
    }
    (decoded, None, frames.offset())
}

/// Decodes chunks. `asks` is whether each frame is first awaited with `is_ready`.
fn decode<'a>(chunks: impl Iterator<Item = &'a [u8]>, asks: bool) -> Decoded {
    let (mut decoder, mut frames) = (FrameDecoder::new(), vec![]);
    for mut chunk in chunks {
        loop {
            let is_ready = asks.then(|| decoder.is_ready(&mut chunk));
            assert!(is_ready != Some(false) || chunk.is_empty());
            let next = decoder.next_frame(&mut chunk);
            assert!(is_ready.is_none_or(|is_ready| is_ready != matches!(next, Ok(None))));
            match next {
                Ok(Some(frame)) => frames.push(frame.to_owned()),
                Ok(None) => {
                    assert!(chunk.is_empty());
                    break;
                }
                Err(error) => {
                    assert_eq!(decoder.next_frame(&mut chunk), Err(error));
                    assert_eq!(decoder.finish(), Err(error));
                    return (frames, Some(error), decoder.offset());
                }
            }
        }
        assert!(decoder.buffer.len() <= 150, "only an incomplete frame is copied");
    }
    (frames, decoder.finish().err(), decoder.offset())
}

#[test]
fn frames_and_errors_do_not_depend_on_the_chunks() {
    let mut broken_payload = stream(1);
    broken_payload[FRAME - 5] ^= 1;
    let mut broken_prelude = stream(1);
    broken_prelude[2] ^= 1;
    let mut two_headers = vec![];
    let repeated = [Header::new("name", 1_i32), Header::new("name", 2_i32)];
    let limits = Limits::default().with_duplicate_headers(true);
    crate::FrameEncoder::with_limits(limits).append(&repeated, b"", &mut two_headers).unwrap();
    for end in [&[][..], &stream(1)[..FRAME - 1], &broken_payload, &broken_prelude, &two_headers] {
        let stream = [frames_of_many_lengths(end), if end.is_empty() { vec![] } else { stream(2) }].concat();
        let expected = decode_whole(&stream);
        assert!(expected.0.len() >= 5);
        for asks in [false, true] {
            for size in 1..=stream.len() {
                assert_eq!(decode(stream.chunks(size), asks), expected, "chunks of {size}");
            }
            for cut in 0..=stream.len() {
                let (start, rest) = stream.split_at(cut);
                assert_eq!(decode([start, rest].into_iter(), asks), expected, "cut at {cut}");
            }
        }
    }
}

#[test]
fn a_frame_within_a_chunk_is_not_copied() {
    let stream = stream(3);
    let (mut start, mut rest) = stream.split_at(20);
    let mut decoder = FrameDecoder::new();
    assert_eq!(decoder.next_frame(&mut start), Ok(None));
    for is_copied in [true, false] {
        let frame = decoder.next_frame(&mut rest).unwrap().unwrap();
        assert_eq!(stream.as_ptr_range().contains(&frame.as_bytes().as_ptr()), !is_copied);
    }
    assert!(decoder.buffer.is_empty());
}

#[test]
fn debug_omits_the_bytes() {
    let (stream, mut decoder) = (stream(1), FrameDecoder::new());
    assert!(decoder.next_frame(&mut &stream[..FRAME - 1]).unwrap().is_none());
    let text = std::format!("{decoder:?}");
    assert!(text.contains("unread: 44") && text.len() < 300, "{text}");
}
