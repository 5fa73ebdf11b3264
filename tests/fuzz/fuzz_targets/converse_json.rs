//! Any bytes as a response, a request and an error: what is read is written back and read as the same.
#![no_main]

use barerock_converse::{ConverseRequest, ConverseResponse, ServiceError};
use serde::{Serialize, de::DeserializeOwned};

fn round_trip<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(input: &[u8]) {
    let Ok(value) = serde_json::from_slice::<T>(input) else { return };
    let written = serde_json::to_vec(&value).expect("what was JSON is JSON");
    let again: T = serde_json::from_slice(&written).expect("what was written is read");
    assert_eq!(serde_json::to_vec(&again).expect("JSON"), written);
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    round_trip::<ConverseResponse>(input);
    round_trip::<ConverseRequest>(input);
    let error = ServiceError::from_http(http::StatusCode::BAD_GATEWAY, &http::HeaderMap::new(), input);
    assert!(error.to_string().len() < 3 * input.len() + 4096);
});
