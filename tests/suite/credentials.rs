//! Tests of every credentials provider against a server of its protocol, configured through the shared files and the
//! environment.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use barerock::Environment;
use barerock::credentials::{CachedCredentials, CredentialsError, ProvideCredentials, ProvidedCredentials};
use barerock_config::Config;
use barerock_config::providers::{DefaultChain, ProviderContext, SystemIo};
use barerock_hyper::HyperTransport;
use barerock_sigv4::Timestamp;
use barerock_tests::peer::{Peer, Reply};
use http::Request;

/// 2026-01-31T12:00:00Z; the tests do not depend on the real time.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_769_860_800)
}

const KEYS: &str = r#"{"Version":1,"Code":"Success","AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"SQUIRREL","Token":"WALRUS","SessionToken":"WALRUS","Expiration":"2026-01-31T13:00:00Z"}"#;
const PORTAL: &str = r#"{"roleCredentials":{"accessKeyId":"ASIAEXAMPLE","secretAccessKey":"SQUIRREL","sessionToken":"WALRUS","expiration":1769864400000}}"#;

fn sts(action: &str) -> String {
    format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><Credentials>\
         <AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>SQUIRREL</SecretAccessKey>\
         <SessionToken>WALRUS</SessionToken><Expiration>2026-01-31T13:00:00Z</Expiration></Credentials>\
         </{action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
    )
}

/// Responds as every service.
fn every_service(request: &Request<bytes::Bytes>) -> Reply {
    let form = String::from_utf8_lossy(request.body()).into_owned();
    match request.uri().path() {
        "/latest/api/token" => Reply::ok("TOKEN"),
        "/latest/meta-data/iam/security-credentials/" => Reply::ok("my-role"),
        "/latest/meta-data/placement/region" => Reply::ok("eu-central-1\n"),
        "/latest/meta-data/iam/security-credentials/my-role" | "/container" => Reply::ok(KEYS),
        "/federation/credentials" => Reply::ok(PORTAL),
        "/token" => Reply::ok(r#"{"accessToken":"NEW","expiresIn":3600,"refreshToken":"NEXT"}"#),
        "/" if form.starts_with("Action=AssumeRole&") => Reply::ok(&sts("AssumeRole")),
        "/" => Reply::ok(&sts("AssumeRoleWithWebIdentity")),
        other => Reply::Answer(404, "text/plain", other.to_owned().into()),
    }
}

async fn context(home: &Path, peer: &Peer, config: &str, variables: &[(&str, &str)]) -> ProviderContext {
    fs::create_dir_all(home.join(".aws")).unwrap();
    fs::write(home.join(".aws/config"), config).unwrap();
    let fixed = [
        ("HOME", home.to_str().unwrap()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL_STS", peer.url()),
        ("AWS_ENDPOINT_URL_SSO", peer.url()),
        ("AWS_ENDPOINT_URL_SSO_OIDC", peer.url()),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", peer.url()),
    ];
    let environment: Environment = fixed.into_iter().chain(variables.iter().copied()).collect();
    let io = Arc::new(SystemIo::new(Arc::new(HyperTransport::new())).clock(now));
    let config = Config::loader().environment(environment).load(io.clone()).await.unwrap();
    ProviderContext::new(io, Arc::new(config))
}

/// Returns the credentials of the default chain, and the requests to the server.
async fn find(
    config: &str,
    variables: &[(&str, &str)],
) -> (Result<ProvidedCredentials, CredentialsError>, Vec<String>) {
    let (home, peer) = (tempfile::tempdir().unwrap(), Peer::start(every_service).await);
    let context = context(home.path(), &peer, config, variables).await;
    (DefaultChain::new(context).provide().await, peer.lines())
}

fn check(found: Result<ProvidedCredentials, CredentialsError>, provider: &str) {
    let found = found.unwrap();
    let credentials = &found.credentials;
    assert_eq!(
        (credentials.access_key_id(), credentials.secret_access_key(), credentials.session_token()),
        ("ASIAEXAMPLE", "SQUIRREL", Some("WALRUS"))
    );
    assert_eq!(found.expires_at, Some(now() + Duration::from_secs(3600)));
    assert_eq!(found.provider, provider);
}

#[tokio::test]
async fn the_instance() {
    let (found, lines) = find("", &[]).await;
    check(found, "instance-metadata");
    assert_eq!(
        lines,
        [
            "PUT /latest/api/token",
            "GET /latest/meta-data/iam/security-credentials/",
            "GET /latest/meta-data/iam/security-credentials/my-role"
        ]
    );
    let (home, peer) = (tempfile::tempdir().unwrap(), Peer::start(every_service).await);
    let context = context(home.path(), &peer, "", &[]).await;
    assert_eq!(context.instance_metadata().region().await.unwrap().as_deref(), Some("eu-central-1"));
}

#[tokio::test]
async fn the_container() {
    let (home, peer) = (tempfile::tempdir().unwrap(), Peer::start(every_service).await);
    let token = home.path().join("token");
    fs::write(&token, "PANDA\n").unwrap();
    let url = format!("{}/container", peer.url());
    let variables = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &*url),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.to_str().unwrap()),
    ];
    let chain = DefaultChain::new(context(home.path(), &peer, "", &variables).await);
    check(chain.provide().await, "container");
    // The token file changes while the program runs.
    fs::write(&token, "KOALA\n").unwrap();
    check(chain.provide().await, "container");
    let tokens: Vec<_> =
        peer.asked().iter().map(|request| request.headers()["authorization"].clone()).collect();
    assert_eq!(tokens, ["PANDA", "KOALA"]);
}

#[tokio::test]
async fn a_web_identity() {
    let home = tempfile::tempdir().unwrap();
    let token = home.path().join("token");
    fs::write(&token, "PANDA").unwrap();
    let variables =
        [("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().unwrap()), ("AWS_ROLE_ARN", "arn:aws:iam::1:role/x")];
    let (found, lines) = find("", &variables).await;
    check(found, "web-identity");
    assert_eq!(lines, ["POST /"]);
    let config = format!(
        "[default]\nrole_arn = arn:aws:iam::1:role/x\nweb_identity_token_file = {}\n",
        token.display()
    );
    check(find(&config, &[]).await.0, "web-identity");
}

#[tokio::test]
async fn a_chain_of_roles_signs_as_the_service_checks() {
    let config = "[default]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\nrole_arn = arn:b\ncredential_source = Environment\n";
    let (home, peer) = (tempfile::tempdir().unwrap(), Peer::start(every_service).await);
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "OTTER"),
        ("AWS_PROFILE", "default"),
    ];
    let context = context(home.path(), &peer, config, &keys).await;
    let chain = barerock_config::providers::ProfileProvider::new(context);
    check(chain.provide().await, "assume-role");
    let asked = peer.asked();
    assert_eq!(asked.len(), 2);
    // The request, signed again by the test.
    let credentials = [
        barerock::Credentials::new("AKIDEXAMPLE", "OTTER", None),
        barerock::Credentials::new("ASIAEXAMPLE", "SQUIRREL", Some("WALRUS".to_owned())),
    ];
    for (request, credentials) in asked.into_iter().zip(credentials) {
        let sent = request.headers()["authorization"].clone();
        let mut again = Request::new(request.body().clone());
        *again.method_mut() = request.method().clone();
        *again.uri_mut() = format!("{}/", peer.url()).parse().unwrap();
        again.headers_mut().insert("content-type", request.headers()["content-type"].clone());
        let mut signer = barerock_sigv4::Signer::new("us-east-1", "sts").unwrap();
        signer.sign_http(&mut again, &credentials, Timestamp::try_from(now()).unwrap()).unwrap();
        assert_eq!(again.headers()["authorization"], sent);
    }
}

#[tokio::test]
async fn a_login_and_its_refresh() {
    let config = "[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n\
                  [sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.example/start\n";
    let (home, peer) = (tempfile::tempdir().unwrap(), Peer::start(every_service).await);
    let cache = home.path().join(".aws/sso/cache");
    fs::create_dir_all(&cache).unwrap();
    // SHA-1 of `corp`.
    let file = cache.join("ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
    fs::write(
        &file,
        r#"{"accessToken":"OLD","expiresAt":"2026-01-31T11:00:00Z","clientId":"i","clientSecret":"s","registrationExpiresAt":"2026-02-28T00:00:00Z","refreshToken":"r"}"#,
    )
    .unwrap();
    let chain = DefaultChain::new(context(home.path(), &peer, config, &[]).await);
    check(chain.provide().await, "sso");
    check(chain.provide().await, "sso");
    let portal = "GET /federation/credentials?role_name=Dev&account_id=123456789012";
    assert_eq!(peer.lines(), ["POST /token", portal, portal]);
    assert_eq!(peer.asked()[1].headers()["x-amz-sso_bearer_token"], "NEW");
    #[expect(clippy::disallowed_methods, reason = "the test looks at what was written")]
    let written = fs::read(&file).unwrap();
    let written: serde_json::Value = serde_json::from_slice(&written).unwrap();
    assert_eq!((&written["accessToken"], &written["refreshToken"]), (&"NEW".into(), &"NEXT".into()));
    assert_eq!(written["expiresAt"], "2026-01-31T13:00:00Z");
}

#[cfg(unix)]
#[tokio::test]
async fn a_process() {
    let home = tempfile::tempdir().unwrap();
    let keys = home.path().join("my keys.json");
    fs::write(&keys, KEYS).unwrap();
    let config = format!("[default]\ncredential_process = cat \"{}\"\n", keys.display());
    check(find(&config, &[]).await.0, "process");
}

#[tokio::test]
async fn what_was_tried_is_explained() {
    let (home, peer) = (tempfile::tempdir().unwrap(), Peer::start(every_service).await);
    let context = context(home.path(), &peer, "", &[]).await;
    let explained = DefaultChain::new(context).explain().await;
    check(explained.result, "instance-metadata");
    let tried: Vec<_> =
        explained.tried.iter().map(|place| (&*place.location, place.reason.to_string())).collect();
    let names: Vec<_> = tried.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["environment", "web-identity", "profile", "container"]);
    assert_eq!(tried[2].1, "none at profile default, which neither shared file has");
}

#[tokio::test]
async fn one_refresh_for_a_hundred_callers() {
    let (home, peer) = (tempfile::tempdir().unwrap(), Peer::start(every_service).await);
    let url = format!("{}/container", peer.url());
    let context = context(home.path(), &peer, "", &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url)]).await;
    let cache = Arc::new(CachedCredentials::new(DefaultChain::new(context)).clock(now));
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let cache = Arc::clone(&cache);
            tokio::spawn(async move { cache.provide().await })
        })
        .collect();
    for caller in callers {
        check(caller.await.unwrap(), "container");
    }
    assert_eq!(peer.lines(), ["GET /container"]);
}
