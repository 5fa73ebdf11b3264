//! Tests of the verdicts for the stream fixtures, complete and with every kind of damage.

use barerock_converse::stream::Verdict;
use barerock_test_data::report_cases;
use barerock_tests::decoding::decode;
use barerock_tests::fixtures::{body, good_streams};

/// Maximum length of streams that are truncated at every byte, which takes quadratic time.
const SHORT: usize = 5_000;

/// Returns the start offsets of the frames of a stream, and the end offset of the last.
fn frame_edges(stream: &[u8]) -> Vec<usize> {
    let mut edges = vec![0];
    while let Some(length) = stream[edges[edges.len() - 1]..].first_chunk::<4>() {
        edges.push(edges[edges.len() - 1] + usize::try_from(u32::from_be_bytes(*length)).unwrap());
    }
    assert_eq!(edges.last(), Some(&stream.len()));
    edges
}

/// Returns the end offset of the frame with messageStop.
fn end_of_message(stream: &[u8], edges: &[usize]) -> usize {
    let holds = |frame: &[u8]| frame.windows(11).any(|window| window == b"messageStop");
    let edge = edges.windows(2).find(|edge| holds(&stream[edge[0]..edge[1]]));
    edge.unwrap()[1]
}

#[test]
fn good_streams_are_complete_in_chunks_of_any_size() {
    for (name, stream) in good_streams(SHORT) {
        let whole = decode(&stream, usize::MAX);
        assert_eq!(whole.verdict(), Verdict::Complete, "{name}");
        assert_eq!(whole.events, frame_edges(&stream).len() - 1, "{name}");
        for chunk in 1..300 {
            let cut = decode(&stream, chunk);
            assert_eq!(
                (cut.verdict(), cut.events),
                (Verdict::Complete, whole.events),
                "{name}, chunks of {chunk}"
            );
            assert_eq!(cut.message, whole.message, "{name}, chunks of {chunk}");
        }
    }
}

#[test]
fn every_cut_has_its_verdict() {
    let mut cuts = 0;
    for (name, stream) in good_streams(SHORT) {
        let edges = frame_edges(&stream);
        let end = end_of_message(&stream, &edges);
        let whole = decode(&stream, usize::MAX).message.text();
        for cut in 0..stream.len() {
            let outcome = decode(&stream[..cut], usize::MAX);
            let expected = match (edges.contains(&cut), cut >= end) {
                (true, true) => Verdict::Complete,
                (true, false) => Verdict::EndedEarly,
                (false, _) => Verdict::Truncated,
            };
            assert_eq!(outcome.verdict(), expected, "{name}, cut at {cut}");
            assert!(whole.starts_with(&outcome.message.text()), "{name}, cut at {cut}");
            assert_eq!(outcome.events, edges.iter().filter(|edge| (1..=cut).contains(*edge)).count());
            if let Err(error) = &outcome.end {
                let text = error.to_string();
                assert!(text.contains("offset"), "{name}, cut at {cut}: {text}");
            }
            cuts += 1;
        }
    }
    report_cases(cuts, "cuts of fixtures");
}

#[test]
fn every_flipped_bit_of_a_frame_is_corrupt() {
    let stream = body("tutorial-tool-stream-turn-1");
    let edges = frame_edges(&stream);
    // A frame in the middle, with complete frames before and after it.
    let frame = edges[3]..edges[4];
    for bit in frame.start * 8..frame.end * 8 {
        let mut flipped = stream.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let outcome = decode(&flipped, usize::MAX);
        assert_eq!((outcome.verdict(), outcome.events), (Verdict::Corrupt, 3), "bit {bit}");
    }
    report_cases(frame.len() * 8, "flipped bits of a frame");
}

#[test]
fn broken_streams_end_as_they_were_made_to() {
    for (name, verdict, text) in [
        ("error-stream-model-error", Verdict::Exception, "ModelStreamErrorException"),
        ("error-stream-throttling", Verdict::Exception, "ThrottlingException"),
        ("error-stream-error-frame", Verdict::Error, "error frame"),
        ("error-stream-ended-early", Verdict::EndedEarly, "without messageStop"),
        ("error-stream-truncated", Verdict::Truncated, "offset"),
        ("error-stream-unknown-operation", Verdict::NotAnEventStream, "JSON"),
    ] {
        let outcome = decode(&body(name), 64);
        assert_eq!(outcome.verdict(), verdict, "{name}");
        let error = outcome.end.unwrap_err().to_string();
        assert!(error.contains(text), "{name}: {error}");
    }
}
