//! `barerock-hyper`: `client-hyper client|streams|connected URL CALLS`.

use barerock_hyper::HyperTransport;

fn main() {
    barerock_bench_clients::run(|certificates| match certificates {
        Some(pem) => HyperTransport::with_ca_bundle(pem).expect("certificates").build(),
        None => HyperTransport::new(),
    });
}
