//! Tests that no recording, in a folder or in an archive, and no page of one contains the secrets of a request when a server echoes
//! them anywhere in a response, in any encoding.

use core::time::Duration;
use std::path::Path;
use std::time::SystemTime;

use barerock::sigv4::Secrets;
use barerock_audit::diff::Diff;
use barerock_audit::dump::{DumpFormat as _, Html, StreamDump};
use barerock_audit::{Exchange, Recorder, har};
use barerock_eventstream::Limits;
use barerock_test_data::secrets::spellings;
use bytes::Bytes;
use http::{Request, Response};

use crate::echoed_secrets::{BEARER_KEY, FOREIGN_BEARER_KEY, SECRET_KEY, SESSION_TOKEN, responses};

fn request(secrets: &[&str], spelled: &str) -> Request<Bytes> {
    let key = secrets.first().copied().unwrap_or_default();
    let value = http::HeaderValue::from_bytes(format!("Bearer {key}").as_bytes()).unwrap();
    let request = Request::post(format!("https://user:{}@h/model/m/converse", "p4ssw0rd"))
        .header("authorization", value)
        .header("x-amz-security-token", SESSION_TOKEN)
        .header("cookie", "id=p4ssw0rd");
    request.body(format!(r#"{{"messages":"{spelled}"}}"#).into()).unwrap()
}

/// Records an exchange whose response arrives in chunks.
fn record(recorder: &Recorder, secrets: &[&str], spelled: &str, response: &Response<Bytes>, chunk: usize) {
    let hidden: Secrets = secrets.iter().collect();
    let mut recording = recorder.begin("x", &request(secrets, spelled), hidden, SystemTime::UNIX_EPOCH);
    recording.head(Duration::ZERO, response.status(), response.headers()).unwrap();
    response.body().chunks(chunk).for_each(|bytes| recording.chunk(Duration::ZERO, bytes).unwrap());
    recording.end(Some(Duration::ZERO)).unwrap();
}

/// Returns the whole exchange as text.
fn everything(exchange: &Exchange) -> String {
    let files = exchange.files();
    files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect()
}

/// Returns the pages of the exchange: of its stream, and of its comparison with another.
fn pages(exchange: &Exchange, other: &Exchange) -> [String; 2] {
    let (mut html, mut page) = (Html::new(Limits::default()), Vec::new());
    html.start(&mut page).unwrap();
    let mut dump = StreamDump::new(Limits::default()).of_converse();
    dump.push(exchange.response.body(), |frame| html.frame(&mut page, frame)).unwrap();
    let outcome = dump.finish(|broken| html.broken(&mut page, broken)).unwrap();
    html.outcome(&mut page, &outcome).unwrap();
    let comparison = Diff::new().strict(true).exchanges(exchange, other);
    [String::from_utf8(page).unwrap(), comparison.to_html("a", "b")]
}

fn folders(folder: &Path) -> Vec<Exchange> {
    let folders = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    folders.map(|folder| Exchange::read(&folder).unwrap()).collect()
}

/// Records responses that echo these secrets, which are sent together, and searches for them.
fn search(secrets: &[&str], at_least: usize) {
    let all: Vec<String> = secrets.iter().flat_map(|secret| spellings(secret)).collect();
    let mut count = 0;
    for spelled in &all {
        let lowercase = spelled.to_lowercase();
        let folder = tempfile::tempdir().unwrap();
        let (path, archive) = (folder.path().join("folders"), folder.path().join("a.har"));
        let (one, two) = (Recorder::create(&path).unwrap(), Recorder::create(&archive).unwrap());
        let responses: Vec<_> = responses(spelled).into_iter().filter_map(|(_, response)| response).collect();
        for response in &responses {
            record(&one, secrets, spelled, response, 13);
            record(&two, secrets, spelled, response, 1000);
        }
        two.finish().unwrap();
        let entries = har::read(&archive).unwrap();
        assert_eq!(entries.len(), responses.len());
        let exchanges = folders(&path);
        let mut texts: Vec<String> = exchanges.iter().map(everything).collect();
        texts.extend(exchanges.windows(2).flat_map(|two| pages(&two[0], &two[1])));
        texts.extend(entries.iter().map(|entry| everything(&entry.exchange)));
        texts.push(barerock_test_data::text(&archive));
        count += texts.len();
        for text in texts {
            // JSON text contains escapes.
            let unescaped = text.replace("\\\\", "\\").replace("\\\"", "\"");
            for text in [&text, &unescaped] {
                assert!(!text.to_lowercase().contains(&lowercase), "{spelled} in {text}");
                for spelling in all.iter().map(String::as_str).chain(["p4ssw0rd"]) {
                    assert!(!text.contains(spelling), "{spelling} in {text}");
                }
            }
        }
    }
    println!("{count} recordings and pages of responses that echo a secret");
    assert!(count > at_least, "{count}");
}

#[test]
fn no_recording_holds_a_secret_key_or_session_token() {
    search(&[SECRET_KEY, SESSION_TOKEN], 2400);
}

#[test]
fn no_recording_holds_a_bearer_key() {
    search(&[BEARER_KEY], 1200);
}

#[test]
fn no_recording_holds_a_bearer_key_that_is_not_ascii() {
    search(&[FOREIGN_BEARER_KEY], 1200);
}
