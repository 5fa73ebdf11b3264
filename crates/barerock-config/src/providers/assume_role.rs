//! Credentials of a role that is assumed with other credentials.

use core::fmt;
use std::sync::Arc;

use super::io::IoFuture;
use super::sts::{Sts, StsCall};
use super::{CredentialsError, CredentialsFuture, ProvideCredentials, ProvidedCredentials, time};

pub(super) const PROVIDER: &str = "assume-role";
const ACTION: &str = "AssumeRole";

/// A role and the parameters of AssumeRole.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AssumeRole {
    /// The ARN of the role.
    pub role_arn: String,
    /// The name of the session, as in CloudTrail; `barerock-` and the time if unset.
    pub session_name: Option<String>,
    /// The external id, if the trust policy of the role requires one.
    pub external_id: Option<String>,
    /// The lifetime of the credentials in seconds: 900 to 43,200, and at most the maximum session duration of the role.
    pub duration_seconds: Option<u32>,
    /// The serial number or ARN of the MFA device whose code the trust policy requires.
    pub mfa_serial: Option<String>,
}

impl AssumeRole {
    /// Creates a role with the defaults of STS.
    pub fn new(role_arn: impl Into<String>) -> Self {
        Self {
            role_arn: role_arn.into(),
            session_name: None,
            external_id: None,
            duration_seconds: None,
            mfa_serial: None,
        }
    }
}

/// A prompt for the codes of MFA devices.
pub trait AskMfa: fmt::Debug + Send + Sync {
    /// Returns the code of the device `serial`, or the reason why it cannot be had.
    fn code<'a>(&'a self, serial: &'a str) -> IoFuture<'a, Result<String, String>>;
}

const MFA_HINT: &str = "Set a prompt (ConfigLoader::mfa), or use credentials of a session that has MFA.";

/// Credentials of a role, by STS's AssumeRole with the credentials of another provider.
///
/// Every call requests new credentials; [`CachedCredentials`](barerock::credentials::CachedCredentials) caches them.
#[derive(Debug, Clone)]
pub struct AssumeRoleProvider {
    sts: Sts,
    role: AssumeRole,
    source: Arc<dyn ProvideCredentials>,
    mfa: Option<Arc<dyn AskMfa>>,
}

impl AssumeRoleProvider {
    /// Creates a provider that assumes the role with the credentials of `source`.
    pub fn new(sts: Sts, role: AssumeRole, source: Arc<dyn ProvideCredentials>) -> Self {
        Self { sts, role, source, mfa: None }
    }

    /// Sets the prompt for the code of the role's MFA device.
    #[must_use]
    pub fn mfa(mut self, ask: Arc<dyn AskMfa>) -> Self {
        self.mfa = Some(ask);
        self
    }

    async fn load(&self) -> Result<ProvidedCredentials, CredentialsError> {
        let source = self.source.provide().await?;
        let code = self.code().await?;
        let session_name = session_name(self.role.session_name.as_deref(), &self.sts);
        let duration = self.role.duration_seconds.map(|seconds| seconds.to_string());
        let parameters = [
            ("RoleArn", Some(&*self.role.role_arn)),
            ("RoleSessionName", Some(&*session_name)),
            ("ExternalId", self.role.external_id.as_deref()),
            ("DurationSeconds", duration.as_deref()),
            ("SerialNumber", self.role.mfa_serial.as_deref()),
            ("TokenCode", code.as_deref()),
        ];
        let parameters: Vec<_> =
            parameters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let call = StsCall {
            provider: PROVIDER,
            action: ACTION,
            parameters: &parameters,
            signed_by: Some(&source.credentials),
            secret: code.as_deref().unwrap_or_default(),
        };
        let result = self.sts.call(call).await;
        if matches!(result, Err(CredentialsError::Invalid { .. })) {
            // The keys may be outdated: a source that caches them requests new ones for the next call.
            self.source.refused(&source.credentials);
        }
        result
    }

    async fn code(&self) -> Result<Option<String>, CredentialsError> {
        let Some(serial) = &self.role.mfa_serial else { return Ok(None) };
        let failed = |reason: &str| {
            let message = format!(
                "the role {} requires a code of the MFA device {serial}: {reason}",
                self.role.role_arn
            );
            Err(CredentialsError::invalid(PROVIDER, message).with_hint(MFA_HINT))
        };
        let code = match &self.mfa {
            Some(mfa) => mfa.code(serial).await,
            None => {
                return failed("there is no prompt for it");
            }
        };
        match code {
            // "The format for this parameter … is a sequence of six numeric digits."
            Ok(code) if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Some(code)),
            Ok(_) => failed("the code is not six digits"),
            Err(reason) => failed(&reason),
        }
    }
}

impl ProvideCredentials for AssumeRoleProvider {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(self.load())
    }
}

/// The name of the session; `barerock-` and the time if unset.
pub(super) fn session_name(name: Option<&str>, sts: &Sts) -> String {
    name.map_or_else(|| format!("barerock-{}", time::to_unix(sts.io().now())), str::to_owned)
}

#[cfg(test)]
mod tests {
    use barerock::Endpoint;
    use barerock::sigv4::Credentials;
    use bytes::Bytes;
    use http::Request;

    use super::super::testing::{Script, line, now};
    use super::*;

    const BODY: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <AssumeRoleResult>\
        <SourceIdentity>x</SourceIdentity><AssumedRoleUser><Arn>a</Arn></AssumedRoleUser>\
        <Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s/+&#61;</SecretAccessKey>\
        <SessionToken>\n t&amp; </SessionToken><Expiration>2026-01-31T13:00:00Z</Expiration></Credentials>\
        </AssumeRoleResult><ResponseMetadata/></AssumeRoleResponse>";

    #[derive(Debug)]
    struct Person(&'static str);

    impl AskMfa for Person {
        fn code<'a>(&'a self, serial: &'a str) -> IoFuture<'a, Result<String, String>> {
            assert_eq!(serial, "arn:mfa");
            Box::pin(core::future::ready(Ok(self.0.to_owned())))
        }
    }

    fn script(role: AssumeRole, url: &str, person: Option<&'static str>) -> Script {
        let source = Credentials::new("AKIDEXAMPLE", "SQUIRREL", Some("WALRUS".to_owned()));
        let endpoint = Endpoint::custom(url).unwrap();
        Script::new(|io| {
            let provider =
                AssumeRoleProvider::new(Sts::new(io, endpoint, "eu-west-1"), role, Arc::new(source));
            match person {
                Some(code) => provider.mfa(Arc::new(Person(code))),
                None => provider,
            }
        })
    }

    fn plain(url: &str) -> Script {
        script(AssumeRole::new("arn:aws:iam::1:role/a+b"), url, None)
    }

    fn form(request: &Request<Bytes>) -> &str {
        core::str::from_utf8(request.body()).unwrap()
    }

    #[test]
    fn a_signed_form_and_an_answer_in_xml() {
        let mut script = plain("https://sts.eu-west-1.amazonaws.com");
        script.exchange(
            |request| {
                assert_eq!(line(request), "POST https://sts.eu-west-1.amazonaws.com/");
                assert_eq!(
                    form(request),
                    "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%2Bb&RoleSessionName=barerock-1769860800"
                );
                let authorization = request.headers()["authorization"].to_str().unwrap();
                assert!(authorization.contains("Credential=AKIDEXAMPLE/20260131/eu-west-1/sts/aws4_request"));
                assert!(authorization.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,"));
            },
            200,
            BODY,
        );
        let found = script.done().unwrap();
        assert_eq!(found.credentials.access_key_id(), "ASIA");
        assert_eq!(found.credentials.secret_access_key(), "s/+=");
        assert_eq!(found.credentials.session_token(), Some("t&"));
        assert_eq!(found.expires_at, Some(now() + core::time::Duration::from_secs(3600)));
    }

    #[test]
    fn every_parameter() {
        let role = AssumeRole {
            session_name: Some("me".to_owned()),
            external_id: Some("x y".to_owned()),
            duration_seconds: Some(900),
            mfa_serial: Some("arn:mfa".to_owned()),
            ..AssumeRole::new("arn")
        };
        let mut everything = script(role.clone(), "http://127.0.0.1:1", Some("123456"));
        everything.exchange(
            |request| {
                assert_eq!(
                    form(request),
                    "Action=AssumeRole&Version=2011-06-15&RoleArn=arn&RoleSessionName=me&ExternalId=x%20y&DurationSeconds=900&SerialNumber=arn%3Amfa&TokenCode=123456"
                );
            },
            200,
            BODY,
        );
        assert!(everything.done().is_ok());
        let refused =
            |person| script(role.clone(), "http://127.0.0.1:1", person).done().unwrap_err().to_string();
        assert_eq!(
            refused(None),
            "assume-role credentials: the role arn requires a code of the MFA device arn:mfa: there is no prompt for it"
        );
        assert!(refused(Some("12345")).ends_with("the code is not six digits"));
    }

    #[test]
    fn errors_are_told_without_secrets() {
        let mut denied = plain("https://sts.test");
        denied.exchange(
            |_| {},
            403,
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no WALRUS\n here</Message></Error><RequestId>r</RequestId></ErrorResponse>",
        );
        assert_eq!(
            denied.done().unwrap_err().to_string(),
            "assume-role credentials: AssumeRole of https://sts.test failed: AccessDenied: no **redacted** here"
        );
        for (status, body, words) in [
            (200, "", "no credentials in the response: not XML"),
            (200, "<html>log in</html>", "it is an HTML page, perhaps of a proxy or a login portal"),
            (200, "<a/>", "AssumeRoleResponse is missing or empty"),
            (
                200,
                "<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>",
                "Credentials is missing or empty",
            ),
            (400, "SQUIRREL", "POST https://sts.test/ answered 400"),
        ] {
            let mut script = plain("https://sts.test");
            script.exchange(|_| {}, status, body);
            let error = script.done().unwrap_err().to_string();
            assert!(error.ends_with(words), "{error}");
        }
        for (from, to, words) in [
            ("SessionToken", "Token", "SessionToken is missing or empty"),
            ("2026-01-31T13:00:00Z", "soon", "Expiration must be a time such as 2026-01-31T12:00:00Z"),
            (
                "<AssumeRoleResponse",
                "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><AssumeRoleResponse",
                "not XML",
            ),
            (
                "13:00:00Z",
                "11:00:00Z",
                "they expired at 2026-01-31T11:00:00Z, and it is 2026-01-31T12:00:00Z here",
            ),
        ] {
            let mut script = plain("https://sts.test");
            script.exchange(|_| {}, 200, &BODY.replace(from, to));
            let error = script.done().unwrap_err().to_string();
            assert!(error.ends_with(words), "{error}");
        }
        assert_eq!(
            plain("http://sts.test").done().unwrap_err().to_string(),
            "assume-role credentials: refusing to send credentials to http://sts.test over plain HTTP"
        );
    }
}
