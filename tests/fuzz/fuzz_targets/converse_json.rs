//! Fuzzes the readers of responses, requests and errors: a value that is read, written and read again is the same.
#![no_main]

use barerock_converse::{
    ApplyGuardrailRequest, ApplyGuardrailResponse, ConverseRequest, ConverseResponse, CountTokensRequest,
    CountTokensResponse, InvokeGuardrailChecksRequest, InvokeGuardrailChecksResponse, ServiceError,
};
use barerock_converse::Endpoint;
use serde::{Serialize, de::DeserializeOwned};

fn round_trip<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(input: &[u8]) {
    let Ok(value) = serde_json::from_slice::<T>(input) else { return };
    let written = serde_json::to_vec(&value).expect("what was JSON is JSON");
    let again: T = serde_json::from_slice(&written).expect("what was written is read");
    assert_eq!(serde_json::to_vec(&again).expect("JSON"), written);
}

/// The sent body equals serde's output, except for white space inside of unknown members.
fn sent(mut request: ConverseRequest) {
    request.model_id = "m".to_owned();
    let endpoint = Endpoint::for_region("us-east-1").expect("a region");
    let http = request.to_http_stream(&endpoint).expect("a request");
    let sent: ConverseRequest = serde_json::from_slice(http.body()).expect("what is sent is read");
    assert_eq!(serde_json::to_vec(&sent).expect("JSON"), serde_json::to_vec(&request).expect("JSON"));
}

/// Requests are also read strictly, and checked.
macro_rules! requests {
    ($input:expr; $($request:ty),*) => {$(
        round_trip::<$request>($input);
        if let Ok(Ok(request)) = std::str::from_utf8($input).map(<$request>::from_json) {
            if let Err(error) = request.validate() {
                assert!(!error.to_string().is_empty());
            }
        }
    )*};
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    round_trip::<ConverseResponse>(input);
    round_trip::<CountTokensResponse>(input);
    round_trip::<ApplyGuardrailResponse>(input);
    round_trip::<InvokeGuardrailChecksResponse>(input);
    requests! { input; ConverseRequest, CountTokensRequest, ApplyGuardrailRequest, InvokeGuardrailChecksRequest }
    if let Ok(request) = serde_json::from_slice(input) {
        sent(request);
    }
    if let Ok(response) = ConverseResponse::from_http(http::StatusCode::OK, &http::HeaderMap::new(), input) {
        // A corrected member is written in its corrected form, and read without an error.
        let written = serde_json::to_vec(&response).expect("JSON");
        let again: ConverseResponse = serde_json::from_slice(&written).expect("what was written is read");
        assert_eq!(serde_json::to_vec(&again).expect("JSON"), written);
        serde_json::from_str::<&serde_json::value::RawValue>(response.to_document().as_json()).expect("JSON");
    }
    let error = ServiceError::from_http(http::StatusCode::BAD_GATEWAY, &http::HeaderMap::new(), input);
    assert!(error.to_string().len() < 3 * input.len() + 4096);
});
