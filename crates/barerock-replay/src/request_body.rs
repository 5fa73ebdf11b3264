//! Request bodies in a form that can be compared.

use bytes::Bytes;
use serde_json::Value;

use crate::operation::Operation;

/// Limit on the number of JSON values in a body that is compared as JSON: about 20 MB of memory. Recorded requests hold some
/// hundreds.
const MAX_VALUES: usize = 200_000;

/// Member of the request that is sent in the path; some recorders add it to the body too.
const MODEL_ID: &str = "modelId";

/// A request's body for matching; JSON is parsed, so that spacing and escapes do not matter.
#[derive(Debug, Clone)]
pub(crate) enum RequestBody {
    Json(Value),
    /// Not JSON, or JSON of too many values to hold.
    Other(Bytes),
    /// Matches every body; the body of a composed fixture.
    Any,
}

impl RequestBody {
    /// Parses the body of a request for `operation`. Removes `modelId` if the path has a model id.
    pub(crate) fn new(bytes: Bytes, operation: &Operation) -> Self {
        if has_more_values_than(MAX_VALUES, &bytes) {
            return Self::Other(bytes);
        }
        match serde_json::from_slice(&bytes) {
            Ok(mut value) => {
                if let (Value::Object(members), Some(_)) = (&mut value, operation.model_id()) {
                    members.remove(MODEL_ID);
                }
                Self::Json(value)
            }
            Err(_) => Self::Other(bytes),
        }
    }
}

/// Returns true if JSON holds more than `limit` values, by counting the commas and opening brackets and braces outside of
/// strings: every value but the first follows one of them.
fn has_more_values_than(limit: usize, json: &[u8]) -> bool {
    let (mut values, mut in_string, mut is_escaped) = (1_usize, false, false);
    for byte in json {
        match (in_string, byte) {
            (true, _) if is_escaped => is_escaped = false,
            (true, b'\\') => is_escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b',' | b'[' | b'{') => values = values.saturating_add(1),
            _ => {}
        }
        if values > limit {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    fn body(json: String) -> RequestBody {
        let operation = Operation::parse(Method::POST, "/model/m/converse");
        RequestBody::new(Bytes::from(json), &operation)
    }

    #[test]
    fn a_body_of_very_many_values_is_not_parsed() {
        assert!(matches!(body("[0]".to_owned()), RequestBody::Json(_)));
        let many = format!("[{}0]", "0,".repeat(MAX_VALUES));
        assert!(matches!(body(many), RequestBody::Other(_)));
        // A long text is one value.
        let text = format!(r#"{{"text":"{}"}}"#, r#"\",[{"#.repeat(MAX_VALUES));
        assert!(matches!(body(text), RequestBody::Json(_)));
    }

    #[test]
    fn a_model_id_beside_the_paths_is_left_out() {
        let RequestBody::Json(value) = body(r#"{"modelId":"m","messages":[]}"#.to_owned()) else { panic!() };
        assert_eq!(value, serde_json::json!({"messages": []}));
        let other = Operation::parse(Method::POST, "/guardrail-checks/invoke");
        let RequestBody::Json(value) = RequestBody::new(Bytes::from(r#"{"modelId":"m"}"#), &other) else {
            panic!()
        };
        assert_eq!(value, serde_json::json!({"modelId": "m"}));
    }
}
