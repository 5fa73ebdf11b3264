//! A `curl` command line that sends the same signed request.

use core::fmt::Write as _;
use std::borrow::Cow;

use barerock_sigv4::header_name::{AUTHORIZATION, HOST, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN};
use barerock_sigv4::{CredentialScope, PayloadSigning, SessionTokenSigning, SigningContext, is_signed};

use crate::raw::{RawRequest, RawSigned};

/// The variable that replaces the session token: [`redact`](barerock_sigv4::redact) leaves it in place.
const TOKEN_VARIABLE: &str = "$AWS_SESSION_TOKEN";

/// A POSIX shell's command line with which `curl` sends `signed` to its host by `scheme`, which is `https` or `http`.
///
/// Where curl's own `--aws-sigv4` signs the same text, it is left to sign, with the key taken from the variables
/// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, as of when the line is run. Where it might sign another path, query or set of headers, the
/// headers of the signature are given. The session token is never in the line: it comes from `AWS_SESSION_TOKEN`.
#[must_use]
pub fn curl_line(signed: &RawSigned, context: &SigningContext<'_>, scheme: &str) -> String {
    let request = signed.request();
    line_of(request, can_curl_sign(request, context).then(|| context.scope()), scheme)
}

/// [`curl_line`] for a request that is signed in its query. The line is a secret: it authorizes the request until it
/// expires.
#[must_use]
pub fn presigned_curl_line(presigned: &RawRequest, scheme: &str) -> String {
    line_of(presigned, None, scheme)
}

/// The line, with the scope that curl is left to sign for, if it is.
fn line_of(request: &RawRequest, curl_signs_for: Option<CredentialScope<'_>>, scheme: &str) -> String {
    let mut line = CommandLine::default();

    let body = core::str::from_utf8(request.body()).ok().filter(|body| !body.contains('\0'));
    if body.is_none() {
        // An argument has no zero bytes, and a terminal is no place for others.
        let escaped = request.body().iter().fold(String::new(), |mut escaped, byte| {
            // Writing to a string never fails.
            let _infallible = write!(escaped, "\\{byte:03o}");
            escaped
        });
        line.word("printf");
        line.quoted(&escaped);
        line.word("|");
    }
    line.word("curl");
    if let Some(scope) = curl_signs_for {
        line.word("--aws-sigv4");
        line.quoted(&format!("aws:amz:{}:{}", scope.region(), scope.service()));
        line.word("--user");
        line.word("\"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\"");
    }
    match request.method() {
        "HEAD" => line.word("--head"),
        method => {
            line.word("-X");
            line.quoted(method);
        }
    }
    for (name, value) in request.headers() {
        if is_left_to_curl(name, request, curl_signs_for.is_some()) {
            continue;
        }
        line.word("-H");
        let value = unfolded(value);
        if name.eq_ignore_ascii_case(X_AMZ_SECURITY_TOKEN) {
            line.word(&format!("\"{name}: {TOKEN_VARIABLE}\""));
        } else if value.is_empty() {
            line.quoted(&format!("{name};"));
        } else {
            line.quoted(&format!("{name}: {value}"));
        }
    }
    if !request.body().is_empty() && request.header("content-type").is_none() {
        // Else curl would send one of its own.
        line.word("-H");
        line.quoted("Content-Type:");
    }
    match body {
        Some("") => {}
        Some(body) => {
            line.word("--data-raw");
            line.quoted(body);
        }
        None => {
            line.word("--data-binary");
            line.word("@-");
        }
    }
    line.push_url(request, scheme);
    line.text
}

/// True for a header that curl writes itself.
fn is_left_to_curl(name: &str, request: &RawRequest, lets_curl_sign: bool) -> bool {
    name.eq_ignore_ascii_case(HOST)
        || (name.eq_ignore_ascii_case("content-length") && !request.body().is_empty())
        // curl 7.88 sends a date that it is given a second time.
        || (lets_curl_sign && [AUTHORIZATION, X_AMZ_DATE].iter().any(|own| own.eq_ignore_ascii_case(name)))
}

/// Whether every version of curl that can sign signs the same text. Versions differ in how they encode paths and sort
/// queries, so only what needs neither is left to them.
fn can_curl_sign(request: &RawRequest, context: &SigningContext<'_>) -> bool {
    let settings = context.settings();
    let is_usual = settings.payload == PayloadSigning::Hashed
        && !settings.content_sha256_header
        && settings.session_token == SessionTokenSigning::Signed
        && context.scope().service() != "s3";
    let names: Vec<String> = request.headers().map(|(name, _)| name.to_ascii_lowercase()).collect();
    let is_plain_header = |(name, value): (&str, &str)| {
        let twice = names.iter().filter(|other| other.eq_ignore_ascii_case(name)).count() > 1;
        let value = value.trim_matches([' ', '\t']);
        let is_ours = [AUTHORIZATION, X_AMZ_DATE, HOST].iter().any(|ours| ours.eq_ignore_ascii_case(name));
        is_ours
            || !(twice
                || !is_signed(context.scope().service(), name)
                || value.is_empty()
                || value.contains("  ")
                || value.contains(['\t', '\n']))
    };
    let has_type_if_it_has_a_body = request.body().is_empty() || request.header("content-type").is_some();
    is_usual
        && is_plain(request.path())
        && request.query().is_empty()
        && request.headers().all(is_plain_header)
        && request.header("content-length").is_none()
        && has_type_if_it_has_a_body
        && !request.body().contains(&0)
}

/// Whether the path is the same however it is encoded and normalized.
fn is_plain(path: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes().all(is_unreserved) && !path.contains("//") && !path.contains("/.")
}

/// curl sends a line break in a header as it is; the signature has a space there.
fn unfolded(value: &str) -> Cow<'_, str> {
    let value = value.trim_matches([' ', '\t']);
    if value.contains('\n') {
        Cow::Owned(value.lines().map(str::trim).collect::<Vec<_>>().join(" "))
    } else {
        Cow::Borrowed(value)
    }
}

#[derive(Default)]
struct CommandLine {
    text: String,
}

impl CommandLine {
    fn word(&mut self, word: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(word);
    }

    /// In single quotes a shell takes all as it is but the quote itself.
    fn quoted(&mut self, text: &str) {
        let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/:=%@,+".contains(&byte);
        if !text.is_empty() && text.bytes().all(is_bare) {
            self.word(text);
        } else {
            self.word(&format!("'{}'", text.replace('\'', r"'\''")));
        }
    }

    fn push_url(&mut self, request: &RawRequest, scheme: &str) {
        let host = request.header(HOST).unwrap_or_default().trim();
        let query = request.query();
        let target =
            if query.is_empty() { request.path().to_string() } else { format!("{}?{query}", request.path()) };
        // curl resolves dots, and gives a meaning to brackets and braces, unless told not to.
        if target.contains("/.") {
            self.word("--path-as-is");
        }
        if target.contains(['[', ']', '{', '}']) {
            self.word("--globoff");
        }
        if target.bytes().all(|byte| byte.is_ascii_graphic()) && !target.contains('#') {
            self.quoted(&format!("{scheme}://{host}{target}"));
        } else {
            // Not a URL curl would take: the request line has it as it is.
            self.word("--request-target");
            self.quoted(&target);
            self.quoted(&format!("{scheme}://{host}/"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use barerock_sigv4::{CredentialsRef, SigningSettings, Timestamp};

    fn line(text: &str, settings: SigningSettings, token: Option<&str>) -> String {
        let timestamp = Timestamp::parse("20150830T123600Z").expect("valid");
        let credentials = CredentialsRef::new("AKIDEXAMPLE", "secret", token);
        let context =
            SigningContext::new(credentials, &timestamp, "us-east-1", "bedrock", settings).expect("valid");
        let signed = RawRequest::parse(text.as_bytes()).expect("parses").sign(&context).expect("signs");
        curl_line(&signed, &context, "https")
    }

    #[test]
    fn curl_signs_what_it_signs_right() {
        let text = "POST /model/m/converse HTTP/1.1\nHost:example.com\nContent-Type:application/json\n\n{\"it's\":1}";
        assert_eq!(
            line(text, SigningSettings::default(), Some("SECRETTOKEN")),
            r#"curl --aws-sigv4 aws:amz:us-east-1:bedrock --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -X POST -H 'Content-Type: application/json' -H "X-Amz-Security-Token: $AWS_SESSION_TOKEN" --data-raw '{"it'\''s":1}' https://example.com/model/m/converse"#
        );
    }

    #[test]
    fn the_headers_are_given_where_curl_might_sign_another_text() {
        let settings = SigningSettings::default();
        for text in [
            "GET /a%3A0 HTTP/1.1\nHost:example.com\n\n",
            "GET /a:0 HTTP/1.1\nHost:example.com\n\n",
            "GET /a//b HTTP/1.1\nHost:example.com\n\n",
            "GET /a?b=c HTTP/1.1\nHost:example.com\n\n",
            "GET /a HTTP/1.1\nHost:example.com\nX:a  b\n\n",
            "GET /a HTTP/1.1\nHost:example.com\nX:1\nx:2\n\n",
            "GET /a HTTP/1.1\nHost:example.com\nUser-Agent:x\n\n",
            "POST /a HTTP/1.1\nHost:example.com\n\nbody",
        ] {
            let line = line(text, settings, None);
            assert!(!line.contains("--aws-sigv4"), "{line}");
            assert!(line.contains("-H 'Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{line}");
        }
    }

    #[test]
    fn a_presigned_request_is_its_url() {
        let timestamp = Timestamp::parse("20150830T123600Z").expect("valid");
        let credentials = CredentialsRef::new("AKIDEXAMPLE", "secret", None);
        let context =
            SigningContext::new(credentials, &timestamp, "us-east-1", "bedrock", SigningSettings::default())
                .expect("valid");
        let request = RawRequest::parse(b"GET /a?b=c HTTP/1.1\nHost:example.com\n\n").expect("parses");
        let (presigned, request) = request.presign(60, &context).expect("signs");
        let expected = format!("curl -X GET 'https://example.com/a?{}'", presigned.query());
        assert_eq!(presigned_curl_line(&request, "https"), expected);
    }

    #[test]
    fn odd_requests_stay_what_they_are() {
        let settings = SigningSettings::default();
        let get =
            |target: &str| line(&format!("GET {target} HTTP/1.1\nHost:example.com\n\n"), settings, None);
        assert!(get("/a b").ends_with(" --request-target '/a b' https://example.com/"));
        assert!(get("/a/../b").ends_with(" --path-as-is https://example.com/a/../b"));
        assert!(get("/{a}?b=c").ends_with(" --globoff 'https://example.com/{a}?b=c'"));
        let folded = line("GET / HTTP/1.1\nHost:example.com\nX: a\n  b\nEmpty:\n\n", settings, None);
        assert!(folded.contains(" -H 'X: a b' -H 'Empty;' "), "{folded}");
    }

    #[test]
    fn a_body_that_is_no_text_is_piped() {
        let timestamp = Timestamp::parse("20150830T123600Z").expect("valid");
        let credentials = CredentialsRef::new("AKIDEXAMPLE", "secret", None);
        let context =
            SigningContext::new(credentials, &timestamp, "us-east-1", "bedrock", SigningSettings::default())
                .expect("valid");
        let request =
            RawRequest::parse(b"PUT / HTTP/1.1\nHost:x\nContent-Type:b\n\n\xff\0'").expect("parses");
        let line = curl_line(&request.sign(&context).expect("signs"), &context, "http");
        assert!(line.starts_with(r"printf '\377\000\047' | curl -X PUT "), "{line}");
        assert!(line.ends_with(" --data-binary @- http://x/"), "{line}");
    }
}
