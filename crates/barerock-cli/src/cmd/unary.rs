//! `barerock converse`, `count-tokens`, `apply-guardrail` and `invoke-guardrail-checks`: one request, one response.

use super::skeleton;
use crate::args::{ApplyGuardrail, Converse, CountTokens, InvokeGuardrailChecks};
use crate::connect::Connection;
use crate::exit::Failure;
use crate::render::{Output, corrected};
use crate::status::Spinner;

macro_rules! commands {
    ($($name:ident, $arguments:ty, $skeleton:expr;)*) => {$(
        pub(crate) async fn $name(mut arguments: $arguments) -> Result<(), Failure> {
            if let Some(skeleton) = arguments.request.generate_cli_skeleton {
                return skeleton.print($skeleton);
            }
            let request = arguments.request.to_request(&mut arguments.call)?;
            let connection = Connection::new(&arguments.call).await?;
            let spinner = Spinner::new("waiting for the response");
            let response = spinner.during(connection.client.$name(&request)).await?;
            Output::new().document(&response.to_document())?;
            corrected(response.corrections());
            Ok(())
        }
    )*};
}
commands! {
    converse, Converse, skeleton::CONVERSE;
    count_tokens, CountTokens, skeleton::COUNT_TOKENS;
    apply_guardrail, ApplyGuardrail, skeleton::APPLY_GUARDRAIL;
    invoke_guardrail_checks, InvokeGuardrailChecks, skeleton::INVOKE_GUARDRAIL_CHECKS;
}
