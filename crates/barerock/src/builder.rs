//! The builder of a client.

use core::fmt;
use core::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use barerock_sigv4::Signer;

use crate::NO_SYSTEM;
use crate::authenticate::Auth;
use crate::client::{Client, ClientState, SIGNING_NAME};
use crate::client_settings::ClientSettings;
use crate::credentials::{EnvironmentProvider, ProvideCredentials};
use crate::environment::Environment;
use crate::error::Error;
use crate::observe::{Both, Observe};
use crate::retry::{Retries, RetryPolicy, SharedRetries};
use crate::time::{Clock, system_clock};
use crate::timeout::Timeouts;
use crate::transport::LocalTransport;
use crate::validation::Validation;

/// The longest response that is not streamed, in bytes; room for images in base64.
const MAX_RESPONSE: usize = 64 * 1024 * 1024;

/// Sets up a [`Client`]. Values set in code override those of the environment and other settings.
pub struct ClientBuilder<T> {
    transport: Arc<T>,
    environment: Environment,
    settings: ClientSettings,
    region: Option<String>,
    endpoint_url: Option<String>,
    auth: Option<Result<Auth, Error>>,
    timeouts: Timeouts,
    max_response: usize,
    validation: Option<&'static Validation>,
    retry: Option<RetryPolicy>,
    seed: Option<u64>,
    clock: Option<Clock>,
    corrects_skew: Option<bool>,
    plaintext_hosts: Vec<String>,
    observer: Option<Arc<dyn Observe>>,
}

impl<T: LocalTransport> ClientBuilder<T> {
    pub(crate) fn new(transport: T, validation: Option<&'static Validation>) -> Self {
        Self {
            transport: Arc::new(transport),
            environment: Environment::default(),
            settings: ClientSettings::default(),
            region: None,
            endpoint_url: None,
            auth: None,
            timeouts: Timeouts::default(),
            max_response: MAX_RESPONSE,
            validation,
            retry: None,
            seed: None,
            clock: None,
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

    /// The endpoint's URL; else `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`, else `AWS_ENDPOINT_URL`, else the service's endpoint of
    /// the region.
    #[must_use]
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(url.into());
        self
    }

    /// Signs requests with these credentials, or those of a provider. A provider is called before every request: wrap one that
    /// does I/O in [`CachedCredentials`](crate::credentials::CachedCredentials).
    #[must_use]
    pub fn credentials(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.auth = Some(Ok(Auth::SigV4(Arc::new(provider))));
        self
    }

    /// Region, endpoint URL, FIPS and dual stack, and the credentials provider of an `SdkConfig`, as `aws_config::load_from_env`
    /// returns it. What it does not set stays as it is. Its provider is cached here.
    ///
    /// ```
    /// # use barerock::{Client, Error, Transport};
    /// # fn client<T: Transport>(transport: T, config: &aws_types::SdkConfig) -> Result<Client<T>, Error> {
    /// Client::builder(transport).sdk_config(config).build()
    /// # }
    /// ```
    #[cfg(feature = "aws-types")]
    #[must_use]
    pub fn sdk_config(mut self, config: &aws_types::SdkConfig) -> Self {
        use crate::credentials::CachedCredentials;
        use crate::credentials::aws::FromAws;

        if let Some(region) = config.region() {
            self.region = Some(region.as_ref().to_owned());
        }
        if let Some(url) = config.endpoint_url() {
            self.endpoint_url = Some(url.to_owned());
        }
        if let Some(fips) = config.use_fips() {
            self.settings.endpoint.fips = Ok(fips);
        }
        if let Some(dual_stack) = config.use_dual_stack() {
            self.settings.endpoint.dual_stack = Ok(dual_stack);
        }
        match config.credentials_provider() {
            Some(provider) => self.credentials(CachedCredentials::new(FromAws::new(provider))),
            None => self,
        }
    }

    /// Sends this Bedrock API key instead of a signature; else that of `AWS_BEARER_TOKEN_BEDROCK`.
    #[doc(alias = "api key")]
    #[must_use]
    pub fn bearer_token(mut self, token: &str) -> Self {
        self.auth = Some(Auth::bearer(token));
        self
    }

    /// Sends requests without authentication, for an endpoint that adds it or needs none.
    #[must_use]
    pub fn no_sign_request(mut self) -> Self {
        self.auth = Some(Ok(Auth::Unsigned));
        self
    }

    /// The time limits.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// The longest response that is read whole, in bytes; 64 MiB if unset. Streams have no such limit: they are never held
    /// whole.
    #[must_use]
    pub fn max_response(mut self, bytes: usize) -> Self {
        self.max_response = bytes;
        self
    }

    /// Sends requests without checking them against the service model first, for features of the service newer than this
    /// crate. To link no rules at all, use [`Client::builder_without_validation`].
    #[must_use]
    pub fn no_validation(mut self) -> Self {
        self.validation = None;
        self
    }

    /// Retries requests that failed for a reason that may pass, signed afresh: throttling, errors of the service (500, 502, 503,
    /// 504, a model that is not ready) and missing responses. If unset, `AWS_RETRY_MODE` and `AWS_MAX_ATTEMPTS` of the
    /// environment, else [`RetryPolicy::standard`]. A stream that has handed out an event is never retried, so no text comes
    /// twice.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Seeds the waits between attempts and the ids of calls, so that they repeat: for tests. On wasm32-unknown-unknown, which
    /// has no randomness of its own, a seed must be set, such as one of `crypto.getRandomValues`.
    #[must_use]
    pub fn random_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Whether to sign by the service's clock, known from its responses, if this machine's differs; a request rejected for that
    /// is sent once more. On if unset, unless `AWS_DISABLE_CLOCK_SKEW_CORRECTION` is true.
    #[must_use]
    pub fn clock_skew_correction(mut self, corrects: bool) -> Self {
        self.corrects_skew = Some(corrects);
        self
    }

    /// Allows credentials and API keys to be sent to this host over plain HTTP, which shows the API key or session token and the
    /// conversation to the network: for a proxy or an emulator in a network you trust. The host is compared with the endpoint
    /// URL's, without a port. Loopback hosts are always allowed.
    #[must_use]
    pub fn allow_plaintext_to(mut self, host: impl Into<String>) -> Self {
        self.plaintext_hosts.push(host.into());
        self
    }

    /// Adds an observer, which is called at every stage of every call, after those added before.
    #[must_use]
    pub fn observe(mut self, observer: Arc<dyn Observe>) -> Self {
        self.observer = Some(match self.observer.take() {
            Some(earlier) => Arc::new(Both(earlier, observer)),
            None => observer,
        });
        self
    }

    /// The clock to sign by; the system's if unset. On wasm32-unknown-unknown, which has no clock of its own, one must be set,
    /// such as `Date.now`.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    /// If there is no region, or the endpoint or a setting is invalid; on wasm32-unknown-unknown also without
    /// [`clock`](Self::clock) or [`random_seed`](Self::random_seed).
    pub fn build(self) -> Result<Client<T>, Error> {
        self.environment.require_utf8()?;
        let settings = self.settings;
        let (region, endpoint) = settings.endpoint.resolve(self.region, self.endpoint_url)?;
        let policy = self.retry.map_or(settings.retry, Ok)?;
        let corrects_skew = self.corrects_skew.map_or(settings.clock_skew_correction, Ok)?;
        let clock = match self.clock {
            Some(clock) => clock,
            None if NO_SYSTEM => return Err(Error::missing_input("clock")),
            None => system_clock(),
        };
        let mut rng = random_numbers(self.seed).ok_or_else(|| Error::missing_input("random seed"))?;
        let settings_auth = match (settings.bearer_token, settings.credentials) {
            (Some(token), _) => Some(Auth::bearer(&token)),
            (None, Some(provider)) => Some(Ok(Auth::SigV4(provider))),
            (None, None) => None,
        };
        let auth = match self.auth.or(settings_auth) {
            Some(auth) => auth?,
            None => {
                let clock = Arc::clone(&clock);
                let provider = EnvironmentProvider::new(self.environment);
                Auth::SigV4(Arc::new(provider.clock(move || clock())))
            }
        };
        let is_allowed = self.plaintext_hosts.iter().any(|host| host.eq_ignore_ascii_case(endpoint.host()));
        let is_plaintext = !endpoint.is_https() && !endpoint.is_loopback() && !is_allowed;
        let retries = SharedRetries::new(Retries::new(&policy, rng.u64(..)));
        let signer = Mutex::new(Signer::new(&region, SIGNING_NAME)?);
        Ok(Client {
            state: Arc::new(ClientState {
                transport: self.transport,
                endpoint,
                region,
                auth,
                signer,
                timeouts: self.timeouts,
                max_response: self.max_response,
                validation: self.validation,
                retries,
                rng: Mutex::new(rng),
                clock,
                skew: Mutex::default(),
                corrects_skew,
                is_plaintext,
                observer: self.observer,
                uses_expired: AtomicBool::new(false),
            }),
        })
    }
}

/// Returns the source of random numbers with this seed, else with one of the system's; `None` without either.
fn random_numbers(seed: Option<u64>) -> Option<fastrand::Rng> {
    match seed {
        Some(seed) => Some(fastrand::Rng::with_seed(seed)),
        None => (!NO_SYSTEM).then(fastrand::Rng::new),
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
