//! Construction of a response: recorded, composed, or changed by faults.

use crate::chunking::{Chunking, Pace};
use crate::fault::Fault;
use crate::fixture::{Fixture, JSON};
use crate::frames;
use crate::script::{Interruption, Script};
use barerock_audit::exchange::Timing;
use barerock_converse::error::{EXCEPTIONS, exception_code, exception_status};
use barerock_converse::wire::header_name::{X_AMZ_RETRY_AFTER, X_AMZN_ERROR_TYPE, X_AMZN_REQUEST_ID};
use bytes::Bytes;
use core::time::Duration;
use http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, LOCATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use std::sync::Arc;
use tokio::time::Instant;

const REQUEST_ID: HeaderName = HeaderName::from_static(X_AMZN_REQUEST_ID);
const ERROR_TYPE: HeaderName = HeaderName::from_static(X_AMZN_ERROR_TYPE);
const RETRY_AFTER: HeaderName = HeaderName::from_static(X_AMZ_RETRY_AFTER);
/// Message of errors that faults inject.
const ON_DEMAND: &str = "barerock-replay was told to fail this request.";
/// Target of a redirect; the name is reserved (RFC 6761, section 6.5), so no server has it.
const ELSEWHERE: &str = "https://elsewhere.example/login";
/// Hop-by-hop headers, which are not replayed: they describe the recorded connection.
const HOP_BY_HOP: [HeaderName; 4] = [CONNECTION, TE, TRAILER, UPGRADE];

/// Settings for sending a reply.
#[derive(Debug)]
pub(crate) struct Delivery<'a> {
    pub(crate) faults: &'a [&'a Fault],
    pub(crate) chunking: Chunking,
    pub(crate) pace: Pace,
    /// Request id for a response without a recorded one.
    pub(crate) request_id: HeaderValue,
    /// Sends the current date instead of the recorded one.
    pub(crate) live_date: bool,
    /// Time at which the request was received; recorded times are counted from it.
    pub(crate) received: Instant,
}

/// A status, headers in order, and a body.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    event_stream: bool,
    /// Times at which the recorded response arrived.
    timing: Option<Arc<Timing>>,
}

impl Reply {
    pub(crate) fn recorded(fixture: &Fixture) -> Self {
        Self {
            status: fixture.status(),
            headers: fixture.headers().to_vec(),
            body: fixture.body().clone(),
            event_stream: fixture.is_event_stream(),
            timing: fixture.timing().cloned(),
        }
    }

    /// Creates an error as the service sends it: its name in a header, its message in the body.
    pub(crate) fn error(status: StatusCode, name: &str, message: &str) -> Self {
        let mut reply = Self::unnamed_error(status, message);
        reply.headers.extend(HeaderValue::from_str(name).ok().map(|name| (ERROR_TYPE, name)));
        reply
    }

    /// Creates an error as a gateway in front of the service sends it, without a name.
    fn unnamed_error(status: StatusCode, message: &str) -> Self {
        let headers = vec![(CONTENT_TYPE, HeaderValue::from_static(JSON))];
        let body = serde_json::json!({"message": message}).to_string().into();
        Self { status, headers, body, event_stream: false, timing: None }
    }

    /// Creates the response of a fault that replaces the whole response.
    pub(crate) fn of_fault(fault: &Fault) -> Option<Self> {
        match fault {
            Fault::Throttle { retry_after } => {
                let message = "Too many requests, please wait before trying again.";
                let mut reply = Self::error(StatusCode::TOO_MANY_REQUESTS, "ThrottlingException", message);
                let milliseconds = retry_after.and_then(|after| u64::try_from(after.as_millis()).ok());
                reply.headers.extend(milliseconds.map(|after| (RETRY_AFTER, after.into())));
                Some(reply)
            }
            Fault::Status { status, error } => {
                Some(match error.as_deref().or_else(|| code_of_status(*status)) {
                    Some(name) => Self::error(*status, name, ON_DEMAND),
                    None => Self::unnamed_error(*status, ON_DEMAND),
                })
            }
            Fault::Html { status } => Some(Self::page(*status)),
            Fault::Redirect { status } => {
                let mut reply = Self::page(*status);
                reply.headers.push((LOCATION, HeaderValue::from_static(ELSEWHERE)));
                Some(reply)
            }
            _ => None,
        }
    }

    /// Creates a web page as a proxy in front of the service sends it.
    fn page(status: StatusCode) -> Self {
        let headers = vec![(CONTENT_TYPE, HeaderValue::from_static("text/html"))];
        let body = format!(
            "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<h1>{status}</h1>\r\n<p>{ON_DEMAND}</p>\r\n</body>\r\n\
             </html>\r\n"
        );
        Self { status, headers, body: body.into(), event_stream: false, timing: None }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the recorded time of the response's head, counted from when the connection was ready.
    pub(crate) fn recorded_head(&self) -> Option<Duration> {
        let timing = self.timing.as_ref()?;
        Some(timing.head?.saturating_sub(timing.connecting()))
    }

    /// Applies an exception or error-frame fault: replaces a frame of the stream and drops those after it. A response that is
    /// not a stream becomes an error.
    fn spoil(&mut self, fault: &Fault) {
        let (frame, number) = match fault {
            Fault::Exception { name, .. } if !self.event_stream => {
                let code = exception_code(name);
                *self = Self::error(status_of_code(&code), &code, ON_DEMAND);
                return;
            }
            Fault::ErrorFrame { code, .. } if !self.event_stream => {
                *self = Self::error(StatusCode::INTERNAL_SERVER_ERROR, code, ON_DEMAND);
                return;
            }
            Fault::Exception { name, frame } => (frames::exception(name, ON_DEMAND), *frame),
            Fault::ErrorFrame { code, frame } => (frames::error(code, ON_DEMAND), *frame),
            _ => return,
        };
        let mut pieces = frames::split(&self.body);
        pieces.truncate(number.saturating_sub(1));
        pieces.push(frame);
        self.body = pieces.concat().into();
    }

    /// Builds the HTTP response and applies faults to its body.
    pub(crate) fn into_response(mut self, delivery: Delivery<'_>) -> Response<Script> {
        let Delivery { faults, chunking, pace, request_id, live_date, received } = delivery;
        if live_date {
            // hyper adds the current date to a response without one.
            self.headers.retain(|(name, _)| name != DATE);
        }
        faults.iter().for_each(|fault| self.spoil(fault));
        let timing = self.timing.clone();
        let (mut pieces, mut delay) = if self.event_stream {
            (chunking.cut(&self.body, timing.as_deref()), pace.delay())
        } else {
            (chunking.cut_whole(&self.body, timing.as_deref()), Duration::ZERO)
        };
        for fault in faults {
            match fault {
                Fault::Corrupt { offset, bit } => corrupt(&mut pieces, *offset, *bit),
                Fault::Truncate(length) => truncate(&mut pieces, *length),
                Fault::Slow(duration) => delay = delay.saturating_add(*duration),
                _ => {}
            }
        }
        let length = pieces.iter().map(Bytes::len).sum();
        let mut script = match timing.filter(|_| pace.is_recorded()) {
            Some(timing) => recorded_pace(pieces, &timing, delay, received),
            None => Script::pieces(pieces, delay),
        };
        for fault in faults {
            let (bytes, interruption) = match fault {
                Fault::ResetAfter(bytes) | Fault::CloseAfter(bytes) => (*bytes, Interruption::Abort),
                Fault::StallAfter { bytes, duration: None } => (*bytes, Interruption::Hang),
                Fault::StallAfter { bytes, duration: Some(duration) } => {
                    (*bytes, Interruption::Pause(*duration))
                }
                _ => continue,
            };
            script.interrupt(bytes, interruption);
        }
        let content_type = faults.iter().find_map(|fault| match fault {
            Fault::ContentType(value) => Some(value),
            _ => None,
        });
        let mut response = Response::new(script);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        self.write_headers(headers, length);
        headers.entry(REQUEST_ID).or_insert(request_id);
        if let Some(value) = content_type {
            headers.insert(CONTENT_TYPE, value.clone());
        }
        response
    }

    /// Writes the recorded headers in their order; the framing header of this connection takes the place of the recorded one.
    fn write_headers(self, headers: &mut HeaderMap, length: usize) {
        let framing = if self.event_stream {
            (TRANSFER_ENCODING, HeaderValue::from_static("chunked"))
        } else {
            (CONTENT_LENGTH, HeaderValue::from(length))
        };
        for (name, value) in self.headers {
            if name == TRANSFER_ENCODING || name == CONTENT_LENGTH {
                headers.insert(framing.0.clone(), framing.1.clone());
            } else if HOP_BY_HOP.contains(&name) || name.as_str() == "keep-alive" {
                continue;
            } else {
                headers.append(name, value);
            }
        }
        headers.entry(framing.0).or_insert(framing.1);
    }
}

/// Schedules each piece for the time at which its last byte was recorded.
fn recorded_pace(pieces: Vec<Bytes>, timing: &Timing, delay: Duration, received: Instant) -> Script {
    let time = |arrival: Duration| received.checked_add(arrival.saturating_sub(timing.connecting()));
    let mut end = 0_u64;
    let pieces = pieces.into_iter().map(|piece| {
        end = end.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        let arrival = timing.arrival_of(end.saturating_sub(1));
        (piece, arrival.and_then(time))
    });
    Script::timed(pieces, delay, timing.end.and_then(time))
}

fn corrupt(pieces: &mut [Bytes], offset: usize, bit: u8) {
    let mut start = 0_usize;
    for piece in pieces {
        let at = offset.saturating_sub(start);
        start = start.saturating_add(piece.len());
        if offset < start {
            let mut bytes = piece.to_vec();
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1_u8.checked_shl(u32::from(bit)).unwrap_or_default();
            }
            *piece = bytes.into();
            return;
        }
    }
}

fn truncate(pieces: &mut Vec<Bytes>, length: usize) {
    let mut left = length;
    for piece in pieces.iter_mut() {
        piece.truncate(left);
        left = left.saturating_sub(piece.len());
    }
    pieces.retain(|piece| !piece.is_empty());
}

/// Returns the first exception of the service model with this status.
fn code_of_status(status: StatusCode) -> Option<&'static str> {
    EXCEPTIONS.iter().find(|(_, code)| *code == status.as_u16()).map(|(name, _)| *name)
}

fn status_of_code(code: &str) -> StatusCode {
    exception_status(code)
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces() -> Vec<Bytes> {
        ["abc", "def"].map(Bytes::from).to_vec()
    }

    #[test]
    fn one_bit_of_one_byte_is_flipped() {
        let mut spoiled = pieces();
        corrupt(&mut spoiled, 4, 0);
        corrupt(&mut spoiled, 0, 7);
        assert_eq!(spoiled, [&b"\xe1bc"[..], b"ddf"]);
        let mut spoiled = pieces();
        corrupt(&mut spoiled, 6, 0);
        assert_eq!(spoiled, pieces(), "there is no such byte");
    }

    #[test]
    fn a_body_is_truncated_anywhere() {
        for (length, expected) in [(0, ""), (2, "ab"), (3, "abc"), (5, "abcde"), (9, "abcdef")] {
            let mut cut = pieces();
            truncate(&mut cut, length);
            assert_eq!(cut.concat(), expected.as_bytes());
        }
    }

    #[test]
    fn an_exception_without_a_stream_is_an_http_error() {
        let mut reply = Reply::error(StatusCode::OK, "x", "y");
        reply.spoil(&Fault::Exception { name: "modelStreamErrorException".to_owned(), frame: 3 });
        assert_eq!(reply.status(), 424);
        assert_eq!(reply.headers[1].1, "ModelStreamErrorException");
        reply.spoil(&Fault::ErrorFrame { code: "Odd".to_owned(), frame: 1 });
        assert_eq!(
            (reply.status(), &reply.headers[1].1),
            (StatusCode::INTERNAL_SERVER_ERROR, &HeaderValue::from_static("Odd"))
        );
    }
}
