//! Signs a request to any AWS service with the configuration of this machine, and prints it: `cargo run -p barerock-config
//! --example sign -- dynamodb https://dynamodb.eu-west-3.amazonaws.com/`.

use std::sync::Arc;
use std::time::SystemTime;

use barerock::sigv4::{Signer, Timestamp};
use barerock_config::Config;
use barerock_config::providers::SystemIo;
use bytes::Bytes;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn core::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(service), Some(url)) = (arguments.next(), arguments.next()) else {
        return Err("usage: sign SIGNING-NAME URL".into());
    };
    let config = Config::load().await?;
    let region = config.region();
    eprintln!("profile {} ({})", config.profile_name().value, config.profile_name().source);
    eprintln!("region {} ({})", region.value.as_deref().unwrap_or("none"), region.source);
    let region = region.value.as_deref().ok_or("no region")?;

    let keys = config.credentials(Arc::new(SystemIo::without_http())).provide().await?;
    eprintln!("credentials {} ({})", keys.credentials.access_key_id(), keys.provider);
    let mut request = http::Request::get(url).body(Bytes::new())?;
    #[expect(clippy::disallowed_methods, reason = "an example signs now")]
    let now = Timestamp::try_from(SystemTime::now())?;
    Signer::new(region, &*service)?.sign_http(&mut request, &keys.credentials, now)?;
    println!("{} {}", request.method(), request.uri());
    for (name, value) in request.headers() {
        println!("{name}: {}", value.to_str().unwrap_or_default());
    }
    Ok(())
}
