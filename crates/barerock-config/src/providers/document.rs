//! Credentials as JSON, in the forms of `credential_process`, containers and instances.

use std::time::SystemTime;

use barerock::sigv4::Credentials;

use super::json::Object;
use super::{ProvidedCredentials, time};

/// The names of the members.
pub(super) struct Names {
    pub(super) id: &'static str,
    pub(super) secret: &'static str,
    pub(super) token: &'static str,
}

/// Names with `AccessKeyId`, `SecretAccessKey`, and this name of the token.
pub(super) const fn names(token: &'static str) -> Names {
    Names { id: "AccessKeyId", secret: "SecretAccessKey", token }
}

/// Reads the credentials of an object; the error says what is wrong with it.
pub(super) fn credentials(object: &Object, names: &Names) -> Result<Credentials, String> {
    let token = object.text(names.token)?.map(str::to_owned);
    Ok(Credentials::new(object.required(names.id)?, object.required(names.secret)?, token))
}

/// Reads unexpired credentials with an optional `Expiration`.
pub(super) fn provided(
    object: &Object,
    token: &'static str,
    provider: &'static str,
    now: SystemTime,
) -> Result<ProvidedCredentials, String> {
    let provided = provided_of_any_age(object, token, provider)?;
    provided.usable(now).map_err(|expired| expired.to_string())
}

/// Like [`provided`], but accepts expired credentials.
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
