//! Whether a tool that the model calls is run.

use barerock::types::ToolUseBlock;

use super::reader::{Reader, Typed};
use crate::args::ToolApprove;
use crate::exit::Failure;
use crate::render::{is_interactive, safe};

/// What to do with a tool call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Approval {
    Run,
    Refuse,
    /// End the turn.
    Stop,
}

/// Decides on tool calls.
#[derive(Debug)]
pub(super) struct Approve {
    asks: bool,
}

impl Approve {
    /// By the option; without it, a conversation asks.
    pub(super) fn new(option: Option<ToolApprove>, is_conversation: bool) -> Self {
        Self { asks: option.map_or(is_conversation, |option| option == ToolApprove::Ask) }
    }

    /// Decides on a call, by asking the user if it has to. Without a terminal there is nobody to ask.
    pub(super) fn call(&mut self, call: &ToolUseBlock, reader: &mut Reader) -> Result<Approval, Failure> {
        if !self.asks {
            return Ok(Approval::Run);
        }
        if !is_interactive() {
            return Ok(Approval::Refuse);
        }
        loop {
            let typed = reader.ask(&format!("run {}? [y]es, [n]o, [a]lways: ", safe(&call.name)))?;
            let Typed::Text(text) = typed else { return Ok(Approval::Stop) };
            return Ok(match &*text.trim().to_ascii_lowercase() {
                "y" | "yes" => Approval::Run,
                "n" | "no" => Approval::Refuse,
                "a" | "always" => {
                    self.asks = false;
                    Approval::Run
                }
                _ => continue,
            });
        }
    }
}
