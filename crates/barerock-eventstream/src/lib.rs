//! Decoder and encoder of `application/vnd.amazon.eventstream`, the framing of AWS's streaming responses. Strict, zero-copy,
//! without `unsafe`; `no_std`, with or without an allocator.
//!
//! In scope: the wire format of the Amazon Event Stream Specification (prelude, CRCs, ten header types), its message kinds,
//! limits, and the offsets of errors.
//!
//! Out of scope: the content of payloads, HTTP, signing of events, and retries. `barerock-audit` maps every byte of a stream
//! to its field.
//!
//! ```
//! use barerock_eventstream::{FrameDecoder, Header, MessageKind, encode_frame};
//!
//! let headers = [
//!     Header::new(":event-type", "contentBlockDelta"),
//!     Header::new(":content-type", "application/json"),
//!     Header::new(":message-type", "event"),
//! ];
//! let mut bytes = Vec::new();
//! encode_frame(&headers, br#"{"contentBlockIndex":0,"delta":{"text":"Hi"}}"#, &mut bytes)?;
//!
//! let mut decoder = FrameDecoder::new();
//! let mut chunk = &bytes[..];
//! while let Some(frame) = decoder.next_frame(&mut chunk)? {
//!     assert_eq!(frame.kind(), MessageKind::Event { event_type: "contentBlockDelta" });
//!     assert!(frame.payload().starts_with(b"{"));
//! }
//! decoder.finish()?; // a truncated stream is an error
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! | feature | default | provides |
//! |---|---|---|
//! | `std` | yes | the CPU's fastest CRC instructions, chosen at run time |
//! | `alloc` | yes | [`FrameDecoder`], [`OwnedFrame`], encoding into a `Vec` |
//! | `fast` | yes | CRCs by `crc32fast` and a fast path for the headers that AWS sends: 34 KB larger, about 40 times as fast |
//!
//! With no feature at all, [`Frame::parse`], [`Frames`] and [`FrameEncoder::encode_into`] work on slices, with a CRC table of
//! 1 KiB.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]
#![deny(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used
)]
#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, reason = "a test that overflows fails, as it should")
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod crc;
#[cfg(feature = "alloc")]
mod decoder;
mod encoder;
mod error;
mod frame;
mod frames;
mod header;
mod headers;
mod kind;
mod limits;
#[cfg(feature = "alloc")]
mod owned;
mod prelude;
mod truncated;

#[cfg(feature = "alloc")]
pub use decoder::FrameDecoder;
pub use encoder::FrameEncoder;
#[cfg(feature = "alloc")]
pub use encoder::encode_frame;
pub use error::{DecodeError, DecodeErrorKind, EncodeError, FramePart, HeaderPart};
pub use frame::{Frame, Status};
pub use frames::Frames;
pub use header::{Header, HeaderValue, header_type};
pub use headers::Headers;
pub use kind::{MEDIA_TYPE, MessageKind, header_name};
pub use limits::{
    Limits, MAX_HEADER_NAME_LENGTH, MAX_HEADER_VALUE_LENGTH, MAX_HEADERS_LENGTH, MAX_PAYLOAD_LENGTH,
    MESSAGE_OVERHEAD, PRELUDE_LENGTH,
};
#[cfg(feature = "alloc")]
pub use owned::OwnedFrame;
pub use prelude::Prelude;

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
