//! Connections through HTTP proxies.

use std::io;

use barerock::transport::proxy::Tunnel;
use barerock::transport::{
    BoxError, ConnectTime, HopError, ProxyError, ProxyRules, ProxyScheme, ProxyUrl, ThroughProxy,
};
use bytes::Bytes;
use http::header::PROXY_AUTHORIZATION;
use http::uri::Scheme;
use http::{Request, Uri};
use http_body_util::Full;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tower_service::Service as _;

use crate::connector::{Connecting, Direct, ProxyConnect};
use crate::stream::Stream;

/// Size of the buffer for a proxy's response, in bytes.
const READ: usize = 1024;

/// Opens connections through the proxies of [`ProxyRules`]: over plain HTTP, with `CONNECT` for `https` URIs.
#[derive(Debug)]
pub(crate) struct HttpProxies(ProxyRules);

impl HttpProxies {
    /// Accepts rules whose proxies have the scheme `http`.
    ///
    /// # Errors
    /// If a proxy has another scheme.
    pub(crate) fn new(rules: ProxyRules) -> Result<Self, ProxyError> {
        rules.require_schemes(&[ProxyScheme::Http])?;
        Ok(Self(rules))
    }
}

impl ProxyConnect for HttpProxies {
    fn applies(&self, uri: &Uri) -> bool {
        self.0.proxy_for(uri).is_some()
    }

    fn connect<'a>(&'a self, direct: &'a Direct, uri: &'a Uri) -> Connecting<'a> {
        Box::pin(async move {
            let begun = Instant::now();
            let proxy = self.0.proxy_for(uri).ok_or("the URI has no proxy")?;
            let address: Uri = format!("http://{}", proxy.authority()).parse()?;
            let tcp = direct.tcp.clone().call(address).await;
            let tcp = tcp.map_err(|error| HopError::proxy(proxy, error))?.into_inner();
            if uri.scheme() != Some(&Scheme::HTTPS) {
                return Ok((Stream::plain(tcp), ConnectTime::new(begun.elapsed(), None)));
            }
            open_tunnel(&tcp, proxy, uri).await?;
            direct.secure(tcp, uri.host().unwrap_or_default(), Some(proxy), begun.elapsed()).await
        })
    }

    fn prepare(&self, request: &mut Request<Full<Bytes>>) -> Option<ThroughProxy> {
        if request.uri().scheme() == Some(&Scheme::HTTPS) {
            return None;
        }
        let proxy = self.0.proxy_for(request.uri())?;
        if let Some(authorization) = proxy.basic_auth() {
            request.headers_mut().insert(PROXY_AUTHORIZATION, authorization);
        }
        Some(ThroughProxy::new(proxy))
    }
}

async fn open_tunnel(tcp: &TcpStream, proxy: &ProxyUrl, uri: &Uri) -> Result<(), BoxError> {
    let broken = |error| HopError::proxy(proxy, error);
    let mut tunnel = Tunnel::new(proxy, uri);
    let request = tunnel.request(proxy);
    let mut rest = &*request;
    while !rest.is_empty() {
        tcp.writable().await.map_err(broken)?;
        match tcp.try_write(rest) {
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(broken(error).into()),
        }
    }
    let mut room = vec![0; READ];
    loop {
        tcp.readable().await.map_err(broken)?;
        match tcp.try_read(&mut room) {
            Ok(count) => {
                if tunnel.receive(room.get(..count).unwrap_or_default())? {
                    return Ok(());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(broken(error).into()),
        }
    }
}
