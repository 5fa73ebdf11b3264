//! TLS root stores (a CA bundle, Amazon's roots, Mozilla's, the system's) and the rustls configuration that the transports of
//! `barerock` share. An empty root store or an invalid certificate is an error; no other root store is used instead.
//!
//! In scope: root stores, and a rustls configuration for clients. Out of scope: connections and handshakes, which the
//! transports implement.
//!
//! ```
//! # #[cfg(feature = "rustls")]
//! # fn build(pem: &[u8]) -> Result<barerock_tls::rustls::ClientConfig, barerock_tls::RootsError> {
//! let config = barerock_tls::client_config(barerock_tls::ca_bundle(pem)?)?;
//! # Ok(config)
//! # }
//! let error = barerock_tls::certificates(b"not PEM").unwrap_err();
//! assert_eq!(error.to_string(), "CA bundle holds no certificate in PEM format");
//! ```
//!
//! # Features
//!
//! - `rustls`: the rustls configuration (`client_config`) with ring, Amazon's roots, and a re-export of rustls.
//! - `aws-lc-rs`: aws-lc-rs in place of ring; see `docs/fips.md` of the repository.
//! - `tls12`: TLS 1.2 in addition to 1.3.
//! - `webpki-roots`: Mozilla's roots, built into the program.
//! - `native-roots`: the system's roots.
//! - `platform-verifier`: the verifier of the operating system (`platform_client_config`).

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "rustls")]
mod amazon;
mod bundle;
#[cfg(feature = "rustls")]
mod config;
mod error;
#[cfg(feature = "rustls")]
mod roots;

#[cfg(feature = "rustls")]
pub use amazon::amazon_roots;
pub use bundle::certificates;
#[cfg(feature = "platform-verifier")]
pub use config::platform_client_config;
#[cfg(feature = "webpki-roots")]
pub use config::webpki_client_config;
#[cfg(feature = "rustls")]
pub use config::{amazon_client_config, client_config, server_name, untrusting_client_config};
pub use error::RootsError;
#[cfg(feature = "rustls")]
pub use roots::ca_bundle;
#[cfg(feature = "native-roots")]
pub use roots::native_roots;
#[cfg(feature = "webpki-roots")]
pub use roots::webpki_roots;
#[cfg(feature = "rustls")]
pub use rustls;
pub use rustls_pki_types as pki_types;

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
