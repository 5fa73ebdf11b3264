//! Tests of roles, their sources and chains.

use super::*;

#[test]
fn a_chain_of_roles() {
    let mut script = of(
        "[profile a]\nrole_arn = arn:a\nsource_profile = b\nexternal_id = x\nrole_session_name = me\nduration_seconds = 900\n\
         [profile b]\nrole_arn = arn:b\nsource_profile = c\n\
         [profile c]\nrole_arn = arn:c\nsource_profile = nowhere\naws_access_key_id = AKIDC\naws_secret_access_key = s\n",
        "a",
    );
    assert!(assume(&mut script, "AKIDC").contains("RoleArn=arn%3Ab"));
    assert_eq!(
        assume(&mut script, "ASIA"),
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aa&RoleSessionName=me&ExternalId=x&DurationSeconds=900"
    );
    assert_eq!(key_id(script), "ASIA");
    // Its own keys, to assume its own role.
    let own = "[profile a]\nrole_arn = arn\nsource_profile = a\naws_access_key_id = OWN\naws_secret_access_key = s\n";
    let mut script = of(own, "a");
    assume(&mut script, "OWN");
    assert_eq!(key_id(script), "ASIA");
}

/// botocore and AWS's SDK for Rust reject every cycle except that of a profile that names itself.
#[test]
fn circles() {
    let circle =
        "[profile a]\nrole_arn = a\nsource_profile = b\n[profile b]\nrole_arn = b\nsource_profile = a\n";
    assert_eq!(
        refused(circle, "a"),
        "profile credentials: profile a (config line 1): profile b (config line 4): source_profile at config line 6 leads in a circle: a -> b -> a"
    );
    let itself = "[profile a]\nrole_arn = a\nsource_profile = a\n";
    assert!(refused(itself, "a").ends_with("leads in a circle: a -> a"));
    let keys = "[profile a]\nrole_arn = a\nsource_profile = b\naws_access_key_id = AKID\naws_secret_access_key = s\n\
                [profile b]\nrole_arn = b\nsource_profile = a\n";
    let (error, hint) = with_hint(keys, "a");
    assert!(error.ends_with("source_profile at config line 8 leads in a circle: a -> b -> a"), "{error}");
    assert!(hint.unwrap().contains("Only a profile that names itself may use its own keys."));
    // From outside the cycle, the keys end the chain.
    let mut script = of(keys, "b");
    assume(&mut script, "AKID");
    assert_eq!(key_id(script), "ASIA");
}

#[test]
fn a_chain_of_source_profiles_has_a_limit() {
    let chain = |length: usize| {
        let mut config = String::from("[profile p0]\naws_access_key_id = AKID\naws_secret_access_key = s\n");
        for number in 1..=length {
            config
                .push_str(&format!("[profile p{number}]\nrole_arn = r\nsource_profile = p{}\n", number - 1));
        }
        let profiles = Profiles::parse(Some(ConfigFile::new("config", &config)), None);
        let variables = [("AWS_REGION", "eu-west-1")].into_iter().collect();
        let loader = Config::loader().environment(variables).profile(format!("p{length}"));
        let config = Arc::new(loader.resolve(profiles).unwrap());
        Script::new(|io| ProfileProvider::new(ProviderContext::new(io, config)))
    };
    let mut script = chain(63);
    assume(&mut script, "AKID");
    (1..63).for_each(|_| _ = assume(&mut script, "ASIA"));
    assert_eq!(key_id(script), "ASIA");
    for length in [64, 10_000] {
        let error = chain(length).done().unwrap_err().to_string();
        assert!(error.ends_with(": the chain of source profiles is longer than 64"), "{error}");
        assert!(error.len() < 10_000, "{}", error.len());
    }
}

#[test]
fn roles_that_cannot_be_assumed() {
    for (config, words, hint) in [
        (
            "[profile a]\nrole_arn = x\nsource_profile = pord\n[profile prod]\n",
            "source_profile at config line 3: there is no profile \"pord\" in config or credentials",
            "Did you mean prod?",
        ),
        (
            "[profile a]\nrole_arn = x\nsource_profile = b\n[profile b]\nregion\n",
            "source_profile at config line 3: config line 5: there is no = in the line",
            "Write the setting as key = value.",
        ),
        (
            "[profile a]\nrole_arn = x\nsource_profile = b\n[profile b]\n",
            "source_profile at config line 3: profile b sets no credentials",
            "Set keys, a role or another source of credentials in that profile.",
        ),
        (
            "[profile a]\nrole_arn = x\nsource_profile = b\n[profile b]\nsso_session = c\n",
            "source_profile at config line 3: profile b sets no credentials: sso_session is set at config line 5, but \
             sso_account_id and sso_role_name are missing, and there is no section [sso-session c] in the config file",
            "Set keys, a role or another source of credentials in that profile.",
        ),
        (
            "[profile a]\nrole_arn = x\n",
            "role_arn is set, but no credentials to assume the role with are",
            "To assume the role, set source_profile, credential_source or web_identity_token_file.",
        ),
        (
            "[profile a]\nrole_arn = x\nsource_profile = b\ncredential_source = Environment\n",
            "source_profile is set at config line 3 and credential_source at config line 4",
            "A role has one source: remove one of the two settings.",
        ),
        (
            "[profile a]\nrole_arn = x\ncredential_source = Elsewhere\n",
            "credential_source at config line 3 must be Environment, Ec2InstanceMetadata or EcsContainer",
            "",
        ),
        (
            "[profile a]\nrole_arn = x\ncredential_source = Environment\nduration_seconds = 60\n",
            "duration_seconds at config line 4 must be a number of seconds from 900 to 43200",
            "",
        ),
        (
            "[profile a]\nweb_identity_token_file = /t\n",
            "web_identity_token_file is set at config line 2, but role_arn is not",
            "The token file is set, but role_arn is not; set both.",
        ),
        (
            "[profile a]\nrole_arn = x\ncredential_source = Environment\n",
            "credential_source at config line 3: no credentials; looked for AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment",
            "",
        ),
    ] {
        let (error, found) = with_hint(config, "a");
        assert_eq!(error, format!("profile credentials: profile a (config line 1): {words}"));
        assert_eq!(found.unwrap_or_default(), hint, "{error}");
    }
}

#[test]
fn a_source_profile_may_have_a_credential_source_alone() {
    const CONFIG: &str =
        "[profile a]\nrole_arn = x\nsource_profile = b\n[profile b]\ncredential_source = environment\n";
    let environment = &[("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let setup = Setup { config: CONFIG, environment, ..EMPTY };
    let mut script = Setup { profile: Some("a"), ..setup }.profile();
    assume(&mut script, "ENV");
    assert_eq!(key_id(script), "ASIA");
    // Alone it provides no credentials, as in AWS's tools.
    let error = Setup { profile: Some("b"), ..setup }.profile().done().unwrap_err().to_string();
    assert_eq!(error, "no credentials; looked for profile b (config line 4), which sets none");
}

#[test]
fn sources_of_a_role_that_are_no_profile() {
    let mut script = Setup {
        config: "[default]\nrole_arn = x\ncredential_source = Environment\nmfa_serial = arn:mfa\n",
        environment: &[("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s")],
        ..EMPTY
    };
    let error = script.profile().done().unwrap_err().to_string();
    assert!(
        error.contains("requires a code of the MFA device arn:mfa: there is no prompt for it"),
        "{error}"
    );
    for config in [
        "[default]\nrole_arn = x\ncredential_source = Environment\n",
        "[default]\nrole_arn = x\ncredential_source = environment\n",
        "[default]\nrole_arn = x\ncredential_source = ENVIRONMENT\n",
    ] {
        script.config = config;
        let mut script = script.profile();
        assume(&mut script, "ENV");
        assert_eq!(key_id(script), "ASIA");
    }
    let mut script = of("[profile a]\nrole_arn = x\nweb_identity_token_file = /t\n", "a");
    script.file("/t", None);
    assert_eq!(
        script.done().unwrap_err().to_string(),
        "web-identity credentials: profile a (config line 1): the token file /t is not there"
    );
    let mut script = of(
        "[profile a]\nrole_arn = x\ncredential_source = Ec2InstanceMetadata\nec2_metadata_service_endpoint = http://localhost:9\n",
        "a",
    );
    script.unreachable();
    let error = script.done().unwrap_err().to_string();
    assert!(error.starts_with("profile credentials: profile a (config line 1): credential_source at config line 3: no credentials; looked for the instance metadata service (PUT http://localhost:9/"), "{error}");
}

#[test]
fn a_role_needs_a_region() {
    let config = Config::loader()
        .environment([("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s")].into_iter().collect())
        .resolve(Profiles::parse(
            Some(ConfigFile::new("config", "[default]\nrole_arn = x\ncredential_source = Environment\n")),
            None,
        ))
        .unwrap();
    let script = Script::new(|io| ProfileProvider::new(ProviderContext::new(io, Arc::new(config))));
    assert_eq!(
        script.done().unwrap_err().to_string(),
        "assume-role credentials: profile default (config line 1): no region to call STS in"
    );
}
