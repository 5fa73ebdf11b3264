//! Streaming Converse client over `std::net` and rustls, without an HTTP library:
//!
//! ```sh
//! cargo run -p barerock-examples --bin std_net -- us.anthropic.claude-sonnet-4-6 "What is a monad?"
//! ```
//!
//! Requires `AWS_REGION`, `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`; also reads `AWS_SESSION_TOKEN`,
//! `AWS_ENDPOINT_URL` and `AWS_CA_BUNDLE`, whose certificates replace the built-in roots.
#![allow(
    clippy::disallowed_methods,
    reason = "a program reads its environment, files and clock, and opens sockets"
)]

#[path = "../crates/barerock-converse/examples/exchange/mod.rs"]
pub(crate) mod exchange;

use std::io::{BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use std::time::SystemTime;

use barerock_converse::ConverseRequest;
use barerock_converse::types::Message;
use barerock_sigv4::{Signer, Timestamp};
use bytes::Bytes;
use exchange::{Variable, needed, words};
use http::uri::Scheme;
use http::{Request, Uri};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// Timeout for connecting to each address of the host.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Timeout for each read from the service.
const READ_TIMEOUT: Duration = Duration::from_secs(300);

/// A connection, with TLS or without.
trait Connection: Read + Write {}
impl<T: Read + Write> Connection for T {}

/// Connects to the host of a URI.
fn connect(
    uri: &Uri,
    roots: impl FnOnce() -> Result<RootCertStore, String>,
) -> Result<Box<dyn Connection>, String> {
    let is_https = uri.scheme() == Some(&Scheme::HTTPS);
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let port = uri.port_u16().unwrap_or(if is_https { 443 } else { 80 });
    let mut connected = Err(format!("{host} has no address"));
    for address in (host, port).to_socket_addrs().map_err(words)? {
        connected = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT).map_err(words);
        if connected.is_ok() {
            break;
        }
    }
    let tcp = connected?;
    tcp.set_read_timeout(Some(READ_TIMEOUT)).map_err(words)?;
    if !is_https {
        return Ok(Box::new(tcp));
    }
    let tls = ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(words)?
        .with_root_certificates(roots()?)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(words)?;
    let tls = ClientConnection::new(Arc::new(tls), name).map_err(words)?;
    Ok(Box::new(StreamOwned::new(tls, tcp)))
}

/// Loads the root certificates of a PEM file, or the built-in ones.
fn roots(bundle: Option<String>) -> Result<RootCertStore, String> {
    let Some(path) = bundle else {
        return Ok(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(words)? {
        roots.add(certificate.map_err(words)?).map_err(words)?;
    }
    Ok(roots)
}

/// Builds the signed request.
fn request(model: &str, prompt: &str, variable: Variable<'_>) -> Result<Request<Bytes>, String> {
    let endpoint = exchange::endpoint(variable)?;
    let request = ConverseRequest::new(model, [Message::user(prompt)]);
    let mut request = request.to_http_stream(&endpoint).map_err(words)?;
    let mut signer = Signer::new(needed("AWS_REGION", variable)?, "bedrock").map_err(words)?;
    let now = Timestamp::try_from(SystemTime::now()).map_err(words)?;
    signer.sign_http(&mut request, &exchange::credentials(variable)?, now).map_err(words)?;
    Ok(request)
}

/// Sends one request and prints the text of the response. `variable` reads environment variables.
pub(crate) fn ask(
    model: &str,
    prompt: &str,
    variable: Variable<'_>,
    text: &mut impl Write,
) -> Result<(), String> {
    let request = request(model, prompt, variable)?;
    let mut connection = connect(request.uri(), || roots(variable("AWS_CA_BUNDLE")))?;
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let headers: Vec<_> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    exchange::write(&mut connection, target, &headers, request.body()).map_err(words)?;
    exchange::receive(&mut BufReader::new(connection), text)
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(model), Some(prompt)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: std_net MODEL PROMPT");
        return ExitCode::from(2);
    };
    if let Err(error) = ask(&model, &prompt, &|name| std::env::var(name).ok(), &mut std::io::stdout()) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
