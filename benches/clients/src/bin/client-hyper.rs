//! `barerock-hyper`: `client-hyper client URL CALLS`.

fn main() {
    barerock_bench_clients::run(barerock_hyper::HyperTransport::new);
}
