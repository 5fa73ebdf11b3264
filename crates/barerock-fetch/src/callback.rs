//! Credentials by a function of the page.

use core::fmt;
use core::future::poll_fn;
use core::task::{Poll, Waker};
use core::time::Duration;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use barerock::credentials::{CredentialsError, CredentialsFuture, ProvidedCredentials};
use barerock::{Credentials, ProvideCredentials};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::error::FetchError;

/// The provider's name in errors and for observers.
const NAME: &str = "callback";

type Provided = Result<ProvidedCredentials, CredentialsError>;

/// A credentials provider that calls a function, which may hold values of JavaScript. The function is called for every request: wrap
/// the provider in [`CachedCredentials`](barerock::credentials::CachedCredentials), with the clock [`now`](crate::now), if it does I/O.
pub struct CallbackCredentials {
    calls: Arc<Mutex<Calls>>,
}

/// What provider and function share: providers are `Send`, values of JavaScript are not.
#[derive(Default)]
struct Calls {
    waiting: VecDeque<Arc<Mutex<Call>>>,
    function: Option<Waker>,
    /// True once the provider was dropped.
    is_over: bool,
}

#[derive(Default)]
struct Call {
    result: Option<Provided>,
    caller: Option<Waker>,
}

/// Ignores lock poisoning: there is one thread.
fn lock<V>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CallbackCredentials {
    /// Calls an async function of Rust.
    pub fn new<F, R>(function: F) -> Self
    where
        F: Fn() -> R + 'static,
        R: Future<Output = Provided> + 'static,
    {
        let calls = Arc::new(Mutex::new(Calls::default()));
        spawn_local(serve(Arc::clone(&calls), function));
        Self { calls }
    }

    /// Calls a function of JavaScript that returns credentials, or a promise of them, as the AWS SDK for JavaScript has them:
    /// `{ accessKeyId, secretAccessKey, sessionToken, expiration }`, the last two optional, `expiration` a `Date`.
    #[must_use]
    pub fn from_js(function: Function) -> Self {
        Self::new(move || {
            let returned = function.call0(&JsValue::UNDEFINED);
            async move {
                let promised = JsFuture::from(Promise::resolve(&returned.map_err(|error| rejected(&error))?));
                parse(&promised.await.map_err(|error| rejected(&error))?)
            }
        })
    }
}

fn rejected(error: &JsValue) -> CredentialsError {
    CredentialsError::invalid(NAME, FetchError::of(error).to_string())
}

/// Reads credentials of JavaScript.
fn parse(value: &JsValue) -> Provided {
    let member = |name: &str| Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let text = |name: &str| {
        let text = member(name).as_string().filter(|text| !text.is_empty());
        text.ok_or_else(|| CredentialsError::invalid(NAME, format!("missing {name}")))
    };
    let token = member("sessionToken").as_string();
    let credentials = Credentials::new(&text("accessKeyId")?, &text("secretAccessKey")?, token);
    let expiration = member("expiration").dyn_into::<js_sys::Date>().ok().map(|date| {
        let since = Duration::try_from_secs_f64(date.get_time() / 1000.0);
        since.ok().and_then(|since| UNIX_EPOCH.checked_add(since))
    });
    match expiration {
        Some(None) => Err(CredentialsError::invalid(NAME, "invalid expiration")),
        None => Ok(ProvidedCredentials::new(credentials, NAME)),
        Some(expires_at) => Ok(ProvidedCredentials::new(credentials, NAME).expires_at(expires_at)),
    }
}

/// Calls the function whenever the provider is called, until that is dropped. A call that never ends holds no other up.
async fn serve<F: Fn() -> R, R: Future<Output = Provided> + 'static>(calls: Arc<Mutex<Calls>>, function: F) {
    loop {
        let next = poll_fn(|context| {
            let mut calls = lock(&calls);
            if let Some(call) = calls.waiting.pop_front() {
                return Poll::Ready(Some(call));
            }
            if calls.is_over {
                return Poll::Ready(None);
            }
            calls.function = Some(context.waker().clone());
            Poll::Pending
        });
        let Some(call) = next.await else { return };
        let called = function();
        spawn_local(async move {
            let result = called.await;
            let caller = {
                let mut call = lock(&call);
                call.result = Some(result);
                call.caller.take()
            };
            if let Some(caller) = caller {
                caller.wake();
            }
        });
    }
}

impl Calls {
    fn wake(calls: &Mutex<Self>, change: impl FnOnce(&mut Self)) {
        let function = {
            let mut calls = lock(calls);
            change(&mut calls);
            calls.function.take()
        };
        if let Some(function) = function {
            function.wake();
        }
    }
}

impl ProvideCredentials for CallbackCredentials {
    fn provide(&self) -> CredentialsFuture<'_> {
        let call = Arc::new(Mutex::new(Call::default()));
        Calls::wake(&self.calls, |calls| calls.waiting.push_back(Arc::clone(&call)));
        Box::pin(poll_fn(move |context| {
            let mut call = lock(&call);
            match call.result.take() {
                Some(result) => Poll::Ready(result),
                None => {
                    call.caller = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        }))
    }
}

impl Drop for CallbackCredentials {
    fn drop(&mut self) {
        Calls::wake(&self.calls, |calls| calls.is_over = true);
    }
}

impl fmt::Debug for CallbackCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackCredentials").finish_non_exhaustive()
    }
}
