//! Soak test of barerock over hyper: `cargo run --release -p barerock-soak`, with `--features live` for memory.

use std::process::ExitCode;

use barerock::types::Message;
use barerock::{
    Client, ConverseRequest, Credentials, Error, ErrorKind, RetryPolicy, StreamEvent, Timeouts, Verdict,
};
use barerock_hyper::HyperTransport;
use barerock_soak::{ACCESS_KEY, Check, Contender, Fate, Options, REGION, SECRET_KEY};

struct Barerock(Client<HyperTransport>);

impl Contender for Barerock {
    const NAME: &'static str = "barerock, hyper";

    fn new(url: &str, options: &Options) -> Self {
        let timeouts = Timeouts::never().first_byte(options.patience()).idle(options.patience());
        let client = Client::builder(HyperTransport::new())
            .region(REGION)
            .endpoint_url(url)
            .credentials(Credentials::new(ACCESS_KEY, SECRET_KEY, None))
            .timeouts(timeouts)
            .retry(RetryPolicy::standard().max_attempts(options.attempts))
            .build();
        Self(client.expect("a good endpoint"))
    }

    async fn stream(&self, model_id: &str, question: &str, check: &mut Check<'_>) -> Fate {
        let request = ConverseRequest::new(model_id, [Message::user(question)]);
        match self.watch(&request, check).await {
            Ok(()) => Fate::Complete,
            Err(error) => fate(&error),
        }
    }
}

impl Barerock {
    async fn watch(&self, request: &ConverseRequest, check: &mut Check<'_>) -> Result<(), Error> {
        let mut stream = self.0.converse_stream(request).await?;
        while let Some(event) = stream.next_event().await? {
            check.event();
            if let Some(text) = event.text() {
                check.text(text);
            }
            if let StreamEvent::MessageStop(stop) = event {
                check.stop(stop.stop_reason.as_str());
            }
        }
        Ok(())
    }
}

fn fate(error: &Error) -> Fate {
    if error.is_timeout() {
        return Fate::TimedOut;
    }
    if let Some(service) = error.service_error() {
        return Fate::Service(service.code.clone());
    }
    match error.verdict() {
        Some(Verdict::Truncated) => Fate::Truncated,
        Some(Verdict::EndedEarly) => Fate::EndedEarly,
        Some(Verdict::Corrupt) => Fate::Corrupt,
        Some(verdict) => Fate::Other(verdict.to_string()),
        None if error.kind() == ErrorKind::Transport => Fate::NoAnswer,
        None => Fate::Other(error.to_string()),
    }
}

fn main() -> ExitCode {
    barerock_soak::main::<Barerock>()
}
