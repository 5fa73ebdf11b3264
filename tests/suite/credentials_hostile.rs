//! Tests of every HTTP credentials provider against invalid responses: an error within bounded time and attempts, which
//! names the source and contains no secret.

use core::error::Error;
use core::time::Duration;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use barerock::converse::Endpoint;
use barerock::credentials::{CachedCredentials, CredentialsError, EnvironmentProvider, ProvideCredentials};
use barerock::{Credentials, Environment};
use barerock_config::Config;
use barerock_config::providers::{
    AssumeRole, AssumeRoleProvider, ContainerProvider, DefaultChain, InstanceMetadataProvider, Io,
    ProfileProvider, ProviderContext, Sso, SsoProvider, Sts, SystemIo, WebIdentity, WebIdentityProvider,
};
use barerock_hyper::HyperTransport;
use barerock_tests::peer::{Peer, Reply};
use barerock_ureq::{UreqTransport, block_on};
use bytes::Bytes;
use tokio::task::JoinSet;

/// All secrets of these tests: given to a provider, or in a response.
const SECRETS: [&str; 6] = ["SQUIRREL", "WALRUS", "PANDA", "OTTER", "KOALA", "HEDGEHOG"];

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_769_860_800)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Container,
    Instance,
    /// The last request to instance metadata, after two successful ones.
    Document,
    Role,
    WebIdentity,
    Portal,
    /// A login that has expired.
    Refresh,
    /// A login that the portal rejects.
    Refused,
}

const KINDS: [Kind; 8] = [
    Kind::Container,
    Kind::Instance,
    Kind::Document,
    Kind::Role,
    Kind::WebIdentity,
    Kind::Portal,
    Kind::Refresh,
    Kind::Refused,
];

/// HTTP stack of the provider.
#[derive(Debug, Clone, Copy)]
enum Stack {
    Hyper,
    /// On a separate thread, without a runtime.
    Ureq,
}

/// Runs a check for every provider over every stack, concurrently because most of the time is spent waiting.
async fn each<F: Future<Output = ()> + Send + 'static>(check: impl Fn(Stack, Kind) -> F) {
    let mut running = JoinSet::new();
    for stack in [Stack::Hyper, Stack::Ureq] {
        for kind in KINDS {
            running.spawn(check(stack, kind));
        }
    }
    running.join_all().await;
}

impl Stack {
    async fn provide(self, kind: Kind, home: &Path, url: &str) -> (CredentialsError, String) {
        let io: Arc<dyn Io> = match self {
            Self::Hyper => Arc::new(SystemIo::new(Arc::new(HyperTransport::new())).clock(now)),
            Self::Ureq => Arc::new(SystemIo::new(Arc::new(UreqTransport::new())).clock(now)),
        };
        let provider = kind.provider(io, home, url);
        let shown = format!("{provider:?}");
        let result = match self {
            Self::Hyper => provider.provide().await,
            Self::Ureq => tokio::task::spawn_blocking(move || block_on(provider.provide())).await.unwrap(),
        };
        (result.unwrap_err(), shown)
    }
}

impl Kind {
    fn provider(self, io: Arc<dyn Io>, home: &Path, url: &str) -> Box<dyn ProvideCredentials> {
        let environment = |variables: &[(&str, &str)]| variables.iter().copied().collect::<Environment>();
        let endpoint = || Endpoint::custom(url).unwrap();
        let sts = |io| Sts::new(io, endpoint(), "us-east-1");
        match self {
            Self::Container => {
                let full = format!("{url}/x");
                Box::new(ContainerProvider::new(
                    io,
                    environment(&[
                        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &full),
                        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "PANDA"),
                    ]),
                ))
            }
            Self::Instance | Self::Document => Box::new(InstanceMetadataProvider::new(
                io,
                environment(&[
                    ("AWS_EC2_METADATA_SERVICE_ENDPOINT", url),
                    ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "2"),
                ]),
            )),
            Self::Role => {
                let source = Credentials::new("AKIDEXAMPLE", "SQUIRREL", Some("WALRUS".to_owned()));
                Box::new(AssumeRoleProvider::new(sts(io), AssumeRole::new("arn"), Arc::new(source)))
            }
            Self::WebIdentity => {
                let file = home.join("token");
                fs::write(&file, "PANDA").unwrap();
                let identity = WebIdentity::new("arn", file.to_str().unwrap());
                Box::new(WebIdentityProvider::new(sts(io), identity))
            }
            Self::Portal | Self::Refresh | Self::Refused => {
                let expires_at = if self == Self::Refresh { "2025" } else { "2027" };
                let cache = home.join(".aws/sso/cache");
                fs::create_dir_all(&cache).unwrap();
                let text = format!(
                    r#"{{"accessToken":"PANDA","expiresAt":"{expires_at}-01-01T00:00:00Z","clientId":"i","clientSecret":"OTTER","registrationExpiresAt":"2027-01-01T00:00:00Z","refreshToken":"KOALA"}}"#
                );
                fs::write(cache.join("ee0bfd2552fbd840c02cc48b6e823320543c450f.json"), text).unwrap();
                let environment = environment(&[("HOME", home.to_str().unwrap())]);
                let sso = Sso::of_session("corp", "https://corp", "1", "r");
                Box::new(SsoProvider::new(io, environment, sso, endpoint(), endpoint()))
            }
        }
    }

    /// Returns the valid response to an earlier request.
    fn before(self, path: &str) -> Option<Reply> {
        match (self, path) {
            (Self::Document, "/latest/api/token") => Some(Reply::ok("TOKEN")),
            (Self::Document, "/latest/meta-data/iam/security-credentials/") => Some(Reply::ok("my-role")),
            (Self::Refused, "/federation/credentials") => Some(answer(401, "application/json", "{}")),
            _ => None,
        }
    }

    /// Number of attempts without a valid response; server errors are retried twice by every provider.
    fn attempts(self) -> usize {
        if matches!(self, Self::Instance | Self::Document) { 2 } else { 3 }
    }

    /// True for logins, whose errors are the same regardless of why refreshing fails.
    fn is_login(self) -> bool {
        matches!(self, Self::Refresh | Self::Refused)
    }

    /// Time limit, in seconds.
    fn limit(self) -> u64 {
        match self {
            Self::Container => 2,
            Self::Instance | Self::Document => 1,
            _ => 10,
        }
    }
}

/// Returns the error, its text including all sources, and the number of requests; checks that it contains no secret and
/// names the source.
async fn fail(stack: Stack, kind: Kind, reply: Reply) -> (CredentialsError, String, usize) {
    let home = tempfile::tempdir().unwrap();
    let peer = Peer::start(move |request| kind.before(request.uri().path()).unwrap_or(reply.clone())).await;
    let (error, provider) = stack.provide(kind, home.path(), peer.url()).await;
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    for text in [&words, &format!("{error:?}"), &provider] {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{kind:?} shows {secret}: {text}");
        }
    }
    assert!(words.contains(peer.url()), "{kind:?} does not say whom it asked: {words}");
    let asked = peer.asked();
    let asked = asked.iter().filter(|request| kind.before(request.uri().path()).is_none()).count();
    (error, words, asked)
}

fn answer(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    Reply::Answer(status, content_type, body.into())
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_a_few_times() {
    each(|stack, kind| async move {
        for status in [500, 503, 429] {
            let (error, words, asked) = fail(stack, kind, answer(status, "text/plain", "HEDGEHOG")).await;
            assert_eq!(asked, 3, "{stack:?} {kind:?}: {words}");
            assert!(words.contains(&format!("answered {status}")), "{stack:?} {kind:?}: {words}");
            let is_unavailable = matches!(error, CredentialsError::Unavailable { .. });
            assert_eq!(is_unavailable, !kind.is_login(), "{stack:?} {kind:?}: {words}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_for_people() {
    let page = "<!DOCTYPE html><html><body>Please log in HEDGEHOG</body></html>";
    each(|stack, kind| async move {
        for status in [200, 403] {
            let (_, words, asked) = fail(stack, kind, answer(status, "text/html", page)).await;
            // The document of an instance is JSON, else it is requested again.
            let is_retried = kind == Kind::Document && status == 200;
            assert_eq!(asked, if is_retried { 2 } else { 1 }, "{stack:?} {kind:?}: {words}");
        }
        let (_, words, _) = fail(stack, kind, answer(407, "text/html", page)).await;
        assert!(
            words.contains("an HTML page, perhaps of a proxy or a login portal"),
            "{stack:?} {kind:?}: {words}"
        );
    })
    .await;
}

#[tokio::test]
async fn answers_of_the_wrong_shape() {
    let bodies: [&[u8]; 14] = [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\"HEDGEHOG\"",
        b"{\"AccessKeyId\":\"HEDGEHOG",
        br#"{"AccessKeyId":7,"SecretAccessKey":"HEDGEHOG","Token":"HEDGEHOG","Expiration":"2027-01-01T00:00:00Z"}"#,
        br#"{"AccessKeyId":"A","SecretAccessKey":{"x":"HEDGEHOG"},"Expiration":"2027-01-01T00:00:00Z"}"#,
        br#"{"AccessKeyId":"A","SecretAccessKey":"HEDGEHOG","Expiration":"yesterday"}"#,
        br#"{"AccessKeyId":"A","SecretAccessKey":"HEDGEHOG","Expiration":1769864400}"#,
        br#"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"HEDGEHOG","sessionToken":"t","expiration":1}}"#,
        br#"{"roleCredentials":["HEDGEHOG"],"accessToken":["HEDGEHOG"]}"#,
        b"<AssumeRoleResponse><AssumeRoleResult><Credentials><SecretAccessKey>HEDGEHOG</SecretAccessKey></Credentials>\
          </AssumeRoleResult></AssumeRoleResponse>",
        b"\xff\xfe\x00HEDGEHOG",
    ];
    each(|stack, kind| async move {
        for body in bodies {
            let (error, words, asked) = fail(stack, kind, answer(200, "application/json", body)).await;
            assert!(matches!(error, CredentialsError::Invalid { .. }), "{stack:?} {kind:?}: {words}");
            // The token and the role of instance metadata may be almost any text.
            let most = match kind {
                Kind::Instance => 4,
                Kind::Document => 2,
                _ => 1,
            };
            assert!(asked <= most, "{stack:?} {kind:?}: {words}");
        }
        let nested = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        fail(stack, kind, answer(200, "application/json", nested)).await;
        let nested = format!("{}{}", "<a>".repeat(50_000), "</a>".repeat(50_000));
        fail(stack, kind, answer(200, "text/xml", nested)).await;
    })
    .await;
}

#[tokio::test]
async fn secrets_that_are_sent_back() {
    let json = r#"{"message":"PANDA OTTER KOALA","error_description":"KOALA"}"#;
    let xml = "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>PANDA WALRUS</Message></Error></ErrorResponse>";
    each(|stack, kind| async move {
        for body in [json, xml] {
            for status in [400, 401, 500] {
                let body = match kind {
                    // Only secrets that this provider sends can be echoed.
                    Kind::Container => body.replace("OTTER", "x").replace("KOALA", "x"),
                    Kind::Portal | Kind::Refresh | Kind::Refused => body.to_owned(),
                    Kind::Role => body.replace("PANDA", "x").replace("OTTER", "x").replace("KOALA", "x"),
                    Kind::WebIdentity => {
                        body.replace("WALRUS", "x").replace("OTTER", "x").replace("KOALA", "x")
                    }
                    Kind::Instance | Kind::Document => "x".to_owned(),
                };
                fail(stack, kind, answer(status, "application/json", body)).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn ten_megabytes() {
    each(|stack, kind| async move {
        let (_, words, asked) =
            fail(stack, kind, answer(200, "application/json", vec![b' '; 10_000_000])).await;
        assert!(asked <= kind.attempts(), "{kind:?}");
        assert!(words.contains("longer than 1048576 bytes"), "{stack:?} {kind:?}: {words}");
    })
    .await;
}

#[tokio::test]
async fn connections_that_break() {
    each(|stack, kind| async move {
        let (_, words, _) = fail(stack, kind, Reply::Close).await;
        assert!(words.contains("the connection failed: "), "{stack:?} {kind:?}: {words}");
    })
    .await;
}

/// With simulated time, because it would take half a minute.
#[tokio::test(start_paused = true)]
async fn connections_that_hang() {
    for kind in KINDS {
        let start = tokio::time::Instant::now();
        let (_, words, _) = fail(Stack::Hyper, kind, Reply::Hang).await;
        let seconds = start.elapsed().as_secs_f64();
        let attempts = u32::try_from(kind.attempts()).unwrap();
        let limit = Duration::from_secs(kind.limit()).as_secs_f64() * f64::from(attempts);
        assert!((limit..limit + 1.0).contains(&seconds), "{kind:?} took {seconds} s");
        assert!(words.contains(&format!("timed out, after {attempts} attempts")), "{kind:?}: {words}");
    }
}

/// Endless responses with a blocking stack, in real time.
#[tokio::test]
async fn blocking_stacks_are_not_held_up() {
    for (reply, attempts) in [(Reply::Hang, 2), (Reply::Drip(Duration::from_millis(100)), 2)] {
        let start = tokio::time::Instant::now();
        let (_, words, asked) = fail(Stack::Ureq, Kind::Instance, reply).await;
        assert!(start.elapsed() < Duration::from_secs(5), "{words}");
        assert!(words.contains("timed out, after 2 attempts"), "{words}");
        assert_eq!(asked, attempts);
    }
}

/// A slowly dripping response times out, also with an asynchronous stack.
#[tokio::test]
async fn answers_that_drip() {
    let start = tokio::time::Instant::now();
    let (_, words, _) = fail(Stack::Hyper, Kind::Instance, Reply::Drip(Duration::from_millis(100))).await;
    assert!(start.elapsed() < Duration::from_secs(5), "{words}");
    assert!(words.contains("timed out, after 2 attempts"), "{words}");
}

/// The shared files and the environment contain secrets as well.
#[tokio::test]
async fn settings_hold_their_secrets() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".aws")).unwrap();
    let config = "[profile process]\ncredential_process = exit 3; echo PANDA\n\
                  [profile half]\naws_secret_access_key = SQUIRREL\naws_session_token = WALRUS\n\
                  [profile whole]\naws_access_key_id = AKID\naws_secret_access_key = SQUIRREL\n";
    fs::write(home.path().join(".aws/config"), config).unwrap();
    for (profile, is_ok) in [("process", false), ("half", false), ("whole", true)] {
        let variables = [
            ("HOME", home.path().to_str().unwrap()),
            ("AWS_ACCESS_KEY_ID", "AKID"),
            ("AWS_SECRET_ACCESS_KEY", "OTTER"),
            ("AWS_SESSION_TOKEN", "KOALA"),
        ];
        let io = Arc::new(SystemIo::new(Arc::new(HyperTransport::new())).clock(now));
        let loader = Config::loader().environment(variables.into_iter().collect()).profile(profile);
        let context = ProviderContext::new(io.clone(), Arc::new(loader.load(io.clone()).await.unwrap()));
        let chain = CachedCredentials::new(DefaultChain::new(context.clone()));
        let result = chain.provide().await;
        assert_eq!(result.is_ok(), is_ok, "{profile}: {result:?}");
        let told = result.as_ref().err().map(ToString::to_string);
        let environment = EnvironmentProvider::new(variables.into_iter().collect());
        for text in [
            format!("{chain:?} {context:?} {environment:?} {:?}", ProfileProvider::new(context.clone())),
            format!("{result:?} {told:?}"),
        ] {
            for secret in SECRETS {
                assert!(!text.contains(secret), "{profile} shows {secret}: {text}");
            }
        }
    }
}
