//! What a replay needs to know of a body's frames: where they end, and whether the stream completes.

use barerock_eventstream::{
    Frame, FrameDecoder, Header, Limits, MessageKind, Status, encode_frame, header_name,
};
use bytes::Bytes;

/// How a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Complete,
    /// An exception, an error frame, a cut, or no `messageStop`.
    Broken,
}

/// Whether the body begins with a whole frame.
pub(crate) fn starts_with_frame(body: &[u8]) -> bool {
    matches!(Frame::parse(body, Limits::default()), Ok(Status::Complete(_)))
}

/// How the stream of this operation ends. Converse alone has an event that says so, `messageStop`.
pub(crate) fn ending(body: &[u8], operation: &str) -> Ending {
    let mut decoder = FrameDecoder::new();
    decoder.push(body);
    let mut stopped = operation != "converse-stream";
    while let Ok(Some(frame)) = decoder.next_frame() {
        match frame.kind() {
            MessageKind::Event { event_type } => stopped |= event_type == "messageStop",
            _ => return Ending::Broken,
        }
    }
    // `finish` repeats the error of a decoder that met one.
    if stopped && decoder.finish().is_ok() { Ending::Complete } else { Ending::Broken }
}

/// Cuts a body into its frames. What is no whole frame is left as the last piece.
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

/// An event as the service frames it; `None` if a frame cannot hold it.
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

/// An exception as the service frames it.
pub(crate) fn exception(name: &str, message: &str) -> Bytes {
    let headers = [
        Header::new(header_name::EXCEPTION_TYPE, name),
        Header::new(header_name::CONTENT_TYPE, crate::fixture::JSON),
        Header::new(header_name::MESSAGE_TYPE, "exception"),
    ];
    encode(&headers, serde_json::json!({"message": message}).to_string().as_bytes())
}

/// An error that the service's model does not name.
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
    // Only a name or message beyond a header's 32,767 bytes can fail; fault rules refuse those.
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
