//! TLS for tests: a certificate authority generated in memory, and a server certificate signed by it.

use core::fmt;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// Host names of the certificate by default.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// Name of the authority, so that a user recognises it in a trust store.
const AUTHORITY: &str = "barerock-replay, for tests on this machine only";
/// Last day of validity of an expired certificate: year, month, day.
const EXPIRED: (i32, u8, u8) = (2020, 1, 1);
/// ALPN name of HTTP/1.1, announced for clients that offer HTTP/2 too.
const HTTP1: &[u8] = b"http/1.1";
/// ALPN name of HTTP/2 (RFC 9113, section 3.1).
#[cfg(feature = "http2")]
pub(crate) const HTTP2: &[u8] = b"h2";

/// A server certificate, and the certificate authority that clients must trust for it. Both are generated anew each time;
/// neither key leaves memory.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    ca_pem: String,
}

impl Tls {
    /// Generates an authority and a certificate for `localhost`, `127.0.0.1` and `::1`.
    ///
    /// # Errors
    ///
    /// [`TlsError`] if the system provides no randomness for the keys.
    pub fn generate() -> Result<Self, TlsError> {
        Self::signed(leaf(&NAMES)?)
    }

    /// Generates an authority and a certificate for these host names and IP addresses.
    ///
    /// # Errors
    ///
    /// As [`generate`](Self::generate), and if a name is invalid.
    pub fn generate_for(names: &[&str]) -> Result<Self, TlsError> {
        Self::signed(leaf(names)?)
    }

    /// Generates an authority and an expired certificate, which a client must reject.
    ///
    /// # Errors
    ///
    /// As [`generate`](Self::generate).
    pub fn generate_expired() -> Result<Self, TlsError> {
        let mut leaf = leaf(&NAMES)?;
        let (year, month, day) = EXPIRED;
        leaf.not_after = date_time_ymd(year, month, day);
        Self::signed(leaf)
    }

    /// Generates an authority and signs the certificate with it.
    fn signed(leaf: CertificateParams) -> Result<Self, TlsError> {
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, AUTHORITY);
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority_key = KeyPair::generate().map_err(TlsError::new)?;
        let ca_pem = authority.self_signed(&authority_key).map_err(TlsError::new)?.pem();

        let key = KeyPair::generate().map_err(TlsError::new)?;
        let issuer = Issuer::new(authority, authority_key);
        let certificate = leaf.signed_by(&key, &issuer).map_err(TlsError::new)?;

        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::new)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .map_err(TlsError::new)?;
        config.alpn_protocols = vec![HTTP1.to_vec()];
        Ok(Self { acceptor: Arc::new(config).into(), ca_pem })
    }

    /// Serves HTTP/2 to clients that offer it, and HTTP/1.1 to all others.
    #[cfg(feature = "http2")]
    #[must_use]
    pub fn with_http2(mut self) -> Self {
        let mut config = ServerConfig::clone(self.acceptor.config());
        config.alpn_protocols = vec![HTTP2.to_vec(), HTTP1.to_vec()];
        self.acceptor = Arc::new(config).into();
        self
    }

    /// Returns the authority's certificate in PEM format, for a file named by `AWS_CA_BUNDLE` or `--ca-bundle`.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    pub(crate) fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }
}

/// Returns the parameters of a server certificate for these names.
fn leaf(names: &[&str]) -> Result<CertificateParams, TlsError> {
    let mut leaf = CertificateParams::new(names.iter().copied().map(str::to_owned).collect::<Vec<_>>())
        .map_err(TlsError::new)?;
    leaf.distinguished_name.push(DnType::CommonName, names.first().copied().unwrap_or_default());
    leaf.use_authority_key_identifier_extension = true;
    Ok(leaf)
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("ca_pem", &self.ca_pem).finish_non_exhaustive()
    }
}

/// Error of generating a certificate.
#[derive(Debug)]
pub struct TlsError(Box<dyn core::error::Error + Send + Sync>);

impl TlsError {
    fn new(source: impl core::error::Error + Send + Sync + 'static) -> Self {
        Self(Box::new(source))
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot generate a certificate")
    }
}

impl core::error::Error for TlsError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&*self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ReplayServer;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    #[expect(clippy::disallowed_methods, reason = "the test is the client")]
    async fn get(replay: &ReplayServer, roots: RootCertStore, name: &'static str) -> std::io::Result<String> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(replay.local_addr()).await?;
        let name = ServerName::try_from(name).unwrap();
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        Ok(text)
    }

    #[tokio::test]
    async fn a_client_that_trusts_the_authority_is_served() {
        let tls = Tls::generate().unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(tls.ca_pem().as_bytes()).unwrap()).unwrap();
        let replay = ReplayServer::builder().tls(tls.clone()).bind("127.0.0.1:0").await.unwrap();
        assert!(replay.url().starts_with("https://127.0.0.1:"));
        for name in NAMES {
            let answer = get(&replay, roots.clone(), name).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"), "{answer}");
        }
        get(&replay, roots, "example.com").await.unwrap_err();
        get(&replay, RootCertStore::empty(), "localhost").await.unwrap_err();
        assert!(!format!("{tls:?}").contains("PRIVATE KEY"));
        replay.shutdown().await;
    }
}
