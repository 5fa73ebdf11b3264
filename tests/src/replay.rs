//! Replay servers of the project's fixtures, and the request they have a response and a stream for.

use barerock::ConverseRequest;
use barerock::types::Message;
use barerock_replay::{Fixtures, MatchMode, ReplayBuilder, ReplayServer};

use crate::fixtures;

/// The model of [`question`].
pub const MODEL: &str = "us.anthropic.claude-sonnet-4-6";
/// The prompt of [`question`].
pub const QUESTION: &str = "What are the tradeoffs between REST and GraphQL?";

/// Returns a request with a recorded response of about 2,000 bytes and a recorded stream of many frames.
#[must_use]
pub fn question() -> ConverseRequest {
    ConverseRequest::new(MODEL, [Message::user(QUESTION)])
}

/// Returns a builder of a server of all fixtures, with these faults.
///
/// # Panics
///
/// If a fixture or a fault is invalid.
pub fn recorded<'f>(mode: MatchMode, faults: impl IntoIterator<Item = &'f str>) -> ReplayBuilder {
    let faults = faults.into_iter().map(|fault| fault.parse().unwrap());
    ReplayServer::builder()
        .fixtures(Fixtures::load(fixtures::folder()).unwrap())
        .match_mode(mode)
        .faults(faults)
}

/// Starts a server on a port of its own.
///
/// # Panics
///
/// If it cannot listen.
pub async fn start(builder: ReplayBuilder) -> ReplayServer {
    builder.bind("127.0.0.1:0").await.unwrap()
}
