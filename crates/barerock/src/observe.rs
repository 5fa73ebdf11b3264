//! Looking on while calls are made.

use core::time::Duration;
use std::time::SystemTime;

use barerock_sigv4::{Secrets, Signed};
use bytes::Bytes;
use http::response::Parts;

use crate::credentials::CredentialsError;
use crate::error::Error;

/// Is told of every stage of every call: what `barerock --debug` shows, or what goes into a log of your own.
///
/// It is asked while the call waits, so it should be quick. It sees what goes over the wire, prompts and answers among it.
/// Secrets come to it in headers that are marked sensitive, in [`Signed::canonical_request`], which
/// [`Signed::redacted_canonical_request`] shows without, and in the body of an answer that echoes them ([`Stage::Read`]),
/// which [`Secrets::hide`] redacts with the secrets of [`Stage::Sending`]. No error it is shown holds one.
///
/// ```
/// use barerock::{Observe, Stage};
///
/// /// Counts the attempts that had to be made again.
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
pub trait Observe: Send + Sync {
    /// A call has come to a stage. `call` is its `amz-sdk-invocation-id`, the same for all stages of a call.
    fn observe(&self, call: &str, stage: &Stage<'_>);
}

/// How far a call has come.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stage<'a> {
    /// These credentials will sign the next attempt.
    #[non_exhaustive]
    Credentials {
        /// Who gave them.
        provider: &'static str,
        /// Their id, which is no secret.
        access_key_id: &'a str,
        /// When they stop working; `None` if they never do.
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
        /// The number of the attempt, from 1.
        attempt: u32,
        /// How many there may be.
        max_attempts: u32,
        /// What is sent, but for the headers of the connection.
        request: &'a http::Request<Bytes>,
        /// How it was signed, if it was.
        signed: Option<&'a Signed>,
        /// The secrets of the request, to be hidden wherever the peer echoes them.
        secrets: &'a Secrets,
    },
    /// The head of an answer is there.
    #[non_exhaustive]
    Answered {
        /// Status and headers.
        head: &'a Parts,
        /// How long it took.
        after: Duration,
    },
    /// The clock of the service is not this machine's; attempts to come are signed by the service's.
    #[non_exhaustive]
    ClockSkew {
        /// By how much the service's is ahead.
        seconds: i64,
    },
    /// The body of an answer that does not stream, or is an error, was read to its end, or as far as it is looked at.
    #[non_exhaustive]
    Read {
        /// The body.
        body: &'a Bytes,
    },
    /// A piece of a stream is there.
    #[non_exhaustive]
    Received {
        /// The piece.
        bytes: &'a Bytes,
    },
    /// An attempt has failed, and there will be another.
    #[non_exhaustive]
    Retrying {
        /// Why it failed.
        error: &'a Error,
        /// How long until the next.
        wait: Duration,
    },
    /// An attempt has failed, and there will be no other.
    #[non_exhaustive]
    Failed {
        /// Why it failed.
        error: &'a Error,
        /// Why there will be no other; a [`Wait`](crate::retry::Decision::Wait) would outlast
        /// [`Timeouts::operation`](crate::Timeouts::operation).
        decision: crate::retry::Decision,
    },
}
