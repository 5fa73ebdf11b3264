//! `--offline`: a Bedrock inside the program.

use core::time::Duration;

use barerock::Credentials;
use barerock_replay::{Fixtures, MatchMode, Pace, Replay, Verify};

use crate::exit::Failure;

/// The region the program signs for when it talks to itself.
pub(crate) const REGION: &str = "us-east-1";

/// The key the program signs with when it talks to itself: the example of AWS's documentation.
pub(crate) fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None)
}

/// The wait before each event, so that the answer is seen to stream.
const PACE: Duration = Duration::from_millis(8);

/// Starts the loopback Bedrock with the built-in fixtures. It checks every signature, as the real one does.
pub(crate) async fn start() -> Result<Replay, Failure> {
    Replay::builder(Fixtures::builtin())
        .match_mode(MatchMode::Any)
        .verify(Verify::for_region(REGION).with_credentials(credentials()))
        .on_request(|received| {
            if let Some(fixture) = &received.fixture {
                tell!("offline: no model is asked; the built-in fixture {fixture} answers");
            }
        })
        .pace(Pace::every(PACE))
        .bind("127.0.0.1:0")
        .await
        .map_err(Failure::other)
}
