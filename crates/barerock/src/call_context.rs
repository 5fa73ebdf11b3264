//! What identifies a call, and what its observer is told at its end.

use core::time::Duration;
use std::sync::Arc;
use std::time::SystemTime;

use barerock_converse::StreamEvent;
use barerock_converse::types::TokenUsage;
use http::{HeaderMap, HeaderValue, Uri};

use crate::authenticate::AppliedAuth;
use crate::observe::{Observe, Outcome, Stage};
use crate::stream::request_id;
use crate::time::Clock;

/// Identifies a call, for errors and observers. Dropped before the call has ended, it ends it as dropped.
pub(crate) struct CallContext {
    pub(crate) uri: Uri,
    /// The value of `amz-sdk-invocation-id`.
    pub(crate) id: HeaderValue,
    /// Attempts begun so far.
    pub(crate) attempts: u32,
    /// The authentication of the last attempt, whose secrets no error shows.
    pub(crate) applied: AppliedAuth,
    observed: Option<Box<Observed>>,
}

/// State of a call with an observer.
struct Observed {
    observer: Arc<dyn Observe>,
    clock: Clock,
    begun: SystemTime,
    first_event: Option<Duration>,
    usage: Option<TokenUsage>,
    request_id: Option<String>,
    /// True after messageStop.
    is_complete: bool,
    has_ended: bool,
}

impl CallContext {
    pub(crate) fn new(id: HeaderValue, observer: Option<Arc<dyn Observe>>, clock: &Clock) -> Self {
        let observed = observer.map(|observer| {
            Box::new(Observed {
                observer,
                clock: Arc::clone(clock),
                begun: clock(),
                first_event: None,
                usage: None,
                request_id: None,
                is_complete: false,
                has_ended: false,
            })
        });
        Self { uri: Uri::default(), id, attempts: 0, applied: AppliedAuth::default(), observed }
    }

    /// True if the call has an observer.
    pub(crate) fn is_observed(&self) -> bool {
        self.observed.is_some()
    }

    /// Tells the observer, if there is one.
    pub(crate) fn observe(&self, stage: &Stage<'_>) {
        if let Some(observed) = &self.observed {
            observed.observer.observe(self.id.to_str().unwrap_or_default(), stage);
        }
    }

    /// Notes the request id of a response.
    pub(crate) fn head_received(&mut self, headers: &HeaderMap) {
        if let Some(observed) = &mut self.observed {
            let secrets = self.applied.secrets();
            observed.request_id = request_id(headers).map(|id| secrets.hide(id).into_owned());
        }
    }

    /// Notes when the first event of a stream came.
    pub(crate) fn first_event_received(&mut self) {
        if let Some(observed) = &mut self.observed {
            observed.first_event.get_or_insert(observed.elapsed());
        }
    }

    pub(crate) fn set_usage(&mut self, usage: Option<&TokenUsage>) {
        if let Some(observed) = &mut self.observed {
            observed.usage = usage.cloned();
        }
    }

    /// Notes what an event that the caller gets says of the call.
    pub(crate) fn event_taken(&mut self, event: &StreamEvent<'_>) {
        let Some(observed) = &mut self.observed else { return };
        observed.first_event.get_or_insert(observed.elapsed());
        match event {
            StreamEvent::MessageStop(_) => observed.is_complete = true,
            StreamEvent::Metadata(metadata) => match (&mut observed.usage, &metadata.usage) {
                (Some(usage), Some(later)) => usage.merge(later.clone()),
                (usage, Some(later)) => *usage = Some(later.clone()),
                (_, None) => {}
            },
            _ => {}
        }
    }

    /// Tells the observer that the call has ended, unless it knows.
    pub(crate) fn end(&mut self, outcome: &Outcome<'_>) {
        let Some(observed) = &mut self.observed else { return };
        if core::mem::replace(&mut observed.has_ended, true) {
            return;
        }
        let stage = Stage::Ended {
            outcome: *outcome,
            usage: observed.usage.as_ref(),
            attempts: self.attempts,
            first_event: observed.first_event,
            elapsed: observed.elapsed(),
            request_id: observed.request_id.as_deref(),
        };
        observed.observer.observe(self.id.to_str().unwrap_or_default(), &stage);
    }
}

impl Observed {
    fn elapsed(&self) -> Duration {
        (self.clock)().duration_since(self.begun).unwrap_or_default()
    }
}

impl Drop for CallContext {
    fn drop(&mut self) {
        let is_complete = self.observed.as_ref().is_some_and(|observed| observed.is_complete);
        self.end(if is_complete { &Outcome::Complete } else { &Outcome::Dropped });
    }
}
