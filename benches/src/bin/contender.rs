//! The contenders `barerock` and `floor`: `contender TASK FILE ITERATIONS`. Tasks of the lower bound begin with `floor-`.

use std::process::ExitCode;

use barerock_bench_protocol::{Items, Task, main as contender};
use barerock_benches::inputs::CHUNK;
use barerock_benches::request::{Bare, Call, add};
use barerock_benches::sign::{Borrowed, InPlace, presign, unsigned};
use barerock_benches::{decode, floor, messages};

fn task(name: &str, input: Vec<u8>) -> Option<Box<dyn Task>> {
    Some(match name {
        "floor-frames" => boxed(move |items| floor::crcs(&input, items)),
        "frames" => boxed(move |items| decode::frames(&input, items)),
        "frames-one-by-one" => boxed(move |items| decode::frames_one_by_one(&input, items)),
        "frames-chunks" => boxed(move |items| decode::frames_of_chunks(input.chunks(CHUNK), items)),
        "events" => boxed(move |items| decode::events(input.chunks(CHUNK), items)),
        "assemble" => boxed(move |items| {
            let message = decode::assemble(input.chunks(CHUNK)).message;
            message
                .content
                .iter()
                .filter_map(|block| block.as_text())
                .for_each(|text| items.item(text.as_bytes()));
        }),
        "response" => boxed(move |items| {
            let response = messages::read(&input);
            let text = response.message().and_then(|message| message.content.first()?.as_text());
            items.item(text.expect("a text").as_bytes());
        }),
        "response-serde" => boxed(move |items| {
            let response: messages::DerivedResponse = serde_json::from_slice(&input).expect("a response");
            let messages::DerivedOutput::Message(message) = response.output;
            let messages::DerivedBlock::Text(text) = &message.content[0];
            items.item(text.as_bytes());
        }),
        "floor-sign" => {
            let signed = InPlace::new(false).sign(&mut unsigned(&input));
            let hashes = floor::Hashes::new(&input, signed.canonical_request(), signed.string_to_sign());
            boxed(move |items| hashes.once(items))
        }
        "sign" | "sign-content-sha256" => {
            let mut signer = InPlace::new(name != "sign");
            let mut request = unsigned(&input);
            // Signing again replaces the headers of the previous signature, so that the request need not be rebuilt.
            boxed(move |items| signer.once(&mut request, items))
        }
        "sign-borrowed" => {
            let signer = Borrowed::default();
            boxed(move |items| signer.once(&input, items))
        }
        "presign" => boxed(presign),
        "request-bare" => {
            let mut calls = Bare::default();
            boxed(move |items| sent(&calls.once(), items))
        }
        "request" => {
            let calls = Call::default();
            boxed(move |items| sent(&calls.once(), items))
        }
        _ => return None,
    })
}

fn boxed(task: impl FnMut(&mut Items) + 'static) -> Box<dyn Task> {
    Box::new(task)
}

/// Adds a request: its canonical form once for comparison with other clients, its path and body in each timed iteration.
fn sent(request: &http::Request<bytes::Bytes>, items: &mut Items) {
    if items.is_verified() {
        add(request.uri().path(), request.body(), items);
    } else {
        items.item(request.body());
    }
}

fn main() -> ExitCode {
    contender(task)
}
