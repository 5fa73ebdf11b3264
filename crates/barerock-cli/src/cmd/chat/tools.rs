//! Tools: the user's commands, run for the model.

use core::time::Duration;
use std::collections::BTreeMap;

use barerock::converse::ToolOutput;
use barerock::types::{Document, Tool, ToolConfiguration, ToolResultBlock, ToolUseBlock};
use serde_json::{Value, json};

use super::process::{self, Ended};
use crate::args::ToolCommand;
use crate::exit::Failure;
use crate::input::json_of;
use crate::render::{safe, safe_lines};

/// The option with the tools' descriptions and input schemas.
const CONFIG: &str = "--tool-config";

/// Longest tool input that is shown, in characters.
const MAX_SHOWN: usize = 1000;

/// The commands that the model may run, by tool name.
#[derive(Debug)]
pub(super) struct Tools {
    commands: BTreeMap<String, String>,
    limits: Limits,
}

/// What a tool may do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Longest run of a tool; `None` for no limit.
    pub(super) time: Option<Duration>,
    /// Most tool calls of a turn.
    pub(super) calls: u32,
    /// Whether tools get the AWS credentials of the environment.
    pub(super) inherits_credentials: bool,
}

impl Tools {
    /// Tools of a command line, and the tool configuration for the model.
    pub(super) fn new(
        given: Vec<ToolCommand>,
        config: Option<&str>,
        limits: Limits,
    ) -> Result<(Self, Option<ToolConfiguration>), Failure> {
        let mut commands = BTreeMap::new();
        for ToolCommand { name, command } in given {
            if commands.contains_key(&name) {
                return Err(Failure::usage(format!("--tool {name} was given twice")));
            }
            commands.insert(name, command);
        }
        let tools = Self { commands, limits };
        let configuration = match config {
            Some(config) => Some(tools.described(config)?),
            None if tools.commands.is_empty() => None,
            None => Some(ToolConfiguration::new(
                tools.commands.keys().map(|name| of_name(name)).collect::<Vec<_>>(),
            )),
        };
        Ok((tools, configuration))
    }

    /// Parses a tool configuration; each of its tools must have a command, and each command its tool.
    fn described(&self, config: &str) -> Result<ToolConfiguration, Failure> {
        let configuration: ToolConfiguration = json_of(CONFIG, config)?.parse().map_err(|error| {
            Failure::usage(format!("{CONFIG} is not {{\"tools\":[{{\"toolSpec\":{{…}}}}]}}: {error}"))
        })?;
        let names: Vec<_> = configuration.tools.iter().filter_map(name_of).collect();
        if let Some(name) = names.iter().find(|name| !self.commands.contains_key(**name)) {
            return Err(Failure::usage(format!(
                "{CONFIG} has the tool {name}, but no --tool {name}=COMMAND says how to run it"
            )));
        }
        if let Some(name) = self.commands.keys().find(|name| !names.contains(&&***name)) {
            return Err(Failure::usage(format!("{CONFIG} does not have the tool {name} that --tool names")));
        }
        Ok(configuration)
    }

    /// Most tool calls of a turn.
    pub(super) fn max_calls(&self) -> u32 {
        self.limits.calls
    }

    /// Prints the calls whose input is no JSON object; the model gets an error for each.
    pub(super) fn report_invalid<'a>(&self, calls: impl Iterator<Item = &'a ToolUseBlock>) {
        for call in calls {
            tell!("tool: {} failed: input is not a JSON object: {}", safe(&call.name), shown(&call.input));
        }
    }

    /// Prints a call.
    pub(super) fn announce(&self, call: &ToolUseBlock) {
        tell!("tool: {} {}", safe(&call.name), shown(&call.input));
    }

    /// Prints the tools and their commands.
    pub(super) fn list(&self) {
        for (name, command) in &self.commands {
            tell!("{}={}", safe(name), safe(command));
        }
        if self.commands.is_empty() {
            tell!("no tools; --tool NAME=COMMAND provides one");
        }
    }

    /// The result of a call that the user does not allow.
    pub(super) fn refuse(&self, call: &ToolUseBlock) -> ToolResultBlock {
        tell!("tool: {} was not run", safe(&call.name));
        ToolResultBlock::error(&call.tool_use_id, "the user did not allow this call")
    }

    /// Runs the command of a call, and returns its result.
    pub(super) async fn run(&self, call: &ToolUseBlock) -> ToolResultBlock {
        let failed = |why: String| {
            tell!("tool: {} failed: {}", safe(&call.name), safe_lines(&why));
            ToolResultBlock::error(&call.tool_use_id, why)
        };
        let Some(command) = self.commands.get(&call.name) else {
            return failed(format!("the model requested an unknown tool {}", call.name));
        };
        let input = format!("{}\n", call.input);
        let environment = self.limits.inherits_credentials;
        match process::run(command, input.as_bytes(), self.limits.time, environment).await {
            Err(error) => failed(error.to_string()),
            Ok(ended) => result(&call.tool_use_id, &ended).unwrap_or_else(failed),
        }
    }
}

/// The beginning of a tool's input, which may be of any length.
fn shown(input: &Document) -> String {
    let json = input.to_string();
    match json.char_indices().nth(MAX_SHOWN) {
        None => safe(&json).to_string(),
        Some((end, _)) => format!("{}… ({} bytes)", safe(&json[..end]), json.len()),
    }
}

/// The result of a command: its output as a JSON object or text, or an error if it exits with another code than 0.
fn result(id: &str, ended: &Ended) -> Result<ToolResultBlock, String> {
    let aside = String::from_utf8_lossy(&ended.stderr);
    if ended.code == Some(0) {
        if !aside.trim().is_empty() {
            tell!("{}", safe_lines(aside.trim_end()));
        }
        let text = str::from_utf8(&ended.stdout)
            .map_err(|error| format!("invalid UTF-8 in the output at byte {}", error.valid_up_to()))?
            .trim();
        return Ok(match serde_json::from_str::<Value>(text) {
            // The service accepts only objects as JSON, and not all: `ToolOutput` knows which.
            Ok(Value::Object(_)) => match Document::from_json(text) {
                Ok(object) => ToolResultBlock::new(id, ToolOutput::from(object).into_result(id).content),
                Err(_) => ToolResultBlock::text(id, text),
            },
            _ if text.is_empty() => ToolResultBlock::text(id, "(no output)"),
            _ => ToolResultBlock::text(id, text),
        });
    }
    let end =
        ended.code.map_or_else(|| "terminated by a signal".to_owned(), |code| format!("exit code {code}"));
    let output = String::from_utf8_lossy(&ended.stdout);
    let said: Vec<_> = [aside.trim(), output.trim()].into_iter().filter(|text| !text.is_empty()).collect();
    Err(if said.is_empty() { end } else { format!("{end}\n{}", said.join("\n")) })
}

/// A tool without description: any object is an input.
fn of_name(name: &str) -> Tool {
    let any = json!({"type": "object", "additionalProperties": true});
    Tool::new(name, any).description(format!("Runs {name} with the given input on the user's machine."))
}

fn name_of(tool: &Tool) -> Option<&str> {
    match tool {
        Tool::ToolSpec(spec) => Some(&spec.name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(given: &[&str], config: Option<&str>) -> Result<Option<ToolConfiguration>, String> {
        let given = given.iter().map(|tool| tool.parse().unwrap()).collect();
        let limits = Limits { time: None, calls: 1, inherits_credentials: false };
        Tools::new(given, config, limits)
            .map(|(_, configuration)| configuration)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn each_tool_has_a_command_and_each_command_its_tool() {
        let config =
            r#"{"tools":[{"toolSpec":{"name":"a","inputSchema":{"json":{}}}},{"systemTool":{"name":"x"}}]}"#;
        assert_eq!(tools(&[], None), Ok(None));
        let named = tools(&["b=true", "a=true"], None).unwrap().unwrap();
        assert_eq!(named.tools.iter().filter_map(name_of).collect::<Vec<_>>(), ["a", "b"]);
        let described = tools(&["a=true"], Some(config)).unwrap().unwrap();
        assert_eq!(described.tools.len(), 2, "what the service runs needs no command");
        for (given, config, words) in [
            (&["a=true", "a=false"][..], None, "--tool a was given twice"),
            (&["b=true"], Some(config), "has the tool a, but no --tool a=COMMAND"),
            (&["a=true", "b=true"], Some(config), "does not have the tool b"),
            (&["a=true"], Some("[]"), "is not {\"tools\""),
            (&["a=true"], Some("nonsense"), "is not JSON"),
        ] {
            let error = tools(given, config).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn a_long_input_is_shown_cut() {
        let short = Document::from_json(r#"{"city":"Oslo"}"#).unwrap();
        assert_eq!(shown(&short), r#"{"city":"Oslo"}"#);
        let long = Document::from_json(format!("\"{}\"", "ä".repeat(1 << 20))).unwrap();
        let shown = shown(&long);
        assert!(shown.len() < 2_100 && shown.ends_with("ä… (2097154 bytes)"), "{}", shown.len());
    }

    #[test]
    fn an_output_is_an_object_or_text() {
        let ended = |code, stdout: &[u8], stderr: &str| {
            result("id", &Ended { code, stdout: stdout.to_vec(), stderr: stderr.as_bytes().to_vec() })
        };
        assert_eq!(
            ended(Some(0), b" {\"a\": 1}\n", ""),
            Ok(ToolResultBlock::json("id", Document::from_json("{\"a\": 1}").unwrap()))
        );
        for (stdout, text) in [("54F\n", "54F"), ("[1]", "[1]"), ("", "(no output)"), ("{\"a\":", "{\"a\":")]
        {
            assert_eq!(ended(Some(0), stdout.as_bytes(), "aside"), Ok(ToolResultBlock::text("id", text)));
        }
        assert_eq!(ended(Some(0), b"a\xff", ""), Err("invalid UTF-8 in the output at byte 1".to_owned()));
        assert_eq!(
            ended(Some(3), b"half", "no such city\n"),
            Err("exit code 3\nno such city\nhalf".to_owned())
        );
        assert_eq!(ended(None, b"", ""), Err("terminated by a signal".to_owned()));
    }
}
