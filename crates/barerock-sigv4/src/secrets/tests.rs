use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::format;

use super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCY=EXAMPLEKEY\"é";

fn secrets() -> Secrets {
    [SECRET].into_iter().collect()
}

fn each(spell: impl Fn(char) -> String) -> String {
    SECRET.chars().map(spell).collect()
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}

/// Encodes base64, so that these tests run without the base64 dependency.
fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let padded = [group[0], *group.get(1).unwrap_or(&0), *group.get(2).unwrap_or(&0)];
        let bits = u32::from_be_bytes([0, padded[0], padded[1], padded[2]]);
        for (index, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let letter = alphabet[usize::try_from((bits >> shift) & 63).unwrap()];
            text.push(if index > group.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

fn spellings() -> Vec<String> {
    let json = |c: char| match c {
        '"' => "\\\"".to_string(),
        '/' => "\\/".to_string(),
        '=' => "\\u003d".to_string(),
        '+' => "\\u002B".to_string(),
        'é' => "\\u00e9".to_string(),
        c => c.to_string(),
    };
    let once = each(json);
    let mut all = Vec::from([
        SECRET.to_string(),
        SECRET.to_uppercase(),
        SECRET.to_ascii_lowercase(),
        once.replace('\\', "\\\\"),
        once.replace('\\', "\\\\\\\\"),
        once,
        each(|c| format!("\\u{:04x}", u32::from(c))),
        each(|c| c.escape_unicode().to_string()),
        each(|c| c.escape_default().to_string()),
        format!("{SECRET:?}"),
        percent(SECRET),
        percent(SECRET).to_lowercase(),
        percent(&percent(SECRET)),
        SECRET.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        SECRET.bytes().map(|byte| format!("\\x{byte:02x}")).collect(),
        SECRET.bytes().map(|byte| format!("{byte:02x}")).collect(),
        SECRET.bytes().map(|byte| format!("{byte:02X}")).collect(),
        each(|c| format!("&#{};", u32::from(c))),
        each(|c| format!("&#x{:X};", u32::from(c))),
        SECRET.replace('"', "&quot;"),
        SECRET.bytes().map(char::from).collect(),
    ]);
    let url = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let standard = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for before in ["", "a", "ab", "user:"] {
        for alphabet in [url, standard] {
            let encoded = base64(format!("{before}{SECRET}").as_bytes(), alphabet);
            all.push(percent(&encoded));
            all.push(encoded);
        }
    }
    all
}

/// Two bytes a character, in both orders, and hexadecimal digits and base64 of that.
#[test]
fn utf16_is_hidden() {
    let standard = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for secret in [SECRET, "wJalrXUtnFEMI/K7MDENG"] {
        let secrets: Secrets = [secret].into_iter().collect();
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let wide: Vec<u8> = secret.encode_utf16().flat_map(bytes).collect();
            let text = [b"\x00a\x00 \x00".as_slice(), &wide, b"\x00 \x00b"].concat();
            let shown = secrets.hide_bytes(&text);
            assert!(shown.len() <= 9 + REDACTED.len() + 2, "{shown:?}");
            let hex: String = wide.iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(!secrets.hide(&hex).contains(&hex[10..hex.len() - 10]), "{hex}");
            for before in ["", "a", "ab"] {
                let encoded = base64(&[before.as_bytes(), &wide].concat(), standard);
                let shown = secrets.hide(&encoded).into_owned();
                assert!(shown.len() <= REDACTED.len() + 8, "{encoded}\n{shown}");
            }
        }
    }
}

#[test]
fn every_spelling_is_hidden() {
    for spelling in spellings() {
        for (before, after) in [("", ""), ("the key ", " is wrong"), ("\"", "\""), ("x\\\"", "\\n")] {
            let text = format!("{before}{spelling}{after}");
            let shown = secrets().hide(&text).into_owned();
            assert!(shown.contains(REDACTED), "{text}\n{shown}");
            // The surrounding text remains, and in base64 at most a part of it.
            assert!(shown.len() <= before.len() + REDACTED.len() + after.len() + 16, "{text}\n{shown}");
            assert!(shown.starts_with(before) && shown.ends_with(after), "{text}\n{shown}");
        }
    }
}

#[test]
fn nothing_else_is_hidden() {
    for text in [
        "",
        "wJalrXUtnFEMI is not the whole",
        "\\u00",
        "%2",
        "&#;",
        "\\",
        "AKIDEXAMPLE wJalrXUtnFEMI/K7MDENG-bPxRfiCY",
    ] {
        assert!(matches!(secrets().hide(text), Cow::Borrowed(same) if same == text), "{text}");
    }
    let none: Secrets = [""].into_iter().collect();
    assert!(none.is_empty());
    assert_eq!(none.hide(SECRET), SECRET);
}

#[test]
fn a_secret_that_is_cut_off_is_hidden() {
    let secrets = secrets();
    for spelling in spellings() {
        for cut in 0..spelling.len() {
            let Some(text) = spelling.get(..cut) else { continue };
            let shown = secrets.hide(text).into_owned();
            // At most a part that is too short to be recognised.
            assert!(shown.len() < 9 * 6 + 16, "{text}\n{shown}");
        }
    }
    assert_eq!(secrets.hide("key wJalrXUt"), format!("key {REDACTED}"));
    assert_eq!(secrets.hide("key wJalrXU"), "key wJalrXU");
    assert_eq!(secrets.hide("key wJalrXUtnFEMI\\u002"), format!("key {REDACTED}"));
}

#[test]
fn several_secrets_and_several_places() {
    let all: Secrets = ["TOKEN+ONE", "TOKEN+ONE+LONGER", "k"].into_iter().collect();
    let shown = all.hide("TOKEN%2BONE%2BLONGER, token+one, K.");
    assert_eq!(shown, format!("{REDACTED}, {REDACTED}, {REDACTED}."));
    let credentials = Credentials::new("AKIDEXAMPLE", "SQUIRREL", Some("KOALA/KOALA".to_string()));
    let shown = Secrets::from(&credentials);
    assert_eq!(
        shown.hide("AKIDEXAMPLE SQUIRREL koala\\/koala"),
        format!("AKIDEXAMPLE {REDACTED} {REDACTED}")
    );
    assert_eq!(format!("{shown:?}"), "Secrets { .. }");
}

#[test]
fn a_short_secret_is_a_word_of_its_own() {
    let all: Secrets = ["test", "tail="].into_iter().collect();
    let whole = format!("a {REDACTED}");
    for text in ["a test", "a TEST", "a t%65st", "a \\u0074est"] {
        assert_eq!(all.hide(text), whole, "{text}");
    }
    for text in ["the latest version", "testing", "details", "detail=", "1test"] {
        assert_eq!(all.hide(text), text);
    }
    assert_eq!(all.hide("x&tail=1"), format!("x&{REDACTED}1"));
    for before in ["x\\n", "%3D", "\\u003d", "\\x3d", "\\\"", "=", ""] {
        assert_eq!(all.hide(&format!("{before}test")), format!("{before}{REDACTED}"), "{before}");
    }
}

#[test]
fn bytes_that_are_no_text() {
    let secret: &[u8] = b"cl\xe9-secr\xe8te";
    let all: Secrets = [secret].into_iter().collect();
    let text = [b"\xff ", secret, b" \xfe"].concat();
    assert_eq!(all.hide_bytes(&text), [b"\xff ", REDACTED.as_bytes(), b" \xfe"].concat());
    for text in [
        "clé-secrète",
        "CLÉ-SECRÈTE",
        "cl\u{fffd}-secr\u{fffd}te",
        "cl%E9-secr%e8te",
        "cl\\u00e9-secr\\u00e8te",
    ] {
        assert_eq!(all.hide(text), REDACTED, "{text}");
    }
}
