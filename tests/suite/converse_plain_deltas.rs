//! Tests that the fast path for plain deltas equals the general reader.

use barerock_converse::stream::{EventDecoder, StreamEvent};
use barerock_eventstream::{Header, encode_frame};
use proptest::prelude::*;

const PADDING: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Reads the payload with the fast path, and with the general reader, which leading white space selects.
fn both(payload: &[u8]) -> [Option<StreamEvent<'static>>; 2] {
    [decoded(payload), decoded(&[b" ", payload].concat())]
}

fn decoded(payload: &[u8]) -> Option<StreamEvent<'static>> {
    let headers = [
        Header::new(":event-type", "contentBlockDelta"),
        Header::new(":content-type", "application/json"),
        Header::new(":message-type", "event"),
    ];
    let mut frame = Vec::new();
    encode_frame(&headers, payload, &mut frame).unwrap();
    let mut decoder = EventDecoder::new();
    decoder.next_event(&mut &frame[..]).ok().flatten().map(StreamEvent::into_owned)
}

fn text_delta(text: &str, padding: usize) -> Vec<u8> {
    let padding = &PADDING[..padding];
    format!(r#"{{"contentBlockIndex":0,"delta":{{"text":"{text}"}},"p":"{padding}"}}"#).into_bytes()
}

#[test]
fn every_length_of_text_and_padding() {
    for text in [
        "the quick brown fox jumps over the lazy dog",
        "Grüße, 🌍! Grüße, 🌍! Grüße",
        "a\\nb\\\"c\\u00e9 d\\\\ ",
    ] {
        let ends = (0..=text.len()).filter(|end| text.is_char_boundary(*end));
        for end in ends {
            for padding in 0..=PADDING.len() {
                let [decoded, parsed] = both(&text_delta(&text[..end], padding));
                assert_eq!(decoded, parsed, "{} {padding}", &text[..end]);
                assert!(parsed.is_some() || text[..end].contains('\\'), "{} {padding}", &text[..end]);
            }
        }
    }
}

#[test]
fn every_byte_changed() {
    for (text, padding) in
        [("", 0), ("", 30), ("é", 11), (r"\n", 20), ("sixteen bytes ok", 1), ("one block and more", 62)]
    {
        let payload = text_delta(text, padding);
        for at in 0..payload.len() {
            for byte in [b'"', b'\\', b'}', b'a', b'b', b'z', b'0', 0, 0x1f, 0x80, 0xff] {
                let mut changed = payload.clone();
                changed[at] = byte;
                let [decoded, parsed] = both(&changed);
                assert_eq!(decoded, parsed, "{text} {padding}: {byte:#x} at {at}");
            }
        }
    }
}

/// Payloads in the form of the service, with arbitrary text.
fn payload() -> impl Strategy<Value = String> {
    let text = prop_oneof!["[ -~]{0,40}", "\\PC{0,20}", any::<String>()];
    let delta = (text, 0..4_u8).prop_map(|(text, kind)| {
        let text = serde_json::to_string(&text).unwrap();
        match kind {
            0 => format!(r#"{{"text":{text}}}"#),
            1 => format!(r#"{{"toolUse":{{"input":{text}}}}}"#),
            2 => format!(r#"{{"reasoningContent":{{"text":{text}}}}}"#),
            _ => format!(r#"{{"reasoningContent":{{"signature":{text}}}}}"#),
        }
    });
    (0..30_u64, delta, 0..=PADDING.len()).prop_map(|(index, delta, padding)| {
        format!(r#"{{"contentBlockIndex":{index},"delta":{delta},"p":"{}"}}"#, &PADDING[..padding])
    })
}

proptest! {
    #[test]
    fn as_the_service_writes_them(payload in payload()) {
        let [decoded, parsed] = both(payload.as_bytes());
        prop_assert!(parsed.is_some());
        prop_assert_eq!(decoded, parsed);
    }

    #[test]
    fn with_bytes_changed(
        payload in payload(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let mut payload = payload.into_bytes();
        for (at, byte) in changes {
            let at = at.index(payload.len());
            payload[at] = byte;
        }
        if cuts {
            payload.truncate(cut.index(payload.len()));
        }
        let [decoded, parsed] = both(&payload);
        prop_assert_eq!(decoded, parsed);
    }
}
