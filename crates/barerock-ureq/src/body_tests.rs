//! Tests of responses with each framing, truncated at every byte and delivered in pieces of every length.

use core::pin::pin;
use core::time::Duration;
use std::sync::Arc;

use barerock::Timeouts;
use barerock::transport::LastEventSeen;
use bytes::Bytes;
use http::Request;
use http_body::Body as _;

use crate::block_on::block_on;
use crate::body::{Receiving, UreqBody};
use crate::exchange::{Rest, exchange};
use crate::input::Input;
use crate::pool::{Key, Pool};
use crate::testing::Peer;

const HEAD: &str = "HTTP/1.1 200 OK\r\nx: y\r\n";

/// A body and true if its connection was kept, or the error of head or body.
type Outcome = Result<(Vec<u8>, bool), String>;

fn run(response: &[u8], length: usize) -> Outcome {
    let mut connection = Box::new(Peer::new(response, length));
    let request = Request::post("http://a.example/x?y").body(Bytes::from_static(b"{}")).unwrap();
    let (key, pool) = (Key::new(request.uri(), None), Arc::new(Pool::new(Duration::from_secs(60))));
    let mut input = Input::new();
    let exchanged = exchange(&mut *connection, request, &mut input);
    let sent = String::from_utf8(connection.sent.clone()).unwrap();
    assert_eq!(sent, "POST /x?y HTTP/1.1\r\nhost: a.example\r\ncontent-length: 2\r\n\r\n{}");
    let (_, rest) = exchanged.map_err(|error| error.to_string())?;
    let Rest::Body(call) = rest else { return Ok((Vec::new(), false)) };
    let receiving = Receiving { call, connection, input, key, pool: Arc::clone(&pool) };
    let mut body = pin!(UreqBody::new(receiving, Timeouts::never(), LastEventSeen::default(), None));
    let mut bytes = Vec::new();
    while let Some(frame) = block_on(core::future::poll_fn(|context| body.as_mut().poll_frame(context))) {
        let frame = frame.map_err(|error| core::error::Error::source(&error).unwrap().to_string())?;
        bytes.extend(frame.into_data().unwrap());
    }
    assert!(body.is_end_stream());
    Ok((bytes, pool.count() == 1))
}

/// Returns the outcome after checking that it is the same for pieces of every length.
fn outcome(response: &str) -> Outcome {
    let whole = run(response.as_bytes(), response.len().max(1));
    for length in [1, 2, 3, 7] {
        assert_eq!(run(response.as_bytes(), length), whole, "{length}: {response:?}");
    }
    whole
}

fn whole(body: &str, is_kept: bool) -> Outcome {
    Ok((body.as_bytes().to_vec(), is_kept))
}

#[test]
fn each_framing() {
    for (response, body, is_kept) in [
        ("content-length: 5\r\n\r\nhello", "hello", true),
        ("content-length: 5\r\nconnection: close\r\n\r\nhello", "hello", false),
        ("transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\n\r\n", "hello", true),
        ("transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx: y\r\nz: 1\r\n\r\n", "hello", true),
        ("Transfer-Encoding: Chunked\r\ncontent-length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello", true),
        ("\r\nhello", "hello", false),
    ] {
        assert_eq!(outcome(&format!("{HEAD}{response}")), whole(body, is_kept), "{response:?}");
    }
    let informational = format!("HTTP/1.1 103 Early Hints\r\na: b\r\n\r\n{HEAD}content-length: 2\r\n\r\nhi");
    assert_eq!(outcome(&informational), whole("hi", true));
    assert_eq!(outcome("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi"), whole("hi", false));
    assert_eq!(outcome("HTTP/1.1 204 No Content\r\n\r\n"), whole("", false));
}

#[test]
fn a_response_that_is_cut_is_an_error() {
    for framing in [
        "content-length: 5\r\n\r\nhello",
        "transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    ] {
        let response = format!("{HEAD}{framing}");
        for end in 0..response.len() {
            // The body is complete after the final chunk; without the end of the trailers only the connection is not reusable.
            if response[..end].ends_with("\r\n0\r\n") || response[..end].ends_with("\r\n0\r\n\r") {
                assert_eq!(outcome(&response[..end]), whole("hello", false), "{end}");
                continue;
            }
            assert!(outcome(&response[..end]).is_err(), "{end} {response:?}");
        }
    }
}

/// Bytes after a response belong neither to it nor to the next response.
#[test]
fn a_connection_with_excess_bytes_is_closed() {
    for framing in ["content-length: 2\r\n\r\nhi", "transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"] {
        let response = format!("{HEAD}{framing}HTTP/1.1 200 OK\r\n\r\nevil");
        assert_eq!(run(response.as_bytes(), response.len()), whole("hi", false), "{framing:?}");
    }
}

#[test]
fn what_is_invalid_is_an_error() {
    for response in [
        "SSH-2.0-x\r\n\r\n".to_owned(),
        "HTTP/1.1 2000 OK\r\n\r\n".to_owned(),
        format!("{HEAD}content-length: 5\r\ncontent-length: 6\r\n\r\nhello"),
        format!("{HEAD}content-length: -1\r\n\r\nhello"),
        format!("{HEAD}content-length: 99999999999999999999\r\n\r\nhello"),
        format!("{HEAD}transfer-encoding: chunked\r\n\r\nx\r\nhello\r\n0\r\n\r\n"),
        format!("{HEAD}transfer-encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n"),
        format!("{HEAD}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello"),
        format!("{HEAD}x: {}\r\n\r\n", "y".repeat(40_000)),
        format!("{HEAD}transfer-encoding: chunked\r\n\r\n0\r\n{}", "x: y\r\n".repeat(6_000)),
        format!("{HEAD}transfer-encoding: chunked\r\n\r\n0\r\nx: {}", "y".repeat(40_000)),
    ] {
        for length in [100, response.len()] {
            assert!(run(response.as_bytes(), length).is_err(), "{:?}", &response[..50.min(response.len())]);
        }
    }
}
