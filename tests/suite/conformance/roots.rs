//! Tests of root stores: the system's in transports, and Amazon's.
//!
//! An environment variable of the process names the system's roots, so each test of them runs its second half in a new process.

use std::process::Command;

use barerock::sigv4::PayloadHash;
use barerock::transport::ProxyRules;
use barerock_hyper::HyperTransport;
use barerock_replay::Tls;
use barerock_reqwest::{ReqwestTransport, tls};
use barerock_ureq::UreqTransport;

use super::server::{Bedrock, question};
use super::stacks::{Hyper, Reqwest, Stack, Ureq, client};

/// SHA-256 of the roots' public keys, as https://www.amazontrust.com/repository/ lists them.
const AMAZON_KEYS: [&str; 5] = [
    "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2",
    "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461",
    "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9",
    "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5",
    "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92",
];

/// The variable with the server's URL for the new process.
const URL: &str = "BAREROCK_TESTS_URL";

/// The error if the system has no roots.
const NO_ROOTS: &str = "no system root certificates";

/// Runs the test in a new process with the system's roots in this file, and returns its output.
fn again(name: &str, url: &str, roots: &std::path::Path) -> (bool, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(URL, url)
        .env("SSL_CERT_FILE", roots)
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("1 test"), "{said}");
    (output.status.success(), said)
}

#[expect(clippy::disallowed_methods, reason = "how the process that asks hears where to ask")]
fn asked_url() -> Option<String> {
    std::env::var(URL).ok()
}

/// Runs a test's second half in a process of its own, with roots that have the server's authority, another one, and none.
fn with_roots_of_the_system<S: Stack>(name: &str, transport: impl FnOnce() -> S::Transport) {
    if let Some(url) = asked_url() {
        let client = client(transport(), &url).build().unwrap();
        assert!(S::run(client.converse(&question())).unwrap().text().contains("GraphQL"));
        return;
    }
    let (tls, other) = (Tls::generate().unwrap(), Tls::generate().unwrap());
    let bedrock = Bedrock::listen("127.0.0.1:0", &[], |replay| replay.tls(tls.clone()));
    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    for (pem, words) in [(tls.ca_pem(), None), (other.ca_pem(), Some("no connection")), ("", Some(NO_ROOTS))]
    {
        std::fs::write(&roots, pem).unwrap();
        let (is_trusted, said) = again(name, &bedrock.url(), &roots);
        assert_eq!(is_trusted, words.is_none(), "{said}");
        assert!(said.contains(words.unwrap_or_default()), "{said}");
    }
}

#[test]
fn hyper_trusts_them() {
    with_roots_of_the_system::<Hyper>("conformance::roots::hyper_trusts_them", || {
        HyperTransport::with_native_roots().unwrap_or_else(|error| panic!("{error}")).build()
    });
}

#[test]
fn reqwest_trusts_them() {
    with_roots_of_the_system::<Reqwest>("conformance::roots::reqwest_trusts_them", || {
        let roots = tls::native_roots().unwrap_or_else(|error| panic!("{error}"));
        let client = ReqwestTransport::client_builder_with_tls(tls::client_config(roots).unwrap());
        client.build().unwrap().into()
    });
}

#[test]
fn ureq_trusts_them() {
    with_roots_of_the_system::<Ureq>("conformance::roots::ureq_trusts_them", || {
        UreqTransport::with_native_roots()
            .unwrap_or_else(|error| panic!("{error}"))
            .proxy(ProxyRules::default())
            .unwrap()
            .build()
    });
}

#[test]
fn amazons_keys_are_those_that_it_publishes() {
    for (root, published) in tls::amazon_roots().roots.iter().zip(AMAZON_KEYS) {
        let key = &root.subject_public_key_info;
        // A sequence in DER: its tag, its length, its contents.
        let [high, low] = u16::try_from(key.len()).unwrap().to_be_bytes();
        let length = match key.len() {
            0..128 => vec![low],
            128..256 => vec![0x81, low],
            _ => vec![0x82, high, low],
        };
        let sequence = [&[0x30], length.as_slice(), key].concat();
        assert_eq!(PayloadHash::of(&sequence).as_str(), published, "{:?}", root.subject);
    }
}
