//! AWS Signature Version 4 without the AWS SDK: signs and verifies requests, presigned URLs and event streams. Every stage of
//! a signature is a value whose printed text is the text that is hashed. It runs on servers and on microcontrollers without
//! an allocator.
//!
//! In scope: header signing, query presigning, event signing, verification of a received request, and short-term Bedrock
//! API keys.
//! Out of scope: credentials providers, clocks, sending requests, SigV4A, and the explanation of a mismatch, which
//! `barerock-audit` has.
//!
//! Quotations and "the specification" refer to [AWS's description of Signature Version 4][spec].
//!
//! ```
//! # #[cfg(feature = "http")] {
//! use barerock_sigv4::{Credentials, Signer, Timestamp};
//!
//! let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
//! let mut request = http::Request::post(
//!     "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-sonnet-4-6/converse",
//! )
//! .header("content-type", "application/json")
//! .body(r#"{"messages":[{"role":"user","content":[{"text":"hi"}]}]}"#)
//! .unwrap();
//!
//! let mut signer = Signer::new("us-east-1", "bedrock")?;
//! let signed = signer.sign_http(&mut request, &credentials, Timestamp::parse("20150830T123600Z")?)?;
//!
//! assert!(signed.canonical_request().starts_with("POST\n/model/us.anthropic.claude-sonnet-4-6/converse\n"));
//! assert_eq!(
//!     signed.signature().to_string(),
//!     "635b06ff05e880f81fa2d895e4f78e388d585a2c446283ff7a193c0c09640bc0"
//! );
//! assert!(request.headers().contains_key("authorization"));
//! # }
//! # Ok::<(), barerock_sigv4::SignError>(())
//! ```
//!
//! # Features
//!
//! | feature | default | provides |
//! |---|---|---|
//! | `std` | yes | `Timestamp` from and to `SystemTime` |
//! | `alloc` | yes | [`Credentials`], presigning, texts in strings |
//! | `http` | yes | [`Signer`] and verification over `http::Request` |
//! | `apikey` | no | creation and parsing of short-term Bedrock API keys |
//! | `ring` | no | SHA-256 and HMAC of ring in place of RustCrypto's |
//! | `aws-lc-rs` | no | SHA-256 and HMAC of aws-lc-rs, even if `ring` is on: see `docs/fips.md` of the repository |
//!
//! The signatures are the same with every library.
//!
//! With no feature at all the crate needs neither `std` nor an allocator: see [`sign_request`].
//!
//! [spec]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used
)]
#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "a test fails by a panic")
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(feature = "apikey")]
mod apikey;
mod bytes;
mod canonical;
mod credentials;
mod crypto;
mod error;
mod event;
mod hash;
mod headers;
mod hex;
mod key;
mod names;
mod payload;
mod scope;
mod settings;
mod sign;
mod timestamp;
mod uri;

#[cfg(feature = "http")]
mod http;
#[cfg(feature = "alloc")]
mod presign;
#[cfg(feature = "alloc")]
mod redact;
#[cfg(feature = "alloc")]
mod secrets;
#[cfg(feature = "http")]
mod verify;

#[cfg(feature = "apikey")]
pub use apikey::{ApiKey, ApiKeyError, ApiKeyInfo, MAX_API_KEY_SECONDS};
pub use canonical::{CanonicalRequest, RedactedCanonicalRequest, Request};
#[cfg(feature = "alloc")]
pub use credentials::Credentials;
pub use credentials::{CredentialsRef, REDACTED};
pub use error::SignError;
pub use event::{EVENT_HEADERS_LENGTH, EventSigner, EventStringToSign, SignedEvent};
pub use headers::{MAX_SIGNED_HEADERS, SignedHeaders, is_signed};
#[cfg(feature = "http")]
pub use http::{Signed, Signer};
pub use key::{Signature, SigningKey};
pub use names::{BEARER, header_name, parameter_name};
pub use payload::{PayloadHash, SHA256_LENGTH};
#[cfg(feature = "alloc")]
pub use presign::{Presigned, presign};
#[cfg(feature = "alloc")]
pub use redact::redact;
pub use scope::CredentialScope;
#[cfg(feature = "alloc")]
pub use secrets::Secrets;
pub use settings::{MAX_EXPIRES_SECONDS, PayloadSigning, SessionTokenSigning, SigningSettings, UriEncoding};
pub use sign::{ALGORITHM, Authorization, SignedRequest, SigningContext, StringToSign, sign_request};
pub use timestamp::Timestamp;
pub use uri::{MAX_PATH_SEGMENTS, MAX_QUERY_PARAMETERS};
#[cfg(feature = "http")]
pub use verify::{
    MAX_CLOCK_SKEW_SECONDS, SignatureMismatch, Verified, VerifyError, VerifySettings, verify_http,
};

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
