//! Runs the example against a local Bedrock, and looks for tokio in its tree.

use std::process::{Command, Output};

use barerock_replay::{Fixture, Fixtures, ReplayServer, Tls};

const MODEL: &str = "us.anthropic.claude-sonnet-4-6";

/// The server, on a runtime of its own: the example has none.
fn serve(tls: Option<Tls>, fault: Option<&str>) -> (tokio::runtime::Runtime, ReplayServer) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let fixtures = Fixtures::new([Fixture::text(MODEL, "Small is smol.")]);
    let mut replay =
        ReplayServer::builder().fixtures(fixtures).faults(fault.map(|fault| fault.parse().unwrap()));
    if let Some(tls) = tls {
        replay = replay.tls(tls);
    }
    let replay = runtime.block_on(replay.bind("127.0.0.1:0")).unwrap();
    (runtime, replay)
}

fn run(url: &str, variables: &[(&str, &str)]) -> Output {
    // No variable of this machine may decide anything.
    Command::new(env!("CARGO_BIN_EXE_barerock-example-smol"))
        .args([MODEL, "Hello"])
        .env_clear()
        .envs([
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "x"),
        ])
        .envs([("AWS_ENDPOINT_URL", url), ("AWS_MAX_ATTEMPTS", "1")])
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn it_streams() {
    let (_runtime, replay) = serve(None, None);
    let output = run(&replay.url(), &[]);
    assert_eq!(text(&output.stdout), "Small is smol.\n", "{}", text(&output.stderr));
}

#[test]
fn it_streams_over_tls() {
    let (folder, tls) = (tempfile::tempdir().unwrap(), Tls::generate().unwrap());
    let bundle = folder.path().join("ca.pem");
    std::fs::write(&bundle, tls.ca_pem()).unwrap();
    let (_runtime, replay) = serve(Some(tls), None);
    let output = run(&replay.url(), &[("AWS_CA_BUNDLE", bundle.to_str().unwrap())]);
    assert_eq!(text(&output.stdout), "Small is smol.\n", "{}", text(&output.stderr));
    let stranger = run(&replay.url(), &[]);
    assert!(text(&stranger.stderr).contains("UnknownIssuer"), "{}", text(&stranger.stderr));
}

#[test]
fn it_says_what_went_wrong() {
    for (fault, words) in
        [("throttle", "ThrottlingException"), ("close-after=100", "connection closed within the response")]
    {
        let (_runtime, replay) = serve(None, Some(fault));
        let output = run(&replay.url(), &[]);
        assert!(!output.status.success());
        assert!(text(&output.stderr).contains(words), "{fault}: {}", text(&output.stderr));
    }
}

#[test]
fn there_is_no_tokio_in_the_tree() {
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--package",
            "barerock-example-smol",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let tree = text(&tree.stdout);
    assert!(tree.contains("async-io v") && tree.contains("barerock v"), "{tree}");
    assert!(!tree.lines().any(|line| line.starts_with("tokio") || line.starts_with("hyper")), "{tree}");
}
