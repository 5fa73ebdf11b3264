use super::super::step::{Outcome, Question};
use super::super::testing::{Script, line, now};
use super::*;
use crate::{Config, ConfigFile, Profiles};
use barerock::transport::{TransportError, TransportErrorKind};
use core::time::Duration;

const DISABLED: &str = "AWS_EC2_METADATA_DISABLED";

const BODY: &str = r#"{"Code":"Success","LastUpdated":"x","Type":"AWS-HMAC","AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t","Expiration":"2026-01-31T18:00:00Z"}"#;

fn script(variables: &[(&str, &str)]) -> Script {
    let environment = variables.iter().copied().collect();
    Script::new(|io| InstanceMetadataProvider::new(io, environment))
}

fn refused(variables: &[(&str, &str)]) -> String {
    script(variables).done().unwrap_err().to_string()
}

#[test]
fn token_role_credentials() {
    let mut script = script(&[]);
    script.exchange(
        |request| {
            assert_eq!(line(request), "PUT http://169.254.169.254/latest/api/token");
            assert_eq!(request.headers()["x-aws-ec2-metadata-token-ttl-seconds"], "21600");
        },
        200,
        "PANDA",
    );
    script.exchange(
        |request| {
            assert_eq!(
                line(request),
                "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/"
            );
            assert_eq!(request.headers()[TOKEN], "PANDA");
        },
        200,
        "my-role\n",
    );
    script.exchange(
        |request| {
            assert!(request.uri().path().ends_with("/security-credentials/my-role"));
            assert_eq!(request.headers()[TOKEN], "PANDA");
        },
        200,
        BODY,
    );
    let found = script.done().unwrap();
    assert_eq!(found.credentials.session_token(), Some("t"));
    assert_eq!(found.expires_at, Some(now() + Duration::from_secs(6 * 3600)));
}

#[test]
fn elsewhere_there_is_none() {
    let mut script = script(&[("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "2")]);
    script.unreachable();
    script.pause();
    script.unreachable();
    assert_eq!(
        script.done().unwrap_err().to_string(),
        "no credentials; looked for the instance metadata service (PUT http://169.254.169.254/latest/api/token: no connection: connection refused, after 2 attempts)"
    );
    assert_eq!(
        refused(&[(DISABLED, "TRUE")]),
        "no credentials; looked for the instance metadata service, which AWS_EC2_METADATA_DISABLED turns off"
    );
}

#[test]
fn a_service_that_is_off_or_is_another_clouds_is_none() {
    for status in [403, 404] {
        let mut off = script(&[]);
        // The response is from another service.
        off.exchange(|_| {}, status, "<html>SQUIRREL</html>");
        let error = off.done().unwrap_err();
        assert!(matches!(error, CredentialsError::NotFound { .. }));
        assert_eq!(
            error.to_string(),
            format!(
                "no credentials; looked for the instance metadata service (PUT http://169.254.169.254/latest/api/token answered {status}, so it is off or is another service)"
            )
        );
        let mut no_role = script(&[]);
        no_role.exchange(|_| {}, 200, "PANDA");
        no_role.exchange(|_| {}, status, "");
        assert_eq!(
            no_role.done().unwrap_err().to_string(),
            "no credentials; looked for the instance metadata service at http://169.254.169.254, where the instance has no role"
        );
        // No credentials for a role that was just returned is a temporary error.
        let mut gone = script(&[]);
        gone.exchange(|_| {}, 200, "PANDA");
        gone.exchange(|_| {}, 200, "my-role");
        gone.exchange(|_| {}, status, "");
        assert!(matches!(gone.done(), Err(CredentialsError::Invalid { .. })));
    }
    for status in [200, 400, 401, 405] {
        let mut odd = script(&[]);
        odd.exchange(|_| {}, status, "");
        assert!(matches!(odd.done(), Err(CredentialsError::Invalid { .. })), "{status}");
    }
}

#[test]
fn settings() {
    let mut ipv6 = script(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv6")]);
    ipv6.exchange(
        |request| assert_eq!(line(request), "PUT http://[fd00:ec2::254]/latest/api/token"),
        400,
        "",
    );
    let error = ipv6.done().unwrap_err();
    assert_eq!(
        error.to_string(),
        "instance-metadata credentials: PUT http://[fd00:ec2::254]/latest/api/token answered 400"
    );
    assert_eq!(error.hint(), Some(NO_V2));
    let mut own = script(&[
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://localhost:1338/"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv6"),
    ]);
    own.exchange(|request| assert_eq!(line(request), "PUT http://localhost:1338/latest/api/token"), 200, "T");
    own.exchange(|_| {}, 404, "");
    assert_eq!(
        own.done().unwrap_err().to_string(),
        "no credentials; looked for the instance metadata service at http://localhost:1338, where the instance has no role"
    );
    for (variable, value, rule) in [
        (
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            "http://me:SQUIRREL@localhost",
            "an http or https URL without user name, password and query",
        ),
        (
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            "localhost",
            "an http or https URL without user name, password and query",
        ),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "5", "IPv4 or IPv6"),
        ("AWS_METADATA_SERVICE_TIMEOUT", "-1", "a number of seconds above 0"),
        ("AWS_METADATA_SERVICE_TIMEOUT", "inf", "a number of seconds above 0"),
        ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "0", "a whole number from 1 to 100"),
        ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "101", "a whole number from 1 to 100"),
        (DISABLED, "yes", "true or false"),
    ] {
        let error = refused(&[(variable, value)]);
        assert_eq!(error, format!("instance-metadata credentials: {variable} must be {rule}"));
    }
    for (variables, limit) in [(&[][..], 1.0), (&[("AWS_METADATA_SERVICE_TIMEOUT", "2.5")], 2.5)] {
        let mut patient = script(variables);
        patient.expect(|question| {
            let Question::Exchange(_, asked) = question else { panic!("{question:?}") };
            assert_eq!(asked, Duration::from_secs_f64(limit));
            Outcome::Exchange(Ok(http::Response::new(Bytes::new())))
        });
    }
}

#[test]
fn settings_of_a_profile_count_after_variables() {
    let provider = |variables: &[(&str, &str)], text: &str| {
        let profiles = Profiles::parse(Some(ConfigFile::new("config", text)), None);
        let environment = variables.iter().copied().collect();
        let config = Config::loader().environment(environment).resolve(profiles).unwrap();
        Script::new(|io| config.provider_context(io).instance_metadata())
    };
    let text = "[default]\nec2_metadata_service_endpoint = http://localhost:7/\nmetadata_service_timeout = 0.5\n\
        metadata_service_num_attempts = 2\n";
    let asked = |limit, uri: &'static str| {
        move |question| {
            let Question::Exchange(request, asked) = question else { panic!("{question:?}") };
            assert_eq!((asked, &*line(&request)), (Duration::from_millis(limit), uri));
            Outcome::Exchange(Err(TransportError::new(TransportErrorKind::Connect, "refused")))
        }
    };
    let mut of_profile = provider(&[], text);
    of_profile.expect(asked(500, "PUT http://localhost:7/latest/api/token"));
    of_profile.pause();
    of_profile.unreachable();
    assert!(matches!(of_profile.done(), Err(CredentialsError::NotFound { .. })));
    let variables =
        [("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://localhost:8"), ("AWS_METADATA_SERVICE_TIMEOUT", "3")];
    let mut both = provider(&variables, text);
    both.expect(asked(3000, "PUT http://localhost:8/latest/api/token"));
    both.pause();
    both.unreachable();
    both.done().unwrap_err();
    let invalid = provider(&[], "[default]\nmetadata_service_timeout = soon\n");
    assert_eq!(
        invalid.done().unwrap_err().to_string(),
        "instance-metadata credentials: metadata_service_timeout of profile default at config line 2 must be a number of seconds above 0"
    );
    let disabled = provider(&[(DISABLED, "true")], "[default]\nmetadata_service_timeout = soon\n");
    assert!(matches!(disabled.done(), Err(CredentialsError::NotFound { .. })));
}

#[test]
fn server_errors_are_retried_whatever_the_attempts() {
    for status in [500, 503, 429] {
        let mut recovers = script(&[]);
        for (path, body) in [("token", "PANDA"), ("security-credentials/", "my-role"), ("my-role", BODY)] {
            for (status, body) in [(status, ""), (status, ""), (200, body)] {
                recovers.exchange(|request| assert!(request.uri().path().ends_with(path)), status, body);
                if status != 200 {
                    recovers.pause();
                }
            }
        }
        assert!(recovers.done().is_ok(), "{status}");
    }
    let mut down = script(&[]);
    let mut pauses = Vec::new();
    for _ in 0..2 {
        down.exchange(|_| {}, 503, "");
        pauses.push(down.pause().as_millis());
    }
    down.exchange(|_| {}, 503, "");
    assert_eq!(pauses, [100, 200]);
    let error = down.done().unwrap_err();
    assert!(matches!(error, CredentialsError::Unavailable { .. }) && error.hint() == Some(FAILING));
    // Other statuses are not retried.
    let mut refused = script(&[("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "5")]);
    refused.exchange(|_| {}, 400, "");
    refused.done().unwrap_err();
}

#[test]
fn empty_and_unreadable_responses_are_retried_as_often_as_attempts_are_allowed() {
    let two = [("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "2")];
    let bodies = ["PANDA", "my-role", BODY];
    for (step, bad) in [(0, ""), (1, " \n"), (2, ""), (2, "{\"AccessKeyId\":"), (2, "<html>"), (2, "[]")] {
        let mut recovers = script(&two);
        let mut gives_up = script(&two);
        let mut once = script(&[]);
        for (index, body) in bodies.into_iter().enumerate().take(step + 1) {
            if index == step {
                recovers.exchange(|_| {}, 200, bad);
                recovers.pause();
                gives_up.exchange(|_| {}, 200, bad);
                gives_up.pause();
            }
            recovers.exchange(|_| {}, 200, body);
            gives_up.exchange(|_| {}, 200, if index == step { bad } else { body });
            once.exchange(|_| {}, 200, if index == step { bad } else { body });
        }
        bodies.into_iter().skip(step + 1).for_each(|body| recovers.exchange(|_| {}, 200, body));
        assert!(recovers.done().is_ok(), "{bad:?}");
        assert!(matches!(gives_up.done(), Err(CredentialsError::Invalid { .. })), "{bad:?}");
        let error = once.done().unwrap_err();
        assert!(matches!(error, CredentialsError::Invalid { .. }), "{bad:?}");
        assert_eq!(error.hint().is_some(), step != 1, "{bad:?}");
    }
}

#[test]
fn credentials_are_statically_stable_even_if_they_come_expired() {
    for expiration in ["2026-01-31T12:00:00Z", "2026-01-30T12:00:00Z", "2026-01-31T18:00:00Z"] {
        let mut script = script(&[]);
        script.exchange(|_| {}, 200, "PANDA");
        script.exchange(|_| {}, 200, "my-role");
        script.exchange(|_| {}, 200, &BODY.replace("2026-01-31T18:00:00Z", expiration));
        let provided = script.done().unwrap();
        assert!(provided.is_statically_stable && provided.expires_at.is_some(), "{expiration}");
        assert!(provided.usable(now()).is_ok());
    }
}

#[test]
fn answers_that_are_none() {
    for (role, document, words) in [
        ("../x", "", "security-credentials/: no credentials in the response: not the name of a role"),
        ("", "", "security-credentials/: no credentials in the response: not the name of a role"),
        (
            "r",
            r#"{"Code":"AssumeRoleUnauthorizedAccess"}"#,
            "/r: no credentials in the response: its code is AssumeRoleUnauthorizedAccess",
        ),
        (
            "r",
            r#"{"Code":"Success","AccessKeyId":"A"}"#,
            "/r: no credentials in the response: SecretAccessKey is missing or empty",
        ),
        (
            "r",
            r#"{"Code":"Success","AccessKeyId":"A","SecretAccessKey":"s","Token":7}"#,
            "/r: no credentials in the response: Token is not a string",
        ),
        ("r", "<html>", "/r: no credentials in the response: it is not JSON from line 1 column 1"),
    ] {
        let mut script = script(&[]);
        script.exchange(|_| {}, 200, "T");
        script.exchange(|_| {}, 200, role);
        if !document.is_empty() {
            script.exchange(|_| {}, 200, document);
        }
        let error = script.done().unwrap_err().to_string();
        assert!(error.ends_with(words), "{error}");
    }
    // The session's token is not shown, whichever response contains it.
    let mut echoed = script(&[]);
    echoed.exchange(|_| {}, 200, "PANDA");
    echoed.exchange(|_| {}, 401, r#"{"message":"no PANDA"}"#);
    assert!(echoed.done().unwrap_err().to_string().ends_with("answered 401: no **redacted**"));
    let mut echoed = script(&[]);
    echoed.exchange(|_| {}, 200, "PANDA");
    echoed.exchange(|_| {}, 200, "my-role");
    echoed.exchange(|_| {}, 200, r#"{"Code":"No PANDA"}"#);
    assert!(echoed.done().unwrap_err().to_string().ends_with("its code is No **redacted**"));
    let mut portal = script(&[]);
    portal.exchange(|_| {}, 200, "<html>log in</html>");
    assert!(portal.done().unwrap_err().to_string().ends_with("/latest/api/token is not a token"));
}
