//! Tools that the model calls, and the loop that runs them.
//!
//! A [`ToolBox`] holds async functions. [`ToolBox::run`] sends a conversation, streams the text through, runs the tools that the
//! model calls, independent calls at the same time, and sends their results, until the model ends its turn.
//!
//! ```
//! use barerock::conversation::Conversation;
//! use barerock::tools::ToolBox;
//! use barerock::{Client, ConverseRequest, Transport};
//! use serde_json::{Value, json};
//!
//! async fn ask(client: &Client<impl Transport>) -> Result<(), Box<dyn std::error::Error>> {
//!     let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
//!     let tools = ToolBox::new().tool("get_weather", "Get the current weather of a city.", schema, |input: Value| async move {
//!         let city = input["city"].as_str().ok_or("no city")?;
//!         Ok::<_, &str>(json!({"city": city, "temperature": "54F"}))
//!     });
//!     let mut conversation = Conversation::new(ConverseRequest::new("us.anthropic.claude-sonnet-4-6", []));
//!     conversation.push_user("What's the weather in Seattle?");
//!     let answer = tools.run(client, &mut conversation, |event| print!("{}", event.text().unwrap_or_default())).await?;
//!     println!("{:?}", answer.stop_reason());
//!     Ok(())
//! }
//! ```
//!
//! A tool that fails, an input that does not fit its type, a call that is not approved and an unknown tool become error results,
//! which the model reads. Limits on turns, calls and time end the loop with an error.

mod error;
mod join;
mod run;

use core::fmt;
use core::pin::Pin;
use core::time::Duration;

pub use barerock_converse::ToolOutput;
use barerock_converse::types::{Document, Tool, ToolUseBlock};
use serde::de::DeserializeOwned;

pub use error::ToolBoxError;

/// Requests of a run, unless set.
const MAX_TURNS: usize = 10;
/// Tool calls of a run, unless set.
const MAX_CALLS: usize = 50;

/// The result of a tool, or the text of its error.
type ToolFuture<'a> = Pin<Box<dyn Future<Output = Result<ToolOutput, String>> + Send + 'a>>;
type ToolFunction = Box<dyn Fn(&Document) -> ToolFuture<'_> + Send + Sync>;
type Approval = Box<dyn Fn(&ToolUseBlock) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> + Send + Sync>;

/// Async functions that a model may call.
pub struct ToolBox {
    tools: Vec<Entry>,
    approve: Option<Approval>,
    max_turns: usize,
    max_calls: usize,
    time: Option<Duration>,
}

struct Entry {
    name: String,
    tool: Tool,
    function: ToolFunction,
}

impl Default for ToolBox {
    fn default() -> Self {
        Self::new()
    }
}

impl ToolBox {
    /// An empty box. A run has at most 10 requests and 50 tool calls, and no limit of time.
    #[must_use]
    pub fn new() -> Self {
        Self { tools: Vec::new(), approve: None, max_turns: MAX_TURNS, max_calls: MAX_CALLS, time: None }
    }

    /// Adds a tool. Its input, JSON by `input_schema`, is read as `I`; an input that does not fit is an error result that says
    /// where. A tool of the same name is replaced.
    #[must_use]
    pub fn tool<I, O, E, F, R>(
        mut self,
        name: impl Into<String>,
        description: impl Into<String>,
        input_schema: impl Into<Document>,
        function: F,
    ) -> Self
    where
        I: DeserializeOwned,
        O: Into<ToolOutput>,
        E: fmt::Display,
        F: Fn(I) -> R + Send + Sync + 'static,
        R: Future<Output = Result<O, E>> + Send + 'static,
    {
        let name = name.into();
        let tool = Tool::new(&*name, input_schema).description(description);
        let function: ToolFunction = Box::new(move |input| {
            let output = input.parse::<I>().map(&function);
            Box::pin(async move {
                let output = output.map_err(|error| format!("invalid input: {error}"))?;
                output.await.map(Into::into).map_err(|error| error.to_string())
            })
        });
        self.tools.retain(|entry| entry.name != name);
        self.tools.push(Entry { name, tool, function });
        self
    }

    /// Adds a tool whose input schema is that of its type.
    #[cfg(feature = "schemars")]
    #[must_use]
    pub fn typed_tool<I, O, E, F, R>(
        self,
        name: impl Into<String>,
        description: impl Into<String>,
        function: F,
    ) -> Self
    where
        I: DeserializeOwned + schemars::JsonSchema,
        O: Into<ToolOutput>,
        E: fmt::Display,
        F: Fn(I) -> R + Send + Sync + 'static,
        R: Future<Output = Result<O, E>> + Send + 'static,
    {
        self.tool(name, description, crate::typed::schema_of::<I>(), function)
    }

    /// Asks before each tool call; a call that is not approved is not run, and the model is told so. Calls of one response are
    /// asked for one after another.
    #[must_use]
    pub fn approve<F, R>(mut self, approve: F) -> Self
    where
        F: Fn(&ToolUseBlock) -> R + Send + Sync + 'static,
        R: Future<Output = bool> + Send + 'static,
    {
        self.approve = Some(Box::new(move |call| Box::pin(approve(call))));
        self
    }

    /// The most requests of a run; 10 if unset.
    #[must_use]
    pub fn max_turns(mut self, turns: usize) -> Self {
        self.max_turns = turns;
        self
    }

    /// The most tool calls of a run; 50 if unset.
    #[must_use]
    pub fn max_calls(mut self, calls: usize) -> Self {
        self.max_calls = calls;
        self
    }

    /// The longest a run may take, requests and tools together; no limit if unset.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time = Some(limit);
        self
    }

    /// The tools as a request has them.
    pub fn specifications(&self) -> impl Iterator<Item = &Tool> {
        self.tools.iter().map(|entry| &entry.tool)
    }
}

impl fmt::Debug for ToolBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.tools.iter().map(|entry| &*entry.name).collect();
        f.debug_struct("ToolBox").field("tools", &names).finish_non_exhaustive()
    }
}
