//! `barerock-reqwest`: `client-reqwest client URL CALLS`.

fn main() {
    barerock_bench_clients::run(barerock_reqwest::ReqwestTransport::new);
}
