//! The checks of requests before they are sent.

use barerock_converse::{
    ApplyGuardrailRequest, ConverseRequest, CountTokensRequest, InvokeGuardrailChecksRequest, ValidationError,
};

type Check<R> = fn(&R) -> Result<(), ValidationError>;

/// The check of each operation. A table of functions, so that the linker drops the rules where no client names the table.
pub(crate) struct Validation {
    pub(crate) converse: Check<ConverseRequest>,
    pub(crate) count_tokens: Check<CountTokensRequest>,
    pub(crate) apply_guardrail: Check<ApplyGuardrailRequest>,
    pub(crate) invoke_guardrail_checks: Check<InvokeGuardrailChecksRequest>,
}

impl Validation {
    /// The rules of the service model.
    pub(crate) const RULES: Self = Self {
        converse: ConverseRequest::validate,
        count_tokens: CountTokensRequest::validate,
        apply_guardrail: ApplyGuardrailRequest::validate,
        invoke_guardrail_checks: InvokeGuardrailChecksRequest::validate,
    };
}
