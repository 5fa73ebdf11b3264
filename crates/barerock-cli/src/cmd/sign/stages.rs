//! The stages of a signature, in the header or in the query.

use barerock::Endpoint;
use barerock_audit::{RawRequest, curl_line, presigned_curl_line};
use barerock_sigv4::{SignError, SigningSettings, parameter_name};

use super::{Sign, Signing, failure, input};
use crate::exit::Failure;

/// How long a presigned request is valid unless someone says otherwise, in seconds: as `aws s3 presign` has it.
const DEFAULT_EXPIRES_SECONDS: u64 = 3600;

/// Every stage of one signature. The session token is in it.
pub(super) struct Stages {
    pub(super) canonical_request: String,
    pub(super) string_to_sign: String,
    pub(super) signature: String,
    /// `None` where the signature is in the query.
    pub(super) authorization: Option<String>,
    pub(super) request: RawRequest,
    pub(super) curl: String,
}

impl Signing {
    /// Signs as the options say.
    pub(super) fn sign(&self, request: &RawRequest, arguments: &Sign) -> Result<Stages, Failure> {
        let expires = arguments.rules.query.then(|| expires(request, arguments)).transpose()?;
        self.stages(request, expires).map_err(|error| failure(error, input::with_line(&error, request)))
    }

    /// The signature by other rules.
    pub(super) fn signature_by(
        &self,
        request: &RawRequest,
        arguments: &Sign,
        settings: SigningSettings,
    ) -> Option<String> {
        let context = self.context_by(settings).ok()?;
        let signature = if arguments.rules.query {
            request.presign(expires(request, arguments).ok()?, &context).ok()?.0.signature().to_string()
        } else {
            request.sign(&context).ok()?.signature().to_string()
        };
        Some(signature)
    }

    fn stages(&self, request: &RawRequest, expires: Option<u64>) -> Result<Stages, SignError> {
        let context = self.context()?;
        let scheme = scheme(request);
        Ok(match expires {
            None => {
                let signed = request.sign(&context)?;
                Stages {
                    canonical_request: signed.canonical_request().to_owned(),
                    string_to_sign: signed.string_to_sign().to_owned(),
                    signature: signed.signature().to_string(),
                    authorization: Some(signed.authorization().to_owned()),
                    request: signed.request().clone(),
                    curl: curl_line(&signed, &context, scheme),
                }
            }
            Some(seconds) => {
                let (presigned, request) = request.presign(seconds, &context)?;
                Stages {
                    canonical_request: presigned.canonical_request().to_owned(),
                    string_to_sign: presigned.string_to_sign().to_owned(),
                    signature: presigned.signature().to_string(),
                    authorization: None,
                    curl: presigned_curl_line(&request, scheme),
                    request,
                }
            }
        })
    }
}

/// The validity in seconds: the option's, else that of the signature already in the request.
pub(super) fn expires(request: &RawRequest, arguments: &Sign) -> Result<u64, Failure> {
    match (arguments.expires, query_value(request, parameter_name::EXPIRES)) {
        (Some(seconds), _) => Ok(seconds.into()),
        (None, Some(seconds)) => seconds.parse().map_err(|_| {
            Failure::usage("--request, line 1: X-Amz-Expires is not a number of seconds")
                .with_hint(Some("Set it with --expires."))
        }),
        (None, None) => Ok(DEFAULT_EXPIRES_SECONDS),
    }
}

/// A parameter of the query, as it is sent.
pub(super) fn query_value<'a>(request: &'a RawRequest, name: &str) -> Option<&'a str> {
    let parameters = request.query().split('&').filter_map(|parameter| parameter.split_once('='));
    parameters.filter(|(found, _)| *found == name).map(|(_, value)| value).next()
}

/// By which scheme the request goes to its host: its own, else `http` on this machine and `https` elsewhere.
fn scheme(request: &RawRequest) -> &str {
    let is_loopback = || {
        let host = request.header("host").unwrap_or_default().trim();
        Endpoint::custom(&format!("http://{host}")).is_ok_and(|endpoint| endpoint.is_loopback())
    };
    request.scheme().unwrap_or_else(|| if is_loopback() { "http" } else { "https" })
}
