//! Redaction of session tokens in text.

use alloc::string::String;

use crate::credentials::REDACTED;
use crate::names::header_name::X_AMZ_SECURITY_TOKEN;

/// Redacts the value of every `x-amz-security-token`, as header or query parameter and in any case, in a text such as a
/// canonical request, an HTTP head or an error body in which AWS echoes one. A header's folded lines are part of its value. A
/// shell variable such as `$AWS_SESSION_TOKEN` in place of the value is kept.
#[must_use]
pub fn redact(text: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = find_ignoring_case(rest, X_AMZ_SECURITY_TOKEN) {
        let (before, from_name) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let (name, after) = from_name.split_at_checked(X_AMZ_SECURITY_TOKEN.len()).unwrap_or((from_name, ""));
        redacted.push_str(before);
        redacted.push_str(name);
        let separator_at = blanks(after);
        // The value ends with the line, also with a line in a JSON string ("\n") or a quoted argument.
        let more_ends: &[u8] = match after.as_bytes().get(separator_at) {
            // A header.
            Some(b':') => b"",
            // A query parameter.
            Some(b'=') => b"& ",
            // The name alone, as in the list of signed headers.
            _ => {
                rest = after;
                continue;
            }
        };
        let (separator, value) =
            after.split_at_checked(separator_at.saturating_add(1)).unwrap_or((after, ""));
        let (blanks, value) = value.split_at_checked(blanks(value)).unwrap_or(("", value));
        redacted.push_str(separator);
        redacted.push_str(blanks);
        redacted.push_str(shell_variable(value).unwrap_or(REDACTED));
        rest = rest_after(value, more_ends);
    }
    redacted.push_str(rest);
    redacted
}

/// Returns the shell variable at the start of the text. It is not a token: no token begins with a `$`.
fn shell_variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let length = name.bytes().take_while(|byte| byte.is_ascii_uppercase() || *byte == b'_').count();
    text.get(..=length).filter(|_| length > 0)
}

/// Counts the blanks and quotes at the start of the text.
fn blanks(text: &str) -> usize {
    text.bytes().take_while(|byte| matches!(byte, b' ' | b'"' | b'\'' | b'\t')).count()
}

/// Returns the text after the value at the start of `text`. The value ends with the line, with the string, or at one of
/// `more_ends`.
fn rest_after<'t>(text: &'t str, more_ends: &[u8]) -> &'t str {
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let next_line = after.strip_prefix(b"\n").filter(|_| *byte == b'\r').unwrap_or(after);
        // RFC 9112, section 5.2: a line that begins with a blank continues the header.
        let is_fold = matches!(byte, b'\r' | b'\n') && matches!(next_line, [b' ' | b'\t', ..]);
        if !is_fold && (b"\n\r\\\"'<".contains(byte) || more_ends.contains(byte)) {
            break;
        }
        rest = after;
    }
    text.get(text.len().saturating_sub(rest.len())..).unwrap_or_default()
}

fn find_ignoring_case(text: &str, name: &str) -> Option<usize> {
    text.as_bytes().windows(name.len()).position(|window| window.eq_ignore_ascii_case(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_and_all_else_stays() {
        for (text, shown) in [
            ("a\nx-amz-security-token:SECRET\nb", "a\nx-amz-security-token:**redacted**\nb"),
            ("X-Amz-Security-Token: SECRET", "X-Amz-Security-Token: **redacted**"),
            ("host;x-amz-security-token\nabc", "host;x-amz-security-token\nabc"),
            ("a=1&X-Amz-Security-Token=SE%2FCRET&z=2", "a=1&X-Amz-Security-Token=**redacted**&z=2"),
            (r#"x-amz-security-token:SECRET\nhost"#, r#"x-amz-security-token:**redacted**\nhost"#),
            (r#"{"x-amz-security-token": "SECRET"}"#, r#"{"x-amz-security-token": "**redacted**"}"#),
            ("x-amz-security-token:", "x-amz-security-token:**redacted**"),
            ("X-Amz-Security-Token: SE\r\n CRET\r\nHost: x", "X-Amz-Security-Token: **redacted**\r\nHost: x"),
            ("X-Amz-Security-Token: SE\n\tCRET", "X-Amz-Security-Token: **redacted**"),
            (
                r#"-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN" -X PUT"#,
                r#"-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN" -X PUT"#,
            ),
            ("X-Amz-Security-Token: $5ECRET", "X-Amz-Security-Token: **redacted**"),
            ("é X-AMZ-SECURITY-TOKEN=é", "é X-AMZ-SECURITY-TOKEN=**redacted**"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(redact(text), shown, "{text}");
        }
    }
}
