//! Calls as spans with OpenTelemetry's names, printed here; `tracing-opentelemetry` would export the same spans.

use std::sync::Arc;

use barerock::types::Message;
use barerock::{ConverseRequest, TracingObserver};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;
use tracing_subscriber::fmt::format::FmtSpan;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A line for each span when it ends.
    tracing_subscriber::fmt().with_span_events(FmtSpan::CLOSE).without_time().init();
    let builder = barerock_examples::builder([Fixture::text(CLAUDE, "Hello.")]).await?;
    let client = builder.observe(Arc::new(TracingObserver::new())).build()?;

    let request = ConverseRequest::new(CLAUDE, [Message::user("Say hello.")]).max_tokens(100);
    println!("{}", client.converse(&request).await?.text());
    let message = client.converse_stream(&request).await?.into_message().await?;
    println!(
        "{} ({:?} to the first event, {} attempt)",
        message.text(),
        message.first_event(),
        message.attempts()
    );
    Ok(())
}
