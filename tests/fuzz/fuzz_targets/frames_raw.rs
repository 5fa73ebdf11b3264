//! Fuzzes streams of arbitrary bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|stream: &[u8]| {
    barerock_fuzz::check(stream);
    let _ = barerock_converse::looks_like(stream);
});
