//! Root stores for rustls.

use rustls::RootCertStore;

use crate::bundle::certificates;
use crate::error::RootsError;

/// Returns the certificates of a PEM text, such as the file that `AWS_CA_BUNDLE` names, as roots.
///
/// # Errors
/// If a certificate is invalid, or there is none.
pub fn ca_bundle(pem: &[u8]) -> Result<RootCertStore, RootsError> {
    let mut roots = RootCertStore::empty();
    for (index, certificate) in certificates(pem)?.into_iter().enumerate() {
        roots.add(certificate).map_err(|error| RootsError::broken(index, &error))?;
    }
    Ok(roots)
}

/// Returns Mozilla's roots, which are built into the program.
#[cfg(feature = "webpki-roots")]
#[must_use]
pub fn webpki_roots() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// Reads the system's roots, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name. Invalid certificates, which many system
/// stores contain, are skipped.
///
/// # Errors
/// If there is no valid certificate.
#[cfg(feature = "native-roots")]
pub fn native_roots() -> Result<RootCertStore, RootsError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let reason = found.errors.first().map_or_else(|| "none found".to_owned(), ToString::to_string);
        return Err(RootsError::Native { reason });
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_without_contents_is_refused() {
        let pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let error = ca_bundle(pem).unwrap_err();
        assert!(matches!(error, RootsError::Broken { number: 1, .. }), "{error}");
    }
}
