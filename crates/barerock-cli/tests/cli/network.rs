//! Certificates, proxies and key logs.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use tempfile::TempDir;

use crate::program::{Server, bare, run, with_credentials};

const QUESTION: &str = "What are the tradeoffs between REST and GraphQL?";

/// A server over TLS, and the file with its authority.
fn secure() -> (Server, TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem").to_str().unwrap().to_owned();
    let server = Server::start(&["--tls", "--tls-ca", &ca]);
    assert!(server.url.starts_with("https://127.0.0.1:"), "{}", server.url);
    (server, folder, ca)
}

fn chat(url: &str, options: &[&str]) -> Command {
    with_credentials(&[&["chat", QUESTION, "--endpoint-url", url], options].concat())
}

#[test]
fn a_private_authority_is_trusted_where_it_is_named() {
    let (server, folder, ca) = secure();
    let other = Server::start(&["--tls", "--tls-ca", folder.path().join("other.pem").to_str().unwrap()]);

    let ran = run(chat(&server.url, &["--ca-bundle", &ca]), "");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("GraphQL"), "{ran:?}");

    let mut variable = chat(&server.url, &[]);
    variable.env("AWS_CA_BUNDLE", &ca);
    assert_eq!(run(variable, "").code, 0);

    // The option beats the variable.
    let mut both = chat(&server.url, &["--ca-bundle", &ca]);
    both.env("AWS_CA_BUNDLE", "/nowhere/at/all");
    assert_eq!(run(both, "").code, 0);

    // Nobody trusts it otherwise, and it vouches for nobody else.
    for command in [chat(&server.url, &[]), chat(&other.url, &["--ca-bundle", &ca])] {
        let ran = run(command, "");
        assert_eq!((ran.code, &*ran.out), (6, ""), "{ran:?}");
        assert!(ran.err.contains("no connection") && ran.err.contains("certificate"), "{}", ran.err);
    }
}

#[test]
fn the_authority_follows_the_first_line_where_no_file_is_named() {
    let mut command = bare(&["replay", "--tls"]);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.next().unwrap().starts_with("listening on https://127.0.0.1:"));
    let pem: Vec<_> = lines.by_ref().take_while(|line| line != "-----END CERTIFICATE-----").collect();
    assert_eq!(pem[0], "-----BEGIN CERTIFICATE-----");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_bad_bundle_is_2_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.pem");
    std::fs::write(&bad, "not PEM").unwrap();
    for (path, says) in [
        ("/nowhere/at/all", "no such file"),
        (bad.to_str().unwrap(), "CA bundle holds no certificate"),
        #[cfg(unix)]
        ("/dev/zero", "longer than 16777216 bytes"),
    ] {
        let ran = run(chat("https://127.0.0.1:9", &["--ca-bundle", path]), "");
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(&format!("--ca-bundle: {path}: ")) && ran.err.contains(says), "{}", ran.err);
        let mut variable = chat("https://127.0.0.1:9", &[]);
        variable.env("AWS_CA_BUNDLE", path);
        let ran = run(variable, "");
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(&format!("AWS_CA_BUNDLE: {path}: ")), "{}", ran.err);
    }
    let mut offline = bare(&["chat", "--offline", QUESTION]);
    offline.env("AWS_CA_BUNDLE", "/nowhere/at/all").env("HTTP_PROXY", "ftp://x");
    assert_eq!(run(offline, "").code, 0, "neither matters here");
}

#[test]
fn the_secrets_of_tls_are_logged_where_asked_for() {
    let (server, folder, ca) = secure();
    let log = folder.path().join("keys.log");
    let mut command = chat(&server.url, &["--ca-bundle", &ca]);
    command.env("SSLKEYLOGFILE", &log);
    assert_eq!(run(command, "").code, 0);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.lines().any(|line| line.starts_with("CLIENT_TRAFFIC_SECRET_0 ")), "{log}");
}

/// A proxy that lets nobody through, and what it was asked. It answers one request.
fn proxy() -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            client.read_exact(&mut byte).unwrap();
            asked.extend(byte);
        }
        client.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").unwrap();
        String::from_utf8(asked).unwrap()
    });
    (address, asked)
}

#[test]
fn the_proxy_of_the_environment_is_asked() {
    let (address, asked) = proxy();
    let mut command = chat("https://bedrock.invalid", &[]);
    command.env("HTTPS_PROXY", format!("http://me:SQUIRREL%20password@{address}"));
    let ran = run(command, "");
    assert_eq!(ran.code, 6, "{ran:?}");
    let refused = format!("proxy {address} refused a tunnel to bedrock.invalid:443: status 403 Forbidden");
    assert!(ran.err.contains("no connection") && ran.err.contains(&refused), "{}", ran.err);
    assert!(ran.err.contains("hint: Check HTTPS_PROXY"), "{}", ran.err);
    assert!(!ran.err.contains("SQUIRREL"), "{}", ran.err);
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("CONNECT bedrock.invalid:443 HTTP/1.1\r\n"), "{asked}");
    // "me:SQUIRREL password".
    assert!(asked.contains("Proxy-Authorization: Basic bWU6U1FVSVJSRUwgcGFzc3dvcmQ=\r\n"), "{asked}");

    // This machine is asked directly, and so are the hosts of NO_PROXY: nothing listens where the proxy should be.
    let server = Server::start(&[]);
    let mut direct = chat(&server.url, &[]);
    direct.env("HTTP_PROXY", "http://127.0.0.1:9").env("ALL_PROXY", "http://127.0.0.1:9");
    assert_eq!(run(direct, "").code, 0);
    let mut spared = chat("https://bedrock.invalid", &[]);
    spared.env("HTTPS_PROXY", "http://127.0.0.1:9").env("NO_PROXY", "example.com, .invalid");
    let ran = run(spared, "");
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(ran.err.contains("dns error"), "{}", ran.err);
}

#[test]
fn a_proxy_that_is_none_is_2() {
    for (url, reason) in [
        ("socks5://me:SQUIRREL@127.0.0.1:9", "unsupported scheme"),
        ("http://me:SQUIRREL@a:b", "invalid port"),
        ("http:/me:SQUIRREL@a", "unexpected path"),
    ] {
        let mut command = chat("https://bedrock.invalid", &[]);
        command.env("HTTPS_PROXY", url);
        let ran = run(command, "");
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(&format!("HTTPS_PROXY: {reason}; expected http://")), "{}", ran.err);
        assert!(!ran.err.contains("SQUIRREL"), "{}", ran.err);
        let mut doctor = bare(&["doctor", "--region", "us-east-1"]);
        doctor.env("HTTPS_PROXY", url);
        let ran = run(doctor, "");
        assert!(ran.err.contains(&format!("HTTPS_PROXY: {reason}")), "{ran:?}");
        assert!(!ran.err.contains("SQUIRREL") && !ran.out.contains("SQUIRREL"), "{ran:?}");
    }
}

/// Few file descriptors are an error of the runtime, of name lookup or of the socket; never a panic.
#[test]
#[cfg(unix)]
fn few_file_descriptors_are_an_error() {
    // Those that the test was started with would count.
    const CLOSE: &str = "exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-";
    for limit in 4..=14 {
        let program = env!("CARGO_BIN_EXE_barerock");
        let script = format!(
            "{CLOSE}; ulimit -n {limit}; exec {program} chat hello --endpoint-url http://localhost:9"
        );
        let mut command = Command::new("sh");
        command.args(["-c", &script]).env_clear().env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "x");
        command.env("AWS_REGION", "us-east-1").env("AWS_MAX_ATTEMPTS", "1");
        let ran = run(command, "");
        assert!([1, 6].contains(&ran.code), "{limit}: {ran:?}");
        assert!(ran.err.starts_with("error: ") && !ran.err.contains("panicked"), "{limit}: {ran:?}");
    }
}
