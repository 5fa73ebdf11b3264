//! Authentication of a request: a signature, a Bedrock API key, or none.

use core::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use barerock_converse::Endpoint;
use barerock_sigv4::{BEARER, Credentials, Secrets, Signed, Signer, Timestamp};
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request};

use crate::call_context::CallContext;
use crate::client::{ClientState, lock};
use crate::credentials::{
    CredentialsError, EXPIRED_HINT, ExpiredCredentials, ProvideCredentials, ProvidedCredentials,
};
use crate::error::Error;
use crate::observe::Stage;
use crate::skew::ClockSkew;
use crate::transport::LocalTransport;

/// How requests are authenticated.
#[derive(Debug, Clone)]
pub(crate) enum Auth {
    /// Signature Version 4 with the credentials of a provider.
    SigV4(Arc<dyn ProvideCredentials>),
    /// A Bedrock API key, as the value of the header `authorization`.
    Bearer(HeaderValue),
    /// Not at all, for an endpoint that needs no authentication or adds it.
    Unsigned,
}

/// The authentication one attempt was sent with.
#[derive(Debug, Clone, Default)]
pub(crate) enum AppliedAuth {
    SigV4(Credentials),
    Bearer(HeaderValue),
    #[default]
    Unsigned,
}

impl<T: LocalTransport> ClientState<T> {
    /// Authenticates a request that is otherwise complete.
    pub(crate) async fn authenticate(
        &self,
        context: &mut CallContext,
        request: &mut Request<Bytes>,
        skew: ClockSkew,
    ) -> Result<(), Error> {
        if self.is_plaintext {
            self.auth.require_plaintext_allowed(&self.endpoint)?;
        }
        let (applied, signed) = match &self.auth {
            Auth::SigV4(provider) => {
                let provided = provider.provide().await?;
                let now = skew.apply(self.now());
                let expired = provided.expired(now);
                // The service would reject them.
                let name = provided.provider;
                let provided = provided.usable(now).map_err(|expired| {
                    CredentialsError::invalid(name, expired.to_string()).with_hint(EXPIRED_HINT)
                })?;
                let signed = sign(request, &self.signer, &provided.credentials, now)?;
                context.observe(&Stage::Credentials {
                    provider: provided.provider,
                    access_key_id: provided.credentials.access_key_id(),
                    expires_at: provided.expires_at,
                });
                self.observe_expiry(context, &provided, expired);
                (AppliedAuth::SigV4(provided.credentials), Some(signed))
            }
            Auth::Bearer(value) => {
                request.headers_mut().insert(&AUTHORIZATION, value.clone());
                (AppliedAuth::Bearer(value.clone()), None)
            }
            Auth::Unsigned => (AppliedAuth::Unsigned, None),
        };
        if context.is_observed() {
            let (attempt, max_attempts) = (context.attempts, self.retries.max_attempts());
            let (signed, secrets) = (signed.as_ref(), &applied.secrets());
            context.observe(&Stage::Sending { attempt, max_attempts, request, signed, secrets });
        }
        context.applied = applied;
        Ok(())
    }

    /// Tells the observer once that expired credentials are used.
    fn observe_expiry(
        &self,
        context: &CallContext,
        provided: &ProvidedCredentials,
        expired: Option<ExpiredCredentials>,
    ) {
        let known = self.uses_expired.swap(expired.is_some(), Ordering::Relaxed);
        if let Some(ExpiredCredentials { expired_at, .. }) = expired.filter(|_| !known) {
            let reason = provided.refresh_error.as_deref();
            let provider = provided.provider;
            context.observe(&Stage::ExpiredCredentials { provider, expired_at, reason });
        }
    }
}

fn sign(
    request: &mut Request<Bytes>,
    signer: &Mutex<Signer>,
    credentials: &Credentials,
    now: std::time::SystemTime,
) -> Result<Signed, Error> {
    let now = Timestamp::try_from(now).map_err(|_| Error::clock())?;
    Ok(lock(signer).sign_http(request, credentials, now)?)
}

impl Auth {
    /// A Bedrock API key, long-term or short-term.
    pub(crate) fn bearer(token: &str) -> Result<Self, Error> {
        let mut value =
            HeaderValue::try_from(format!("{BEARER}{token}")).map_err(|_| Error::bearer_token())?;
        value.set_sensitive(true);
        Ok(Self::Bearer(value))
    }

    /// Fails if requests carry an API key or session token, which plain HTTP would show to the network.
    pub(crate) fn require_plaintext_allowed(&self, endpoint: &Endpoint) -> Result<(), Error> {
        if matches!(self, Self::Unsigned) { Ok(()) } else { Err(Error::plaintext(endpoint)) }
    }

    /// Tells the provider that the service rejected these credentials, so that it gets others.
    pub(crate) fn refused(&self, credentials: &Credentials) {
        if let Self::SigV4(provider) = self {
            provider.refused(credentials);
        }
    }
}

impl AppliedAuth {
    /// The secrets of this authentication, which the service may echo.
    pub(crate) fn secrets(&self) -> Secrets {
        match self {
            Self::SigV4(credentials) => Secrets::from(credentials),
            Self::Bearer(value) => value.as_bytes().strip_prefix(BEARER.as_bytes()).into_iter().collect(),
            Self::Unsigned => Secrets::new(),
        }
    }
}
