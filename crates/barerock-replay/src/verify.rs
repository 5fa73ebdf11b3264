//! Authentication of requests: checks signatures and bearer keys as the service does.

use crate::reply::Reply;
use barerock_sigv4::{BEARER, Credentials, REDACTED, Timestamp, VerifyError, VerifySettings, verify_http};
use bytes::Bytes;
use core::fmt;
use http::header::AUTHORIZATION;
use http::{Request, StatusCode};
use std::time::{SystemTime, UNIX_EPOCH};

/// Bedrock's signing name.
const SERVICE: &str = "bedrock";
/// Seconds in a minute, the unit of AWS's messages.
const MINUTE: u64 = 60;

type Clock = Box<dyn Fn() -> Option<Timestamp> + Send + Sync>;

/// Credentials that requests must be signed with. Any other request gets status 403 and the reason.
///
/// Accepted are SigV4 signatures by known credentials for the expected region and the service `bedrock`, and the expected
/// bearer key. Without known credentials and bearer key every request is rejected.
pub struct Verify {
    credentials: Vec<Credentials>,
    bearer_key: Option<String>,
    settings: VerifySettings,
    clock: Clock,
}

impl Verify {
    /// Creates a check that expects signatures for this region.
    pub fn for_region(region: impl Into<String>) -> Self {
        Self {
            credentials: Vec::new(),
            bearer_key: None,
            settings: VerifySettings::default().with_service(SERVICE).with_region(region),
            clock: Box::new(system_time),
        }
    }

    /// Accepts requests signed with these credentials; may be called several times.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.credentials.push(credentials);
        self
    }

    /// Accepts requests that carry this bearer key.
    #[must_use]
    pub fn with_bearer_key(mut self, key: impl Into<String>) -> Self {
        self.bearer_key = Some(key.into());
        self
    }

    /// Reads the time from `clock` instead of the system. If it returns `None`, every signature is rejected.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Fn() -> Option<Timestamp> + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Checks a request; the error is the response and the reason for the log.
    pub(crate) fn check(&self, request: &Request<Bytes>) -> Result<(), (Reply, String)> {
        let authorization = request.headers().get(AUTHORIZATION).map(|value| value.as_bytes());
        if let Some(key) = authorization.and_then(|value| value.strip_prefix(BEARER.as_bytes())) {
            return match &self.bearer_key {
                Some(expected) if same(key, expected.as_bytes()) => Ok(()),
                Some(_) => Err(refuse_key("the bearer key is not the expected one")),
                None => Err(refuse_key("no bearer key is expected")),
            };
        }
        let Some(now) = (self.clock)() else {
            return Err(refuse("InternalFailure", "The clock cannot be read.", "the clock cannot be read"));
        };
        let find =
            |id: &str| self.credentials.iter().find(|credentials| credentials.access_key_id() == id).cloned();
        match verify_http(request, find, now, &self.settings) {
            Ok(_) => Ok(()),
            Err(error) => Err(refuse(error.aws_code(), &message(&error), &error.to_string())),
        }
    }
}

impl fmt::Debug for Verify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify")
            .field("credentials", &self.credentials)
            .field("bearer_key", &self.bearer_key.as_ref().map(|_| REDACTED))
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

#[expect(clippy::disallowed_methods, reason = "a server judges a signature's age by its own clock")]
fn system_time() -> Option<Timestamp> {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Timestamp::from_unix_secs(i64::try_from(elapsed.as_secs()).ok()?).ok()
}

fn refuse(name: &str, message: &str, reason: &str) -> (Reply, String) {
    (Reply::error(StatusCode::FORBIDDEN, name, message), reason.to_owned())
}

fn refuse_key(reason: &str) -> (Reply, String) {
    let message = format!("Authentication failed: Please make sure your API Key is valid. ({reason})");
    refuse("AccessDeniedException", &message, reason)
}

/// Returns AWS's message for the error, followed by the reason if AWS's message does not contain it.
fn message(error: &VerifyError) -> String {
    let aws = match error {
        VerifyError::SignatureMismatch(mismatch) => return mismatch.aws_message(),
        VerifyError::Expired { signed, now, seconds } => {
            return skewed("Signature expired", signed, "earlier", now, "-", *seconds);
        }
        VerifyError::NotYetCurrent { signed, now } => {
            let seconds = u64::from(barerock_sigv4::MAX_CLOCK_SKEW_SECONDS);
            return skewed("Signature not yet current", signed, "later", now, "+", seconds);
        }
        VerifyError::MissingSignature => "Missing Authentication Token",
        VerifyError::UnknownAccessKeyId | VerifyError::WrongSessionToken => {
            "The security token included in the request is invalid."
        }
        VerifyError::WrongRegion { .. } => "Credential should be scoped to a valid region.",
        VerifyError::WrongService { .. } => "Credential should be scoped to correct service: 'bedrock'.",
        _ => "The request signature is not valid.",
    };
    format!("{aws} ({error})")
}

/// Formats a clock error: `Signature expired: 20250130T064508Z is now earlier than 20250210T013411Z (20250210T013911Z - 5
/// min.)`.
fn skewed(what: &str, signed: &Timestamp, than: &str, now: &Timestamp, sign: &str, seconds: u64) -> String {
    let offset = i64::try_from(seconds).unwrap_or(i64::MAX);
    let bound = match sign {
        "-" => now.unix_secs().saturating_sub(offset),
        _ => now.unix_secs().saturating_add(offset),
    };
    let bound = Timestamp::from_unix_secs(bound).map_or_else(|_| "?".to_owned(), |bound| bound.to_string());
    let still = if sign == "-" { "now" } else { "still" };
    format!(
        "{what}: {signed} is {still} {than} than {bound} ({now} {sign} {} min.)",
        seconds.div_euclid(MINUTE)
    )
}

/// Compares in constant time for equal lengths.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use barerock_sigv4::Signer;

    const TOKEN: &str = "TOKEN/+==";
    const PATH: &str = "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse";

    fn credentials() -> Credentials {
        Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Some(TOKEN.to_owned()))
    }

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn verify() -> Verify {
        Verify::for_region("us-east-1")
            .with_credentials(credentials())
            .with_clock(|| Timestamp::parse("20150830T123600Z").ok())
    }

    fn signed(region: &str, credentials: &Credentials, at: &str) -> Request<Bytes> {
        let mut request =
            Request::post(PATH).header("host", "127.0.0.1:8080").body(Bytes::from_static(b"{}")).unwrap();
        Signer::new(region, "bedrock").unwrap().sign_http(&mut request, credentials, time(at)).unwrap();
        request
    }

    /// Returns the reason for the log.
    fn reason(verify: &Verify, request: &Request<Bytes>) -> Option<String> {
        verify.check(request).err().map(|(_, reason)| reason)
    }

    #[test]
    fn a_right_signature_passes() {
        assert_eq!(reason(&verify(), &signed("us-east-1", &credentials(), "20150830T123559Z")), None);
    }

    #[test]
    fn a_changed_request_is_explained_without_the_token() {
        let mut request = signed("us-east-1", &credentials(), "20150830T123600Z");
        *request.body_mut() = Bytes::from_static(b"{ }");
        let (reply, _) = verify().check(&request).unwrap_err();
        let shown = format!("{reply:?}");
        assert_eq!(reply.status(), 403);
        assert!(shown.contains("InvalidSignatureException"), "{shown}");
        assert!(shown.contains("The Canonical String for this request should have been"), "{shown}");
        assert!(shown.contains("/model/anthropic.claude-3-haiku-20240307-v1%253A0/converse"), "{shown}");
        assert!(!shown.contains(TOKEN), "{shown}");
    }

    #[test]
    fn a_refusal_has_the_name_that_aws_gives_it() {
        let other = Credentials::new("AKIDOTHER", "secret", None);
        let unsigned = Request::post(PATH).header("host", "a").body(Bytes::new()).unwrap();
        let mut bearer = unsigned.clone();
        bearer.headers_mut().insert(AUTHORIZATION, "Bearer s3cret".parse().unwrap());
        for (request, name, message) in [
            (
                unsigned,
                "MissingAuthenticationTokenException",
                "Missing Authentication Token (the request is not",
            ),
            (
                signed("us-east-1", &other, "20150830T123600Z"),
                "UnrecognizedClientException",
                "The security token included in the request is invalid. (the access key id is not known)",
            ),
            (
                signed("eu-west-1", &credentials(), "20150830T123600Z"),
                "InvalidSignatureException",
                "Credential should be scoped to a valid region. (",
            ),
            (
                signed("us-east-1", &credentials(), "20150830T120000Z"),
                "InvalidSignatureException",
                "Signature expired: 20150830T120000Z is now earlier than 20150830T123100Z (20150830T123600Z - 5 min.)",
            ),
            (
                signed("us-east-1", &credentials(), "20150830T130000Z"),
                "InvalidSignatureException",
                "Signature not yet current: 20150830T130000Z is still later than 20150830T124100Z (20150830T123600Z + 5 \
                 min.)",
            ),
            (
                bearer,
                "AccessDeniedException",
                "Authentication failed: Please make sure your API Key is valid. (no bearer",
            ),
        ] {
            let shown = format!("{:?}", verify().check(&request).unwrap_err().0);
            assert!(shown.contains(name) && shown.contains(message), "{shown}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }

    #[test]
    fn the_expected_bearer_key_passes() {
        let verify = verify().with_bearer_key("s3cret");
        let request = |key: &str| {
            Request::post(PATH).header("authorization", format!("Bearer {key}")).body(Bytes::new()).unwrap()
        };
        assert_eq!(reason(&verify, &request("s3cret")), None);
        assert_eq!(
            reason(&verify, &request("s3cret2")).as_deref(),
            Some("the bearer key is not the expected one")
        );
        assert!(!format!("{verify:?}").contains("s3cret"));
        assert!(!format!("{verify:?}").contains("wJalr"));
    }

    #[test]
    fn the_system_has_a_clock() {
        assert!(system_time().unwrap() > time("20150830T123600Z"));
    }
}
