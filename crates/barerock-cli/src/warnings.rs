//! Warnings about a call that goes on.

use std::time::SystemTime;

use barerock::credentials::CredentialsError;
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
    Some(expired(provider, *expired_at, *reason))
}

/// The warning about expired credentials that are used. `reason` is the error of the refresh, if there was one.
pub(crate) fn expired(provider: &str, since: SystemTime, reason: Option<&CredentialsError>) -> String {
    let since = barerock::time::format(since);
    let reason = match reason {
        Some(error) => format!("there are no newer ones: {error}"),
        None => "the provider returned no newer ones".to_owned(),
    };
    format!("using {provider} credentials that expired at {since}, because {reason}")
}
