//! `barerock replay`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::program::{Server, run, with_credentials};

#[test]
fn match_any_answers_any_question() {
    let server = Server::start(&["--match", "any"]);
    let ran = run(with_credentials(&["chat", "Something never recorded", "--endpoint-url", &server.url]), "");
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn chunks_and_pace_change_nothing_of_the_answer() {
    let answers: Vec<String> = [&[][..], &["--chunk", "7"], &["--chunk", "whole"], &["--pace", "2ms"]]
        .iter()
        .map(|options| {
            let server = Server::start(options);
            let question = "What are the tradeoffs between REST and GraphQL?";
            let ran = run(with_credentials(&["chat", question, "--endpoint-url", &server.url]), "");
            assert_eq!(ran.code, 0, "{ran:?}");
            ran.out
        })
        .collect();
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn an_unsigned_request_is_refused_on_the_wire() {
    let server = Server::start(&[]);
    let address = server.url.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).unwrap();
    let body = r#"{"messages":[]}"#;
    write!(
        connection,
        "POST /model/m/converse HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert!(answer.contains("MissingAuthenticationToken"), "{answer}");
}

/// Standard error is a pipe that nobody reads, and soon full.
#[cfg(unix)]
#[test]
fn an_unread_log_does_not_stop_the_server() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;

    let mut child = crate::program::bare(&["replay"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first_line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut first_line).unwrap();
    let address = first_line.trim().strip_prefix("listening on http://").unwrap().to_owned();
    let mut connection = TcpStream::connect(&address).unwrap();
    connection.set_read_timeout(Some(core::time::Duration::from_secs(30))).unwrap();
    // 400 lines of more than 1,000 bytes are several times what a pipe holds.
    let path = "a".repeat(1000);
    let mut buffer = vec![0; 16 * 1024];
    for number in 0..400 {
        // In one write: the rest of a request would wait for the acknowledgement of its beginning.
        let request = format!("GET /{path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
        connection.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        while !answer.ends_with('}') {
            let length = match connection.read(&mut buffer) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                read => read.unwrap(),
            };
            assert!(length > 0, "request {number}: {answer}");
            answer.push_str(core::str::from_utf8(&buffer[..length]).unwrap());
        }
        assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_page_of_another_origin_is_refused() {
    let server = Server::start(&[]);
    let address = server.url.strip_prefix("http://").unwrap();
    for headers in
        ["host: rebound.example".to_owned(), format!("host: {address}\r\norigin: https://evil.example")]
    {
        let mut connection = TcpStream::connect(address).unwrap();
        write!(connection, "GET / HTTP/1.1\r\n{headers}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 403") && answer.contains("does not name this machine"),
            "{answer}"
        );
    }
}
