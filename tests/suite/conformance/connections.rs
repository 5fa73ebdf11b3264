//! Tests of connections: reused, closed, and many at once.

use core::time::Duration;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use barerock::Transport;
use barerock::transport::ProxyRules;
use barerock_hyper::HyperTransport;
use barerock_replay::Tls;
use barerock_ureq::UreqTransport;
use rustls::version::TLS13;

use super::over_every_stack;
use super::requests::JSON;
use super::server::{Bedrock, question};
use super::stacks::{Hyper, Settings, Stack, Ureq, client};
use super::tap::{Tap, always, read_request};
use super::versions::server_config;

over_every_stack![
    a_connection_is_used_again,
    a_connection_that_was_closed_is_not_used_again,
    an_answer_that_nobody_asked_for,
    a_connection_with_tls_is_used_again,
    an_answer_over_tls_that_nobody_asked_for,
    many_at_once,
    ipv6,
];

/// Waits for background work.
const MOMENT: Duration = Duration::from_millis(5);

fn a_connection_is_used_again<S: Stack>() {
    let bedrock = Bedrock::start(&[]);
    let tap = Tap::before(&bedrock.url());
    S::run(async {
        let client = client(S::transport(), &tap.url()).build().unwrap();
        for _ in 0..3 {
            client.converse(&question()).await.unwrap();
        }
        client.converse_stream(&question()).await.unwrap().into_message().await.unwrap();
        // The connection is idle again once the end of the response was read, which may be slightly later.
        S::transport().sleep(MOMENT).await;
        client.converse(&question()).await.unwrap();
    });
    assert_eq!(tap.connections(), 1);
}

fn a_connection_that_was_closed_is_not_used_again<S: Stack>() {
    // Closed after each response, without `connection: close`.
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json";
    let server = always(format!("{head}\r\ncontent-length: {}\r\n\r\n{JSON}", JSON.len()));
    S::run(async {
        let client = client(S::transport(), &server.url()).build().unwrap();
        for _ in 0..3 {
            assert_eq!(client.converse(&question()).await.unwrap().text(), "hi");
            // Waits until the close arrives.
            S::transport().sleep(10 * MOMENT).await;
        }
    });
    assert_eq!(server.connections(), 3);
}

fn answer(text: &str) -> String {
    let body = JSON.replace("hi", text);
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Starts a server that sends two responses to each request; the connection stays open.
fn answer_ahead(mut client: impl Read + Write) {
    while !read_request(&mut client).is_empty() {
        if client.write_all((answer("hi") + &answer("evil")).as_bytes()).is_err() {
            return;
        }
    }
}

/// The same with TLS: the next response is a separate record, so large that it may be read separately, sent together with the
/// first.
fn answer_ahead_with_tls(mut tls: rustls::ServerConnection, mut client: TcpStream) {
    while !read_request(&mut rustls::Stream::new(&mut tls, &mut client)).is_empty() {
        tls.writer().write_all(answer("hi").as_bytes()).unwrap();
        tls.writer().write_all(answer(&"evil".repeat(2_000)).as_bytes()).unwrap();
        let mut records = Vec::new();
        while tls.wants_write() {
            tls.write_tls(&mut records).unwrap();
        }
        if client.write_all(&records).is_err() {
            return;
        }
    }
}

/// Bytes received before a request was sent are not its response.
fn ask_those_who_answer_ahead<S: Stack>(transport: S::Transport, url: &str) {
    let client = client(transport, url).build().unwrap();
    S::run(async {
        for _ in 0..3 {
            let text = client.converse(&question()).await.unwrap().text();
            assert!(text == "hi", "{}…", &text[..4]);
            S::transport().sleep(MOMENT).await;
        }
    });
}

fn an_answer_that_nobody_asked_for<S: Stack>() {
    let server = Tap::start(|client, _| answer_ahead(client));
    ask_those_who_answer_ahead::<S>(S::transport(), &server.url());
    assert_eq!(server.connections(), 3);
}

fn trusting<S: Stack>(pem: &str) -> S::Transport {
    S::set_up(&Settings { ca_pem: Some(pem.to_owned()), ..Settings::default() })
}

fn with_tls(tap: &Tap) -> String {
    tap.url().replace("http:", "https:")
}

fn an_answer_over_tls_that_nobody_asked_for<S: Stack>() {
    let (config, pem) = server_config(&[&TLS13]);
    let config = Arc::new(config);
    let server = Tap::start(move |client, _| {
        let tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        answer_ahead_with_tls(tls, client);
    });
    ask_those_who_answer_ahead::<S>(trusting::<S>(&pem), &with_tls(&server));
    assert_eq!(server.connections(), 3);
}

fn a_connection_with_tls_is_used_again<S: Stack>() {
    let tls = Tls::generate().unwrap();
    let bedrock = Bedrock::start_with(&[], |replay| replay.tls(tls.clone()));
    let tap = Tap::before(&bedrock.url());
    let client = client(trusting::<S>(tls.ca_pem()), &with_tls(&tap)).build().unwrap();
    S::run(async {
        for _ in 0..3 {
            client.converse(&question()).await.unwrap();
            client.converse_stream(&question()).await.unwrap().into_message().await.unwrap();
            S::transport().sleep(MOMENT).await;
        }
    });
    assert_eq!(tap.connections(), 1);
}

/// Only for transports with such a setting: reqwest's is on its client.
fn no_connection_is_kept<S: Stack>(transport: S::Transport) {
    let bedrock = Bedrock::start(&[]);
    let tap = Tap::before(&bedrock.url());
    let client = client(transport, &tap.url()).build().unwrap();
    S::run(async {
        for _ in 0..2 {
            client.converse(&question()).await.unwrap();
        }
    });
    assert_eq!(tap.connections(), 2);
}

#[test]
fn hyper_keeps_no_connection_where_it_is_told_to() {
    no_connection_is_kept::<Hyper>(HyperTransport::builder().pool_max_idle_per_host(0).build());
}

#[test]
fn ureq_keeps_no_connection_where_it_is_told_to() {
    let transport = UreqTransport::builder()
        .proxy(ProxyRules::default())
        .unwrap()
        .pool_idle_timeout(Duration::ZERO)
        .build();
    no_connection_is_kept::<Ureq>(transport);
}

fn many_at_once<S: Stack>() {
    let bedrock = Bedrock::start(&["slow=1ms"]);
    let client = S::client(&bedrock);
    let calls = (0..24).map(|_| {
        let client = client.clone();
        async move {
            let stream = client.converse_stream(&question()).await.unwrap();
            stream.into_message().await.unwrap().text()
        }
    });
    let texts = S::run_all(calls.collect());
    assert_eq!(texts.len(), 24);
    assert!(texts.iter().all(|text| text == &texts[0] && text.contains("GraphQL")));
}

fn ipv6<S: Stack>() {
    let bedrock = Bedrock::listen("[::1]:0", &[], |replay| replay);
    assert!(bedrock.url().contains("[::1]"));
    let response = S::run(async { S::client(&bedrock).converse(&question()).await }).unwrap();
    assert!(response.text().contains("GraphQL"));
}
