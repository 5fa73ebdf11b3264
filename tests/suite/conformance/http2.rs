//! HTTP/2, where it is asked for and offered.

use core::convert::Infallible;
use core::net::SocketAddr;
use std::sync::Arc;

use barerock::Client;
use barerock_hyper::HyperTransport;
use bytes::Bytes;
use http::{Request, Response, Version};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::requests::JSON;
use super::server::{REGION, credentials, question};

/// A server that speaks both versions and says in a header which one it was asked in, and its certificate.
async fn serve() -> (SocketAddr, String) {
    let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
    let mut tls = ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key.into())
        .unwrap();
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
                // How a connection ends is the client's business.
                let _ = if is_http2 {
                    hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                        .serve_connection(io, service_fn(answer))
                        .await
                } else {
                    hyper::server::conn::http1::Builder::new().serve_connection(io, service_fn(answer)).await
                };
            });
        }
    });
    (address, certified.cert.pem())
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    assert!(request.headers().contains_key("authorization"));
    let version = if request.version() == Version::HTTP_2 { "two" } else { "one" };
    let body = JSON.replace("hi", version);
    Ok(Response::builder().header("content-type", "application/json").body(Full::from(body)).unwrap())
}

#[tokio::test]
async fn hyper_speaks_http2_where_it_is_told_to() {
    let (address, pem) = serve().await;
    let plain = HyperTransport::builder().ca_bundle(pem.as_bytes()).unwrap();
    for (transport, version) in [(plain.clone(), "one"), (plain.http2(), "two")] {
        let client = Client::builder(transport.build())
            .region(REGION)
            .endpoint_url(format!("https://{address}"))
            .credentials(credentials())
            .build()
            .unwrap();
        for _ in 0..2 {
            assert_eq!(client.converse(&question()).await.unwrap().text(), version);
        }
    }
}
