//! Tests of valid and invalid header blocks.

use std::vec::Vec;

use super::*;
use crate::{FrameEncoder, MAX_HEADER_VALUE_LENGTH};

/// Returns the header block of a frame with these headers.
fn block(headers: &[Header<'_>]) -> Vec<u8> {
    let limits = Limits::default().with_duplicate_headers(true).with_max_headers(u32::MAX);
    let frame = FrameEncoder::with_limits(limits).encode(headers, &[]).unwrap();
    frame[PRELUDE_LENGTH..frame.len() - 4].to_vec()
}

/// Returns the error of a block and its offset in the block.
fn fault(block: &[u8]) -> (DecodeErrorKind, usize) {
    let error = check(block, Limits::default(), "").err().unwrap();
    (*error.kind(), usize::try_from(error.frame_offset()).unwrap() - PRELUDE_LENGTH)
}

#[test]
fn every_type_comes_back() {
    let headers = [
        Header::new("true", true),
        Header::new("false", false),
        Header::new("byte", i8::MIN),
        Header::new("short", i16::MIN),
        Header::new("integer", i32::MIN),
        Header::new("long", i64::MIN),
        Header::new("bytes", &[0, 255][..]),
        Header::new("string", "gr\u{fc}n"),
        Header::new("timestamp", HeaderValue::Timestamp(-1)),
        Header::new("uuid", HeaderValue::Uuid([7; 16])),
    ];
    let block = block(&headers);
    assert!(check(&block, Limits::default(), "").is_ok());
    assert_eq!(Headers::new(&block).collect::<Vec<_>>(), headers);
    for header in &headers {
        assert_eq!(Headers::new(&block).find_value(header.name), Some(header.value));
        assert_eq!(header.value.type_name(), header.name);
    }
    assert_eq!(Headers::new(&block).find_value("absent"), None);
}

// spec-test: eventstream#header-name, eventstream#header-type, eventstream#header-utf8, eventstream#header-once
#[test]
fn faults_are_told_with_their_bytes() {
    use crate::HeaderPart::*;
    use DecodeErrorKind::*;
    let overrun = |part, needed, available| HeaderOverrun { part, needed, available };
    let cases: &[(&[u8], DecodeErrorKind, usize)] = &[
        (b"\x00", HeaderNameEmpty, 0),
        (b"\x05abc", overrun(Name, 5, 3), 1),
        (b"\x03abc", overrun(Type, 1, 0), 4),
        (b"\x01a\x0a", HeaderType { found: 10 }, 2),
        (b"\x01a\xff", HeaderType { found: 255 }, 2),
        (b"\x01a\x07\x00", overrun(ValueLength, 2, 1), 3),
        (b"\x01a\x06\x00\x03xy", overrun(Value, 3, 2), 5),
        (b"\x01a\x09\x01", overrun(Value, 16, 1), 3),
        (b"\x01a\x07\x80\x00", HeaderValueTooLong { length: 32_768, limit: MAX_HEADER_VALUE_LENGTH }, 3),
        (b"\x02a\xff\x00", HeaderUtf8 { part: Name }, 2),
        (b"\x01a\x07\x00\x03ab\xc3", HeaderUtf8 { part: Value }, 7),
        (b"\x01b\x00\x01a\x00\x01b\x01", DuplicateHeader { first: 12 }, 6),
    ];
    for (block, kind, offset) in cases {
        assert_eq!(fault(block), (*kind, *offset), "{}", block.escape_ascii());
    }
}

#[test]
fn a_name_outside_ascii_is_checked_on_its_own() {
    // One character whose bytes are split between a name and a type.
    assert_eq!(fault(b"\x02a\xc3\x00").0, DecodeErrorKind::HeaderUtf8 { part: crate::HeaderPart::Name });
    assert!(check("\x03a\u{e9}\x00".as_bytes(), Limits::default(), "").is_ok());
}

#[test]
fn names_that_share_a_bit_are_told_apart() {
    let names: Vec<_> = (0..200).map(|number| std::format!("name-{number}")).collect();
    let headers: Vec<_> = names.iter().map(|name| Header::new(name, true)).collect();
    assert!(check(&block(&headers), Limits::default(), "").is_ok());

    let twice: Vec<_> = headers.iter().chain(&headers[199..]).copied().collect();
    assert!(matches!(fault(&block(&twice)).0, DecodeErrorKind::DuplicateHeader { .. }));
    let limits = Limits::default().with_duplicate_headers(true);
    assert!(check(&block(&twice), limits, "").is_ok());
}

#[test]
fn headers_are_counted() {
    let headers = [Header::new("a", "1"), Header::new("b", "2"), Header::new("c", "3")];
    let block = block(&headers);
    assert!(check(&block, Limits::default().with_max_headers(3), "").is_ok());
    let error = check(&block, Limits::default().with_max_headers(2), "").err().unwrap();
    assert_eq!(*error.kind(), DecodeErrorKind::TooManyHeaders { limit: 2 });
    assert_eq!(error.frame_offset(), 12 + 2 * 6);
}

/// The fast path accepts only blocks that the full scan accepts, with the same result.
#[test]
fn the_short_way_agrees_with_the_full_scan() {
    let limits = Limits::default();
    let usual = [
        Header::new(":event-type", "contentBlockDelta"),
        Header::new(":content-type", "application/json"),
        Header::new(":message-type", "event"),
    ];
    let after_usual = |header| block(&[usual[0], usual[1], usual[2], header]);
    for (good, is_short) in [
        (block(&usual), true),
        (block(&[usual[2], usual[0], usual[1]]), true),
        (after_usual(Header::new(":sequence-number", "00000001")), true),
        (after_usual(Header::new("x", 1_i32)), false),
        (after_usual(Header::new(":event-typf", "a name that shares its bit")), false),
    ] {
        assert_eq!(plain::scan(&good, limits, "").is_some(), is_short);
        let mut accepted = 0;
        for at in 0..good.len() {
            for value in 0..=u8::MAX {
                let mut changed = good.clone();
                changed[at] = value;
                for known in ["", "contentBlockDelta"] {
                    if let Some(short) = plain::scan(&changed, limits, known) {
                        let full = scan_each(&changed, limits).ok().unwrap();
                        assert!(short == full, "byte {at} set to {value}");
                        accepted += 1;
                    }
                }
            }
        }
        assert!(accepted > good.len() || !is_short);
    }
}

#[test]
fn text_is_found_at_every_alignment() {
    for shift in 0..32 {
        for length in 0..40 {
            let name = "n".repeat(shift + 1);
            let value = "v".repeat(length);
            let headers = [Header::new(&name, "x"), Header::new(":event-type", value.as_str())];
            let block = block(&headers);
            let event_headers = check(&block, Limits::default(), "").ok().unwrap();
            assert_eq!(event_headers.event_type, value);
        }
    }
}
