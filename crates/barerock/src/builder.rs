//! Setting up a client.

use core::fmt;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use barerock_sigv4::Signer;

use crate::auth::Auth;
use crate::client::{Client, Inner, SIGNING_NAME};
use crate::client_settings::ClientSettings;
use crate::credentials::{EnvironmentProvider, ProvideCredentials};
use crate::environment::Environment;
use crate::error::Error;
use crate::observe::Observe;
use crate::retry::{Retries, RetryPolicy, SharedRetries};
use crate::time::{Clock, system_clock};
use crate::timeout::Timeouts;
use crate::transport::Transport;

/// The longest answer to Converse that is read; images as base64 fit in.
const MAX_RESPONSE: usize = 64 * 1024 * 1024;

/// Sets up a [`Client`]. What is set in code beats what the environment says.
pub struct ClientBuilder<T> {
    transport: Arc<T>,
    environment: Environment,
    settings: ClientSettings,
    region: Option<String>,
    endpoint_url: Option<String>,
    auth: Option<Result<Auth, Error>>,
    timeouts: Timeouts,
    max_response: usize,
    validates: bool,
    retry: Option<RetryPolicy>,
    seed: Option<u64>,
    clock: Clock,
    corrects_skew: Option<bool>,
    plaintext_hosts: Vec<String>,
    observer: Option<Arc<dyn Observe>>,
}

impl<T: Transport> ClientBuilder<T> {
    pub(crate) fn new(transport: T) -> Self {
        Self {
            transport: Arc::new(transport),
            environment: Environment::default(),
            settings: ClientSettings::default(),
            region: None,
            endpoint_url: None,
            auth: None,
            timeouts: Timeouts::default(),
            max_response: MAX_RESPONSE,
            validates: true,
            retry: None,
            seed: None,
            clock: system_clock(),
            corrects_skew: None,
            plaintext_hosts: Vec::new(),
            observer: None,
        }
    }

    /// The environment variables to take settings and credentials from that code does not set. Empty if unset.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.settings = ClientSettings::from_env(&environment);
        self.environment = environment;
        self
    }

    /// The settings to use that code does not set, before or after, such as those of a `barerock_config::Config`.
    #[must_use]
    pub fn settings(mut self, settings: ClientSettings) -> Self {
        self.settings = settings;
        self
    }

    /// The transport of the client to be, which credentials providers can share.
    #[must_use]
    pub fn transport(&self) -> &Arc<T> {
        &self.transport
    }

    /// The region to call and to sign for; else `AWS_REGION`, else `AWS_DEFAULT_REGION`.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// An endpoint of your own; else `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`, else `AWS_ENDPOINT_URL`, else the service's
    /// own for the region.
    #[must_use]
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(url.into());
        self
    }

    /// Signs requests with these credentials, or with those a provider gives. It is asked before every request and nothing is
    /// kept: wrap a provider that asks others in [`CachedCredentials`](crate::credentials::CachedCredentials);
    /// [`Credentials`](crate::Credentials) and [`EnvironmentProvider`] need none.
    #[must_use]
    pub fn credentials(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.auth = Some(Ok(Auth::SigV4(Arc::new(provider))));
        self
    }

    /// Sends this Bedrock API key instead of a signature; else that of `AWS_BEARER_TOKEN_BEDROCK`.
    #[must_use]
    pub fn bearer_token(mut self, token: &str) -> Self {
        self.auth = Some(Auth::bearer(token));
        self
    }

    /// Signs nothing, for an endpoint that does it itself or needs no signature.
    #[must_use]
    pub fn no_sign_request(mut self) -> Self {
        self.auth = Some(Ok(Auth::Unsigned));
        self
    }

    /// How long to wait for what.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// The longest answer to Converse that is read, in bytes; 64 MiB if unset. Streams have no such limit: they are
    /// never held whole.
    #[must_use]
    pub fn max_response(mut self, bytes: usize) -> Self {
        self.max_response = bytes;
        self
    }

    /// Sends requests without checking them against the service model first, as when the service takes more than it
    /// did when this crate was written. Without the feature `validation` none is checked, and the rules are not linked.
    #[must_use]
    pub fn no_validation(mut self) -> Self {
        self.validates = false;
        self
    }

    /// Sends requests again that failed for a reason that may pass, signed afresh: those the service throttled, its own
    /// errors (500, 502, 503, 504, a model that is not ready) and those without an answer. If unset, as `AWS_RETRY_MODE` and
    /// `AWS_MAX_ATTEMPTS` say, else [`RetryPolicy::standard`]. A stream that has begun is never begun again, so no text comes
    /// twice.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Makes the waits between attempts, and the ids of calls, the same at each run: for tests.
    #[must_use]
    pub fn random_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Whether to sign by the service's clock where this machine's is wrong, as answers tell; a request that was refused
    /// for it is sent once more. They do if unset, unless `AWS_DISABLE_CLOCK_SKEW_CORRECTION` says otherwise.
    #[must_use]
    pub fn clock_skew_correction(mut self, corrects: bool) -> Self {
        self.corrects_skew = Some(corrects);
        self
    }

    /// Sends credentials and bearer keys to this host even over plain http, where whoever is on the way can read the key, or
    /// the session token, and the conversation: for a proxy or an emulator in a network you trust. The name is compared as
    /// the endpoint's URL has it, without a port. This machine needs no permission.
    #[must_use]
    pub fn allow_plaintext_to(mut self, host: impl Into<String>) -> Self {
        self.plaintext_hosts.push(host.into());
        self
    }

    /// Lets someone look on at every stage of every call.
    #[must_use]
    pub fn observe(mut self, observer: Arc<dyn Observe>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The client.
    ///
    /// # Errors
    /// If there is no region, the endpoint is none, or a setting is not what it must be.
    pub fn build(self) -> Result<Client<T>, Error> {
        let settings = self.settings;
        let (region, endpoint) = settings.endpoint.resolve(self.region, self.endpoint_url)?;
        let policy = self.retry.map_or(settings.retry, Ok)?;
        let corrects_skew = self.corrects_skew.map_or(settings.clock_skew_correction, Ok)?;
        let settings_auth = match (settings.bearer_token, settings.credentials) {
            (Some(token), _) => Some(Auth::bearer(&token)),
            (None, Some(provider)) => Some(Ok(Auth::SigV4(provider))),
            (None, None) => None,
        };
        let auth = match self.auth.or(settings_auth) {
            Some(auth) => auth?,
            None => {
                let clock = Arc::clone(&self.clock);
                let provider = EnvironmentProvider::new(self.environment);
                Auth::SigV4(Arc::new(provider.clock(move || clock())))
            }
        };
        let is_allowed = self.plaintext_hosts.iter().any(|host| host.eq_ignore_ascii_case(endpoint.host()));
        let in_the_clear = !endpoint.is_https() && !endpoint.is_loopback() && !is_allowed;
        let mut chance = self.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        let retries = SharedRetries::new(Retries::new(&policy, chance.u64(..)));
        let signer = Mutex::new(Signer::new(&region, SIGNING_NAME)?);
        Ok(Client {
            inner: Arc::new(Inner {
                transport: self.transport,
                endpoint,
                region,
                auth,
                signer,
                timeouts: self.timeouts,
                max_response: self.max_response,
                validates: self.validates,
                retries,
                chance: Mutex::new(chance),
                clock: self.clock,
                skew: Mutex::default(),
                corrects_skew,
                in_the_clear,
                observer: self.observer,
            }),
        })
    }
}

impl<T> fmt::Debug for ClientBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("region", &self.region)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}
