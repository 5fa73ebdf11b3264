//! Warnings about a call that goes on.

use barerock::{Observe, Stage};

use crate::render::safe;

/// Prints the warnings of calls to standard error.
pub(crate) struct Warnings;

impl Observe for Warnings {
    fn observe(&self, _call: &str, stage: &Stage<'_>) {
        if let Some(warning) = warning(stage) {
            tell!("warning: {}", safe(&warning));
        }
    }
}

/// The warning of a stage, if it is one.
fn warning(stage: &Stage<'_>) -> Option<String> {
    let Stage::ExpiredCredentials { provider, expired_at, reason, .. } = stage else { return None };
    let since = barerock::time::format(*expired_at);
    let reason = match reason {
        Some(error) => format!("there are no newer ones: {error}"),
        None => "the provider returned no newer ones".to_owned(),
    };
    Some(format!("using {provider} credentials that expired at {since}, because {reason}"))
}
