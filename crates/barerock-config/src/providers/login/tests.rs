use base64ct::{Base64UrlUnpadded, Encoding};
use p256::Sec1Point;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use serde_json::Value;

use super::super::step::{Outcome, Question};
use super::super::testing::{Script, line, now};
use super::*;

const SESSION: &str = "arn:aws:iam::123456789012:user/me";
/// SHA-256 of the session.
const FILE: &str =
    "/home/me/.aws/login/cache/286187707741fc2ccb93cf9e56dbd0ee0a16208feed5fbc8ae1baa86d44c283f.json";
const RENEWED: &str = r#"{"accessToken":{"accessKeyId":"ASIANEW","secretAccessKey":"OTTER","sessionToken":"WALRUS"},"tokenType":"aws_sigv4","expiresIn":900,"refreshToken":"KOALA2"}"#;

/// A key used by these tests only, in both forms, and its public coordinates.
const SEC1: &str = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIxAZj7pQ6sm4otTx8mbeCGxlm/6usRr0XsK0/4dCFuFoAoGCCqGSM49\nAwEHoUQDQgAEtdZvu1Y87AbObyY30A+FpPuqysaLErq84YZWmN19RQTVlBtM2pq1\nDQg8RKXaTIuDPYQeIKTmxEPW8KCsS2e0HQ==\n-----END EC PRIVATE KEY-----\n";
const PKCS8: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjEBmPulDqybii1PH\nyZt4IbGWb/q6xGvRewrT/h0IW4WhRANCAAS11m+7VjzsBs5vJjfQD4Wk+6rKxosS\nurzhhlaY3X1FBNWUG0zamrUNCDxEpdpMi4M9hB4gpObEQ9bwoKxLZ7Qd\n-----END PRIVATE KEY-----\n";
const COORDINATES: [&str; 2] =
    ["tdZvu1Y87AbObyY30A-FpPuqysaLErq84YZWmN19RQQ", "1ZQbTNqatQ0IPESl2kyLgz2EHiCk5sRD1vCgrEtntB0"];

fn script_of(url: &str, variables: &[(&str, &str)]) -> Script {
    let environment = variables.iter().copied().collect();
    let signin = Endpoint::custom(url).unwrap();
    Script::new(|io| LoginProvider::new(io, environment, SESSION, signin).command("aws login --profile dev"))
}

fn script() -> Script {
    script_of("https://signin.test", &[("HOME", "/home/me")])
}

fn cached(expires_at: &str, key: &str) -> String {
    serde_json::json!({
        "accessToken": {
            "accessKeyId": "ASIA", "secretAccessKey": "SQUIRREL", "sessionToken": "PANDA",
            "accountId": "123456789012", "expiresAt": expires_at,
        },
        "tokenType": "aws_sigv4", "clientId": "arn:aws:signin:::devtools/same-device", "refreshToken": "KOALA",
        "idToken": "HEDGEHOG", "dpopKey": key, "more": [1],
    })
    .to_string()
}

/// Returns the parts of a proof after checking its signature with the key in its header.
fn proof(request: &Request<Bytes>) -> (Value, Value) {
    assert!(request.headers()[DPOP].is_sensitive());
    let proof = request.headers()[DPOP].to_str().unwrap();
    let (message, signature) = proof.rsplit_once('.').unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    let decode = |text: &str| Base64UrlUnpadded::decode_vec(text).unwrap();
    let parse = |text: &str| serde_json::from_slice::<Value>(&decode(text)).unwrap();
    let (header, claims) = (parse(header), parse(claims));
    let mut point = vec![4];
    ["x", "y"].iter().for_each(|name| point.extend(decode(header["jwk"][name].as_str().unwrap())));
    let key = VerifyingKey::from_sec1_point(&Sec1Point::from_bytes(&point).unwrap()).unwrap();
    key.verify(message.as_bytes(), &Signature::from_slice(&decode(signature)).unwrap()).unwrap();
    (header, claims)
}

#[test]
fn a_valid_session_needs_no_request() {
    for (directory, path) in [
        (None, FILE.to_owned()),
        (Some("/cache"), FILE.replace("/home/me/.aws/login", "")),
        (Some("~/x"), FILE.replace(".aws/login/cache", "x")),
    ] {
        let variables = [("HOME", "/home/me")].into_iter().chain(directory.map(|it| (CACHE_DIRECTORY, it)));
        let mut script = script_of("http://plain.test", &variables.collect::<Vec<_>>());
        // Members that only a refresh needs may be missing.
        let content = cached("2026-01-31T12:05:01Z", SEC1).replace("dpopKey", "other");
        script.file(&path, Some(&content));
        let found = script.done().unwrap();
        let credentials = &found.credentials;
        let keys =
            (credentials.access_key_id(), credentials.secret_access_key(), credentials.session_token());
        assert_eq!(keys, ("ASIA", "SQUIRREL", Some("PANDA")));
        assert_eq!(found.expires_at, Some(now() + Duration::from_secs(301)));
        assert!(found.provider == "login" && !found.is_statically_stable);
    }
}

#[test]
fn a_session_is_refreshed_with_a_signed_proof_and_written_back() {
    for (expires_at, key) in [("2026-01-31T12:05:00Z", SEC1), ("2020-01-01T00:00:00Z", PKCS8)] {
        let mut script = script();
        script.file(FILE, Some(&cached(expires_at, key)));
        let mut ids = Vec::new();
        for status in [503, 200] {
            script.exchange(
                |request| {
                    assert_eq!(line(request), "POST https://signin.test/v1/token");
                    assert_eq!(request.headers()[CONTENT_TYPE], "application/json");
                    let body: Value = serde_json::from_slice(request.body()).unwrap();
                    let expected = serde_json::json!({
                        "clientId": "arn:aws:signin:::devtools/same-device", "grantType": "refresh_token",
                        "refreshToken": "KOALA",
                    });
                    assert_eq!(body, expected);
                    let (header, claims) = proof(request);
                    let [x, y] = COORDINATES;
                    let jwk = serde_json::json!({"kty": "EC", "crv": "P-256", "x": x, "y": y});
                    assert_eq!(header, serde_json::json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}));
                    assert_eq!(
                        (&claims["htm"], &claims["htu"]),
                        (&"POST".into(), &"https://signin.test/v1/token".into())
                    );
                    assert_eq!(claims["iat"], 1_769_860_800);
                    ids.push(claims["jti"].as_str().unwrap().to_owned());
                },
                status,
                if status == 200 { RENEWED } else { "" },
            );
            if status != 200 {
                script.pause();
            }
        }
        assert!(ids[0] != ids[1], "a proof is used once");
        for id in ids {
            let shape: String = id.chars().map(|c| if c.is_ascii_hexdigit() { 'x' } else { c }).collect();
            assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
            assert_eq!(id.as_bytes()[14], b'4');
        }
        script.expect(|question| {
            let Question::WriteFile(path, content) = question else { panic!("{question:?}") };
            assert_eq!(path.to_str(), Some(FILE));
            let old: Value = serde_json::from_str(&cached("2026-01-31T12:15:00Z", key)).unwrap();
            let mut expected = old.clone();
            expected["accessToken"]["accessKeyId"] = "ASIANEW".into();
            expected["accessToken"]["secretAccessKey"] = "OTTER".into();
            expected["accessToken"]["sessionToken"] = "WALRUS".into();
            expected["refreshToken"] = "KOALA2".into();
            assert_eq!(serde_json::from_slice::<Value>(&content).unwrap(), expected);
            Outcome::WriteFile(Err(std::io::Error::other("no space left")))
        });
        let found = script.done().unwrap();
        assert_eq!(found.credentials.access_key_id(), "ASIANEW");
        assert_eq!(found.expires_at, Some(now() + Duration::from_secs(900)));
    }
}

#[test]
fn a_failed_refresh_matters_only_after_the_expiry() {
    let mut still_valid = script();
    still_valid.file(FILE, Some(&cached("2026-01-31T12:00:01Z", SEC1)));
    still_valid.exchange(|_| {}, 401, r#"{"error":"TOKEN_EXPIRED","message":"expired"}"#);
    assert_eq!(still_valid.done().unwrap().credentials.access_key_id(), "ASIA");

    const LOG_IN: Option<&str> = Some("Run `aws login --profile dev`.");
    let permission = Some(PERMISSION);
    for (status, body, reason, advice) in [
        (
            401,
            r#"{"error":"TOKEN_EXPIRED","message":"KOALA is old"}"#,
            "TOKEN_EXPIRED: POST https://signin.test/v1/token answered 401: **redacted** is old",
            LOG_IN,
        ),
        (
            403,
            r#"{"error":"USER_CREDENTIALS_CHANGED"}"#,
            "USER_CREDENTIALS_CHANGED: POST https://signin.test/v1/token answered 403: USER_CREDENTIALS_CHANGED",
            LOG_IN,
        ),
        (
            403,
            r#"{"error":"INSUFFICIENT_PERMISSIONS","message":"no"}"#,
            "INSUFFICIENT_PERMISSIONS: POST https://signin.test/v1/token answered 403: no",
            permission,
        ),
        (
            400,
            r#"{"error":"INVALID_REQUEST","message":"HEDGEHOG SQUIRREL PANDA"}"#,
            "POST https://signin.test/v1/token answered 400: **redacted** **redacted** **redacted**",
            None,
        ),
        (400, "", "POST https://signin.test/v1/token answered 400", None),
    ] {
        let mut expired = script();
        expired.file(FILE, Some(&cached("2026-01-31T12:00:00Z", SEC1)));
        expired.exchange(|_| {}, status, body);
        let error = expired.done().unwrap_err();
        let place = format!("the session in {FILE} expired at 2026-01-31T12:00:00Z and cannot be refreshed");
        assert_eq!(error.to_string(), format!("login credentials: {place}: {reason}"));
        assert_eq!(error.hint(), advice, "{reason}");
    }
}

#[test]
fn a_proof_that_is_echoed_is_hidden() {
    let mut script = script();
    script.file(FILE, Some(&cached("2026-01-31T12:00:00Z", SEC1)));
    script.expect(|question| {
        let Question::Exchange(request, _limit) = question else { panic!("{question:?}") };
        let proof = request.headers()[DPOP].to_str().unwrap();
        let body = serde_json::json!({"error": "INVALID_REQUEST", "message": format!("bad {proof}")});
        Outcome::Exchange(Ok(Response::builder().status(400).body(Bytes::from(body.to_string())).unwrap()))
    });
    let error = script.done().unwrap_err().to_string();
    assert!(error.ends_with("answered 400: bad **redacted**"), "{error}");
}

#[test]
fn malformed_responses_are_errors() {
    for (body, reason) in [
        ("OTTER", "it is not JSON from line 1 column 1".to_owned()),
        ("{}", "accessToken is missing".to_owned()),
        (&RENEWED.replace("WALRUS", ""), "sessionToken is missing or empty".to_owned()),
        (&RENEWED.replace("900", "0"), "expiresIn is not positive".to_owned()),
        (&RENEWED.replace("900", "-1"), "expiresIn is not positive".to_owned()),
        (&RENEWED.replace("900", "9223372036854775807"), "expiresIn is too large".to_owned()),
    ] {
        let mut script = script();
        script.file(FILE, Some(&cached("2026-01-31T12:00:00Z", SEC1)));
        script.exchange(|_| {}, 200, body);
        let error = script.done().unwrap_err().to_string();
        assert!(error.ends_with(&reason), "{error}");
    }
    // A refresh token that is not renewed is kept.
    let mut script = script();
    script.file(FILE, Some(&cached("2026-01-31T12:00:00Z", SEC1)));
    script.exchange(|_| {}, 200, &RENEWED.replace("KOALA2", ""));
    script.expect(|question| {
        let Question::WriteFile(_path, content) = question else { panic!("{question:?}") };
        assert_eq!(serde_json::from_slice::<Value>(&content).unwrap()["refreshToken"], "KOALA");
        Outcome::WriteFile(Ok(()))
    });
    script.done().unwrap();
}

#[test]
fn sessions_that_cannot_be_used_name_the_file_and_the_command() {
    let valid = cached("2026-01-31T12:00:00Z", SEC1);
    let p384 = SEC1.replace("MHcC", "MIGk");
    for (content, reason) in [
        (None, "FILE does not exist"),
        (Some("{"), "FILE is not a login session: it is not JSON from line 1 column 1"),
        (Some("{}"), "FILE is not a login session: accessToken is missing"),
        (Some(&*valid.replace("PANDA", "")), "FILE is not a login session: sessionToken is missing or empty"),
        (
            Some(&valid.replace("2026-01-31T12:00:00Z", "soon")),
            "FILE is not a login session: expiresAt must be a time such as 2026-01-31T12:00:00Z",
        ),
        (Some(&valid.replace("refreshToken", "x")), "cannot be refreshed: refreshToken is missing or empty"),
        (Some(&valid.replace("clientId", "x")), "cannot be refreshed: clientId is missing or empty"),
        (Some(&valid.replace("dpopKey", "x")), "cannot be refreshed: dpopKey is missing or empty"),
        (
            Some(&cached("2026-01-31T12:00:00Z", "SQUIRREL")),
            "cannot be refreshed: dpopKey is not a P-256 key in PEM",
        ),
        (
            Some(&cached("2026-01-31T12:00:00Z", &p384)),
            "cannot be refreshed: dpopKey is not a P-256 key in PEM",
        ),
    ] {
        let mut script = script();
        script.file(FILE, content);
        let error = script.done().unwrap_err();
        let text = error.to_string();
        assert!(text.ends_with(&reason.replace("FILE", FILE)) && text.contains(FILE), "{text}");
        assert_eq!(error.hint(), Some("Run `aws login --profile dev`."));
        assert!(!text.contains("SQUIRREL"), "{text}");
    }
    let homeless = script_of("https://signin.test", &[]).done().unwrap_err().to_string();
    assert_eq!(homeless, "login credentials: no home directory to find ~/.aws/login/cache in");
    let mut plain = script_of("http://plain.test", &[("HOME", "/home/me")]);
    plain.file(FILE, Some(&valid));
    let error = plain.done().unwrap_err().to_string();
    assert!(error.ends_with("refusing to send the session to http://plain.test over plain HTTP"), "{error}");
}

#[test]
fn keys_in_pem_with_other_line_breaks() {
    for pem in [SEC1.replace('\n', "\r\n"), SEC1.trim_end().to_owned(), format!("\n {PKCS8} \n")] {
        assert!(ProofKey::from_pem(&pem).is_ok(), "{pem}");
    }
    let shown = format!("{:?}", ProofKey::from_pem(SEC1).unwrap());
    assert_eq!(shown, "ProofKey { .. }");
}
