//! Amazon Bedrock's Converse API as values: a request becomes an unsigned `http::Request`, an answer becomes a typed
//! response, and the bytes of a stream become typed events and then a message. Nothing here opens a socket, reads a
//! clock or waits.
//!
//! In scope: the types of the service model (Converse, ConverseStream, CountTokens, ApplyGuardrail,
//! InvokeGuardrailChecks), the JSON they are on the wire, the rules a request must keep, endpoints, errors, event decoding and message assembly. Out of scope:
//! signing (`barerock-sigv4`), sending (`barerock` and its transports), and frames themselves
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
//! // Sign it, send it, and feed the body to the decoder as it comes:
//! let chunks: [&[u8]; 0] = [];
//! let (mut events, mut assembler) = (EventDecoder::new(), MessageAssembler::new());
//! for chunk in chunks {
//!     events.push(chunk);
//!     while let Some(event) = events.next_event()? {
//!         print!("{}", event.text().unwrap_or_default());
//!         assembler.push(event);
//!     }
//! }
//! // No messageStop came: a cut stream is an error, not an ending.
//! assert!(events.finish().is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Bring your own HTTP
//!
//! Whatever sends an `http::Request` and hands back the status, the headers and the bytes of the answer as they come will do:
//!
//! - it sends the headers as they are, adds `host` if signing has not, `content-length` and what the connection needs,
//!   and no other; asks for no compression, follows no redirect and repeats nothing, for a signature holds for one
//!   host and five minutes;
//! - where [`is_event_stream`] says yes, the pieces of the body go to [`EventDecoder::push`], however they are cut, and its
//!   end is [`EventDecoder::finish`]'s to judge; else the whole body goes to [`ConverseResponse::from_http`] or
//!   [`ResponseError::of_stream`];
//! - limits of time are yours: a model may be silent for minutes, and a stalled connection is for ever.
//!
//! The examples `std_net` (over `std::net` and rustls) and `stdio` (the request to standard output, the answer from standard
//! input) are whole programs without an HTTP library.

pub mod apply_guardrail;
pub mod conversation;
pub mod count_tokens;
pub mod endpoint;
pub mod error;
pub mod invoke_guardrail_checks;
mod json;
mod lookalike;
pub mod mantle;
mod model_id;
mod operation;
pub mod request;
pub mod response;
pub mod stream;
pub mod types;
mod validate;
pub mod wire;

pub use apply_guardrail::{ApplyGuardrailRequest, ApplyGuardrailResponse};
pub use barerock_eventstream as eventstream;
pub use conversation::Conversation;
pub use count_tokens::{CountTokensInput, CountTokensRequest, CountTokensResponse};
pub use endpoint::{Endpoint, EndpointBuilder, EndpointError, EndpointService, Partition};
pub use error::ServiceError;
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
pub use validate::{ValidationError, ValidationWarning};
pub use wire::{ResponseHead, WireRequest};

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
