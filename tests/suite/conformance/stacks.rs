//! The stacks under test.

use core::fmt::Debug;
use core::time::Duration;

use barerock::transport::ProxyRules;
use barerock::{Client, ClientBuilder, Transport};
use barerock_hyper::HyperTransport;
use barerock_reqwest::{ReqwestTransport, tls};
use barerock_ureq::{UreqTransport, UreqTransportBuilder};

use super::server::{Bedrock, REGION, credentials};

/// Settings of a transport. Unset ones have their defaults, except that the environment's proxies are ignored.
#[derive(Default)]
pub(super) struct Settings {
    /// The only trusted authority.
    pub(super) ca_pem: Option<String>,
    pub(super) connect_timeout: Option<Duration>,
    /// The URL of a proxy, and the hosts it is not for.
    pub(super) proxy: Option<(String, String)>,
}

impl Settings {
    pub(super) fn proxies(&self) -> ProxyRules {
        let Some((url, exceptions)) = &self.proxy else { return ProxyRules::default() };
        ProxyRules::all(url.parse().unwrap()).no_proxy(exceptions)
    }
}

/// An HTTP stack, and the executor of its futures.
pub(super) trait Stack {
    type Transport: Transport + Clone + Debug + 'static;

    /// True if its TLS distinguishes an aborted connection from a closed one.
    const TELLS_A_BREAK: bool = true;

    fn set_up(settings: &Settings) -> Self::Transport;

    fn transport() -> Self::Transport {
        Self::set_up(&Settings::default())
    }

    /// Runs a future to its end.
    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    /// Runs futures side by side.
    fn run_all<T: Send + 'static>(futures: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
        Self::run(async {
            let tasks: Vec<_> = futures.into_iter().map(tokio::spawn).collect();
            let mut outputs = Vec::new();
            for task in tasks {
                outputs.push(task.await.unwrap());
            }
            outputs
        })
    }

    /// Returns a client builder for a server.
    fn builder(bedrock: &Bedrock) -> ClientBuilder<Self::Transport> {
        client(Self::transport(), &bedrock.url())
    }

    /// Returns a client for a server.
    fn client(bedrock: &Bedrock) -> Client<Self::Transport> {
        Self::builder(bedrock).build().unwrap()
    }
}

pub(super) fn client<T: Transport>(transport: T, url: &str) -> ClientBuilder<T> {
    Client::builder(transport)
        .retry(barerock::RetryPolicy::off())
        .region(REGION)
        .endpoint_url(url)
        .credentials(credentials())
}

pub(super) struct Hyper;

impl Stack for Hyper {
    type Transport = HyperTransport;

    fn set_up(settings: &Settings) -> HyperTransport {
        let mut builder = match &settings.ca_pem {
            None => HyperTransport::builder(),
            Some(pem) => HyperTransport::with_ca_bundle(pem.as_bytes()).unwrap(),
        };
        if let Some(limit) = settings.connect_timeout {
            builder = builder.connect_timeout(limit);
        }
        builder.proxy(settings.proxies()).unwrap().build()
    }
}

pub(super) struct Reqwest;

impl Stack for Reqwest {
    type Transport = ReqwestTransport;

    fn set_up(settings: &Settings) -> ReqwestTransport {
        let client = match &settings.ca_pem {
            None => ReqwestTransport::client_builder(),
            Some(pem) => {
                let trusting = tls::client_config(tls::ca_bundle(pem.as_bytes()).unwrap()).unwrap();
                ReqwestTransport::client_builder_with_tls(trusting)
            }
        };
        reqwest(client, settings)
    }
}

#[cfg(feature = "native-tls")]
pub(super) struct ReqwestNativeTls;

#[cfg(feature = "native-tls")]
impl Stack for ReqwestNativeTls {
    type Transport = ReqwestTransport;

    const TELLS_A_BREAK: bool = false;

    fn set_up(settings: &Settings) -> ReqwestTransport {
        let mut client = ReqwestTransport::native_tls_client_builder();
        if let Some(pem) = &settings.ca_pem {
            let certificate = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
            client = client.tls_certs_only([certificate]);
        }
        reqwest(client, settings)
    }
}

fn reqwest(mut client: reqwest::ClientBuilder, settings: &Settings) -> ReqwestTransport {
    if let Some(limit) = settings.connect_timeout {
        client = client.connect_timeout(limit);
    }
    ReqwestTransport::build(client, settings.proxies())
}

pub(super) struct Ureq;

impl Stack for Ureq {
    type Transport = UreqTransport;

    fn set_up(settings: &Settings) -> UreqTransport {
        let builder = match &settings.ca_pem {
            None => UreqTransport::builder(),
            Some(pem) => UreqTransport::with_ca_bundle(pem.as_bytes()).unwrap(),
        };
        ureq(builder, settings)
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        barerock_ureq::block_on(future)
    }

    fn run_all<T: Send + 'static>(futures: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
        let run = |future| std::thread::spawn(|| barerock_ureq::block_on(future));
        let threads: Vec<_> = futures.into_iter().map(run).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    }
}

#[cfg(feature = "native-tls")]
pub(super) struct UreqNativeTls;

#[cfg(feature = "native-tls")]
impl Stack for UreqNativeTls {
    type Transport = UreqTransport;

    const TELLS_A_BREAK: bool = false;

    fn set_up(settings: &Settings) -> UreqTransport {
        let builder = match &settings.ca_pem {
            None => UreqTransport::native_tls(),
            Some(pem) => UreqTransport::native_tls_with_ca_bundle(pem.as_bytes()).unwrap(),
        };
        ureq(builder, settings)
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        Ureq::run(future)
    }

    fn run_all<T: Send + 'static>(futures: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
        Ureq::run_all(futures)
    }
}

fn ureq(mut builder: UreqTransportBuilder, settings: &Settings) -> UreqTransport {
    if let Some(limit) = settings.connect_timeout {
        builder = builder.connect_timeout(limit);
    }
    builder.proxy(settings.proxies()).unwrap().build()
}
