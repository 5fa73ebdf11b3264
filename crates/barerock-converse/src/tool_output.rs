//! Results of tools, as programs write them.

use crate::json::has_nested_type;
use crate::types::{Document, ImageBlock, ToolResultBlock, ToolResultContentBlock, ToolResultStatus};

/// The result of a tool: text, a JSON object, an image, or several of them.
///
/// ```
/// # use barerock_converse::ToolOutput;
/// let result = ToolOutput::from(serde_json::json!({"temperature": "54F"})).into_result("tooluse_1");
/// assert_eq!(result.tool_use_id, "tooluse_1");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ToolOutput {
    content: Vec<ToolResultContentBlock>,
}

impl ToolOutput {
    /// A result of these blocks.
    pub fn blocks(content: impl IntoIterator<Item = ToolResultContentBlock>) -> Self {
        Self { content: content.into_iter().collect() }
    }

    /// The result block of the call with this id, marked as a success.
    #[must_use]
    pub fn into_result(self, tool_use_id: &str) -> ToolResultBlock {
        ToolResultBlock::new(tool_use_id, self.content).status(ToolResultStatus::Success)
    }
}

impl From<String> for ToolOutput {
    fn from(text: String) -> Self {
        Self::blocks([ToolResultContentBlock::Text(text)])
    }
}

impl From<&str> for ToolOutput {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// JSON. The service accepts objects without a `__type` in an object inside them; any other value is sent as its text.
impl From<Document> for ToolOutput {
    fn from(json: Document) -> Self {
        // The service refuses a nested `__type` with "Provide a json object for the field and try again.", and one at the top
        // not: https://github.com/maximhq/bifrost/issues/5762, https://github.com/maximhq/bifrost/pull/5944
        if json.is_object() && !has_nested_type(json.as_json()) {
            Self::blocks([ToolResultContentBlock::Json(json)])
        } else {
            json.as_json().to_owned().into()
        }
    }
}

impl From<serde_json::Value> for ToolOutput {
    fn from(json: serde_json::Value) -> Self {
        Document::from(json).into()
    }
}

impl From<ImageBlock> for ToolOutput {
    fn from(image: ImageBlock) -> Self {
        Self::blocks([ToolResultContentBlock::Image(image)])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_that_the_service_refuses_is_sent_as_text() {
        for (value, expected) in [
            (json!({"a": 1}), json!({"json": {"a": 1}})),
            (json!({"__type": "a"}), json!({"json": {"__type": "a"}})),
            (json!({"a": [{"__type": "b"}]}), json!({"text": r#"{"a":[{"__type":"b"}]}"#})),
            (json!([1, "b"]), json!({"text": "[1,\"b\"]"})),
            (json!(7), json!({"text": "7"})),
            (json!(null), json!({"text": "null"})),
        ] {
            let result = ToolOutput::from(value).into_result("t");
            assert_eq!(serde_json::to_value(&result.content[0]).unwrap(), expected);
        }
    }
}
