//! `--offline`: a local Bedrock inside the program.

use core::time::Duration;
use std::sync::{Mutex, PoisonError};

use barerock::Credentials;
use barerock_replay::{MatchMode, Pace, ReplayServer, Verify};

use crate::exit::Failure;

/// Region signed for with `--offline`.
pub(crate) const REGION: &str = "us-east-1";

/// Access key used with `--offline`: the example of AWS's documentation.
pub(crate) fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None)
}

/// Delay before each event, so that the response visibly streams.
const PACE: Duration = Duration::from_millis(8);

/// Starts the local Bedrock with the built-in fixtures. It checks every signature, as the service does.
pub(crate) async fn start() -> Result<ReplayServer, Failure> {
    ReplayServer::builder()
        .match_mode(MatchMode::Any)
        .verify(Verify::for_region(REGION).with_credentials(credentials()))
        .on_request({
            let last = Mutex::new(String::new());
            move |received| {
                let Some(fixture) = &received.fixture else { return };
                let last = &mut *last.lock().unwrap_or_else(PoisonError::into_inner);
                // Once for the calls of a batch.
                if *last != *fixture {
                    tell!("offline: no model is called; replaying the built-in fixture {fixture}");
                    fixture.clone_into(last);
                }
            }
        })
        .pace(Pace::every(PACE))
        .bind("127.0.0.1:0")
        .await
        .map_err(Failure::other)
}
