//! Fuzzes streams of arbitrary bytes whose CRCs are corrected, so that the checks after them are reached. Lengths within the
//! stream are not changed.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let mut stream = input.to_vec();
    let mut start = 0;
    while let Some(frame) = stream.get_mut(start..).filter(|rest| rest.len() >= 16) {
        let prelude_crc = crc32fast::hash(&frame[..8]).to_be_bytes();
        frame[8..12].copy_from_slice(&prelude_crc);
        let length = u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]) as usize;
        if length < 16 || length > frame.len() {
            break;
        }
        let crc = crc32fast::hash(&frame[..length - 4]).to_be_bytes();
        frame[length - 4..length].copy_from_slice(&crc);
        start += length;
    }
    barerock_fuzz::check(&stream);
});
