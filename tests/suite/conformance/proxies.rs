//! Proxies, with a tiny one of our own.

use core::time::Duration;
use std::io::Write as _;
use std::sync::Arc;

use barerock::transport::ProxyRules;
use barerock::{Client, ErrorKind};
use barerock_config::providers::{Io as _, SystemIo};
use barerock_hyper::HyperTransport;
use barerock_replay::{MatchMode, Tls};
use barerock_ureq::UreqTransport;

use super::answers::chain;
use super::over_every_stack;
use super::server::{Bedrock, REGION, question};
use super::stacks::{Hyper, Settings, Stack, client};
use super::tap::{Tap, always, forward, read_request};

over_every_stack![a_tunnel, a_proxy_that_refuses, exceptions_go_straight, no_proxy_for_the_machines_own];

/// Nobody can look this name up: only the proxy knows the way (RFC 6761, 6.4).
const HOST: &str = "bedrock.invalid";
/// The user `me` with the password `SQUIRREL-2`.
const AUTHORIZATION: &str = "Basic bWU6U1FVSVJSRUwtMg==";

/// A proxy that leads every CONNECT with the right password to one server.
fn proxy_to(url: &str) -> Tap {
    let target = url.split_once("://").unwrap().1.to_owned();
    Tap::start(move |mut client, note| {
        let request = read_request(&mut client);
        note.sent(&request);
        let request = String::from_utf8(request).unwrap();
        let authorization = request.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("proxy-authorization").then(|| value.trim())
        });
        if !request.starts_with("CONNECT ") || authorization != Some(AUTHORIZATION) {
            let _ =
                client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
            return;
        }
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
        forward(client, &target, note);
    })
}

fn through(proxy: &Tap, password: &str, exceptions: &str, tls: &Tls) -> Settings {
    let proxy = proxy.url().replace("http://", &format!("http://me:{password}@"));
    Settings {
        ca_pem: Some(tls.ca_pem().to_owned()),
        proxy: Some((proxy, exceptions.to_owned())),
        ..Settings::default()
    }
}

fn a_tunnel<S: Stack>() {
    let tls = Tls::generate_for(&[HOST]).unwrap();
    let bedrock = Bedrock::start_with(&[], |replay| replay.tls(tls.clone()));
    let proxy = proxy_to(&bedrock.url());
    let text = S::run(async {
        let transport = S::set_up(&through(&proxy, "SQUIRREL-2", "other.invalid", &tls));
        let client = client(transport, &format!("https://{HOST}")).build().unwrap();
        client.converse(&question()).await.unwrap();
        client.converse_stream(&question()).await.unwrap().into_message().await.unwrap().text()
    });
    assert!(text.contains("GraphQL"));
    assert_eq!(proxy.connections(), 1, "the tunnel is kept");
    let seen = proxy.seen();
    let seen = String::from_utf8_lossy(&seen[0].sent);
    assert!(seen.starts_with(&format!("CONNECT {HOST}:443 HTTP/1.1\r\n")), "{seen}");
    assert!(seen.len() > 1000 && !seen.contains("Credential="), "the proxy sees no signature");
}

fn a_proxy_that_refuses<S: Stack>() {
    let tls = Tls::generate_for(&[HOST]).unwrap();
    let bedrock = Bedrock::start_with(&[], |replay| replay.tls(tls.clone()));
    let proxy = proxy_to(&bedrock.url());
    let error = S::run(async {
        let transport = S::set_up(&through(&proxy, "HEDGEHOG", "", &tls));
        assert!(!format!("{transport:?}").contains("HEDGEHOG"), "{transport:?}");
        client(transport, &format!("https://{HOST}")).build().unwrap().converse(&question()).await
    });
    let error = error.unwrap_err();
    assert_eq!((error.kind(), error.is_timeout()), (ErrorKind::Transport, false), "{error}");
    let chain = chain(&error);
    assert!(chain.contains("no connection"), "{chain}");
    assert!(!format!("{chain} {error:?}").contains("HEDGEHOG"), "{error:?}");
    assert!(bedrock.requests().is_empty());
}

fn exceptions_go_straight<S: Stack>() {
    let tls = Tls::generate_for(&[HOST]).unwrap();
    let bedrock = Bedrock::start_with(&[], |replay| replay.tls(tls.clone()));
    let proxy = proxy_to(&bedrock.url());
    let error = S::run(async {
        let transport = S::set_up(&through(&proxy, "SQUIRREL-2", HOST, &tls));
        client(transport, &format!("https://{HOST}")).build().unwrap().converse(&question()).await
    });
    // Nobody can look the name up.
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(chain(&error).contains("no connection"), "{}", chain(&error));
    assert_eq!(proxy.connections(), 0);
}

/// Instance metadata and containers: a proxy cannot reach them, and must not read their answers.
fn no_proxy_for_the_machines_own<S: Stack>() {
    const LIMIT: Duration = Duration::from_secs(1);
    let proxy = Tap::start(|_client, _note| {});
    let service = always("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    let io = SystemIo::new(Arc::new(S::set_up(&Settings {
        proxy: Some((proxy.url().replace("http://", "http://me:SQUIRREL-2@"), String::new())),
        ..Settings::default()
    })));
    let ask = async |url: &str| {
        let mut request = http::Request::new(bytes::Bytes::new());
        *request.uri_mut() = url.parse().unwrap();
        io.exchange(request, LIMIT).await
    };
    S::run(async {
        assert_eq!(ask(&format!("{}/latest", service.url())).await.unwrap().body(), "ok");
        // Addresses that are nobody's: whether there is a way to them or not, the proxy is not asked for one.
        for url in ["http://169.254.170.253/", "http://[fd00:ec2::fffd]/"] {
            let _ = ask(url).await;
        }
        assert_eq!(proxy.connections(), 0);
        // Another host's answers come by way of it.
        assert!(ask("https://192.0.2.1/").await.is_err());
        assert_eq!(proxy.connections(), 1);
    });
}

#[test]
fn hyper_gives_a_plain_request_to_the_proxy_whole() {
    let bedrock = Bedrock::start_with(&[], |replay| replay.match_mode(MatchMode::Any));
    let target = bedrock.url();
    let target = target.split_once("://").unwrap().1.to_owned();
    // The replay takes the request as the proxy does, and does not mind the whole URI in it.
    let proxy = Tap::start(move |client, note| forward(client, &target, note));
    let url = proxy.url().replace("http://", "http://me:SQUIRREL-2@");
    let rules = ProxyRules::all(url.parse().unwrap());
    let transport = HyperTransport::builder().proxy(rules).unwrap().build();
    let error = Hyper::run(async {
        let client = Client::builder(transport).region(REGION).endpoint_url(format!("http://{HOST}"));
        client.no_sign_request().build().unwrap().converse(&question()).await
    });
    // The server misses the signature: the request has come to it.
    assert_eq!(error.unwrap_err().service_error().unwrap().status, 403);
    let sent = String::from_utf8(proxy.seen()[0].sent.clone()).unwrap();
    assert!(sent.starts_with(&format!("POST http://{HOST}/model/")), "{sent}");
    assert!(sent.contains(&format!("proxy-authorization: {AUTHORIZATION}\r\n")), "{sent}");
}

#[test]
fn an_unsupported_scheme_is_refused() {
    let rules = || ProxyRules::all("socks5://me:SQUIRREL@127.0.0.1:9".parse().unwrap());
    let hyper = HyperTransport::builder().proxy(rules()).map(drop).unwrap_err();
    let ureq = UreqTransport::builder().proxy(rules()).map(drop).unwrap_err();
    for error in [hyper, ureq] {
        let error = error.to_string();
        assert_eq!(error, "proxy URL: unsupported scheme; expected http://[USER:PASSWORD@]HOST[:PORT]");
    }
}
