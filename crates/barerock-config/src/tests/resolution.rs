//! Tests of the precedence of settings, and of the reasons for skipping the others.

use barerock::converse::endpoint::EndpointService;

use super::super::*;
use barerock::{ClientSettings, Environment, RetryMode};

const CONFIG: &str = "\
[default]
region = eu-north-1
[profile x]
region = eu-west-3
endpoint_url = http://profile:1
services = local
use_fips_endpoint = TRUE
ca_bundle = ~/ca.pem
[profile plain]
[profile lost]
services = nowhere
[services local]
bedrock_runtime =
  endpoint_url = http://section:1
sts =
  endpoint_url = http://section:2
";

fn loaded(loader: ConfigLoader, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let profiles = Profiles::parse(Some(ConfigFile::new("c", CONFIG)), None);
    loader.environment(variables.iter().copied().collect()).resolve(profiles)
}

fn client_settings(config: &Config) -> ClientSettings {
    config.client_settings(std::sync::Arc::new(providers::SystemIo::without_http()))
}

fn config(variables: &[(&str, &str)]) -> Config {
    loaded(Config::loader(), variables).unwrap()
}

/// A value and its source, as text.
fn told<T: core::fmt::Debug>(resolved: &Resolved<T>) -> (String, String) {
    (format!("{:?}", resolved.value), resolved.source.to_string())
}

fn passed<T>(resolved: &Resolved<T>) -> Vec<String> {
    resolved.skipped.iter().map(ToString::to_string).collect()
}

#[test]
fn profile_order() {
    let both = [("AWS_DEFAULT_PROFILE", "plain"), ("AWS_PROFILE", "x")];
    let told = |loader, variables: &[_]| told(loaded(loader, variables).unwrap().profile_name());
    assert_eq!(told(Config::loader().profile("default"), &both), ("\"default\"".into(), "code".into()));
    assert_eq!(told(Config::loader(), &both), ("\"x\"".into(), "AWS_PROFILE".into()));
    assert_eq!(told(Config::loader(), &both[..1]), ("\"plain\"".into(), "AWS_DEFAULT_PROFILE".into()));
    assert_eq!(told(Config::loader(), &[]), ("\"default\"".into(), "default".into()));
    let named = loaded(Config::loader(), &[("AWS_PROFILE", "plan")]).unwrap_err();
    assert_eq!(named.to_string(), "there is no profile \"plan\", which AWS_PROFILE names in c");
    assert_eq!(named.hint().as_deref(), Some("Did you mean plain?"));
    // The default profile need not exist if it is not named.
    let none = Config::loader().environment([("HOME", "/")].into_iter().collect());
    assert!(none.resolve(Profiles::default()).unwrap().profile().is_none());
}

#[test]
fn region_order() {
    let all = [("AWS_DEFAULT_REGION", "us-west-2"), ("AWS_REGION", "us-east-2"), ("AWS_PROFILE", "x")];
    let code = loaded(Config::loader().region("us-east-1"), &all).unwrap();
    assert_eq!(told(code.region()), ("Some(\"us-east-1\")".into(), "code".into()));
    assert_eq!(
        passed(code.region()),
        [
            "AWS_REGION: set too, but code comes first",
            "AWS_DEFAULT_REGION: set too, but code comes first",
            "region of profile x at c line 4: set too, but code comes first"
        ]
    );
    assert_eq!(told(config(&all).region()).1, "AWS_REGION");
    assert_eq!(told(config(&[all[0], all[2]]).region()).1, "AWS_DEFAULT_REGION");
    let profile = config(&[("AWS_REGION", ""), all[2]]);
    assert_eq!(
        told(profile.region()),
        ("Some(\"eu-west-3\")".into(), "region of profile x at c line 4".into())
    );
    assert_eq!(passed(profile.region()), ["AWS_REGION: set, but empty", "AWS_DEFAULT_REGION: not set"]);
    let none = config(&[("AWS_PROFILE", "plain")]);
    assert_eq!(told(none.region()), ("None".into(), "default".into()));
    assert_eq!(passed(none.region()).last().unwrap(), "region of profile plain: not set");
}

#[test]
fn endpoint_order() {
    let own = ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://own:1");
    let all = ("AWS_ENDPOINT_URL", "http://all:1");
    let (x, no_fips) = (("AWS_PROFILE", "x"), ("AWS_USE_FIPS_ENDPOINT", "false"));
    let endpoint = |loader: ConfigLoader, variables: &[_]| {
        told(&loaded(loader.region("us-east-1"), variables).unwrap().endpoint().unwrap())
    };
    let url = |url: &str| format!("Endpoint({url})");
    let code = Config::loader().endpoint_url("http://code:1");
    assert_eq!(endpoint(code.clone(), &[own, all, x, no_fips]), (url("http://code:1"), "code".into()));
    assert_eq!(endpoint(Config::loader(), &[own, all, x, no_fips]), (url("http://own:1"), own.0.into()));
    assert_eq!(endpoint(Config::loader(), &[all, x, no_fips]), (url("http://all:1"), all.0.into()));
    assert_eq!(
        endpoint(Config::loader(), &[x, no_fips]),
        (url("http://section:1"), "bedrock_runtime.endpoint_url of services local at c line 14".into())
    );
    assert_eq!(
        endpoint(Config::loader(), &[]),
        (url("https://bedrock-runtime.us-east-1.amazonaws.com"), "default".into())
    );
    // The switch leaves the endpoint set in code, and the rules.
    let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True");
    assert_eq!(endpoint(code, &[own, ignore]).1, "code");
    let ignoring =
        loaded(Config::loader(), &[own, ignore, x, ("AWS_USE_DUALSTACK_ENDPOINT", "true")]).unwrap();
    let ignoring = ignoring.endpoint().unwrap();
    assert_eq!(ignoring.value.as_str(), "https://bedrock-runtime-fips.eu-west-3.api.aws");
    let reason = "ignored because of AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
    assert_eq!(
        passed(&ignoring),
        [
            format!("AWS_ENDPOINT_URL_BEDROCK_RUNTIME: {reason}"),
            "AWS_ENDPOINT_URL: not set".to_owned(),
            format!("bedrock_runtime.endpoint_url of services local at c line 14: {reason}"),
            format!("endpoint_url of profile x at c line 5: {reason}"),
        ]
    );
}

#[test]
fn other_services_have_their_own() {
    let config = loaded(
        Config::loader().endpoint_url("http://code:1").fips(false).profile("x"),
        &[
            ("AWS_ENDPOINT_URL_SSO", "http://sso:1"),
            ("AWS_ENDPOINT_URL_SSO_OIDC", "http://oidc:1"),
            ("AWS_ENDPOINT_URL_SIGNIN", "http://signin:1"),
        ],
    )
    .unwrap();
    let url = |service| config.service_endpoint(service, "us-west-1").unwrap().value.as_str().to_owned();
    assert_eq!(url(EndpointService::Sts), "http://section:2");
    assert_eq!(url(EndpointService::Sso), "http://sso:1");
    assert_eq!(url(EndpointService::SsoOidc), "http://oidc:1");
    assert_eq!(url(EndpointService::Signin), "http://signin:1");
    let plain = loaded(Config::loader().profile("plain"), &[]).unwrap();
    let sts = plain.service_endpoint(EndpointService::Sts, "us-west-1").unwrap();
    assert_eq!(told(&sts), ("Endpoint(https://sts.us-west-1.amazonaws.com)".into(), "default".into()));
}

#[test]
fn what_is_wrong_names_its_place() {
    let error = |variables: &[_]| config(variables).endpoint().unwrap_err().to_string();
    let region = ("AWS_REGION", "us-east-1");
    assert_eq!(
        error(&[region, ("AWS_USE_FIPS_ENDPOINT", "1")]),
        "AWS_USE_FIPS_ENDPOINT must be true or false"
    );
    assert_eq!(
        error(&[("AWS_PROFILE", "x")]),
        "bedrock_runtime.endpoint_url of services local at c line 14: Invalid Configuration: FIPS and custom endpoint \
         are not supported"
    );
    assert_eq!(
        error(&[region, ("AWS_PROFILE", "lost")]),
        "services at c line 11 names the section [services nowhere], which the config file does not have"
    );
    assert_eq!(
        error(&[region, ("AWS_ENDPOINT_URL", "http://me:secret@host")]),
        "AWS_ENDPOINT_URL: the endpoint URL contains a user name or password"
    );
    assert_eq!(
        error(&[("AWS_PROFILE", "plain")]),
        "no region: looked at AWS_REGION, AWS_DEFAULT_REGION, region of profile plain"
    );
}

#[test]
fn switches_and_paths() {
    let x = [("AWS_PROFILE", "x"), ("HOME", "/home/me")];
    let fips = config(&x).fips().unwrap();
    assert_eq!(told(&fips), ("true".into(), "use_fips_endpoint of profile x at c line 7".into()));
    assert!(!config(&[("AWS_USE_FIPS_ENDPOINT", "FALSE"), x[0]]).fips().unwrap().value);
    assert!(!loaded(Config::loader().fips(false), &x).unwrap().fips().unwrap().value);
    assert!(!config(&[]).dual_stack().unwrap().value);
    assert_eq!(config(&x).ca_bundle().value.as_deref(), Some("/home/me/ca.pem"));
    let variable = config(&[x[0], ("AWS_CA_BUNDLE", "/ca")]);
    assert_eq!(told(&variable.ca_bundle()), ("Some(\"/ca\")".into(), "AWS_CA_BUNDLE".into()));
    let skew = [("AWS_DISABLE_CLOCK_SKEW_CORRECTION", "true")];
    assert!(config(&skew).disable_clock_skew_correction().unwrap().value);
}

#[test]
fn a_bedrock_key_beats_a_preference_that_is_not_set_in_code() {
    let key = ("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-SECRET");
    let signs = ("AWS_AUTH_SCHEME_PREFERENCE", "sigv4, httpBearerAuth");
    let bears = ("AWS_AUTH_SCHEME_PREFERENCE", "noAuth,httpBearerAuth");
    let scheme = |loader, variables: &[_]| loaded(loader, variables).unwrap().auth_scheme();
    for (variables, value, source) in [
        (&[][..], "SigV4", "default"),
        (&[signs], "SigV4", signs.0),
        (&[bears], "SigV4", "default"),
        (&[key], "Bearer", key.0),
        (&[key, bears], "Bearer", key.0),
        (&[key, signs], "Bearer", key.0),
    ] {
        let scheme = scheme(Config::loader(), variables);
        assert_eq!(told(&scheme), (value.into(), source.into()), "{variables:?}");
        assert!(!format!("{scheme:?}").contains("SECRET"));
    }
    assert_eq!(
        passed(&scheme(Config::loader(), &[key, signs])).last().unwrap(),
        "AWS_AUTH_SCHEME_PREFERENCE: set, but AWS_BEARER_TOKEN_BEDROCK is too, and only code can prefer a signature \
         to it"
    );
    let code = Config::loader().auth_scheme_preference("sigv4");
    assert_eq!(told(&scheme(code, &[key])), ("SigV4".into(), "code".into()));
    let code = Config::loader().auth_scheme_preference("httpBearerAuth");
    assert_eq!(told(&scheme(code, &[key])), ("Bearer".into(), "code".into()));
    assert!(!format!("{:?}", config(&[key])).contains("SECRET"));
}

#[test]
fn retries() {
    let mode = |variables: &[_]| config(variables).retry_mode().map(|mode| mode.map(RetryMode::as_str));
    assert_eq!(told(&mode(&[]).unwrap()), ("\"standard\"".into(), "default".into()));
    let adaptive = mode(&[("AWS_RETRY_MODE", "Adaptive")]).unwrap();
    assert_eq!(told(&adaptive), ("\"adaptive\"".into(), "AWS_RETRY_MODE".into()));
    let legacy = mode(&[("AWS_RETRY_MODE", "legacy")]).unwrap();
    assert_eq!(told(&legacy), ("\"standard\"".into(), "AWS_RETRY_MODE".into()));
    assert_eq!(
        passed(&legacy).last().unwrap(),
        "AWS_RETRY_MODE: legacy is read as standard: there is no such mode here"
    );
    let wrong = mode(&[("AWS_RETRY_MODE", "often")]).unwrap_err();
    assert_eq!(wrong.to_string(), "AWS_RETRY_MODE must be standard, adaptive or legacy");

    let timeout = |variables: &[_]| config(variables).credential_process_timeout();
    let seconds = |seconds| Some(core::time::Duration::from_secs(seconds));
    let variable = "BAREROCK_CREDENTIAL_PROCESS_TIMEOUT";
    assert_eq!(timeout(&[]).unwrap().value, seconds(60));
    assert_eq!(timeout(&[(variable, " 5 ")]).unwrap().value, seconds(5));
    assert_eq!(timeout(&[(variable, "0")]).unwrap().value, None);
    let code = Config::loader().credential_process_timeout(None);
    let code = loaded(code, &[(variable, "5")]).unwrap().credential_process_timeout().unwrap();
    assert_eq!(told(&code), ("None".into(), "code".into()));
    for wrong in ["-1", "1.5", "long"] {
        let error = timeout(&[(variable, wrong)]).unwrap_err().to_string();
        assert_eq!(error, format!("{variable} must be a whole number of seconds, or 0 for no limit"));
    }

    let attempts = |variables: &[_]| config(variables).max_attempts();
    assert_eq!(attempts(&[]).unwrap().value, None);
    let five = attempts(&[("AWS_MAX_ATTEMPTS", "5")]).unwrap();
    assert_eq!(told(&five), ("Some(5)".into(), "AWS_MAX_ATTEMPTS".into()));
    for wrong in ["0", "-1", "many", "1.5"] {
        let error = attempts(&[("AWS_MAX_ATTEMPTS", wrong)]).unwrap_err();
        assert_eq!(error.to_string(), "AWS_MAX_ATTEMPTS must be a whole number, 1 or more");
    }
}

/// A client without shared files reads the same table of settings from the environment alone.
#[test]
fn the_environment_alone_says_the_same_either_way() {
    let values =
        [None, Some(""), Some("true"), Some("us-west-2"), Some("http://127.0.0.1:1"), Some("nonsense")];
    let names = [
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
        "AWS_ENDPOINT_URL",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_USE_DUALSTACK_ENDPOINT",
    ];
    let mut outcomes = std::collections::BTreeSet::new();
    for mut number in 0..values.len().pow(7) {
        // Every combination, with a stride that keeps the test short.
        if number % 13 != 0 {
            continue;
        }
        let mut variables = Vec::new();
        for name in names {
            variables.extend(values[number % values.len()].map(|value| (name, value)));
            number /= values.len();
        }
        let environment: Environment = variables.iter().copied().collect();
        let address = |settings: ClientSettings| {
            let address = settings.endpoint.resolve(None, None);
            let address = address.map(|(region, endpoint)| format!("{region} {endpoint}"));
            address.map_err(|error| error.to_string())
        };
        let alone = address(ClientSettings::from_env(&environment));
        let config = Config::loader().environment(environment).resolve(Profiles::default()).unwrap();
        assert_eq!(alone, address(client_settings(&config)), "{variables:?}");
        let endpoint = config.endpoint().map(|endpoint| endpoint.value.as_str().to_owned());
        let expected = alone.as_ref().map(|address| address.rsplit(' ').next().unwrap().to_owned());
        assert_eq!(endpoint.ok(), expected.ok(), "{variables:?}");
        outcomes.insert(alone);
    }
    assert!(outcomes.len() > 5, "{outcomes:?}");
}

#[test]
fn retries_and_the_clock_of_the_environment_alone_are_the_same_either_way() {
    let modes = [None, Some(""), Some(" Adaptive "), Some("standard"), Some("LEGACY"), Some("often")];
    let attempts = [None, Some(""), Some("1"), Some(" 5 "), Some("0"), Some("-1"), Some("many")];
    let switches = [None, Some(""), Some("TRUE "), Some("false"), Some("0")];
    for mode in modes {
        for number in attempts {
            for disabled in switches {
                let values = [
                    ("AWS_RETRY_MODE", mode),
                    ("AWS_MAX_ATTEMPTS", number),
                    ("AWS_DISABLE_CLOCK_SKEW_CORRECTION", disabled),
                ];
                let variables = values.into_iter().filter_map(|(name, value)| Some((name, value?)));
                let environment: Environment = variables.collect();
                let whole =
                    Config::loader().environment(environment.clone()).resolve(Profiles::default()).unwrap();
                let told = |settings: ClientSettings| {
                    (format!("{:?}", settings.retry), format!("{:?}", settings.clock_skew_correction))
                };
                let alone = told(ClientSettings::from_env(&environment));
                assert_eq!(alone, told(client_settings(&whole)), "{environment:?}");
            }
        }
    }
}
