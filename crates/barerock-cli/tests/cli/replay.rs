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
