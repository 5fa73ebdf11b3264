//! `barerock sign --html`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use barerock_test_data::secrets::spellings;

use crate::program::{SECRET, TOKEN, run, run_with_token, with_credentials};

const REQUEST: &str = "POST /model/m%3A0/./converse?b=1 HTTP/1.1\nHost:example.com\nCookie: a=HIPPO-COOKIE-0123456789\n\
    Authorization: AWS4-HMAC-SHA256 Signature=OLD-SIGNATURE-0123456789\n";

/// Runs `sign` with a page, and returns what was printed and the page.
fn page(folder: &Path, request: &str, options: &[&str]) -> (String, String) {
    let (file, html) = (folder.join("request.txt"), folder.join("page.html"));
    fs::write(&file, request).unwrap();
    let mut arguments = vec!["sign", "--time", "20150830T123600Z", "--html", html.to_str().unwrap()];
    if !options.contains(&"--api-key") {
        arguments.extend(["--request", file.to_str().unwrap()]);
    }
    arguments.extend(options);
    let ran = run_with_token(with_credentials(&arguments), "");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(fs::metadata(&html).unwrap().permissions().mode() & 0o777, 0o600);
    (ran.out, fs::read_to_string(&html).unwrap())
}

#[test]
fn it_stands_alone_and_has_every_stage() {
    let folder = tempfile::tempdir().unwrap();
    let request = format!("{REQUEST}\n{{\"text\":\"<script>alert(1)</script>\"}}");
    let (out, page) = page(folder.path(), &request, &[]);
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</body></html>\n"));
    for outside in
        ["src=", "href=", "url(", "@import", "http:", "https:", "fetch(", "innerHTML", "<script>alert"]
    {
        assert!(!page.contains(outside), "{outside}");
    }
    for stage in ["request", "inputs", "canonical request", "string to sign", "signing key", "signature"] {
        assert!(page.contains(&format!("aria-label=\"{stage}\"")), "{stage}");
    }
    // Beside the page, the signature is enough.
    assert_eq!(out.trim_end().len(), 64);
    assert!(page.contains(out.trim_end()));
    let arguments = ["sign", "--request", "-", "--time", "20150830T123600Z", "--show", "signature"];
    let ran = run(with_credentials(&arguments), &request);
    assert_eq!(ran.out, out.trim_end());
}

#[test]
fn no_secret_is_on_it() {
    let folder = tempfile::tempdir().unwrap();
    // A request that holds the credentials it is signed with, in its path, query, headers and body.
    let echoed: Vec<String> = [SECRET, TOKEN].into_iter().flat_map(spellings).collect();
    let printable: Vec<&String> =
        echoed.iter().filter(|text| !text.contains(|c: char| c.is_control() || c == ' ')).collect();
    let joined: Vec<&str> = printable.iter().map(|text| text.as_str()).collect();
    let request = format!(
        "{REQUEST}X-Amz-Security-Token: {TOKEN}\nX-Echo: {}\n\n{}",
        joined.join(" "),
        echoed.join("\n")
    )
    .replace(
        "b=1",
        &format!("X-Amz-Security-Token={TOKEN}&a={SECRET}&X-Amz-Signature=OLD-SIGNATURE-0123456789"),
    );
    let theirs = format!(
        "POST\n/\n\ncookie:HIPPO-COOKIE-0123456789\nx-amz-security-token:{TOKEN}\nx-echo:{SECRET}\n\nabc"
    );
    let message =
        format!("Refused {SECRET}. The Canonical String for this request should have been\n'{theirs}'");
    let error = folder.path().join("error.json");
    fs::write(&error, serde_json::json!({ "message": message }).to_string()).unwrap();
    for options in [
        &[][..],
        &["--query"],
        &["--sign-body", "--omit-session-token", "--no-normalize-path"],
        &["--explain-mismatch", error.to_str().unwrap()],
        &["--api-key"],
    ] {
        let (out, page) = page(folder.path(), &request, options);
        for secret in echoed.iter().map(String::as_str).chain(["HIPPO-COOKIE", "OLD-SIGNATURE"]) {
            assert!(!page.contains(secret), "{options:?}: {secret:?} is on the page");
        }
        if options == ["--api-key"] {
            // What was printed is the key; its signature is not on the page in any form.
            use base64::Engine as _;
            let encoded = out.trim_end().rsplit('-').next().unwrap();
            let url = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap();
            let url = String::from_utf8(url).unwrap();
            let signature = url.split("X-Amz-Signature=").nth(1).unwrap().get(..64).unwrap();
            assert!(!page.contains(signature) && !page.contains(encoded));
        }
    }
}

#[test]
fn it_never_overwrites_its_inputs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("request.txt");
    fs::write(&file, REQUEST).unwrap();
    let name = file.to_str().unwrap();
    let ran = run(with_credentials(&["sign", "--request", name, "--html", name]), "");
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("would overwrite the input"), "{}", ran.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), REQUEST);
    // Nothing is left of a page that is not written.
    fs::write(&file, "GET / HTTP/1.1\n\n").unwrap();
    let page = folder.path().join("page.html");
    let ran = run(with_credentials(&["sign", "--request", name, "--html", page.to_str().unwrap()]), "");
    assert_eq!(ran.code, 2, "{ran:?}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);
}
