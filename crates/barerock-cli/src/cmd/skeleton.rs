//! `--generate-cli-skeleton`: a request to fill in.

use crate::args::Skeleton;
use crate::exit::Failure;
use crate::render::Output;

/// Every member of a Converse request, each with a value of its shape.
pub(super) const CONVERSE: &str = include_str!("skeleton/converse.json");
/// The same for CountTokens.
pub(super) const COUNT_TOKENS: &str = include_str!("skeleton/count-tokens.json");
/// The same for ApplyGuardrail.
pub(super) const APPLY_GUARDRAIL: &str = include_str!("skeleton/apply-guardrail.json");
/// The same for InvokeGuardrailChecks.
pub(super) const INVOKE_GUARDRAIL_CHECKS: &str = include_str!("skeleton/invoke-guardrail-checks.json");

impl Skeleton {
    pub(super) fn print(self, text: &str) -> Result<(), Failure> {
        match self {
            Self::Input => Output::new().text(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use barerock::{
        ApplyGuardrailRequest, ConverseRequest, CountTokensRequest, InvokeGuardrailChecksRequest,
    };
    use clap::CommandFactory as _;
    use serde_json::Value;

    use super::*;
    use crate::args::{Arguments, REQUEST_HEADING};

    fn camel_case(kebab: &str) -> String {
        let mut words = kebab.split('-');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
    }

    #[test]
    fn each_is_a_request_with_every_member_there_is_an_option_for() {
        ConverseRequest::from_json(CONVERSE).unwrap().validate().unwrap();
        CountTokensRequest::from_json(COUNT_TOKENS).unwrap().validate().unwrap();
        ApplyGuardrailRequest::from_json(APPLY_GUARDRAIL).unwrap().validate().unwrap();
        InvokeGuardrailChecksRequest::from_json(INVOKE_GUARDRAIL_CHECKS).unwrap().validate().unwrap();
        for (command, skeleton) in [
            ("converse", CONVERSE),
            ("converse-stream", CONVERSE),
            ("count-tokens", COUNT_TOKENS),
            ("apply-guardrail", APPLY_GUARDRAIL),
            ("invoke-guardrail-checks", INVOKE_GUARDRAIL_CHECKS),
        ] {
            let skeleton: Value = serde_json::from_str(skeleton).unwrap();
            let arguments = Arguments::command();
            let members = arguments
                .find_subcommand(command)
                .unwrap()
                .get_arguments()
                .filter(|option| option.get_help_heading() == Some(REQUEST_HEADING))
                .filter_map(|option| option.get_long())
                .filter(|name| !name.contains("cli"));
            let mut count = 0;
            for name in members {
                assert!(skeleton.get(camel_case(name)).is_some(), "{command}: {name}");
                count += 1;
            }
            assert_eq!(count, skeleton.as_object().unwrap().len(), "{command}");
        }
    }
}
