//! Tests of changed, truncated and differently chunked streams.

use barerock_eventstream::{DecodeErrorKind, FrameEncoder, Frames, Limits, OwnedFrame};
use barerock_tests::eventstream::{decode, stream};
use proptest::prelude::*;

fn whole(stream: &[u8]) -> Vec<OwnedFrame> {
    Frames::new(stream, Limits::default()).map(|frame| frame.expect("a good frame").to_owned()).collect()
}

fn offset(bytes: usize) -> u64 {
    u64::try_from(bytes).expect("a length")
}

#[test]
fn every_flipped_bit_is_refused() {
    let stream = stream();
    let frames = whole(&stream);
    let mut start = 0;
    for (position, frame) in frames.iter().enumerate() {
        let length = frame.as_frame().as_bytes().len();
        for bit in 0..length * 8 {
            let mut changed = stream.clone();
            changed[start + bit / 8] ^= 1 << (bit % 8);
            let (found, error) = decode([&changed[..]], Limits::default());
            let error = error.unwrap_or_else(|| panic!("bit {bit} of frame {position} was not missed"));
            assert_eq!(found, frames[..position], "frames before the fault are whole, and none comes after");
            assert_eq!(error.stream_offset() - error.frame_offset(), offset(start));
            let is_crc = matches!(
                error.kind(),
                DecodeErrorKind::PreludeCrc { .. } | DecodeErrorKind::MessageCrc { .. }
            );
            assert!(is_crc, "bit {bit} of frame {position}: {error}");
        }
        start += length;
    }
}

#[test]
fn every_cut_is_truncated_where_it_is() {
    let stream = stream();
    let frames = whole(&stream);
    let ends: Vec<usize> = frames
        .iter()
        .scan(0, |end, frame| {
            *end += frame.as_frame().as_bytes().len();
            Some(*end)
        })
        .collect();
    for end in 0..=stream.len() {
        let (found, error) = decode([&stream[..end]], Limits::default());
        let before = ends.iter().filter(|other| **other <= end).count();
        assert_eq!(found, frames[..before]);
        if end == 0 || ends.contains(&end) {
            assert_eq!(error, None, "cut between frames, at {end}");
            continue;
        }
        let error = error.unwrap_or_else(|| panic!("the cut at {end} was missed"));
        assert!(error.is_truncated(), "{error}");
        assert_eq!(error.stream_offset(), offset(end));
        let slice_error = Frames::new(&stream[..end], Limits::default()).last().and_then(Result::err);
        assert_eq!(slice_error, Some(error));
    }
}

#[test]
fn every_chunk_size_gives_the_same_frames() {
    let stream = stream();
    let expected = whole(&stream);
    assert_eq!(expected.len(), 6);
    for size in 1..=300 {
        assert_eq!(decode(stream.chunks(size), Limits::default()), (expected.clone(), None), "size {size}");
    }
}

proptest! {
    #[test]
    fn cuts_anywhere_give_the_same_frames(mut cuts in prop::collection::vec(0_usize..800, 0..40)) {
        let stream = stream();
        cuts.extend([0, stream.len()]);
        cuts.retain(|cut| *cut <= stream.len());
        cuts.sort_unstable();
        let chunks = cuts.windows(2).map(|cut| &stream[cut[0]..cut[1]]);
        prop_assert_eq!(decode(chunks, Limits::default()), (whole(&stream), None));
    }

    #[test]
    fn any_bytes_end_in_an_offset_within_them(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (frames, error) = decode(bytes.chunks(7), Limits::default());
        let decoded: usize = frames.iter().map(|frame| frame.as_frame().as_bytes().len()).sum();
        match error {
            None => prop_assert_eq!(decoded, bytes.len()),
            Some(error) => prop_assert!((offset(decoded)..=offset(bytes.len())).contains(&error.stream_offset())),
        }
    }
}

/// Takes hours if the decoder moves or hashes its buffer on every push.
#[test]
fn a_long_frame_in_one_byte_chunks_takes_linear_time() {
    let payload = vec![7; 8 * 1024 * 1024];
    let frame = FrameEncoder::new().encode(&[], &payload).expect("a good frame");
    let (frames, error) = decode(frame.chunks(1), Limits::default());
    assert_eq!((frames.len(), error), (1, None));
}
