//! Tests of the pool of hyper's transport: which connections are kept, for how long, and who may use them.

use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::io::{Read as _, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

use barerock::transport::ConnectTime;
use barerock::{Transport as _, TransportError, TransportErrorKind};
use barerock_hyper::HyperTransport;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use tokio::runtime::{Builder, Handle, Runtime};

use super::tap::{Tap, eventually, read_request};

const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";

/// Returns a response that does not fit into a connection's buffer.
fn long_answer() -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n{}", "x".repeat(1_000_000))
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn request(url: &str) -> http::Request<Bytes> {
    http::Request::post(format!("{url}/path")).body(Bytes::from_static(b"{}")).unwrap()
}

/// Returns the body of a response, and whether it reported the time of a new connection.
async fn post(transport: &HyperTransport, url: &str) -> Result<(Bytes, bool), TransportError> {
    let response = transport.send(request(url)).await?;
    let is_first = response.extensions().get::<ConnectTime>().is_some();
    let body = response.into_body().collect().await;
    Ok((body.unwrap().to_bytes(), is_first))
}

/// Sends this response to each request, until the client closes the connection.
fn respond(mut client: &TcpStream, answer: &str) {
    while !read_request(&mut client).is_empty() && client.write_all(answer.as_bytes()).is_ok() {}
}

/// Starts a server that keeps its connections open, and a count of those that are open.
fn keeping(answer: &str) -> (Tap, Arc<AtomicUsize>) {
    let answer = answer.to_owned();
    let open = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&open);
    let server = Tap::start(move |client, _| {
        count.fetch_add(1, Ordering::SeqCst);
        respond(&client, &answer);
        count.fetch_sub(1, Ordering::SeqCst);
    });
    (server, open)
}

async fn open_connections(count: usize, open: &AtomicUsize) {
    let what = format!("{count} connections are open");
    eventually(&what, HyperTransport::new(), || open.load(Ordering::SeqCst) == count).await;
}

/// Starts a server that handles its first connection with this function after the first response.
fn breaking_the_first(end: impl FnOnce(TcpStream) + Send + 'static) -> Tap {
    let first = Mutex::new(Some(end));
    Tap::start(move |mut client, _| {
        let Some(end) = first.lock().unwrap().take() else { return respond(&client, ANSWER) };
        read_request(&mut client);
        client.write_all(ANSWER.as_bytes()).unwrap();
        end(client);
    })
}

#[test]
fn an_unwritten_request_is_sent_over_another_connection() {
    let ((close, may_close), (closed, is_closed)) = (channel(), channel());
    let server = breaking_the_first(move |client| {
        may_close.recv().unwrap();
        drop(client);
        closed.send(()).unwrap();
    });
    let transport = HyperTransport::new();
    runtime().block_on(async {
        assert!(post(&transport, &server.url()).await.unwrap().1);
        // The runtime does not run meanwhile.
        close.send(()).unwrap();
        is_closed.recv().unwrap();
        // The runtime learns of it, and polls this task before the connection's.
        tokio::task::yield_now().await;
        let (body, is_first) = post(&transport, &server.url()).await.unwrap();
        assert_eq!((&*body, is_first, server.connections()), (&b"hi"[..], true, 2));
    });
}

#[test]
fn a_request_that_was_written_is_not_repeated() {
    // Closes the connection without a response to the second request.
    let server = breaking_the_first(|mut client| assert!(!read_request(&mut client).is_empty()));
    let transport = HyperTransport::new();
    runtime().block_on(async {
        post(&transport, &server.url()).await.unwrap();
        let error = post(&transport, &server.url()).await.unwrap_err();
        assert_eq!((error.kind(), server.connections()), (TransportErrorKind::Io, 1), "{error:?}");
        // The next one uses a new connection.
        assert!(post(&transport, &server.url()).await.unwrap().1);
    });
}

#[test]
fn only_the_first_response_reports_the_time_of_the_connection() {
    let (server, _) = keeping(ANSWER);
    let transport = HyperTransport::new();
    runtime().block_on(async {
        let url = server.url();
        transport.connect(&url.parse().unwrap()).await.unwrap();
        for is_first in [true, false, false] {
            assert_eq!(post(&transport, &url).await.unwrap().1, is_first);
        }
        assert_eq!(server.connections(), 1);
    });
}

#[test]
fn a_response_may_end_the_connection() {
    for (answer, connections) in [
        (ANSWER, 1),
        ("HTTP/1.1 204 No Content\r\n\r\n", 1),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", 1),
        ("HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nhi", 1),
        ("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi", 3),
        ("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi", 3),
    ] {
        let (server, open) = keeping(answer);
        let transport = HyperTransport::new();
        runtime().block_on(async {
            for _ in 0..3 {
                post(&transport, &server.url()).await.unwrap();
            }
            open_connections(usize::from(connections == 1), &open).await;
        });
        assert_eq!(server.connections(), connections, "{answer}");
    }
}

#[test]
fn a_body_that_is_not_read_costs_the_connection_unless_its_end_has_arrived() {
    let whole = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    for (answer, connections) in [
        (whole, 1),
        ("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nhi", 2),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n", 2),
    ] {
        let (server, open) = keeping(answer);
        let transport = HyperTransport::new();
        runtime().block_on(async {
            let url = server.url();
            drop(transport.send(request(&url)).await.unwrap());
            open_connections(usize::from(connections == 1), &open).await;
            drop(transport.send(request(&url)).await.unwrap());
        });
        assert_eq!(server.connections(), connections, "{answer}");
    }
}

#[test]
fn a_dropped_body_closes_its_connection_while_the_peer_is_silent() {
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhi",
    ] {
        let (server, open) = keeping(answer);
        let transport = HyperTransport::new();
        runtime().block_on(async {
            let mut body = transport.send(request(&server.url())).await.unwrap().into_body();
            assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "hi");
            let more = tokio::time::timeout(Duration::from_millis(50), body.frame()).await;
            assert!(more.is_err() && open.load(Ordering::SeqCst) == 1, "{more:?}");
            drop(body);
            open_connections(0, &open).await;
        });
    }
}

#[test]
fn idle_connections_are_closed_after_the_timeout() {
    let (server, open) = keeping(ANSWER);
    let transport = HyperTransport::builder().pool_idle_timeout(Duration::from_secs(1)).build();
    let url = server.url();
    runtime().block_on(async {
        transport.connect(&url.parse().unwrap()).await.unwrap();
        open_connections(1, &open).await;
        open_connections(0, &open).await;
        // Each request starts the time anew.
        for is_first in [true, false, false] {
            assert_eq!(post(&transport, &url).await.unwrap().1, is_first);
            tokio::time::sleep(Duration::from_millis(600)).await;
        }
        open_connections(0, &open).await;
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    });
    // Timeouts too long for the clock, and none.
    for timeout in [Some(Duration::MAX), None] {
        let transport = HyperTransport::builder().pool_idle_timeout(timeout).build();
        runtime().block_on(async {
            for is_first in [true, false] {
                assert_eq!(post(&transport, &url).await.unwrap().1, is_first);
            }
        });
    }
}

#[test]
fn no_more_idle_connections_are_kept_than_allowed() {
    const CALLS: usize = 6;
    for most in [0, 1, 4] {
        let (server, open) = keeping(&long_answer());
        let transport = HyperTransport::builder().pool_max_idle_per_host(most).build();
        runtime().block_on(async {
            let mut bodies = Vec::new();
            for _ in 0..CALLS {
                bodies.push(transport.send(request(&server.url())).await.unwrap().into_body());
            }
            assert_eq!(server.connections(), CALLS);
            for body in bodies {
                body.collect().await.unwrap();
            }
            open_connections(most, &open).await;
        });
    }
}

#[test]
fn nothing_outlives_the_transport_but_responses() {
    let (server, open) = keeping(&long_answer());
    runtime().block_on(async {
        let transport = HyperTransport::new();
        post(&transport, &server.url()).await.unwrap();
        transport.connect(&server.url().parse().unwrap()).await.unwrap();
        let response = transport.send(request(&server.url())).await.unwrap();
        post(&transport, &server.url()).await.unwrap();
        open_connections(2, &open).await;
        drop(transport);
        open_connections(1, &open).await;
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes().len(), 1_000_000);
        open_connections(0, &open).await;
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    });
}

/// Sends the response late, after checking that the next request did not arrive before it.
fn one_at_a_time(mut client: TcpStream) {
    while !read_request(&mut client).is_empty() {
        thread::sleep(Duration::from_millis(2));
        client.set_nonblocking(true).unwrap();
        let early = client.read(&mut [0]);
        client.set_nonblocking(false).unwrap();
        let answer = if early.is_err() { ANSWER } else { "HTTP/1.1 500 Two\r\ncontent-length: 0\r\n\r\n" };
        if client.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
}

#[test]
fn no_two_requests_share_a_connection() {
    const CALLERS: usize = 64;
    let server = Tap::start(|client, _| one_at_a_time(client));
    let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let transport = HyperTransport::new();
    runtime.block_on(async {
        let callers = (0..CALLERS).map(|_| {
            let (transport, url) = (transport.clone(), server.url());
            tokio::spawn(async move {
                for _ in 0..20 {
                    assert_eq!(post(&transport, &url).await.unwrap().0, "hi");
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.unwrap();
        }
    });
    let connections = server.connections();
    assert!(connections < 4 * CALLERS, "{connections} connections");
}

#[test]
fn a_runtime_uses_no_connection_of_another() {
    let (server, _) = keeping(ANSWER);
    let transport = HyperTransport::new();
    let url = server.url();
    let (ended, stopped) = (runtime(), runtime());
    for runtime in [&ended, &stopped] {
        assert!(runtime.block_on(post(&transport, &url)).unwrap().1);
        assert!(!runtime.block_on(post(&transport, &url)).unwrap().1);
    }
    drop(ended);
    // The connection of the stopped runtime is open, but nothing would be written to it.
    assert!(runtime().block_on(post(&transport, &url)).unwrap().1);
    assert!(!stopped.block_on(post(&transport, &url)).unwrap().1);
    assert_eq!(server.connections(), 3);
}
