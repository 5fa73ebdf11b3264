//! A transport of your own: any HTTP stack that sends a request and returns its response. This one wraps another, and logs.

use std::time::Duration;
use std::time::Instant;

use barerock::types::Message;
use barerock::{ConverseRequest, Transport};
use barerock_examples::CLAUDE;
use barerock_hyper::HyperTransport;
use barerock_replay::Fixture;
use bytes::Bytes;

/// Prints a line per request.
struct Logging<T>(T);

impl<T: Transport> Transport for Logging<T> {
    type Body = T::Body;
    type Error = T::Error;

    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<T::Body>, T::Error> {
        let start = Instant::now();
        let line = format!("{} {}", request.method(), request.uri().path());
        let response = self.0.send(request).await?;
        println!("{line}: {} after {} ms", response.status(), start.elapsed().as_millis());
        Ok(response)
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }

    async fn connect(&self, uri: &http::Uri) -> Result<(), T::Error> {
        self.0.connect(uri).await
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = barerock_examples::serve([Fixture::text(CLAUDE, "Hello.")]).await?;
    let client = barerock_examples::local(Logging(HyperTransport::new()), &url).build()?;
    println!("{}", client.converse(&ConverseRequest::new(CLAUDE, [Message::user("Hello")])).await?.text());
    Ok(())
}
