use super::*;

const REQUEST: &str =
    r#"{"method":"POST","uri":"/model/m/converse-stream","headers":[],"body":"{}","extra":1}"#;
const RESPONSE: &str = r#"{"status":200,"headers":[]}"#;

#[test]
fn an_error_names_the_file_and_the_member() {
    for (request, response, expected) in [
        (REQUEST.replace("\"POST\"", "\"P ST\""), RESPONSE, "request.json: `method`: \"P ST\" is invalid"),
        (REQUEST.replace("\"method\":\"POST\",", ""), RESPONSE, "request.json: missing field `method`"),
        (
            REQUEST.replace("/model/m/converse-stream", "https://host"),
            RESPONSE,
            "request.json: `uri`: \"https://host\" has no path",
        ),
        (REQUEST.replace("\"{}\"", "{\"base64\":\"*\"}"), RESPONSE, "request.json: `body.base64`: "),
        (
            REQUEST.to_owned(),
            r#"{"status":101,"headers":[]}"#,
            "response.json: `status`: 101 is not the status of a final response (200 to 599)",
        ),
        (
            REQUEST.to_owned(),
            r#"{"status":200,"headers":[["a b","c"]]}"#,
            "response.json: `headers[0]`: \"a b\" is not a valid header",
        ),
        (
            REQUEST.to_owned(),
            r#"{"status":200,"headers":[["a","b"],["c","d\n"]]}"#,
            "response.json: `headers[1]`: \"c\" is not a valid header",
        ),
        (REQUEST.to_owned(), "", "response.json: EOF while parsing"),
    ] {
        let error = Exchange::parse(request.as_bytes(), response.as_bytes(), Bytes::new()).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}

#[test]
fn the_host_of_a_target_does_not_matter() {
    for uri in ["https://<REGION>.example/model/m/converse?a=b", "/model/m/converse?a=b"] {
        let request = RecordedRequest::new(Method::POST, uri, vec![], Bytes::new());
        assert_eq!(request.target(), Some("/model/m/converse?a=b"));
    }
    assert_eq!(RecordedRequest::new(Method::POST, "host", vec![], Bytes::new()).target(), None);
}

fn exchange(body: &'static [u8]) -> Exchange {
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    Exchange {
        request: RecordedRequest::new(
            Method::POST,
            "https://h/model/a%3A0/converse",
            pairs(&[("Host", "h"), ("X", "é \"q\""), ("X", "")]),
            Bytes::from_static(body),
        ),
        response: RecordedResponse::new(
            RecordedHead::new(429, pairs(&[("Date", "today"), ("Set-Cookie", "a"), ("Set-Cookie", "b")]))
                .unwrap(),
            Bytes::from_static(b"\0\xff"),
        ),
    }
}

#[test]
fn what_is_written_is_read_back() {
    for body in [&b"{\"a\":1}"[..], b"", b"\xff\0"] {
        let folder = tempfile::tempdir().unwrap();
        let mut written = exchange(body);
        if body.is_empty() {
            let timing = Timing::parse(br#"{"head":3,"chunks":[[0,4],[1,5]]}"#, 2).unwrap();
            written.response = written.response.with_timing(timing);
        }
        let path = folder.path().join("one");
        written.write(&path).unwrap();
        assert_eq!(Exchange::read(&path).unwrap(), written);
        assert!(Exchange::is_in(&path) && !Exchange::is_in(folder.path()));
        // A second time it is somebody's recording.
        assert_eq!(written.write(&path).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing partial is left");
    }
}

#[test]
fn debug_shows_no_value_and_no_body() {
    let shown = format!("{:?}", exchange(b"secret prompt"));
    assert!(shown.contains("Set-Cookie") && !shown.contains("today") && !shown.contains("prompt"), "{shown}");
}

#[test]
fn an_exchange_that_is_not_finished_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one");
    let exchange = exchange(b"{}");
    let mut writer = ExchangeWriter::create(&path, &exchange.request, &exchange.response.head).unwrap();
    writer.write(b"half").unwrap();
    assert!(!path.exists());
    drop(writer);
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_a_recording() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one");
    exchange(b"{}").write(&path).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    for file in [REQUEST_FILE, RESPONSE_FILE, BODY_FILE] {
        assert_eq!(mode(&path.join(file)), 0o600, "{file}");
    }
}

#[test]
fn what_is_not_a_regular_file_of_bounded_length_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    exchange(b"{}").write(&folder.path().join("one")).unwrap();
    let body = folder.path().join("one").join(BODY_FILE);
    let read = || Exchange::read(&folder.path().join("one")).unwrap_err();
    fs::File::create(&body).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
    assert!(matches!(read(), ExchangeError::TooLong { .. }));
    fs::remove_file(&body).unwrap();
    assert!(matches!(read(), ExchangeError::Io { .. }));
    fs::create_dir(&body).unwrap();
    assert!(read().to_string().ends_with("response.body: not a regular file"));
    #[cfg(unix)]
    {
        fs::remove_dir(&body).unwrap();
        // A device that never ends.
        std::os::unix::fs::symlink("/dev/zero", &body).unwrap();
        assert!(matches!(read(), ExchangeError::NotAFile { .. }));
    }
}
