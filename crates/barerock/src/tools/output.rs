//! What a tool returns.

use barerock_converse::types::{
    Document, ImageBlock, ToolResultBlock, ToolResultContentBlock, ToolResultStatus,
};

/// The result of a tool: text, a JSON object, an image, or several of them.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolOutput {
    content: Vec<ToolResultContentBlock>,
}

impl ToolOutput {
    /// A result of these blocks.
    pub fn blocks(content: impl IntoIterator<Item = ToolResultContentBlock>) -> Self {
        Self { content: content.into_iter().collect() }
    }

    /// The block that answers this call.
    pub(super) fn into_result(self, tool_use_id: &str) -> ToolResultBlock {
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

/// JSON. The service takes objects alone: any other value goes back as its text.
impl From<Document> for ToolOutput {
    fn from(json: Document) -> Self {
        if json.is_object() {
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
