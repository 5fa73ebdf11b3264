//! How a request proves whose it is.

use std::sync::{Arc, Mutex};

use barerock_converse::Endpoint;
use barerock_sigv4::{Credentials, Secrets, Signed, Signer, Timestamp};
use bytes::Bytes;
use http::HeaderValue;
use http::header::AUTHORIZATION;

use crate::client::lock;
use crate::credentials::{ProvideCredentials, ProvidedCredentials};
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

/// How a request was proved to be ours.
pub(crate) enum Proof {
    /// By a signature.
    SigV4(ProvidedCredentials),
    /// By a key that is sent along.
    Bearer(HeaderValue),
    /// Not at all.
    None,
}

/// What stands before a Bedrock API key.
const BEARER: &str = "Bearer ";

impl Auth {
    /// A Bedrock API key, long-term or short-term.
    pub(crate) fn bearer(token: &str) -> Result<Self, Error> {
        let mut value =
            HeaderValue::try_from(format!("{BEARER}{token}")).map_err(|_| Error::bearer_token())?;
        value.set_sensitive(true);
        Ok(Self::Bearer(value))
    }

    /// Fails if a proof is sent: on a plain connection, whoever reads along could use the key, or the session token.
    pub(crate) fn must_be_open(&self, endpoint: &Endpoint) -> Result<(), Error> {
        if matches!(self, Self::Unsigned) { Ok(()) } else { Err(Error::plaintext(endpoint)) }
    }

    /// Adds the proof to a request that is complete otherwise, and shows the stages of a signature.
    pub(crate) async fn apply(
        &self,
        request: &mut http::Request<Bytes>,
        signer: &Mutex<Signer>,
        now: impl FnOnce() -> Result<Timestamp, Error>,
    ) -> Result<(Proof, Option<Signed>), Error> {
        match self {
            Self::SigV4(provider) => {
                let provided = provider.provide().await?;
                let now = now()?;
                // A panic elsewhere leaves at worst a stale key behind, which the signer checks.
                let signed = lock(signer).sign_http(request, &provided.credentials, now)?;
                Ok((Proof::SigV4(provided), Some(signed)))
            }
            Self::Bearer(value) => {
                request.headers_mut().insert(&AUTHORIZATION, value.clone());
                Ok((Proof::Bearer(value.clone()), None))
            }
            Self::Unsigned => Ok((Proof::None, None)),
        }
    }

    /// Tells the provider that the service takes these credentials no more, so that it gets others.
    pub(crate) fn refused(&self, credentials: &Credentials) {
        if let Self::SigV4(provider) = self {
            provider.refused(credentials);
        }
    }
}

impl Proof {
    /// The secrets of this proof, which a peer may echo.
    pub(crate) fn secrets(&self) -> Secrets {
        match self {
            Self::SigV4(provided) => Secrets::from(&provided.credentials),
            Self::Bearer(value) => value.as_bytes().strip_prefix(BEARER.as_bytes()).into_iter().collect(),
            Self::None => Secrets::new(),
        }
    }
}
