//! Runs the example against a local Bedrock and a local runtime API.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::thread;

use barerock_replay::{Fixture, Fixtures, ReplayServer};

const MODEL: &str = "us.anthropic.claude-sonnet-4-6";

/// A request that the runtime API received, its chunks joined, its trailers behind the body.
#[derive(Debug, Clone)]
struct Received {
    line: String,
    head: String,
    body: String,
    chunks: usize,
    trailers: String,
}

/// Reads lines up to an empty one.
fn lines(reader: &mut impl std::io::BufRead) -> Option<String> {
    let mut all = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            return Some(all);
        }
        all += &line;
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Received> {
    let head = lines(reader)?.to_ascii_lowercase();
    let line = head.lines().next()?.to_owned();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let (mut body, mut chunks, mut trailers) = (Vec::new(), 0, String::new());
    if header("transfer-encoding:") == Some("chunked") {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size).ok()?;
            let size = usize::from_str_radix(size.trim(), 16).unwrap();
            if size == 0 {
                trailers = lines(reader)?;
                break;
            }
            let mut chunk = vec![0; size + 2];
            reader.read_exact(&mut chunk).ok()?;
            body.extend_from_slice(&chunk[..size]);
            chunks += 1;
        }
    } else {
        body = vec![0; header("content-length:").map_or(0, |length| length.parse().unwrap())];
        reader.read_exact(&mut body).ok()?;
    }
    Some(Received { line, head, body: String::from_utf8(body).unwrap(), chunks, trailers })
}

/// Serves these events in turn, and closes the connection when there is no other: the program then ends.
fn run(events: &[&str], bedrock: &str, variables: &[(&str, &str)]) -> (Vec<Received>, Output) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut events: Vec<String> = events.iter().rev().map(|event| (*event).to_owned()).collect();
    let (send, received) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let mut number = 0;
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let Some(request) = read(&mut BufReader::new(connection.try_clone().unwrap())) else { continue };
            let (head, event) = if request.line.starts_with("get ") {
                let Some(event) = events.pop() else { return };
                number += 1;
                (format!("200 OK\r\nlambda-runtime-aws-request-id: id-{number}"), event)
            } else {
                ("202 Accepted".to_owned(), String::new())
            };
            let length = event.len();
            let response =
                format!("HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{event}");
            send.send(request).unwrap();
            connection.write_all(response.as_bytes()).unwrap();
        }
    });
    // Such as the program built for another target.
    let program = std::env::var_os("BAREROCK_BOOTSTRAP");
    let output = Command::new(program.unwrap_or_else(|| env!("CARGO_BIN_EXE_bootstrap").into()))
        .env_clear()
        .envs([
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "x"),
            ("AWS_MAX_ATTEMPTS", "1"),
        ])
        .envs([("AWS_LAMBDA_RUNTIME_API", address.as_str()), ("AWS_ENDPOINT_URL", bedrock)])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let posts = received.try_iter().filter(|request: &Received| request.line.starts_with("post "));
    (posts.collect(), output)
}

fn serve(fault: Option<&str>) -> (tokio::runtime::Runtime, ReplayServer) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let fixtures = Fixtures::new([Fixture::text(MODEL, "One program, zipped.")]);
    let replay = ReplayServer::builder().fixtures(fixtures).faults(fault.map(|fault| fault.parse().unwrap()));
    let replay = runtime.block_on(replay.bind("127.0.0.1:0")).unwrap();
    (runtime, replay)
}

const REGION: [(&str, &str); 1] = [("AWS_REGION", "us-east-1")];

#[test]
fn it_streams_the_response_to_each_event() {
    let (_runtime, replay) = serve(None);
    let events = [r#"{"prompt":"Hello"}"#, r#"{"version":"2.0","body":"{\"prompt\":\"Hello\"}"}"#];
    let (posts, output) = run(&events, &replay.url(), &REGION);
    assert_eq!(posts.len(), 2, "{posts:?} {output:?}");
    for (number, post) in posts.iter().enumerate() {
        let number = number + 1;
        assert_eq!(post.line, format!("post /2018-06-01/runtime/invocation/id-{number}/response http/1.1"));
        assert!(post.head.contains("lambda-runtime-function-response-mode: streaming\r\n"));
        assert_eq!(post.body, "One program, zipped.");
        assert!(post.chunks > 1 && post.trailers.is_empty());
    }
}

#[test]
fn an_event_without_a_prompt_is_an_error() {
    let (_runtime, replay) = serve(None);
    let (posts, _) = run(&["{}", "not JSON", r#"{"prompt":1}"#], &replay.url(), &REGION);
    assert_eq!(posts.len(), 3);
    for post in posts {
        assert!(post.line.ends_with("/error http/1.1"), "{post:?}");
        assert!(post.body.contains(r#""errorType":"Function.Event""#), "{post:?}");
    }
}

#[test]
fn an_error_of_bedrock_is_reported() {
    let (_runtime, replay) = serve(Some("throttle"));
    let (posts, _) = run(&[r#"{"prompt":"Hello"}"#], &replay.url(), &REGION);
    assert!(posts[0].line.ends_with("/error http/1.1"));
    assert!(posts[0].head.contains("lambda-runtime-function-error-type: bedrock.service\r\n"));
    assert!(posts[0].body.contains("ThrottlingException"));
}

#[test]
fn a_stream_that_breaks_ends_with_trailers() {
    let (_runtime, replay) = serve(Some("exception=modelStreamErrorException:3"));
    let (posts, _) = run(&[r#"{"prompt":"Hello"}"#], &replay.url(), &REGION);
    assert!(posts[0].line.ends_with("/response http/1.1") && !posts[0].body.is_empty(), "{posts:?}");
    assert!(posts[0].trailers.contains("lambda-runtime-function-error-type: Bedrock.Service\r\n"));
    assert!(posts[0].trailers.contains("lambda-runtime-function-error-body: "));
}

#[test]
fn a_function_that_cannot_start_says_why() {
    let (posts, output) = run(&[], "http://127.0.0.1:9", &[]);
    assert!(posts[0].line.starts_with("post /2018-06-01/runtime/init/error "), "{posts:?}");
    assert!(posts[0].body.contains("no region"), "{posts:?}");
    assert!(!output.status.success());
}
