//! Redaction of event streams, frame by frame.

use std::borrow::Cow;

use barerock_eventstream::{Frame, FrameDecoder, FrameEncoder, Header, HeaderValue};
use barerock_sigv4::Secrets;

use super::{Redaction, Redactor};

/// Bytes of a stream without valid frames that are held back, so that no secret is split between two pieces.
const HELD_BACK: usize = 16 * 1024;

/// Redacts an event stream. Frames that hold a secret, in the value of a header or in the payload, are encoded anew with the CRCs of what is
/// left; all others are kept byte for byte. What is no valid frame, and all after it, is redacted as it is.
#[derive(Debug)]
pub struct StreamRedactor {
    redactor: Redactor,
    decoder: FrameDecoder,
    /// The bytes from the first that is no valid frame, as far as they are held back.
    invalid: Option<Vec<u8>>,
    /// Bytes taken that are returned, or redacted.
    taken: u64,
    /// Bytes returned.
    returned: u64,
    /// What changed, in order.
    changes: Vec<Change>,
}

/// A part of a stream before and after.
#[derive(Debug)]
struct Change {
    offset: u64,
    length: u64,
    redacted_offset: u64,
    redacted_length: u64,
}

impl StreamRedactor {
    /// A redactor of a stream that may hold these secrets.
    #[must_use]
    pub fn new(secrets: Secrets) -> Self {
        Self::with(Redactor::new(secrets, Redaction::default()))
    }

    pub(crate) fn with(redactor: Redactor) -> Self {
        Self {
            redactor,
            decoder: FrameDecoder::new(),
            invalid: None,
            taken: 0,
            returned: 0,
            changes: Vec::new(),
        }
    }

    /// Takes the next bytes of the stream, and returns the redacted bytes that are ready: whole frames.
    #[must_use]
    pub fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        if self.redactor.is_idle() {
            out.extend_from_slice(chunk);
            return out;
        }
        if let Some(invalid) = &mut self.invalid {
            invalid.extend_from_slice(chunk);
            self.push_invalid(&mut out);
            return out;
        }
        let mut undecoded = chunk;
        loop {
            match self.decoder.next_frame(&mut undecoded) {
                Ok(Some(frame)) => {
                    let (before, length) =
                        (out.len(), usize::try_from(frame.total_length()).unwrap_or(usize::MAX));
                    let has_changed = append(&frame, &self.redactor, &mut out);
                    let redacted = out.len().saturating_sub(before);
                    self.note(length, redacted, has_changed);
                }
                Ok(None) => return out,
                Err(_) => {
                    self.invalid = Some([self.decoder.unread(), undecoded].concat());
                    self.push_invalid(&mut out);
                    return out;
                }
            }
        }
    }

    /// Notes a part that was returned.
    fn note(&mut self, length: usize, redacted: usize, has_changed: bool) {
        let as_u64 = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let (length, redacted_length) = (as_u64(length), as_u64(redacted));
        if has_changed {
            let (offset, redacted_offset) = (self.taken, self.returned);
            self.changes.push(Change { offset, length, redacted_offset, redacted_length });
        }
        self.taken = self.taken.saturating_add(length);
        self.returned = self.returned.saturating_add(redacted_length);
    }

    /// Where a byte of the stream is in the redacted stream. Within a part that was redacted, offsets do not go past its end.
    #[must_use]
    pub fn redacted_offset(&self, offset: u64) -> u64 {
        let next = self.changes.partition_point(|change| change.offset <= offset);
        let Some(change) = next.checked_sub(1).and_then(|last| self.changes.get(last)) else { return offset };
        let within = offset.saturating_sub(change.offset);
        let after = within.saturating_sub(change.length);
        let within =
            if within < change.length { within.min(change.redacted_length) } else { change.redacted_length };
        change.redacted_offset.saturating_add(within).saturating_add(after)
    }

    /// Ends the stream and returns the rest, redacted: what was held back, or the beginning of a frame that did not come whole.
    #[must_use]
    pub fn finish(&mut self) -> Vec<u8> {
        let rest = self.invalid.take().unwrap_or_else(|| self.decoder.unread().to_vec());
        let redacted = self.redactor.body(&rest).into_owned();
        self.note(rest.len(), redacted.len(), redacted != rest);
        self.decoder = FrameDecoder::new();
        redacted
    }

    /// True if anything was redacted so far.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Releases invalid bytes, but for the last ones.
    fn push_invalid(&mut self, out: &mut Vec<u8>) {
        let Some(invalid) = self.invalid.as_mut().filter(|invalid| invalid.len() > 2 * HELD_BACK) else {
            return;
        };
        let mut redacted = self.redactor.body(invalid).into_owned();
        let has_changed = redacted != *invalid;
        let held = redacted.split_off(redacted.len().saturating_sub(HELD_BACK));
        let length = invalid.len().saturating_sub(held.len());
        *invalid = held;
        self.note(length, redacted.len(), has_changed);
        out.append(&mut redacted);
    }
}

/// Appends a frame without the secrets, and returns whether it held any.
fn append(frame: &Frame<'_>, redactor: &Redactor, out: &mut Vec<u8>) -> bool {
    let payload = redactor.body(frame.payload());
    let mut has_changed = matches!(payload, Cow::Owned(_));
    let texts: Vec<_> = frame
        .headers()
        .map(|header| match header.value {
            HeaderValue::String(text) => Some(Hidden::Text(redactor.text(text))),
            HeaderValue::Bytes(bytes) => Some(Hidden::Bytes(redactor.secrets().hide_bytes(bytes))),
            _ => None,
        })
        .collect();
    let headers: Vec<Header<'_>> = frame
        .headers()
        .zip(&texts)
        .map(|(header, hidden)| {
            has_changed |= hidden.as_ref().is_some_and(Hidden::is_changed);
            match hidden {
                Some(Hidden::Text(text)) => Header::new(header.name, HeaderValue::String(text)),
                Some(Hidden::Bytes(bytes)) => Header::new(header.name, HeaderValue::Bytes(bytes)),
                None => header,
            }
        })
        .collect();
    // A frame is shorter than what it was decoded from or a few bytes longer, so this fails only at the limits of a frame.
    if FrameEncoder::new().append(&headers, &payload, out).is_err() {
        let _ = FrameEncoder::new().append(&[], b"", out);
    }
    has_changed
}

enum Hidden<'t> {
    Text(Cow<'t, str>),
    Bytes(Cow<'t, [u8]>),
}

impl Hidden<'_> {
    fn is_changed(&self) -> bool {
        matches!(self, Self::Text(Cow::Owned(_)) | Self::Bytes(Cow::Owned(_)))
    }
}

#[cfg(test)]
mod tests {
    use barerock_eventstream::{Frames, Limits, encode_frame};

    use super::*;

    const SECRET: &str = "IQoJb3JpZ2luX2VjEJr/+abc=";

    fn frame(header: &str, payload: &str) -> Vec<u8> {
        let mut out = Vec::new();
        let headers =
            [Header::new(":message-type", "event"), Header::new("x", header), Header::new("n", 7i32)];
        encode_frame(&headers, payload.as_bytes(), &mut out).unwrap();
        out
    }

    fn redacted(stream: &[u8], chunk: usize) -> (Vec<u8>, bool) {
        let mut redactor = StreamRedactor::new([SECRET].into_iter().collect());
        let mut out: Vec<u8> = stream.chunks(chunk).flat_map(|chunk| redactor.push(chunk)).collect();
        out.extend(redactor.finish());
        (out, redactor.has_changed())
    }

    #[test]
    fn frames_with_a_secret_are_encoded_anew_and_others_kept() {
        let plain = frame("a", r#"{"p":"abc"}"#);
        let escaped = SECRET.replace('/', "\\/").replace('=', "\\u003d");
        let stream =
            [&*plain, &frame(SECRET, "{}"), &frame("b", &format!(r#"{{"message":"no {escaped}"}}"#)), &plain]
                .concat();
        let expected =
            [&*plain, &frame("**redacted**", "{}"), &frame("b", r#"{"message":"no **redacted**"}"#), &plain]
                .concat();
        for chunk in [1, 7, 100, stream.len()] {
            assert_eq!(redacted(&stream, chunk), (expected.clone(), true), "chunks of {chunk}");
        }
        assert!(Frames::new(&expected, Limits::default()).all(|frame| frame.is_ok()));
        assert_eq!(redacted(&plain, 5), (plain, false));
    }

    #[test]
    fn cut_and_corrupt_streams_keep_their_length_but_for_secrets() {
        let stream = [frame("a", "{}"), frame(SECRET, SECRET)].concat();
        for cut in 0..stream.len() {
            let (out, _) = redacted(&stream[..cut], 3);
            assert!(!String::from_utf8_lossy(&out).contains(SECRET), "cut at {cut}");
        }
        let mut corrupt = frame("a", "{}");
        let end = corrupt.len() - 1;
        corrupt[end] ^= 1;
        let whole = [&*corrupt, &b"x".repeat(5 * HELD_BACK), SECRET.as_bytes(), b"end"].concat();
        let expected = [&*corrupt, &b"x".repeat(5 * HELD_BACK), b"**redacted**end"].concat();
        for chunk in [1000, 50_000] {
            assert!(redacted(&whole, chunk).0 == expected, "chunks of {chunk}");
        }
    }

    #[test]
    fn offsets_follow_what_was_redacted() {
        let parts = [frame("a", "{}"), frame(SECRET, SECRET), frame("b", "{}")];
        let mut redactor = StreamRedactor::new([SECRET].into_iter().collect());
        let out = [redactor.push(&parts.concat()), redactor.finish()].concat();
        let length = |parts: &[Vec<u8>]| u64::try_from(parts.concat().len()).unwrap();
        let last = u64::try_from(out.len()).unwrap() - length(&parts[2..]);
        assert!(last < length(&parts[..2]), "the frame has become shorter");
        for (offset, redacted) in [
            (0, 0),
            (length(&parts[..1]), length(&parts[..1])),
            (length(&parts[..1]) + 1, length(&parts[..1]) + 1),
            (length(&parts[..2]) - 1, last),
            (length(&parts[..2]), last),
            (length(&parts[..2]) + 7, last + 7),
        ] {
            assert_eq!(redactor.redacted_offset(offset), redacted, "{offset}");
        }
    }
}
