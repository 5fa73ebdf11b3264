//! The HTTP floor: hyper reads the same response and discards its bytes: `client-floor client|streams URL CALLS`. Its items
//! are the chunks that hyper returns; nothing is signed, decoded or checked.

use barerock_bench_clients::{arguments, runtime};
use barerock_bench_protocol::{Calls, WholeProgram};
use bytes::Bytes;
use http::Uri;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

fn main() {
    let WholeProgram { url, calls, at_once } = arguments();
    let uri: Uri = url.parse().expect("a URL");
    let authority = uri.authority().expect("an authority").to_string();
    let mut measured = Calls::default();
    runtime().block_on(async {
        if at_once {
            measured = Calls::at_once(calls, |mut measured| {
                let authority = authority.clone();
                tokio::spawn(async move {
                    stream(&authority, &mut None, &mut measured).await;
                    measured
                })
            })
            .await;
        } else {
            let mut sender = None;
            for _ in 0..calls {
                stream(&authority, &mut sender, &mut measured).await;
            }
        }
    });
    println!("{}", measured.into_json());
}

/// Makes one call over the connection, which the first call opens.
async fn stream(authority: &str, sender: &mut Option<SendRequest<Full<Bytes>>>, measured: &mut Calls) {
    measured.begin();
    if sender.is_none() {
        let connection = TcpStream::connect(authority).await.expect("a connection");
        connection.set_nodelay(true).expect("a socket");
        let connected = hyper::client::conn::http1::handshake(TokioIo::new(connection)).await;
        let (new, connection) = connected.expect("a handshake");
        tokio::spawn(connection);
        *sender = Some(new);
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
