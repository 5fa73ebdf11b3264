//! Responses: event streams frame by frame and as the message they make, other bodies as JSON.

use barerock_converse::{EventDecoder, MessageAssembler};
use barerock_eventstream::{Frame, Frames, HeaderValue, Limits, MessageKind};

use super::body;
use super::tree::Tree;
use super::values::{Values, push_member};
use super::{Compare, Comparison};
use crate::exchange::RecordedResponse;
use crate::text::{count, counted};

/// Compares the bodies of two responses; true if they are equal but for ignored differences.
pub(super) fn compare_responses(
    compare: &mut Compare<'_>,
    a: &RecordedResponse,
    b: &RecordedResponse,
) -> bool {
    match (Stream::read(a.body()), Stream::read(b.body())) {
        (None, None) => body::compare(compare, "response.body", a.body(), b.body()),
        (Some(a), Some(b)) => compare_streams(compare, &a, &b),
        (a_stream, b_stream) => {
            let show = |stream: Option<Stream<'_>>, body: &[u8]| match stream {
                Some(stream) => stream.summary(),
                None => body::show(body),
            };
            compare.add(None, "response.body", Some(show(a_stream, a.body())), Some(show(b_stream, b.body())))
        }
    }
}

/// The frames of a stream up to its first fault.
struct Stream<'s> {
    bytes: &'s [u8],
    frames: Vec<Frame<'s>>,
}

impl<'s> Stream<'s> {
    /// Reads a body that begins with a frame.
    fn read(bytes: &'s [u8]) -> Option<Self> {
        let frames: Vec<_> = Frames::new(bytes, Limits::default()).map_while(Result::ok).collect();
        (!frames.is_empty()).then_some(Self { bytes, frames })
    }

    fn summary(&self) -> String {
        let frames = u64::try_from(self.frames.len()).unwrap_or(u64::MAX);
        let (frames, bytes) = (counted(frames, "frame"), counted(count(self.bytes), "byte"));
        super::json_text(&format!("event stream: {frames}, {bytes}"))
    }

    /// The assembled message as a Converse response, and the verdict with the place of a fault.
    fn message(&self) -> (String, String) {
        let (mut decoder, mut assembler) = (EventDecoder::new(), MessageAssembler::new());
        let mut bytes = self.bytes;
        while let Ok(Some(event)) = decoder.next_event(&mut bytes) {
            assembler.push(event);
        }
        let verdict = match decoder.finish() {
            Ok(()) => "complete".to_owned(),
            Err(error) => match error.offset() {
                Some(offset) => format!("{} at offset {offset}", error.verdict()),
                None => error.verdict().to_string(),
            },
        };
        let message = match assembler.finish() {
            Ok(message) => serde_json::to_string(&message),
            Err(incomplete) => serde_json::to_string(&incomplete.partial)
                .map(|partial| format!("{{\"output\":{{\"message\":{partial}}}}}")),
        };
        (message.unwrap_or_default(), verdict)
    }
}

fn compare_streams(compare: &mut Compare<'_>, a: &Stream<'_>, b: &Stream<'_>) -> bool {
    if a.bytes == b.bytes {
        return true;
    }
    let mut is_same = compare_frames(compare, a, b);
    let ((a_message, a_verdict), (b_message, b_verdict)) = (a.message(), b.message());
    is_same &= compare.texts(None, "response.verdict", Some(&a_verdict), Some(&b_verdict));
    if let (Some(a), Some(b)) = (Tree::read(&a_message), Tree::read(&b_message)) {
        is_same &= Values { compare, place: "response.message".to_owned(), is_event: false }.trees(&a, &b);
    }
    is_same
}

/// Pairs frames by their number; with more frames on one side, those that agree at the end are paired too.
fn compare_frames(compare: &mut Compare<'_>, a: &Stream<'_>, b: &Stream<'_>) -> bool {
    let agree = |a: &Frame<'_>, b: &Frame<'_>| {
        let mut found = Comparison::default();
        compare_frame(
            &mut Compare { is_strict: compare.is_strict, prefix: "", comparison: &mut found },
            0,
            a,
            b,
        )
    };
    let (a, b) = (&a.frames, &b.frames);
    let shorter = a.len().min(b.len());
    let same_end = if a.len() == b.len() {
        0
    } else {
        let start = a.iter().zip(b).take_while(|(a, b)| agree(a, b)).count();
        let ends = a.iter().rev().zip(b.iter().rev()).take(shorter - start);
        ends.take_while(|(a, b)| agree(a, b)).count()
    };
    let (mut is_same, paired) = (true, shorter - same_end);
    for (number, (a, b)) in a.iter().zip(b).take(paired).enumerate() {
        is_same &= compare_frame(compare, number, a, b);
    }
    let mut only = |frames: &[Frame<'_>], is_a: bool| {
        let between = frames.get(paired..frames.len() - same_end).unwrap_or_default();
        for (number, frame) in between.iter().enumerate() {
            let shown = Some(show(frame));
            let (a, b) = if is_a { (shown, None) } else { (None, shown) };
            is_same &= compare.add(None, &format!("frames[{}]", paired + number), a, b);
        }
    };
    only(a, true);
    only(b, false);
    // The frames of the end have another number on each side: the first side's counts.
    let ends = a.iter().rev().zip(b.iter().rev()).take(same_end).enumerate();
    for (from_end, (frame, other)) in ends.collect::<Vec<_>>().into_iter().rev() {
        is_same &= compare_frame(compare, a.len() - 1 - from_end, frame, other);
    }
    is_same
}

fn compare_frame(compare: &mut Compare<'_>, number: usize, a: &Frame<'_>, b: &Frame<'_>) -> bool {
    if a.as_bytes() == b.as_bytes() {
        return true;
    }
    let place = format!("frames[{number}]");
    let mut is_same = compare_headers(compare, &place, a, b);
    let payload = format!("{place}.payload");
    is_same &= match (body::read(a.payload()), body::read(b.payload())) {
        (Some(a), Some(b)) => Values { compare, place: payload, is_event: true }.trees(&a, &b),
        _ => body::compare(compare, &payload, a.payload(), b.payload()),
    };
    is_same
}

fn compare_headers(compare: &mut Compare<'_>, place: &str, a: &Frame<'_>, b: &Frame<'_>) -> bool {
    let mut is_same = true;
    let place_of = |name: &str| {
        let mut place = format!("{place}.headers");
        push_member(&mut place, name);
        place
    };
    for header in a.headers() {
        let other = b.header(header.name);
        if other != Some(header.value) {
            let (a, b) = (Some(value(header.value)), other.map(value));
            is_same &= compare.add(None, &place_of(header.name), a, b);
        }
    }
    for header in b.headers().filter(|header| a.header(header.name).is_none()) {
        is_same &= compare.add(None, &place_of(header.name), None, Some(value(header.value)));
    }
    let names =
        |frame: &Frame<'_>| -> Vec<String> { frame.headers().map(|header| header.name.to_owned()).collect() };
    if is_same && compare.is_strict && names(a) != names(b) {
        let json = |frame| Some(serde_json::Value::from(names(frame)).to_string());
        is_same = compare.add(None, &format!("{place}.headers.(order)"), json(a), json(b));
    }
    is_same
}

/// A header's value: a string as it is, other types with their names.
fn value(value: HeaderValue<'_>) -> String {
    match value {
        HeaderValue::String(text) => super::json_text(text),
        other => super::json_text(&format!("{} ({})", crate::dump::header_text(other), other.type_name())),
    }
}

/// A frame that has no partner.
fn show(frame: &Frame<'_>) -> String {
    let kind = match frame.kind() {
        MessageKind::Event { event_type } => event_type,
        MessageKind::Exception { exception_type } => exception_type,
        MessageKind::Error { code, .. } => code,
        _ => "",
    };
    let payload = match body::read(frame.payload()) {
        Some(tree) => tree.to_json(),
        None => body::show(frame.payload()),
    };
    format!("{{{}:{payload}}}", super::json_text(kind))
}
