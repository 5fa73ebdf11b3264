//! `--explain-mismatch`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::json;

use super::{PATH, TIME, guarded, request, stage};
use crate::program::{Ran, SECRET, Server, TOKEN, run, run_with_token};

/// What AWS says of a request that it reads as these texts.
fn body(canonical_request: &str, string_to_sign: &str) -> String {
    let message = format!(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
         Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this \
         request should have been\n'{canonical_request}'\n\nThe String-to-Sign should have been\n'{string_to_sign}'\n"
    );
    json!({ "message": message }).to_string()
}

/// What the service says of the request that we sign at [`TIME`], where it reads `from` as `to`.
fn refusal(from: &str, to: &str) -> String {
    let canonical = stage("canonical-request", &request(PATH)).out;
    let string_to_sign = stage("string-to-sign", &request(PATH)).out;
    assert!(canonical.contains(from) || string_to_sign.contains(from), "{from}");
    let hash = string_to_sign.lines().last().unwrap();
    let other_hash = if canonical.contains(from) { "0".repeat(64) } else { hash.to_owned() };
    body(&canonical.replace(from, to), &string_to_sign.replace(from, to).replace(hash, &other_hash))
}

fn explain(request: &str, body: &str, arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("error.json");
    std::fs::write(&file, body).unwrap();
    let all = [&["--request", "-", "--explain-mismatch", file.to_str().unwrap()], arguments].concat();
    run(guarded(&all), request)
}

#[test]
fn the_first_line_that_differs_is_marked_and_its_cause_named() {
    for (from, to, cause) in [
        ("%253A0", "%3A0", "the path was encoded once too often"),
        ("application/json", "application/json; charset=utf-8", "the header content-type was rewritten"),
        ("application/json", "application/json ", "the header content-type differs in its spaces only"),
        ("host:bedrock-runtime.us-east-1.amazonaws.com", "host:proxy.example:8443", "the host differs"),
        ("us-east-1/bedrock", "us-west-2/bedrock", "the credential scope differs in its region"),
        (TOKEN, "WALRUS-of-another", "the session token sent is not the one that was signed"),
    ] {
        let ran = explain(&request(PATH), &refusal(from, to), &[]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(ran.err, format!("signed here as of {TIME} (the date the service got)\n"));
        let marked: Vec<_> =
            ran.out.lines().filter(|line| line.ends_with("<- the first difference")).collect();
        assert_eq!(marked.len(), 1, "{from} -> {to}: {}", ran.out);
        let line = to.split(TOKEN).next().unwrap().trim_end();
        assert!(
            marked[0].starts_with("! service ") && (marked[0].contains(line) || from == TOKEN),
            "{}",
            ran.out
        );
        assert!(ran.out.contains(&format!("\nlikely cause: {cause}")), "{from} -> {to}: {}", ran.out);
        assert!(!ran.out.contains("WALRUS"), "{}", ran.out);
    }
}

#[test]
fn the_same_texts_mean_the_secret_key() {
    let canonical = stage("canonical-request", &request(PATH)).out;
    let string_to_sign = stage("string-to-sign", &request(PATH)).out;
    let ran = explain(&request(PATH), &body(&canonical, &string_to_sign), &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.out.contains("! "), "{}", ran.out);
    assert!(
        ran.out.contains("so the keys differ: the secret access key is not that of the access key id"),
        "{}",
        ran.out
    );
}

#[test]
fn the_date_is_the_one_that_was_signed() {
    let signed = stage("request", &request(PATH)).out;
    let later = refusal(TIME, "20150830T124000Z");
    let differs = |ran: &Ran| ran.out.contains("! ours    x-amz-date:20150830T123600Z");
    // The request says when it was signed, so the service's date is seen to be another.
    let ran = explain(&signed, &later, &[]);
    assert!(differs(&ran) && ran.out.contains("the date sent is not the date signed"), "{ran:?}");
    assert_eq!(ran.err, format!("signed here as of {TIME} (the request's own date)\n"));
    // The request does not say it: the option does, or the service.
    let ran = explain(&request(PATH), &later, &["--time", TIME]);
    assert!(differs(&ran) && ran.err.contains("(--time)"), "{ran:?}");
    let ran = explain(&request(PATH), &later, &[]);
    assert!(!differs(&ran) && ran.err.contains("20150830T124000Z (the date the service got)"), "{ran:?}");
}

#[test]
fn messages_without_texts_are_explained_too() {
    let expired =
        json!({"message": "Signature expired: 20150830T123600Z is now earlier than 20150830T124601Z"});
    let ran = explain(&request(PATH), &expired.to_string(), &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("likely cause: the clock") && ran.err.contains("(now: neither"), "{ran:?}");
}

#[test]
fn what_is_about_no_signature_is_refused_and_not_repeated() {
    for text in ["", "{}", "aws_secret_access_key = WALRUS", r#"{"message":"WALRUS"}"#] {
        let ran = explain(&request(PATH), text, &[]);
        assert_eq!((ran.code, &*ran.out), (2, ""), "{ran:?}");
        assert!(
            ran.err.contains("not a message about a signature") && !ran.err.contains("WALRUS"),
            "{}",
            ran.err
        );
    }
    let arguments = ["--request", "-", "--explain-mismatch", "/nowhere/at/all"];
    let ran = run(guarded(&arguments), &request(PATH));
    assert!(ran.code == 2 && ran.err.contains("/nowhere/at/all cannot be read"), "{ran:?}");
    let signed = stage("request", &request(PATH)).out.replace(TIME, "yesterday");
    let ran = explain(&signed, &refusal("POST", "GET"), &[]);
    assert!(ran.code == 2 && ran.err.contains("--request: X-Amz-Date: the time is not"), "{ran:?}");
}

#[test]
fn an_escape_in_what_the_service_says_stays_text() {
    let ran = explain(&request(PATH), &refusal("application/json", "\u{1b}[2J"), &[]);
    assert!(ran.code == 0 && ran.out.contains(r"\u{1b}[2J") && !ran.out.contains('\u{1b}'), "{ran:?}");
}

/// The service and we agree, and the request was signed by somebody else's rules or keys.
#[test]
fn the_signers_own_faults_are_not_put_on_the_key() {
    let agreed =
        body(&stage("canonical-request", &request(PATH)).out, &stage("string-to-sign", &request(PATH)).out);
    let signed = |arguments: &[&str]| {
        let all = [&["--request", "-", "--show", "request", "--time", TIME], arguments].concat();
        run_with_token(guarded(&all), &request(PATH)).out
    };
    let ours = signed(&[]);
    let at = ours.find("Signature=").unwrap() + "Signature=".len();
    let other_key = format!("{}{}{}", &ours[..at], "0".repeat(64), &ours[at + 64..]);
    for (sent, cause) in [
        (&ours, "likely cause: both sides signed the same text, so the keys differ"),
        (&request(PATH), "likely cause: both sides signed the same text, so the keys differ"),
        (
            &signed(&["--single-encode"]),
            "likely cause: the service and this program sign the same text, but the request was signed by a different rule: its signature is that of --single-encode",
        ),
        (&signed(&["--unsigned-payload"]), "its signature is that of --unsigned-payload"),
        (
            &other_key,
            "the request carries a different signature: its signer signed a different text, or used a different secret",
        ),
    ] {
        let ran = explain(sent, &agreed, &[]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains(cause), "{cause}: {}", ran.out);
        assert_eq!(ran.out.matches("likely cause: ").count(), 1, "{}", ran.out);
    }
}

/// A request is signed, changed on its way, and refused by a server that checks it.
#[test]
fn the_whole_way() {
    let server = Server::start(&[]);
    let host = server.url.strip_prefix("http://").unwrap();
    let text = request(PATH).replace("bedrock-runtime.us-east-1.amazonaws.com", host);
    for form in [&[][..], &["--query"]] {
        let arguments = [&["--request", "-", "--show", "request"], form].concat();
        let signed = run_with_token(guarded(&arguments), &text).out;
        let sent = signed.replace("%3A0", ":0").replace('\n', "\r\n");
        let length = format!("\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", super::BODY.len());
        let mut connection = TcpStream::connect(host).unwrap();
        connection.write_all(sent.replacen("\r\n\r\n", &length, 1).as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 403") && !answer.contains(SECRET), "{answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();

        let ran = explain(&signed, body, form);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.err.contains("the request's own date"), "{}", ran.err);
        let marked = format!("! service {PATH}    <- the first difference");
        assert!(ran.out.contains(&marked), "{form:?}: {}", ran.out);
        let causes: Vec<_> = ran.out.lines().filter(|line| line.starts_with("likely cause: ")).collect();
        assert_eq!(causes.len(), 1, "{form:?}: {}", ran.out);
        assert!(causes[0].contains("was decoded after it was signed (%3A became ':')"), "{causes:?}");
    }
}
