//! Tools: definitions, tool uses and tool results.

use super::{
    CachePointBlock, Document, DocumentBlock, ImageBlock, SearchResultBlock, VideoBlock, string_enum,
    structure, union,
};

structure! {
    /// Tools of a request, and whether the model must use one.
    ///
    /// ```
    /// # use barerock_converse::{ConverseRequest, types::{Message, Tool, ToolChoice, ToolConfiguration}};
    /// let tool = Tool::new("get_time", serde_json::json!({"type": "object"})).description("The time of day.");
    /// let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("How late is it?")])
    ///     .tool_config(ToolConfiguration::new([tool]).tool_choice(ToolChoice::tool("get_time")));
    /// assert!(request.validate().is_ok());
    /// ```
    ToolConfiguration {
        required {
            /// Tools the model may request; at least one.
            tools: Vec<Tool>,
        }
        optional {
            /// Whether the model must request a tool; the model decides if unset.
            tool_choice: ToolChoice,
        }
    }
}

union! {
    /// A tool the model may request, or a cache point in the list of tools.
    Tool {
        /// A tool the caller runs.
        ToolSpec(ToolSpecification) = "toolSpec",
        /// A tool the service runs.
        SystemTool(SystemTool) = "systemTool",
        /// A cache point: the list before it is cached.
        CachePoint(CachePointBlock) = "cachePoint",
    }
}

impl Tool {
    /// Creates a tool the caller runs from its name (1 to 64 characters of `a-zA-Z0-9_-`) and the JSON schema of its
    /// input, an object with `"type": "object"`: validation refuses any other schema, as the service does.
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

    /// Sets the description, by which the model decides when to request the tool. Has no effect on variants other than
    /// `ToolSpec`.
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
    /// Definition of a tool the caller runs.
    ToolSpecification {
        required {
            /// Name of the tool, 1 to 64 characters of `a-zA-Z0-9_-`.
            name: String,
            /// Schema of the input.
            input_schema: ToolInputSchema,
        }
        optional {
            /// Description of the tool.
            description: String,
            /// Whether the model's input must conform to the schema.
            strict: bool,
        }
    }
}

union! {
    /// Schema of a tool's input.
    ToolInputSchema {
        /// A JSON Schema: an object whose `type` is `object`.
        Json(Document) = "json",
    }
}

structure! {
    /// Definition of a tool the service runs.
    SystemTool {
        required {
            /// Name of the tool.
            name: String,
        }
        optional {}
    }
}

union! {
    /// Whether the model must request a tool.
    ToolChoice {
        /// The model decides whether to request a tool.
        Auto(AutoToolChoice) = "auto",
        /// The model must request at least one tool.
        Any(AnyToolChoice) = "any",
        /// The model must request this tool.
        Tool(SpecificToolChoice) = "tool",
    }
}

impl ToolChoice {
    /// Requires the model to request the tool with this name.
    pub fn tool(name: impl Into<String>) -> Self {
        Self::Tool(SpecificToolChoice::new(name))
    }
}

structure! {
    /// The choice `auto`: the model decides whether to request a tool.
    AutoToolChoice { required {} optional {} }
}

structure! {
    /// The choice `any`: the model must request at least one tool.
    AnyToolChoice { required {} optional {} }
}

structure! {
    /// The choice `tool`: the model must request the named tool.
    SpecificToolChoice {
        required {
            /// Name of the tool.
            name: String,
        }
        optional {}
    }
}

string_enum! {
    /// Type of a tool use.
    ToolUseType {
        /// The service runs the tool.
        ServerToolUse = "server_tool_use",
    }
}

structure! {
    /// A tool use: the model requests a tool.
    ///
    /// ```
    /// # use barerock_converse::types::ToolUseBlock;
    /// #[derive(serde::Deserialize)]
    /// struct Weather {
    ///     city: String,
    /// }
    /// # let call = ToolUseBlock::new("tooluse_1", "get_weather", serde_json::json!({"city": "Oslo"}));
    /// let weather: Weather = call.input.parse()?;
    /// assert_eq!(weather.city, "Oslo");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ToolUseBlock {
        required {
            /// ID of the tool use, which the tool result must repeat.
            tool_use_id: String,
            /// Name of the tool.
            name: String,
            /// Input of the tool.
            input: Document,
        }
        optional {
            /// Type of the tool use; set if the service runs the tool.
            r#type: ToolUseType,
        }
    }
}

string_enum! {
    /// Status of a tool result.
    ToolResultStatus { Success = "success", Error = "error", }
}

structure! {
    /// The result of a tool use.
    ///
    /// ```
    /// # use barerock_converse::types::{Message, ToolResultBlock, ToolUseBlock};
    /// # let call = ToolUseBlock::new("tooluse_1", "get_weather", serde_json::json!({"city": "Oslo"}));
    /// let result = ToolResultBlock::json(&call.tool_use_id, serde_json::json!({"temperature": "54F"}));
    /// let next = Message::tool_results([result]);
    /// assert_eq!(next.role.as_str(), "user");
    /// ```
    ToolResultBlock {
        required {
            /// ID of the tool use that this is the result of.
            tool_use_id: String,
            /// Content of the result.
            content: Vec<ToolResultContentBlock>,
        }
        optional {
            /// Whether the tool succeeded; success if unset.
            status: ToolResultStatus,
            /// Type of the tool, if the service ran it.
            r#type: String,
        }
    }
}

impl ToolResultBlock {
    /// Creates a successful result with JSON content, an object: validation refuses any other value, as the service
    /// does. [`ToolOutput`](crate::ToolOutput) sends other values as text.
    pub fn json(tool_use_id: impl Into<String>, answer: impl Into<Document>) -> Self {
        Self::new(tool_use_id, [ToolResultContentBlock::Json(answer.into())])
    }

    /// Creates a successful result with text content.
    pub fn text(tool_use_id: impl Into<String>, answer: impl Into<String>) -> Self {
        Self::new(tool_use_id, [ToolResultContentBlock::Text(answer.into())])
    }

    /// Creates an error result from a description of the failure, which the model can react to.
    pub fn error(tool_use_id: impl Into<String>, what: impl Into<String>) -> Self {
        Self::text(tool_use_id, what).status(ToolResultStatus::Error)
    }
}

union! {
    /// A content block of a tool result.
    ToolResultContentBlock {
        /// JSON; the service takes objects alone.
        Json(Document) = "json",
        /// Text.
        Text(String) = "text",
        /// An image.
        Image(ImageBlock) = "image",
        /// A document.
        Document(DocumentBlock) = "document",
        /// A video.
        Video(VideoBlock) = "video",
        /// A search result that the model may cite.
        SearchResult(SearchResultBlock) = "searchResult",
    }
}

structure! {
    /// A reference to a tool that is added to or removed from the conversation.
    ToolReferenceBlock {
        required {
            /// The tool.
            tool: ToolReference,
        }
        optional {}
    }
}

structure! {
    /// Type, name and server of a tool.
    ToolReference {
        required {}
        optional {
            /// Type of the tool, 1 to 64 characters.
            r#type: String,
            /// Name of the tool, 1 to 128 characters.
            name: String,
            /// Name of the server that provides the tool, 1 to 128 characters.
            server_name: String,
        }
    }
}
