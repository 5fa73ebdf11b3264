//! Clock, randomness and functions of the JavaScript host.

use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use barerock::{Client, ClientBuilder};
use js_sys::{Date, Reflect, global};
use wasm_bindgen::JsCast as _;
use web_sys::{Crypto, Window};

use crate::transport::FetchTransport;

/// A builder of a client with this transport, and with clock and random seed of the host.
pub fn client_builder() -> ClientBuilder<FetchTransport> {
    with_host(Client::builder(FetchTransport::new()))
}

/// As [`client_builder`], without checking requests against the service model first: 27 KB smaller.
pub fn client_builder_without_validation() -> ClientBuilder<FetchTransport> {
    with_host(Client::builder_without_validation(FetchTransport::new()))
}

fn with_host(builder: ClientBuilder<FetchTransport>) -> ClientBuilder<FetchTransport> {
    let builder = builder.clock(now);
    match random_seed() {
        Some(seed) => builder.random_seed(seed),
        // `build` names what is missing.
        None => builder,
    }
}

/// The time, by `Date.now()`: for [`CachedCredentials::clock`](barerock::credentials::CachedCredentials::clock), among others.
#[must_use]
pub fn now() -> SystemTime {
    // Negative before 1970, and not a number with a broken clock: then it is 1970.
    let since = Duration::try_from_secs_f64(Date::now() / 1000.0).unwrap_or_default();
    UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
}

/// A seed of `crypto.getRandomValues()`; `None` if the host has no such function.
#[must_use]
pub fn random_seed() -> Option<u64> {
    let crypto = Reflect::get(&global(), &"crypto".into()).ok().filter(|crypto| crypto.is_object())?;
    let mut bytes = [0; 8];
    crypto.unchecked_into::<Crypto>().get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(u64::from_le_bytes(bytes))
}

/// The global object, for `fetch`, `setTimeout` and `clearTimeout`, which windows, workers and node all have by these names.
pub(crate) fn functions() -> Window {
    global().unchecked_into()
}
