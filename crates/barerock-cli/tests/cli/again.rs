//! Recording, replay, and recording again.

use core::time::Duration;
use std::path::{Path, PathBuf};

use barerock_test_data::json;
use serde_json::Value;

use crate::program::{Server, run, with_credentials};

const MESSAGES: &str =
    r#"[{"role":"user","content":[{"text":"What are the tradeoffs between REST and GraphQL?"}]}]"#;

/// How much later than in the first recording anything may arrive: the machine may be busy.
const SLACK: Duration = Duration::from_secs(2);

fn record(url: &str, command: &str, folder: &Path) -> PathBuf {
    let mut command = with_credentials(&[command, "--endpoint-url", url, "--messages", MESSAGES]);
    command.args(["-m", "us.anthropic.claude-sonnet-4-6", "--record"]).arg(folder);
    let ran = run(command, "");
    assert_eq!(ran.code, 0, "{ran:?}");
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    folders.pop().unwrap()
}

/// The offsets of the chunks, and when they and the end came, counted from when there was a connection.
fn chunks(folder: &Path) -> (Vec<u64>, Vec<u64>) {
    let timing = json(&folder.join("response.chunks.json"));
    let chunks = timing["chunks"].as_array().unwrap().iter();
    let number = |value: &Value| value.as_u64().unwrap();
    let (offsets, mut times): (Vec<_>, Vec<_>) =
        chunks.map(|chunk| (number(&chunk[0]), number(&chunk[1]))).unzip();
    times.push(number(&timing["end"]));
    assert!(number(&timing["head"]) <= times[0] && times.is_sorted(), "{timing}");
    // A busy machine takes longer to connect.
    let connecting = timing["connect"].as_u64().unwrap_or_default();
    for time in &mut times {
        *time = time.saturating_sub(connecting);
    }
    (offsets, times)
}

#[test]
fn a_recording_of_a_replayed_recording_is_the_same() {
    for (command, pace) in [("converse-stream", "3ms"), ("converse", "0ms")] {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        let server =
            Server::unverified(&crate::program::fixtures(), &["--chunk", "random:5", "--pace", pace]);
        let first = record(&server.url, command, &one);
        let again = Server::unverified(&first, &["--chunk", "recorded", "--pace", "recorded"]);
        let second = record(&again.url, command, &two);
        for file in ["response.json", "response.body"] {
            let read = |folder: &Path| std::fs::read_to_string(folder.join(file)).ok();
            let bytes = |folder: &Path| std::fs::read(folder.join(file)).unwrap();
            assert!(bytes(&first) == bytes(&second), "{file}: {:?} {:?}", read(&first), read(&second));
        }
        let body = |folder: &Path| json(&folder.join("request.json"))["body"].clone();
        assert_eq!(body(&first), body(&second));
        let ((offsets, times), (again_at, again)) = (chunks(&first), chunks(&second));
        // The same cuts, but for those that TCP moves on a busy machine: what is read at once is one chunk, what comes in two
        // segments may be two.
        let same: Vec<_> = again_at.iter().zip(&again).filter(|(at, _)| offsets.contains(at)).collect();
        assert!(same.len() * 10 >= again_at.len() * 8, "{offsets:?} {again_at:?}");
        assert_eq!(offsets.last(), again_at.last());
        assert!(command == "converse" || again_at.len() > 5, "{again_at:?}");
        let mut worst = Duration::ZERO;
        for (at, second) in same {
            let first = times[offsets.iter().position(|offset| offset == at).unwrap()];
            // Waits are as long as recorded or longer.
            assert!(*second + 5_000 >= first, "{times:?} {again:?}");
            worst = worst.max(Duration::from_micros(second.abs_diff(first)));
        }
        println!("{command}: {} chunks, at most {worst:?} apart", offsets.len());
        assert!(worst < SLACK, "{worst:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_graceful_stop_lets_a_stream_end() {
    let mut server = Server::unverified(&crate::program::fixtures(), &["--pace", "20ms", "--log", "json"]);
    let url = server.url.clone();
    let caller = std::thread::spawn(move || {
        let mut command =
            with_credentials(&["converse-stream", "--endpoint-url", &url, "--messages", MESSAGES]);
        command.args(["-m", "us.anthropic.claude-sonnet-4-6"]);
        run(command, "")
    });
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(server.terminate(), Some(0));
    let ran = caller.join().unwrap();
    assert_eq!(ran.code, 0, "{ran:?}");
}
