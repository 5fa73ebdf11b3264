//! Warnings about a call that goes on.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

use crate::program::{SECRET, Server, TOKEN, bare, run};

/// Starts an instance metadata service whose credentials have expired, and returns its URL.
fn instance() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for client in listener.incoming().map(Result::unwrap) {
            let mut lines = BufReader::new(&client).lines().map(Result::unwrap);
            let request = lines.next().unwrap_or_default();
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let body = match request.split(' ').nth(1) {
                Some("/latest/api/token") => "TOKEN".to_owned(),
                Some("/latest/meta-data/iam/security-credentials/") => "my-role".to_owned(),
                _ => format!(
                    r#"{{"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"{SECRET}","Token":"{TOKEN}","Expiration":"2020-01-01T00:00:00Z"}}"#
                ),
            };
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            (&client).write_all((head + &body).as_bytes()).unwrap();
        }
    });
    url
}

#[test]
fn expired_credentials_of_an_instance_are_used_with_one_warning() {
    let (server, url) = (Server::start(&[]), instance());
    for options in [&[][..], &["--debug"]] {
        let question = "What are the tradeoffs between REST and GraphQL?";
        let mut command = bare(&[&["chat", question, "--endpoint-url", &server.url], options].concat());
        command.env_remove("AWS_EC2_METADATA_DISABLED").env("AWS_REGION", "us-east-1");
        command.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url);
        let ran = run(command, "");
        assert_eq!(ran.code, 0, "{ran:?}");
        let warning = "warning: using instance-metadata credentials that expired at 2020-01-01T00:00:00Z, because the provider returned no newer ones\n";
        assert_eq!(ran.err.matches(warning).count(), 1, "{}", ran.err);
    }
    let mut command = bare(&["doctor"]);
    command.env_remove("AWS_EC2_METADATA_DISABLED").env("AWS_REGION", "us-east-1");
    command.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url);
    let ran = run(command, "");
    let warning = "\nwarning       using instance-metadata credentials that expired at 2020-01-01T00:00:00Z, because the provider returned no newer ones\n";
    assert!(ran.code == 0 && ran.out.contains(warning), "{ran:?}");
}
