//! Tools that are commands of the user's.

use core::time::Duration;
use std::collections::BTreeMap;

use barerock::types::{Document, Message, Tool, ToolConfiguration, ToolResultBlock, ToolUseBlock};
use serde_json::{Value, json};

use super::process::{self, Ended};
use crate::args::ToolCommand;
use crate::exit::Failure;
use crate::input::json_of;
use crate::render::{safe, safe_lines};

/// The option that says what the tools do and take.
const CONFIG: &str = "--tool-config";

/// What the model may run.
#[derive(Debug)]
pub(super) struct Tools {
    commands: BTreeMap<String, String>,
    limit: Option<Duration>,
}

impl Tools {
    /// The tools of a command line, and what the model is told of them.
    pub(super) fn new(
        given: Vec<ToolCommand>,
        config: Option<&str>,
        limit: Option<Duration>,
    ) -> Result<(Self, Option<ToolConfiguration>), Failure> {
        let mut commands = BTreeMap::new();
        for ToolCommand { name, command } in given {
            if commands.contains_key(&name) {
                return Err(Failure::usage(format!("--tool {name} was given twice")));
            }
            commands.insert(name, command);
        }
        let tools = Self { commands, limit };
        let configuration = match config {
            Some(config) => Some(tools.described(config)?),
            None if tools.commands.is_empty() => None,
            None => Some(ToolConfiguration::new(
                tools.commands.keys().map(|name| of_name(name)).collect::<Vec<_>>(),
            )),
        };
        Ok((tools, configuration))
    }

    /// The configuration that was given, if each of its tools has a command and each command its tool.
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

    pub(super) fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// The name of a tool that there is not, and that cannot even be said to the service: names are 1 to 64 of `a-zA-Z0-9_-`.
    pub(super) fn unanswerable<'a>(&self, message: &'a Message) -> Option<&'a str> {
        let is_name = |name: &str| {
            (1..=64).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        };
        let mut names = message.tool_uses().map(|asked| &*asked.name);
        names.find(|name| !self.commands.contains_key(*name) && !is_name(name))
    }

    /// Runs what a message asks for, one after the other, and makes the answer to it; `None` if it asks for nothing that is ours.
    pub(super) async fn answer(&self, message: &Message) -> Option<Message> {
        let mut results = Vec::new();
        for asked in message.tool_uses().filter(|asked| !is_of_the_service(asked)) {
            results.push(self.run(asked).await);
        }
        (!results.is_empty()).then(|| Message::tool_results(results))
    }

    async fn run(&self, asked: &ToolUseBlock) -> ToolResultBlock {
        let input = asked.input.to_string();
        tell!("tool: {} {}", safe(&asked.name), safe(&input));
        let failed = |why: String| {
            tell!("tool: {} failed: {}", safe(&asked.name), safe_lines(&why));
            ToolResultBlock::error(&asked.tool_use_id, why)
        };
        let Some(command) = self.commands.get(&asked.name) else {
            return failed(format!("there is no tool {}", asked.name));
        };
        match process::run(command, format!("{input}\n").as_bytes(), self.limit).await {
            Err(error) => failed(error.to_string()),
            Ok(ended) => result(&asked.tool_use_id, &ended).unwrap_or_else(failed),
        }
    }
}

/// What the service runs, it answers.
pub(super) fn is_of_the_service(asked: &ToolUseBlock) -> bool {
    asked.r#type.is_some()
}

/// What a command's output means: an object of JSON or text; an error, where the command says so.
fn result(id: &str, ended: &Ended) -> Result<ToolResultBlock, String> {
    let aside = String::from_utf8_lossy(&ended.stderr);
    if ended.code == Some(0) {
        if !aside.trim().is_empty() {
            tell!("{}", safe_lines(aside.trim_end()));
        }
        let text = str::from_utf8(&ended.stdout)
            .map_err(|error| format!("the output is no UTF-8 from offset {} on", error.valid_up_to()))?
            .trim();
        return Ok(match serde_json::from_str::<Value>(text) {
            // The service takes no other JSON than an object there.
            Ok(Value::Object(_)) => match Document::from_json(text) {
                Ok(object) => ToolResultBlock::json(id, object),
                Err(_) => ToolResultBlock::text(id, text),
            },
            _ if text.is_empty() => ToolResultBlock::text(id, "(no output)"),
            _ => ToolResultBlock::text(id, text),
        });
    }
    let end = ended.code.map_or_else(|| "a signal ended it".to_owned(), |code| format!("exit code {code}"));
    let output = String::from_utf8_lossy(&ended.stdout);
    let said: Vec<_> = [aside.trim(), output.trim()].into_iter().filter(|text| !text.is_empty()).collect();
    Err(if said.is_empty() { end } else { format!("{end}\n{}", said.join("\n")) })
}

/// A tool of which the model knows no more than the name.
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
        Tools::new(given, config, None)
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
        assert_eq!(ended(Some(0), b"a\xff", ""), Err("the output is no UTF-8 from offset 1 on".to_owned()));
        assert_eq!(
            ended(Some(3), b"half", "no such city\n"),
            Err("exit code 3\nno such city\nhalf".to_owned())
        );
        assert_eq!(ended(None, b"", ""), Err("a signal ended it".to_owned()));
    }
}
