//! A transport of your own: an HTTP connector that sends a request and returns its response. This one wraps another, and logs.

use std::time::Instant;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::HttpClient as _;
use aws_sdk_bedrockruntime::config::http::HttpRequest;
use aws_sdk_bedrockruntime::types::{ContentBlock, ConversationRole, Message};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-6";

/// Prints a line per request.
#[derive(Debug)]
struct Logging(SharedHttpConnector);

impl HttpConnector for Logging {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let start = Instant::now();
        let line = format!("{} {}", request.method(), request.uri());
        let response = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let response = response.await?;
            println!("{line}: {} after {} ms", response.status(), start.elapsed().as_millis());
            Ok(response)
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let provider = Provider::Rustls(CryptoMode::AwsLc);
    let inner = aws_smithy_http_client::Builder::new().tls_provider(provider).build_https();
    let http_client = http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Logging(inner.http_connector(settings, components)))
    });
    let client = Client::new(&aws_config::from_env().http_client(http_client).load().await);

    let message = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text("Hello".to_owned()))
        .build()?;
    let response = client.converse().model_id(CLAUDE).messages(message).send().await?;
    let message = response.output().and_then(|output| output.as_message().ok()).ok_or("no message")?;
    for text in message.content().iter().filter_map(|block| block.as_text().ok()) {
        println!("{text}");
    }
    Ok(())
}
