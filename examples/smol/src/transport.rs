//! HTTP/1.1 by ureq-proto over smol's sockets: a connection a request, which is closed behind the response.

use std::ffi::OsStr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use barerock::transport::{BoxError, CONNECT_TIMEOUT, MAX_RESPONSE_HEAD};
use barerock::{Transport, TransportError, TransportErrorKind};
use bytes::{Buf as _, Bytes, BytesMut};
use futures_rustls::TlsConnector;
use futures_rustls::rustls::pki_types::pem::PemObject as _;
use futures_rustls::rustls::pki_types::{CertificateDer, ServerName};
use futures_rustls::rustls::{ClientConfig, RootCertStore, crypto};
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderValue};
use http::uri::Scheme;
use http::{Request, Response, Uri};
use smol::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use smol::net::TcpStream;
use ureq_proto::BodyMode;
use ureq_proto::client::state::{RecvBody, RecvResponse};
use ureq_proto::client::{Call, RecvResponseResult, SendRequestResult};

/// The room for one read, in bytes: a TLS record.
const READ: usize = 16 * 1024;

/// A connection, with TLS or without.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// The roots of a PEM file, or Mozilla's.
pub fn roots(bundle: Option<&OsStr>) -> Result<RootCertStore, BoxError> {
    let Some(path) = bundle else {
        return Ok(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path)? {
        roots.add(certificate?)?;
    }
    Ok(roots)
}

/// smol as a transport.
pub struct SmolTransport {
    tls: TlsConnector,
}

impl SmolTransport {
    pub fn new(roots: RootCertStore) -> Self {
        let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has the versions of the default")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { tls: Arc::new(config).into() }
    }

    async fn open(&self, uri: &Uri) -> Result<Box<dyn Stream>, BoxError> {
        let is_https = uri.scheme() == Some(&Scheme::HTTPS);
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let port = uri.port_u16().unwrap_or(if is_https { 443 } else { 80 });
        let tcp = TcpStream::connect((host, port)).await?;
        tcp.set_nodelay(true)?;
        if !is_https {
            return Ok(Box::new(tcp));
        }
        Ok(Box::new(self.tls.connect(ServerName::try_from(host.to_owned())?, tcp).await?))
    }

    /// Opens a connection within the time limit.
    async fn connect(&self, uri: &Uri) -> Result<Box<dyn Stream>, TransportError> {
        let opened = barerock::within(self, Some(CONNECT_TIMEOUT), "the connection", self.open(uri)).await;
        match opened {
            Ok(opened) => opened.map_err(|error| TransportError::new(TransportErrorKind::Connect, error)),
            Err(elapsed) => Err(TransportError::new(TransportErrorKind::ConnectTimeout, elapsed)),
        }
    }
}

impl Transport for SmolTransport {
    type Body = SmolBody;
    type Error = TransportError;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<SmolBody>, TransportError> {
        let mut stream = self.connect(request.uri()).await?;
        let broken = |error: BoxError| TransportError::new(TransportErrorKind::Io, error);
        let (call, bytes) = write(request).map_err(broken)?;
        stream.write_all(&bytes).await.map_err(|error| broken(error.into()))?;
        stream.flush().await.map_err(|error| broken(error.into()))?;
        receive(call, stream).await.map_err(broken)
    }

    async fn sleep(&self, duration: Duration) {
        smol::Timer::after(duration).await;
    }
}

/// A request's bytes, and the state after they were sent.
fn write(request: Request<Bytes>) -> Result<(Call<RecvResponse>, Vec<u8>), BoxError> {
    let (parts, body) = request.into_parts();
    let mut request = Request::from_parts(parts, ());
    request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    request.headers_mut().insert(CONTENT_LENGTH, body.len().into());
    let mut call = Call::new(request)?;
    if !body.is_empty() {
        call.force_send_body();
    }
    let (mut call, mut bytes) = (call.proceed(), Vec::new());
    while !call.can_proceed() {
        let written = bytes.len();
        bytes.resize(written + READ, 0);
        let count = call.write(&mut bytes[written..])?;
        bytes.truncate(written + count);
    }
    match call.proceed()?.ok_or("incomplete head")? {
        SendRequestResult::RecvResponse(call) => Ok((call, bytes)),
        SendRequestResult::SendBody(mut call) => {
            call.consume_direct_write(body.len())?;
            bytes.extend_from_slice(&body);
            Ok((call.proceed().ok_or("incomplete body")?, bytes))
        }
        SendRequestResult::Await100(_) => Err("a request of this client expects no 100".into()),
    }
}

/// Reads the head of the response.
async fn receive(
    mut call: Call<RecvResponse>,
    mut stream: Box<dyn Stream>,
) -> Result<Response<SmolBody>, BoxError> {
    let (mut unread, mut room) = (BytesMut::new(), vec![0; READ]);
    let head = loop {
        let (count, head) = call.try_response(&unread, false)?;
        unread.advance(count);
        match head {
            Some(head) => break head,
            None if count > 0 => continue,
            None if unread.len() > MAX_RESPONSE_HEAD => {
                return Err("the head of the response is too long".into());
            }
            None => {}
        }
        match stream.read(&mut room).await? {
            0 => return Err("connection closed before the response".into()),
            count => unread.extend_from_slice(&room[..count]),
        }
    };
    let receiving = match call.proceed().ok_or("incomplete head of the response")? {
        RecvResponseResult::RecvBody(call) => Some(Receiving { call, stream, unread, room }),
        RecvResponseResult::Redirect(_) | RecvResponseResult::Cleanup(_) => None,
    };
    Ok(head.map(|()| SmolBody { receiving }))
}

/// The body of a response. Dropping it closes the connection.
pub struct SmolBody {
    /// `None` at the end.
    receiving: Option<Receiving>,
}

struct Receiving {
    call: Call<RecvBody>,
    stream: Box<dyn Stream>,
    unread: BytesMut,
    room: Vec<u8>,
}

impl Receiving {
    /// The next piece of the body, empty at its end.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Bytes, BoxError>> {
        loop {
            let mut piece = BytesMut::zeroed(READ);
            let (consumed, produced) = self.call.read(&self.unread, &mut piece)?;
            self.unread.advance(consumed);
            if produced > 0 {
                return Poll::Ready(Ok(Bytes::copy_from_slice(&piece[..produced])));
            }
            let ends_with_connection = self.call.body_mode() == BodyMode::CloseDelimited;
            if self.call.can_proceed() && !ends_with_connection {
                return Poll::Ready(Ok(Bytes::new()));
            }
            if consumed > 0 {
                continue;
            }
            if self.unread.len() > MAX_RESPONSE_HEAD {
                return Poll::Ready(Err("a chunk's header is too long".into()));
            }
            match std::task::ready!(Pin::new(&mut self.stream).poll_read(context, &mut self.room))? {
                0 if ends_with_connection => return Poll::Ready(Ok(Bytes::new())),
                0 => return Poll::Ready(Err("connection closed within the response".into())),
                count => self.unread.extend_from_slice(&self.room[..count]),
            }
        }
    }
}

impl http_body::Body for SmolBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, BoxError>>> {
        let Some(receiving) = &mut self.receiving else { return Poll::Ready(None) };
        let piece = std::task::ready!(receiving.poll_next(context));
        if !matches!(&piece, Ok(piece) if !piece.is_empty()) {
            self.receiving = None;
        }
        match piece {
            Ok(piece) if piece.is_empty() => Poll::Ready(None),
            piece => Poll::Ready(Some(piece.map(http_body::Frame::data))),
        }
    }
}
