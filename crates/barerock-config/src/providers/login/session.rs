//! The file in which `aws login` saves a session.

use core::time::Duration;
use std::path::PathBuf;
use std::time::SystemTime;

use barerock::sigv4::Credentials;
use bytes::Bytes;
use serde_json::json;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::super::document::{self, Names};
use super::super::json::Object;
use super::super::{ProvidedCredentials, time};
use super::PROVIDER;

const ACCESS_TOKEN: &str = "accessToken";
const REFRESH_TOKEN: &str = "refreshToken";
const EXPIRES_AT: &str = "expiresAt";
const NAMES: Names = Names { id: "accessKeyId", secret: "secretAccessKey", token: "sessionToken" };

/// The name of a session's file: the SHA-256 of the value of `login_session` in lower-case hexadecimal, as in botocore.
pub(super) fn file_name(session: &str) -> String {
    let mut name = String::new();
    for byte in Sha256::digest(session) {
        name.push_str(&format!("{byte:02x}"));
    }
    name + ".json"
}

/// The contents of a session's file.
pub(super) struct Session {
    pub(super) path: PathBuf,
    /// The time the credentials expire.
    pub(super) expires_at: SystemTime,
    credentials: Credentials,
    /// All members except `accessToken`.
    rest: Object,
    /// The member `accessToken`.
    access: Object,
}

impl Session {
    /// Parses the content of the file. Members that only a refresh needs may be missing.
    pub(super) fn parse(path: PathBuf, content: &[u8]) -> Result<Self, String> {
        let mut rest = Object::parse(content)?;
        let access = rest.object(ACCESS_TOKEN)?;
        let credentials = credentials(&access)?;
        let expires_at = time::parse(access.required(EXPIRES_AT)?)
            .ok_or_else(|| format!("{EXPIRES_AT} must be {}", time::FORM))?;
        Ok(Self { path, expires_at, credentials, rest, access })
    }

    /// The credentials of the file, expired or not.
    pub(super) fn provided(&self) -> ProvidedCredentials {
        ProvidedCredentials::new(self.credentials.clone(), PROVIDER).expires_at(self.expires_at)
    }

    /// A member that a refresh needs.
    pub(super) fn required(&self, name: &str) -> Result<&str, String> {
        self.rest.required(name)
    }

    /// The body of CreateOAuth2Token.
    pub(super) fn token_request(&self) -> Result<Bytes, String> {
        let body = json!({
            "clientId": self.required("clientId")?,
            "grantType": "refresh_token",
            REFRESH_TOKEN: self.required(REFRESH_TOKEN)?,
        });
        Ok(Bytes::from(body.to_string()))
    }

    /// The secrets of the session, which a response may echo.
    pub(super) fn secrets(&self) -> Vec<&str> {
        let of_rest = [REFRESH_TOKEN, "dpopKey", "idToken"].map(|name| self.rest.text(name));
        let of_access = [NAMES.secret, NAMES.token].map(|name| self.access.text(name));
        of_rest.into_iter().chain(of_access).filter_map(|text| text.ok().flatten()).collect()
    }

    /// The credentials of a response to CreateOAuth2Token, and the file with them.
    pub(super) fn renewed(
        &self,
        response: &[u8],
        now: SystemTime,
    ) -> Result<(ProvidedCredentials, Zeroizing<Vec<u8>>), String> {
        let mut response = Object::parse(response)?;
        let new = response.object(ACCESS_TOKEN)?;
        let credentials = credentials(&new)?;
        let life = response.integer("expiresIn")?;
        let life = u64::try_from(life).ok().filter(|life| *life > 0).ok_or("expiresIn is not positive")?;
        let expires_at = now.checked_add(Duration::from_secs(life)).ok_or("expiresIn is too large")?;

        let mut file = Object::parse(&Zeroizing::new(self.rest.to_bytes()))?;
        let mut access = Object::parse(&Zeroizing::new(self.access.to_bytes()))?;
        for name in [NAMES.id, NAMES.secret, NAMES.token] {
            access.set(name, new.required(name)?);
        }
        access.set(EXPIRES_AT, &time::format(expires_at));
        file.put(ACCESS_TOKEN, access);
        if let Some(refresh_token) = response.text(REFRESH_TOKEN)? {
            file.set(REFRESH_TOKEN, refresh_token);
        }
        let provided = ProvidedCredentials::new(credentials, PROVIDER).expires_at(expires_at);
        Ok((provided, Zeroizing::new(file.to_bytes())))
    }
}

/// The credentials of a member `accessToken`, which are temporary.
fn credentials(access: &Object) -> Result<Credentials, String> {
    access.required(NAMES.token)?;
    document::credentials(access, &NAMES)
}
