//! Rules for documents: where the service model has any JSON, the service takes objects.

use super::path::Path;
use super::rules::gist;
use super::{Checked, ValidationError, each};
use crate::json::Object;
use crate::types::{
    ContentBlock, Document, Message, Tool, ToolConfiguration, ToolInputSchema, ToolResultContentBlock,
};

/// Checks the tool inputs and the JSON results of messages.
pub(super) fn messages(at: &Path<'_>, messages: &[Message]) -> Checked {
    each(at, messages, |at, message| {
        each(&at.member("content"), &message.content, |at, block| match block {
            ContentBlock::ToolUse(block) => object(&at.member("toolUse").member("input"), &block.input),
            ContentBlock::ToolResult(block) => {
                let at = at.member("toolResult");
                each(&at.member("content"), &block.content, |at, content| match content {
                    ToolResultContentBlock::Json(document) => object(&at.member("json"), document),
                    _ => Ok(()),
                })
            }
            _ => Ok(()),
        })
    })
}

/// Checks the input schemas of tools.
pub(super) fn tools(at: &Path<'_>, config: &ToolConfiguration) -> Checked {
    each(&at.member("tools"), &config.tools, |at, tool| match tool {
        Tool::ToolSpec(spec) => match &spec.input_schema {
            ToolInputSchema::Json(schema) => {
                tool_schema(&at.member("toolSpec").member("inputSchema").member("json"), schema)
            }
            ToolInputSchema::Unknown(_) => Ok(()),
        },
        _ => Ok(()),
    })
}

/// Checks that a document is a JSON object, as the service demands where the model has any JSON.
fn object(at: &Path<'_>, document: &Document) -> Checked {
    // spec: bedrock#json-object "Provide a json object for the field and try again.", as recorded
    let found = match document.as_json().trim_ascii_start().as_bytes().first() {
        Some(b'{') => return Ok(()),
        Some(b'[') => "is a list",
        Some(b'"') => "is a string",
        Some(b't' | b'f') => "is a boolean",
        Some(b'n') => "is null",
        _ => "is a number",
    };
    Err(ValidationError::new(at, found, "must be a JSON object"))
}

/// Checks the JSON Schema of a tool's input: an object with the type `object`.
fn tool_schema(at: &Path<'_>, schema: &Document) -> Checked {
    // spec: bedrock#tool-schema "The top level schema type must be object."
    const RULE: &str = "must be \"object\"";
    object(at, schema)?;
    let schema = Object::read(schema.as_json());
    match (schema.value("type"), schema.text("type").as_deref()) {
        (_, Some("object")) => Ok(()),
        (Some(found), _) => {
            Err(ValidationError::new(&at.member("type"), &format!("is {}", gist(found)), RULE))
        }
        (None, _) => Err(ValidationError::new(&at.member("type"), "is missing", RULE)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ConverseRequest;
    use crate::types::{ToolResultBlock, ToolUseBlock};

    #[test]
    fn documents_that_are_no_objects_are_named_by_their_path() {
        let result = Message::user([ToolResultBlock::json("a", json!("54F")).into()]);
        let input = Message::assistant([ToolUseBlock::new("a", "weather", json!(["Oslo"])).into()]);
        let schema = Tool::new("weather", json!({"properties": {}}));
        let request = ConverseRequest::new("amazon.nova-pro-v1:0", []);
        let with = |message| {
            let mut request = request.clone();
            request.messages.push(message);
            request
        };
        for (request, path) in [
            (with(result), "messages[0].content[0].toolResult.content[0].json"),
            (with(input), "messages[0].content[0].toolUse.input"),
            (request.clone().tool(schema), "toolConfig.tools[0].toolSpec.inputSchema.json.type"),
        ] {
            assert_eq!(request.validate().unwrap_err().path(), path);
            assert_eq!(request.validate_model(), Ok(()));
        }
    }

    // spec-test: bedrock#tool-schema, bedrock#json-object
    #[test]
    fn a_tool_schema_is_an_object_of_type_object() {
        for (schema, error) in [
            (r#"{"type":"object"}"#, ""),
            (" { \"properties\": {}, \"type\" : \"obj\\u0065ct\" }", ""),
            ("{}", "x.type is missing, but must be \"object\""),
            (r#"{"properties":{"type":"object"}}"#, "x.type is missing, but must be \"object\""),
            (r#"{"type":"string"}"#, "x.type is \"string\", but must be \"object\""),
            (r#"{"type":["object","null"]}"#, "x.type is [\"object\",\"null\"], but must be \"object\""),
            (r#"{"type":null}"#, "x.type is null, but must be \"object\""),
            ("[]", "x is a list, but must be a JSON object"),
            ("\"{}\"", "x is a string, but must be a JSON object"),
            ("true", "x is a boolean, but must be a JSON object"),
            ("\n null", "x is null, but must be a JSON object"),
            ("-1", "x is a number, but must be a JSON object"),
        ] {
            let schema = Document::from_json(schema).unwrap();
            let said = tool_schema(&Path::root("x"), &schema)
                .map_or_else(|error| error.to_string(), |()| String::new());
            assert_eq!(said, error, "{schema}");
        }
    }
}
