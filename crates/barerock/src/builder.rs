//! Setting up a client.

use core::fmt;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use barerock_converse::Endpoint;
use barerock_sigv4::Signer;

use crate::auth::Auth;
use crate::client::{Client, Clock, Inner, SIGNING_NAME};
use crate::config::basic;
use crate::credentials::{EnvironmentProvider, ProvideCredentials};
use crate::environment::Environment;
use crate::error::Error;
use crate::observe::Observe;
use crate::retry::{Retries, RetryPolicy};
use crate::timeout::Timeouts;
use crate::transport::Transport;

/// The longest answer to Converse that is read; images as base64 fit in.
const MAX_RESPONSE: usize = 64 * 1024 * 1024;

/// What a configuration says, where nothing is set in code. Who names no configuration does not link one.
pub(crate) struct Configured {
    /// The region and the endpoint, from those that are set in code if they are.
    pub(crate) address: Box<Address>,
    pub(crate) auth: Result<Auth, Error>,
    pub(crate) retry: Result<RetryPolicy, Error>,
    pub(crate) corrects_skew: Result<bool, Error>,
}

type Address = dyn FnOnce(Option<String>, Option<String>) -> Result<(String, Endpoint), Error> + Send;

/// Sets up a [`Client`]. What is set in code beats what the environment says.
pub struct ClientBuilder<T> {
    pub(crate) transport: Arc<T>,
    environment: Environment,
    /// What the environment says of retries. Who names no environment does not link the adaptive mode.
    environment_retry: Option<Result<RetryPolicy, Error>>,
    region: Option<String>,
    endpoint_url: Option<String>,
    auth: Option<Result<Auth, Error>>,
    pub(crate) configured: Option<Configured>,
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
            environment_retry: None,
            region: None,
            endpoint_url: None,
            auth: None,
            configured: None,
            timeouts: Timeouts::default(),
            max_response: MAX_RESPONSE,
            validates: true,
            retry: None,
            seed: None,
            #[expect(
                clippy::disallowed_methods,
                reason = "the driver's default clock; `clock` sets another"
            )]
            clock: Arc::new(SystemTime::now),
            corrects_skew: None,
            plaintext_hosts: Vec::new(),
            observer: None,
        }
    }

    /// Where to look for what is not set in code. Empty if unset.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment_retry = Some(basic::retry(&environment));
        self.environment = environment;
        self
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
        let (found_retry, found_skew, address, configured) = match self.configured {
            Some(Configured { address, auth, retry, corrects_skew }) => {
                (Some(retry), corrects_skew, address(self.region, self.endpoint_url)?, Some(auth))
            }
            None => {
                let region = basic::region(self.region.as_deref(), &self.environment)?;
                let endpoint = basic::endpoint(self.endpoint_url.as_deref(), &self.environment, &region)?;
                let corrects_skew = basic::corrects_clock_skew(&self.environment);
                (self.environment_retry, corrects_skew, (region, endpoint), None)
            }
        };
        // What is set in code is not looked up.
        let policy = self.retry.map(Ok).or(found_retry).transpose()?;
        let corrects_skew = self.corrects_skew.map_or(found_skew, Ok)?;
        let (region, endpoint) = address;
        let auth = match (self.auth.or(configured), self.environment.bearer_token()) {
            (Some(auth), _) => auth?,
            (None, Some(token)) => Auth::bearer(token)?,
            (None, None) => {
                let clock = Arc::clone(&self.clock);
                let provider = EnvironmentProvider::new(self.environment);
                Auth::SigV4(Arc::new(provider.clock(move || clock())))
            }
        };
        let is_allowed = self.plaintext_hosts.iter().any(|host| host.eq_ignore_ascii_case(endpoint.host()));
        let in_the_clear = !endpoint.is_https() && !endpoint.is_loopback() && !is_allowed;
        let mut chance = self.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        let retries = Mutex::new(Retries::new(&policy.unwrap_or_default(), chance.u64(..)));
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
