//! The attempts of calls and their errors, told to an interceptor.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::interceptors::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_bedrockruntime::config::{Builder, ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_bedrockruntime::error::BoxError;
use aws_sdk_bedrockruntime::types::{ContentBlock, ConversationRole, Message};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-6";

/// Lines of a log; a program of yours would feed its metrics.
#[derive(Clone, Debug, Default)]
struct Metrics(Arc<Mutex<Vec<String>>>);

impl Metrics {
    fn log(&self, line: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

impl Intercept for Metrics {
    fn name(&self) -> &'static str {
        "Metrics"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.request().headers();
        let call = headers.get("amz-sdk-invocation-id").unwrap_or_default();
        let attempt = headers.get("amz-sdk-request").unwrap_or_default();
        self.log(format!("{}: {attempt}", call.get(..8).unwrap_or(call)));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(Err(error)) = context.output_or_error() {
            self.log(format!("failed: {error:?}"));
        }
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = aws_config::load_from_env().await;
    let metrics = Metrics::default();
    let client = Client::from_conf(Builder::from(&config).interceptor(metrics.clone()).build());

    let message = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text("Hello".to_owned()))
        .build()?;
    let response = client.converse().model_id(CLAUDE).messages(message).send().await?;
    let message = response.output().and_then(|output| output.as_message().ok()).ok_or("no message")?;
    for text in message.content().iter().filter_map(|block| block.as_text().ok()) {
        println!("{text}");
    }
    for line in metrics.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        println!("{line}");
    }
    Ok(())
}
