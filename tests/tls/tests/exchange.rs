//! A whole exchange over TLS, and which library did it.

use barerock::types::Message;
use barerock::{Client, ConverseRequest, Credentials};
use barerock_hyper::HyperTransport;
use barerock_replay::{Fixture, Fixtures, ReplayServer, Tls};
use barerock_tls::{ca_bundle, client_config};
use rustls::ClientConfig;

const MODEL: &str = "us.anthropic.claude-sonnet-4-6";

fn config(tls: &Tls) -> ClientConfig {
    client_config(ca_bundle(tls.ca_pem().as_bytes()).unwrap()).unwrap()
}

#[test]
fn a_stream_comes_over_tls() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let tls = Tls::generate().unwrap();
        let trusting = HyperTransport::with_tls(config(&tls)).build();
        let replay =
            ReplayServer::builder().fixtures(Fixtures::new([Fixture::text(MODEL, "Sealed.")])).tls(tls);
        let replay = replay.bind("127.0.0.1:0").await.unwrap();
        let client = |transport| {
            let credentials = Credentials::new("AKIDEXAMPLE", "SQUIRREL", None);
            let builder = Client::builder(transport).region("us-east-1").credentials(credentials);
            builder.endpoint_url(replay.url()).build().unwrap()
        };
        let request = ConverseRequest::new(MODEL, [Message::user("Hello")]);
        let stream = client(trusting).converse_stream(&request).await.unwrap();
        assert_eq!(stream.into_message().await.unwrap().text(), "Sealed.");
        let error = client(HyperTransport::new()).connect().await.unwrap_err();
        assert!(
            std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source())
                .any(|error| error.to_string().contains("UnknownIssuer"))
        );
    });
}

#[test]
fn the_library_is_the_chosen_one() {
    let config = config(&Tls::generate().unwrap());
    let random = format!("{:?}", config.crypto_provider().secure_random);
    assert_eq!(random, if cfg!(feature = "aws-lc-rs") { "AwsLcRs" } else { "Ring" });
    assert!(!config.fips());
}
