//! Calls and `doctor` agree on what the files and variables say.

use crate::home::Home;
use crate::program::{Ran, SECRET, Server, TOKEN, run};

fn keys() -> String {
    format!(
        "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = {SECRET}\naws_session_token = {TOKEN}\n"
    )
}

/// A home directory with a config file, and variables.
struct World<'a> {
    config: &'a str,
    arguments: &'a [&'a str],
    variables: &'a [(&'a str, &'a str)],
}

impl World<'_> {
    fn run(&self, command: &[&str], server: &Server) -> Ran {
        let home = Home::new(self.config, "");
        let mut command = home.command(&[command, self.arguments].concat());
        command.env("AWS_REGION", "us-east-1").env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &server.url);
        command.envs(self.variables.iter().copied());
        run(command, "")
    }

    /// Runs both and returns the standard error of the call and the standard output of `doctor`.
    fn both(&self, server: &Server, code: i32) -> (String, String) {
        let call = self.run(&["chat", "hello"], server);
        let doctor = self.run(&["doctor"], server);
        assert_eq!((call.code, doctor.code), (code, code), "{call:?} {doctor:?}");
        let error = |ran: &Ran| ran.err.lines().find(|line| line.starts_with("error: ")).map(str::to_owned);
        if code != 0 {
            assert_eq!(error(&call), error(&doctor), "{call:?} {doctor:?}");
            assert!(error(&call).is_some(), "{call:?}");
        }
        for ran in [&call, &doctor] {
            assert!(!ran.err.contains("SQUIRREL") && !ran.out.contains("SQUIRREL"), "{ran:?}");
        }
        (call.err, doctor.out)
    }
}

const ENVIRONMENT: &[(&str, &str)] =
    &[("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", SECRET), ("AWS_SESSION_TOKEN", TOKEN)];

#[test]
fn an_invalid_section_stops_only_calls_that_use_it() {
    let server = Server::start(&["--match", "any"]);
    let broken = "[profile x]\nregion: y\n[profile open\nregion = z\n[services s]\n = 1\n[profile twice]\n[profile twice]\n";
    let default = format!("[default]\n{}{broken}", keys());
    for (config, variables) in [(&*default, &[][..]), (broken, ENVIRONMENT)] {
        let (_, told) = World { config, arguments: &[], variables }.both(&server, 0);
        for warning in [
            "there is no = in the line; the section [profile x] cannot be used",
            "the section's header has no ]; the section [profile open] cannot be used",
            "there is no key before the =; the section [services s] cannot be used",
            "the section [profile twice] is there already",
        ] {
            let line = told.lines().find(|line| line.starts_with("warning ") && line.contains(warning));
            assert!(line.is_some_and(|line| line.contains("~/.aws/config line ")), "{told}");
        }
    }
    for profile in ["x", "open", "twice"] {
        let world = World { config: &default, arguments: &["--profile", profile], variables: ENVIRONMENT };
        let (error, _) = world.both(&server, 5);
        assert!(error.starts_with("error: ~/.aws/config line ") && error.contains("\nhint: "), "{error}");
    }
}

#[test]
fn a_home_that_is_no_directory_has_no_files() {
    let server = Server::start(&["--match", "any"]);
    for home in ["/dev/null", "/dev/null/me"] {
        let variables = [ENVIRONMENT, &[("HOME", home)]].concat();
        World { config: "", arguments: &[], variables: &variables }.both(&server, 0);
    }
}

#[cfg(unix)]
#[test]
fn a_credential_process_that_fails_is_told() {
    let server = Server::start(&["--match", "any"]);
    let config = |command: &str, more: &str| format!("[default]\ncredential_process = {command}\n{more}");
    let failing = config("sh -c \"echo 'no login; token=SQUIRREL' >&2; exit 3\"", "");
    let (error, _) = World { config: &failing, arguments: &[], variables: &[] }.both(&server, 5);
    let expected =
        "the command \"sh\" failed with exit code 3; its standard error: no login; token=**redacted**\n";
    assert!(error.contains(expected), "{error}");
    let slow = config("sleep 20", "");
    let variables = &[("BAREROCK_CREDENTIAL_PROCESS_TIMEOUT", "1")];
    let (error, _) = World { config: &slow, arguments: &[], variables }.both(&server, 5);
    assert!(
        error.contains("timed out after 1s, the limit of BAREROCK_CREDENTIAL_PROCESS_TIMEOUT\n"),
        "{error}"
    );
    let slow = config("sleep 20", "barerock_credential_process_timeout = 1\n");
    let (error, _) = World { config: &slow, arguments: &[], variables: &[] }.both(&server, 5);
    let expected =
        "the limit of barerock_credential_process_timeout of profile default at ~/.aws/config line 3\n";
    assert!(error.contains(expected), "{error}");
    let invalid = config("sleep 20", "barerock_credential_process_timeout = soon\n");
    let (error, _) = World { config: &invalid, arguments: &[], variables: &[] }.both(&server, 5);
    assert!(error.contains("must be a whole number of seconds, or 0 for no limit"), "{error}");
}

#[test]
fn sources_and_sessions_are_told() {
    let server = Server::start(&["--match", "any"]);
    let circle = format!(
        "[profile a]\nrole_arn = arn:a\nsource_profile = b\n{}[profile b]\nrole_arn = arn:b\nsource_profile = a\n",
        keys()
    );
    for (config, words) in [
        (&*circle, "leads in a circle: a -> b -> a"),
        ("[profile a]\nsso_session = corp\n", "sso_session is set at ~/.aws/config line 2, but"),
        ("[profile a]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n", "[sso-session corp]"),
    ] {
        let (error, _) = World { config, arguments: &["--profile", "a"], variables: &[] }.both(&server, 5);
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_password_in_a_malformed_url_is_not_shown() {
    let server = Server::start(&["--match", "any"]);
    for url in [
        "http:/u:SQUIRREL@h",
        "http:u:SQUIRREL@h",
        "u:SQUIRREL@h:80",
        "http:///u:SQUIRREL@h",
        "https://u:SQUIR/REL:SQUIRREL@h",
        "https://u:SQUIRREL#x@h",
    ] {
        for name in ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"] {
            let variables = [ENVIRONMENT, &[(name, url)]].concat();
            let world = World { config: "", arguments: &[], variables: &variables };
            for command in [&["chat", "hello", "--debug"][..], &["doctor"], &["doctor", "--output", "json"]] {
                let ran = world.run(command, &server);
                assert!(
                    !ran.err.contains("SQUIRREL") && !ran.out.contains("SQUIRREL"),
                    "{name} {url}: {ran:?}"
                );
            }
        }
    }
}
