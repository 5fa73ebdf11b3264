//! A credentials provider of your own: a vault, an HTTP service, a hardware key.

use barerock::credentials::{CachedCredentials, CredentialsFuture, ProvidedCredentials};
use barerock::types::Message;
use barerock::{Client, ConverseRequest, Credentials, ProvideCredentials};
use barerock_examples::CLAUDE;
use barerock_hyper::HyperTransport;
use barerock_replay::Fixture;

/// Stands for a vault.
#[derive(Debug)]
struct Vault;

impl ProvideCredentials for Vault {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(async {
            println!("the vault is asked");
            let credentials =
                Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
            Ok(ProvidedCredentials::new(credentials, "vault"))
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = barerock_examples::serve([Fixture::text(CLAUDE, "Hello.")]).await?;
    let client = Client::builder(HyperTransport::new())
        .region("us-east-1")
        .endpoint_url(url)
        .credentials(CachedCredentials::new(Vault))
        .build()?;

    // Asked once: the cache asks again shortly before credentials expire.
    for _ in 0..3 {
        let response = client.converse(&ConverseRequest::new(CLAUDE, [Message::user("Hello")])).await?;
        println!("{}", response.text());
    }
    Ok(())
}
