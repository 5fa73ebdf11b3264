//! Tests of proxies, with a minimal proxy server.

use core::time::Duration;
use std::io::Write as _;
use std::sync::Arc;

use barerock::transport::ProxyRules;
use barerock::{Client, ErrorKind, RetryPolicy};
use barerock_config::providers::{Io as _, SystemIo};
use barerock_hyper::HyperTransport;
use barerock_replay::{MatchMode, Tls};
use barerock_ureq::UreqTransport;

use rustls::ServerConnection;
use rustls::version::TLS13;

use super::answers::chain;
use super::over_every_stack;
use super::server::{Bedrock, REGION, question};
use super::stacks::{Hyper, Reqwest, Settings, Stack, Ureq, client};
use super::tap::{Tap, always, forward, read_request};
use super::versions::server_config;

over_every_stack![
    a_tunnel,
    a_proxy_that_refuses,
    exceptions_go_straight,
    no_proxy_for_the_machines_own,
    a_tls_failure_names_its_hop,
];

/// A name that the replay accepts as loopback, and that clients reach through a proxy like any other.
const HOST: &str = "bedrock.localhost";
/// The user `me` with the password `SQUIRREL-2`.
const AUTHORIZATION: &str = "Basic bWU6U1FVSVJSRUwtMg==";

/// Starts a proxy that connects every CONNECT with the right password to one server.
fn proxy_to(url: &str) -> Tap {
    proxy_with_status(url, "200 Connection established")
}

/// The same with another status for success.
fn proxy_with_status(url: &str, status: &'static str) -> Tap {
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
        client.write_all(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes()).unwrap();
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
    // The name has no address, or its port has no listener.
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(chain(&error).contains("no connection"), "{}", chain(&error));
    assert_eq!(proxy.connections(), 0);
}

/// Instance metadata and containers: a proxy cannot reach them, and must not read their responses.
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
        // Unassigned addresses: whether they are reachable or not, the proxy gets no request for them.
        for url in ["http://169.254.170.253/", "http://[fd00:ec2::fffd]/"] {
            let _ = ask(url).await;
        }
        assert_eq!(proxy.connections(), 0);
        // Requests to another host use the proxy.
        assert!(ask("https://192.0.2.1/").await.is_err());
        assert_eq!(proxy.connections(), 1);
    });
}

#[test]
fn hyper_gives_a_plain_request_to_the_proxy_whole() {
    let bedrock = Bedrock::start_with(&[], |replay| replay.match_mode(MatchMode::Any));
    let target = bedrock.url();
    let target = target.split_once("://").unwrap().1.to_owned();
    // The replay server takes the place of the proxy: it accepts an absolute URI.
    let proxy = Tap::start(move |client, note| forward(client, &target, note));
    let url = proxy.url().replace("http://", "http://me:SQUIRREL-2@");
    let rules = ProxyRules::all(url.parse().unwrap());
    let transport = HyperTransport::builder().proxy(rules).unwrap().build();
    let error = Hyper::run(async {
        let client = Client::builder(transport).region(REGION).endpoint_url(format!("http://{HOST}"));
        client.no_sign_request().build().unwrap().converse(&question()).await
    });
    // The server reports a missing signature, so the request has reached it.
    assert_eq!(error.unwrap_err().service_error().unwrap().status, 403);
    let sent = String::from_utf8(proxy.seen()[0].sent.clone()).unwrap();
    assert!(sent.starts_with(&format!("POST http://{HOST}/model/")), "{sent}");
    assert!(sent.contains(&format!("proxy-authorization: {AUTHORIZATION}\r\n")), "{sent}");
}

/// Not reqwest: hyper-util, which opens its tunnels, accepts only status 200 and does not report others.
macro_rules! over_own_tunnels {
    ($($case:ident),* $(,)?) => {
        mod own_tunnels_hyper { $(#[test] fn $case() { super::$case::<super::Hyper>(); })* }
        mod own_tunnels_ureq { $(#[test] fn $case() { super::$case::<super::Ureq>(); })* }
    };
}
over_own_tunnels![any_success_opens_a_tunnel, a_refusal_names_proxy_and_status];

fn any_success_opens_a_tunnel<S: Stack>() {
    for status in ["201 Created", "204 No Content", "299 Odd"] {
        let tls = Tls::generate_for(&[HOST]).unwrap();
        let bedrock = Bedrock::start_with(&[], |replay| replay.tls(tls.clone()));
        let proxy = proxy_with_status(&bedrock.url(), status);
        let transport = S::set_up(&through(&proxy, "SQUIRREL-2", "", &tls));
        let client = client(transport, &format!("https://{HOST}")).build().unwrap();
        assert!(S::run(client.converse(&question())).unwrap().text().contains("GraphQL"), "{status}");
    }
}

/// A permanent refusal is not retried.
fn a_refusal_names_proxy_and_status<S: Stack>() {
    for (status, attempts) in [("403 Forbidden", 1), ("503 Service Unavailable", 2)] {
        let proxy = always(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n"));
        let settings = Settings { proxy: Some((proxy.url(), String::new())), ..Settings::default() };
        let client = client(S::set_up(&settings), &format!("https://{HOST}"));
        let client = client.retry(RetryPolicy::standard().max_attempts(2)).build().unwrap();
        let error = S::run(client.converse(&question())).unwrap_err();
        let address = proxy.url().replace("http://", "");
        let words = format!(": proxy {address} refused a tunnel to {HOST}:443: status {status}");
        assert!(
            chain(&error).contains("no connection") && chain(&error).contains(&words),
            "{}",
            chain(&error)
        );
        assert_eq!(error.attempts(), attempts, "{status}");
        assert!(error.hint().unwrap().contains("HTTPS_PROXY"), "{status}");
    }
}

fn a_tls_failure_names_its_hop<S: Stack>() {
    let (tls, other) = (Tls::generate_for(&[HOST]).unwrap(), Tls::generate_for(&[HOST]).unwrap());
    let bedrock = Bedrock::start_with(&[], |replay| replay.tls(tls.clone()));
    let proxy = proxy_to(&bedrock.url());
    let transport = S::set_up(&through(&proxy, "SQUIRREL-2", "", &other));
    let client = client(transport, &format!("https://{HOST}")).build().unwrap();
    let chain = chain(&S::run(client.converse(&question())).unwrap_err());
    let address = proxy.url().replace("http://", "");
    assert!(chain.contains(HOST) && chain.contains(&format!("through proxy {address}")), "{chain}");
}

/// A redirect through a proxy that reads the requests may come from the proxy.
fn a_redirect_through_a_proxy_names_it<S: Stack>() {
    let proxy = always("HTTP/1.1 302 Found\r\nlocation: http://login.invalid/\r\ncontent-length: 0\r\n\r\n");
    let settings = Settings { proxy: Some((proxy.url(), String::new())), ..Settings::default() };
    let client = Client::builder(S::set_up(&settings)).region(REGION).endpoint_url(format!("http://{HOST}"));
    let client = client.no_sign_request().build().unwrap();
    let error = S::run(client.converse(&question())).unwrap_err();
    let address = proxy.url().replace("http://", "");
    assert!(chain(&error).contains("http://login.invalid/, through proxy"), "{}", chain(&error));
    assert!(chain(&error).contains(&format!("through proxy {address}")), "{}", chain(&error));
    assert!(error.hint().unwrap().contains("redirects"), "{error}");
}

#[test]
fn hyper_names_the_proxy_of_a_redirect() {
    a_redirect_through_a_proxy_names_it::<Hyper>();
}

#[test]
fn reqwest_names_the_proxy_of_a_redirect() {
    a_redirect_through_a_proxy_names_it::<Reqwest>();
}

/// TLS with the proxy, and in the tunnel TLS with the endpoint.
#[test]
fn ureq_reaches_a_proxy_over_tls() {
    let (config, pem) = server_config(&[&TLS13]);
    let config = Arc::new(config);
    let proxy = Tap::start(move |mut client, note| {
        let mut outer = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut tunnel = rustls::Stream::new(&mut outer, &mut client);
        note.sent(&read_request(&mut tunnel));
        tunnel.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let mut inner = ServerConnection::new(Arc::clone(&config)).unwrap();
        read_request(&mut rustls::Stream::new(&mut inner, &mut tunnel));
    });
    let proxy_url = proxy.url().replace("http:", "https:");
    let rules = ProxyRules::all(proxy_url.parse().unwrap());
    let transport = UreqTransport::with_ca_bundle(pem.as_bytes()).unwrap().proxy(rules).unwrap().build();
    let error = Ureq::run(client(transport, "https://192.0.2.1").build().unwrap().converse(&question()));
    // The certificate is for loopback names only: the outer handshake succeeds, the inner one fails.
    let chain = chain(&error.unwrap_err());
    assert!(chain.contains("TLS handshake with 192.0.2.1 through proxy 127.0.0.1:"), "{chain}");
    assert!(proxy.seen()[0].sent.starts_with(b"CONNECT 192.0.2.1:443 HTTP/1.1\r\n"));
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
