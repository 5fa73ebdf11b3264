//! Observation of calls.

use core::time::Duration;
use std::sync::Arc;
use std::time::SystemTime;

use barerock_converse::types::{StopReason, TokenUsage};
use barerock_converse::{
    ApplyGuardrailRequest, ConverseRequest, ConverseResponse, CountTokensRequest, Endpoint,
    InvokeGuardrailChecksRequest, StreamEvent,
};
use barerock_sigv4::{Secrets, Signed};
use bytes::Bytes;
use http::response::Parts;

use crate::credentials::CredentialsError;
use crate::error::Error;

/// Receives every stage of every call, for logs and metrics; `barerock --debug` prints them.
///
/// The call waits while it runs, so it should be quick. It sees all that is on the wire, prompts and responses included.
/// Secrets are in headers marked sensitive, in [`Signed::canonical_request`] (without them:
/// [`Signed::redacted_canonical_request`]), and in bodies that echo them ([`Stage::Body`], [`Stage::Chunk`], and what is read from them: [`Stage::Event`], the response of
/// [`Stage::Ended`]), where
/// [`Secrets::hide`] redacts them with the secrets of [`Stage::Sending`]. No error and no request id contains one.
///
/// ```
/// use barerock::{Observe, Stage};
///
/// /// Counts the retries.
/// #[derive(Default)]
/// struct Retries(std::sync::atomic::AtomicUsize);
///
/// impl Observe for Retries {
///     fn observe(&self, _call: &str, stage: &Stage<'_>) {
///         if let Stage::Retrying { .. } = stage {
///             self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///         }
///     }
/// }
/// ```
#[doc(alias = "tracing")]
#[doc(alias = "metrics")]
pub trait Observe: Send + Sync {
    /// A call has reached a stage. `call` is its `amz-sdk-invocation-id`, the same for all stages of a call.
    fn observe(&self, call: &str, stage: &Stage<'_>);
}

/// Two observers, one after the other.
pub(crate) struct Both(pub(crate) Arc<dyn Observe>, pub(crate) Arc<dyn Observe>);

impl Observe for Both {
    fn observe(&self, call: &str, stage: &Stage<'_>) {
        self.0.observe(call, stage);
        self.1.observe(call, stage);
    }
}

/// Stage of a call. The first one of every call is [`Begun`](Self::Begun), the last one [`Ended`](Self::Ended).
#[derive(Debug)]
#[non_exhaustive]
pub enum Stage<'a> {
    /// The call began: its future was polled. The request is not validated yet.
    #[non_exhaustive]
    Begun {
        /// The operation and its request.
        request: CallRequest<'a>,
        /// The endpoint the request will be sent to.
        endpoint: &'a Endpoint,
    },
    /// Credentials that will sign the next attempt.
    #[non_exhaustive]
    Credentials {
        /// Name of their provider.
        provider: &'static str,
        /// Their access key id, which is not secret.
        access_key_id: &'a str,
        /// When they expire; `None` if they never do.
        expires_at: Option<SystemTime>,
    },
    /// The next attempt is signed with expired credentials, because they are
    /// [statically stable](crate::credentials::ProvidedCredentials::is_statically_stable) and there are no newer ones.
    /// Observed once, and again only after newer credentials have been used.
    #[non_exhaustive]
    ExpiredCredentials {
        /// The name of the provider.
        provider: &'static str,
        /// The time they expired.
        expired_at: SystemTime,
        /// Why a refresh failed; `None` if the provider itself returned them expired.
        reason: Option<&'a CredentialsError>,
    },
    /// An attempt is sent.
    #[non_exhaustive]
    Sending {
        /// Number of the attempt, from 1.
        attempt: u32,
        /// Maximum number of attempts.
        max_attempts: u32,
        /// The request, without the headers the transport adds.
        request: &'a http::Request<Bytes>,
        /// The steps of its signature, if it is signed.
        signed: Option<&'a Signed>,
        /// The secrets of the request, to be hidden wherever the peer echoes them.
        secrets: &'a Secrets,
    },
    /// The head of a response was received.
    #[non_exhaustive]
    ResponseHead {
        /// Status and headers.
        head: &'a Parts,
        /// Time since the attempt was sent.
        after: Duration,
    },
    /// The service's clock differs from this machine's; further attempts are signed by the service's.
    #[non_exhaustive]
    ClockSkew {
        /// Seconds by which the service's clock is ahead.
        seconds: i64,
    },
    /// The body of a response that is not a stream, or is an error, was read: all of it, or as much as is looked at.
    #[non_exhaustive]
    Body {
        /// The body.
        body: &'a Bytes,
    },
    /// A chunk of a stream was received.
    #[non_exhaustive]
    Chunk {
        /// The chunk.
        bytes: &'a Bytes,
    },
    /// The caller gets an event of a stream.
    #[non_exhaustive]
    Event {
        /// The event.
        event: &'a StreamEvent<'a>,
    },
    /// An attempt failed and will be retried.
    #[non_exhaustive]
    Retrying {
        /// The error of the attempt.
        error: &'a Error,
        /// Time until the next attempt.
        wait: Duration,
    },
    /// An attempt failed and will not be retried.
    #[non_exhaustive]
    Failed {
        /// The error of the attempt.
        error: &'a Error,
        /// Why it is not retried; a [`Wait`](crate::retry::Decision::Wait) would outlast
        /// [`Timeouts::operation`](crate::Timeouts::operation).
        decision: crate::retry::Decision,
    },
    /// The call ended. Sent exactly once for every call whose future was polled, after all other stages, also if it was
    /// refused before anything was sent, or dropped.
    #[non_exhaustive]
    Ended {
        /// How it ended.
        outcome: Outcome<'a>,
        /// Token usage, if the service reported it.
        usage: Option<&'a TokenUsage>,
        /// Why the model stopped, if the response says it.
        stop_reason: Option<&'a StopReason>,
        /// The whole response of Converse; `None` for a stream, whose events are [`Event`](Self::Event)s, for other operations and
        /// for failures.
        response: Option<&'a ConverseResponse>,
        /// Number of attempts begun; 0 if the request was refused before the first.
        attempts: u32,
        /// Time from the call to the first event of its stream; `None` without a stream or an event.
        first_event: Option<Duration>,
        /// Time from the call to its end, by the client's clock.
        elapsed: Duration,
        /// The id of the last response (`x-amzn-requestid`), which AWS support asks for.
        request_id: Option<&'a str>,
    },
}

/// The operation of a call, with its request.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum CallRequest<'a> {
    /// Converse.
    Converse(&'a ConverseRequest),
    /// ConverseStream.
    ConverseStream(&'a ConverseRequest),
    /// CountTokens.
    CountTokens(&'a CountTokensRequest),
    /// ApplyGuardrail.
    ApplyGuardrail(&'a ApplyGuardrailRequest),
    /// InvokeGuardrailChecks.
    InvokeGuardrailChecks(&'a InvokeGuardrailChecksRequest),
}

/// How a call ended.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// The response is complete. A stream was read to its end, or dropped after messageStop.
    Complete,
    /// The body of the stream was read to its end by [`EventStream::next_chunk`](crate::EventStream::next_chunk), which does
    /// not decode it.
    BodyRead,
    /// The future or the stream was dropped before the response was complete.
    Dropped,
    /// The call failed with this error.
    Failed(&'a Error),
}
