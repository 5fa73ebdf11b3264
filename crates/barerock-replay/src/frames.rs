//! Frames of a response body: where they end, whether the stream completes, and frames of injected faults.

use barerock_eventstream::{
    Frame, FrameDecoder, Header, Limits, MessageKind, Status, encode_frame, header_name,
};
use bytes::Bytes;

/// End of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Complete,
    /// An exception, an error frame, a cut, or no `messageStop`.
    Broken,
}

/// Returns true if the body begins with a complete frame.
pub(crate) fn starts_with_frame(body: &[u8]) -> bool {
    matches!(Frame::parse(body, Limits::default()), Ok(Status::Complete(_)))
}

/// Determines how the stream of this operation ends. Only ConverseStream has an event that marks the end, `messageStop`.
pub(crate) fn ending(mut body: &[u8], operation: &str) -> Ending {
    let mut decoder = FrameDecoder::new();
    let mut stopped = operation != "converse-stream";
    while let Ok(Some(frame)) = decoder.next_frame(&mut body) {
        match frame.kind() {
            MessageKind::Event { event_type } => stopped |= event_type == "messageStop",
            _ => return Ending::Broken,
        }
    }
    // `finish` returns the decode error that ended the loop.
    if stopped && decoder.finish().is_ok() { Ending::Complete } else { Ending::Broken }
}

/// Splits a body into its frames. Bytes that are not a complete frame are the last piece.
pub(crate) fn split(body: &Bytes) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    let mut rest = body.clone();
    while !rest.is_empty() {
        let length = match Frame::parse(&rest, Limits::default()) {
            Ok(Status::Complete((_, length))) => length,
            _ => rest.len(),
        };
        pieces.push(rest.split_to(length));
    }
    pieces
}

/// Encodes an event frame as the service does; `None` if the event is too large for a frame.
pub(crate) fn event(name: &str, payload: &[u8]) -> Option<Bytes> {
    let headers = [
        Header::new(header_name::EVENT_TYPE, name),
        Header::new(header_name::CONTENT_TYPE, crate::fixture::JSON),
        Header::new(header_name::MESSAGE_TYPE, "event"),
    ];
    let mut bytes = Vec::new();
    encode_frame(&headers, payload, &mut bytes).ok()?;
    Some(bytes.into())
}

/// Encodes an exception frame as the service does.
pub(crate) fn exception(name: &str, message: &str) -> Bytes {
    let headers = [
        Header::new(header_name::EXCEPTION_TYPE, name),
        Header::new(header_name::CONTENT_TYPE, crate::fixture::JSON),
        Header::new(header_name::MESSAGE_TYPE, "exception"),
    ];
    encode(&headers, serde_json::json!({"message": message}).to_string().as_bytes())
}

/// Encodes an error frame, which reports an error that the service's model does not name.
pub(crate) fn error(code: &str, message: &str) -> Bytes {
    let headers = [
        Header::new(header_name::ERROR_CODE, code),
        Header::new(header_name::ERROR_MESSAGE, message),
        Header::new(header_name::MESSAGE_TYPE, "error"),
    ];
    encode(&headers, b"")
}

fn encode(headers: &[Header<'_>], payload: &[u8]) -> Bytes {
    let mut bytes = Vec::new();
    // Fails only for a name or message above a header's 32,767 bytes, which fault rules reject.
    if encode_frame(headers, payload, &mut bytes).is_err() {
        bytes.clear();
    }
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_split_at_its_frames_and_keeps_a_torn_tail() {
        let (first, second) = (exception("a", "b"), error("c", "d"));
        let body: Bytes = [&first[..], &second[..], &b"\0\0\0"[..]].concat().into();
        assert_eq!(split(&body), [first, second, Bytes::from_static(b"\0\0\0")]);
        assert!(split(&Bytes::new()).is_empty());
        assert_eq!(split(&Bytes::from_static(b"{\"message\":1}")).len(), 1);
    }

    #[test]
    fn an_exception_does_not_complete_a_stream() {
        assert_eq!(ending(&exception("a", "b"), "converse-stream"), Ending::Broken);
        assert_eq!(ending(b"", "converse-stream"), Ending::Broken);
        assert_eq!(ending(b"", "invoke-with-response-stream"), Ending::Complete);
        assert_eq!(ending(b"\0", "invoke-with-response-stream"), Ending::Broken);
    }
}
