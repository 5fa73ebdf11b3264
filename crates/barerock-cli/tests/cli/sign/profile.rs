//! `--profile`: who signs and where, by the shared files.

use std::process::Command;

use super::{EXAMPLE_SECRET, PATH, TIME, request};
use crate::home::Home;
use crate::program::{Ran, SECRET, TOKEN, run};

const CONFIG: &str = "\
[profile work]
region = us-east-1
[profile homeless]
[profile process]
region = us-east-1
credential_process = echo '{\"Version\":1,\"AccessKeyId\":\"ASIAPROCESS\",\"SecretAccessKey\":\"x\",\"SessionToken\":\"t\"}'
[profile broken]
region = us-east-1
credential_process = echo HEDGEHOG
";

fn home() -> Home {
    let keys = format!("aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = {EXAMPLE_SECRET}\n");
    Home::new(CONFIG, &format!("[work]\n{keys}[homeless]\n{keys}"))
}

/// `barerock sign` at home, with other keys in the environment.
fn command(home: &Home, arguments: &[&str]) -> Command {
    let mut command = home.command(&[&["sign"], arguments].concat());
    command.env("AWS_ACCESS_KEY_ID", "AKIDOTHER").env("AWS_SECRET_ACCESS_KEY", SECRET);
    command.env("AWS_SESSION_TOKEN", TOKEN);
    command
}

fn sign(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = command(home, &[&["--request", "-", "--time", TIME], arguments].concat());
    command.envs(variables.iter().copied());
    let ran = run(command, &request(PATH));
    assert!(!ran.err.contains(EXAMPLE_SECRET) && !ran.out.contains(EXAMPLE_SECRET), "{ran:?}");
    ran
}

fn scope(ran: &Ran) -> &str {
    ran.out.lines().nth(2).unwrap_or_default()
}

#[test]
fn the_profiles_keys_and_region_sign() {
    let home = home();
    // As botocore signs with this key.
    let golden = "b2d89376425920647b8197be6560da5f53c4d9cc5ac66b56efafa43ba66c9022";
    let ran = sign(&home, &["--profile", "work", "--show", "signature"], &[]);
    assert_eq!((ran.code, &*ran.out, &*ran.err), (0, golden, ""));
    // `AWS_PROFILE` names no profile to sign with: keys of the environment do without.
    let region = ("AWS_REGION", "us-east-1");
    let ran = sign(&home, &["--show", "authorization"], &[("AWS_PROFILE", "work"), region]);
    assert!(ran.out.contains("Credential=AKIDOTHER/"), "{ran:?}");

    let to_sign = ["--profile", "work", "--show", "string-to-sign"];
    let west = [("AWS_REGION", "us-west-2")];
    assert_eq!(scope(&sign(&home, &to_sign, &[])), "20150830/us-east-1/bedrock/aws4_request");
    assert_eq!(scope(&sign(&home, &to_sign, &west)), "20150830/us-west-2/bedrock/aws4_request");
    let explicit = [&to_sign[..], &["--region", "eu-west-1"]].concat();
    assert_eq!(scope(&sign(&home, &explicit, &west)), "20150830/eu-west-1/bedrock/aws4_request");
}

#[test]
fn whatever_the_profile_says_gives_the_keys() {
    let home = home();
    let ran = sign(&home, &["--profile", "process", "--show", "authorization"], &[]);
    assert!(ran.out.contains("Credential=ASIAPROCESS/20150830/us-east-1/"), "{ran:?}");
    let key = run(command(&home, &["--api-key", "--profile", "work"]), "");
    assert_eq!(key.code, 0, "{key:?}");
    let read = run(command(&home, &["--inspect-api-key", "-"]), &key.out);
    assert!(read.out.contains("region: us-east-1\naccess key id: AKIDEXAMPLE\n"), "{read:?}");
}

#[test]
fn the_curl_line_wants_the_profiles_keys_in_the_environment() {
    let ran = sign(&home(), &["--profile", "process"], &[]);
    let note = "`aws configure export-credentials --profile process --format env` puts the profile's there";
    assert!(ran.err.contains(note), "{}", ran.err);
    let ran = sign(&home(), &["--profile", "work", "--query", "--show", "curl"], &[]);
    assert_eq!((ran.code, &*ran.err), (0, ""), "the presigned line needs no key: {ran:?}");
}

#[test]
fn a_profile_that_cannot_sign_is_5() {
    let home = home();
    for (profile, says) in [
        (
            "wrok",
            "there is no profile \"wrok\" in ~/.aws/config or ~/.aws/credentials\nhint: Did you mean work?",
        ),
        (
            "homeless",
            "no region: give --region, set AWS_REGION or AWS_DEFAULT_REGION, or region in profile homeless",
        ),
        (
            "broken",
            "process credentials: profile broken (~/.aws/config line 7): the command \"echo\" printed no \
             credentials",
        ),
    ] {
        let ran = sign(&home, &["--profile", profile], &[]);
        assert_eq!((ran.code, &*ran.out), (5, ""), "{ran:?}");
        assert!(ran.err.contains(says) && !ran.err.contains("HEDGEHOG"), "{}", ran.err);
    }
    let ran = run(command(&home, &["--inspect-api-key", "-", "--profile", "work"]), "");
    assert_eq!(ran.code, 2, "{ran:?}");
}
