//! `barerock frames --html` and `events --html`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::program::{bare, fixtures, run};
use crate::streams::{event, exception, flipped, frame};

/// The page of a stream, and what was printed beside it.
fn page(stream: &[u8], arguments: &[&str]) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.html");
    let mut all = vec!["frames", "--html", path.to_str().unwrap()];
    all.extend(arguments);
    let ran = run(bare(&all), stream);
    (std::fs::read_to_string(path).unwrap(), ran.out)
}

/// The JSON that the page's script reads.
fn meta(page: &str) -> Value {
    let (_, rest) = page.split_once("<script id=\"meta\" type=\"application/json\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

/// The embedded stream.
fn embedded(page: &str) -> Vec<u8> {
    let (_, rest) = page.split_once("<script id=\"stream\" type=\"text/plain\">").unwrap();
    STANDARD.decode(rest.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn it_stands_alone_and_says_the_verdict() {
    let stream = std::fs::read(fixtures().join("error-stream-truncated/response.body")).unwrap();
    let (page, out) = page(&stream, &[]);
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</body></html>\n"));
    for outside in ["src=", "href=", "url(", "@import", "http:", "https:", "fetch(", "innerHTML", "XMLHttp"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-"));
    let meta = meta(&page);
    assert_eq!(
        (&meta["verdict"], &meta["frames"], &meta["open"]),
        (&json!("truncated"), &json!(7), &json!(7))
    );
    assert_eq!((&meta["broken"]["fault"], &meta["broken"]["number"]), (&json!(1313), &json!(8)));
    assert!(
        meta["broken"]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .any(|field| field["note"] == "cut short after 5 bytes")
    );
    assert_eq!(embedded(&page), stream);
    // Beside the page the verdict is enough; with --output, both come.
    assert_eq!(out.lines().count(), 1);
    assert!(out.starts_with("truncated at offset 1313 "), "{out}");
}

#[test]
fn a_format_can_be_asked_for_beside_it() {
    let (page, out) = page(&event("ping", "{}"), &["--output", "json"]);
    assert_eq!(meta(&page)["verdict"], "complete");
    assert_eq!(out.lines().count(), 2);
}

#[test]
fn events_have_the_page_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.html");
    let fixture = fixtures().join("error-stream-ended-early");
    let ran = run(bare(&["events", fixture.to_str().unwrap(), "--html", path.to_str().unwrap()]), "");
    assert_eq!(ran.code, 4, "{ran:?}");
    let page = std::fs::read_to_string(path).unwrap();
    assert_eq!(meta(&page)["verdict"], "ended-early");
    assert_eq!(embedded(&page), std::fs::read(fixture.join("response.body")).unwrap());
}

#[test]
fn nothing_from_the_wire_is_markup() {
    let evil = r#"</script><script>alert("1")</script>&'"#;
    let payload = serde_json::json!({ "message": evil }).to_string();
    let header = barerock_eventstream::Header::new(evil, evil);
    let stream =
        [exception(evil, &payload), frame(&[header], evil.as_bytes()), flipped(&event(evil, "{}"), 90)];
    let (page, _) = page(&stream.concat(), &[]);
    assert!(!page.contains("alert(\"1\")") && !page.contains("<script>alert"));
    assert!(meta(&page)["sentence"].as_str().unwrap().contains("<script>alert"));
}

#[test]
fn the_fault_is_marked_and_what_follows_is_bounded() {
    let stream = [event("ping", "{}"), vec![0x41; 1 << 20]].concat();
    let (page, _) = page(&stream, &[]);
    let meta = meta(&page);
    assert!(meta["broken"]["fields"].as_array().unwrap().iter().any(|field| field["faulty"] == true));
    assert!(meta["broken"]["more"].as_u64().unwrap() > 900_000 && page.len() < 200_000, "{}", page.len());
}

#[test]
fn a_long_stream_makes_a_page_of_less_than_three_times_its_length() {
    let delta =
        event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"word "},"p":"abcdefghijklm"}"#);
    let stream = delta.repeat(20_000);
    let (page, _) = page(&stream, &[]);
    assert!(page.len() < 3 * stream.len(), "{} of {}", page.len(), stream.len());
    assert_eq!(meta(&page)["frames"], 20_000);
}

#[test]
fn it_never_overwrites_its_input() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stream");
    std::fs::write(&path, event("ping", "{}")).unwrap();
    let name = path.to_str().unwrap();
    let ran = run(bare(&["frames", name, "--html", name]), "");
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("would overwrite the input"), "{}", ran.err);
    assert_eq!(std::fs::read(&path).unwrap(), event("ping", "{}"));
}

/// By whatever name the page is to have, the input is not overwritten.
#[cfg(unix)]
#[test]
fn the_input_is_never_overwritten() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let stream = event("ping", "{}");
    let (input, hard, soft) =
        (folder.path().join("a"), folder.path().join("hard"), folder.path().join("soft"));
    std::fs::write(&input, &stream).unwrap();
    std::fs::hard_link(&input, &hard).unwrap();
    symlink(&input, &soft).unwrap();
    for page in [&input, &hard, &soft] {
        let page = page.to_str().unwrap();
        let ran = run(bare(&["frames", input.to_str().unwrap(), "--html", page]), "");
        assert_eq!((ran.code, ran.err.contains("would overwrite the input")), (2, true), "{ran:?}");
        let mut redirected = bare(&["frames", "--html", page]);
        let output = redirected.stdin(std::fs::File::open(&input).unwrap()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    assert_eq!(std::fs::read(&input).unwrap(), stream);
}

/// A page that could not be written to its end replaces nothing, and leaves nothing beside it.
#[cfg(target_os = "linux")]
#[test]
fn a_page_is_there_whole_or_not_at_all() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    std::fs::write(&page, "what was there").unwrap();
    let mut command = bare(&["frames", "--output", "text", "--html", page.to_str().unwrap()]);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let stream = folder.path().join("stream");
    std::fs::write(&stream, event("ping", "{}")).unwrap();
    let output = command.stdin(std::fs::File::open(&stream).unwrap()).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(std::fs::read_to_string(&page).unwrap(), "what was there");
    assert_eq!(folder.path().read_dir().unwrap().count(), 2);

    let ran = run(bare(&["frames", "--html", page.to_str().unwrap()]), &event("ping", "{}"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(std::fs::read_to_string(&page).unwrap().ends_with("</body></html>\n"));
    assert_eq!(std::fs::metadata(&page).unwrap().permissions().mode() & 0o777, 0o600);
}
