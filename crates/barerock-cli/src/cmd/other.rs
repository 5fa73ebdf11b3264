//! `barerock count-tokens` and `barerock apply-guardrail`: one call, one answer.

use crate::args::{ApplyGuardrail, CountTokens};
use crate::connect::Connection;
use crate::exit::Failure;
use crate::render::Output;

pub(crate) async fn count_tokens(arguments: CountTokens) -> Result<(), Failure> {
    let request = arguments.request.to_request()?;
    let connection = Connection::new(&arguments.call).await?;
    let response = connection.client.count_tokens(&request).await?;
    Output::new().json(&response)
}

pub(crate) async fn apply_guardrail(arguments: ApplyGuardrail) -> Result<(), Failure> {
    let request = arguments.request.to_request()?;
    let connection = Connection::new(&arguments.call).await?;
    let response = connection.client.apply_guardrail(&request).await?;
    Output::new().json(&response)
}
