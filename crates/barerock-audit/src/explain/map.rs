//! The stages of a signature, tied to each other byte by byte.

use core::ops::Range;

use barerock_sigv4::header_name::{AUTHORIZATION, X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN};
use barerock_sigv4::{ApiKey, CredentialsRef, Secrets, SignError, SigningContext};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::canonical::{self, Made};
use super::parameters::{push_credential, push_query};
use super::request::{self, Inputs, Layout, is_body_hashed, of_request};
use super::rule;
use super::stage::{Origin, Stage, StageName};
use crate::raw::RawRequest;

/// Every stage of a signature, each byte with its origin in the stages before.
///
/// ```
/// use barerock_audit::{RawRequest, SignatureMap, StageName};
/// use barerock_sigv4::{CredentialsRef, SigningContext, SigningSettings, Timestamp};
///
/// let request = RawRequest::parse(b"GET /a:b HTTP/1.1\nHost:example.com\n\n")?;
/// let timestamp = Timestamp::parse("20150830T123600Z")?;
/// let credentials = CredentialsRef::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
/// let context =
///     SigningContext::new(credentials, &timestamp, "us-east-1", "bedrock", SigningSettings::default())?;
///
/// let map = SignatureMap::of_header(&request, &context)?;
/// let canonical = map.stage(StageName::CanonicalRequest);
/// assert!(canonical.bytes().starts_with(b"GET\n/a%3Ab\n"));
/// // The seventh byte begins the escape of the colon, which is the seventh byte of the request.
/// let escape = canonical.pieces().iter().find(|piece| piece.bytes() == (6..9)).unwrap();
/// assert_eq!(escape.origins()[0].bytes, 6..7);
/// assert_eq!(&map.stage(StageName::Request).bytes()[6..7], b":");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SignatureMap {
    pub(super) stages: Vec<Stage>,
    pub(super) form: Form,
    pub(super) secrets: Secrets,
}

/// Where the signature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Header,
    Query,
    ApiKey,
}

impl SignatureMap {
    /// The stages of a request that is signed in its `authorization` header.
    ///
    /// # Errors
    /// As [`sign_request`](barerock_sigv4::sign_request).
    pub fn of_header(request: &RawRequest, context: &SigningContext<'_>) -> Result<Self, SignError> {
        let signed = request.sign(context)?;
        let inputs = Inputs::of(context, None);
        let layout = Layout::of(request);
        let made = Made { request, layout: &layout, inputs: &inputs, context, is_in_query: false };
        let (canonical, names) = canonical::stage(signed.canonical_request(), &made);
        let signature = signed.signature().to_string();
        let add = |stage: &mut Stage| push_headers(stage, signed.request(), &made, &names);
        Ok(Self::of_stages(&made, canonical, signed.string_to_sign(), &signature, Form::Header, add))
    }

    /// The stages of a request that is signed in its query, for `expires_seconds`.
    ///
    /// # Errors
    /// As [`presign`](barerock_sigv4::presign).
    pub fn of_query(
        request: &RawRequest,
        expires_seconds: u64,
        context: &SigningContext<'_>,
    ) -> Result<Self, SignError> {
        let (presigned, sent) = request.presign(expires_seconds, context)?;
        let inputs = Inputs::of(context, Some(expires_seconds));
        let layout = Layout::of(request);
        let made = Made { request, layout: &layout, inputs: &inputs, context, is_in_query: true };
        let (canonical, _) = canonical::stage(presigned.canonical_request(), &made);
        let signature = presigned.signature().to_string();
        let add = |stage: &mut Stage| push_target(stage, &sent, &made);
        Ok(Self::of_stages(&made, canonical, presigned.string_to_sign(), &signature, Form::Query, add))
    }

    /// The stages of a short-term Bedrock API key, minted by `context` for `expires_seconds`: it is a presigned request in base64. Its
    /// signature is not shown, since the key is a secret.
    ///
    /// # Errors
    /// As [`presign`](barerock_sigv4::presign).
    pub fn of_api_key(
        key: &ApiKey,
        expires_seconds: u32,
        context: &SigningContext<'_>,
    ) -> Result<Self, SignError> {
        let request = request_of(key).ok_or(SignError::MissingHost)?;
        let mut map = Self::of_query(&request, expires_seconds.into(), context)?;
        map.form = Form::ApiKey;
        for stage in &mut map.stages {
            if stage.name == StageName::Signature {
                stage.hide(0..stage.bytes.len());
            }
            if stage.name == StageName::Signed {
                let signature = |piece: &super::Piece| piece.rule == rule::SIGNATURE;
                let hidden: Vec<_> =
                    stage.pieces.iter().filter(|piece| signature(piece)).map(|piece| piece.bytes()).collect();
                hidden.into_iter().for_each(|range| stage.hide(range));
            }
        }
        Ok(map)
    }

    fn of_stages(
        made: &Made<'_>,
        canonical: Stage,
        string_to_sign: &str,
        signature_text: &str,
        form: Form,
        add: impl FnOnce(&mut Stage),
    ) -> Self {
        let string_to_sign = push_string_to_sign(string_to_sign, &canonical, made);
        let (key, signing_key) = signing_key(made);
        let mut signature = Stage::new(StageName::Signature);
        signature.push(signature_text, vec![string_to_sign.whole(), signing_key], rule::SIGNATURE);
        let mut signed = Stage::new(StageName::Signed);
        add(&mut signed);
        let used: Vec<Origin> = canonical.pieces.iter().flat_map(|piece| piece.origins.clone()).collect();
        let request = request::stage(made.request, made.layout, made.context, made.is_in_query, &used);
        let inputs = made.inputs.stage.clone();
        let mut stages = vec![request, inputs, canonical, string_to_sign, key, signature, signed];
        let secrets = secrets_of(made.context.credentials());
        stages.iter_mut().for_each(|stage| stage.hide_secrets(&secrets));
        Self { stages, form, secrets }
    }

    /// The stages, in the order in which one is made of another.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// A stage by its name.
    ///
    /// # Panics
    /// Never: a map has every stage.
    #[must_use]
    pub fn stage(&self, name: StageName) -> &Stage {
        #[expect(clippy::expect_used, reason = "a map is made with every stage")]
        self.stages.iter().find(|stage| stage.name == name).expect("every stage")
    }
}

/// The request that a key is the signature of, without what the signature added.
fn request_of(key: &ApiKey) -> Option<RawRequest> {
    // Standard base64 has no '-'.
    let encoded = key.as_str().rsplit('-').next()?;
    let url = STANDARD.decode(encoded).ok()?;
    let (host, query) = core::str::from_utf8(&url).ok()?.split_once("/?")?;
    let own: Vec<&str> = query.split('&').take_while(|parameter| !parameter.starts_with("X-Amz-")).collect();
    let request = format!("POST /?{} HTTP/1.1\nhost:{host}\n\n", own.join("&"));
    RawRequest::parse(request.as_bytes()).ok()
}

/// What is hidden wherever it is echoed.
fn secrets_of(credentials: CredentialsRef<'_>) -> Secrets {
    [Some(credentials.secret_access_key()), credentials.session_token()].into_iter().flatten().collect()
}

fn push_string_to_sign(text: &str, canonical: &Stage, made: &Made<'_>) -> Stage {
    let mut stage = Stage::new(StageName::StringToSign);
    let mut lines = text.split('\n');
    let mut next = || lines.next().unwrap_or_default();
    stage.push(next(), Vec::new(), rule::ALGORITHM);
    stage.push("\n", Vec::new(), rule::LINE);
    stage.push_verbatim(next(), made.inputs.time.clone(), rule::TIME);
    stage.push("\n", Vec::new(), rule::LINE);
    push_scope(&mut stage, next(), made);
    stage.push("\n", Vec::new(), rule::LINE);
    stage.push(next(), vec![canonical.whole()], rule::REQUEST_HASH);
    stage
}

fn push_scope(stage: &mut Stage, scope: &str, made: &Made<'_>) {
    let inputs = made.inputs;
    let origins = [
        Some((&inputs.date, rule::DATE)),
        Some((&inputs.region, rule::REGION)),
        Some((&inputs.service, rule::SERVICE)),
    ];
    for (at, part) in scope.split('/').enumerate() {
        if at > 0 {
            stage.push("/", Vec::new(), rule::SCOPE_FORM);
        }
        match origins.get(at).cloned().flatten() {
            Some((origin, rule)) => stage.push_verbatim(part, origin.clone(), rule),
            None => stage.push(part, Vec::new(), rule::SCOPE_FORM),
        }
    }
}

/// The derivation, and its last line, the signing key.
fn signing_key(made: &Made<'_>) -> (Stage, Origin) {
    let inputs = made.inputs;
    let scope = made.context.scope();
    let mut stage = Stage::new(StageName::SigningKey);
    stage.push("kDate    = HMAC-SHA256(\"AWS4\" + ", Vec::new(), rule::KEY_FORM);
    stage.push(barerock_sigv4::REDACTED, vec![inputs.secret.clone()], rule::SECRET);
    let steps = [
        (", \"", scope.date(), Some((&inputs.date, rule::DATE))),
        ("kRegion  = HMAC-SHA256(kDate, \"", scope.region(), Some((&inputs.region, rule::REGION))),
        ("kService = HMAC-SHA256(kRegion, \"", scope.service(), Some((&inputs.service, rule::SERVICE))),
        ("kSigning = HMAC-SHA256(kService, \"", "aws4_request", None),
    ];
    let mut last = stage.whole();
    for (start, data, origin) in steps {
        last = stage.span(|stage| {
            stage.push(start, Vec::new(), rule::KEY_FORM);
            match origin {
                Some((origin, rule)) => stage.push_verbatim(data, origin.clone(), rule),
                None => stage.push(data, Vec::new(), rule::SCOPE_FORM),
            }
            stage.push("\")", Vec::new(), rule::KEY_FORM);
        });
        stage.push("\n", Vec::new(), rule::LABEL);
    }
    (stage, last)
}

/// The headers that the signature adds.
fn push_headers(stage: &mut Stage, signed: &RawRequest, made: &Made<'_>, names: &Range<usize>) {
    let inputs = made.inputs;
    for (name, value) in signed.headers().filter(|(name, _)| is_added(name, made)) {
        stage.push(format!("{name}:"), Vec::new(), rule::ADDED_NAME);
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        match &inputs.token {
            _ if is(X_AMZ_DATE) => stage.push_verbatim(value, inputs.time.clone(), rule::TIME),
            Some(token) if is(X_AMZ_SECURITY_TOKEN) => {
                let shown = stage.span(|stage| stage.push(value, vec![token.clone()], rule::TOKEN));
                stage.hide(shown.bytes);
            }
            _ if is(X_AMZ_CONTENT_SHA256) && is_body_hashed(made.context) => {
                stage.push(value, vec![of_request(made.layout.body.clone())], rule::BODY_HASH);
            }
            _ if is(AUTHORIZATION) => push_authorization(stage, value, made, names),
            _ => stage.push(value, Vec::new(), rule::NO_BODY_HASH),
        }
        stage.push("\n", Vec::new(), rule::LINE);
    }
}

fn is_added(name: &str, made: &Made<'_>) -> bool {
    name.eq_ignore_ascii_case(AUTHORIZATION) || request::is_replaced(name, made.context, false)
}

/// `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
fn push_authorization(stage: &mut Stage, value: &str, made: &Made<'_>, names: &Range<usize>) {
    let mut rest = value;
    for label in ["Credential=", "SignedHeaders=", "Signature="] {
        let Some((before, after)) = rest.split_once(label) else { break };
        stage.push(format!("{before}{label}"), Vec::new(), rule::AUTHORIZATION_FORM);
        let (part, after) =
            after.split_at_checked(after.find(',').unwrap_or(after.len())).unwrap_or((after, ""));
        match label {
            "Credential=" => push_credential(stage, part, made),
            "SignedHeaders=" => {
                let origin = Origin::new(StageName::CanonicalRequest, names.clone());
                stage.push_verbatim(part, origin, rule::SIGNED_NAMES);
            }
            _ => stage.push_verbatim(part, Origin::new(StageName::Signature, 0..part.len()), rule::SIGNATURE),
        }
        rest = after;
    }
    stage.push(rest, Vec::new(), rule::AUTHORIZATION_FORM);
}

/// The target to send: the path, and the query with its signature.
fn push_target(stage: &mut Stage, sent: &RawRequest, made: &Made<'_>) {
    stage.push_verbatim(sent.path(), of_request(made.layout.path.clone()), rule::PATH);
    stage.push("?", Vec::new(), rule::QUERY_FORM);
    push_query(stage, sent.query(), made);
}

#[cfg(test)]
mod tests {
    use barerock_sigv4::{Credentials, SigningSettings, Timestamp};

    use super::*;

    #[test]
    fn the_map_of_an_api_key_is_that_of_its_signature() {
        let credentials = Credentials::new("AKIDEXAMPLE", "a-secret-access-key", Some("a/token+".into()));
        let timestamp = Timestamp::parse("20150830T123600Z").unwrap();
        let key = ApiKey::mint(&credentials, "us-west-2", &timestamp, 600).unwrap();
        let settings = SigningSettings::default();
        let context =
            SigningContext::new(credentials.borrowed(), &timestamp, "us-west-2", "bedrock", settings)
                .unwrap();
        let map = SignatureMap::of_api_key(&key, 600, &context).unwrap();
        let url = STANDARD.decode(key.as_str().rsplit('-').next().unwrap()).unwrap();
        let signature = map.stage(StageName::Signature);
        assert!(url.windows(64).any(|window| window == signature.bytes()));
        assert_eq!(signature.shown(&signature.pieces()[0]).unwrap(), barerock_sigv4::REDACTED);
        let page = map.to_html("key", None);
        assert!(!page.contains(core::str::from_utf8(signature.bytes()).unwrap()));
        assert!(format!("{map:?}").len() < 2000 && !format!("{map:?}").contains("token"), "{map:?}");
    }
}
