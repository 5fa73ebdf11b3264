//! Identity, times and observer of a call.

use core::time::Duration;
use std::sync::Arc;
use std::time::SystemTime;

use barerock_converse::types::{StopReason, TokenUsage};
use barerock_converse::{CallSummary, ConverseResponse, StreamEvent};
use http::{HeaderMap, HeaderValue, Uri};

use crate::authenticate::AppliedAuth;
use crate::observe::{Observe, Outcome, Stage};
use crate::stream::request_id;
use crate::time::Clock;

/// Identifies and measures a call, for responses, errors and observers. Dropped before the call has ended, it ends it as dropped.
pub(crate) struct CallContext {
    pub(crate) uri: Uri,
    /// The value of `amz-sdk-invocation-id`.
    pub(crate) id: HeaderValue,
    /// Attempts begun so far.
    pub(crate) attempts: u32,
    /// The authentication of the last attempt, whose secrets no error shows.
    pub(crate) applied: AppliedAuth,
    clock: Clock,
    begun: SystemTime,
    /// Without secrets.
    request_id: Option<String>,
    first_event: Option<Duration>,
    /// Set at the end.
    elapsed: Option<Duration>,
    observed: Option<Box<Observed>>,
}

/// State of a call with an observer.
struct Observed {
    observer: Arc<dyn Observe>,
    usage: Option<TokenUsage>,
    /// That of messageStop.
    stop_reason: Option<StopReason>,
}

impl CallContext {
    pub(crate) fn new(id: HeaderValue, observer: Option<Arc<dyn Observe>>, clock: &Clock) -> Self {
        let observed =
            observer.map(|observer| Box::new(Observed { observer, usage: None, stop_reason: None }));
        Self {
            uri: Uri::default(),
            id,
            attempts: 0,
            applied: AppliedAuth::default(),
            clock: Arc::clone(clock),
            begun: clock(),
            request_id: None,
            first_event: None,
            elapsed: None,
            observed,
        }
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
        self.request_id = request_id(headers).map(|id| self.applied.secrets().hide(id).into_owned());
    }

    /// Notes when the first event of a stream came.
    pub(crate) fn first_event_received(&mut self) {
        if self.first_event.is_none() {
            self.first_event = Some(self.elapsed());
        }
    }

    /// Notes what an event that the caller gets says of the call.
    pub(crate) fn event_taken(&mut self, event: &StreamEvent<'_>) {
        self.first_event_received();
        self.observe(&Stage::Event { event });
        let Some(observed) = &mut self.observed else { return };
        match event {
            StreamEvent::MessageStop(stop) => observed.stop_reason = Some(stop.stop_reason.clone()),
            StreamEvent::Metadata(metadata) => match (&mut observed.usage, &metadata.usage) {
                (Some(usage), Some(later)) => usage.merge(later.clone()),
                (usage, Some(later)) => *usage = Some(later.clone()),
                (_, None) => {}
            },
            _ => {}
        }
    }

    /// Ends the call, unless it has ended.
    pub(crate) fn end(&mut self, outcome: &Outcome<'_>) {
        self.end_with(outcome, None);
    }

    /// Ends the call with its whole response, if it is one of Converse.
    pub(crate) fn end_with(&mut self, outcome: &Outcome<'_>, response: Option<&ConverseResponse>) {
        if self.elapsed.is_some() {
            return;
        }
        let elapsed = self.elapsed();
        self.elapsed = Some(elapsed);
        let Some(observed) = &self.observed else { return };
        self.observe(&Stage::Ended {
            outcome: *outcome,
            usage: response.map(|response| &response.usage).or(observed.usage.as_ref()),
            stop_reason: response.map(|response| &response.stop_reason).or(observed.stop_reason.as_ref()),
            response,
            attempts: self.attempts,
            first_event: self.first_event,
            elapsed,
            request_id: self.request_id.as_deref(),
        });
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    pub(crate) fn first_event(&self) -> Option<Duration> {
        self.first_event
    }

    /// Time from the call to its end, or to now.
    pub(crate) fn elapsed(&self) -> Duration {
        self.elapsed.unwrap_or_else(|| (self.clock)().duration_since(self.begun).unwrap_or_default())
    }

    /// What a response says of its call.
    pub(crate) fn summary(&self) -> CallSummary {
        let mut summary = CallSummary::new(self.elapsed());
        summary.request_id = self.request_id.clone();
        summary.attempts = self.attempts;
        summary.first_event = self.first_event;
        summary
    }
}

impl Drop for CallContext {
    fn drop(&mut self) {
        // Without an observer nothing is left to tell.
        let Some(observed) = &self.observed else { return };
        let is_complete = observed.stop_reason.is_some();
        self.end(if is_complete { &Outcome::Complete } else { &Outcome::Dropped });
    }
}
