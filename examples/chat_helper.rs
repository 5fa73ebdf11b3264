//! The tutorial's helper: one function for every model.

use barerock::types::Message;
use barerock::{Client, ConverseRequest, Error};
use barerock_hyper::HyperTransport;
use barerock_replay::Fixture;

async fn chat(
    client: &Client<HyperTransport>,
    model: &str,
    prompt: &str,
    system: Option<&str>,
) -> Result<String, Error> {
    let mut request = ConverseRequest::new(model, [Message::user(prompt)]).max_tokens(512).temperature(0.5);
    if let Some(system) = system {
        request = request.system(system);
    }
    Ok(client.converse(&request).await?.text())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let models = ["us.anthropic.claude-sonnet-4-6", "us.meta.llama3-3-70b-instruct-v1:0"];
    let offline = models
        .map(|model| Fixture::text(model, "Human feedback ranks answers. The ranking trains the model."));
    let client = barerock_examples::client(offline).await?;

    for model in models {
        println!("{}", chat(&client, model, "Explain RLHF in two sentences.", Some("Be brief.")).await?);
    }
    Ok(())
}
