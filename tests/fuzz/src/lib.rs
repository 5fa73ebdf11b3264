//! Shared code of the fuzz targets: frames with valid CRCs around arbitrary bytes, and checks for arbitrary bytes.

use barerock_audit::Fields;
use barerock_eventstream::{
    DecodeError, Frame, FrameDecoder, FrameEncoder, Frames, Header, Limits, OwnedFrame,
};

/// Builds a frame with this header block and payload, and valid lengths and CRCs.
#[must_use]
pub fn sealed(block: &[u8], payload: &[u8]) -> Vec<u8> {
    let length = |bytes: usize| u32::try_from(bytes).expect("an input far under 4 GiB").to_be_bytes();
    let mut frame = length(16 + block.len() + payload.len()).to_vec();
    frame.extend(length(block.len()));
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame.extend_from_slice(block);
    frame.extend_from_slice(payload);
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame
}

/// Builds the header block of an event of this type.
#[must_use]
pub fn event_headers(event_type: &str) -> Vec<u8> {
    let headers =
        [(":event-type", event_type), (":content-type", "application/json"), (":message-type", "event")];
    let headers = headers.map(|(name, value)| Header::new(name, value));
    let frame = FrameEncoder::new().encode(&headers, &[]).expect("a good frame");
    frame[12..frame.len() - 4].to_vec()
}

/// Result of decoding a stream: frames, and the error that ended it, if any.
pub type Decoded = (Vec<OwnedFrame>, Option<DecodeError>);

/// Decodes a complete stream in memory.
#[must_use]
pub fn whole(stream: &[u8]) -> Decoded {
    let mut frames = Vec::new();
    for frame in Frames::new(stream, Limits::default()) {
        match frame {
            Ok(frame) => frames.push(frame.to_owned()),
            Err(error) => return (frames, Some(error)),
        }
    }
    (frames, None)
}

/// Decodes a stream in these chunks.
#[must_use]
pub fn chunked<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> Decoded {
    let mut frames = Vec::new();
    let mut decoder = FrameDecoder::new();
    for mut chunk in chunks {
        loop {
            match decoder.next_frame(&mut chunk) {
                Ok(Some(frame)) => frames.push(frame.to_owned()),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(decoder.next_frame(&mut chunk).expect_err("a poisoned decoder"), error);
                    assert_eq!(decoder.finish().expect_err("a poisoned decoder"), error);
                    return (frames, Some(error));
                }
            }
        }
    }
    (frames, decoder.finish().err())
}

/// Checks the invariants for a stream of arbitrary bytes.
pub fn check(stream: &[u8]) {
    let (frames, error) = whole(stream);
    let decoded: usize = frames.iter().map(|frame| frame.as_frame().as_bytes().len()).sum();
    match error {
        None => assert_eq!(decoded, stream.len(), "bytes lost"),
        Some(error) => {
            assert!(error.stream_offset() >= decoded as u64 && error.stream_offset() <= stream.len() as u64);
            assert_eq!(error.stream_offset() - error.frame_offset(), decoded as u64);
            assert!(!error.to_string().is_empty());
            if error.is_truncated() {
                assert_eq!(error.stream_offset(), stream.len() as u64);
            }
        }
    }
    frames.iter().for_each(|frame| check_frame(&frame.as_frame()));
    let mut end = 0;
    for field in Fields::new(stream, Limits::default()) {
        assert_eq!(field.range.start, end, "a gap before {field:?}");
        assert!(field.range.end > end);
        end = field.range.end;
    }
    assert_eq!(end, stream.len(), "bytes without a field");
}

/// Checks the invariant for an accepted frame: encoding it again results in the same bytes.
fn check_frame(frame: &Frame<'_>) {
    let headers: Vec<Header<'_>> = frame.headers().collect();
    let encoded = FrameEncoder::new().encode(&headers, frame.payload()).expect("a frame within the limits");
    assert_eq!(encoded, frame.as_bytes());
    for header in headers {
        assert_eq!(frame.header(header.name), Some(header.value));
    }
    let _ = (frame.kind(), frame.content_type(), format!("{frame:?}"));
}
