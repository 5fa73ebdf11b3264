//! A whole program: ConverseStream over plain HTTP, like those of `benches/clients`.

use std::io::Write as _;

use aws_sdk_bedrockruntime::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_bedrockruntime::types::{ContentBlock, ConversationRole, Message};
use aws_sdk_bedrockruntime::{Client, Config};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use barerock_bench_protocol::{Calls, Mode, WholeProgram, ca_bundle};
use barerock_benches::request::MODEL;
use barerock_benches::sign::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY};

use crate::in_memory::item_of;

/// Makes the requested calls with one client and prints the measurements.
pub fn run(program: WholeProgram) {
    let WholeProgram { mode, url, calls } = program;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "bench"))
        .endpoint_url(url)
        .http_client(http_client());
    let client = Client::from_conf(config.build());
    let mut measured = Calls::default();
    runtime.block_on(async {
        match mode {
            Mode::AtOnce => {
                let start = |mut measured| {
                    let client = client.clone();
                    tokio::spawn(async move {
                        stream(&client, &mut measured).await;
                        measured
                    })
                };
                measured = Calls::at_once(calls, start).await;
            }
            Mode::Sequential => {
                for _ in 0..calls {
                    stream(&client, &mut measured).await;
                }
            }
            Mode::Connected => {
                eprintln!("the AWS SDK cannot connect ahead");
                std::process::exit(2)
            }
        }
    });
    let _closed = writeln!(std::io::stdout(), "{}", measured.into_json());
}

/// The HTTP client, over TLS if certificates are given.
fn http_client() -> SharedHttpClient {
    let Some(pem) = ca_bundle() else { return Builder::new().build_http() };
    let trusted = TrustStore::empty().with_pem_certificate(pem);
    let context = TlsContext::builder().with_trust_store(trusted).build().expect("certificates");
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(context).build_https()
}

async fn stream(client: &Client, measured: &mut Calls) {
    measured.begin();
    let text = ContentBlock::Text("Hello".to_owned());
    let message = Message::builder().role(ConversationRole::User).content(text).build().expect("a message");
    let call = client.converse_stream().model_id(MODEL).messages(message);
    let mut output = call.send().await.expect("a response");
    while let Some(event) = output.stream.recv().await.expect("a good stream") {
        measured.item(item_of(&event));
    }
}
