//! The commands.

mod batch;
mod chat;
pub(crate) mod check;
pub(crate) mod completions;
mod converse_stream;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod events;
pub(crate) mod frames;
pub(crate) mod man;
pub(crate) mod models;
mod proxy;
mod replay;
pub(crate) mod sign;
mod skeleton;
mod unary;

use crate::args::{Arguments, Command};
use crate::exit::Failure;

/// Does what the command line says.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Chat(chat) => chat::run(chat).await,
        Command::Converse(converse) => unary::converse(converse).await,
        Command::ConverseStream(stream) => converse_stream::run(stream).await,
        Command::Batch(batch) => batch::run(batch).await,
        Command::CountTokens(count) => unary::count_tokens(count).await,
        Command::ApplyGuardrail(guardrail) => unary::apply_guardrail(guardrail).await,
        Command::InvokeGuardrailChecks(checks) => unary::invoke_guardrail_checks(checks).await,
        Command::Frames(frames) => frames::run(&frames),
        Command::Events(events) => events::run(&events),
        Command::Check(check) => check::run(*check).await,
        Command::Diff(diff) => diff::run(&diff),
        Command::Sign(sign) => sign::run(sign).await,
        Command::Doctor(doctor) => doctor::run(doctor).await,
        Command::Models(models) => models::run(&models),
        Command::Completions(completions) => completions::run(&completions),
        Command::Man(man) => man::run(&man),
        Command::Replay(replay) => replay::run(replay).await,
        Command::Proxy(proxy) => Box::pin(proxy::run(proxy)).await,
    }
}
