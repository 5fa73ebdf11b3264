//! The stages of a request's signature, where the recording kept its scope.

use barerock_sigv4::{
    CanonicalRequest, CredentialsRef, PayloadHash, Request, SigningContext, SigningSettings, Timestamp,
    header_name,
};

use super::{Compare, Ignored};
use crate::exchange::RecordedRequest;

/// Compares the stages of two signatures. A request without a readable `authorization` header has none.
pub(super) fn compare(
    compare: &mut Compare<'_>,
    a: &RecordedRequest,
    b: &RecordedRequest,
    is_same_body: bool,
) {
    let (Some(a_claim), Some(b_claim)) = (Claim::of(a), Claim::of(b)) else { return };
    for ((name, why, a), (_, _, b)) in a_claim.parts().into_iter().zip(b_claim.parts()) {
        compare.texts(why, &format!("request.signature.{name}"), Some(a), Some(b));
    }
    let (Some(a), Some(b)) = (canonical_request(a, &a_claim), canonical_request(b, &b_claim)) else { return };
    for ((place, a), (_, b)) in parts(&a).into_iter().zip(parts(&b)) {
        let why = (place == "payload-hash" && is_same_body).then_some(Ignored::Length);
        compare.texts(why, &format!("request.signature.canonical-request.{place}"), a, b);
    }
}

/// What an `authorization` header says.
struct Claim<'r> {
    algorithm: &'r str,
    access_key_id: &'r str,
    date: &'r str,
    region: &'r str,
    service: &'r str,
    signed_headers: &'r str,
    signature: &'r str,
}

impl<'r> Claim<'r> {
    fn of(request: &'r RecordedRequest) -> Option<Self> {
        let value = header(request, header_name::AUTHORIZATION)?;
        let (algorithm, rest) =
            value.split_once(' ').filter(|(algorithm, _)| algorithm.starts_with("AWS4-"))?;
        let part = |name: &str| {
            rest.split(',').map(str::trim).find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
        };
        let mut scope = part("Credential")?.splitn(5, '/');
        let (access_key_id, date, region, service) =
            (scope.next()?, scope.next()?, scope.next()?, scope.next()?);
        Some(Self {
            algorithm,
            access_key_id,
            date,
            region,
            service,
            signed_headers: part("SignedHeaders")?,
            signature: part("Signature").unwrap_or_default(),
        })
    }

    fn parts(&self) -> [(&'static str, Option<Ignored>, &'r str); 7] {
        [
            ("algorithm", None, self.algorithm),
            ("access-key-id", None, self.access_key_id),
            ("date", Some(Ignored::Date), self.date),
            ("region", None, self.region),
            ("service", None, self.service),
            ("signed-headers", None, self.signed_headers),
            ("signature", Some(Ignored::Signature), self.signature),
        ]
    }
}

fn header<'r>(request: &'r RecordedRequest, name: &str) -> Option<&'r str> {
    let found = request.headers().iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// The canonical request of the headers that the claim names, token blanked. The key has no part in it.
fn canonical_request(request: &RecordedRequest, claim: &Claim<'_>) -> Option<String> {
    let timestamp = Timestamp::parse(header(request, header_name::X_AMZ_DATE)?.trim()).ok()?;
    let credentials = CredentialsRef::new(claim.access_key_id, "-", None);
    let context =
        SigningContext::new(credentials, &timestamp, claim.region, claim.service, SigningSettings::default())
            .ok()?;
    let is_named =
        |name: &str| claim.signed_headers.split(';').any(|signed| signed.eq_ignore_ascii_case(name));
    let headers: Vec<(&str, &[u8])> = request
        .headers()
        .iter()
        .filter(|(name, _)| is_named(name))
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let target = request.target()?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let raw = Request::new(request.method().as_str(), path, query, &headers);
    let payload = PayloadHash::of(request.body());
    Some(CanonicalRequest::new(&raw, &payload, &context).ok()?.redacted().to_string())
}

/// The parts of a canonical request that the heads do not show already.
fn parts(canonical_request: &str) -> [(&'static str, Option<&str>); 3] {
    let mut lines = canonical_request.lines().skip(1);
    [("path", lines.next()), ("query", lines.next()), ("payload-hash", canonical_request.lines().last())]
}
