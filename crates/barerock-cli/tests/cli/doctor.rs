//! `barerock doctor`, and the profiles that calls are made with.

use std::fs;

use serde_json::{Value, json};

use crate::home::Home;
use crate::program::{Ran, SECRET, Server, TOKEN, run};

impl Home {
    fn doctor(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = self.command(&[&["doctor"], arguments].concat());
        command.envs(variables.iter().copied());
        run(command, "")
    }

    fn json(&self, arguments: &[&str], variables: &[(&str, &str)]) -> (Value, Ran) {
        let ran = self.doctor(&[&["--output", "json"], arguments].concat(), variables);
        (serde_json::from_str(&ran.out).unwrap(), ran)
    }
}

const CONFIG: &str = "\
[default]
region = eu-north-1
[profile work]
region = eu-west-3
services = local
[profile bare]
region = eu-west-1
[services local]
bedrock_runtime =
  endpoint_url = http://127.0.0.1:9/gateway
";

fn credentials() -> String {
    format!(
        "[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = {SECRET}\naws_session_token = {TOKEN}\n"
    )
}

/// The places a value was looked for in vain.
fn places(value: &Value) -> Vec<&str> {
    let passed_over = value["passed_over"].as_array().unwrap();
    passed_over.iter().map(|over| over["place"].as_str().unwrap()).collect()
}

#[test]
fn a_profile_is_told_to_the_line() {
    let home = Home::new(CONFIG, &credentials());
    let (report, ran) = home.json(&["--profile", "work"], &[("AWS_PROFILE", "default")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(report["profile"], "work");
    assert_eq!(report["profile_source"], "--profile");
    assert_eq!(
        report["profile_passed_over"],
        json!([{"place": "AWS_PROFILE", "why": "set too, but --profile comes first"}])
    );
    let region = &report["region"];
    assert_eq!(region["value"], "eu-west-3");
    assert_eq!(region["source"], "region of profile work at ~/.aws/config line 4");
    assert_eq!(places(region), ["AWS_REGION", "AWS_DEFAULT_REGION"]);
    let endpoint = &report["endpoint"];
    assert_eq!(endpoint["url"], "http://127.0.0.1:9/gateway");
    assert_eq!(endpoint["source"], "bedrock_runtime.endpoint_url of services local at ~/.aws/config line 10");
    let credentials = &report["credentials"];
    assert_eq!(credentials["access_key_id"], "AKIDWORK");
    assert_eq!(credentials["expires"], Value::Null);
    assert!(credentials["provider"].is_string() && credentials["tried"].is_array(), "{credentials}");
    assert_eq!(report["first"], Value::Null);
    assert_eq!(
        report["files"],
        json!([
            {"path": "~/.aws/config", "named_by": null, "found": true},
            {"path": "~/.aws/credentials", "named_by": null, "found": true}
        ])
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf8_is_named_by_call_and_doctor() {
    use std::os::unix::ffi::OsStrExt;

    let home = Home::new(CONFIG, &credentials());
    for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE", "AWS_REGION", "HTTPS_PROXY", "no_proxy"]
    {
        for command in [&["doctor"][..], &["chat", "hi"], &["doctor", "--output", "json"]] {
            let mut command = home.command(command);
            command.env(name, std::ffi::OsStr::from_bytes(b"work\xff"));
            let ran = run(command, "");
            assert_eq!(ran.code, 5, "{name} {ran:?}");
            assert!(ran.err.starts_with(&format!("error: {name} is not valid UTF-8\n")), "{name} {ran:?}");
        }
    }
}

#[test]
fn the_text_says_the_same() {
    let home = Home::new(CONFIG, &credentials());
    let ran = home
        .doctor(&["--region", "us-east-1"], &[("AWS_PROFILE", "work"), ("HTTPS_PROXY", "http://u:p@h:1")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for line in [
        "profile       work",
        "  from        AWS_PROFILE",
        "region        us-east-1",
        "  from        --region",
        "  not         region of profile work at ~/.aws/config line 4: set too, but --region comes first",
        "credentials   AKIDWORK",
        "endpoint      http://127.0.0.1:9/gateway",
        "auth scheme   sigv4",
        "FIPS          off",
        "CA bundle     built in",
        "proxy         none",
        "wrong clock   corrected for",
        "file          ~/.aws/credentials",
    ] {
        assert!(ran.out.lines().any(|found| found == line), "{line:?} is not in\n{}", ran.out);
    }
    assert_eq!(ran.err, "");
}

#[test]
fn keys_of_the_environment_count_unless_a_profile_is_named_in_code() {
    let home = Home::new(CONFIG, &credentials());
    let keys = [("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", SECRET), ("AWS_PROFILE", "work")];
    let (report, _) = home.json(&[], &keys);
    assert_eq!(report["credentials"]["access_key_id"], "AKIDENV");
    let (report, _) = home.json(&["--profile", "work"], &keys);
    assert_eq!(report["credentials"]["access_key_id"], "AKIDWORK");
    let old = [&keys[..], &[("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z")]].concat();
    let (report, ran) = home.json(&[], &old);
    assert_eq!((ran.code, &report["credentials"]["access_key_id"]), (5, &Value::Null), "{ran:?}");
    assert!(report["first"].as_str().unwrap().contains("they expired at 2020-01-01T00:00:00Z"), "{report}");
    let half = home.doctor(&[], &keys[..1]);
    assert_eq!(half.code, 5, "{half:?}");
    assert!(half.err.contains("AWS_SECRET_ACCESS_KEY is not"), "{}", half.err);
}

#[test]
fn what_cannot_be_signed_is_5_with_the_first_thing_to_do() {
    let home = Home::new(CONFIG, &credentials());
    for (arguments, variables, says) in [
        (&["--profile", "bare"][..], &[][..], "no credentials"),
        (&["--profile", "wrok"], &[], "\nhint: Did you mean work?\n"),
        (&[], &[("AWS_PROFILE", "wrok")], "which AWS_PROFILE names"),
        (
            &["--profile", "work"],
            &[("AWS_USE_FIPS_ENDPOINT", "maybe")],
            "AWS_USE_FIPS_ENDPOINT must be true or false",
        ),
        (
            &["--profile", "work"],
            &[("AWS_USE_FIPS_ENDPOINT", "true")],
            "Invalid Configuration: FIPS and custom endpoint are not supported",
        ),
        (
            &["--profile", "work"],
            &[("AWS_CONFIG_FILE", "/")],
            "/, which AWS_CONFIG_FILE names, cannot be read",
        ),
        (&["--profile", "work"], &[("AWS_CONFIG_FILE", "/nowhere")], "no region"),
        (
            &["--profile", "work", "--endpoint-url", "http://bedrock.example"],
            &[],
            "refusing to send credentials to http://bedrock.example over plain HTTP",
        ),
        (
            &["--profile", "work"],
            &[("AWS_MAX_ATTEMPTS", "0")],
            "AWS_MAX_ATTEMPTS must be a whole number, 1 or more",
        ),
        (
            &["--profile", "work"],
            &[("AWS_DISABLE_CLOCK_SKEW_CORRECTION", "2")],
            "AWS_DISABLE_CLOCK_SKEW_CORRECTION must be true or false",
        ),
    ] {
        let ran = home.doctor(arguments, variables);
        assert_eq!(ran.code, 5, "{ran:?}");
        assert!(ran.err.contains(says), "{arguments:?} {variables:?}: {}", ran.err);
        let (report, again) = home.json(arguments, variables);
        assert_eq!(again.code, 5);
        assert!(report["first"].is_string() || report["error"].is_string(), "{report}");
    }
    let ran = home.doctor(&["--profile", "work", "--ca-bundle", "/nowhere/at/all"], &[]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(ran.err.contains("--ca-bundle: /nowhere/at/all: "), "{}", ran.err);
    fs::write(home.path(".aws/config"), "[default]\nregion\n").unwrap();
    let (report, ran) = home.json(&[], &[]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert_eq!(report["error"], "~/.aws/config line 2: there is no = in the line");
    assert_eq!(report["hint"], "Write the setting as key = value.");
}

#[test]
fn switches_and_retries_are_told() {
    let home = Home::new(CONFIG, &credentials());
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKIDENV"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("AWS_RETRY_MODE", "legacy"),
        ("AWS_MAX_ATTEMPTS", "7"),
        ("AWS_DISABLE_CLOCK_SKEW_CORRECTION", "true"),
        ("BAREROCK_CREDENTIAL_PROCESS_TIMEOUT", "0"),
        ("HTTPS_PROXY", "http://me:SQUIRREL-password@proxy:3128"),
    ];
    let (report, ran) = home.json(&[], &variables);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(report["endpoint"]["url"], "https://bedrock-runtime-fips.eu-north-1.amazonaws.com");
    assert_eq!(report["use_fips_endpoint"]["source"], "AWS_USE_FIPS_ENDPOINT");
    assert!(
        report["warnings"][0].as_str().unwrap().contains("no FIPS host of Bedrock Runtime in eu-north-1")
    );
    assert_eq!(
        (&report["retry_mode"]["value"], &report["max_attempts"]["value"]),
        (&json!("standard"), &json!(7))
    );
    let skew = &report["disable_clock_skew_correction"];
    assert_eq!(
        (&skew["value"], &skew["source"]),
        (&json!(true), &json!("AWS_DISABLE_CLOCK_SKEW_CORRECTION"))
    );
    assert_eq!(report["proxy"]["value"], "http://**redacted**@proxy:3128");
    assert!(!ran.out.contains("SQUIRREL"));
    let limit = &report["credential_process_timeout"];
    assert_eq!(
        (&limit["value"], &limit["source"]),
        (&json!(0), &json!("BAREROCK_CREDENTIAL_PROCESS_TIMEOUT"))
    );
    let text = home.doctor(&[], &variables).out;
    assert!(text.contains("\nprocess limit no limit\n"), "{text}");
    assert!(text.contains("legacy is read as standard") && !text.contains("SQUIRREL"), "{text}");
}

#[test]
fn a_bedrock_api_key_is_told_and_not_shown() {
    let home = Home::new(CONFIG, "");
    let mut mint = home.command(&["sign", "--api-key", "--region", "eu-north-1"]);
    mint.env("AWS_ACCESS_KEY_ID", "AKIDMINT").env("AWS_SECRET_ACCESS_KEY", SECRET);
    let key = run(mint, "").out;
    let bearer = [("AWS_BEARER_TOKEN_BEDROCK", key.trim_end())];
    let (report, ran) = home.json(&[], &bearer);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(report["auth_scheme"]["value"], "httpBearerAuth");
    assert_eq!(report["credentials"]["provider"], "bedrock-api-key");
    assert_eq!(report["credentials"]["access_key_id"], "AKIDMINT");
    assert!(report["credentials"]["expires"].as_str().unwrap().ends_with('Z'), "{report}");
    assert!(!ran.out.contains(key.trim_end()));
    let elsewhere = home.doctor(&["--region", "us-east-1"], &bearer);
    assert_eq!(elsewhere.code, 5);
    assert!(elsewhere.err.contains("is for eu-north-1, and the region is us-east-1"), "{}", elsewhere.err);
}

#[test]
fn the_profile_says_whom_to_trust() {
    let home = Home::new("", &credentials().replace("work", "here").replace("AKIDWORK", "AKIDEXAMPLE"));
    let ca = home.path("ca.pem");
    let server = Server::start(&["--match", "any", "--tls", "--tls-ca", ca.to_str().unwrap()]);
    let config = format!("[profile here]\nregion = us-east-1\nendpoint_url = {}\n", server.url);
    fs::write(home.path(".aws/config"), &config).unwrap();
    let chat = || run(home.command(&["chat", "hello", "--profile", "here"]), "");
    assert_eq!(chat().code, 6);
    fs::write(home.path(".aws/config"), config + "ca_bundle = ~/ca.pem\n").unwrap();
    let ran = chat();
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn calls_go_by_the_profile() {
    let server = Server::start(&["--match", "any"]);
    let config = format!("[profile here]\nregion = us-east-1\nendpoint_url = {}\n", server.url);
    let keys = format!(
        "[here]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = {SECRET}\naws_session_token = {TOKEN}\n"
    );
    let home = Home::new(&config, &keys);
    let ran = run(home.command(&["chat", "hello", "--profile", "here"]), "");
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = run(home.command(&["chat", "hello", "--profile", "heer"]), "");
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(
        ran.err.contains("there is no profile \"heer\"") && ran.err.contains("\nhint: Did you mean here?\n"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("barerock doctor"), "{}", ran.err);
}

/// Programs read it: a member that goes, or changes its name, breaks them.
#[test]
fn the_shape_of_the_json() {
    let home = Home::new(CONFIG, &credentials());
    let (report, _) = home.json(&["--profile", "work"], &[]);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        names(&report),
        "auth_scheme ca_bundle credential_process_timeout credentials disable_clock_skew_correction endpoint files first max_attempts profile \
         profile_passed_over profile_source proxy region retry_mode use_dualstack_endpoint use_fips_endpoint warnings"
    );
    for member in
        ["auth_scheme", "ca_bundle", "max_attempts", "proxy", "region", "retry_mode", "use_fips_endpoint"]
    {
        assert_eq!(names(&report[member]), "passed_over source value", "{member}");
    }
    assert_eq!(names(&report["endpoint"]), "passed_over source url");
    assert_eq!(names(&report["credentials"]), "access_key_id expires provider tried");
    assert_eq!(names(&report["credentials"]["tried"][0]), "outcome provider");
    assert_eq!(names(&report["region"]["passed_over"][0]), "place why");
    // What is wrong adds an error where it is.
    let (report, _) = home.json(&["--profile", "bare"], &[("AWS_USE_FIPS_ENDPOINT", "x")]);
    assert_eq!(names(&report["use_fips_endpoint"]), "error passed_over source value");
    assert_eq!(names(&report["credentials"]), "access_key_id error expires provider tried");
    assert_eq!(names(&report["endpoint"]), "error passed_over source url");
    let (report, ran) = home.json(&["--profile", "nobody"], &[]);
    assert_eq!((names(&report), ran.code), ("error".to_owned(), 5));
    let (report, _) = home.json(&["--profile", "wrok"], &[]);
    assert_eq!(names(&report), "error hint");
    let (report, _) = home.json(&["--profile", "bare"], &[]);
    assert!(report["hint"].is_string(), "{report}");
}
