//! Fuzzes streams that end in arbitrary bytes, split into chunks of arbitrary sizes: the chunks do not affect the result.
#![no_main]

use barerock_fuzz::{chunked, sealed, whole};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let (cuts, tail) = input.split_at(input.len() / 2);
    let mut stream = Vec::new();
    for payload in tail.chunks(40).take(8) {
        stream.extend(sealed(b"\x0d:message-type\x07\x00\x05event", payload));
    }
    stream.extend_from_slice(tail);

    let mut rest = &stream[..];
    let mut sizes = cuts.iter().map(|size| usize::from(*size)).chain(std::iter::repeat(1_000));
    let chunks = std::iter::from_fn(|| {
        if rest.is_empty() {
            return None;
        }
        let (chunk, after) = rest.split_at(sizes.next()?.min(rest.len()));
        rest = after;
        Some(chunk)
    });
    let (frames, error) = chunked(chunks);
    let (expected_frames, expected_error) = whole(&stream);
    assert_eq!(frames, expected_frames);
    // The guess of the format depends on how many bytes were received at the error.
    let where_and_what = |error: barerock_eventstream::DecodeError| (*error.kind(), error.stream_offset());
    assert_eq!(error.map(where_and_what), expected_error.map(where_and_what));
});
