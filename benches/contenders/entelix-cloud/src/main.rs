//! The contender `entelix-cloud`: `TASK FILE ITERATIONS`.

use std::process::ExitCode;

use barerock_bench_protocol::{Items, Task, main as contender};
use entelix_cloud::bedrock::EventStreamDecoder;

/// Length of a chunk in bytes, as for the others.
const CHUNK: usize = 16 * 1024;

fn frames<'a>(chunks: impl Iterator<Item = &'a [u8]>, items: &mut Items) {
    let mut decoder = EventStreamDecoder::new();
    for chunk in chunks {
        decoder.push(chunk);
        while let Some(frame) = decoder.next_frame().expect("a frame") {
            items.item(&frame.payload);
        }
    }
}

fn task(name: &str, input: Vec<u8>) -> Option<Box<dyn Task>> {
    Some(match name {
        "frames" => Box::new(move |items: &mut Items| frames(std::iter::once(&*input), items)),
        "frames-chunks" => Box::new(move |items: &mut Items| frames(input.chunks(CHUNK), items)),
        _ => return None,
    })
}

fn main() -> ExitCode {
    contender(task)
}
