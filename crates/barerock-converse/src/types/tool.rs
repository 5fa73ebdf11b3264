//! Tools: what the model may ask for, what it asks for, what it is answered.

use super::{
    CachePointBlock, Document, DocumentBlock, ImageBlock, SearchResultBlock, VideoBlock, string_enum,
    structure, union,
};

structure! {
    /// The tools of a request.
    ToolConfiguration {
        required {
            /// What the model may ask for; at least one.
            tools: Vec<Tool>,
        }
        optional {
            /// Whether it must; the model decides if unset.
            tool_choice: ToolChoice,
        }
    }
}

union! {
    /// Something the model may ask for.
    Tool {
        /// A tool the caller runs.
        ToolSpec(ToolSpecification) = "toolSpec",
        /// A tool the service runs.
        SystemTool(SystemTool) = "systemTool",
        /// A mark up to which the list is cached.
        CachePoint(CachePointBlock) = "cachePoint",
    }
}

impl Tool {
    /// A tool the caller runs: its name (1 to 64 of `a-zA-Z0-9_-`) and the JSON schema of its input.
    ///
    /// ```
    /// # use barerock_converse::types::Tool;
    /// let tool = Tool::new("get_weather", serde_json::json!({
    ///     "type": "object",
    ///     "properties": { "city": { "type": "string" } },
    ///     "required": ["city"],
    /// }));
    /// ```
    pub fn new(name: impl Into<String>, input_schema: impl Into<Document>) -> Self {
        Self::ToolSpec(ToolSpecification::new(name, ToolInputSchema::Json(input_schema.into())))
    }

    /// Says what the tool does, which is how the model decides when to ask for it. Only a tool the caller runs has a
    /// description; the other kinds are returned as they are.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        match self {
            Self::ToolSpec(spec) => Self::ToolSpec(spec.description(description)),
            other => other,
        }
    }
}

impl From<ToolSpecification> for Tool {
    fn from(spec: ToolSpecification) -> Self {
        Self::ToolSpec(spec)
    }
}

impl From<CachePointBlock> for Tool {
    fn from(block: CachePointBlock) -> Self {
        Self::CachePoint(block)
    }
}

structure! {
    /// A tool the caller runs.
    ToolSpecification {
        required {
            /// Its name, 1 to 64 of `a-zA-Z0-9_-`.
            name: String,
            /// The schema of its input.
            input_schema: ToolInputSchema,
        }
        optional {
            /// What it does.
            description: String,
            /// Whether the input must follow the schema to the letter.
            strict: bool,
        }
    }
}

union! {
    /// The schema of a tool's input.
    ToolInputSchema {
        /// A JSON schema.
        Json(Document) = "json",
    }
}

structure! {
    /// A tool the service runs.
    SystemTool {
        required {
            /// Its name.
            name: String,
        }
        optional {}
    }
}

union! {
    /// Whether the model must ask for a tool.
    ToolChoice {
        /// As it likes.
        Auto(AutoToolChoice) = "auto",
        /// Some tool.
        Any(AnyToolChoice) = "any",
        /// This tool.
        Tool(SpecificToolChoice) = "tool",
    }
}

impl ToolChoice {
    /// The model must ask for the tool of this name.
    pub fn tool(name: impl Into<String>) -> Self {
        Self::Tool(SpecificToolChoice::new(name))
    }
}

structure! {
    /// The model asks for a tool or not, as it likes.
    AutoToolChoice { required {} optional {} }
}

structure! {
    /// The model must ask for some tool.
    AnyToolChoice { required {} optional {} }
}

structure! {
    /// The model must ask for this tool.
    SpecificToolChoice {
        required {
            /// Its name.
            name: String,
        }
        optional {}
    }
}

string_enum! {
    /// Who runs a tool.
    ToolUseType {
        /// The service.
        ServerToolUse = "server_tool_use",
    }
}

structure! {
    /// The model asks for a tool.
    ToolUseBlock {
        required {
            /// The id the result must carry.
            tool_use_id: String,
            /// The tool's name.
            name: String,
            /// The tool's input.
            input: Document,
        }
        optional {
            /// Set when the service runs it itself.
            r#type: ToolUseType,
        }
    }
}

string_enum! {
    /// How a tool fared.
    ToolResultStatus { Success = "success", Error = "error", }
}

structure! {
    /// What a tool answered.
    ToolResultBlock {
        required {
            /// The id of the tool use it answers.
            tool_use_id: String,
            /// The answer.
            content: Vec<ToolResultContentBlock>,
        }
        optional {
            /// How the tool fared; success if unset.
            status: ToolResultStatus,
            /// The kind of tool that answered, where the service ran it.
            r#type: String,
        }
    }
}

impl ToolResultBlock {
    /// An answer in JSON.
    pub fn json(tool_use_id: impl Into<String>, answer: impl Into<Document>) -> Self {
        Self::new(tool_use_id, [ToolResultContentBlock::Json(answer.into())])
    }

    /// An answer in words.
    pub fn text(tool_use_id: impl Into<String>, answer: impl Into<String>) -> Self {
        Self::new(tool_use_id, [ToolResultContentBlock::Text(answer.into())])
    }

    /// What went wrong, in words: the model may try again.
    pub fn error(tool_use_id: impl Into<String>, what: impl Into<String>) -> Self {
        Self::text(tool_use_id, what).status(ToolResultStatus::Error)
    }
}

union! {
    /// A piece of a tool's answer.
    ToolResultContentBlock {
        /// JSON.
        Json(Document) = "json",
        /// Text.
        Text(String) = "text",
        /// A picture.
        Image(ImageBlock) = "image",
        /// A document.
        Document(DocumentBlock) = "document",
        /// A video.
        Video(VideoBlock) = "video",
        /// A search result to cite from.
        SearchResult(SearchResultBlock) = "searchResult",
    }
}

structure! {
    /// A tool that joins or leaves the conversation.
    ToolReferenceBlock {
        required {
            /// Which one.
            tool: ToolReference,
        }
        optional {}
    }
}

structure! {
    /// The name of a tool.
    ToolReference {
        required {}
        optional {
            /// Its kind, 1 to 64 characters.
            r#type: String,
            /// Its name, 1 to 128 characters.
            name: String,
            /// The server it lives on, 1 to 128 characters.
            server_name: String,
        }
    }
}
