//! The operation of a request, and its model or guardrail, parsed from the path.

use core::fmt;
use http::Method;
use percent_encoding::percent_decode_str;

/// Operation of a request with its model or guardrail, if the path has one.
///
/// Ids are compared decoded: `v1:0` and `v1%3A0` are the same model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    method: Method,
    name: String,
    subject: Option<Subject>,
}

/// The model or guardrail of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    Model(String),
    Guardrail { identifier: String, version: String },
}

impl Operation {
    /// Parses `/model/{modelId}/{operation}`, `/guardrail/{guardrailIdentifier}/version/{guardrailVersion}/apply` and
    /// `/guardrail-checks/invoke`. Any other path, with its query, becomes the operation's name.
    pub fn parse(method: Method, path_and_query: &str) -> Self {
        let path = path_and_query.split('?').next().unwrap_or_default();
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let (name, subject) = match segments.as_slice() {
            ["model", model_id, name] => (decode(name), Some(Subject::Model(decode(model_id)))),
            ["guardrail", identifier, "version", version, "apply"] => (
                "apply-guardrail".to_owned(),
                Some(Subject::Guardrail { identifier: decode(identifier), version: decode(version) }),
            ),
            ["guardrail-checks", "invoke"] => ("invoke-guardrail-checks".to_owned(), None),
            _ => (decode(path_and_query), None),
        };
        Self { method, name, subject }
    }

    /// Creates the operation `name` of a model; the id is not percent-encoded.
    pub(crate) fn of_model(method: Method, model_id: &str, name: &str) -> Self {
        Self { method, name: name.to_owned(), subject: Some(Subject::Model(model_id.to_owned())) }
    }

    /// Returns the HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the name, such as `converse-stream`; the whole path if it is not one of Bedrock Runtime's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the model id, percent-decoded.
    pub fn model_id(&self) -> Option<&str> {
        match &self.subject {
            Some(Subject::Model(model_id)) => Some(model_id),
            _ => None,
        }
    }

    /// Returns the guardrail's identifier and version, percent-decoded.
    pub fn guardrail(&self) -> Option<(&str, &str)> {
        match &self.subject {
            Some(Subject::Guardrail { identifier, version }) => Some((identifier, version)),
            _ => None,
        }
    }

    pub(crate) fn subject(&self) -> Option<&Subject> {
        self.subject.as_ref()
    }

    /// Returns true if the operation's successful response is an event stream.
    pub(crate) fn streams(&self) -> bool {
        self.model_id().is_some() && self.name.ends_with("-stream")
    }

    /// Returns true if both are the same operation, of any model or guardrail.
    pub(crate) fn same_kind(&self, other: &Self) -> bool {
        self.method == other.method
            && self.name == other.name
            && self.model_id().is_some() == other.model_id().is_some()
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Some(Subject::Model(model_id)) => write!(f, "{} for model {model_id:?}", self.name),
            Some(Subject::Guardrail { identifier, version }) => {
                write!(f, "{} for guardrail {identifier:?} version {version:?}", self.name)
            }
            None => write!(f, "{} {}", self.method, self.name),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(model_id) => f.write_str(model_id),
            Self::Guardrail { identifier, version } => write!(f, "{identifier} version {version}"),
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
    fn guardrails_have_operations_too() {
        let apply = parse("/guardrail/arn%3Aaws%2Fg/version/DRAFT/apply");
        assert_eq!((apply.name(), apply.guardrail()), ("apply-guardrail", Some(("arn:aws/g", "DRAFT"))));
        assert!(apply.same_kind(&parse("/guardrail/g/version/1/apply")));
        assert_eq!(apply.to_string(), r#"apply-guardrail for guardrail "arn:aws/g" version "DRAFT""#);
        let checks = parse("/guardrail-checks/invoke");
        assert_eq!((checks.name(), checks.guardrail()), ("invoke-guardrail-checks", None));
        assert_eq!(checks.to_string(), "POST invoke-guardrail-checks");
        assert!(!checks.streams() && !apply.streams());
    }

    #[test]
    fn another_path_is_its_own_operation() {
        let operation = parse("/agents/A%20B/text?x=1");
        assert_eq!((operation.name(), operation.model_id()), ("/agents/A B/text?x=1", None));
        // A literal slash in an ARN makes another path, as it does for the service.
        assert_eq!(parse("/model/arn:aws:x/y/converse").model_id(), None);
    }
}
