//! `--offline`: a local Bedrock inside the program.

use core::time::Duration;

use barerock::Credentials;
use barerock_replay::{Fixtures, MatchMode, Pace, Replay, Verify};

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
pub(crate) async fn start() -> Result<Replay, Failure> {
    Replay::builder(Fixtures::builtin())
        .match_mode(MatchMode::Any)
        .verify(Verify::for_region(REGION).with_credentials(credentials()))
        .on_request(|received| {
            if let Some(fixture) = &received.fixture {
                tell!("offline: no model is called; replaying the built-in fixture {fixture}");
            }
        })
        .pace(Pace::every(PACE))
        .bind("127.0.0.1:0")
        .await
        .map_err(Failure::other)
}
