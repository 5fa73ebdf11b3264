//! Name lookup by the operating system.

use core::net::SocketAddr;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;
use std::net::ToSocketAddrs as _;
use std::thread;
use std::vec;

use hyper_util::client::legacy::connect::dns::Name;
use tokio::sync::oneshot;
use tower_service::Service;

/// Resolver that looks each name up on a new thread. If the thread cannot be created, the lookup is an error; tokio's
/// `spawn_blocking` would panic.
#[derive(Clone)]
pub(crate) struct Resolver;

type Addresses = vec::IntoIter<SocketAddr>;

impl Service<Name> for Resolver {
    type Response = Addresses;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Addresses>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (sender, found) = oneshot::channel();
        let thread = thread::Builder::new().name("barerock-resolver".to_owned()).spawn(move || {
            // Fails if the request was dropped meanwhile.
            let _dropped = sender.send((name.as_str(), 0).to_socket_addrs());
        });
        Box::pin(async move {
            thread?;
            found.await.map_err(io::Error::other)?
        })
    }
}
