//! rustls configurations for clients.

use std::sync::Arc;

#[cfg(feature = "aws-lc-rs")]
use rustls::crypto::aws_lc_rs as library;
#[cfg(not(feature = "aws-lc-rs"))]
use rustls::crypto::ring as library;
use rustls::crypto::{CryptoProvider, KeyProvider};
use rustls::pki_types::{InvalidDnsNameError, PrivateKeyDer, ServerName};
use rustls::sign::SigningKey;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

use crate::error::RootsError;

/// Key provider that rejects every private key. These configurations have no client certificate, and the crypto library's
/// own key provider would link the code for all kinds of keys into every program.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("this configuration has no client certificate".to_owned()))
    }

    /// Returns true: without keys, none is used outside a validated module.
    fn fips(&self) -> bool {
        true
    }
}

/// Builds a rustls configuration that trusts these roots, has no client certificate and offers no ALPN protocol. It uses
/// aws-lc-rs if that feature is enabled, else ring.
///
/// # Errors
/// If there are no roots: every server would be rejected.
pub fn client_config(roots: RootCertStore) -> Result<ClientConfig, RootsError> {
    if roots.is_empty() { Err(RootsError::EmptyStore) } else { Ok(build(roots)) }
}

/// Builds the same configuration with Amazon's roots ([`amazon_roots`](crate::amazon_roots)).
#[must_use]
pub fn amazon_client_config() -> ClientConfig {
    build(crate::amazon_roots())
}

/// Builds the same configuration with Mozilla's roots ([`webpki_roots`](crate::webpki_roots)).
#[cfg(feature = "webpki-roots")]
#[must_use]
pub fn webpki_client_config() -> ClientConfig {
    build(crate::webpki_roots())
}

/// Builds the same configuration without roots, for HTTP stacks that require a configuration although they send no `https`
/// request.
#[must_use]
pub fn untrusting_client_config() -> ClientConfig {
    build(RootCertStore::empty())
}

/// Builds the same configuration with the certificate verifier of the operating system. On Windows and Apple's systems it
/// uses the system's root certificates as configured by the administrator, and checks revocation. Elsewhere rustls verifies
/// with the system's roots.
///
/// # Errors
/// If the verifier cannot be set up.
#[cfg(feature = "platform-verifier")]
pub fn platform_client_config() -> Result<ClientConfig, RootsError> {
    use rustls_platform_verifier::BuilderVerifierExt as _;

    let config = builder().with_platform_verifier();
    let config = config.map_err(|error| RootsError::Native { reason: error.to_string() })?;
    Ok(config.with_no_client_auth())
}

fn build(roots: RootCertStore) -> ClientConfig {
    builder().with_root_certificates(roots).with_no_client_auth()
}

fn builder() -> ConfigBuilder<ClientConfig, WantsVerifier> {
    let provider = CryptoProvider { key_provider: &NoKeys, ..library::default_provider() };
    #[expect(clippy::expect_used, reason = "both libraries support TLS 1.3, and 1.2 if the feature is on")]
    ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .expect("the library supports every protocol version")
}

/// Returns the name that a server's certificate must have, from the host of a URI. The brackets around an IPv6 address are
/// removed.
///
/// # Errors
/// If the host is neither a valid DNS name nor an IP address.
pub fn server_name(host: &str) -> Result<ServerName<'static>, InvalidDnsNameError> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    Ok(ServerName::try_from(bare.unwrap_or(host))?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_named_without_brackets() {
        let name = |host| server_name(host).unwrap().to_str().into_owned();
        assert_eq!(name("[::1]"), "::1");
        assert_eq!(name("127.0.0.1"), "127.0.0.1");
        assert_eq!(
            name("bedrock-runtime.us-east-1.amazonaws.com"),
            "bedrock-runtime.us-east-1.amazonaws.com"
        );
        for host in ["", "[::1", "a b", "[a.example]x"] {
            assert!(server_name(host).is_err(), "{host}");
        }
    }

    #[test]
    fn an_empty_root_store_is_refused() {
        assert_eq!(client_config(RootCertStore::empty()).unwrap_err(), RootsError::EmptyStore);
    }

    #[test]
    fn no_key_is_loaded() {
        let key = PrivateKeyDer::Pkcs8(Vec::new().into());
        let error = NoKeys.load_private_key(key).unwrap_err();
        assert!(error.to_string().contains("no client certificate"), "{error}");
    }
}
