//! Amazon Bedrock's Converse API without I/O: builds unsigned `http::Request`s, reads typed responses, and decodes the
//! bytes of a stream into typed events and a message. The crate opens no socket, reads no clock and does not block.
//!
//! In scope: the types of the service model (Converse, ConverseStream, CountTokens, ApplyGuardrail,
//! InvokeGuardrailChecks), their JSON, request validation, endpoints, errors, event decoding and message assembly. Out
//! of scope: signing (`barerock-sigv4`), sending (`barerock` and its transports), and frames themselves
//! (`barerock-eventstream`).
//!
//! ```
//! use barerock_converse::{ConverseRequest, Endpoint, EventDecoder, MessageAssembler, types::Message};
//!
//! let endpoint = Endpoint::for_region("us-east-1")?;
//! let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("hello")]).max_tokens(512);
//! let unsigned = request.to_http_stream(&endpoint)?;
//! assert_eq!(unsigned.uri().path(), "/model/us.anthropic.claude-sonnet-4-6/converse-stream");
//!
//! // Sign it, send it, and feed the body to the decoder as it arrives:
//! let chunks: [&[u8]; 0] = [];
//! let (mut events, mut assembler) = (EventDecoder::new(), MessageAssembler::new());
//! for mut chunk in chunks {
//!     while let Some(event) = events.next_event(&mut chunk)? {
//!         print!("{}", event.text().unwrap_or_default());
//!         assembler.push(event);
//!     }
//! }
//! // No messageStop was received: a truncated stream is an error.
//! assert!(events.finish().is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Bring your own HTTP
//!
//! Any HTTP client works that sends an `http::Request` and returns the status, the headers and the body in chunks:
//!
//! - it sends the headers unchanged, and adds only `host` (if signing has not), `content-length` and connection
//!   headers; it requests no compression, follows no redirects and does not retry, because a signature is valid for one
//!   host and five minutes;
//! - if [`is_event_stream`] is true, pass each chunk of the body, of any size, to [`EventDecoder::next_event`] until that
//!   returns `None`, and call [`EventDecoder::finish`] at the end; otherwise pass the whole body to [`ConverseResponse::from_http`] or
//!   [`ResponseError::of_stream`];
//! - timeouts are up to the caller: a model may be silent for minutes, and a stalled connection never ends by itself.
//!
//! The example `stdio` (writes the request to standard output and reads the response from standard input) is a complete
//! program without an HTTP library; `examples/std_net.rs` of the repository is one over `std::net` and rustls.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod apply_guardrail;
pub mod batch;
mod call_summary;
pub mod conversation;
pub mod count_tokens;
#[cfg(feature = "drift")]
mod drift;
pub mod endpoint;
pub mod error;
mod exception;
pub mod invoke_guardrail_checks;
mod json;
mod lookalike;
pub mod mantle;
pub mod model_features;
mod model_id;
mod operation;
pub mod request;
pub mod response;
pub mod stream;
mod tool_output;
mod typed;
pub mod types;
mod validate;
pub mod wire;

pub use apply_guardrail::{ApplyGuardrailRequest, ApplyGuardrailResponse};
pub use barerock_eventstream as eventstream;
pub use call_summary::CallSummary;
pub use conversation::Conversation;
pub use count_tokens::{CountTokensInput, CountTokensRequest, CountTokensResponse};
#[cfg(feature = "drift")]
pub use drift::{Drift, Unknown};
pub use endpoint::{Endpoint, EndpointBuilder, EndpointError, EndpointService, Partition};
pub use error::ServiceError;
pub use exception::Exception;
pub use invoke_guardrail_checks::{InvokeGuardrailChecksRequest, InvokeGuardrailChecksResponse};
pub use json::{Correction, CorrectionKind};
pub use lookalike::{Lookalike, looks_like};
pub use model_id::{AwsModelId, ModelIdError, ModelIdKind};
pub use operation::RequestError;
pub use request::ConverseRequest;
pub use response::{ConverseOutput, ConverseResponse, ResponseError, is_event_stream};
pub use stream::{
    AssembledMessage, EventDecoder, IncompleteMessage, MessageAssembler, StreamError, StreamEvent, Verdict,
};
pub use tool_output::ToolOutput;
pub use typed::TypedError;
pub use validate::{ValidationError, ValidationWarning};
pub use wire::{ResponseHead, WireRequest};

/// Compiles the examples of the README as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
