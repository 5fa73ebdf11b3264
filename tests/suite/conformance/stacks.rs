//! The stacks under test.

use barerock::{Client, ClientBuilder, Transport};
use barerock_hyper::HyperTransport;
use barerock_reqwest::ReqwestTransport;
use barerock_ureq::UreqTransport;

use super::server::{Bedrock, REGION, credentials};

/// An HTTP stack, and how its futures are run.
pub(super) trait Stack {
    type Transport: Transport + Clone + 'static;

    /// A transport as its users get it, but blind to the proxies of whoever runs the tests.
    fn transport() -> Self::Transport;

    /// Runs a future to its end.
    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    /// A client's builder for a server.
    fn builder(bedrock: &Bedrock) -> ClientBuilder<Self::Transport> {
        client(Self::transport(), &bedrock.url())
    }

    /// A client for a server.
    fn client(bedrock: &Bedrock) -> Client<Self::Transport> {
        Self::builder(bedrock).build().unwrap()
    }
}

pub(super) fn client<T: Transport>(transport: T, url: &str) -> ClientBuilder<T> {
    Client::builder(transport).region(REGION).endpoint_url(url).credentials(credentials())
}

pub(super) struct Hyper;

impl Stack for Hyper {
    type Transport = HyperTransport;

    fn transport() -> HyperTransport {
        HyperTransport::new()
    }
}

pub(super) struct Reqwest;

impl Stack for Reqwest {
    type Transport = ReqwestTransport;

    fn transport() -> ReqwestTransport {
        ReqwestTransport::client_builder().no_proxy().build().unwrap().into()
    }
}

pub(super) struct Ureq;

impl Stack for Ureq {
    type Transport = UreqTransport;

    fn transport() -> UreqTransport {
        UreqTransport::builder().proxy(None).build()
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        barerock_ureq::block_on(future)
    }
}

pub(super) struct UreqNativeTls;

impl Stack for UreqNativeTls {
    type Transport = UreqTransport;

    fn transport() -> UreqTransport {
        UreqTransport::builder().native_tls().proxy(None).build()
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        barerock_ureq::block_on(future)
    }
}
