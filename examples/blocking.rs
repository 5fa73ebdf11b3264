//! Without a runtime: ureq's transport blocks, and a stream is an iterator.

use barerock::ConverseRequest;
use barerock::types::Message;
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;
use barerock_ureq::{Client, UreqTransport};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The local Bedrock of the example needs a runtime; the client does not.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let client: Client = if barerock_examples::is_live() {
        Client::from_config()?
    } else {
        let url =
            runtime.block_on(barerock_examples::serve([Fixture::text(CLAUDE, "One thread is enough.")]))?;
        barerock_examples::local(UreqTransport::new(), &url).build()?.into()
    };

    let request = ConverseRequest::new(CLAUDE, [Message::user("How many threads does this take?")]);
    for event in client.converse_stream(&request)? {
        print!("{}", event?.text().unwrap_or_default());
    }
    println!();
    Ok(())
}
