//! Credentials that a command prints.

use core::time::Duration;
use std::io;
use std::sync::Arc;

use super::io::{Io, ProcessOutput};
use super::json::Object;
use super::{CredentialsError, CredentialsFuture, ProvideCredentials, ProvidedCredentials, document};

pub(super) const PROVIDER: &str = "process";

/// How long the command may take. It may wait for a person: a second factor, a login in the browser.
const LIMIT: Duration = Duration::from_secs(60);

/// `credential_process`: a command that prints credentials as JSON, `"Version": 1`.
///
/// The command line goes to the system's shell, as AWS's SDKs have it (botocore splits it into words itself). It gets no
/// input, a minute and room for 1 MiB of output. What it writes to its standard error is not shown.
///
/// With [`SystemIo`](super::SystemIo) a command that takes too long, prints too much or is no longer waited for is killed. On
/// Unix it has a process group of its own, and what it started is killed with it. It has none where our standard input or
/// error is a terminal: there it stays in the foreground, where it can ask a person and Ctrl-C ends it, and what it
/// started outlives it, as on Windows.
#[derive(Clone)]
pub struct ProcessProvider {
    io: Arc<dyn Io>,
    command: String,
}

impl ProcessProvider {
    /// Runs this command line.
    pub fn new(io: Arc<dyn Io>, command: impl Into<String>) -> Self {
        Self { io, command: command.into() }
    }

    /// What the command is called in errors: its first word, for the others may be secrets.
    fn name(&self) -> &str {
        let command = self.command.trim_ascii_start();
        let quoted =
            ['"', '\''].into_iter().find_map(|quote| command.strip_prefix(quote)?.split(quote).next());
        quoted.or_else(|| command.split_ascii_whitespace().next()).unwrap_or_default()
    }

    async fn load(&self) -> Result<ProvidedCredentials, CredentialsError> {
        let output = self.io.run(&self.command, LIMIT).await;
        self.read(output).map_err(|reason| {
            let message = format!("the command {:?}: {reason}", self.name());
            CredentialsError::invalid(PROVIDER, message)
        })
    }

    fn read(&self, output: io::Result<ProcessOutput>) -> Result<ProvidedCredentials, String> {
        const RUN: &str = "run it in a terminal to see what it says";
        let output = output.map_err(|error| format!("{error}; {RUN}"))?;
        let stdout = zeroize::Zeroizing::new(output.stdout);
        match output.code {
            Some(0) => {}
            Some(code) => return Err(format!("it failed with exit code {code}; {RUN}")),
            None => return Err(format!("a signal ended it; {RUN}")),
        }
        let object = Object::parse(&stdout).map_err(|reason| {
            format!("what it prints is no credentials: {reason}; it must print a JSON object with Version, AccessKeyId and SecretAccessKey")
        })?;
        match object.integer("Version") {
            Ok(1) => {}
            Ok(version) => return Err(format!("it prints Version {version}; only 1 is known")),
            Err(reason) => {
                return Err(format!("what it prints is no credentials: {reason}; Version must be 1"));
            }
        }
        document::provided(&object, "SessionToken", PROVIDER, self.io.now())
            .map_err(|reason| format!("what it prints is no credentials: {reason}"))
    }
}

impl ProvideCredentials for ProcessProvider {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(self.load())
    }
}

/// The command's name alone: the rest may be secret.
impl core::fmt::Debug for ProcessProvider {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ProcessProvider").field("command", &self.name()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::step::{Outcome, Question};
    use super::super::testing::{Script, now};
    use super::*;

    fn provide(code: Option<i32>, stdout: &str) -> Result<ProvidedCredentials, CredentialsError> {
        let mut script = Script::new(|io| ProcessProvider::new(io, "'/opt/my keys' --token SQUIRREL"));
        script.expect(|question| {
            let Question::Run(command, limit) = question else { panic!("{question:?}") };
            assert_eq!((&*command, limit), ("'/opt/my keys' --token SQUIRREL", LIMIT));
            Outcome::Run(Ok(ProcessOutput::new(code, stdout.as_bytes().to_vec())))
        });
        script.done()
    }

    #[test]
    fn what_it_prints_is_used() {
        let long = r#"{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"s"}"#;
        let found = provide(Some(0), long).unwrap();
        assert_eq!(
            (found.credentials.access_key_id(), found.expires_at, found.provider),
            ("AKID", None, PROVIDER)
        );
        let short = r#"{"Version":1,"AccessKeyId":"ASIA","SecretAccessKey":"s","SessionToken":"t","Expiration":"2026-01-31T12:00:01Z"}"#;
        let found = provide(Some(0), short).unwrap();
        assert_eq!(found.credentials.session_token(), Some("t"));
        assert_eq!(found.expires_at, Some(now() + Duration::from_secs(1)));
    }

    #[test]
    fn what_is_no_credentials_says_what_to_do() {
        for (code, stdout, words) in [
            (Some(3), "", "it failed with exit code 3; run it in a terminal to see what it says"),
            (None, "", "a signal ended it; run it in a terminal to see what it says"),
            (
                Some(0),
                "SQUIRREL",
                "what it prints is no credentials: it is not JSON from line 1 column 1; it must print a JSON object with Version, AccessKeyId and SecretAccessKey",
            ),
            (Some(0), "{}", "what it prints is no credentials: Version is missing; Version must be 1"),
            (
                Some(0),
                r#"{"Version":"1"}"#,
                "what it prints is no credentials: Version is no whole number; Version must be 1",
            ),
            (Some(0), r#"{"Version":2}"#, "it prints Version 2; only 1 is known"),
            (
                Some(0),
                r#"{"Version":1,"AccessKeyId":"AKID"}"#,
                "what it prints is no credentials: SecretAccessKey is missing or empty",
            ),
            (
                Some(0),
                r#"{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":["SQUIRREL"]}"#,
                "what it prints is no credentials: SecretAccessKey is no text",
            ),
            (
                Some(0),
                r#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"SQUIRREL","Expiration":"2026-01-31T12:00:00Z"}"#,
                "what it prints is no credentials: they expired at 2026-01-31T12:00:00Z, and it is 2026-01-31T12:00:00Z here; get new ones, or set the clock if it is wrong",
            ),
        ] {
            let error = provide(code, stdout).unwrap_err().to_string();
            assert_eq!(error, format!("process credentials: the command \"/opt/my keys\": {words}"));
        }
        let mut script = Script::new(|io| ProcessProvider::new(io, "x"));
        script.expect(|_| {
            Outcome::Run(Err(io::Error::new(io::ErrorKind::TimedOut, "it did not end within 60s")))
        });
        assert_eq!(
            script.done().unwrap_err().to_string(),
            "process credentials: the command \"x\": it did not end within 60s; run it in a terminal to see what it says"
        );
    }
}
