//! Tests of protocol versions: HTTP/2 if enabled and offered, and TLS 1.2 if the server has nothing newer.

use core::convert::Infallible;
use core::net::SocketAddr;
use std::sync::Arc;

use ::hyper::body::Incoming;
use ::hyper::service::service_fn;
use barerock::Transport;
use barerock::transport::ProxyRules;
use barerock_hyper::HyperTransport;
use barerock_reqwest::{ReqwestTransport, tls};
use barerock_ureq::UreqTransport;
use bytes::Bytes;
use http::{Request, Response, Version};
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::over_every_stack;
use super::requests::JSON;
use super::server::question;
use super::stacks::client;
use super::stacks::{Settings, Stack};
use super::tap::Tap;

/// Returns the TLS configuration of a server with a certificate for the loopback, and the certificate.
pub(super) fn server_config(versions: &[&'static SupportedProtocolVersion]) -> (ServerConfig, String) {
    let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
    let tls = ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key.into())
        .unwrap();
    (tls, certified.cert.pem())
}

/// Starts a server of both HTTP versions whose response names the request's version; returns it with its certificate.
async fn serve(versions: &[&'static SupportedProtocolVersion]) -> (SocketAddr, String) {
    let (mut tls, pem) = server_config(versions);
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let tls = acceptor.accept(tcp).await.unwrap();
                let is_http2 = tls.get_ref().1.alpn_protocol() == Some(b"h2");
                let io = TokioIo::new(tls);
                // Connection errors are reported by the client.
                let _ = if is_http2 {
                    ::hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                        .serve_connection(io, service_fn(answer))
                        .await
                } else {
                    ::hyper::server::conn::http1::Builder::new()
                        .serve_connection(io, service_fn(answer))
                        .await
                };
            });
        }
    });
    (address, pem)
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    assert!(request.headers().contains_key("authorization"));
    let version = if request.version() == Version::HTTP_2 { "two" } else { "one" };
    let body = JSON.replace("hi", version);
    Ok(Response::builder().header("content-type", "application/json").body(Full::from(body)).unwrap())
}

/// Returns the HTTP version of two requests of a transport.
async fn version<T: Transport>(transport: T, server: SocketAddr) -> String {
    let client = client(transport, &format!("https://{server}")).build().unwrap();
    let first = client.converse(&question()).await.unwrap().text();
    assert_eq!(client.converse(&question()).await.unwrap().text(), first);
    first
}

#[tokio::test]
async fn hyper_speaks_http2_where_it_is_told_to() {
    let (server, pem) = serve(&[&TLS13]).await;
    let plain = || HyperTransport::with_ca_bundle(pem.as_bytes()).unwrap();
    assert_eq!(version(plain().build(), server).await, "one");
    assert_eq!(version(plain().http2().build(), server).await, "two");
}

#[tokio::test(flavor = "multi_thread")]
async fn hyper_shares_a_connection_over_http2() {
    const CALLS: usize = 16;
    let (server, pem) = serve(&[&TLS13]).await;
    let tap = Tap::before(&format!("https://{server}"));
    let transport = HyperTransport::with_ca_bundle(pem.as_bytes()).unwrap().http2().build();
    let client = client(transport, &tap.url().replace("http:", "https:")).build().unwrap();
    for _ in 0..3 {
        client.connect().await.unwrap();
    }
    for _ in 0..2 {
        let calls = (0..CALLS).map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.converse(&question()).await.unwrap().text() })
        });
        for call in calls.collect::<Vec<_>>() {
            assert_eq!(call.await.unwrap(), "two");
        }
        assert_eq!(tap.connections(), 1);
    }
}

#[tokio::test]
async fn reqwest_speaks_http2_with_its_feature() {
    let (server, pem) = serve(&[&TLS13]).await;
    for (offered, spoken) in [(None, "two"), (Some(b"http/1.1"), "one")] {
        let mut tls = tls::client_config(tls::ca_bundle(pem.as_bytes()).unwrap()).unwrap();
        tls.alpn_protocols.extend(offered.map(|protocol| protocol.to_vec()));
        let client = ReqwestTransport::client_builder_with_tls(tls).build().unwrap();
        assert_eq!(version(ReqwestTransport::from(client), server).await, spoken);
    }
}

/// The caller's ALPN protocols are replaced.
#[tokio::test(flavor = "multi_thread")]
async fn ureq_and_hyper_offer_what_they_speak() {
    let (server, pem) = serve(&[&TLS13]).await;
    let mut offers = tls::client_config(tls::ca_bundle(pem.as_bytes()).unwrap()).unwrap();
    offers.alpn_protocols = vec![b"h2".to_vec()];
    assert_eq!(version(HyperTransport::with_tls(offers.clone()).build(), server).await, "one");
    assert_eq!(
        version(UreqTransport::with_tls(offers).proxy(ProxyRules::default()).unwrap().build(), server).await,
        "one"
    );
}

over_every_stack![an_old_server];

fn an_old_server<S: Stack>() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (server, pem) = runtime.block_on(serve(&[&TLS12]));
    let transport = S::set_up(&Settings { ca_pem: Some(pem), ..Settings::default() });
    S::run(version(transport, server));
}
