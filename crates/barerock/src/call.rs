//! One call, from its first attempt to the end of its answer.

use http::{HeaderValue, Uri};

use crate::auth::Proof;
use crate::client::Inner;
use crate::error::{About, Error};
use crate::exchange::Answer;
use crate::observe::Stage;
use crate::timeout::Deadline;
use crate::transport::Transport;

/// A call that has its answer, or the beginning of it.
pub(crate) struct Answered<B> {
    pub(crate) call: Call,
    /// When all of it must be over.
    pub(crate) deadline: Option<Deadline>,
    pub(crate) answer: Answer<B>,
}

/// What is known of a call.
pub(crate) struct Call {
    /// Where it goes.
    pub(crate) uri: Uri,
    /// The same for all attempts.
    pub(crate) id: HeaderValue,
    /// Attempts that were begun.
    pub(crate) attempts: u32,
    /// What the last attempt was authenticated with.
    pub(crate) proof: Proof,
}

impl<T: Transport> Inner<T> {
    /// An error of a call, which can tell what to do about it.
    pub(crate) fn failed(&self, call: &Call, error: impl Into<Error>) -> Error {
        let about = About { uri: call.uri.clone(), region: self.region.clone(), attempts: call.attempts };
        let mut error = error.into().about(about);
        error.hide(&call.proof.secrets());
        error
    }

    /// Lets whoever looks on know.
    pub(crate) fn tell(&self, call: &Call, stage: &Stage<'_>) {
        if let Some(observer) = &self.observer {
            observer.observe(call.id.to_str().unwrap_or_default(), stage);
        }
    }
}
