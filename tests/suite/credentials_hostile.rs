//! Every provider that asks over HTTP, against every way to answer badly: an error in bounded time, after a bounded
//! number of tries, that names whom it asked and holds no secret.

use core::error::Error;
use core::time::Duration;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use barerock::config::Config;
use barerock::converse::Endpoint;
use barerock::credentials::{
    AssumeRole, AssumeRoleProvider, CachedCredentials, ContainerProvider, CredentialsError, DefaultChain,
    EnvironmentProvider, InstanceMetadataProvider, Io, ProfileProvider, ProvideCredentials, ProviderContext,
    Sso, SsoProvider, Sts, SystemIo, WebIdentity, WebIdentityProvider,
};
use barerock::{Credentials, Environment};
use barerock_hyper::HyperTransport;
use barerock_tests::peer::{Peer, Reply};
use bytes::Bytes;

/// Whatever is secret in these tests: given to a provider, or in an answer.
const SECRETS: [&str; 6] = ["SQUIRREL", "WALRUS", "PANDA", "OTTER", "KOALA", "HEDGEHOG"];

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_769_860_800)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Container,
    Instance,
    Role,
    WebIdentity,
    Portal,
    Refresh,
}

const KINDS: [Kind; 6] =
    [Kind::Container, Kind::Instance, Kind::Role, Kind::WebIdentity, Kind::Portal, Kind::Refresh];

impl Kind {
    fn provider(self, home: &Path, url: &str) -> Box<dyn ProvideCredentials> {
        let io: Arc<dyn Io> = Arc::new(SystemIo::new(Arc::new(HyperTransport::new())).clock(now));
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
            Self::Instance => Box::new(InstanceMetadataProvider::new(
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
            Self::Portal | Self::Refresh => {
                let expires_at = if self == Self::Portal { "2027" } else { "2025" };
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

    /// How often a server in trouble is asked.
    fn attempts(self) -> usize {
        if self == Self::Instance { 2 } else { 3 }
    }

    /// How long each of these may take, in seconds.
    fn limit(self) -> u64 {
        match self {
            Self::Container => 2,
            Self::Instance => 1,
            _ => 10,
        }
    }
}

/// The error, with everything behind it; checked for secrets, and for whom it was asked.
async fn fail(kind: Kind, reply: Reply) -> (CredentialsError, String, usize) {
    let home = tempfile::tempdir().unwrap();
    let peer = Peer::start(move |_request| reply.clone()).await;
    let provider = kind.provider(home.path(), peer.url());
    let error = provider.provide().await.unwrap_err();
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    for text in [&words, &format!("{error:?}"), &format!("{provider:?}")] {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{kind:?} shows {secret}: {text}");
        }
    }
    assert!(words.contains(peer.url()), "{kind:?} does not say whom it asked: {words}");
    (error, words, peer.asked().len())
}

fn answer(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    Reply::Answer(status, content_type, body.into())
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_a_few_times() {
    for kind in KINDS {
        for status in [500, 503, 429] {
            let (error, words, asked) = fail(kind, answer(status, "text/plain", "HEDGEHOG")).await;
            assert_eq!(asked, kind.attempts(), "{kind:?}: {words}");
            assert!(words.contains(&format!("answered {status}")), "{kind:?}: {words}");
            let is_unavailable = matches!(error, CredentialsError::Unavailable { .. });
            // An expired login stays an error of the login, whatever keeps it from being refreshed.
            assert_eq!(is_unavailable, kind != Kind::Refresh, "{kind:?}: {words}");
        }
    }
}

#[tokio::test]
async fn pages_for_people() {
    let page = "<!DOCTYPE html><html><body>Please log in HEDGEHOG</body></html>";
    for kind in KINDS {
        for status in [200, 403] {
            let (_, words, asked) = fail(kind, answer(status, "text/html", page)).await;
            assert_eq!(asked, 1, "{kind:?}: {words}");
        }
        let (_, words, _) = fail(kind, answer(407, "text/html", page)).await;
        assert!(words.contains("an HTML page: a proxy or portal may stand in between"), "{kind:?}: {words}");
    }
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
        br#"{"AccessKeyId":"A","SecretAccessKey":"HEDGEHOG","Expiration":"2025-01-01T00:00:00Z"}"#,
        br#"{"AccessKeyId":"A","SecretAccessKey":"HEDGEHOG","Expiration":1769864400}"#,
        br#"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"HEDGEHOG","sessionToken":"t","expiration":1}}"#,
        br#"{"roleCredentials":["HEDGEHOG"],"accessToken":["HEDGEHOG"]}"#,
        b"<AssumeRoleResponse><AssumeRoleResult><Credentials><SecretAccessKey>HEDGEHOG</SecretAccessKey></Credentials>\
          </AssumeRoleResult></AssumeRoleResponse>",
        b"\xff\xfe\x00HEDGEHOG",
    ];
    for kind in KINDS {
        for body in bodies {
            let (error, words, asked) = fail(kind, answer(200, "application/json", body)).await;
            assert!(matches!(error, CredentialsError::Invalid { .. }), "{kind:?}: {words}");
            // The instance's token and role are texts of nearly any kind.
            assert!(asked <= if kind == Kind::Instance { 3 } else { 1 }, "{kind:?}: {words}");
        }
        let nested = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        fail(kind, answer(200, "application/json", nested)).await;
        let nested = format!("{}{}", "<a>".repeat(50_000), "</a>".repeat(50_000));
        fail(kind, answer(200, "text/xml", nested)).await;
    }
}

#[tokio::test]
async fn secrets_that_are_sent_back() {
    let json = r#"{"message":"PANDA OTTER KOALA","error_description":"KOALA"}"#;
    let xml = "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>PANDA WALRUS</Message></Error></ErrorResponse>";
    for kind in KINDS {
        for body in [json, xml] {
            for status in [400, 401, 500] {
                let body = match kind {
                    // Only what this provider sends can come back to it.
                    Kind::Portal | Kind::Container => body.replace("OTTER", "x").replace("KOALA", "x"),
                    Kind::Refresh => body.replace("PANDA", "x"),
                    Kind::Role => body.replace("PANDA", "x").replace("OTTER", "x").replace("KOALA", "x"),
                    Kind::WebIdentity => {
                        body.replace("WALRUS", "x").replace("OTTER", "x").replace("KOALA", "x")
                    }
                    Kind::Instance => "x".to_owned(),
                };
                fail(kind, answer(status, "application/json", body)).await;
            }
        }
    }
}

#[tokio::test]
async fn ten_megabytes() {
    for kind in KINDS {
        let (_, words, asked) = fail(kind, answer(200, "application/json", vec![b' '; 10_000_000])).await;
        assert!(asked <= kind.attempts(), "{kind:?}");
        assert!(words.contains("longer than 1048576 bytes"), "{kind:?}: {words}");
    }
}

#[tokio::test]
async fn connections_that_break() {
    for kind in KINDS {
        let (_, words, _) = fail(kind, Reply::Close).await;
        assert!(words.contains("the connection failed: "), "{kind:?}: {words}");
    }
}

/// Time is simulated here: what would take half a minute takes none.
#[tokio::test(start_paused = true)]
async fn connections_that_hang() {
    for kind in KINDS {
        let start = tokio::time::Instant::now();
        let (_, words, _) = fail(kind, Reply::Hang).await;
        let seconds = start.elapsed().as_secs_f64();
        let attempts = u32::try_from(kind.attempts()).unwrap();
        let limit = Duration::from_secs(kind.limit()).as_secs_f64() * f64::from(attempts);
        assert!((limit..limit + 1.0).contains(&seconds), "{kind:?} took {seconds} s");
        assert!(words.contains(&format!("timed out, after {attempts} attempts")), "{kind:?}: {words}");
    }
}

/// The shared files and the environment hold secrets too.
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
