//! The options of `chat`.

use core::str::FromStr;
use std::path::PathBuf;

use clap::Args;

use super::{Call, DEFAULT_MODEL};

#[derive(Debug, Args)]
pub(crate) struct Chat {
    /// What to ask; piped input is read as the prompt, or appended to it
    pub(crate) prompt: Option<String>,
    /// The model: an id, an inference profile or an ARN
    #[arg(short, long, value_name = "ID", default_value = DEFAULT_MODEL)]
    pub(crate) model_id: String,
    /// The system prompt
    #[arg(long, value_name = "TEXT")]
    pub(crate) system: Option<String>,
    /// The most tokens the answer may have
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_tokens: Option<u32>,
    /// How freely the model chooses, 0 to 1
    #[arg(long, value_name = "T", value_parser = zero_to_one)]
    pub(crate) temperature: Option<f64>,
    /// A picture to look at: PNG, JPEG, GIF or WebP; may be given again
    #[arg(long = "image", value_name = "FILE")]
    pub(crate) images: Vec<PathBuf>,
    /// A document to read: pdf, csv, doc, docx, xls, xlsx, html, txt or md by its name; may be given again
    #[arg(long = "document", value_name = "FILE")]
    pub(crate) documents: Vec<PathBuf>,
    /// A command that the model may run as a tool: it gets the tool's input as JSON on standard input, and what it prints is
    /// the answer; it has no terminal to ask on; may be given again
    #[arg(long = "tool", value_name = "NAME=COMMAND")]
    pub(crate) tools: Vec<ToolCommand>,
    /// What the tools do and take, in Converse's shape (JSON inline, file://PATH, or -); else the model is told their names
    /// only
    #[arg(long, value_name = "JSON", requires = "tools")]
    pub(crate) tool_config: Option<String>,
    /// The longest a tool may run, in seconds; 0 lets it run for ever
    #[arg(long, value_name = "SECONDS", default_value_t = 60, requires = "tools")]
    pub(crate) tool_timeout: u32,
    #[command(flatten)]
    pub(crate) call: Call,
}

fn zero_to_one(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("must be a number from 0 to 1".to_owned()),
    }
}

/// A tool that is a command of the user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToolCommand {
    /// What the model calls it.
    pub(crate) name: String,
    /// A line for the shell.
    pub(crate) command: String,
}

impl FromStr for ToolCommand {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, command)) = text.split_once('=') else {
            return Err("must be NAME=COMMAND, such as get_weather=./weather.sh".to_owned());
        };
        if command.trim().is_empty() {
            return Err(format!("no command stands behind `{name}=`"));
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
