//! `barerock-ureq`, without an async runtime: `client-ureq client URL CALLS`.

use barerock_bench_clients::{REGION, arguments, credentials, item_of, request};
use barerock_bench_protocol::Calls;
use barerock_ureq::Client;

fn main() {
    let (url, calls) = arguments();
    let client = Client::builder().region(REGION).endpoint_url(url).credentials(credentials());
    let client = Client::from(client.build().expect("a client"));
    let (request, mut measured) = (request(), Calls::default());
    for _ in 0..calls {
        measured.begin();
        for event in client.converse_stream(&request).expect("a response") {
            measured.item(item_of(&event.expect("a good stream")));
        }
    }
    println!("{}", measured.into_json());
}
