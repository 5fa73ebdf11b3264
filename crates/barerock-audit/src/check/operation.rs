//! Operations of the service, by the paths of their requests.

/// An operation of Bedrock Runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// `/model/{modelId}/converse`.
    Converse,
    /// `/model/{modelId}/converse-stream`.
    ConverseStream,
    /// `/model/{modelId}/count-tokens`.
    CountTokens,
    /// `/guardrail/{guardrailIdentifier}/version/{guardrailVersion}/apply`.
    ApplyGuardrail,
    /// `/guardrail-checks/invoke`.
    InvokeGuardrailChecks,
    /// `/model/{modelId}/invoke`, whose response is the model's own.
    InvokeModel,
    /// `/model/{modelId}/invoke-with-response-stream`, whose events hold a model's own.
    InvokeModelWithResponseStream,
    /// Anything else.
    Other,
}

impl Operation {
    /// The operation of a request with this path and query.
    #[must_use]
    pub fn of(target: &str) -> Self {
        let path = target.split('?').next().unwrap_or_default();
        let mut segments = path.rsplit('/');
        let last = segments.next().unwrap_or_default();
        let before = segments.next().unwrap_or_default();
        match last {
            "converse" => Self::Converse,
            "converse-stream" => Self::ConverseStream,
            "count-tokens" => Self::CountTokens,
            "apply" => Self::ApplyGuardrail,
            "invoke" if before == "guardrail-checks" => Self::InvokeGuardrailChecks,
            "invoke" => Self::InvokeModel,
            "invoke-with-response-stream" => Self::InvokeModelWithResponseStream,
            _ => Self::Other,
        }
    }

    /// True if a success is an event stream.
    pub(super) fn is_streaming(self) -> bool {
        matches!(self, Self::ConverseStream | Self::InvokeModelWithResponseStream)
    }
}
