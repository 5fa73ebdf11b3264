//! Whom `barerock`'s transports trust, in one place for all of them: the certificates of a CA bundle, Mozilla's roots or the
//! system's. With them comes rustls, set up with ring.
//!
//! In scope: roots, and a rustls configuration for clients. Out of scope: connections and handshakes (the transports').
//!
//! ```
//! let error = barerock_tls::certificates(b"not PEM").unwrap_err();
//! assert_eq!(error.to_string(), "the CA bundle holds no certificate; it must be PEM text");
//! ```
//!
//! # Features
//!
//! - `rustls`: a configuration of rustls ([`client_config`]), and its crate.
//! - `tls12`: TLS 1.2 beside 1.3 in it.
//! - `webpki-roots`: Mozilla's roots, built into the program.
//! - `native-roots`: the system's roots.

mod bundle;
#[cfg(feature = "rustls")]
mod config;
mod error;
#[cfg(feature = "rustls")]
mod roots;

pub use bundle::certificates;
#[cfg(feature = "rustls")]
pub use config::{client_config, server_name};
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
