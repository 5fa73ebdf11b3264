//! Tests that an error says which hop failed: the endpoint, TLS with it, or the proxy.

use barerock::{Client, RetryPolicy};
use barerock_replay::Tls;
use barerock_test_data::ClosedPort;

use super::answers::chain;
use super::over_every_stack;
use super::server::{Bedrock, REGION, question};
use super::stacks::{Settings, Stack};
use super::tap::always;

over_every_stack![an_error_names_the_hop_that_failed];

/// A failure, with the texts that the error and its causes contain and do not contain.
struct Case {
    what: &'static str,
    endpoint: String,
    proxy: Option<String>,
    ca_pem: Option<String>,
    says: Vec<String>,
    says_not: Vec<&'static str>,
}

fn an_error_names_the_hop_that_failed<S: Stack>() {
    let tls = Tls::generate_for(&["localhost", "127.0.0.1"]).unwrap();
    let other = Tls::generate_for(&["localhost", "127.0.0.1"]).unwrap();
    let bedrock = Bedrock::start_with(&[], |replay| replay.tls(tls.clone()));
    let redirect =
        always("HTTP/1.1 302 Found\r\nlocation: https://login.invalid/\r\ncontent-length: 0\r\n\r\n");
    let refusal = always("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    let closed = ClosedPort::new();
    let nobody = closed.address().to_string();
    let proxy = refusal.url().replace("http://", "");
    let endpoint = redirect.url().replace("http://", "");

    let cases = [
        Case {
            what: "the endpoint redirects",
            endpoint: redirect.url(),
            proxy: None,
            ca_pem: None,
            says: vec!["status 302 points to https://login.invalid/".into(), endpoint],
            says_not: vec!["proxy", "TLS"],
        },
        Case {
            what: "nothing listens at the endpoint",
            endpoint: format!("http://{nobody}"),
            proxy: None,
            ca_pem: None,
            says: vec![nobody.clone(), "no connection".into(), "refused".into()],
            says_not: vec!["proxy", "certificate"],
        },
        Case {
            what: "the endpoint has another certificate",
            endpoint: bedrock.url(),
            proxy: None,
            ca_pem: Some(other.ca_pem().to_owned()),
            says: vec![bedrock.url().replace("https://", ""), "certificate".into()],
            says_not: vec!["proxy", "refused"],
        },
        Case {
            what: "the proxy refuses",
            endpoint: "https://bedrock.invalid".into(),
            proxy: Some(refusal.url()),
            ca_pem: None,
            says: vec![format!("proxy {proxy}"), "tunnel".into()],
            says_not: vec!["certificate", "TLS handshake"],
        },
        Case {
            what: "nothing listens at the proxy",
            endpoint: "https://bedrock.invalid".into(),
            proxy: Some(format!("http://me:SQUIRREL-2@{nobody}")),
            ca_pem: None,
            says: vec![format!("proxy {nobody}"), "refused".into()],
            says_not: vec!["certificate", "TLS handshake", "SQUIRREL"],
        },
    ];
    for case in cases {
        let settings = Settings {
            ca_pem: case.ca_pem,
            proxy: case.proxy.map(|url| (url, String::new())),
            ..Settings::default()
        };
        let builder = Client::builder(S::set_up(&settings)).region(REGION).endpoint_url(case.endpoint);
        let client =
            builder.no_sign_request().retry(RetryPolicy::standard().max_attempts(1)).build().unwrap();
        let error = chain(&S::run(client.converse(&question())).unwrap_err());
        for text in &case.says {
            assert!(error.contains(text), "{}: no \"{text}\" in {error}", case.what);
        }
        for text in case.says_not {
            assert!(!error.contains(text), "{}: \"{text}\" in {error}", case.what);
        }
    }
}
