//! `barerock chat`: a prompt and its streamed response, or a conversation.

mod answer;
mod approve;
mod attachments;
mod command;
mod markdown;
mod process;
mod reader;
mod saved;
mod session;
mod tools;
mod turn;

use std::io::IsTerminal as _;

use barerock::conversation::Conversation;
use barerock::types::OutputConfig;
use barerock::{ConverseRequest, MessageAssembler};

use crate::args::{self, seconds};
use crate::connect::Connection;
use crate::exit::Failure;
use crate::input::{STANDARD_INPUT, json_of, standard_input};
use crate::render::is_interactive;
use approve::Approve;
use attachments::{document, image};
use reader::Reader;
use tools::{Limits, Tools};
use turn::{Chat, Kept, Totals};

pub(crate) async fn run(arguments: args::Chat) -> Result<(), Failure> {
    let prompt = prompt(&arguments)?;
    let images = arguments.images.iter().map(|path| image(path));
    let documents = arguments.documents.iter().map(|path| document(path));
    let attachments = images.chain(documents).collect::<Result<Vec<_>, _>>()?;
    let limits = Limits {
        time: seconds(arguments.tool_timeout),
        calls: arguments.max_tool_calls,
        inherits_credentials: arguments.tool_env_aws,
    };
    let (tools, tool_config) = Tools::new(arguments.tools, arguments.tool_config.as_deref(), limits)?;
    let output_config = arguments.json_schema.as_deref().map(json_schema).transpose()?;
    let reader = Reader::new(arguments.history.as_deref().filter(|_| prompt.is_none()))?;
    let connection = Connection::new(&arguments.call).await?;
    let mut request = ConverseRequest::new(arguments.model_id, []);
    request.tool_config = tool_config;
    request.output_config = output_config;
    if let Some(system) = arguments.system {
        request = request.system(system);
    }
    if let Some(max_tokens) = arguments.max_tokens {
        request = request.max_tokens(max_tokens);
    }
    if let Some(temperature) = arguments.temperature {
        request = request.temperature(temperature);
    }
    let mut chat = Chat {
        connection,
        tools,
        approve: Approve::new(arguments.tool_approve, prompt.is_none()),
        is_plain: request.output_config.is_some(),
        conversation: Conversation::new(request),
        attachments,
        reader,
        last: None,
        totals: Totals::default(),
        assembler: MessageAssembler::new(),
        answer: None,
    };
    let Some(prompt) = prompt else { return chat.turns().await };
    let content = chat.content(&prompt);
    match chat.turn(content).await? {
        Kept::Yes | Kept::No => Ok(()),
        Kept::Stopped => Err(Failure::interrupted()),
    }
}

/// The prompt: the argument, piped input, or both; `None` starts a conversation.
fn prompt(arguments: &args::Chat) -> Result<Option<String>, Failure> {
    let is_taken = arguments.tool_config.as_deref() == Some(STANDARD_INPUT);
    let piped = if is_taken || std::io::stdin().is_terminal() { String::new() } else { standard_input()? };
    let prompt = match (arguments.prompt.as_deref(), piped.trim()) {
        (Some(prompt), "") => prompt.to_owned(),
        (Some(prompt), piped) => format!("{prompt}\n\n{piped}"),
        (None, "") if !is_taken && is_interactive() => return Ok(None),
        (None, piped) => piped.to_owned(),
    };
    if prompt.trim().is_empty() {
        return Err(Failure::usage("no prompt: pass one as an argument or on standard input"));
    }
    Ok(Some(prompt))
}

/// The settings for a response that conforms to the schema in a file.
fn json_schema(path: &std::path::Path) -> Result<OutputConfig, Failure> {
    let schema = json_of("--json-schema", &format!("file://{}", path.display()))?;
    if !schema.is_object() {
        return Err(Failure::usage(format!("--json-schema: {} is not a JSON object", path.display())));
    }
    Ok(OutputConfig::json_schema(schema))
}
