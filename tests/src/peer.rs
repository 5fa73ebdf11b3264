//! Loopback HTTP server with scripted responses, which records the requests.

use core::convert::Infallible;
use core::future::pending;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::time::Interval;

/// Reaction of the server to a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Responds with this status, content type and body.
    Answer(u16, &'static str, Bytes),
    /// Sends this response.
    Response(Box<Response<Bytes>>),
    /// Never responds.
    Hang,
    /// Closes the connection.
    Close,
    /// Responds with status 200 and an endless body of spaces, one per interval.
    Drip(Duration),
}

impl Reply {
    /// Responds with status 200 and a body whose content type does not matter.
    #[must_use]
    pub fn ok(body: &str) -> Self {
        Self::Answer(200, "text/plain", Bytes::copy_from_slice(body.as_bytes()))
    }
}

/// The server. It runs until the runtime of the test is dropped.
#[derive(Debug, Clone)]
pub struct Peer {
    url: String,
    asked: Arc<Mutex<Vec<Request<Bytes>>>>,
}

impl Peer {
    /// Starts a server on a free port.
    ///
    /// # Panics
    ///
    /// If the loopback address cannot be bound.
    pub async fn start(reply: impl Fn(&Request<Bytes>) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            asked: Arc::new(Mutex::new(Vec::new())),
        };
        let (reply, asked) = (Arc::new(reply), Arc::clone(&peer.asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (reply, asked) = (Arc::clone(&reply), Arc::clone(&asked));
                let service = service_fn(move |request: Request<Incoming>| {
                    let (reply, asked) = (Arc::clone(&reply), Arc::clone(&asked));
                    async move {
                        let (head, body) = request.into_parts();
                        let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
                        let request = Request::from_parts(head, body);
                        let reply = reply(&request);
                        asked.lock().unwrap().push(request);
                        answer(reply).await
                    }
                });
                // Connection errors are part of the tests.
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        peer
    }

    /// Base URL: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the requests so far.
    ///
    /// # Panics
    ///
    /// If the server has panicked.
    #[must_use]
    pub fn asked(&self) -> Vec<Request<Bytes>> {
        self.asked.lock().unwrap().clone()
    }

    /// Returns the method and the target of each request.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.asked().iter().map(|request| format!("{} {}", request.method(), request.uri())).collect()
    }
}

/// A response body: sent at once, or one space per interval.
enum Body {
    Whole(Full<Bytes>),
    Drip(Interval),
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(context),
            Self::Drip(interval) => {
                interval.poll_tick(context).map(|_| Some(Ok(Frame::data(Bytes::from_static(b" ")))))
            }
        }
    }
}

async fn answer(reply: Reply) -> Result<Response<Body>, Box<dyn core::error::Error + Send + Sync>> {
    match reply {
        Reply::Answer(status, content_type, body) => {
            let answer = Response::builder().status(status).header("content-type", content_type);
            Ok(answer.body(Body::Whole(Full::new(body)))?)
        }
        Reply::Response(response) => Ok(response.map(|body| Body::Whole(Full::new(body)))),
        Reply::Hang => pending::<Result<_, Infallible>>().await.map_err(Into::into),
        Reply::Close => Err("closed".into()),
        Reply::Drip(each) => Ok(Response::new(Body::Drip(tokio::time::interval(each)))),
    }
}
