use barerock_eventstream::{Frames, Header, Limits, encode_frame};

use super::*;
use crate::exchange::ChunkTime;

const SECRET: &str = "IQoJb3JpZ2luX2VjEJr/+abc=";

fn request() -> Request<Bytes> {
    Request::post("https://u:p@h/model/m/converse-stream")
        .header("authorization", "AWS4-HMAC-SHA256 Credential=A/B, Signature=c0ffee")
        .header("x-amz-security-token", SECRET)
        .header("cookie", "session=c0ffee")
        .header("x-note", SECRET)
        .body(Bytes::from(format!(r#"{{"messages":[{{"text":"my account 210987654321 {SECRET}"}}]}}"#)))
        .unwrap()
}

fn fields(media_type: &str) -> HeaderMap {
    let pairs = [("content-type", media_type), ("content-length", "9"), ("set-cookie", "session=c0ffee")];
    pairs
        .iter()
        .map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap()))
        .collect()
}

fn frame(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let headers = [Header::new(":message-type", "event"), Header::new(":event-type", "contentBlockDelta")];
    encode_frame(&headers, format!(r#"{{"delta":{{"text":"{text}"}}}}"#).as_bytes(), &mut out).unwrap();
    out
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn begin(recorder: &Recorder) -> Recording {
    recorder.begin("x", &request(), [SECRET].into_iter().collect(), SystemTime::UNIX_EPOCH)
}

/// Records a stream in chunks of this size, one a millisecond.
fn record(recorder: &Recorder, stream: &[u8], chunk: usize) -> Option<PathBuf> {
    let mut recording = begin(recorder);
    recording.head(millis(1), StatusCode::OK, &fields(MEDIA_TYPE)).unwrap();
    for (index, chunk) in stream.chunks(chunk).enumerate() {
        recording.chunk(millis(10 + u64::try_from(index).unwrap()), chunk).unwrap();
    }
    recording.end(Some(millis(99))).unwrap()
}

#[test]
fn chunks_keep_their_place_and_time_where_frames_are_redacted() {
    let frames = [frame("a"), frame(SECRET), frame("b")];
    let stream = frames.concat();
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::create(folder.path()).unwrap();
    for size in [1, 7, 50, stream.len()] {
        let exchange = Exchange::read(&record(&recorder, &stream, size).unwrap()).unwrap();
        let body = exchange.response.body();
        assert!(Frames::new(body, Limits::default()).all(|frame| frame.is_ok()));
        let timing = exchange.response.timing().unwrap();
        assert!(timing.redacted && timing.end == Some(millis(99)) && timing.head == Some(millis(1)));
        let first = u64::try_from((frames[0].len() - 1) / size).unwrap();
        assert_eq!(timing.first_frame, Some(millis(10 + first)), "{size}");
        // The last frame is as it was, and so are its chunks.
        let shift = u64::try_from(stream.len() - body.len()).unwrap();
        let after = u64::try_from(frames[0].len() + frames[1].len()).unwrap();
        let size = u64::try_from(size).unwrap();
        for (index, offset) in
            (0..).zip((0..u64::try_from(stream.len()).unwrap()).step_by(usize::try_from(size).unwrap()))
        {
            if offset >= after {
                let chunk = ChunkTime { offset: offset - shift, at: millis(10 + index) };
                assert!(timing.chunks.contains(&chunk), "{chunk:?} in {timing:?}");
            }
        }
    }
    let plain = record(&recorder, &frames[0], 20).unwrap();
    let exchange = Exchange::read(&plain).unwrap();
    assert_eq!(exchange.response.body(), &frames[0]);
    let offsets: Vec<u64> =
        exchange.response.timing().unwrap().chunks.iter().map(|chunk| chunk.offset).collect();
    assert_eq!(offsets, (0..u64::try_from(frames[0].len()).unwrap()).step_by(20).collect::<Vec<_>>());
}

/// All bytes below a path.
fn everything(path: &Path) -> String {
    let mut text = String::new();
    let files = if path.is_dir() {
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect()
    } else {
        vec![]
    };
    files.iter().for_each(|file| text += &everything(file));
    if path.is_file() {
        #[expect(clippy::disallowed_methods, reason = "a test reads what it wrote")]
        let bytes = fs::read(path).unwrap();
        text += &String::from_utf8_lossy(&bytes);
    }
    text
}

#[test]
fn what_is_secret_is_in_no_folder_and_in_no_archive() {
    let stream = [frame("a"), frame(SECRET), frame("in 210987654321")].concat();
    for name in ["folder", "a.har"] {
        for redaction in ["accounts", "text", "accounts,text"] {
            let folder = tempfile::tempdir().unwrap();
            let recorder =
                Recorder::create(&folder.path().join(name)).unwrap().redact(redaction.parse().unwrap());
            record(&recorder, &stream, 9);
            let mut whole = begin(&recorder);
            whole.head(millis(3), StatusCode::FORBIDDEN, &fields("application/json")).unwrap();
            for half in [r#"{"message":"no "#, &format!(r#"{SECRET}","account":"210987654321"}}"#)] {
                whole.chunk(millis(4), half.as_bytes()).unwrap();
            }
            whole.end(Some(millis(5))).unwrap();
            recorder.finish().unwrap();
            let text = everything(folder.path());
            assert!(
                text.contains("**redacted**") && text.contains("contentBlockDelta") == (name == "folder")
            );
            for secret in [SECRET, "c0ffee", "u:p@", "210987654321"] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
            let is_masked = !text.contains("my account");
            assert_eq!(is_masked, redaction.contains("text"), "{text}");
            let path = folder.path().join(name);
            let exchanges: Vec<Exchange> = match name {
                "a.har" => har::read(&path).unwrap().into_iter().map(|entry| entry.exchange).collect(),
                _ => path
                    .read_dir()
                    .unwrap()
                    .map(|entry| Exchange::read(&entry.unwrap().path()).unwrap())
                    .collect(),
            };
            assert_eq!(exchanges.len(), 2);
            for exchange in exchanges.iter().filter(|exchange| exchange.response.is_event_stream()) {
                assert!(Frames::new(exchange.response.body(), Limits::default()).all(|frame| frame.is_ok()));
                assert!(!String::from_utf8_lossy(exchange.response.body()).contains("210987654321"));
            }
        }
    }
}

#[test]
fn what_has_no_head_or_is_dropped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::create(folder.path()).unwrap();
    assert_eq!(begin(&recorder).end(None).unwrap(), None);
    let mut dropped = begin(&recorder);
    dropped.head(millis(1), StatusCode::OK, &fields(MEDIA_TYPE)).unwrap();
    dropped.chunk(millis(2), &frame("a")).unwrap();
    assert_eq!(folder.path().read_dir().unwrap().count(), 1, "the partial one");
    drop(dropped);
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    let mut broken = begin(&recorder);
    broken.head(millis(1), StatusCode::OK, &fields(MEDIA_TYPE)).unwrap();
    broken.chunk(millis(2), &frame("a")[..30]).unwrap();
    let kept = Exchange::read(&broken.end(None).unwrap().unwrap()).unwrap();
    assert_eq!((kept.response.body().len(), kept.response.timing().unwrap().end), (30, None));
}

#[test]
fn two_recorders_of_one_folder_replace_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let recorders = [(); 3].map(|()| Recorder::create(folder.path()).unwrap());
    let paths = recorders.map(|recorder| record(&recorder, &frame("a"), 9).unwrap());
    assert_eq!(folder.path().read_dir().unwrap().count(), 3, "{paths:?}");
    let archive = folder.path().join("a.har");
    fs::write(&archive, "mine").unwrap();
    assert_eq!(Recorder::create(&archive).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert!(Recorder::create(&archive.join("below")).is_err());
}

#[test]
fn a_body_that_could_not_be_read_back_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::create(folder.path()).unwrap();
    let mut recording = begin(&recorder);
    recording.head(millis(1), StatusCode::OK, &fields("application/json")).unwrap();
    let chunk = vec![0; 1 << 20];
    let error = (0..65).find_map(|_| recording.chunk(millis(2), &chunk).err()).unwrap();
    assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    drop(recording);
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
