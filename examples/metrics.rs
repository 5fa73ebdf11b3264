//! What calls took and cost, told to an observer.

use std::sync::{Arc, Mutex, PoisonError};

use barerock::types::Message;
use barerock::{ConverseRequest, Observe, Stage};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;

/// Lines of a log; a program of yours would feed its metrics.
#[derive(Default)]
struct Metrics(Mutex<Vec<String>>);

impl Observe for Metrics {
    fn observe(&self, call: &str, stage: &Stage<'_>) {
        let line = match stage {
            Stage::Sending { attempt, max_attempts, .. } => format!("attempt {attempt} of {max_attempts}"),
            Stage::Retrying { error, .. } => format!("tried again after: {error}"),
            _ => return,
        };
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(format!("{}: {line}", call.get(..8).unwrap_or(call)));
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let offline = [
        Fixture::error(CLAUDE, 503, "ServiceUnavailableException", "Too many requests"),
        Fixture::text(CLAUDE, "Hello."),
    ];
    let metrics = Arc::new(Metrics::default());
    let observer: Arc<dyn Observe> = metrics.clone();
    let client = barerock_examples::builder(offline).await?.observe(observer).build()?;

    println!("{}", client.converse(&ConverseRequest::new(CLAUDE, [Message::user("Hello")])).await?.text());
    for line in metrics.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        println!("{line}");
    }
    Ok(())
}
