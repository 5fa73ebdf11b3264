//! The standard error of a command for error texts: secrets redacted, on one line, of limited length.

use barerock::sigv4::{REDACTED, Secrets};

use crate::text::shown_end;

/// Limit on the shown end, in characters. Commands write the reason last.
const MAX_SHOWN: usize = 400;

/// Parts of names whose value is a secret.
const SECRET_NAMES: [&str; 8] =
    ["secret", "password", "passwd", "token", "apikey", "api_key", "api-key", "bearer"];

/// The end of a command's standard error, with `secrets` and likely secrets redacted.
pub(super) fn shown(stderr: &[u8], secrets: &Secrets) -> String {
    let text = String::from_utf8_lossy(stderr);
    shown_end(&without_secrets(&secrets.hide(&text)), MAX_SHOWN)
}

/// The words of a command line that may be secrets: values of options whose name suggests one, and words that look like one.
pub(super) fn secret_words(command: &str) -> impl Iterator<Item = &str> {
    let mut after_name = false;
    command.split_ascii_whitespace().skip(1).filter_map(move |word| {
        let word = word.trim_matches(['"', '\'']);
        let is_value = core::mem::replace(&mut after_name, false);
        match word.split_once('=') {
            Some((name, value)) if is_secret_name(name) => return Some(value.trim_matches(['"', '\''])),
            _ => {}
        }
        after_name = word.starts_with('-') && is_secret_name(word);
        (is_value || looks_like_secret(word)).then_some(word)
    })
}

/// The text with the values of secret names, as in `"SecretAccessKey": "x"` or `token=x`, and words that look like a secret
/// redacted.
fn without_secrets(text: &str) -> String {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "+/=_.~-".contains(letter);
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    // True if the previous word is the name of a secret.
    let mut named = false;
    while !rest.is_empty() {
        let start = rest.find(is_part).unwrap_or(rest.len());
        let (between, from_word) = rest.split_at_checked(start).unwrap_or((rest, ""));
        redacted.push_str(between);
        // A word that follows white space only is a value in `--token x` and `Bearer x`, but not after other names.
        let is_value = named && (between.contains(':') || is_assigned(&redacted) || named_by_word(&redacted));
        let end = from_word.find(|letter| !is_part(letter)).unwrap_or(from_word.len());
        // A trailing full stop is not part of the word.
        let end = match from_word.get(..end).unwrap_or_default().trim_end_matches('.').len() {
            0 => end,
            trimmed => trimmed,
        };
        let (word, after) = from_word.split_at_checked(end).unwrap_or((from_word, ""));
        rest = after;
        let (name, value) = match word.split_once('=') {
            Some((name, value)) if is_secret_name(name) => (name, Some(value)),
            _ => (word, None),
        };
        match value {
            Some("") => {
                redacted.push_str(word);
                named = true;
                continue;
            }
            Some(_) => {
                redacted.push_str(name);
                redacted.push('=');
                redacted.push_str(REDACTED);
            }
            None if word.is_empty() => {}
            // `name = value`
            None if word == "=" => {
                redacted.push_str(word);
                continue;
            }
            None if is_value || looks_like_secret(word) => redacted.push_str(REDACTED),
            None => redacted.push_str(word),
        }
        named = value.is_none() && is_secret_name(word);
    }
    redacted
}

/// True if the text ends with `=`, apart from white space and quotes.
fn is_assigned(text: &str) -> bool {
    text.trim_end_matches([' ', '"', '\'']).ends_with('=')
}

/// True if the text ends with an option or scheme whose value is the next word.
fn named_by_word(text: &str) -> bool {
    let last = text.split_ascii_whitespace().next_back().unwrap_or_default();
    last.starts_with("--") || last.eq_ignore_ascii_case("bearer")
}

fn is_secret_name(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    !word.contains('/') && SECRET_NAMES.iter().any(|name| word.contains(name))
}

/// True for a word of the form of a secret access key (40 characters of base64) or of a long token, with digits and letters of
/// both cases.
fn looks_like_secret(word: &str) -> bool {
    let has = |is: fn(&u8) -> bool| word.as_bytes().iter().any(is);
    let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    let is_base64 = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    let is_path = word.starts_with(['/', '.', '~']);
    is_mixed && ((word.len() == 40 && is_base64) || (word.len() >= 64 && !is_path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    fn text(stderr: &str) -> String {
        shown(stderr.as_bytes(), &Secrets::new())
    }

    #[test]
    fn secrets_are_redacted() {
        let jwt = format!("eyJ{}", "aB3".repeat(30));
        for (stderr, expected) in [
            (format!("got {KEY}."), "got **redacted**."),
            (format!("{KEY}\n"), "**redacted**"),
            (format!("jwt={jwt} x"), "**redacted** x"),
            (
                "{\"SecretAccessKey\": \"hunter2\", \"Code\": 3}".to_owned(),
                "{\"SecretAccessKey\": \"**redacted**\", \"Code\": 3}",
            ),
            ("aws_secret_access_key = hunter2".to_owned(), "aws_secret_access_key = **redacted**"),
            ("password=hunter2 user=me".to_owned(), "password=**redacted** user=me"),
            ("token=\"hunter2\"".to_owned(), "token=\"**redacted**\""),
            ("token: hunter2".to_owned(), "token: **redacted**"),
            ("--token hunter2 --x".to_owned(), "--token **redacted** --x"),
            ("Authorization: Bearer hunter2".to_owned(), "Authorization: Bearer **redacted**"),
            ("'session_token': 'hunter2'".to_owned(), "'session_token': '**redacted**'"),
        ] {
            let shown = text(&stderr);
            assert_eq!(shown.trim_end_matches('.'), expected.trim_end_matches('.'), "{stderr}");
            assert!(!shown.contains("hunter2") && !shown.contains("K7MDENG"), "{shown}");
        }
    }

    #[test]
    fn the_reason_stays() {
        for stderr in [
            "the token has expired; run login",
            "the token's file is missing",
            "no such profile production-eu-west-1",
            "Traceback: /usr/lib/Python3/site-packages/Some/Very/Long/Path/Which/Is/No/Secret/At/All.py",
            "Error: AccessDenied (request id 7f3c1a52-0e0f-4b52-9a57-6f6c1b8e1d2a)",
        ] {
            assert_eq!(text(stderr), stderr);
        }
        let long = format!("{}the end\n\u{1b}[0m", "a ".repeat(10_000));
        let shown = text(&long);
        assert!(shown.starts_with('…') && shown.ends_with("the end \\u{1b}[0m"), "{shown}");
        assert!(shown.chars().count() < 420);
        assert_eq!(super::shown(b"a\xffb", &Secrets::new()), "a\u{fffd}b");
    }

    #[test]
    fn secrets_of_a_command_line() {
        let words = |command: &str| secret_words(command).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words("keys --token SQUIRREL --profile dev"), ["SQUIRREL"]);
        assert_eq!(words("keys --password='SQUIRREL' dev"), ["SQUIRREL"]);
        assert_eq!(words(&format!("keys {KEY}")), [KEY]);
        assert!(words("keys --profile production-eu").is_empty());
    }
}
