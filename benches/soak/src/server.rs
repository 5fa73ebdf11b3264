//! The server, which runs in a separate process.

use core::time::Duration;
use std::io::Write as _;
use std::process::ExitCode;

use barerock::Credentials;
use barerock_replay::{Fixture, Fixtures, MatchMode, ReplayServer, Verify};
use serde_json::json;
use tokio::io::AsyncReadExt as _;

use crate::answer::{Answer, MODELS};
use crate::options::Options;
use crate::strikes::Strike;
use crate::{ACCESS_KEY, REGION, SECRET_KEY, schedule};

/// Idle timeout of connections: longer than any round, so that none is closed while it is being reused.
const IDLE: Duration = Duration::from_secs(600);

/// Serves until standard input ends. Prints its URL as the first line, then one line for each [`Strike`].
pub(crate) async fn serve(options: &Options) -> ExitCode {
    let fixtures = Fixtures::new((0..MODELS).map(|model| fixture(model, options.events)));
    let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None);
    let replay = ReplayServer::builder()
        .fixtures(fixtures)
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
    // Fails only if the parent process is gone.
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
