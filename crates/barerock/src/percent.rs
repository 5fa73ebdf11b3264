//! Percent-decoding of paths and user names (RFC 3986, section 2.1).
//!
//! `barerock-sigv4` decodes query strings, in which `+` is a space (HTML forms); here `+` is itself, so the two are not one.

/// Decodes `%XX`. A `%` without two hexadecimal digits stays as it is.
pub(crate) fn percent_decode(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (mut rest, mut decoded) = (text.as_bytes(), Vec::with_capacity(text.len()));
    while let [first, after @ ..] = rest {
        rest = after;
        let escaped = match (first, after) {
            (b'%', [high, low, after @ ..]) => digit(*high).zip(digit(*low)).map(|digits| (digits, after)),
            _ => None,
        };
        match escaped {
            Some(((high, low), after)) => {
                rest = after;
                decoded.push((high << 4) | low);
            }
            None => decoded.push(*first),
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_and_the_rest_kept() {
        for (text, decoded) in [
            ("", &b""[..]),
            ("a+b", b"a+b"),
            ("%40%3a%3A", b"@::"),
            ("%ff%00", b"\xff\0"),
            ("%2540", b"%40"),
            ("100%", b"100%"),
            ("%4", b"%4"),
            ("%4g%%41", b"%4g%A"),
            ("é%C3%A9", "éé".as_bytes()),
        ] {
            assert_eq!(percent_decode(text), decoded, "{text}");
        }
    }
}
