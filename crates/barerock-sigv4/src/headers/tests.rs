use std::format;
use std::string::{String, ToString};

use super::*;

fn lines(headers: &[(&str, &[u8])]) -> Result<String, SignError> {
    let mut list = HeaderList::new(headers, None);
    list.select(Names::Unchecked, |_name| true)?;
    let mut text = String::new();
    list.write_lines(&mut text, false);
    text.push_str(&SignedHeaders(&list).to_string());
    Ok(text)
}

// spec-test: sigv4#signed-headers, sigv4#canonical-headers
#[test]
fn sorted_by_name_and_stable_within_one() {
    let headers: [(&str, &[u8]); 6] =
        [("b", b"2"), ("My-Header", b"z"), ("a", b"1"), ("my-header", b"y"), ("A", b"0"), ("c", b"")];
    assert_eq!(lines(&headers).expect("valid"), "a:1,0\nb:2\nc:\nmy-header:z,y\na;b;c;my-header");
}

// spec-test: sigv4#trim, sigv4#canonical-headers
#[test]
fn values_are_trimmed_and_folded() {
    for (sent, canonical) in [
        ("value", "value"),
        ("  value ", "value"),
        ("\tvalue\t", "value"),
        ("\"a   b   c\"", "\"a b c\""),
        ("a\tb", "a\tb"),
        ("a \t b", "a \t b"),
        ("value1\n  value2\r\n\t value3", "value1 value2 value3"),
        ("a\r\n \r\n b", "a b"),
        ("a\t \tb", "a\t \tb"),
        ("a \t\n\t b", "a b"),
        ("é  日本", "é 日本"),
        ("   ", ""),
    ] {
        let text = lines(&[("h", sent.as_bytes())]).expect("valid");
        assert_eq!(text, format!("h:{canonical}\nh"), "{sent:?}");
    }
}

#[test]
fn control_bytes_and_odd_names_are_refused() {
    let values: [(&[u8], usize); 8] = [
        (b"a\0", 1),
        (b"a\rb", 1),
        (b"ab\nc", 2),
        (b"a\r\n", 1),
        (b"a\n b\nc", 4),
        (b"\x7f", 0),
        (b"a\xff", 1),
        (b"\x1b[0m", 0),
    ];
    for (value, offset) in values {
        let found = lines(&[("a", b""), ("h", value)]);
        assert_eq!(found, Err(SignError::InvalidHeaderValue { index: 1, offset }), "{value:?}");
    }
    for name in ["", "a b", "a:", "é", "a\n"] {
        assert_eq!(lines(&[(name, b"v")]), Err(SignError::InvalidHeaderName { index: 0 }), "{name:?}");
    }
}

#[test]
fn the_limit_holds() {
    let headers = [("h", b"v".as_slice()); MAX_SIGNED_HEADERS];
    assert!(lines(&headers).is_ok());
    let one_more = [headers.as_slice(), &[("h", b"v")]].concat();
    assert_eq!(lines(&one_more), Err(SignError::TooManyHeaders));
}

#[test]
fn never_signed_in_any_case() {
    for name in ["authorization", "User-Agent", "PROXY-Authorization", "proxy-", "traceparent", "TE"] {
        assert!(!is_signed("bedrock", name), "{name}");
    }
    for name in ["host", "accept", "prox", "content-length", "x-amzn-bedrock-accept", "é"] {
        assert!(is_signed("bedrock", name), "{name}");
    }
    for service in ["bedrock", "bedrock-mantle", "s3"] {
        assert_eq!(is_signed(service, "Session_Id"), service != "bedrock-mantle", "{service}");
    }
}
