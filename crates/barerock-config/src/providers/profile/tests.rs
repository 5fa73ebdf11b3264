use std::sync::Arc;

use super::super::DefaultChain;
use super::super::step::{Outcome, Question};
use super::super::testing::{Script, line};
use super::*;
use crate::{Config, ConfigFile, Profiles};

mod roles;

const ROLE: &str = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>\
    <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2026-01-31T13:00:00Z</Expiration>\
    </Credentials></AssumeRoleResult></AssumeRoleResponse>";

struct Setup {
    config: &'static str,
    credentials: &'static str,
    environment: &'static [(&'static str, &'static str)],
    profile: Option<&'static str>,
}

const EMPTY: Setup = Setup { config: "", credentials: "", environment: &[], profile: None };

impl Setup {
    fn config(&self) -> Arc<Config> {
        let files =
            (ConfigFile::new("config", self.config), ConfigFile::new("credentials", self.credentials));
        let mut variables = vec![("HOME", "/home/me"), ("AWS_REGION", "eu-west-1")];
        variables.extend(self.environment);
        let loader = Config::loader().environment(variables.into_iter().collect());
        let loader = match self.profile {
            Some(name) => loader.profile(name),
            None => loader,
        };
        Arc::new(loader.resolve(Profiles::parse(Some(files.0), Some(files.1))).unwrap())
    }

    fn profile(&self) -> Script {
        let config = self.config();
        Script::new(|io| ProfileProvider::new(ProviderContext::new(io, config)))
    }

    fn chain(&self) -> Script {
        let config = self.config();
        Script::new(|io| DefaultChain::new(ProviderContext::new(io, config)))
    }
}

fn of(config: &'static str, profile: &'static str) -> Script {
    Setup { config, profile: Some(profile), ..EMPTY }.profile()
}

fn refused(config: &'static str, profile: &'static str) -> String {
    of(config, profile).done().unwrap_err().to_string()
}

fn key_id(script: Script) -> String {
    script.done().unwrap().credentials.access_key_id().to_owned()
}

/// Responds to an AssumeRole call signed by `key`, and returns its form.
fn assume(script: &mut Script, key: &str) -> String {
    let mut form = String::new();
    script.exchange(
        |request| {
            assert_eq!(line(request), "POST https://sts.eu-west-1.amazonaws.com/");
            let authorization = request.headers()["authorization"].to_str().unwrap();
            assert!(authorization.contains(&format!("Credential={key}/")), "{authorization}");
            form = String::from_utf8(request.body().to_vec()).unwrap();
        },
        200,
        ROLE,
    );
    form
}

#[test]
fn keys_of_either_file() {
    let both = Setup {
        config: "[default]\naws_access_key_id = CONFIG\naws_secret_access_key = s\n[profile one]\naws_access_key_id = ONE\naws_secret_access_key = s\naws_session_token = t\n",
        credentials: "[default]\naws_access_key_id = CREDENTIALS\naws_secret_access_key = s\n",
        ..EMPTY
    };
    assert_eq!(key_id(both.profile()), "CREDENTIALS");
    let found = Setup { profile: Some("one"), ..both }.profile().done().unwrap();
    assert_eq!((found.credentials.access_key_id(), found.credentials.session_token()), ("ONE", Some("t")));
}

#[test]
fn half_a_key_is_an_error_and_halves_of_two_files_are_no_pair() {
    let halves = Setup {
        config: "[default]\naws_secret_access_key = SQUIRREL\n",
        credentials: "[default]\naws_access_key_id = AKID\n",
        ..EMPTY
    };
    assert_eq!(
        halves.profile().done().unwrap_err().to_string(),
        "profile credentials: profile default (credentials line 1): aws_access_key_id is set at credentials line 2, but aws_secret_access_key is not in that section"
    );
}

#[test]
fn order_within_a_profile() {
    let process = Setup {
        config: "[default]\ncredential_process = keys\naws_access_key_id = CONFIG\naws_secret_access_key = s\n",
        ..EMPTY
    };
    let mut script = process.profile();
    script.expect(|question| {
        let Question::Run(command, _) = question else { panic!("{question:?}") };
        assert_eq!(command, "keys");
        Outcome::Run(Err(std::io::Error::other("no such thing")))
    });
    assert_eq!(
        script.done().unwrap_err().to_string(),
        "process credentials: profile default (config line 1): the command \"keys\" cannot be run: no such thing"
    );
    let keys = "[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n";
    assert_eq!(key_id(Setup { credentials: keys, ..process }.profile()), "AKID");
    let none = of("[profile x]\nregion = y\n", "x").done().unwrap_err().to_string();
    assert_eq!(none, "no credentials; looked for profile x (config line 1), which sets none");
}

fn with_hint(config: &'static str, profile: &'static str) -> (String, Option<String>) {
    let error = of(config, profile).done().unwrap_err();
    (error.to_string(), error.hint().map(str::to_owned))
}

#[test]
fn sso_settings() {
    let session = "[profile a]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n[sso-session corp]\nsso_region = eu-north-1\nsso_start_url = https://corp/start\n";
    let mut script = of(session, "a");
    script.file(
        "/home/me/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
        Some(r#"{"accessToken":"PANDA","expiresAt":"2027-01-01T00:00:00Z"}"#),
    );
    script.exchange(
        |request| assert_eq!(line(request), "GET https://portal.sso.eu-north-1.amazonaws.com/federation/credentials?role_name=r&account_id=1"),
        403,
        "",
    );
    assert!(
        script
            .done()
            .unwrap_err()
            .to_string()
            .starts_with("sso credentials: profile a (config line 1): GET ")
    );
    let mut script = of(
        "[profile a]\nsso_start_url = https://corp/start\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n",
        "a",
    );
    script.file("/home/me/.aws/sso/cache/717f6b50ccf65f10839b090b78b6ff0786091a96.json", None);
    let error = script.done().unwrap_err();
    assert!(error.to_string().ends_with(".json is not there"), "{error}");
    assert_eq!(error.hint(), Some("Run `aws sso login --profile a`."));
    for (config, words) in [
        ("[profile a]\nsso_account_id = 1\n", "sso_role_name is missing"),
        (
            "[profile a]\nsso_account_id = 1\nsso_role_name = r\n",
            "sso_start_url is missing, and so is sso_session",
        ),
        ("[profile a]\nsso_account_id = 1\nsso_start_url = u\n", "sso_role_name is missing"),
        ("[profile a]\nsso_role_name = r\nsso_session = x\n[sso-session x]\n", "sso_account_id is missing"),
        ("[profile a]\nsso_account_id = 1\nsso_role_name = r\nsso_start_url = u\n", "sso_region is missing"),
        (
            "[profile a]\nsso_session = x\nsso_account_id = 1\nsso_role_name = r\n",
            "sso_session at config line 2: there is no section [sso-session x] in the config file",
        ),
        (
            "[profile a]\nsso_session = x\nsso_account_id = 1\nsso_role_name = r\n[sso-session x]\nsso_start_url = u\n",
            "sso_region is missing in the section [sso-session x] at config line 5",
        ),
        (
            "[profile a]\nsso_session = x\nsso_account_id = 1\nsso_role_name = r\n[sso-session x]\nsso_region = b\n",
            "sso_start_url is missing in the section [sso-session x] at config line 5",
        ),
        (
            "[profile a]\nsso_session = x\nsso_account_id = 1\nsso_role_name = r\n[sso-session x]\nsso_region\n",
            "sso_session at config line 2: config line 6: there is no = in the line",
        ),
        (
            "[profile a]\nsso_session = x\nsso_account_id = 1\nsso_role_name = r\nsso_region = a\n[sso-session x]\nsso_region = b\nsso_start_url = u\n",
            "sso_region at config line 5 contradicts that of the session, at config line 7",
        ),
    ] {
        let (error, hint) = with_hint(config, "a");
        assert_eq!(error, format!("sso credentials: profile a (config line 1): {words}"));
        assert!(hint.is_some(), "{error}");
    }
    // A session alone provides a token but no credentials.
    for (config, words) in [
        ("[profile a]\nsso_session = x\n[sso-session x]\nsso_region = a\nsso_start_url = u\n", ""),
        ("[profile a]\nsso_session = x\n", ", and there is no section [sso-session x] in the config file"),
    ] {
        assert_eq!(
            refused(config, "a"),
            format!(
                "no credentials; looked for profile a (config line 1), which sets none: sso_session is set at config line 2, \
                 but sso_account_id and sso_role_name are missing{words}"
            )
        );
    }
}

#[test]
fn the_default_order() {
    let keys = Setup {
        credentials: "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n",
        environment: &[
            ("AWS_ACCESS_KEY_ID", "ENV"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_PROFILE", "default"),
        ],
        ..EMPTY
    };
    assert_eq!(key_id(keys.chain()), "ENV");
    // A profile named in code takes precedence over the environment, for keys and for a web identity.
    assert_eq!(key_id(Setup { profile: Some("default"), ..keys }.chain()), "FILE");
    let identity =
        Setup { environment: &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/t"), ("AWS_ROLE_ARN", "arn")], ..keys };
    assert_eq!(key_id(Setup { profile: Some("default"), ..identity }.chain()), "FILE");
    // A web identity comes before keys in a profile, and after a role.
    let mut script = identity.chain();
    script.file("/t", None);
    assert!(script.done().unwrap_err().to_string().starts_with("web-identity"));
    let role = Setup { config: "[default]\nrole_arn = x\nsource_profile = default\n", ..identity };
    let mut script = role.chain();
    assume(&mut script, "FILE");
    assert_eq!(key_id(script), "ASIA");
    // Half a key is an error; no other key is used instead.
    let half = Setup { environment: &[("AWS_ACCESS_KEY_ID", "ENV")], ..keys };
    assert!(half.chain().done().unwrap_err().to_string().starts_with("environment credentials: "));
}

#[test]
fn what_was_tried_is_told() {
    let mut script = EMPTY.chain();
    script.unreachable();
    assert_eq!(
        script.done().unwrap_err().to_string(),
        "no credentials; looked for AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment; \
         AWS_WEB_IDENTITY_TOKEN_FILE in the environment; profile default, which neither shared file has; \
         AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and AWS_CONTAINER_CREDENTIALS_FULL_URI in the environment; \
         the instance metadata service (PUT http://169.254.169.254/latest/api/token: no connection: connection refused, after 1 attempt)"
    );
}

/// Outside of EC2 the address may belong to another service, whose response must not end the search.
#[test]
fn a_metadata_service_that_is_none_does_not_hide_what_was_tried() {
    let mut script = EMPTY.chain();
    script.exchange(|request| assert!(line(request).starts_with("PUT http://169.254.169.254/")), 404, "");
    let error = script.done().unwrap_err().to_string();
    assert!(error.starts_with("no credentials; looked for AWS_ACCESS_KEY_ID"), "{error}");
    assert!(error.contains("profile default, which neither shared file has; "), "{error}");
    // If a role needs it, its absence is an error.
    let mut script = of("[profile a]\nrole_arn = x\ncredential_source = Ec2InstanceMetadata\n", "a");
    script.exchange(|_| {}, 403, "");
    let error = script.done().unwrap_err().to_string();
    assert!(
        error.contains("credential_source at config line 3: ") && error.contains("answered 403"),
        "{error}"
    );
}

#[cfg(not(feature = "login"))]
#[test]
fn a_login_session_without_the_feature_is_an_error_that_names_it() {
    let error = of("[profile x]\nlogin_session = arn\ncredential_process = keys\n", "x").done().unwrap_err();
    assert_eq!(
        error.to_string(),
        "profile credentials: profile x (config line 1): login_session at config line 2: built without the feature `login` of barerock-config"
    );
    assert!(error.hint().is_some_and(|hint| hint.contains("--profile x --format process")));
}

#[cfg(feature = "login")]
#[test]
fn a_login_session_comes_after_keys_and_before_a_process() {
    let config = "[profile x]\nlogin_session = arn:aws:iam::123456789012:user/me\ncredential_process = keys\n\
        aws_access_key_id = AKID\naws_secret_access_key = s\n";
    let mut script = of(config, "x");
    script.expect(|question| {
        let Question::ReadFile(path) = question else { panic!("{question:?}") };
        assert!(path.ends_with("286187707741fc2ccb93cf9e56dbd0ee0a16208feed5fbc8ae1baa86d44c283f.json"));
        Outcome::ReadFile(Ok(None))
    });
    let error = script.done().unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("login credentials: profile x (config line 1): "), "{text}");
    assert_eq!(error.hint(), Some("Run `aws login --profile x`."));
}
