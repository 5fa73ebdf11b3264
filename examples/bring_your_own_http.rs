//! No client and no transport: the request as a value, signed, sent by whatever you have, and its stream decoded.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::SystemTime;

use barerock::Credentials;
use barerock::converse::{ConverseRequest, Endpoint, EventDecoder, MessageAssembler};
use barerock::sigv4::{Signer, Timestamp};
use barerock::types::Message;
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = barerock_examples::serve([Fixture::text(CLAUDE, "Bytes in, bytes out.")]).await?;
    tokio::task::spawn_blocking(move || ask(&url).map_err(|error| error.to_string())).await??;
    Ok(())
}

fn ask(url: &str) -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = Endpoint::custom(url)?;
    let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
    let now = Timestamp::try_from(SystemTime::now())?;
    let mut request = ConverseRequest::new(CLAUDE, [Message::user("Hello")]).to_http_stream(&endpoint)?;
    Signer::new("us-east-1", "bedrock")?.sign_http(&mut request, &credentials, now)?;

    // HTTP/1.0, so that the body ends with the connection: the least there can be of an HTTP client.
    let authority = request.uri().authority().ok_or("no host")?.to_string();
    let mut connection = TcpStream::connect(&authority)?;
    let path = request.uri().path();
    write!(connection, "{} {path} HTTP/1.0\r\nhost: {authority}\r\n", request.method())?;
    for (name, value) in request.headers().iter().filter(|(name, _)| *name != http::header::HOST) {
        write!(connection, "{name}: {}\r\n", value.to_str()?)?;
    }
    write!(connection, "content-length: {}\r\n\r\n", request.body().len())?;
    connection.write_all(request.body())?;
    let mut response = Vec::new();
    connection.read_to_end(&mut response)?;
    let head = response.windows(4).position(|bytes| bytes == b"\r\n\r\n").ok_or("no head")?;

    let (mut events, mut message) = (EventDecoder::new(), MessageAssembler::new());
    let mut body = response.get(head.saturating_add(4)..).unwrap_or_default();
    while let Some(event) = events.next_event(&mut body)? {
        message.push(event);
    }
    events.finish()?;
    println!("{}", message.finish()?.text());
    Ok(())
}
