//! A guardrail on a call: its verdict is the stop reason, its findings are in the trace.

use barerock::ConverseRequest;
use barerock::types::{GuardrailConfiguration, GuardrailTrace, Message, StopReason};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client =
        barerock_examples::client([Fixture::text(CLAUDE, "I can give no investment advice.")]).await?;

    let mut request = ConverseRequest::new(CLAUDE, [Message::user("Which stock should I buy?")]);
    request.guardrail_config = Some(
        GuardrailConfiguration::new()
            .guardrail_identifier("gr0123456789")
            .guardrail_version("DRAFT")
            .trace(GuardrailTrace::Enabled),
    );
    let response = client.converse(&request).await?;
    if response.stop_reason == StopReason::GuardrailIntervened {
        println!("the guardrail intervened: {:?}", response.read_trace()?);
    }
    println!("{}", response.text());
    Ok(())
}
