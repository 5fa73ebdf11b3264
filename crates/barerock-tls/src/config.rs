//! rustls for clients.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, KeyProvider};
use rustls::pki_types::{InvalidDnsNameError, PrivateKeyDer, ServerName};
use rustls::sign::SigningKey;
use rustls::{ClientConfig, RootCertStore};

use crate::error::RootsError;

/// Loads no private key: no client certificate is used here, and the code for keys of all kinds would be linked into every
/// program. A caller with a client certificate brings a configuration of their own.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("this configuration has no client certificate".to_owned()))
    }
}

/// Builds a rustls configuration with ring that trusts these roots, has no client certificate and offers no ALPN protocol.
///
/// # Errors
/// If there are no roots: every server would be refused.
pub fn client_config(roots: RootCertStore) -> Result<ClientConfig, RootsError> {
    if roots.is_empty() { Err(RootsError::EmptyStore) } else { Ok(build(roots)) }
}

/// Builds the same configuration with Mozilla's roots ([`webpki_roots`](crate::webpki_roots)).
#[cfg(feature = "webpki-roots")]
#[must_use]
pub fn webpki_client_config() -> ClientConfig {
    build(crate::webpki_roots())
}

/// Builds the same configuration without roots: for HTTP stacks that need one though they send no `https` request.
#[must_use]
pub fn untrusting_client_config() -> ClientConfig {
    build(RootCertStore::empty())
}

fn build(roots: RootCertStore) -> ClientConfig {
    let ring = CryptoProvider { key_provider: &NoKeys, ..rustls::crypto::ring::default_provider() };
    #[expect(clippy::expect_used, reason = "ring always has TLS 1.3, and 1.2 if the feature is on")]
    ClientConfig::builder_with_provider(ring.into())
        .with_safe_default_protocol_versions()
        .expect("ring supports every protocol version")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// Returns the name a server's certificate must have, from the host of a URI: a URI has brackets around an IPv6 address, a
/// certificate has none.
///
/// # Errors
/// If no certificate can have such a name.
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
