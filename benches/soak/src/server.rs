//! The server, in a process of its own.

use core::time::Duration;
use std::io::Write as _;
use std::process::ExitCode;

use barerock::Credentials;
use barerock_replay::{Fixture, Fixtures, MatchMode, Replay, Verify};
use serde_json::json;
use tokio::io::AsyncReadExt as _;

use crate::answer::{Answer, MODELS};
use crate::options::Options;
use crate::strikes::Strike;
use crate::{ACCESS_KEY, REGION, SECRET_KEY, schedule};

/// How long a connection is kept for the next round: longer than any round takes, so that none is closed just as it is
/// used again.
const IDLE: Duration = Duration::from_secs(600);

/// Serves until standard input ends. The first line it prints is its URL; each other line is a [`Strike`].
pub(crate) async fn serve(options: &Options) -> ExitCode {
    let fixtures = Fixtures::new((0..MODELS).map(|model| fixture(model, options.events)));
    let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None);
    let replay = Replay::builder(fixtures)
        .match_mode(MatchMode::Model)
        .verify(Verify::for_region(REGION).with_credentials(credentials))
        .faults(schedule::rules(options))
        .chunking(options.chunk)
        .pace(options.pace)
        .max_connections(options.streams * 2)
        .io_timeout(IDLE)
        .on_request(|received| {
            if let Some(strike) = Strike::of(received) {
                println!("{strike}");
            }
        })
        .bind("127.0.0.1:0")
        .await;
    let replay = match replay {
        Ok(replay) => replay,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", replay.url());
    // Whoever started it reads the line, or is gone.
    let _ = std::io::stdout().flush();
    let _ = tokio::io::stdin().read_to_end(&mut Vec::new()).await;
    ExitCode::SUCCESS
}

fn fixture(model: usize, events: usize) -> Fixture {
    let path = format!("/model/{}/converse-stream", Answer::model_id(model).replace(':', "%3A"));
    let request = json!({"method": "POST", "uri": path, "headers": [], "body": "{}"}).to_string();
    let response =
        json!({"status": 200, "headers": [["Content-Type", "application/vnd.amazon.eventstream"]]})
            .to_string();
    let stream = Answer::new(model, events).stream;
    Fixture::parse(format!("soak-{model}"), request.as_bytes(), response.as_bytes(), stream)
        .expect("a good fixture")
}
