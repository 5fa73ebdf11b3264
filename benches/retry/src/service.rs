//! A service that throttles requests by their number.

use core::ops::Range;
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

use barerock::{Transport, TransportError};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;

use crate::clock::SimulatedClock;

const ANSWER: &str = r#"{"output":{"message":{"role":"assistant","content":[{"text":"Hello."}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"metrics":{"latencyMs":5}}"#;
const THROTTLED: &str = r#"{"message":"Too many requests, please wait before trying again."}"#;

/// A scripted service, as a transport: no sockets.
#[derive(Debug, Clone)]
pub struct SimulatedService {
    clock: SimulatedClock,
    latency: Duration,
    throttled: Range<usize>,
    received: Arc<Mutex<Vec<Duration>>>,
}

impl SimulatedService {
    /// Responds after `latency`, and throttles the requests whose numbers, from 0, are in `throttled`.
    #[must_use]
    pub fn new(clock: SimulatedClock, latency: Duration, throttled: Range<usize>) -> Self {
        Self { clock, latency, throttled, received: Arc::default() }
    }

    /// The times at which requests arrived.
    #[must_use]
    pub fn received(&self) -> Vec<Duration> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The scripted service never fails to respond.
#[derive(Debug)]
pub enum Never {}

impl From<Never> for TransportError {
    fn from(never: Never) -> Self {
        match never {}
    }
}

impl Transport for SimulatedService {
    type Body = Full<Bytes>;
    type Error = Never;

    async fn send(&self, _: Request<Bytes>) -> Result<Response<Full<Bytes>>, Never> {
        let number = {
            let mut received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
            received.push(self.clock.now());
            received.len() - 1
        };
        self.clock.sleep(self.latency).await;
        let (status, body) = if self.throttled.contains(&number) { (429, THROTTLED) } else { (200, ANSWER) };
        let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
        let headers = response.headers_mut();
        headers.insert("content-type", http::HeaderValue::from_static("application/json"));
        if status != 200 {
            headers.insert("x-amzn-errortype", http::HeaderValue::from_static("ThrottlingException"));
        }
        Ok(response)
    }

    async fn sleep(&self, duration: Duration) {
        self.clock.sleep(duration).await;
    }
}
