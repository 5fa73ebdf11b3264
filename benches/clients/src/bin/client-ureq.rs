//! `barerock-ureq`, without an async runtime: `client-ureq client|streams URL CALLS`. Concurrent streams have one thread each.

use std::thread;

use barerock_bench_clients::{REGION, arguments, credentials, item_of, request};
use barerock_bench_protocol::{Calls, WholeProgram};
use barerock_ureq::Client;

/// Stack size of a thread, in bytes.
const STACK: usize = 512 * 1024;

fn main() {
    let WholeProgram { url, calls, at_once } = arguments();
    let client = Client::builder().region(REGION).endpoint_url(url).credentials(credentials());
    let client = Client::from(client.build().expect("a client"));
    let mut measured = Calls::default();
    if at_once {
        let one = |number| {
            let mut measured = Calls::of_stream(number);
            stream(&client, &mut measured);
            measured
        };
        thread::scope(|scope| {
            let start = |number| {
                thread::Builder::new()
                    .stack_size(STACK)
                    .spawn_scoped(scope, move || one(number))
                    .expect("a thread")
            };
            let streams: Vec<_> = (0..calls).map(start).collect();
            for stream in streams {
                measured.merge(stream.join().expect("a stream"));
            }
        });
    } else {
        for _ in 0..calls {
            stream(&client, &mut measured);
        }
    }
    println!("{}", measured.into_json());
}

fn stream(client: &Client, measured: &mut Calls) {
    measured.begin();
    for event in client.converse_stream(&request()).expect("a response") {
        measured.item(item_of(&event.expect("a good stream")));
    }
}
