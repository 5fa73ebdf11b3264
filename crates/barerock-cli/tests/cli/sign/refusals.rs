//! What is not signed: with which exit code, and whether the message says where and what. No secret is in it.

use super::{PATH, TIME, guarded, request};
use crate::program::{bare, run};

fn refused(arguments: &[&str], input: &(impl AsRef<[u8]> + ?Sized), code: i32, says: &str) {
    let ran = run(guarded(arguments), input);
    assert_eq!((ran.code, &*ran.out), (code, ""), "{arguments:?}: {ran:?}");
    assert!(ran.err.contains(says), "{arguments:?}: {says}: {}", ran.err);
}

#[test]
fn a_wrong_command_line() {
    for (arguments, says) in [
        (&[][..], "--request <FILE>|--api-key|--inspect-api-key <FILE>"),
        (&["--request"], "--request <FILE>"),
        (&["--request", "-", "--api-key"], "cannot be used with"),
        (&["--request", "-", "request.txt"], "sign takes options only"),
        (&["--request", "-", "--show", "everything"], "canonical-request"),
        (&["--request", "-", "--time", "2015-08-30T12:36:00Z"], "not written as 20150830T123600Z"),
        (&["--request", "-", "--time", "20150230T123600Z"], "20150830T123600Z"),
        (&["--request", "-", "--expires", "60"], "--expires goes with --query or --api-key"),
        (&["--request", "-", "--query", "--expires=-1"], "--expires"),
        (&["--request", "-", "--query", "--expires", "x"], "--expires"),
        (&["--request", "-", "--explain-mismatch", "-"], "only once"),
        (&["--request", "-", "--explain-mismatch", "x", "--show", "all"], "cannot be used with"),
        (&["--api-key", "--show", "all"], "cannot be used with"),
        (&["--api-key", "--query"], "cannot be used with"),
        (&["--api-key", "--service", "s3"], "cannot be used with"),
        (&["--inspect-api-key", "-", "--expires", "60"], "--expires goes with"),
        (&["--inspect-api-key", "-", "--region", "us-east-1"], "cannot be used with"),
        (&["--request", "/nowhere/at/all"], "/nowhere/at/all cannot be read"),
        (&["--request", "/"], "--request: / is a folder"),
    ] {
        refused(arguments, "", 2, says);
    }
}

#[test]
fn a_request_that_cannot_be_signed_is_refused_by_its_line() {
    let head = "POST / HTTP/1.1\nHost: a";
    let many = |what: &str, count: usize| what.repeat(count);
    for (input, says) in [
        (String::new(), "line 1: at byte 0 of the request: empty request"),
        ("GET /\n".to_owned(), "line 1: at byte 0 of the request: the first line does not end in a version"),
        ("G@T / HTTP/1.1\n".to_owned(), "line 1: at byte 0 of the request: the method is not an HTTP token"),
        ("GET a HTTP/1.1\n".to_owned(), "line 1: at byte 4 of the request: missing"),
        ("GET / HTTP/1.1\n folded\n".to_owned(), "line 2: at byte 15 of the request: the first header line"),
        (format!("{head}\nno colon\n"), "line 3: at byte 24 of the request: missing ':' in a header line"),
        (
            format!("{head}\nContent-Length: 9\n\nbody"),
            "line 5: at byte 43 of the request: the length of the body is not",
        ),
        ("GET / HTTP/1.1\nX: y\n\n".to_owned(), "--request: no host header"),
        (
            format!("{head}\nX: a\n  b\nY: a\n  b\0\n\n"),
            "line 6: the value of header 2 (counted from 0) has a control",
        ),
        (format!("{head}\nX Y: a\n\n"), "line 3: the name of header 1 (counted from 0)"),
        (format!("{head}\n\u{e9}: a\n\n"), "line 3: the name of header 1"),
        (
            "GET /a\u{1b}b HTTP/1.1\nHost: a\n\n".to_owned(),
            "line 1: the path or query has a control character at byte 2",
        ),
        (
            format!("{head}\nTransfer-Encoding: gzip, Chunked\n\n4\r\nbody\r\n0\r\n\r\n"),
            "the body is in chunks",
        ),
        (format!("{head}\n{}\n", many("X: y\n", 100)), "more than 100 header lines"),
        (format!("GET /?{} HTTP/1.1\nHost: a\n\n", many("a&", 257)), "line 1: the query has 257 parameters"),
        (format!("GET /.{} HTTP/1.1\nHost: a\n\n", many("/a", 257)), "line 1: the path needs normalizing"),
    ] {
        refused(&["--request", "-", "--time", TIME], &input, 2, says);
    }
    refused(
        &["--request", "-"],
        b"GET / HTTP/1.1\nHost: a\nX: \xff\n\n",
        2,
        "line 3: at byte 26 of the request: invalid UTF-8 in the head",
    );
    refused(&["--request", "-"], &vec![0_u8; 1 << 20], 2, "the first line is not METHOD TARGET HTTP/1.1");
}

#[test]
fn an_option_that_cannot_be_obeyed() {
    let text = request(PATH);
    for seconds in ["0", "604801", "4294967295"] {
        refused(
            &["--request", "-", "--query", "--expires", seconds],
            &text,
            2,
            "1 to 604800 seconds (seven days)",
        );
    }
    refused(&["--request", "-", "--query", "--show", "authorization"], &text, 2, "no authorization header");
    refused(&["--request", "-", "--service", ""], &text, 2, "the service name is empty");
    refused(&["--request", "-", "--service", "a/b"], &text, 2, "the service name is empty or has");
    let text = text.replace(PATH, "/?X-Amz-Expires=soon");
    refused(&["--request", "-", "--query"], &text, 2, "X-Amz-Expires is not a number of seconds");
}

#[test]
fn no_usable_credentials_or_region_is_5() {
    for (variables, says) in [
        (&[("AWS_REGION", "")][..], "no region: give --region, or set AWS_REGION"),
        (&[("AWS_REGION", "us east")], "the region is empty or has a character"),
        (
            &[("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")],
            "no credentials; looked for AWS_ACCESS_KEY_ID",
        ),
        (&[("AWS_ACCESS_KEY_ID", "")], "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not"),
        (
            &[("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z")],
            "environment credentials: they expired at 2020-01-01T00:00:00Z, and it is ",
        ),
        (&[("AWS_ACCESS_KEY_ID", "AKID WALRUS")], "the access key id is empty or has"),
        (&[("AWS_SESSION_TOKEN", "WALRUS\nsession")], "the session token is empty or has"),
        (
            &[
                ("AWS_ACCESS_KEY_ID", ""),
                ("AWS_SECRET_ACCESS_KEY", ""),
                ("AWS_BEARER_TOKEN_BEDROCK", "WALRUS"),
            ],
            "a Bedrock API key, as in AWS_BEARER_TOKEN_BEDROCK, is sent as it is and signs nothing",
        ),
    ] {
        for arguments in [&["--request", "-"][..], &["--request", "-", "--query"], &["--api-key"]] {
            let mut command = guarded(arguments);
            command.envs(variables.iter().copied());
            let ran = run(command, &request(PATH));
            assert_eq!((ran.code, &*ran.out), (5, ""), "{variables:?}: {ran:?}");
            assert!(ran.err.contains(says) && !ran.err.contains("WALRUS"), "{variables:?}: {}", ran.err);
        }
    }
    let ran = run(bare(&["sign", "--request", "-"]), &request(PATH));
    assert_eq!((ran.code, &*ran.out), (5, ""), "{ran:?}");
}
