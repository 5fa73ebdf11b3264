//! What a request asks for: the operation and the model, read from its path.

use core::fmt;
use http::Method;
use percent_encoding::percent_decode_str;

/// An operation and, where its path has one, the model id.
///
/// Model ids are compared decoded: `v1:0` and `v1%3A0` are the same model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    method: Method,
    name: String,
    model_id: Option<String>,
}

impl Operation {
    /// Reads `/model/{modelId}/{operation}`; any other path, with its query, is an operation of its own name.
    pub fn parse(method: Method, path_and_query: &str) -> Self {
        let path = path_and_query.split('?').next().unwrap_or_default();
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        if let ["model", model_id, name] = segments.as_slice() {
            return Self { method, name: decode(name), model_id: Some(decode(model_id)) };
        }
        Self { method, name: decode(path_and_query), model_id: None }
    }

    /// The HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Such as `converse-stream`; the whole path where it names no model.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The model id, decoded.
    pub fn model_id(&self) -> Option<&str> {
        self.model_id.as_deref()
    }

    /// Whether the operation answers with an event stream when all goes well.
    pub(crate) fn streams(&self) -> bool {
        self.model_id.is_some() && self.name.ends_with("-stream")
    }

    /// Whether the same thing is asked, perhaps of another model.
    pub(crate) fn same_kind(&self, other: &Self) -> bool {
        self.method == other.method
            && self.name == other.name
            && self.model_id.is_some() == other.model_id.is_some()
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.model_id {
            Some(model_id) => write!(f, "{} for model {model_id:?}", self.name),
            None => write!(f, "{} {}", self.method, self.name),
        }
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(path: &str) -> Operation {
        Operation::parse(Method::POST, path)
    }

    #[test]
    fn a_model_id_is_the_same_raw_and_encoded() {
        assert_eq!(parse("/model/a.b-v1:0/converse"), parse("/model/a.b-v1%3A0/converse"));
        assert_eq!(parse("/model/arn%3Aaws%2Fx/converse-stream").model_id(), Some("arn:aws/x"));
        assert!(parse("/model/m/converse-stream").streams());
        assert!(!parse("/model/m/converse").streams());
    }

    #[test]
    fn another_path_is_its_own_operation() {
        let operation = parse("/agents/A%20B/text?x=1");
        assert_eq!((operation.name(), operation.model_id()), ("/agents/A B/text?x=1", None));
        // A literal slash in an ARN makes another path, as it does for the service.
        assert_eq!(parse("/model/arn:aws:x/y/converse").model_id(), None);
    }
}
