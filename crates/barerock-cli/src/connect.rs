//! The client a command calls with.

use barerock::{Client, Environment, Timeouts};
use barerock_hyper::HyperTransport;
use barerock_replay::Replay;

use crate::args::Call;
use crate::exit::Failure;
use crate::{network, offline};

/// A client, and the Bedrock it talks to if that lives in the program.
pub(crate) struct Connection {
    pub(crate) client: Client<HyperTransport>,
    _replay: Option<Replay>,
}

impl Connection {
    /// Sets up the client the options ask for.
    pub(crate) async fn new(call: &Call) -> Result<Self, Failure> {
        let transport = network::transport(call, &Environment::of_process())?;
        let timeouts = Timeouts::never().first_byte(call.read_timeout()).idle(call.read_timeout());
        let mut builder = Client::builder(transport).timeouts(timeouts);
        let mut replay = None;
        if call.offline {
            let server = offline::start().await?;
            builder = builder
                .endpoint_url(server.url())
                .region(offline::REGION)
                .credentials(offline::credentials());
            replay = Some(server);
        } else {
            builder = builder.environment(Environment::of_process());
        }
        if let Some(region) = &call.region {
            builder = builder.region(region);
        }
        if let Some(url) = &call.endpoint_url {
            builder = builder.endpoint_url(url);
        }
        if call.no_validate {
            builder = builder.no_validation();
        }
        if call.no_sign_request {
            builder = builder.no_sign_request();
        }
        Ok(Self { client: builder.build()?, _replay: replay })
    }
}
