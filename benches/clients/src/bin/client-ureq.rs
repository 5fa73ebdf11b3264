//! `barerock-ureq`, without an async runtime: `client-ureq client|streams|connected URL CALLS`. Concurrent streams have one thread each.

use std::thread;

use barerock_bench_clients::{REGION, arguments, credentials, item_of, request};
use barerock_bench_protocol::{Calls, Mode, WholeProgram, ca_bundle};
use barerock_ureq::{Client, UreqTransport};

/// Stack size of a thread, in bytes.
const STACK: usize = 512 * 1024;

fn main() {
    let WholeProgram { mode, url, calls } = arguments();
    let certificates = ca_bundle();
    let client = || client(&url, certificates.as_deref());
    let mut measured = Calls::default();
    match mode {
        Mode::Sequential => {
            let client = client();
            (0..calls).for_each(|_| stream(&client, &mut measured));
        }
        Mode::Connected => {
            for _ in 0..calls {
                let client = client();
                client.connect().expect("a connection");
                stream(&client, &mut measured);
            }
        }
        Mode::AtOnce => at_once(&client(), calls, &mut measured),
    }
    println!("{}", measured.into_json());
}

fn client(url: &str, certificates: Option<&[u8]>) -> Client {
    let transport = match certificates {
        Some(pem) => UreqTransport::with_ca_bundle(pem).expect("certificates").build(),
        None => UreqTransport::new(),
    };
    let builder =
        barerock::Client::builder(transport).region(REGION).endpoint_url(url).credentials(credentials());
    Client::from(builder.build().expect("a client"))
}

fn at_once(client: &Client, calls: u64, measured: &mut Calls) {
    let one = |number| {
        let mut measured = Calls::of_stream(number);
        stream(client, &mut measured);
        measured
    };
    thread::scope(|scope| {
        let start = |number| {
            let thread = thread::Builder::new().stack_size(STACK);
            thread.spawn_scoped(scope, move || one(number)).expect("a thread")
        };
        let streams: Vec<_> = (0..calls).map(start).collect();
        for stream in streams {
            measured.merge(stream.join().expect("a stream"));
        }
    });
}

fn stream(client: &Client, measured: &mut Calls) {
    measured.begin();
    let mut stream = client.converse_stream(&request()).expect("a response");
    while let Some(event) = stream.next_event().expect("a good stream") {
        measured.item(item_of(&event));
    }
}
