//! Spellings of a secret in which a peer may echo it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The encodings of a secret as text: case, JSON escapes, percent-encoding, hexadecimal digits, base64 at each offset, and UTF-16 in both
/// byte orders.
#[must_use]
pub fn spellings(secret: &str) -> Vec<String> {
    let escaped = |c: char| match c {
        '/' => "\\/".to_owned(),
        '=' | '+' => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    let wide = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { secret.encode_utf16().flat_map(bytes).collect() };
    let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    vec![
        secret.to_owned(),
        secret.to_uppercase(),
        secret.chars().map(escaped).collect(),
        secret.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect(),
        utf8_percent_encode(&percent, NON_ALPHANUMERIC).to_string(),
        percent,
        hexadecimal(secret.as_bytes()),
        hexadecimal(secret.as_bytes()).to_uppercase(),
        STANDARD.encode(secret),
        STANDARD.encode(format!("x{secret}")),
        URL_SAFE_NO_PAD.encode(format!("user:{secret}")),
        secret.chars().map(|c| format!("{c}\0")).collect(),
        hexadecimal(&big),
        STANDARD.encode(&little),
        STANDARD.encode(&big),
    ]
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
