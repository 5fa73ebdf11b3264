//! Pages in headless Chromium: no error on the console, no request, and keys and clicks show a frame's bytes.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::{bare, fixtures, run, with_credentials};
use crate::streams::{event, exception, flipped};

/// Name of an installed Chromium; prints that the test did not run and returns `None` without one.
fn chromium(test: &str) -> Option<&'static str> {
    let runs = |name: &&str| {
        let ran = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        ran.is_ok_and(|status| status.success())
    };
    let found = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(runs);
    if found.is_none() {
        // Written directly, so that the test harness does not capture it.
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "{test}: not run: there is no Chromium");
    }
    found
}

/// The document after the page has run, and what went to the console or asked for a resource.
fn open(chromium: &str, page: &Path, fragment: &str, folder: &Path) -> (String, Vec<String>) {
    let log = folder.join("net.json");
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--window-size=1400,900",
            "--virtual-time-budget=3000",
        ])
        .args(["--disable-background-networking", "--disable-component-update", "--no-first-run"])
        .args(["--enable-logging=stderr", "--v=0", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("--log-net-log={}", log.display()))
        .arg(format!("file://{}{fragment}", page.display()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let mut console: Vec<String> =
        errors.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
    // The browser itself asks its maker; a page from disk could ask anyone, but for its policy.
    let requests = fs::read_to_string(&log).unwrap_or_default();
    console.extend(requests.lines().filter(|line| line.contains("\"initiator\":\"file:")).map(str::to_owned));
    (String::from_utf8_lossy(&output.stdout).into_owned(), console)
}

fn write_page(stream: &[u8], path: &Path) {
    run(bare(&["frames", "--html", path.to_str().unwrap()]), stream);
}

/// Adds a script behind `start`, the last line of a page's own. Its policy, which allows no other script than its own, is taken out.
fn with_script(path: &Path, start: &str, script: &str) {
    let page = fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once("<meta http-equiv").unwrap();
    let (_, after) = rest.split_once('>').unwrap();
    assert!(after.contains(start));
    fs::write(path, format!("{before}{}", after.replace(start, &format!("{start}{script}")))).unwrap();
}

fn stream() -> Vec<u8> {
    let delta = |text: &str| {
        event(
            "contentBlockDelta",
            &serde_json::json!({"contentBlockIndex": 0, "delta": {"text": text}, "p": "abc"}).to_string(),
        )
    };
    [
        event("messageStart", r#"{"role":"assistant"}"#),
        delta("Hello"),
        delta(" <b>world</b><script>document.title='owned'</script>"),
        event("contentBlockStop", r#"{"contentBlockIndex":0}"#),
        event("messageStop", r#"{"stopReason":"end_turn"}"#),
    ]
    .concat()
}

#[test]
fn pages_run_without_errors_and_hostile_text_stays_text() {
    let Some(chromium) = chromium("pages_run_without_errors_and_hostile_text_stays_text") else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let evil = "<img src=x onerror=\"document.title='owned'\">";
    let broken = [stream(), flipped(&event("later", "{}"), 20)].concat();
    let fault = [stream(), exception(evil, &serde_json::json!({ "message": evil }).to_string())].concat();
    let fixture = fs::read(fixtures().join("chat-stream/response.body")).unwrap();
    for (stream, title) in [
        (stream(), "complete"),
        (broken, "corrupt"),
        (fault, "exception"),
        (fixture, "complete"),
        (b"<html>".to_vec(), "not-an-event-stream"),
        (Vec::new(), "complete"),
    ] {
        write_page(&stream, &page);
        let (document, console) = open(chromium, &page, "", folder.path());
        assert_eq!(console, [""; 0], "{title}");
        assert!(
            document.contains(&format!("<title>{title} · standard input</title>")),
            "{title}: {document}"
        );
        assert!(!document.contains("<img") && !document.contains("<b>world"), "{title}");
    }
}

#[test]
fn keys_and_clicks_show_a_frames_bytes() {
    let Some(chromium) = chromium("keys_and_clicks_show_a_frames_bytes") else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    write_page(&[stream(), flipped(&event("later", "{}"), 20)].concat(), &page);
    let (document, _) = open(chromium, &page, "#frame-2", folder.path());
    assert!(document.contains("contentBlockDelta<small>frame 2</small>"), "{document}");
    with_script(
        &page,
        "\nstart();\n",
        r##"
const said = [], title = () => document.querySelector("#frame h2").textContent;
said.push(title());
const key = (name) => document.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
key("Home"); said.push(title());
key("ArrowDown"); said.push(title(), document.querySelectorAll("#frame .byte.payload").length > 20);
document.querySelector('[data-index="4"]').click(); said.push(title());
key("Home"); key("ArrowDown"); key("ArrowDown"); key("End");
document.querySelector("[data-frame='2']").click(); said.push(title());
key("b"); said.push(document.querySelectorAll("#frame .byte.bad").length > 0);
at("search").value = "world"; filter(); said.push(shown.length);
document.body.textContent = "SAID " + JSON.stringify(said);
"##,
    );
    let (document, console) = open(chromium, &page, "", folder.path());
    assert_eq!(console, [""; 0]);
    let said = [
        "frame 6 is broken",
        "messageStartframe 1",
        "contentBlockDeltaframe 2",
        "true",
        "messageStopframe 5",
        "contentBlockDeltaframe 3",
        "true",
        "1",
    ];
    assert_eq!(said_in(&document), said);
}

/// What the script that was added has written.
fn said_in(document: &str) -> Vec<String> {
    let (_, found) = document.split_once("SAID [").unwrap_or_else(|| panic!("{document}"));
    let found = found.split_once(']').unwrap().0.replace('"', "");
    found.split(',').map(str::to_owned).collect()
}

/// Writes the page of a signature.
fn sign_page(page: &Path, request: &str, options: &[&str]) {
    let file = page.with_file_name("request.txt");
    fs::write(&file, request).unwrap();
    let mut arguments = vec!["sign", "--time", "20150830T123600Z", "--request", file.to_str().unwrap()];
    arguments.extend(["--html", page.to_str().unwrap()]);
    arguments.extend(options);
    let ran = run(with_credentials(&arguments), "");
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_byte_of_a_signature_shows_its_origin() {
    let Some(chromium) = chromium("a_byte_of_a_signature_shows_its_origin") else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let request =
        "GET /a:b?c=d HTTP/1.1\nHost:example.com\nX-Note: <img src=x onerror=\"document.title='owned'\">\n\n";
    let mismatch = folder.path().join("error.json");
    let theirs = "GET\n/a:b\nc=d\nhost:example.com\n\nhost\nabc";
    let message = format!("The Canonical String for this request should have been\n'{theirs}'\n");
    fs::write(&mismatch, serde_json::json!({ "message": message }).to_string()).unwrap();
    for (options, title) in [
        (&[][..], "signed · "),
        (&["--query"], "presigned · "),
        (&["--explain-mismatch", mismatch.to_str().unwrap()], "different · "),
    ] {
        sign_page(&page, request, options);
        let (document, console) = open(chromium, &page, "", folder.path());
        assert_eq!(console, [""; 0], "{title}");
        assert!(document.contains(&format!("<title>{title}")) && !document.contains("<img"), "{document}");
    }
    // The page of a mismatch opens at the byte that differs first.
    assert!(page_text(&page).contains("id=\"first\"") && page_text(&page).contains("data-first=\"2:6-7\""));
    with_script(
        &page,
        "\nfirst(false);\n",
        r##"
const said = [], where = () => document.getElementById("where").textContent.replaceAll(",", ";");
said.push(where());
document.querySelector('[data-stage="2"] .hvalue').click(); said.push(where());
said.push(document.querySelectorAll('[data-stage="0"] .linked').length);
const key = (name, shiftKey) => document.dispatchEvent(new KeyboardEvent("keydown", { key: name, shiftKey, bubbles: true }));
key("Escape"); said.push(document.querySelectorAll(".linked").length);
document.querySelector('[data-stage="2"]').focus();
key("Home"); said.push(where());
key("ArrowDown"); said.push(where());
key("ArrowRight"); said.push(where());
key("Enter"); said.push(where());
document.querySelector('[data-stage="2"]').focus(); key("Home");
key("ArrowRight", true); key("ArrowRight", true); said.push(document.querySelector('[data-stage="0"] b').textContent);
key("d"); said.push(where());
document.body.textContent = "SAID " + JSON.stringify(said);
"##,
    );
    let (document, console) = open(chromium, &page, "", folder.path());
    assert_eq!(console, [""; 0]);
    let said = [
        "byte 6 of the canonical request ← byte 6 of the request → string to sign",
        "byte 20 of the canonical request ← bytes 27–37 of the request → string to sign",
        "1",
        "0",
        "bytes 0–2 of the canonical request ← bytes 0–2 of the request → string to sign",
        "bytes 4–5 of the canonical request ← bytes 4–5 of the request → string to sign",
        "bytes 6–8 of the canonical request ← byte 6 of the request → string to sign",
        "byte 6 of the request → canonical request",
        "E",
        "byte 6 of the canonical request ← byte 6 of the request → string to sign",
    ];
    assert_eq!(said_in(&document), said);
}

fn page_text(page: &Path) -> String {
    fs::read_to_string(page).unwrap()
}
