//! The options of `chat`.

use core::str::FromStr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Call, DEFAULT_MODEL};

#[derive(Debug, Args)]
pub(crate) struct Chat {
    /// Prompt; piped input is the prompt or is appended to it
    pub(crate) prompt: Option<String>,
    /// Model id, inference profile id or ARN
    #[arg(short, long, value_name = "ID", default_value = DEFAULT_MODEL)]
    pub(crate) model_id: String,
    /// System prompt
    #[arg(long, value_name = "TEXT")]
    pub(crate) system: Option<String>,
    /// Maximum number of tokens in the response
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_tokens: Option<u32>,
    /// Sampling temperature, 0 to 1; newer models refuse it
    #[arg(long, value_name = "T", value_parser = zero_to_one)]
    pub(crate) temperature: Option<f64>,
    /// Image to send: PNG, JPEG, GIF or WebP; repeatable
    #[arg(long = "image", value_name = "FILE")]
    pub(crate) images: Vec<PathBuf>,
    /// Document to send: pdf, csv, doc, docx, xls, xlsx, html, txt or md, by file extension; repeatable
    #[arg(long = "document", value_name = "FILE")]
    pub(crate) documents: Vec<PathBuf>,
    /// Shell command that the model may run as a tool: reads the tool's input as JSON from standard input and prints the result;
    /// repeatable
    #[arg(long = "tool", value_name = "NAME=COMMAND")]
    pub(crate) tools: Vec<ToolCommand>,
    /// Descriptions and input schemas of the tools, as Converse's toolConfig (JSON inline, file://PATH, or -); without it the model
    /// knows their names only
    #[arg(long, value_name = "JSON", requires = "tools")]
    pub(crate) tool_config: Option<String>,
    /// Time limit of one tool run, in seconds; 0 for none
    #[arg(long, value_name = "SECONDS", default_value_t = 60, requires = "tools")]
    pub(crate) tool_timeout: u32,
    /// Maximum number of tool calls in one turn
    #[arg(long, value_name = "N", default_value_t = 50, requires = "tools", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_tool_calls: u32,
    /// Pass AWS credentials from the environment on to tools; removed otherwise
    #[arg(long, requires = "tools")]
    pub(crate) tool_env_aws: bool,
    /// Whether tools are run without a question [default: ask in a conversation, always with a prompt]
    #[arg(long, value_enum, value_name = "WHEN", requires = "tools")]
    pub(crate) tool_approve: Option<ToolApprove>,
    /// JSON schema of the response
    #[arg(long, value_name = "FILE")]
    pub(crate) json_schema: Option<PathBuf>,
    /// Keep the prompts of conversations in this file, and offer those it has
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) call: Call,
}

/// Whether a tool that the model calls is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ToolApprove {
    /// Ask on the terminal; without one, refuse
    Ask,
    /// Run it
    Always,
}

fn zero_to_one(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("must be a number from 0 to 1".to_owned()),
    }
}

/// A tool of `--tool`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToolCommand {
    /// Name for the model.
    pub(crate) name: String,
    /// Shell command.
    pub(crate) command: String,
}

impl FromStr for ToolCommand {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, command)) = text.split_once('=') else {
            return Err("must be NAME=COMMAND, such as get_weather=./weather.sh".to_owned());
        };
        if command.trim().is_empty() {
            return Err(format!("no command after `{name}=`"));
        }
        Ok(Self { name: name.to_owned(), command: command.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_have_a_name_and_a_command() {
        let tool = "get_weather=curl 'https://a.example?x=1'".parse::<ToolCommand>().unwrap();
        assert_eq!((&*tool.name, &*tool.command), ("get_weather", "curl 'https://a.example?x=1'"));
        for (text, words) in [("get_weather", "must be NAME=COMMAND"), ("x= ", "no command")] {
            let error = text.parse::<ToolCommand>().unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
