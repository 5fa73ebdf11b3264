//! rustls for clients.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, KeyProvider};
use rustls::pki_types::{InvalidDnsNameError, PrivateKeyDer, ServerName};
use rustls::sign::SigningKey;
use rustls::{ClientConfig, RootCertStore};

/// Loads no private key: nobody shows a client's certificate here, and what reads and signs with keys of all kinds is a
/// part of every program that could. Who has one brings a configuration of their own.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("this configuration has no client certificate".to_owned()))
    }
}

/// rustls with ring, which trusts these roots and shows no certificate of its own. It offers no protocol by ALPN.
#[must_use]
pub fn client_config(roots: RootCertStore) -> ClientConfig {
    let ring = CryptoProvider { key_provider: &NoKeys, ..rustls::crypto::ring::default_provider() };
    #[expect(clippy::expect_used, reason = "ring always has TLS 1.3, and 1.2 where that is asked for")]
    ClientConfig::builder_with_provider(ring.into())
        .with_safe_default_protocol_versions()
        .expect("ring speaks every version there is")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// The name that a server's certificate must have, of a URI's host: a URI has brackets around an IPv6 address, a certificate
/// has none.
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
    fn no_key_is_loaded() {
        let key = PrivateKeyDer::Pkcs8(Vec::new().into());
        let error = NoKeys.load_private_key(key).unwrap_err();
        assert!(error.to_string().contains("no client certificate"), "{error}");
    }
}
