//! `barerock converse`: one call, one answer.

use crate::args::Converse;
use crate::connect::Connection;
use crate::exit::Failure;
use crate::input;
use crate::render::Output;

pub(crate) async fn run(arguments: Converse) -> Result<(), Failure> {
    let request = input::request(&arguments.request)?;
    let connection = Connection::new(&arguments.call).await?;
    let response = connection.client.converse(&request).await?;
    Output::new().json(&response)
}
