//! The JSON document that processes, containers and instances give credentials in.

use std::time::SystemTime;

use barerock::sigv4::Credentials;

use super::json::Object;
use super::{ProvidedCredentials, time};

/// What members are called.
pub(super) struct Names {
    pub(super) id: &'static str,
    pub(super) secret: &'static str,
    pub(super) token: &'static str,
}

/// `AccessKeyId`, `SecretAccessKey`, and what the token is called.
pub(super) const fn names(token: &'static str) -> Names {
    Names { id: "AccessKeyId", secret: "SecretAccessKey", token }
}

/// The credentials in an object, or what is wrong with it.
pub(super) fn credentials(object: &Object, names: &Names) -> Result<Credentials, String> {
    let token = object.text(names.token)?.map(str::to_owned);
    Ok(Credentials::new(object.required(names.id)?, object.required(names.secret)?, token))
}

/// The credentials of a document with `Expiration`, which may be missing.
pub(super) fn provided(
    object: &Object,
    token: &'static str,
    provider: &'static str,
    now: SystemTime,
) -> Result<ProvidedCredentials, String> {
    let provided = provided_of_any_age(object, token, provider)?;
    provided.usable(now).map_err(|expired| expired.to_string())
}

/// The same, expired or not.
pub(super) fn provided_of_any_age(
    object: &Object,
    token: &'static str,
    provider: &'static str,
) -> Result<ProvidedCredentials, String> {
    let credentials = credentials(object, &names(token))?;
    let expires_at = match object.text("Expiration")? {
        Some(text) => Some(time::parse(text).ok_or_else(|| format!("Expiration must be {}", time::FORM))?),
        None => None,
    };
    Ok(ProvidedCredentials::new(credentials, provider).expires_at(expires_at))
}
