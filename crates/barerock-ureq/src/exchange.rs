//! Sending a request and receiving the head of its response, with ureq-proto's HTTP/1.1.

use std::io;

use barerock::transport::BoxError;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http::{Method, Request, Response};
use ureq_proto::client::state::{RecvBody, RecvResponse};
use ureq_proto::client::{Await100Result, Call, RecvResponseResult, SendRequestResult};

use crate::input::{Input, SIZE};
use crate::socket::Connection;

/// Initial size and growth of the buffer for a request's head, in bytes; also the limit on one header.
const HEAD: usize = 16 * 1024;

/// Bodies up to this length are sent with the head, in one write.
const SHORT_BODY: usize = 16 * 1024;

/// Remainder of a response after its head.
pub(crate) enum Rest {
    /// A body.
    Body(Box<Call<RecvBody>>),
    /// No body; the flag tells if the connection is reusable.
    Nothing { is_reusable: bool },
}

/// Sends a request and receives the head of the response; 1xx responses are skipped.
pub(crate) fn exchange(
    connection: &mut dyn Connection,
    request: Request<Bytes>,
    input: &mut Input,
) -> Result<(Response<()>, Rest), BoxError> {
    let (parts, body) = request.into_parts();
    let has_length = !body.is_empty() || [Method::POST, Method::PUT, Method::PATCH].contains(&parts.method);
    let mut request = Request::from_parts(parts, ());
    if has_length {
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    let (call, head) = head_of(request, &body)?;
    let sent = send(connection, head, &body);
    match receive(connection, call, input) {
        // The peer may have responded before it closed the connection.
        Err(error) => Err(sent.err().map_or(error, Into::into)),
        received => received,
    }
}

/// Encodes a request's head, and returns it with the protocol state after head and body are sent.
fn head_of(request: Request<()>, body: &[u8]) -> Result<(Call<RecvResponse>, Vec<u8>), BoxError> {
    let mut call = Call::new(request)?;
    if !body.is_empty() {
        call.force_send_body();
    }
    let mut call = call.proceed();
    let mut head = Vec::new();
    while !call.can_proceed() {
        let written = head.len();
        head.resize(written.saturating_add(HEAD), 0);
        let count = call.write(head.get_mut(written..).unwrap_or_default())?;
        head.truncate(written.saturating_add(count));
    }
    let mut call = match call.proceed()? {
        Some(SendRequestResult::RecvResponse(call)) => return Ok((call, head)),
        Some(SendRequestResult::SendBody(call)) => call,
        // Sends the body without waiting for `100 Continue`.
        Some(SendRequestResult::Await100(call)) => match call.proceed()? {
            Await100Result::SendBody(call) => call,
            Await100Result::RecvResponse(call) => return Ok((call, head)),
        },
        None => return Err("incomplete request head".into()),
    };
    call.consume_direct_write(body.len())?;
    Ok((call.proceed().ok_or("incomplete request body")?, head))
}

fn send(connection: &mut dyn Connection, mut head: Vec<u8>, body: &[u8]) -> io::Result<()> {
    if body.len() <= SHORT_BODY {
        head.extend_from_slice(body);
        connection.write_all(&head)?;
    } else {
        connection.write_all(&head)?;
        connection.write_all(body)?;
    }
    connection.flush()
}

fn receive(
    connection: &mut dyn Connection,
    mut call: Call<RecvResponse>,
    input: &mut Input,
) -> Result<(Response<()>, Rest), BoxError> {
    let response = loop {
        let (count, response) = call.try_response(input.unread(), false)?;
        input.consume(count);
        match response {
            Some(response) => break response,
            None if count > 0 => continue,
            None if input.is_full() => {
                return Err(format!("response head of more than {SIZE} bytes").into());
            }
            None => {}
        }
        if input.fill(connection)? == 0 {
            return Err("connection closed before the response".into());
        }
    };
    let rest = match call.proceed().ok_or("incomplete response head")? {
        RecvResponseResult::RecvBody(call) => Rest::Body(Box::new(call)),
        RecvResponseResult::Redirect(call) => Rest::Nothing { is_reusable: !call.must_close_connection() },
        RecvResponseResult::Cleanup(call) => Rest::Nothing { is_reusable: !call.must_close_connection() },
    };
    Ok((response, rest))
}
