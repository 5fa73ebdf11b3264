//! Streaming Converse client with the AWS SDK, without aws-config, with ring and static credentials.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ConversationRole, ConverseStreamOutput, Message,
};

use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

async fn ask(model: &str, prompt: &str) -> Result<(), Box<dyn Error>> {
    let variable = |name| std::env::var(name).ok();
    let key = std::env::var("AWS_ACCESS_KEY_ID")?;
    let secret = std::env::var("AWS_SECRET_ACCESS_KEY")?;
    let credentials = Credentials::new(key, secret, variable("AWS_SESSION_TOKEN"), None, "environment");
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let mut config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(std::env::var("AWS_REGION")?))
        .credentials_provider(credentials)
        .http_client(http);
    config.set_endpoint_url(variable("AWS_ENDPOINT_URL"));
    let client = Client::from_conf(config.build());
    let message = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text(prompt.to_owned()))
        .build()?;
    let mut answer = client.converse_stream().model_id(model).messages(message).send().await?;
    let mut out = std::io::stdout().lock();
    while let Some(event) = answer.stream.recv().await? {
        if let ConverseStreamOutput::ContentBlockDelta(event) = event
            && let Some(ContentBlockDelta::Text(text)) = event.delta()
        {
            out.write_all(text.as_bytes())?;
            out.flush()?;
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(model), Some(prompt)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: sdk-lean MODEL PROMPT");
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let answer = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(ask(&model, &prompt)));
    if let Err(error) = answer {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
