//! The client a command calls with.

use std::sync::Arc;

use barerock::{Client, ClientBuilder, Observe, Timeouts};
use barerock_config::providers::SystemIo;
use barerock_hyper::HyperTransport;
use barerock_replay::ReplayServer;

use crate::args::Call;
use crate::debug::Debug;
use crate::exit::Failure;
use crate::warnings::Warnings;
use crate::{network, offline};

/// A client, and the Bedrock it talks to if that lives in the program.
pub(crate) struct Connection {
    pub(crate) client: Client<HyperTransport>,
    _replay: Option<ReplayServer>,
}

impl Connection {
    /// Sets up the client the options ask for.
    pub(crate) async fn new(call: &Call) -> Result<Self, Failure> {
        Self::set_up(call, None, |builder| builder).await
    }

    /// Sets up the client the options ask for, with another observer and with settings of the command.
    pub(crate) async fn observed(
        call: &Call,
        observer: Box<dyn Observe>,
        adjust: impl FnOnce(ClientBuilder<HyperTransport>) -> ClientBuilder<HyperTransport>,
    ) -> Result<Self, Failure> {
        Self::set_up(call, Some(observer), adjust).await
    }

    async fn set_up(
        call: &Call,
        observer: Option<Box<dyn Observe>>,
        adjust: impl FnOnce(ClientBuilder<HyperTransport>) -> ClientBuilder<HyperTransport>,
    ) -> Result<Self, Failure> {
        let connect_timeout = call.connect_timeout();
        let plain = network::plain(connect_timeout);
        let (mut builder, replay) = if call.offline {
            // The Bedrock inside the program is called over plain HTTP, and without a proxy.
            let server = offline::start().await?;
            let builder = Client::builder(plain)
                .endpoint_url(server.url())
                .region(offline::REGION)
                .credentials(offline::credentials());
            (builder, Some(server))
        } else {
            // What to trust and which way to go may stand in the shared files.
            let config = call.target.loader().load(Arc::new(SystemIo::new(Arc::new(plain)))).await?;
            let transport = network::transport(&config, connect_timeout).await?;
            (config.builder(transport), None)
        };
        let timeouts = Timeouts::never().first_byte(call.read_timeout()).idle(call.read_timeout());
        builder = builder.timeouts(timeouts);
        for host in &call.allow_plaintext_to {
            builder = builder.allow_plaintext_to(host);
        }
        let mut observers: Vec<Box<dyn Observe>> = vec![Box::new(Warnings)];
        observers.extend(observer);
        if call.debug {
            observers.push(Box::new(Debug::default()));
        }
        if let Some(recorder) = call.record.observer()? {
            observers.push(Box::new(recorder));
        }
        builder = observers.into_iter().map(Arc::from).fold(builder, ClientBuilder::observe);
        if call.no_validate {
            builder = builder.no_validation();
        }
        if call.no_sign_request {
            builder = builder.no_sign_request();
        }
        Ok(Self { client: adjust(builder).build()?, _replay: replay })
    }
}
