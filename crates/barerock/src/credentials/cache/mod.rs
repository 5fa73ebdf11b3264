//! A cache of credentials that refreshes them before they expire.

mod flight;
#[cfg(test)]
mod tests;

use core::fmt;
use core::hash::BuildHasher;
use core::time::Duration;
use std::collections::hash_map::RandomState;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use self::flight::{Flight, Joined};
use super::{Credentials, CredentialsError, CredentialsFuture, ProvideCredentials, ProvidedCredentials};
use crate::{NO_SYSTEM, time};

/// Time before expiry from which the first caller refreshes the credentials, while others still use them.
const ADVISORY: Duration = Duration::from_secs(15 * 60);

/// Fraction of the advisory time (of 15 minutes: 10) before expiry from which all callers wait for new credentials.
const MANDATORY: (u32, u32) = (2, 3);

/// Longest time after a failed refresh in which the old credentials are used without another attempt.
const HOLD_OFF: Duration = Duration::from_secs(60);

/// The longest time between refreshes while expired, statically stable credentials are used; the shortest is half of it. The
/// AWS SDK for JavaScript waits 5 to 10 minutes too, botocore 12 to 20.
const EXTENSION: Duration = Duration::from_secs(10 * 60);

/// Age at which a refresh without callers is abandoned.
const ABANDONED: Duration = Duration::from_secs(10);

type Provided = Result<ProvidedCredentials, CredentialsError>;

/// Caches the credentials of a provider and refreshes them before they expire.
///
/// - One refresh at a time, for any number of callers on any number of threads. It goes on when the caller that began it
///   is dropped, as long as another one waits.
/// - From 15 minutes before expiry (less a random part, so that a fleet does not refresh at once; for credentials valid
///   for less than half an hour, from half of that time) the first caller refreshes them, and the others use the old ones.
///   From 10 minutes before expiry (a third of a short validity) all callers wait.
/// - If a refresh fails, the old credentials are used until they expire, and the next attempt is up to a minute later.
/// - Expired credentials are returned only if they are
///   [statically stable](ProvidedCredentials::is_statically_stable), and refreshed again every 5 to 10 minutes by one
///   caller while the others use them.
/// - Credentials rejected by the service ([`refused`](ProvideCredentials::refused)) are replaced at once; if the provider
///   returns the same again, they are used again.
pub struct CachedCredentials {
    provider: Arc<dyn ProvideCredentials>,
    clock: time::Clock,
    jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    /// True if the service rejected the cached credentials, and no others were provided since.
    is_stale: bool,
    /// The credentials it rejected last.
    refused: Option<Credentials>,
    /// The last refresh, if it failed.
    failure: Option<Failure>,
    flight: Option<(Flight<Provided>, SystemTime)>,
}

struct Kept {
    provided: ProvidedCredentials,
    /// The advisory and the mandatory refresh time; `None` if they never expire.
    times: Option<(SystemTime, SystemTime)>,
}

/// A refresh that failed or returned expired credentials.
struct Failure {
    error: Arc<CredentialsError>,
    /// The time of the next refresh.
    retry_at: SystemTime,
}

/// What a caller does.
enum Plan {
    /// Uses these.
    Use(ProvidedCredentials),
    /// Refreshes these, unless another caller does.
    Ahead(ProvidedCredentials),
    /// Waits for new ones; if that fails, these are used.
    Wait(Option<ProvidedCredentials>),
}

impl CachedCredentials {
    /// Caches the credentials of this provider.
    pub fn new(provider: impl ProvideCredentials + 'static) -> Self {
        let clock = time::system_clock();
        Self { provider: Arc::new(provider), clock, jitter: Arc::new(random), state: Mutex::default() }
    }

    /// Sets the clock; the system's if unset. Required on wasm32-unknown-unknown, which has none.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the source of random numbers from 0 to 1.
    #[must_use]
    pub fn jitter(mut self, jitter: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.jitter = Arc::new(jitter);
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Ignores lock poisoning: cached credentials are checked before use.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn get(&self) -> Provided {
        if NO_SYSTEM && (self.clock)() == UNIX_EPOCH {
            return Err(CredentialsError::invalid("cached", "no clock set, and this target has none"));
        }
        let (joined, old) = match self.begin() {
            Ok(wait) => wait,
            Err(provided) => return Ok(provided),
        };
        let result = joined.await_settled(self).await;
        let now = (self.clock)();
        match (result, old) {
            (Ok(new), Some(old)) if new.expired(now).is_some() && old.expired(now).is_none() => Ok(old),
            (Err(error), Some(old)) => {
                let old = old.usable(now).map_err(|_expired| error.clone())?;
                Ok(ProvidedCredentials { refresh_error: Some(Arc::new(error)), ..old })
            }
            (result, _) => result,
        }
    }

    /// The refresh to wait for, with the credentials to use if it fails; as an `Err`, credentials to use at once.
    fn begin(&self) -> Result<(Joined<Provided>, Option<ProvidedCredentials>), ProvidedCredentials> {
        let now = (self.clock)();
        let mut state = self.state();
        let (old, is_awaited) =
            (state.plan(now), state.flight.as_ref().is_some_and(|(flight, _)| flight.is_awaited()));
        let old = match old {
            Plan::Use(provided) => return Err(provided),
            Plan::Ahead(provided) if is_awaited => return Err(provided),
            Plan::Ahead(provided) => Some(provided),
            Plan::Wait(old) => old,
        };
        let is_old = |since: SystemTime| now.duration_since(since).is_ok_and(|age| age > ABANDONED);
        let joined = match &mut state.flight {
            Some((flight, since)) if is_awaited || !is_old(*since) => {
                *since = now;
                flight.join()
            }
            flight => {
                let provider = Arc::clone(&self.provider);
                let new = Flight::new(async move { provider.provide().await });
                let joined = new.join();
                *flight = Some((new, now));
                joined
            }
        };
        Ok((joined, old))
    }

    /// Stores the result of a refresh, if no other caller has.
    fn settle(&self, flight: &Flight<Provided>, result: &Provided) -> Result<(), CredentialsError> {
        let now = (self.clock)();
        let expired = |provided: &ProvidedCredentials| {
            let expired = provided.expired(now)?;
            Some(CredentialsError::invalid(provided.provider, expired.to_string()))
        };
        let fresh = match result {
            Ok(provided) if provided.is_statically_stable => Ok(provided.clone()),
            Ok(provided) => expired(provided).map_or_else(|| Ok(provided.clone()), Err),
            Err(error) => Err(error.clone()),
        };
        let mut state = self.state();
        if !state.flight.as_ref().is_some_and(|(current, _)| current.is(flight)) {
            return fresh.map(drop);
        }
        state.flight = None;
        let jitter = (self.jitter)().clamp(0.0, 1.0);
        let failure = match &fresh {
            Ok(provided) => expired(provided),
            Err(error) => Some(error.clone()),
        };
        if let Ok(provided) = &fresh {
            if !state.refused.as_ref().is_some_and(|refused| same(refused, &provided.credentials)) {
                state.refused = None;
            }
            // Expired credentials do not replace those that have not expired.
            if failure.is_none() || state.is_stale || !state.has_unexpired(now) {
                let times = provided.expires_at.map(|expires_at| times(expires_at, now, jitter));
                state.kept = Some(Kept { provided: provided.clone(), times });
            }
            state.is_stale = false;
        }
        let hold_off = if state.has_unexpired(now) { HOLD_OFF } else { EXTENSION };
        state.failure = failure.and_then(|error| {
            let retry_at = now.checked_add(hold_off.mul_f64(1.0 - jitter / 2.0))?;
            Some(Failure { error: Arc::new(error), retry_at })
        });
        fresh.map(drop)
    }
}

impl Joined<Provided> {
    async fn await_settled(self, cache: &CachedCredentials) -> Provided {
        let flight = self.flight.share();
        let result = self.await;
        cache.settle(&flight, &result)?;
        result
    }
}

impl State {
    fn plan(&self, now: SystemTime) -> Plan {
        let Some(kept) = self.kept.as_ref().filter(|_| !self.is_stale) else { return Plan::Wait(None) };
        let mut provided = kept.provided.clone();
        let Some((advisory, mandatory)) = kept.times else { return Plan::Use(provided) };
        provided.refresh_error = self.failure.as_ref().map(|failure| Arc::clone(&failure.error));
        let is_expired = provided.expired(now).is_some();
        if is_expired && !provided.is_statically_stable {
            Plan::Wait(None)
        } else if self.failure.as_ref().is_some_and(|failure| now < failure.retry_at) || now < advisory {
            Plan::Use(provided)
        } else if now < mandatory || (is_expired && self.failure.is_some()) {
            Plan::Ahead(provided)
        } else {
            Plan::Wait(Some(provided))
        }
    }

    /// True if there are credentials that have not expired, whether the service refused them or not.
    fn has_unexpired(&self, now: SystemTime) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.provided.expired(now).is_none())
    }
}

/// The advisory and the mandatory refresh time.
fn times(expires_at: SystemTime, now: SystemTime, jitter: f64) -> (SystemTime, SystemTime) {
    let life = expires_at.duration_since(now).unwrap_or_default();
    let earliest = ADVISORY.min(life / 2);
    let mandatory = earliest * MANDATORY.0 / MANDATORY.1;
    let advisory = mandatory + (earliest - mandatory).mul_f64(1.0 - jitter);
    let before = |lead| expires_at.checked_sub(lead).unwrap_or(now);
    (before(advisory), before(mandatory))
}

fn same(one: &Credentials, other: &Credentials) -> bool {
    one.access_key_id() == other.access_key_id()
        && one.secret_access_key() == other.secret_access_key()
        && one.session_token() == other.session_token()
}

/// A random number from 0 to 1, not for cryptography.
fn random() -> f64 {
    let bits = u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or_default();
    f64::from(bits) / f64::from(u32::MAX)
}

impl ProvideCredentials for CachedCredentials {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(self.get())
    }

    fn refused(&self, credentials: &Credentials) {
        {
            let mut state = self.state();
            let is_kept =
                state.kept.as_ref().is_some_and(|kept| same(&kept.provided.credentials, credentials));
            let is_known = state.refused.as_ref().is_some_and(|refused| same(refused, credentials));
            if is_kept && !is_known {
                state.is_stale = true;
                state.refused = Some(credentials.clone());
            }
        }
        self.provider.refused(credentials);
    }
}

impl fmt::Debug for CachedCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedCredentials").field("provider", &self.provider).finish_non_exhaustive()
    }
}
