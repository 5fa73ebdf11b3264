//! Parsing of CA bundles.

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::error::RootsError;

/// Parses the certificates of a PEM text, such as the file that `AWS_CA_BUNDLE` names, in its order. Other PEM items are
/// skipped, and the contents of a certificate are not checked.
///
/// # Errors
/// If the PEM encoding of a certificate is invalid, or there is no certificate.
pub fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, RootsError> {
    let mut certificates = Vec::new();
    for (index, certificate) in CertificateDer::pem_slice_iter(pem).enumerate() {
        certificates.push(certificate.map_err(|error| RootsError::broken(index, &error))?);
    }
    if certificates.is_empty() { Err(RootsError::EmptyBundle) } else { Ok(certificates) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_bundle_is_explained() {
        assert_eq!(certificates(b"not PEM").unwrap_err(), RootsError::EmptyBundle);
        let whole = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(certificates(whole.as_bytes()).unwrap()[0].as_ref(), [0; 3]);
        let cut = whole.repeat(2);
        let error = certificates(&cut.as_bytes()[..cut.len() - 10]).unwrap_err();
        assert!(matches!(error, RootsError::Broken { number: 2, .. }), "{error}");
        assert!(error.to_string().starts_with("invalid certificate 2 in CA bundle: "), "{error}");
    }
}
