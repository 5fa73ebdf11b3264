use super::super::step::{Outcome, Question};
use super::super::testing::{Script, line, now};
use super::*;

/// SHA-1 of `corp`.
const OF_SESSION: &str = "/home/me/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
const LOGIN: &str = "Run `aws sso login --profile dev`.";
const CREDENTIALS: &str = r#"{"roleCredentials":{"accessKeyId":"ASIA","secretAccessKey":"s","sessionToken":"t","expiration":1769864400000}}"#;

fn script(sso: Sso) -> Script {
    let environment = [("HOME", "/home/me")].into_iter().collect();
    let endpoint = |url| Endpoint::custom(url).unwrap();
    Script::new(|io| {
        let sso = sso.login("aws sso login --profile dev");
        SsoProvider::new(io, environment, sso, endpoint("https://portal.test"), endpoint("https://oidc.test"))
    })
}

fn of_session() -> Script {
    script(Sso::of_session("corp", "https://corp/start", "123456789012", "My Role"))
}

fn cached(expires_at: &str) -> String {
    format!(
        r#"{{"startUrl":"https://corp/start","region":"us-east-1","accessToken":"PANDA","expiresAt":"{expires_at}","clientId":"id","clientSecret":"OTTER","registrationExpiresAt":"2026-03-01T00:00:00Z","refreshToken":"KOALA","more":[1]}}"#
    )
}

fn portal(token: &'static str) -> impl FnOnce(&Request<Bytes>) {
    move |request| {
        let uri = "https://portal.test/federation/credentials?role_name=My%20Role&account_id=123456789012";
        assert_eq!(line(request), format!("GET {uri}"));
        assert_eq!(request.headers()[BEARER_TOKEN], token);
        assert!(request.headers()[BEARER_TOKEN].is_sensitive());
    }
}

fn oidc(request: &Request<Bytes>) {
    assert_eq!(line(request), "POST https://oidc.test/token");
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    let expected = serde_json::json!({
        "clientId": "id", "clientSecret": "OTTER", "grantType": "refresh_token", "refreshToken": "KOALA",
    });
    assert_eq!(body, expected);
}

#[test]
fn a_login_opens_the_portal() {
    let mut script = of_session();
    script.file(OF_SESSION, Some(&cached("2026-01-31T12:05:01Z")));
    script.exchange(portal("PANDA"), 200, CREDENTIALS);
    let found = script.done().unwrap();
    assert_eq!((found.credentials.access_key_id(), found.credentials.session_token()), ("ASIA", Some("t")));
    assert_eq!(found.expires_at, Some(now() + Duration::from_secs(3600)));
}

#[test]
fn the_older_form_is_found_by_its_url_and_not_refreshed() {
    let mut script = script(Sso::legacy("https://corp/start", "1", "r"));
    // SHA-1 of the URL.
    let path = "/home/me/.aws/sso/cache/717f6b50ccf65f10839b090b78b6ff0786091a96.json";
    script.file(path, Some(&cached("2026-01-31T11:00:00UTC")));
    assert_eq!(
        script.done().unwrap_err().to_string(),
        format!(
            "sso credentials: the login in {path}: it expired at 2026-01-31T11:00:00Z and cannot be refreshed: a login without an sso-session has no refresh token"
        )
    );
}

#[test]
fn a_token_is_refreshed_and_written_back() {
    let mut script = of_session();
    script.file(OF_SESSION, Some(&cached("2026-01-31T12:04:00Z")));
    script.exchange(
        oidc,
        200,
        r#"{"accessToken":"PANDA2","tokenType":"Bearer","expiresIn":28800,"refreshToken":"KOALA2"}"#,
    );
    script.expect(|question| {
        let Question::WriteFile(path, content) = question else { panic!("{question:?}") };
        assert_eq!(path.to_str(), Some(OF_SESSION));
        let content: serde_json::Value = serde_json::from_slice(&content).unwrap();
        assert_eq!(content["accessToken"], "PANDA2");
        assert_eq!(content["refreshToken"], "KOALA2");
        assert_eq!(content["expiresAt"], "2026-01-31T20:00:00Z");
        assert_eq!((&content["clientSecret"], &content["more"][0]), (&"OTTER".into(), &1.into()));
        Outcome::WriteFile(Err(std::io::Error::other("a full disk stops nobody")))
    });
    script.exchange(portal("PANDA2"), 200, CREDENTIALS);
    assert!(script.done().is_ok());
}

#[test]
fn a_failed_refresh_hurts_only_once_the_token_has_expired() {
    let mut still = of_session();
    still.file(OF_SESSION, Some(&cached("2026-01-31T12:04:00Z")));
    still.exchange(oidc, 400, r#"{"error":"invalid_grant"}"#);
    still.exchange(portal("PANDA"), 200, CREDENTIALS);
    assert!(still.done().is_ok());

    for (status, body, reason) in [
        (
            400,
            r#"{"error":"invalid_grant","error_description":"KOALA and OTTER are old"}"#,
            "sso credentials: POST https://oidc.test/token answered 400: **redacted** and **redacted** are old",
        ),
        (
            200,
            "PANDA",
            "sso credentials: POST https://oidc.test/token: no credentials in the response: it is not JSON from line 1 column 1",
        ),
        (
            200,
            "{}",
            "sso credentials: POST https://oidc.test/token: no credentials in the response: accessToken is missing or empty",
        ),
        (
            200,
            r#"{"accessToken":"x","expiresIn":-1}"#,
            "sso credentials: POST https://oidc.test/token: no credentials in the response: expiresIn is negative",
        ),
    ] {
        let mut script = of_session();
        script.file(OF_SESSION, Some(&cached("2026-01-31T12:00:00Z")));
        script.exchange(oidc, status, body);
        assert_eq!(
            script.done().unwrap_err().to_string(),
            format!(
                "sso credentials: the login in {OF_SESSION}: it expired at 2026-01-31T12:00:00Z and cannot be refreshed: {reason}"
            )
        );
    }
}

#[test]
fn invalid_logins() {
    let refused = |content: Option<&str>| {
        let mut script = of_session();
        script.file(OF_SESSION, content);
        let error = script.done().unwrap_err();
        assert_eq!(error.hint(), Some(LOGIN));
        error.to_string()
    };
    assert_eq!(refused(None), format!("sso credentials: not logged in: {OF_SESSION} is not there"));
    for (content, reason) in [
        ("{", "is not a valid login: it is not JSON from line 1 column 1"),
        ("{}", "is not a valid login: expiresAt is missing or empty"),
        (
            r#"{"expiresAt":"x"}"#,
            "is not a valid login: expiresAt must be a time such as 2026-01-31T12:00:00Z",
        ),
    ] {
        assert_eq!(refused(Some(content)), format!("sso credentials: {OF_SESSION} {reason}"));
    }
    let no_token = r#"{"expiresAt":"2027-01-31T12:00:00Z","accessToken":7}"#;
    assert_eq!(
        refused(Some(no_token)),
        format!("sso credentials: the login in {OF_SESSION}: accessToken is not a string")
    );
    let registration = cached("2026-01-31T12:00:00Z").replace("2026-03-01", "2026-01-01");
    assert!(refused(Some(&registration)).contains("its registration has expired too"));
    let endpoint = |url| Endpoint::custom(url).unwrap();
    let plain = Script::new(|io| {
        let sso = Sso::of_session("corp", "https://corp/start", "1", "r");
        SsoProvider::new(
            io,
            Environment::default(),
            sso,
            endpoint("http://portal.test"),
            endpoint("https://oidc.test"),
        )
    });
    assert_eq!(
        plain.done().unwrap_err().to_string(),
        "sso credentials: refusing to send the token to http://portal.test over plain HTTP"
    );
    let homeless = Script::new(|io| {
        let sso = Sso::of_session("corp", "https://corp/start", "1", "r");
        SsoProvider::new(
            io,
            Environment::default(),
            sso,
            endpoint("https://portal.test"),
            endpoint("https://oidc.test"),
        )
    });
    assert!(homeless.done().unwrap_err().to_string().ends_with("no home directory, in which the login is"));
}

#[test]
fn refusals_of_the_portal() {
    for (status, body, words) in [
        (403, r#"{"message":"No access"}"#, " answered 403: No access"),
        (200, "{}", ": no credentials in the response: roleCredentials is missing"),
        (
            200,
            r#"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"s"}}"#,
            ": no credentials in the response: sessionToken is missing or empty",
        ),
        (
            200,
            r#"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"s","sessionToken":"t","expiration":"x"}}"#,
            ": no credentials in the response: expiration is not a whole number",
        ),
    ] {
        let mut script = of_session();
        script.file(OF_SESSION, Some(&cached("2026-01-31T13:00:00Z")));
        script.exchange(portal("PANDA"), status, body);
        assert_eq!(
            script.done().unwrap_err().to_string(),
            format!("sso credentials: GET https://portal.test/federation/credentials{words}")
        );
    }
}

/// The portal's response to a token that it does not accept, or no longer accepts.
const REFUSED: &str = r#"{"message":"Session PANDA not found or invalid"}"#;
const REFRESHED: &str = r#"{"accessToken":"PANDA2","expiresIn":28800,"refreshToken":"KOALA2"}"#;

/// A login that has not expired, but is rejected by the portal.
fn refused(login: &str) -> Script {
    let mut script = of_session();
    script.file(OF_SESSION, Some(login));
    script.exchange(portal("PANDA"), 401, REFUSED);
    script
}

fn written(question: Question) -> Outcome {
    let Question::WriteFile(path, _content) = question else { panic!("{question:?}") };
    assert_eq!(path.to_str(), Some(OF_SESSION));
    Outcome::WriteFile(Ok(()))
}

#[test]
fn a_token_that_is_refused_is_refreshed_once() {
    let mut script = refused(&cached("2026-01-31T13:00:00Z"));
    script.exchange(oidc, 200, REFRESHED);
    script.expect(written);
    script.exchange(portal("PANDA2"), 200, CREDENTIALS);
    assert_eq!(script.done().unwrap().credentials.access_key_id(), "ASIA");

    // The portal rejects the new one too.
    let mut again = refused(&cached("2026-01-31T13:00:00Z"));
    again.exchange(oidc, 200, REFRESHED);
    again.expect(written);
    again.exchange(portal("PANDA2"), 401, r#"{"message":"neither PANDA nor PANDA2"}"#);
    assert_eq!(
        again.done().unwrap_err().to_string(),
        format!(
            "sso credentials: GET https://portal.test/federation/credentials answered 401: neither **redacted** nor **redacted**"
        )
    );

    // A token that was refreshed early, or could not be, is not refreshed twice.
    for refresh in [200, 400] {
        let mut ahead = of_session();
        ahead.file(OF_SESSION, Some(&cached("2026-01-31T12:04:00Z")));
        ahead.exchange(oidc, refresh, REFRESHED);
        let token = if refresh == 200 {
            ahead.expect(written);
            "PANDA2"
        } else {
            "PANDA"
        };
        ahead.exchange(portal(token), 401, "{}");
        let error = ahead.done().unwrap_err().to_string();
        assert!(error.ends_with("answered 401"), "{error}");
    }
}

#[test]
fn a_token_that_is_refused_and_cannot_be_refreshed_wants_a_login() {
    let whole = cached("2026-01-31T13:00:00Z");
    let head = "sso credentials: GET https://portal.test/federation/credentials answered 401: Session **redacted** not found or invalid; the login cannot be refreshed:";
    let told = |script: Script, reason: &str| {
        assert_eq!(script.done().unwrap_err().to_string(), format!("{head} {reason}"));
    };
    for (from, to, reason) in [
        ("refreshToken", "other", "refreshToken is missing or empty in the file"),
        ("\"OTTER\"", "7", "clientSecret is not a string in the file"),
        ("2026-03-01", "2026-01-01", "its registration has expired too"),
        ("2026-03-01T", "", "registrationExpiresAt must be a time such as 2026-01-31T12:00:00Z"),
    ] {
        told(refused(&whole.replace(from, to)), reason);
    }
    for (status, body, reason) in [
        (400, r#"{"error":"invalid_grant","error_description":"KOALA"}"#, " answered 400: **redacted**"),
        (401, "PANDA", " answered 401"),
        (403, "<html>KOALA", " answered 403: an HTML page, perhaps of a proxy or a login portal"),
        (200, "<html>KOALA", ": no credentials in the response: it is not JSON from line 1 column 1"),
        (
            200,
            r#"{"accessToken":["PANDA"]}"#,
            ": no credentials in the response: accessToken is not a string",
        ),
        (200, r#"{"accessToken":"x"}"#, ": no credentials in the response: expiresIn is missing"),
    ] {
        let mut script = refused(&whole);
        script.exchange(oidc, status, body);
        told(script, &format!("sso credentials: POST https://oidc.test/token{reason}"));
    }
    // A new token that is invalid in a header.
    let mut odd = refused(&whole);
    odd.exchange(oidc, 200, r#"{"accessToken":"PAN\nDA","expiresIn":1}"#);
    odd.expect(written);
    assert_eq!(
        odd.done().unwrap_err().to_string(),
        "sso credentials: the token contains characters invalid in an HTTP header"
    );
    let mut legacy = script(Sso::legacy("https://corp/start", "123456789012", "My Role"));
    legacy.expect(|_| Outcome::ReadFile(Ok(Some(whole.clone().into_bytes()))));
    legacy.exchange(portal("PANDA"), 401, REFUSED);
    told(legacy, "a login without an sso-session has no refresh token");
}
