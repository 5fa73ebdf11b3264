//! Log of received requests, for tests.

use barerock_sigv4::header_name::X_AMZ_SECURITY_TOKEN;
use bytes::Bytes;
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, StatusCode};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Limit on the number of logged requests.
const KEPT_REQUESTS: usize = 1_000;
/// Limit on the logged bodies, headers and paths together, in bytes.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// A received request and the outcome of serving it.
#[derive(Clone)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// Number of the request, counted from 1 as requests arrive, as in fault rules.
    pub number: u64,
    /// The method.
    pub method: Method,
    /// The path and query, as sent.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The name of the fixture served.
    pub fixture: Option<String>,
    /// The response's status; `None` if the connection was closed instead.
    pub status: Option<StatusCode>,
    /// The reason why no fixture was served: no match, an invalid signature, or a fault.
    pub note: Option<String>,
    pub(crate) progress: Progress,
}

impl ReceivedRequest {
    /// Returns the number of bytes of the response's body that were written to the connection so far.
    pub fn sent_bytes(&self) -> u64 {
        self.progress.sent.load(Ordering::Acquire)
    }

    /// Returns true if the client closed the connection before all of the response's body was sent. Bytes in the system's
    /// buffers count as sent.
    pub fn client_left(&self) -> bool {
        self.progress.left.load(Ordering::Acquire)
    }
}

/// Progress of sending a response; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    sent: Arc<AtomicU64>,
    left: Arc<AtomicBool>,
}

impl Progress {
    pub(crate) fn add_sent(&self, bytes: usize) {
        self.sent.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::AcqRel);
    }

    pub(crate) fn set_client_left(&self) {
        self.left.store(true, Ordering::Release);
    }
}

impl fmt::Debug for ReceivedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No credentials in logs; a body is shown by its length.
        let mut headers = self.headers.clone();
        for (name, value) in &mut headers {
            value.set_sensitive(*name == AUTHORIZATION || name.as_str() == X_AMZ_SECURITY_TOKEN);
        }
        f.debug_struct("ReceivedRequest")
            .field("number", &self.number)
            .field("method", &self.method)
            .field("path", &redact_query(&self.path))
            .field("headers", &headers)
            .field("body_bytes", &self.body.len())
            .field("fixture", &self.fixture)
            .field("status", &self.status)
            .field("note", &self.note)
            .field("sent_bytes", &self.sent_bytes())
            .field("client_left", &self.client_left())
            .finish()
    }
}

/// Removes the query: a presigned URL is a credential.
fn redact_query(path: &str) -> &str {
    path.split('?').next().unwrap_or_default()
}

/// Estimates a request's size in memory, in bytes.
fn weight(request: &ReceivedRequest) -> usize {
    let headers = request.headers.iter().map(|(name, value)| name.as_str().len().saturating_add(value.len()));
    [request.body.len(), request.path.len()].into_iter().chain(headers).fold(0, usize::saturating_add)
}

/// Log of the newest requests, limited in number and bytes.
#[derive(Debug, Default)]
pub(crate) struct Log {
    requests: Mutex<VecDeque<ReceivedRequest>>,
}

impl Log {
    pub(crate) fn push(&self, request: ReceivedRequest) {
        let mut requests = self.lock();
        requests.push_back(request);
        let mut bytes: usize = requests.iter().map(weight).sum();
        while requests.len() > KEPT_REQUESTS || bytes > KEPT_BYTES {
            let Some(oldest) = requests.pop_front() else { break };
            bytes = bytes.saturating_sub(weight(&oldest));
        }
    }

    pub(crate) fn all(&self) -> Vec<ReceivedRequest> {
        self.lock().iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<ReceivedRequest>> {
        // Ignores lock poisoning: each change to the list is complete before a panic could happen.
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(number: u64, body: Bytes) -> ReceivedRequest {
        let headers = [("authorization", "Bearer s3cret"), ("x-amz-security-token", "s3cret"), ("a", "b")];
        ReceivedRequest {
            number,
            method: Method::POST,
            path: "/p?X-Amz-Signature=s3cret".to_owned(),
            headers: headers.iter().map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap())).collect(),
            body,
            fixture: None,
            status: None,
            note: None,
            progress: Progress::default(),
        }
    }

    #[test]
    fn no_secret_is_shown() {
        let shown = format!("{:?}", request(1, Bytes::from_static(b"s3cret")));
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(shown.contains(r#""a": "b""#) && shown.contains("body_bytes: 6"), "{shown}");
    }

    #[test]
    fn the_oldest_requests_are_forgotten() {
        let log = Log::default();
        for number in 1..=1_001 {
            log.push(request(number, Bytes::new()));
        }
        assert_eq!((log.all().len(), log.all()[0].number), (KEPT_REQUESTS, 2));
        let large = Bytes::from(vec![0; KEPT_BYTES / 2 + 1]);
        log.push(request(1_002, large.clone()));
        log.push(request(1_003, large));
        assert_eq!(log.all().len(), 1);
    }
}
