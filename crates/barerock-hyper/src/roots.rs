//! Whom to trust.

use core::fmt;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, KeyProvider};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;
use rustls::{ClientConfig, RootCertStore};

/// Loads no private key: nobody shows a client's certificate here, and what reads and signs with keys of all kinds is a
/// part of every program that could. Who has one brings a configuration of their own
/// ([`with_tls`](crate::HyperTransport::with_tls)).
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("this configuration has no client certificate".to_owned()))
    }
}

/// rustls with ring and these roots.
pub(crate) fn tls(roots: RootCertStore) -> ClientConfig {
    let ring = CryptoProvider { key_provider: &NoKeys, ..rustls::crypto::ring::default_provider() };
    #[expect(clippy::expect_used, reason = "ring always has TLS 1.2 and 1.3")]
    ClientConfig::builder_with_provider(ring.into())
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// Mozilla's roots.
#[cfg(feature = "webpki-roots")]
pub(crate) fn default_tls() -> ClientConfig {
    tls(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
}

/// The system's roots. Where there are none, every server is refused, which says so.
#[cfg(all(feature = "native-roots", not(feature = "webpki-roots")))]
pub(crate) fn default_tls() -> ClientConfig {
    tls(native().unwrap_or_else(|_| RootCertStore::empty()))
}

/// The certificates of a PEM text.
pub(crate) fn bundle(pem: &[u8]) -> Result<RootCertStore, RootsError> {
    let mut roots = RootCertStore::empty();
    for (index, certificate) in CertificateDer::pem_slice_iter(pem).enumerate() {
        let number = index.saturating_add(1);
        let broken = |error: &dyn fmt::Display| RootsError::Broken { number, reason: error.to_string() };
        let certificate = certificate.map_err(|error| broken(&error))?;
        roots.add(certificate).map_err(|error| broken(&error))?;
    }
    if roots.is_empty() { Err(RootsError::EmptyBundle) } else { Ok(roots) }
}

/// The system's roots; those that are broken are left out, as every store has some.
#[cfg(feature = "native-roots")]
pub(crate) fn native() -> Result<RootCertStore, RootsError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let reason = found.errors.first().map_or_else(|| "none found".to_owned(), ToString::to_string);
        return Err(RootsError::Native { reason });
    }
    Ok(roots)
}

/// Roots that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RootsError {
    /// The CA bundle holds no certificate.
    EmptyBundle,
    /// A certificate of the CA bundle cannot be read.
    Broken {
        /// Which one, counted from 1.
        number: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The system has none.
    Native {
        /// What went wrong first.
        reason: String,
    },
}

impl fmt::Display for RootsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyBundle => f.write_str("the CA bundle holds no certificate; it must be PEM text"),
            Self::Broken { number, reason } => {
                write!(f, "certificate {number} of the CA bundle cannot be read: {reason}")
            }
            Self::Native { reason } => write!(f, "the system has no root certificates: {reason}"),
        }
    }
}

impl core::error::Error for RootsError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_bundle_is_explained() {
        assert_eq!(
            bundle(b"not PEM").unwrap_err().to_string(),
            "the CA bundle holds no certificate; it must be PEM text"
        );
        let pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let error = bundle(pem).unwrap_err();
        assert!(matches!(error, RootsError::Broken { number: 1, .. }), "{error}");
        assert!(error.to_string().starts_with("certificate 1 of the CA bundle cannot be read: "), "{error}");
        let cut = b"-----BEGIN CERTIFICATE-----\nAAAA\n";
        assert!(matches!(bundle(cut).unwrap_err(), RootsError::Broken { number: 1, .. }));
    }
}
