//! Fuzzes the I/O of credentials providers: files, processes, HTTP. Each provider ends after a limited number of operations
//! with credentials or an error of limited length that contains no secret.
#![no_main]

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use barerock::converse::Endpoint;
use barerock::credentials::{CredentialsError, ProvideCredentials, ProvidedCredentials};
use barerock::{Credentials, Environment, TransportError, TransportErrorKind};
use barerock_config::providers::io::{Io, IoFuture, ProcessOutput};
use barerock_config::providers::{
    AskMfa, AssumeRole, AssumeRoleProvider, ContainerProvider, InstanceMetadataProvider, ProcessProvider,
    Sso, SsoProvider, Sts, WebIdentity, WebIdentityProvider,
};
use bytes::Bytes;

/// Separator of the results in the input; it does not occur in UTF-8. The first byte of the input selects the provider, the
/// first byte of each result its kind.
const PART: u8 = 0xff;

/// Statuses of HTTP responses.
const STATUSES: [u16; 9] = [200, 200, 200, 400, 401, 403, 404, 429, 500];

/// Limit on operations, above that of any provider: three attempts of three exchanges, pauses between them, files.
const MOST_QUESTIONS: usize = 40;

/// Limit on an error: 400 characters of the response's message, the longest URL from a response, and our own text.
const LONGEST: usize = 16 * 1024;

/// Number of providers, and the number of the one that reads a login.
const PROVIDERS: u8 = 7;
const SSO: u8 = 6;

/// Part of every secret that is searched for.
const MARK: &str = "SQUIRREL";

/// Secrets that a provider has and sends.
const OURS: [&str; 3] = ["OTTER-key", "KOALA-token", "PANDA-token"];

/// Secret members of a response; the last three are also members of a login.
const SECRET_MEMBERS: [&str; 8] = [
    "SecretAccessKey",
    "SessionToken",
    "Token",
    "secretAccessKey",
    "sessionToken",
    LOGIN_MEMBERS[0],
    LOGIN_MEMBERS[1],
    LOGIN_MEMBERS[2],
];
const LOGIN_MEMBERS: [&str; 3] = ["accessToken", "refreshToken", "clientSecret"];

/// Members with messages, which are shown.
const SHOWN_MEMBERS: [&str; 6] = ["message", "Message", "error_description", "error", "code", "Code"];

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_769_860_800)
}

#[derive(Debug)]
struct Person;

impl AskMfa for Person {
    fn code<'a>(&'a self, _serial: &'a str) -> IoFuture<'a, Result<String, String>> {
        Box::pin(core::future::ready(Ok("123456".to_owned())))
    }
}

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().copied().collect()
}

fn endpoint() -> Endpoint {
    Endpoint::custom("https://peer.test").expect("a URL")
}

fn sts(io: Arc<dyn Io>) -> Sts {
    Sts::new(io, endpoint(), "us-east-1")
}

fn provider(choice: u8, io: Arc<dyn Io>) -> Box<dyn ProvideCredentials> {
    match choice {
        0 => Box::new(ProcessProvider::new(io, "keys --token KOALA-token")),
        1 => {
            let url = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/x");
            let token = ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "PANDA-token");
            Box::new(ContainerProvider::new(io, environment(&[url, token])))
        }
        2 => {
            let file = ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token");
            let uri = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x");
            Box::new(ContainerProvider::new(io, environment(&[uri, file])))
        }
        3 => Box::new(InstanceMetadataProvider::new(io, Environment::default())),
        4 => {
            let source = Credentials::new("AKIDEXAMPLE", "OTTER-key", Some("KOALA-token".to_owned()));
            let mut role = AssumeRole::new("arn");
            role.mfa_serial = Some("arn:mfa".to_owned());
            Box::new(AssumeRoleProvider::new(sts(io), role, Arc::new(source)).mfa(Arc::new(Person)))
        }
        5 => Box::new(WebIdentityProvider::new(sts(io), WebIdentity::new("arn", "/token"))),
        _ => {
            let sso = Sso::of_session("corp", "https://corp", "1", "r");
            let environment = environment(&[("HOME", "/home/me")]);
            Box::new(SsoProvider::new(io, environment, sso, endpoint(), endpoint()))
        }
    }
}

/// I/O that returns the parts of the input in order.
#[derive(Debug)]
struct Parts {
    choice: u8,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    parts: Vec<Vec<u8>>,
    next: usize,
    calls: usize,
    secrets: Secrets,
}

impl Parts {
    /// Returns the kind and the body of the next result, and records its secrets.
    fn next(&self, is_file: bool) -> (u8, Vec<u8>) {
        let mut state = self.state.lock().expect("no panic before");
        state.calls += 1;
        assert!(state.calls < MOST_QUESTIONS, "it asks without end");
        let part = state.parts.get(state.next).cloned().unwrap_or_default();
        state.next += 1;
        let (&kind, body) = part.split_first().unwrap_or((&0, &[]));
        state.secrets.note(is_file, self.choice, body);
        (kind, body.to_vec())
    }
}

fn ready<'a, T: Send + 'a>(value: T) -> IoFuture<'a, T> {
    Box::pin(core::future::ready(value))
}

fn broken() -> io::Error {
    io::Error::other("broken")
}

impl Io for Parts {
    fn read_file<'a>(&'a self, _: &'a Path) -> IoFuture<'a, io::Result<Option<Vec<u8>>>> {
        ready(match self.next(true) {
            (1, _) => Ok(None),
            (2, _) => Err(broken()),
            (_, body) => Ok(Some(body)),
        })
    }

    fn write_file<'a>(&'a self, _: &'a Path, _: &'a [u8]) -> IoFuture<'a, io::Result<()>> {
        ready(if self.next(false).0 == 2 { Err(broken()) } else { Ok(()) })
    }

    fn run<'a>(&'a self, _: &'a str, _: Option<Duration>) -> IoFuture<'a, io::Result<ProcessOutput>> {
        ready(match self.next(false) {
            (1, body) => Ok(ProcessOutput::new(None, body)),
            (2, _) => Err(broken()),
            (3, body) => Ok(ProcessOutput::new(Some(3), body)),
            (_, body) => Ok(ProcessOutput::new(Some(0), body)),
        })
    }

    fn exchange(
        &self,
        _: http::Request<Bytes>,
        _: Duration,
    ) -> IoFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        let (kind, body) = self.next(false);
        if kind == PART - 1 {
            return ready(Err(TransportError::new(TransportErrorKind::Connect, "refused")));
        }
        let mut response = http::Response::new(Bytes::from(body));
        let status = STATUSES[usize::from(kind) % STATUSES.len()];
        *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
        ready(Ok(response))
    }

    fn sleep(&self, pause: Duration) -> IoFuture<'_, ()> {
        assert!(pause < Duration::from_secs(60));
        ready(())
    }

    fn now(&self) -> SystemTime {
        now()
    }
}

/// Texts that are searched for in an error.
#[derive(Debug, Default)]
struct Secrets {
    /// Secrets that the provider read and sends; redacted also when they are echoed.
    sent: Vec<String>,
    /// Secrets in responses.
    answered: Vec<String>,
    /// Messages of responses, which are shown: a text in them is not a secret.
    words: String,
}

impl Secrets {
    fn note(&mut self, is_file: bool, choice: u8, body: &[u8]) {
        let object =
            serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(body).unwrap_or_default();
        let inner = object.get("roleCredentials").and_then(serde_json::Value::as_object);
        let marked = |holder: &serde_json::Map<String, serde_json::Value>, names: &[&str]| -> Vec<String> {
            let texts = names.iter().filter_map(|name| holder.get(*name)?.as_str());
            texts.filter(|text| text.contains(MARK)).map(str::to_owned).collect()
        };
        match is_file {
            true if choice == SSO => self.sent.extend(marked(&object, &LOGIN_MEMBERS)),
            true => {
                let token = core::str::from_utf8(body).unwrap_or_default().trim_ascii();
                self.sent.extend(token.contains(MARK).then(|| token.to_owned()));
            }
            false => {
                for holder in [Some(&object), inner].into_iter().flatten() {
                    self.answered.extend(marked(holder, &SECRET_MEMBERS));
                }
                // Messages in XML, and the name of a role, which is part of a URL.
                if object.is_empty() {
                    self.words.push_str(&String::from_utf8_lossy(body));
                }
                for name in SHOWN_MEMBERS {
                    self.words.extend(object.get(name).map(ToString::to_string));
                }
            }
        }
        // Runs of spaces are shown as one, so that a text with several would not be found.
        self.sent.retain(|secret| !secret.contains(|c: char| c.is_whitespace() || c.is_control()));
    }

    /// Returns all texts that an error must not contain, for this input.
    fn hidden(self, input: &[u8]) -> Vec<String> {
        let Self { mut sent, answered, words } = self;
        sent.extend(answered.into_iter().filter(|_| !words.contains(MARK)));
        // A secret that only the response contains is not one of ours.
        let made_up = |ours: &&str| input.windows(ours.len()).any(|bytes| bytes == ours.as_bytes());
        sent.extend(OURS.iter().filter(|ours| !made_up(ours)).map(|ours| (*ours).to_owned()));
        sent
    }
}

/// Returns true if a text shows a secret. One of fewer than 16 bytes is redacted only as a separate word.
fn shows(text: &str, secret: &str) -> bool {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    text.match_indices(secret).any(|(at, _)| {
        let (before, after) = (&text.as_bytes()[..at], &text.as_bytes()[at + secret.len()..]);
        secret.len() >= 16 || !(is_letter(before.last()) || is_letter(after.first()))
    })
}

fn check(result: Result<ProvidedCredentials, CredentialsError>, hidden: &[String]) {
    match result {
        Ok(provided) => {
            let credentials = &provided.credentials;
            assert!(!credentials.access_key_id().is_empty() && !credentials.secret_access_key().is_empty());
            let is_usable = provided.is_statically_stable || provided.expired(now()).is_none();
            assert!(is_usable, "it has expired");
            let debug = format!("{provided:?}");
            let secret = credentials.secret_access_key();
            assert!(
                !secret.contains(MARK)
                    || credentials.access_key_id().contains(MARK)
                    || !debug.contains(secret)
            );
        }
        Err(error) => {
            let (words, debug) = (error.to_string(), format!("{error:?}"));
            assert!(words.len() < LONGEST, "{} bytes", words.len());
            for secret in hidden {
                assert!(!shows(&words, secret) && !shows(&debug, secret), "{words} shows {secret}");
            }
        }
    }
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((&first, rest)) = input.split_first() else { return };
    let choice = first % PROVIDERS;
    let parts = rest.split(|byte| *byte == PART).map(<[u8]>::to_vec).collect();
    let io = Arc::new(Parts { choice, state: Mutex::new(State { parts, ..State::default() }) });
    let provider = provider(choice, io.clone());
    // Every result is ready at once.
    let result = match provider.provide().as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it waits for nothing"),
    };
    let secrets = core::mem::take(&mut io.state.lock().expect("no panic before").secrets);
    check(result, &secrets.hidden(input));
});
