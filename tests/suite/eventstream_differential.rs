//! Differential tests against `aws-smithy-eventstream`: each decodes the frames of the other, apart from known
//! differences.

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder, read_message_from, write_message_to};
use aws_smithy_types::event_stream::{Header as SmithyHeader, HeaderValue as SmithyValue, Message};
use barerock_eventstream::{DecodeErrorKind, Frame, FrameEncoder, Header, HeaderValue, Limits, Status};
use barerock_tests::eventstream::{decode, reseal, stream, to_message, to_smithy};
use proptest::prelude::*;

/// An owned header value.
#[derive(Clone, Debug)]
enum Value {
    Bytes(Vec<u8>),
    String(String),
    Other(HeaderValue<'static>),
}

impl Value {
    fn lend(&self) -> HeaderValue<'_> {
        match self {
            Self::Bytes(bytes) => HeaderValue::Bytes(bytes),
            Self::String(text) => HeaderValue::String(text),
            Self::Other(value) => *value,
        }
    }
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200).prop_map(Value::Bytes),
        ".{0,100}".prop_map(Value::String),
        any::<bool>().prop_map(|value| Value::Other(value.into())),
        any::<i8>().prop_map(|value| Value::Other(value.into())),
        any::<i16>().prop_map(|value| Value::Other(value.into())),
        any::<i32>().prop_map(|value| Value::Other(value.into())),
        any::<i64>().prop_map(|value| Value::Other(value.into())),
        any::<i64>().prop_map(|value| Value::Other(HeaderValue::Timestamp(value))),
        any::<[u8; 16]>().prop_map(|value| Value::Other(HeaderValue::Uuid(value))),
    ]
}

fn headers() -> impl Strategy<Value = Vec<(String, Value)>> {
    prop::collection::btree_map(".{1,60}", value(), 0..12).prop_map(|map| map.into_iter().collect())
}

fn lend(headers: &[(String, Value)]) -> Vec<Header<'_>> {
    headers.iter().map(|(name, value)| Header { name, value: value.lend() }).collect()
}

proptest! {
    #[test]
    fn both_write_the_same_bytes_and_read_each_other(
        headers in headers(),
        payload in prop::collection::vec(any::<u8>(), 0..500),
    ) {
        let headers = lend(&headers);
        let ours = FrameEncoder::new().encode(&headers, &payload).expect("headers within the limits");
        let message = Message::new_from_parts(headers.iter().map(to_smithy).collect(), payload.clone());
        let mut theirs = Vec::new();
        write_message_to(&message, &mut theirs).expect("headers within their limits");
        prop_assert_eq!(&ours, &theirs);

        prop_assert_eq!(read_message_from(&ours[..]).expect("our frame"), message);
        let Ok(Status::Complete((frame, length))) = Frame::parse(&theirs, Limits::default()) else {
            panic!("their frame was refused");
        };
        prop_assert_eq!(length, theirs.len());
        prop_assert_eq!(frame.headers().collect::<Vec<_>>(), headers);
        prop_assert_eq!(frame.payload(), &payload[..]);
    }

    /// For a frame with changed bytes and valid CRCs, both return the same, apart from the known differences.
    #[test]
    fn both_judge_changed_frames_alike(
        position in 0_usize..6,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let stream = stream();
        let (frames, _) = decode([&stream[..]], Limits::default());
        let mut changed = frames[position].as_frame().as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(changed.len());
            // A changed total length only results in a different frame.
            if at >= 4 {
                changed[at] = byte;
            }
        }
        reseal(&mut changed);
        let ours = Frame::parse(&changed, Limits::default());
        let theirs = read_message_from(&changed[..]);
        match (ours, theirs) {
            (Ok(Status::Complete((frame, _))), Ok(message)) => prop_assert_eq!(to_message(&frame), message),
            (Err(_), Err(_)) => {}
            (Err(error), Ok(message)) => {
                prop_assert!(is_known_difference(error.kind(), &message), "only we refuse: {}", error);
            }
            (ours, theirs) => prop_assert!(false, "ours {:?}, theirs {:?}", ours, theirs),
        }
    }
}

/// True for frames that only `aws-smithy-eventstream` accepts, with the rule they violate.
fn is_known_difference(kind: &DecodeErrorKind, message: &Message) -> bool {
    let names = || message.headers().iter().map(|header| header.name().as_str());
    match kind {
        // "Header names MUST be at least one byte long."
        DecodeErrorKind::HeaderNameEmpty => names().any(str::is_empty),
        // "Any given header name MUST only appear once in a message."
        DecodeErrorKind::DuplicateHeader { .. } => {
            names().enumerate().any(|(position, name)| names().skip(position + 1).any(|other| other == name))
        }
        // "byte data<1..2^15-1>": a longer value is rejected.
        DecodeErrorKind::HeaderValueTooLong { .. } => {
            message.headers().iter().any(|header| match header.value() {
                SmithyValue::ByteArray(bytes) => bytes.len() > 32_767,
                SmithyValue::String(text) => text.as_bytes().len() > 32_767,
                _ => false,
            })
        }
        _ => false,
    }
}

/// Known differences that random changes do not find.
#[test]
fn the_list_of_differences() {
    let theirs = |headers: Vec<SmithyHeader>, payload: &[u8]| {
        let mut frame = Vec::new();
        write_message_to(&Message::new_from_parts(headers, payload.to_vec()), &mut frame)
            .expect("their frame");
        frame
    };
    let ours = |frame: &[u8]| Frame::parse(frame, Limits::default()).err().map(|error| *error.kind());
    let flag = |name: &'static str| SmithyHeader::new(name, SmithyValue::Bool(true));

    // Theirs accepts duplicate and empty names.
    let twice = theirs(vec![flag("a"), flag("a")], b"");
    assert!(read_message_from(&twice[..]).is_ok());
    assert_eq!(ours(&twice), Some(DecodeErrorKind::DuplicateHeader { first: 12 }));
    let nameless = theirs(vec![flag("")], b"");
    assert!(read_message_from(&nameless[..]).is_ok());
    assert_eq!(ours(&nameless), Some(DecodeErrorKind::HeaderNameEmpty));

    // Theirs does not limit the length of headers and messages.
    let value = SmithyValue::ByteArray(vec![0; 32_767].into());
    let names = ["a", "b", "c", "d", "e"];
    let long = theirs(names.iter().map(|name| SmithyHeader::new(*name, value.clone())).collect(), b"");
    assert!(read_message_from(&long[..]).is_ok());
    assert!(matches!(ours(&long), Some(DecodeErrorKind::HeadersTooLong { limit: 131_072, .. })));

    // Theirs takes a stream truncated after a prelude for a complete one.
    let whole = theirs(vec![flag("a")], b"payload");
    let mut decoder = MessageFrameDecoder::new();
    let mut prelude = &whole[..12];
    assert!(matches!(decoder.decode_frame(&mut prelude), Ok(DecodedFrame::Incomplete)));
    assert!(prelude.is_empty(), "they have taken the twelve bytes, and nothing tells of them");
    let (_, error) = decode([&whole[..12]], Limits::default());
    assert!(error.is_some_and(|error| error.is_truncated() && error.stream_offset() == 12));

    // Theirs waits for 4 GiB after a corrupt length; ours checks its CRC first.
    let mut corrupt = whole;
    corrupt[0] = 0xff;
    let mut decoder = MessageFrameDecoder::new();
    assert!(matches!(decoder.decode_frame(&mut &corrupt[..]), Ok(DecodedFrame::Incomplete)));
    assert!(matches!(ours(&corrupt), Some(DecodeErrorKind::PreludeCrc { .. })));
}
