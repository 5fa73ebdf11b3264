//! How a request proves whose it is.

use std::sync::{Arc, Mutex, PoisonError};

use barerock_converse::Endpoint;
use barerock_sigv4::{Credentials, Signer, Timestamp};
use bytes::Bytes;
use http::HeaderValue;
use http::header::AUTHORIZATION;

use crate::credentials::ProvideCredentials;
use crate::error::Error;

/// A way to prove whose a request is.
#[derive(Debug, Clone)]
pub(crate) enum Auth {
    /// Signature Version 4 with the credentials of a provider.
    SigV4(Arc<dyn ProvideCredentials>),
    /// A Bedrock API key.
    Bearer(HeaderValue),
    /// None, for an endpoint that adds it or asks for none.
    Unsigned,
}

impl Auth {
    /// A Bedrock API key, long-term or short-term.
    pub(crate) fn bearer(token: &str) -> Result<Self, Error> {
        let mut value =
            HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| Error::bearer_token())?;
        value.set_sensitive(true);
        Ok(Self::Bearer(value))
    }

    /// Adds the proof to a request that is complete otherwise, and says with which credentials if it signed.
    pub(crate) async fn apply(
        &self,
        request: &mut http::Request<Bytes>,
        endpoint: &Endpoint,
        signer: &Mutex<Signer>,
        now: impl FnOnce() -> Result<Timestamp, Error>,
    ) -> Result<Option<Credentials>, Error> {
        // Whoever reads along on a plain connection could use the key, or the session token.
        let in_the_clear = !endpoint.is_https() && !endpoint.is_loopback();
        if in_the_clear && !matches!(self, Self::Unsigned) {
            return Err(Error::plaintext(endpoint));
        }
        match self {
            Self::SigV4(provider) => {
                let provided = provider.provide().await?;
                let now = now()?;
                // A panic elsewhere leaves at worst a stale key behind, which the signer checks.
                let mut signer = signer.lock().unwrap_or_else(PoisonError::into_inner);
                signer.sign_http(request, &provided.credentials, now)?;
                return Ok(Some(provided.credentials));
            }
            Self::Bearer(value) => {
                request.headers_mut().insert(&AUTHORIZATION, value.clone());
            }
            Self::Unsigned => {}
        }
        Ok(None)
    }

    /// Tells the provider that the service takes these credentials no more, so that it gets others.
    pub(crate) fn refused(&self, credentials: &Credentials) {
        if let Self::SigV4(provider) = self {
            provider.refused(credentials);
        }
    }
}
