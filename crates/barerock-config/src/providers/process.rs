//! Credentials that a command prints.

use core::time::Duration;
use std::io;
use std::sync::Arc;

use barerock::Environment;
use barerock::sigv4::Secrets;

use super::io::{Io, ProcessOutput};
use super::json::Object;
use super::stderr;
use super::{CredentialsError, CredentialsFuture, ProvideCredentials, ProvidedCredentials, document};

pub(super) const PROVIDER: &str = "process";

/// Environment variables whose values a command may print.
const SECRET_VARIABLES: [&str; 5] = [
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
];

/// Provider of the credentials that a command prints (`credential_process`): JSON with `"Version": 1`.
///
/// The command line is run by the system's shell, as in AWS's SDKs (botocore splits it into words itself). It gets no input, has
/// the time limit [`timeout`](Self::timeout), and may print 1 MiB. If it fails, the error includes the end of its standard
/// error, with known and likely secrets redacted.
///
/// With [`SystemIo`](super::SystemIo) a command that exceeds a limit, or whose future is dropped, is killed. On Unix it runs in a
/// new process group, which is killed with it. If this program's standard input or error is a terminal, it runs in this
/// program's group instead, so that it can prompt on the terminal and Ctrl-C ends it; processes it started then survive it, as
/// on Windows.
#[derive(Clone)]
pub struct ProcessProvider {
    io: Arc<dyn Io>,
    command: String,
    timeout: Option<Duration>,
    /// The name of the setting of the timeout, for its error.
    timeout_setting: String,
    secrets: Secrets,
}

impl ProcessProvider {
    /// Default time limit of the command. It may wait for the user, for example for a second factor or a login in the browser.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

    /// Creates a provider that runs this command line.
    pub fn new(io: Arc<dyn Io>, command: impl Into<String>) -> Self {
        let command = command.into();
        let secrets = stderr::secret_words(&command).collect();
        let timeout_setting = "ProcessProvider::timeout".to_owned();
        Self { io, command, timeout: Some(Self::DEFAULT_TIMEOUT), timeout_setting, secrets }
    }

    /// Sets the time limit of the command; `None` disables it.
    #[must_use]
    pub fn timeout(mut self, timeout: Option<Duration>) -> Self {
        self.timeout = timeout;
        self
    }

    /// Names the setting of the timeout.
    pub(super) fn timeout_setting(mut self, setting: String) -> Self {
        self.timeout_setting = setting;
        self
    }

    /// Adds the secrets of the environment, which the command inherits.
    pub(super) fn environment(mut self, environment: &Environment) -> Self {
        let values = SECRET_VARIABLES.iter().filter_map(|name| environment.get(name));
        values.for_each(|value| self.secrets.add(value));
        self
    }

    /// The name of the command for errors: its first word, because the others may be secrets.
    fn name(&self) -> &str {
        let command = self.command.trim_ascii_start();
        let quoted =
            ['"', '\''].into_iter().find_map(|quote| command.strip_prefix(quote)?.split(quote).next());
        quoted.or_else(|| command.split_ascii_whitespace().next()).unwrap_or_default()
    }

    async fn load(&self) -> Result<ProvidedCredentials, CredentialsError> {
        let output = self.io.run(&self.command, self.timeout).await;
        self.read(output).map_err(|failure| {
            let message = format!("the command {:?} {}", self.name(), failure.reason);
            CredentialsError::invalid(PROVIDER, message).with_hint(failure.hint)
        })
    }

    fn read(&self, output: io::Result<ProcessOutput>) -> Result<ProvidedCredentials, ProcessFailure> {
        let output = output.map_err(|error| ProcessFailure::new(format!("cannot be run: {error}")))?;
        let stdout = zeroize::Zeroizing::new(output.stdout);
        let result = match (output.timed_out, output.code) {
            (true, _) => Err(ProcessFailure { reason: self.timed_out(), hint: TIMEOUT_HINT }),
            (false, Some(0)) => self.credentials(&stdout).map_err(|reason| {
                let reason = format!("printed no credentials: {reason}");
                ProcessFailure { reason, hint: OUTPUT_HINT }
            }),
            (false, Some(code)) => Err(ProcessFailure::new(format!("failed with exit code {code}"))),
            (false, None) => Err(ProcessFailure::new("was killed by a signal".to_owned())),
        };
        result.map_err(|mut failure| {
            let said = stderr::shown(&output.stderr, &self.secrets_with(&stdout));
            if !said.is_empty() {
                failure.reason.push_str("; its standard error: ");
                failure.reason.push_str(&said);
            }
            failure
        })
    }

    fn credentials(&self, stdout: &[u8]) -> Result<ProvidedCredentials, String> {
        let object = Object::parse(stdout)?;
        match object.integer("Version")? {
            1 => document::provided(&object, "SessionToken", PROVIDER, self.io.now()),
            version => Err(format!("Version {version} is not supported")),
        }
    }

    fn timed_out(&self) -> String {
        let limit = self.timeout.unwrap_or_default();
        format!("timed out after {limit:?}, the limit of {}", self.timeout_setting)
    }

    /// The secrets that may be on standard error: the known ones and those on standard output.
    fn secrets_with(&self, stdout: &[u8]) -> Secrets {
        let mut secrets = self.secrets.clone();
        if let Ok(object) = Object::parse(stdout) {
            let values = ["SecretAccessKey", "SessionToken"].map(|name| object.text(name).ok().flatten());
            values.into_iter().flatten().for_each(|value| secrets.add(value));
        }
        secrets
    }
}

/// The reason why there are no credentials, and a hint.
struct ProcessFailure {
    reason: String,
    hint: &'static str,
}

const RUN_HINT: &str = "Run the command of credential_process in a terminal.";
const OUTPUT_HINT: &str = "The command of credential_process must print a JSON object with Version 1, AccessKeyId and SecretAccessKey.";
const TIMEOUT_HINT: &str = "Raise the limit with BAREROCK_CREDENTIAL_PROCESS_TIMEOUT, or \
                            barerock_credential_process_timeout in the profile, in seconds; 0 is no limit.";

impl ProcessFailure {
    fn new(reason: String) -> Self {
        Self { reason, hint: RUN_HINT }
    }
}

impl ProvideCredentials for ProcessProvider {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(self.load())
    }
}

/// Shows the name of the command only: its arguments may be secrets.
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

    const COMMAND: &str = "'/opt/my keys' --token SQUIRREL";

    fn run(output: io::Result<ProcessOutput>) -> Result<ProvidedCredentials, CredentialsError> {
        let environment = [("AWS_SESSION_TOKEN", "WALRUS-WALRUS-WALRUS")].into_iter().collect();
        let mut script = Script::new(|io| ProcessProvider::new(io, COMMAND).environment(&environment));
        script.expect(|question| {
            let Question::Run(command, limit) = question else { panic!("{question:?}") };
            assert_eq!((&*command, limit), (COMMAND, Some(Duration::from_secs(60))));
            Outcome::Run(output)
        });
        script.done()
    }

    fn provide(code: Option<i32>, stdout: &str) -> Result<ProvidedCredentials, CredentialsError> {
        run(Ok(ProcessOutput::new(code, stdout.as_bytes().to_vec())))
    }

    #[test]
    fn printed_credentials_are_used() {
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
    fn failures_say_why_and_have_a_hint() {
        for (code, stdout, words, hint) in [
            (Some(3), "", "failed with exit code 3", RUN_HINT),
            (None, "", "was killed by a signal", RUN_HINT),
            (Some(0), "SQUIRREL", "it is not JSON from line 1 column 1", OUTPUT_HINT),
            (Some(0), "{}", "Version is missing", OUTPUT_HINT),
            (Some(0), r#"{"Version":"1"}"#, "Version is not a whole number", OUTPUT_HINT),
            (Some(0), r#"{"Version":2}"#, "Version 2 is not supported", OUTPUT_HINT),
            (
                Some(0),
                r#"{"Version":1,"AccessKeyId":"AKID"}"#,
                "SecretAccessKey is missing or empty",
                OUTPUT_HINT,
            ),
            (
                Some(0),
                r#"{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":["SQUIRREL"]}"#,
                "SecretAccessKey is not a string",
                OUTPUT_HINT,
            ),
        ] {
            let error = provide(code, stdout).unwrap_err();
            assert_eq!(error.hint(), Some(hint));
            let words = match hint {
                OUTPUT_HINT => format!("printed no credentials: {words}"),
                _ => words.to_owned(),
            };
            let expected = format!("process credentials: the command \"/opt/my keys\" {words}");
            assert_eq!(error.to_string(), expected);
        }
        let expired = r#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"SQUIRREL","Expiration":"2026-01-31T12:00:00Z"}"#;
        let error = provide(Some(0), expired).unwrap_err().to_string();
        assert!(
            error.contains("they expired at 2026-01-31T12:00:00Z") && !error.contains("SQUIRREL"),
            "{error}"
        );
        let error = run(Err(io::Error::other("no such thing"))).unwrap_err().to_string();
        assert_eq!(error, "process credentials: the command \"/opt/my keys\" cannot be run: no such thing");
    }

    #[test]
    fn the_limit_is_a_setting_and_its_error_names_it() {
        for (timeout, setting) in [(Some(Duration::from_secs(5)), "AWS"), (None, "x")] {
            let mut script = Script::new(|io| {
                ProcessProvider::new(io, "x").timeout(timeout).timeout_setting(setting.to_owned())
            });
            script.expect(|question| {
                let Question::Run(_, limit) = question else { panic!("{question:?}") };
                assert_eq!(limit, timeout);
                Outcome::Run(Ok(ProcessOutput::new(None, Vec::new())
                    .stderr(b"waiting for a code".to_vec())
                    .timed_out()))
            });
            let error = script.done().unwrap_err();
            assert_eq!(error.hint(), Some(TIMEOUT_HINT));
            if timeout.is_some() {
                assert_eq!(
                    error.to_string(),
                    "process credentials: the command \"x\" timed out after 5s, the limit of AWS; its standard error: waiting for a code"
                );
            }
        }
    }

    #[test]
    fn standard_error_is_shown_without_secrets() {
        let stderr =
            b"no entry for SQUIRREL\n\x1b[31mAWS_SESSION_TOKEN WALRUS-WALRUS-WALRUS\nKOALA-KOALA-KOALA-KOALA"
                .to_vec();
        let stdout = br#"{"SecretAccessKey":"KOALA-KOALA-KOALA-KOALA"}"#.to_vec();
        let error = run(Ok(ProcessOutput::new(Some(1), stdout).stderr(stderr))).unwrap_err().to_string();
        assert_eq!(
            error,
            "process credentials: the command \"/opt/my keys\" failed with exit code 1; its standard error: no entry for \
             **redacted** \\u{1b}[31mAWS_SESSION_TOKEN **redacted** **redacted**"
        );
    }
}
