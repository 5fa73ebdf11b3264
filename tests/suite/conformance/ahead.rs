//! Tests of connections opened in advance of calls.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::net::TcpListener;

use barerock::{Client, ErrorKind, Timeouts, Transport, TransportErrorKind};
use barerock_hyper::HyperTransport;
use barerock_replay::Tls;
use barerock_ureq::UreqTransport;

use super::over_every_stack;
use super::server::{Bedrock, question};
use super::stacks::{Hyper, Reqwest, Settings, Stack, Ureq, client};
use super::tap::{Tap, forward};

/// Time after which a connection is back in the pool.
const MOMENT: Duration = Duration::from_millis(50);

/// reqwest opens connections for requests only.
macro_rules! over_the_others {
    ($($case:ident),* $(,)?) => {
        over_every_stack!(@ hyper Hyper, $($case),*);
        over_every_stack!(@ ureq Ureq, $($case),*);
    };
}

over_the_others![
    the_next_call_uses_the_connection,
    a_second_connection_is_not_opened,
    tls_is_done_too,
    an_idle_connection_that_the_peer_closed_is_replaced,
    nobody_there,
    a_peer_without_tls,
];

fn tapped<S: Stack>(bedrock: &Bedrock) -> (Tap, Client<S::Transport>) {
    let tap = Tap::before(&bedrock.url());
    let client = client(S::transport(), &tap.url()).build().unwrap();
    (tap, client)
}

fn the_next_call_uses_the_connection<S: Stack>() {
    let bedrock = Bedrock::start(&[]);
    let (tap, client) = tapped::<S>(&bedrock);
    S::run(async {
        client.connect().await.unwrap();
        S::transport().sleep(MOMENT).await;
        assert_eq!((tap.connections(), bedrock.requests().len()), (1, 0));
        client.converse(&question()).await.unwrap();
        assert_eq!((tap.connections(), bedrock.requests().len()), (1, 1));
    });
}

fn a_second_connection_is_not_opened<S: Stack>() {
    let bedrock = Bedrock::start(&[]);
    let (tap, client) = tapped::<S>(&bedrock);
    S::run(async {
        for _ in 0..5 {
            client.connect().await.unwrap();
        }
        client.converse(&question()).await.unwrap();
        assert_eq!(tap.connections(), 1);
    });
}

fn trusting<S: Stack>(tls: &Tls) -> S::Transport {
    S::set_up(&Settings { ca_pem: Some(tls.ca_pem().to_owned()), ..Settings::default() })
}

fn tls_is_done_too<S: Stack>() {
    let tls = Tls::generate().unwrap();
    let bedrock = Bedrock::start_with(&[], |replay| replay.tls(tls.clone()));
    let tap = Tap::before(&bedrock.url());
    let url = tap.url().replace("http://", "https://");
    let client = client(trusting::<S>(&tls), &url).build().unwrap();
    S::run(async {
        client.connect().await.unwrap();
        S::transport().sleep(MOMENT).await;
        let handshake = tap.seen()[0].sent.len();
        client.converse(&question()).await.unwrap();
        assert!(handshake > 200, "{handshake} bytes of a handshake");
        assert!(tap.seen()[0].sent.len() > handshake);
        assert_eq!(tap.connections(), 1);
    });
    // An untrusted issuer is reported at once.
    let stranger = super::stacks::client::<S::Transport>(S::transport(), &url).build().unwrap();
    let error = S::run(async { stranger.connect().await }).unwrap_err();
    assert_eq!(error.transport_kind(), Some(TransportErrorKind::Connect), "{error:?}");
}

fn an_idle_connection_that_the_peer_closed_is_replaced<S: Stack>() {
    let bedrock = Bedrock::start(&[]);
    let target = bedrock.url().replace("http://", "");
    let closes_the_first = AtomicBool::new(true);
    let tap = Tap::start(move |stream, note| {
        if !closes_the_first.swap(false, Ordering::Relaxed) {
            forward(stream, &target, note);
        }
    });
    let client = client(S::transport(), &tap.url()).build().unwrap();
    S::run(async {
        client.connect().await.unwrap();
        S::transport().sleep(MOMENT).await;
        client.converse(&question()).await.unwrap();
        assert_eq!((tap.connections(), bedrock.requests().len()), (2, 1));
    });
}

fn nobody_there<S: Stack>() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = client(S::transport(), &format!("http://{nobody}")).build().unwrap();
    let error = S::run(async { client.connect().await }).unwrap_err();
    assert_eq!(
        (error.kind(), error.transport_kind()),
        (ErrorKind::Transport, Some(TransportErrorKind::Connect))
    );
    assert!(error.to_string().contains(&nobody.to_string()), "{error}");
}

fn a_peer_without_tls<S: Stack>() {
    let bedrock = Bedrock::start(&[]);
    let url = bedrock.url().replace("http://", "https://");
    let client = client(S::transport(), &url).build().unwrap();
    let error = S::run(async { client.connect().await }).unwrap_err();
    assert_eq!(error.transport_kind(), Some(TransportErrorKind::Connect), "{error:?}");
}

/// A peer that accepts and never responds to the handshake.
fn mute<S: Stack>(transport: S::Transport, timeouts: Timeouts) -> barerock::Error {
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", mute.local_addr().unwrap());
    let client = client(transport, &url).timeouts(timeouts).build().unwrap();
    S::run(async { client.connect().await }).unwrap_err()
}

#[test]
fn the_time_limits_of_connections_hold() {
    const LIMIT: Duration = Duration::from_millis(100);
    let hyper = HyperTransport::builder().connect_timeout(LIMIT).build();
    let ureq = UreqTransport::builder().connect_timeout(LIMIT).build();
    for error in [mute::<Hyper>(hyper, Timeouts::never()), mute::<Ureq>(ureq, Timeouts::never())] {
        assert_eq!(error.transport_kind(), Some(TransportErrorKind::ConnectTimeout), "{error:?}");
    }
    let error = mute::<Hyper>(HyperTransport::new(), Timeouts::never().operation(LIMIT));
    assert!(error.is_timeout(), "{error:?}");
}

#[test]
fn missing_credentials_show_at_once() {
    let bedrock = Bedrock::start(&[]);
    let builder = Client::builder(Hyper::transport()).region("us-east-1").endpoint_url(bedrock.url());
    let client = builder.build().unwrap();
    let error = Hyper::run(async { client.connect().await }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials, "{error}");
}

#[test]
fn a_transport_that_cannot_does_nothing() {
    let bedrock = Bedrock::start(&[]);
    let (tap, client) = tapped::<Reqwest>(&bedrock);
    Reqwest::run(async {
        client.connect().await.unwrap();
        assert_eq!(tap.connections(), 0);
        client.converse(&question()).await.unwrap();
        assert_eq!(tap.connections(), 1);
    });
}
