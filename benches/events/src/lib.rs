//! The AWS SDK for Bedrock over in-memory responses and over plain HTTP.

pub mod client;
pub mod in_memory;
