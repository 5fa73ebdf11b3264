//! Tests of TLS certificate verification.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::sync::Arc;

use barerock::transport::ProxyRules;
use barerock::{Error, ErrorKind};
use barerock_hyper::HyperTransport;
use barerock_replay::Tls;
use barerock_reqwest::{ReqwestTransport, tls};
use barerock_tests::fixtures;
use barerock_ureq::UreqTransport;
use rustls::ServerConnection;
use rustls::version::TLS13;

use super::answers::chain;
use super::over_every_stack;
use super::server::{Bedrock, question};
use super::stacks::{Hyper, Reqwest, Settings, Stack, Ureq, client};
use super::tap::{Tap, read_request};
use super::versions::server_config;

over_every_stack![
    a_private_authority,
    nobody_else,
    an_unknown_authority,
    another_host,
    an_expired_certificate,
    an_answer_that_breaks_off
];

fn ask<S: Stack>(address: &str, tls: &Tls, trusted: Option<&str>) -> Result<String, Error> {
    let bedrock = Bedrock::listen(address, &[], |replay| replay.tls(tls.clone()));
    assert!(bedrock.url().starts_with("https://"));
    S::run(async {
        let transport = S::set_up(&Settings { ca_pem: trusted.map(str::to_owned), ..Settings::default() });
        let client = client(transport, &bedrock.url()).build().unwrap();
        let whole = client.converse(&question()).await?.text();
        let streamed = client.converse_stream(&question()).await?.into_message().await?.text();
        assert!(!streamed.is_empty());
        Ok(whole)
    })
}

/// The certificate is rejected, and the chain of causes says why.
fn assert_refused(result: Result<String, Error>, words: &[&str]) {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.is_timeout()), (ErrorKind::Transport, false), "{error}");
    let chain = chain(&error);
    assert!(chain.contains("no connection"), "{chain}");
    let lower = chain.to_lowercase();
    assert!(words.iter().any(|word| lower.contains(word)), "{chain}");
}

fn a_private_authority<S: Stack>() {
    let tls = Tls::generate().unwrap();
    let text = ask::<S>("127.0.0.1:0", &tls, Some(tls.ca_pem())).unwrap();
    assert!(text.contains("GraphQL"));
    ask::<S>("[::1]:0", &tls, Some(tls.ca_pem())).unwrap();
}

fn nobody_else<S: Stack>() {
    let (tls, other) = (Tls::generate().unwrap(), Tls::generate().unwrap());
    assert_refused(
        ask::<S>("127.0.0.1:0", &tls, Some(other.ca_pem())),
        &["unknownissuer", "badsignature", "certificate verify failed"],
    );
}

fn an_unknown_authority<S: Stack>() {
    let tls = Tls::generate().unwrap();
    assert_refused(ask::<S>("127.0.0.1:0", &tls, None), &["unknownissuer", "certificate verify failed"]);
}

/// A transport with Amazon's roots rejects every other authority.
fn assert_only_amazon<S: Stack>(transport: S::Transport) {
    let bedrock = Bedrock::listen("127.0.0.1:0", &[], |replay| replay.tls(Tls::generate().unwrap()));
    let client = client(transport, &bedrock.url()).build().unwrap();
    let result = S::run(async { Ok(client.converse(&question()).await?.text()) });
    assert_refused(result, &["unknownissuer"]);
}

#[test]
fn amazons_roots_are_the_only_ones() {
    let proxies = ProxyRules::default();
    assert_only_amazon::<Hyper>(HyperTransport::with_amazon_roots().build());
    assert_only_amazon::<Ureq>(UreqTransport::with_amazon_roots().proxy(proxies.clone()).unwrap().build());
    let reqwest = ReqwestTransport::client_builder_with_tls(tls::amazon_client_config());
    assert_only_amazon::<Reqwest>(ReqwestTransport::build(reqwest, proxies));
}

fn another_host<S: Stack>() {
    let tls = Tls::generate_for(&["bedrock.example"]).unwrap();
    assert_refused(
        ask::<S>("127.0.0.1:0", &tls, Some(tls.ca_pem())),
        &["not valid for name", "certificate verify failed"],
    );
}

fn an_expired_certificate<S: Stack>() {
    let tls = Tls::generate_expired().unwrap();
    assert_refused(
        ask::<S>("127.0.0.1:0", &tls, Some(tls.ca_pem())),
        &["expired", "certificate verify failed"],
    );
}

/// A body that ends with the connection is complete if TLS closed it, and truncated otherwise. Only for stacks whose TLS
/// distinguishes them.
fn an_answer_that_breaks_off<S: Stack>() {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n\r\n";
    for is_ended in [true, false] {
        let (config, pem) = server_config(&[&TLS13]);
        let config = Arc::new(config);
        let server = Tap::start(move |mut client, _| {
            let mut tls = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::Stream::new(&mut tls, &mut client);
            read_request(&mut stream);
            stream.write_all(HEAD).unwrap();
            stream.write_all(&fixtures::body("chat-stream")).unwrap();
            if is_ended {
                stream.conn.send_close_notify();
            }
            stream.flush().unwrap();
            let _ = client.shutdown(Shutdown::Write);
            let _ = client.read_to_end(&mut Vec::new());
        });
        let settings = Settings { ca_pem: Some(pem), ..Settings::default() };
        let client = client(S::set_up(&settings), &server.url().replace("http:", "https:")).build().unwrap();
        let outcome = S::run(async {
            let mut stream = client.converse_stream(&question()).await?;
            while stream.next_chunk().await?.is_some() {}
            Ok::<_, Error>(())
        });
        assert_eq!(outcome.is_ok(), is_ended || !S::TELLS_A_BREAK, "{outcome:?}");
    }
}
