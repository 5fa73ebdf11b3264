//! `fetch` as a transport.

use core::time::Duration;
use std::sync::Arc;

use barerock::transport::LocalTransport;
use barerock::{TransportError, TransportErrorKind};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCache, RequestCredentials, RequestInit, RequestRedirect};

use crate::body::FetchBody;
use crate::error::FetchError;
use crate::host::functions;
use crate::timer::Timer;

/// The host's `fetch` as a [`LocalTransport`]. It keeps no state: connections are the host's.
///
/// Requests carry no cookies and are not cached; redirects are not followed.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct FetchTransport;

impl FetchTransport {
    /// The transport.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl LocalTransport for FetchTransport {
    type Body = FetchBody;
    type Error = TransportError;
    type Timer = Timer;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<FetchBody>, TransportError> {
        let abort = AbortOnDrop::new().map_err(|error| FetchError::of(&error).before_response())?;
        let request =
            convert(&request, &abort.controller).map_err(|error| FetchError::of(&error).before_response())?;
        let fetched = JsFuture::from(functions().fetch_with_request(&request)).await;
        let fetched = fetched.map_err(|error| FetchError::of(&error).before_response())?;
        let response: web_sys::Response = fetched.unchecked_into();
        // A browser hides where to.
        if response.status() == 0 {
            let hidden = FetchError::new("the endpoint redirects");
            return Err(TransportError::new(TransportErrorKind::Redirect, hidden));
        }
        let mut head = Response::new(());
        *head.status_mut() = http::StatusCode::from_u16(response.status())
            .map_err(|error| TransportError::new(TransportErrorKind::Io, error))?;
        for (name, value) in headers(&response.headers()) {
            head.headers_mut().append(name, value);
        }
        Ok(head.map(|()| FetchBody::new(response.body().as_ref(), abort)))
    }

    async fn sleep(&self, duration: Duration) {
        Timer::new(duration).await;
    }

    fn timer(self: &Arc<Self>, duration: Duration) -> Timer {
        Timer::new(duration)
    }
}

/// Cancels a request, unless all of its response was read.
#[derive(Debug)]
pub(crate) struct AbortOnDrop {
    controller: AbortController,
    is_armed: bool,
}

impl AbortOnDrop {
    fn new() -> Result<Self, JsValue> {
        AbortController::new().map(|controller| Self { controller, is_armed: true })
    }

    /// Leaves a response that has ended alone.
    pub(crate) fn disarm(mut self) {
        self.is_armed = false;
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if self.is_armed {
            self.controller.abort();
        }
    }
}

/// A request as `fetch` takes it.
fn convert(request: &Request<Bytes>, abort: &AbortController) -> Result<web_sys::Request, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in request.headers() {
        // One character a byte, as `fetch` writes them.
        let value: String = value.as_bytes().iter().copied().map(char::from).collect();
        headers.append(name.as_str(), &value)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method().as_str());
    init.set_headers(&headers);
    // GET must have none.
    if !request.body().is_empty() {
        init.set_body(&Uint8Array::from(&**request.body()));
    }
    init.set_signal(Some(&abort.signal()));
    init.set_redirect(RequestRedirect::Manual);
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    web_sys::Request::new_with_str_and_init(&request.uri().to_string(), &init)
}

/// The headers of a response, as far as the host shows them.
fn headers(headers: &Headers) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let pairs = js_sys::try_iter(headers).ok().flatten();
    pairs.into_iter().flatten().filter_map(|pair| {
        let pair: Array = pair.ok()?.dyn_into().ok()?;
        let name = HeaderName::try_from(pair.get(0).as_string()?).ok()?;
        let value = pair.get(1).as_string()?;
        let bytes: Option<Vec<u8>> = value.chars().map(|character| u8::try_from(character).ok()).collect();
        Some((name, HeaderValue::try_from(bytes?).ok()?))
    })
}
