//! `barerock converse`: one call, one answer.

use super::skeleton;
use crate::args::Converse;
use crate::connect::Connection;
use crate::exit::Failure;
use crate::render::Output;

pub(crate) async fn run(arguments: Converse) -> Result<(), Failure> {
    if let Some(skeleton) = arguments.request.generate_cli_skeleton {
        return skeleton.print(skeleton::CONVERSE);
    }
    let request = arguments.request.to_request()?;
    let connection = Connection::new(&arguments.call).await?;
    let response = connection.client.converse(&request).await?;
    Output::new().json(&response)
}
