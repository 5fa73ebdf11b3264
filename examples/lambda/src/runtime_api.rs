//! Lambda's runtime API: the next event, its response in pieces, or its error.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>, and for streaming "Using Lambda response streaming with custom
//! runtimes" of the same guide.

use std::future::poll_fn;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::pin::pin;

use barerock::Transport as _;
use barerock_ureq::{UreqTransport, block_on};
use base64ct::{Base64, Encoding as _};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body as _;

pub type Error = Box<dyn std::error::Error>;

/// An event, and the id its response must name.
pub struct Invocation {
    pub id: String,
    pub event: Bytes,
}

/// An error as Lambda reports it.
pub struct Failure {
    pub kind: String,
    pub message: String,
}

impl Failure {
    fn json(&self) -> String {
        serde_json::json!({"errorType": self.kind, "errorMessage": self.message}).to_string()
    }
}

/// The runtime API at `HOST:PORT`.
pub struct RuntimeApi {
    authority: String,
    transport: UreqTransport,
}

impl RuntimeApi {
    pub fn new(authority: &str) -> Self {
        Self { authority: authority.to_owned(), transport: UreqTransport::without_tls().build() }
    }

    /// Waits for the next event, without a time limit.
    pub fn next(&self) -> Result<Invocation, Error> {
        let response = self.send(Request::get(self.uri("invocation/next")).body(Bytes::new())?)?;
        let id = response.headers().get("lambda-runtime-aws-request-id");
        let id = id.and_then(|id| id.to_str().ok()).ok_or("an event without an id")?.to_owned();
        Ok(Invocation { id, event: response.into_body() })
    }

    /// Ends an invocation with an error.
    pub fn fail(&self, id: &str, failure: &Failure) -> Result<(), Error> {
        self.post_failure(&format!("invocation/{id}/error"), failure)
    }

    /// Says that the function cannot start.
    pub fn fail_to_start(&self, failure: &Failure) -> Result<(), Error> {
        self.post_failure("init/error", failure)
    }

    fn post_failure(&self, path: &str, failure: &Failure) -> Result<(), Error> {
        let request = Request::post(self.uri(path))
            .header("content-type", "application/json")
            .header("lambda-runtime-function-error-type", &failure.kind);
        self.send(request.body(failure.json().into())?).map(drop)
    }

    /// Begins a response that is sent in pieces.
    pub fn respond(&self, id: &str) -> Result<StreamedResponse, Error> {
        let mut connection = TcpStream::connect(&self.authority)?;
        connection.set_nodelay(true)?;
        let head = format!(
            "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\n\
             host: {}\r\n\
             content-type: text/plain; charset=utf-8\r\n\
             lambda-runtime-function-response-mode: streaming\r\n\
             transfer-encoding: chunked\r\n\
             trailer: lambda-runtime-function-error-type, lambda-runtime-function-error-body\r\n\
             connection: close\r\n\r\n",
            self.authority
        );
        connection.write_all(head.as_bytes())?;
        Ok(StreamedResponse { connection })
    }

    fn uri(&self, path: &str) -> String {
        format!("http://{}/2018-06-01/runtime/{path}", self.authority)
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let (head, body) = block_on(self.transport.send(request))?.into_parts();
        let (mut body, mut whole) = (pin!(body), Vec::new());
        while let Some(frame) = block_on(poll_fn(|context| body.as_mut().poll_frame(context))) {
            whole.extend_from_slice(&frame?.into_data().unwrap_or_default());
        }
        if !head.status.is_success() {
            return Err(format!("runtime API: {}: {}", head.status, String::from_utf8_lossy(&whole)).into());
        }
        Ok(Response::from_parts(head, whole.into()))
    }
}

/// A response on its way.
pub struct StreamedResponse {
    connection: TcpStream,
}

impl StreamedResponse {
    /// Sends a piece.
    pub fn send(&mut self, piece: &[u8]) -> Result<(), Error> {
        // An empty chunk would end the response.
        if !piece.is_empty() {
            let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
            self.connection.write_all(&chunk)?;
        }
        Ok(())
    }

    /// Ends the response.
    pub fn finish(self) -> Result<(), Error> {
        self.end("")
    }

    /// Ends the response with an error.
    pub fn fail(self, failure: &Failure) -> Result<(), Error> {
        let body = Base64::encode_string(failure.json().as_bytes());
        self.end(&format!(
            "lambda-runtime-function-error-type: {}\r\nlambda-runtime-function-error-body: {body}\r\n",
            failure.kind
        ))
    }

    fn end(mut self, trailers: &str) -> Result<(), Error> {
        self.connection.write_all(format!("0\r\n{trailers}\r\n").as_bytes())?;
        let mut status = String::new();
        BufReader::new(self.connection).read_line(&mut status)?;
        if status.split(' ').nth(1).is_some_and(|code| code.starts_with('2')) {
            return Ok(());
        }
        Err(format!("runtime API: {}", status.trim_end()).into())
    }
}
