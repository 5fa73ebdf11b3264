//! `barerock-reqwest`: `client-reqwest client|streams URL CALLS`.

use barerock_reqwest::{ReqwestTransport, tls};

fn main() {
    barerock_bench_clients::run(|certificates| match certificates {
        Some(pem) => {
            let roots = tls::ca_bundle(pem).expect("certificates");
            let config = tls::client_config(roots).expect("a configuration");
            ReqwestTransport::client_builder_with_tls(config).build().expect("a client").into()
        }
        None => ReqwestTransport::new(),
    });
}
