//! Tests of providers with an `Io` that always returns the same body: every truncation and every changed byte of a
//! valid response results in credentials or an error, never a panic, and truncated responses are rejected.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use barerock::converse::Endpoint;
use barerock::credentials::{CredentialsError, ProvideCredentials, ProvidedCredentials};
use barerock::{Credentials, TransportError};
use barerock_config::providers::io::{Io, IoFuture, ProcessOutput};
use barerock_config::providers::{
    AssumeRole, AssumeRoleProvider, ContainerProvider, ProcessProvider, Sso, SsoProvider, Sts,
};
use bytes::Bytes;

const KEYS: &str = r#"{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"SQUIRREL","Token":"W","Expiration":"2026-01-31T13:00:00Z"}"#;
const PORTAL: &str = r#"{"roleCredentials":{"accessKeyId":"AKID","secretAccessKey":"SQUIRREL","sessionToken":"W","expiration":1769864400000}}"#;
const ROLE: &str = "<AssumeRoleResponse xmlns=\"x\"><AssumeRoleResult><Credentials><AccessKeyId>AKID</AccessKeyId>\
    <SecretAccessKey>SQUIRREL</SecretAccessKey><SessionToken>W</SessionToken>\
    <Expiration>2026-01-31T13:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
const LOGIN: &str = r#"{"accessToken":"PANDA","expiresAt":"2027-01-01T00:00:00Z"}"#;

/// Returns a login for file reads, and the body for everything else.
#[derive(Debug)]
struct Answering {
    body: Vec<u8>,
    calls: AtomicUsize,
}

impl Answering {
    fn count(&self) {
        assert!(self.calls.fetch_add(1, Ordering::Relaxed) < 20, "it asks without end");
    }
}

fn ready<'a, T: Send + 'a>(value: T) -> IoFuture<'a, T> {
    Box::pin(core::future::ready(value))
}

impl Io for Answering {
    fn read_file<'a>(&'a self, _: &'a Path) -> IoFuture<'a, io::Result<Option<Vec<u8>>>> {
        self.count();
        ready(Ok(Some(LOGIN.as_bytes().to_vec())))
    }

    fn write_file<'a>(&'a self, path: &'a Path, _: &'a [u8]) -> IoFuture<'a, io::Result<()>> {
        panic!("{} is written", path.display())
    }

    fn run<'a>(&'a self, _: &'a str, _: Option<Duration>) -> IoFuture<'a, io::Result<ProcessOutput>> {
        self.count();
        ready(Ok(ProcessOutput::new(Some(0), self.body.clone())))
    }

    fn exchange(
        &self,
        _: http::Request<Bytes>,
        _: Duration,
    ) -> IoFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        self.count();
        ready(Ok(http::Response::new(Bytes::from(self.body.clone()))))
    }

    fn sleep(&self, _: Duration) -> IoFuture<'_, ()> {
        ready(())
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_769_860_800)
    }
}

type Provider = fn(Arc<dyn Io>) -> Box<dyn ProvideCredentials>;

fn provide(provider: Provider, body: &[u8]) -> Result<ProvidedCredentials, CredentialsError> {
    let provider = provider(Arc::new(Answering { body: body.to_vec(), calls: AtomicUsize::new(0) }));
    barerock_ureq::block_on(provider.provide())
}

fn endpoint() -> Endpoint {
    Endpoint::custom("https://peer.test").unwrap()
}

fn process(io: Arc<dyn Io>) -> Box<dyn ProvideCredentials> {
    Box::new(ProcessProvider::new(io, "keys"))
}

fn container(io: Arc<dyn Io>) -> Box<dyn ProvideCredentials> {
    let environment = [("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x")].into_iter().collect();
    Box::new(ContainerProvider::new(io, environment))
}

fn role(io: Arc<dyn Io>) -> Box<dyn ProvideCredentials> {
    let source = Arc::new(Credentials::new("AKIDEXAMPLE", "OTTER", None));
    let sts = Sts::new(io, endpoint(), "us-east-1");
    Box::new(AssumeRoleProvider::new(sts, AssumeRole::new("arn"), source))
}

fn portal(io: Arc<dyn Io>) -> Box<dyn ProvideCredentials> {
    let environment = [("HOME", "/home/me")].into_iter().collect();
    let sso = Sso::of_session("corp", "https://corp", "1", "r");
    Box::new(SsoProvider::new(io, environment, sso, endpoint(), endpoint()))
}

/// Providers with a valid response.
const PROVIDERS: [(Provider, &str); 4] = [(process, KEYS), (container, KEYS), (role, ROLE), (portal, PORTAL)];

#[test]
fn a_cut_response_is_no_response() {
    for (provider, body) in PROVIDERS {
        let whole = provide(provider, body.as_bytes()).unwrap();
        assert_eq!(whole.credentials.secret_access_key(), "SQUIRREL");
        for length in 0..body.len() {
            let cut = provide(provider, &body.as_bytes()[..length]);
            assert!(cut.is_err(), "{}", &body[..length]);
        }
    }
}

#[test]
fn a_changed_response_gives_credentials_or_an_error() {
    for (provider, body) in PROVIDERS {
        let (mut good, mut bad) = (0, 0);
        for offset in 0..body.len() {
            for byte in [0, b' ', b'"', b'<', b'&', b'0', 0xff] {
                let mut changed = body.as_bytes().to_vec();
                changed[offset] = byte;
                match provide(provider, &changed) {
                    Ok(_) => good += 1,
                    Err(error) => {
                        bad += 1;
                        assert!(!error.to_string().contains("SQUIRREL"), "{error}");
                    }
                }
            }
        }
        assert!(good > 0 && bad > good, "{good} good, {bad} bad");
    }
}
