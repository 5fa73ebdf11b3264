//! Tests of transports built from the shared configuration: each uses its CA bundle and its proxies, as `Config::proxy` says.

use barerock::{Client, Endpoint, Error, ErrorKind, Transport};
use barerock_config::{Config, ConfigError, Profiles};
use barerock_hyper::HyperTransport;
use barerock_replay::Tls;
use barerock_reqwest::ReqwestTransport;
use barerock_ureq::UreqTransport;

use super::answers::chain;
use super::server::{Bedrock, question};
use super::stacks::{Hyper, Reqwest, Stack, Ureq};

fn config(variables: &[(&str, &str)]) -> Config {
    let keys = [
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "SQUIRREL"),
        ("AWS_SESSION_TOKEN", "WALRUS"),
    ];
    let environment = variables.iter().copied().chain(keys).collect();
    Config::loader().environment(environment).resolve(Profiles::default()).unwrap()
}

/// Returns the outcome of a call with a configuration.
fn call<S: Stack>(
    config: &Config,
    transport: fn(&Config) -> Result<S::Transport, ConfigError>,
) -> Result<String, Error>
where
    S::Transport: Transport,
{
    let transport = S::run(async { transport(config) }).map_err(Error::from)?;
    let client: Client<_> = config.builder(transport).retry(barerock::RetryPolicy::off()).build()?;
    S::run(client.converse(&question())).map(|response| response.text())
}

fn obeys<S: Stack>(transport: fn(&Config) -> Result<S::Transport, ConfigError>) {
    let (tls, other) = (Tls::generate().unwrap(), Tls::generate().unwrap());
    let bedrock = Bedrock::listen("127.0.0.1:0", &[], |replay| replay.tls(tls.clone()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle.pem");
    let (url, bundle) = (bedrock.url(), path.to_str().unwrap().to_owned());
    let with_bundle = || config(&[("AWS_ENDPOINT_URL", &url), ("AWS_CA_BUNDLE", &bundle)]);

    std::fs::write(&path, tls.ca_pem()).unwrap();
    assert!(call::<S>(&with_bundle(), transport).unwrap().contains("GraphQL"));
    std::fs::write(&path, other.ca_pem()).unwrap();
    let untrusted = call::<S>(&with_bundle(), transport).unwrap_err();
    assert_eq!(untrusted.kind(), ErrorKind::Transport, "{untrusted}");
    let without = call::<S>(&config(&[("AWS_ENDPOINT_URL", &url)]), transport).unwrap_err();
    assert_eq!(without.kind(), ErrorKind::Transport, "{without}");
    std::fs::write(&path, "no PEM").unwrap();
    let broken = call::<S>(&with_bundle(), transport).unwrap_err();
    assert!(broken.to_string().starts_with(&format!("AWS_CA_BUNDLE: {bundle}: ")), "{broken}");
    assert_eq!(broken.kind(), ErrorKind::Request);

    // There is no listener.
    let endpoint = ("AWS_ENDPOINT_URL", "https://bedrock.example");
    let proxied = call::<S>(&config(&[endpoint, ("HTTPS_PROXY", "http://127.0.0.1:9")]), transport);
    let proxied = proxied.unwrap_err();
    assert!(chain(&proxied).contains("127.0.0.1:9"), "{}", chain(&proxied));
    for proxy in ["http://a:b", "gopher://a:1", "http://"] {
        let config = config(&[endpoint, ("HTTPS_PROXY", proxy)]);
        let refused = call::<S>(&config, transport).unwrap_err().to_string();
        let endpoint = Endpoint::custom(endpoint.1).unwrap();
        assert_eq!(config.proxy(&endpoint).unwrap_err().to_string(), refused, "{proxy}");
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    barerock_ureq::block_on(future)
}

#[test]
fn hyper() {
    obeys::<Hyper>(|config| wait(HyperTransport::from_config(config)));
}

#[test]
fn reqwest() {
    obeys::<Reqwest>(|config| wait(ReqwestTransport::from_config(config)));
}

#[test]
fn ureq() {
    obeys::<Ureq>(UreqTransport::from_config);
}
