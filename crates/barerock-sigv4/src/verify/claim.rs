//! Parsing of the signature of a received request, before it is verified.

use alloc::string::String;

use ::http::Uri;
use ::http::header::{AUTHORIZATION, HeaderMap};
use zeroize::Zeroizing;

use super::VerifyError;
use crate::key::Signature;
use crate::names::{header_name, parameter_name};
use crate::settings::MAX_EXPIRES_SECONDS;
use crate::sign::ALGORITHM;
use crate::uri::{decoded, parameters};
use crate::{CredentialScope, Timestamp};

/// Place of the signature.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// In the `authorization` header.
    Header,
    /// In the query.
    Query { expires_seconds: u32 },
}

/// Parts of the signature, parsed but not verified.
pub(super) struct Claim {
    pub(super) form: Form,
    pub(super) access_key_id: String,
    pub(super) timestamp: Timestamp,
    pub(super) session_token: Option<Zeroizing<String>>,
    pub(super) signature: Signature,
    /// Known to parse.
    scope: String,
    signed_headers: String,
}

impl Claim {
    pub(super) fn read(uri: &Uri, headers: &HeaderMap) -> Result<Self, VerifyError> {
        let query = uri.query().unwrap_or_default();
        let is_in_query = parameters(query).any(|(name, _)| name == parameter_name::ALGORITHM);
        match (headers.contains_key(AUTHORIZATION), is_in_query) {
            (false, false) => Err(VerifyError::MissingSignature),
            (true, true) => {
                Err(malformed("a signature in the authorization header and another in the query"))
            }
            (true, false) => Self::read_header(headers),
            (false, true) => Self::read_query(query),
        }
    }

    fn read_header(headers: &HeaderMap) -> Result<Self, VerifyError> {
        let value = one_header(headers, AUTHORIZATION.as_str(), "more than one authorization header")?
            .ok_or(VerifyError::MissingSignature)?;
        let (algorithm, fields) = value.trim().split_once(' ').unwrap_or((value, ""));
        check_algorithm(algorithm)?;
        let [mut credential, mut signed_headers, mut signature] = [None; 3];
        for field in fields.split(',').map(str::trim) {
            let slot = match field.split_once('=') {
                Some(("Credential", value)) => (&mut credential, value),
                Some(("SignedHeaders", value)) => (&mut signed_headers, value),
                Some(("Signature", value)) => (&mut signature, value),
                _ => {
                    return Err(malformed(
                        "the authorization header has something besides Credential, SignedHeaders and Signature",
                    ));
                }
            };
            if slot.0.replace(slot.1).is_some() {
                return Err(malformed("the authorization header names something twice"));
            }
        }
        let date = one_header(headers, header_name::X_AMZ_DATE, "more than one x-amz-date header")?;
        let token = one_header(
            headers,
            header_name::X_AMZ_SECURITY_TOKEN,
            "more than one x-amz-security-token header",
        )?;
        Self::of_fields(
            Form::Header,
            credential.ok_or_else(|| malformed("the authorization header has no Credential"))?,
            date.ok_or_else(|| malformed("there is no x-amz-date header"))?,
            signed_headers.ok_or_else(|| malformed("the authorization header has no SignedHeaders"))?,
            signature.ok_or_else(|| malformed("the authorization header has no Signature"))?,
            token.map(|token| Zeroizing::new(token.into())),
        )
    }

    fn read_query(query: &str) -> Result<Self, VerifyError> {
        let required = |name, missing| one_parameter(query, name)?.ok_or_else(|| malformed(missing));
        check_algorithm(&required(parameter_name::ALGORITHM, "the query has no X-Amz-Algorithm")?)?;
        let expires = required(parameter_name::EXPIRES, "the query has no X-Amz-Expires")?;
        let expires_seconds = expires
            .parse()
            .ok()
            .filter(|seconds| (1..=MAX_EXPIRES_SECONDS).contains(seconds))
            .ok_or_else(|| malformed("X-Amz-Expires is not a number of seconds up to seven days"))?;
        Self::of_fields(
            Form::Query { expires_seconds },
            &required(parameter_name::CREDENTIAL, "the query has no X-Amz-Credential")?,
            &required(parameter_name::DATE, "the query has no X-Amz-Date")?,
            &required(parameter_name::SIGNED_HEADERS, "the query has no X-Amz-SignedHeaders")?,
            &required(parameter_name::SIGNATURE, "the query has no X-Amz-Signature")?,
            one_parameter(query, parameter_name::SECURITY_TOKEN)?.map(Zeroizing::new),
        )
    }

    fn of_fields(
        form: Form,
        credential: &str,
        date: &str,
        signed_headers: &str,
        signature: &str,
        session_token: Option<Zeroizing<String>>,
    ) -> Result<Self, VerifyError> {
        let (access_key_id, scope) = credential
            .split_once('/')
            .filter(|(id, scope)| !id.is_empty() && CredentialScope::parse(scope).is_some())
            .ok_or_else(|| malformed("the Credential is not KEY-ID/DATE/REGION/SERVICE/aws4_request"))?;
        let timestamp = Timestamp::parse(date)
            .map_err(|_form| malformed("the date is not of the form 20150830T123600Z"))?;
        let is_name = |name: &str| !name.is_empty() && !name.bytes().any(|byte| byte.is_ascii_uppercase());
        if !signed_headers.split(';').all(is_name) {
            return Err(malformed("SignedHeaders is not a list of lowercase names separated by ';'"));
        }
        let signature = Signature::parse(signature)
            .ok_or_else(|| malformed("the Signature is not of 64 hexadecimal digits"))?;
        Ok(Self {
            form,
            access_key_id: access_key_id.into(),
            timestamp,
            session_token,
            signature,
            scope: scope.into(),
            signed_headers: signed_headers.into(),
        })
    }

    pub(super) fn scope(&self) -> CredentialScope<'_> {
        // `of_fields` has parsed it before.
        CredentialScope::parse(&self.scope).unwrap_or(CredentialScope::EMPTY)
    }

    pub(super) fn signed_headers(&self) -> impl Iterator<Item = &str> {
        self.signed_headers.split(';')
    }

    pub(super) fn signs(&self, name: &str) -> bool {
        self.signed_headers().any(|signed| signed == name)
    }
}

fn malformed(what: &'static str) -> VerifyError {
    VerifyError::Malformed { what }
}

fn check_algorithm(algorithm: &str) -> Result<(), VerifyError> {
    if algorithm == ALGORITHM { Ok(()) } else { Err(VerifyError::UnsupportedAlgorithm) }
}

fn one_header<'h>(
    headers: &'h HeaderMap,
    name: &str,
    twice: &'static str,
) -> Result<Option<&'h str>, VerifyError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(malformed(twice));
    }
    value.to_str().map(Some).map_err(|_odd| malformed("a header of the signature is not ASCII"))
}

fn one_parameter(query: &str, name: &str) -> Result<Option<String>, VerifyError> {
    let mut values = parameters(query).filter(|(found, _)| *found == name).map(|(_, value)| value);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(malformed("a query parameter of the signature is given twice"));
    }
    String::from_utf8(decoded(value).collect())
        .map(Some)
        .map_err(|_odd| malformed("a query parameter of the signature is not UTF-8"))
}
