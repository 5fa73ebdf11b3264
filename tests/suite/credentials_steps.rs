//! Providers driven by hand, without a runtime: every cut and every changed byte of a good answer ends in credentials or
//! in an error, and never in a panic, and no half of an answer is taken for a whole one.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use barerock::Credentials;
use barerock::converse::Endpoint;
use barerock::credentials::{CredentialsError, ProvidedCredentials};
use barerock_config::providers::io::{Io, ProcessOutput};
use barerock_config::providers::{
    Answer, AssumeRole, AssumeRoleProvider, ContainerProvider, ProcessProvider, Question, Sso, SsoProvider,
    Step, Steps, Sts,
};
use bytes::Bytes;

const KEYS: &str = r#"{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"SQUIRREL","Token":"W","Expiration":"2026-01-31T13:00:00Z"}"#;
const PORTAL: &str = r#"{"roleCredentials":{"accessKeyId":"AKID","secretAccessKey":"SQUIRREL","sessionToken":"W","expiration":1769864400000}}"#;
const ROLE: &str = "<AssumeRoleResponse xmlns=\"x\"><AssumeRoleResult><Credentials><AccessKeyId>AKID</AccessKeyId>\
    <SecretAccessKey>SQUIRREL</SecretAccessKey><SessionToken>W</SessionToken>\
    <Expiration>2026-01-31T13:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
const LOGIN: &str = r#"{"accessToken":"PANDA","expiresAt":"2027-01-01T00:00:00Z"}"#;

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_769_860_800)
}

/// Answers every question with this body, and a login where a file is asked for.
fn drive(mut steps: Steps, body: &[u8]) -> Result<ProvidedCredentials, CredentialsError> {
    let mut answer = None;
    for _ in 0..20 {
        let question = match steps.next(now(), answer.take()) {
            Step::Done(result) => return result,
            Step::Ask(question) => question,
            other => panic!("{other:?}"),
        };
        answer = Some(match question {
            Question::ReadFile(_) => Answer::ReadFile(Ok(Some(LOGIN.as_bytes().to_vec()))),
            Question::Run(..) => Answer::Run(Ok(ProcessOutput::new(Some(0), body.to_vec()))),
            Question::Exchange(..) => Answer::Exchange(Ok(http::Response::new(Bytes::copy_from_slice(body)))),
            Question::Sleep(_) => Answer::Sleep,
            other => panic!("{other:?}"),
        });
    }
    panic!("it asks without end")
}

fn process() -> Steps {
    Steps::new(|io| ProcessProvider::new(io, "keys"))
}

fn container() -> Steps {
    let environment = [("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x")].into_iter().collect();
    Steps::new(|io| ContainerProvider::new(io, environment))
}

fn endpoint() -> Endpoint {
    Endpoint::custom("https://peer.test").unwrap()
}

fn role() -> Steps {
    let source = Arc::new(Credentials::new("AKIDEXAMPLE", "OTTER", None));
    Steps::new(|io: Arc<dyn Io>| {
        AssumeRoleProvider::new(Sts::new(io, endpoint(), "us-east-1"), AssumeRole::new("arn"), source)
    })
}

fn portal() -> Steps {
    let environment = [("HOME", "/home/me")].into_iter().collect();
    let sso = Sso::of_session("corp", "https://corp", "1", "r");
    Steps::new(|io| SsoProvider::new(io, environment, sso, endpoint(), endpoint()))
}

/// A provider at its start, and a good answer to it.
type Case = (fn() -> Steps, &'static str);

const PROVIDERS: [Case; 4] = [(process, KEYS), (container, KEYS), (role, ROLE), (portal, PORTAL)];

#[test]
fn a_cut_answer_is_no_answer() {
    for (provider, body) in PROVIDERS {
        let whole = drive(provider(), body.as_bytes()).unwrap();
        assert_eq!(whole.credentials.secret_access_key(), "SQUIRREL");
        for length in 0..body.len() {
            let cut = drive(provider(), &body.as_bytes()[..length]);
            assert!(cut.is_err(), "{}", &body[..length]);
        }
    }
}

#[test]
fn a_changed_answer_is_an_answer_or_an_error() {
    for (provider, body) in PROVIDERS {
        let (mut good, mut bad) = (0, 0);
        for offset in 0..body.len() {
            for byte in [0, b' ', b'"', b'<', b'&', b'0', 0xff] {
                let mut changed = body.as_bytes().to_vec();
                changed[offset] = byte;
                match drive(provider(), &changed) {
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

#[test]
fn misuse_ends_in_an_error() {
    let mut steps = process();
    assert!(matches!(steps.next(now(), None), Step::Ask(Question::Run(..))));
    // No answer where one is due.
    assert!(matches!(steps.next(now(), None), Step::Done(Err(_))));
    assert!(matches!(steps.next(now(), Some(Answer::Sleep)), Step::Done(Err(_))));
    // An answer to another question.
    let mut steps = process();
    steps.next(now(), None);
    let Step::Done(Err(error)) = steps.next(now(), Some(Answer::Sleep)) else { panic!("it went on") };
    assert!(error.to_string().contains("the answer is not of the question's kind"), "{error}");
}
