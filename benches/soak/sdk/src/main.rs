//! Soak test of the AWS SDK: `cargo run --release` in this directory. The load is that of barerock, over plain HTTP,
//! with the SDK's own timeouts.

use std::error::Error as _;
use std::process::ExitCode;

use aws_credential_types::Credentials;
use aws_sdk_bedrockruntime::config::retry::RetryConfig;
use aws_sdk_bedrockruntime::config::timeout::TimeoutConfig;
use aws_sdk_bedrockruntime::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::types::{ContentBlock, ConversationRole, ConverseStreamOutput, Message};
use aws_sdk_bedrockruntime::{Client, Config};
use aws_smithy_http_client::Builder;
use barerock_soak::{ACCESS_KEY, Check, Contender, Fate, Options, REGION, SECRET_KEY};

struct Sdk(Client);

impl Contender for Sdk {
    const NAME: &'static str = "aws-sdk-bedrockruntime";

    fn new(url: &str, options: &Options) -> Self {
        let patience = options.patience();
        let retries = match options.attempts {
            1 => RetryConfig::disabled(),
            attempts => RetryConfig::standard().with_max_attempts(attempts),
        };
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .credentials_provider(Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "soak"))
            .endpoint_url(url)
            .http_client(Builder::new().build_http())
            .retry_config(retries)
            .timeout_config(TimeoutConfig::builder().read_timeout(patience).build())
            .stalled_stream_protection(StalledStreamProtectionConfig::enabled().grace_period(patience).build());
        Self(Client::from_conf(config.build()))
    }

    async fn stream(&self, model_id: &str, question: &str, check: &mut Check<'_>) -> Fate {
        let message = Message::builder()
            .role(ConversationRole::User)
            .content(ContentBlock::Text(question.to_owned()))
            .build()
            .expect("a whole message");
        let asked = self.0.converse_stream().model_id(model_id).messages(message).send().await;
        let mut stream = match asked {
            Ok(answer) => answer.stream,
            Err(error) => return fate(&error),
        };
        loop {
            let event = match stream.recv().await {
                Ok(Some(event)) => event,
                Ok(None) => return Fate::Complete,
                // The response has begun, so a connection failure truncates it.
                Err(error) => {
                    return match fate(&error) {
                        Fate::NoAnswer => Fate::Truncated,
                        fate => fate,
                    };
                }
            };
            check.event();
            match event {
                ConverseStreamOutput::ContentBlockDelta(delta) => {
                    if let Some(Ok(text)) = delta.delta().map(|delta| delta.as_text()) {
                        check.text(text);
                    }
                }
                ConverseStreamOutput::MessageStop(stop) => check.stop(stop.stop_reason().as_str()),
                _ => {}
            }
        }
    }
}

fn fate<E: ProvideErrorMetadata + std::error::Error + 'static, R: std::fmt::Debug>(error: &SdkError<E, R>) -> Fate {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    match error {
        // The code of an exception in a stream is available only in its text.
        SdkError::ServiceError(error) => {
            let named = words.split(": ").find(|word| word.ends_with("Exception"));
            Fate::Service(error.err().code().or(named).unwrap_or(&words).to_owned())
        }
        SdkError::TimeoutError(_) => Fate::TimedOut,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Fate::TimedOut,
        SdkError::DispatchFailure(_) => Fate::NoAnswer,
        _ if words.contains("checksum") => Fate::Corrupt,
        _ if words.contains("unexpected end of stream") => Fate::Truncated,
        _ => Fate::Other(words),
    }
}

fn main() -> ExitCode {
    barerock_soak::main::<Sdk>()
}
