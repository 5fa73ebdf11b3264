//! Forwarding of requests to another server.

use core::error::Error;
use core::pin::Pin;
use core::task::{Context, Poll};

use bytes::Bytes;
use http::header::{
    CONNECTION, HeaderMap, HeaderName, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{Request, Response};
use http_body::{Body, Frame};

use crate::script::{Aborted, Script};

/// Hop-by-hop headers (RFC 9110, section 7.6.1), which are not forwarded.
const HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Body of a forwarded response, sent as it arrives.
pub type ForwardedBody = Pin<Box<dyn Body<Data = Bytes, Error = Box<dyn Error + Send + Sync>> + Send>>;

/// Future of a forwarded response.
pub type Forwarding<'a> = Pin<Box<dyn Future<Output = Response<ForwardedBody>> + Send + 'a>>;

/// Responds to requests with the responses of another server instead of fixtures.
///
/// A request is passed with its complete body. The response's body is sent as it arrives: it is polled when the client can
/// take more. If the body fails, the client's connection is aborted; if the client disconnects, the body is dropped.
pub trait Forward: Send + Sync {
    /// Forwards a request and returns its response.
    fn forward(&self, request: Request<Bytes>) -> Forwarding<'_>;
}

/// Removes hop-by-hop headers, including those that the `connection` header names.
pub fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// Body of a response: scripted or forwarded.
pub(crate) enum ResponseBody {
    Script(Script),
    Forwarded(ForwardedBody),
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Aborted;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Aborted>>> {
        match self.get_mut() {
            Self::Script(script) => Pin::new(script).poll_frame(context),
            Self::Forwarded(body) => {
                body.as_mut().poll_frame(context).map(|frame| frame.map(|frame| frame.map_err(|_| Aborted)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Script(script) => script.is_end_stream(),
            Self::Forwarded(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> http_body::SizeHint {
        match self {
            Self::Script(script) => script.size_hint(),
            Self::Forwarded(body) => body.size_hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_the_connection_stay_behind() {
        let pairs = [
            ("connection", "close, X-Mine"),
            ("x-mine", "1"),
            ("transfer-encoding", "chunked"),
            ("keep-alive", "5"),
            ("content-type", "a/b"),
        ];
        let mut headers: HeaderMap = pairs
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
            .collect();
        remove_hop_by_hop(&mut headers);
        assert_eq!(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["content-type"]);
    }
}
