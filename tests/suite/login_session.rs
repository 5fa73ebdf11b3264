//! Tests of `aws login` sessions over sockets and files: a refresh that rewrites the cache, and one that fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use barerock::Environment;
use barerock::credentials::ProvideCredentials;
use barerock_config::Config;
use barerock_config::providers::{DefaultChain, SystemIo};
use barerock_hyper::HyperTransport;
use barerock_tests::peer::{Peer, Reply};
use serde_json::{Value, json};

const SESSION: &str = "arn:aws:iam::123456789012:user/me";
/// The SHA-256 of the session.
const FILE: &str = "286187707741fc2ccb93cf9e56dbd0ee0a16208feed5fbc8ae1baa86d44c283f.json";
/// A P-256 key used by the tests only.
const KEY: &str = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIxAZj7pQ6sm4otTx8mbeCGxlm/6usRr0XsK0/4dCFuFoAoGCCqGSM49\nAwEHoUQDQgAEtdZvu1Y87AbObyY30A+FpPuqysaLErq84YZWmN19RQTVlBtM2pq1\nDQg8RKXaTIuDPYQeIKTmxEPW8KCsS2e0HQ==\n-----END EC PRIVATE KEY-----\n";

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_769_860_800)
}

fn home(folder: &Path) -> PathBuf {
    let cache = folder.join(".aws/login/cache");
    fs::create_dir_all(&cache).unwrap();
    fs::write(folder.join(".aws/config"), format!("[default]\nlogin_session = {SESSION}\n")).unwrap();
    let access = json!({
        "accessKeyId": "ASIAOLD", "secretAccessKey": "SQUIRREL", "sessionToken": "WALRUS",
        "accountId": "123456789012", "expiresAt": "2026-01-31T11:59:59Z",
    });
    let session = json!({
        "accessToken": access, "tokenType": "aws_sigv4", "refreshToken": "KOALA", "idToken": "OTTER",
        "clientId": "arn:aws:signin:::devtools/same-device", "dpopKey": KEY,
    });
    let file = cache.join(FILE);
    fs::write(&file, session.to_string()).unwrap();
    file
}

async fn chain(folder: &Path, url: &str) -> DefaultChain {
    let variables = [
        ("HOME", folder.to_str().unwrap()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL_SIGNIN", url),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    let environment: Environment = variables.into_iter().collect();
    let io = Arc::new(SystemIo::new(Arc::new(HyperTransport::new())).clock(now));
    let config = Config::loader().environment(environment).load(io.clone()).await.unwrap();
    DefaultChain::new(config.provider_context(io))
}

#[tokio::test]
async fn an_expired_session_is_refreshed_once_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = home(folder.path());
    let peer = Peer::start(|_| {
        Reply::ok(r#"{"accessToken":{"accessKeyId":"ASIANEW","secretAccessKey":"HEDGEHOG","sessionToken":"PANDA"},"tokenType":"aws_sigv4","expiresIn":900,"refreshToken":"NEXT"}"#)
    })
    .await;
    let chain = chain(folder.path(), peer.url()).await;
    for _ in 0..2 {
        let found = chain.provide().await.unwrap();
        assert_eq!((found.credentials.access_key_id(), found.provider), ("ASIANEW", "login"));
        assert_eq!(found.expires_at, Some(now() + Duration::from_secs(900)));
    }
    assert_eq!(peer.lines(), ["POST /v1/token"]);
    let asked = peer.asked();
    let proof = asked[0].headers()["dpop"].to_str().unwrap();
    assert_eq!(proof.split('.').count(), 3);
    let body: Value = serde_json::from_slice(asked[0].body()).unwrap();
    assert_eq!((&body["grantType"], &body["refreshToken"]), (&"refresh_token".into(), &"KOALA".into()));
    #[expect(clippy::disallowed_methods, reason = "the test looks at what was written")]
    let written: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(
        (&written["accessToken"]["accountId"], &written["idToken"]),
        (&"123456789012".into(), &"OTTER".into())
    );
    assert_eq!((&written["refreshToken"], &written["dpopKey"]), (&"NEXT".into(), &KEY.into()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing lies beside it");
}

#[tokio::test]
async fn a_service_that_refuses_leaves_the_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = home(folder.path());
    #[expect(clippy::disallowed_methods, reason = "the test looks at what is there")]
    let before = fs::read(&file).unwrap();
    for (reply, attempts, reason) in [
        (
            Reply::Answer(401, "application/json", r#"{"error":"TOKEN_EXPIRED","message":"KOALA"}"#.into()),
            1,
            "TOKEN_EXPIRED: ",
        ),
        (
            Reply::Answer(500, "application/json", r#"{"error":"server_error","message":"KOALA"}"#.into()),
            3,
            "answered 500",
        ),
        (Reply::Close, 3, "after 3 attempts"),
        (Reply::Answer(200, "text/html", "<html>WALRUS</html>".into()), 1, "not JSON"),
    ] {
        let peer = Peer::start(move |_| reply.clone()).await;
        let error = chain(folder.path(), peer.url()).await.provide().await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(reason) && text.contains(FILE) && text.contains(peer.url()), "{text}");
        assert_eq!(peer.asked().len(), attempts, "{text}");
        for secret in ["SQUIRREL", "WALRUS", "KOALA", "OTTER"] {
            assert!(!format!("{text} {error:?}").contains(secret), "{text}");
        }
    }
    #[expect(clippy::disallowed_methods, reason = "the test looks at what is there")]
    let after = fs::read(&file).unwrap();
    assert_eq!(before, after);
}
