//! The HTTP floor: hyper reads the same response and discards its bytes: `client-floor client|streams|connected URL CALLS`. Its items
//! are the chunks that hyper returns; nothing is signed, decoded or checked.

use barerock_bench_clients::{arguments, runtime};
use barerock_bench_protocol::{Calls, Mode, WholeProgram};
use bytes::Bytes;
use http::Uri;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

fn main() {
    let WholeProgram { mode, url, calls } = arguments();
    let uri: Uri = url.parse().expect("a URL");
    let authority = uri.authority().expect("an authority").to_string();
    let mut measured = Calls::default();
    runtime().block_on(async {
        match mode {
            Mode::Sequential => {
                let mut sender = None;
                for _ in 0..calls {
                    stream(&authority, &mut sender, &mut measured).await;
                }
            }
            Mode::Connected => {
                for _ in 0..calls {
                    let mut sender = Some(connect(&authority).await);
                    stream(&authority, &mut sender, &mut measured).await;
                }
            }
            Mode::AtOnce => {
                let start = |mut measured| {
                    let authority = authority.clone();
                    tokio::spawn(async move {
                        stream(&authority, &mut None, &mut measured).await;
                        measured
                    })
                };
                measured = Calls::at_once(calls, start).await;
            }
        }
    });
    println!("{}", measured.into_json());
}

#[expect(clippy::disallowed_methods, reason = "the floor of the transports")]
async fn connect(authority: &str) -> SendRequest<Full<Bytes>> {
    let connection = TcpStream::connect(authority).await.expect("a connection");
    connection.set_nodelay(true).expect("a socket");
    let connected = hyper::client::conn::http1::handshake(TokioIo::new(connection)).await;
    let (sender, connection) = connected.expect("a handshake");
    tokio::spawn(connection);
    sender
}

/// Makes one call over the connection, which the first call opens.
async fn stream(authority: &str, sender: &mut Option<SendRequest<Full<Bytes>>>, measured: &mut Calls) {
    measured.begin();
    if sender.is_none() {
        *sender = Some(connect(authority).await);
    }
    let sender = sender.as_mut().expect("connected");
    sender.ready().await.expect("an open connection");
    let request = http::Request::post("/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse-stream")
        .header("host", authority)
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from_static(
            br#"{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}"#,
        )));
    let mut body = sender.send_request(request.expect("a request")).await.expect("a response").into_body();
    while let Some(frame) = body.frame().await {
        if let Ok(chunk) = frame.expect("a good body").into_data() {
            measured.item(&chunk);
        }
    }
}
