//! What a person sees of the wire: recordings of exchanges, maps of event streams byte by byte, and explained signatures.
//!
//! In scope: recorded exchanges ([`Exchange`]) in folders and HTTP archives ([`har`]), recorders
//! of them ([`Recorder`]), event streams shown frame by frame ([`dump`]) and field by field
//! ([`Fields`]), raw HTTP requests signed stage by stage ([`RawRequest`]), each
//! byte of a stage with its origin ([`SignatureMap`]), `curl` lines ([`curl_line`]), the cause of a
//! signature mismatch ([`explain_mismatch`]), and files that are written whole ([`ReplacementFile`]).
//! Out of scope: sending and serving (`barerock`, `barerock-replay`). A client does not need this crate.
//!
//! ```
//! use barerock_audit::{RawRequest, curl_line};
//! use barerock_sigv4::{CredentialsRef, SigningContext, SigningSettings, Timestamp};
//!
//! let request = RawRequest::parse(b"POST /model/m/converse HTTP/1.1\nHost: example.com\nContent-Type: a/b\n\n{}")?;
//! let timestamp = Timestamp::parse("20150830T123600Z")?;
//! let credentials = CredentialsRef::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
//! let context =
//!     SigningContext::new(credentials, &timestamp, "us-east-1", "bedrock", SigningSettings::default())?;
//!
//! let signed = request.sign(&context)?;
//! assert!(signed.canonical_request().starts_with("POST\n/model/m/converse\n"));
//! assert!(curl_line(&signed, &context, "https").starts_with("curl --aws-sigv4 aws:amz:us-east-1:bedrock"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod check;
mod curl;
pub mod diff;
pub mod dump;
pub mod exchange;
mod explain;
mod fields;
mod file;
pub mod har;
pub mod json;
mod page;
mod raw;
mod record;
mod redact;
pub mod text;

pub use curl::{curl_line, presigned_curl_line};
pub use exchange::Exchange;
pub use explain::{Difference, Explanation, Origin, Piece, SignatureMap, Stage, StageName, explain_mismatch};
pub use fields::{Field, FieldName, Fields};
pub use file::{ReplacementFile, discard_unfinished};
pub use raw::{RawRequest, RawRequestError, RawSigned};
pub use record::{Recorder, Recording};
pub use redact::{Redaction, StreamRedactor, is_secret_header, redact_body};

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
