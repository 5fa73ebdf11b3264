//! Responses read into types of the caller's.

use core::fmt;

use serde::de::DeserializeOwned;

use crate::response::ConverseResponse;
use crate::stream::AssembledMessage;
use crate::types::{ContentBlock, Message, StopReason};

impl ConverseResponse {
    /// The text of the message, read as JSON. A code fence around it is left out.
    ///
    /// ```
    /// # use barerock_converse::ConverseResponse;
    /// #[derive(serde::Deserialize)]
    /// struct City {
    ///     name: String,
    /// }
    /// # let body = r#"{"output":{"message":{"role":"assistant","content":[{"text":"{\"name\":\"Oslo\"}"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3},"metrics":{"latencyMs":1}}"#;
    /// # let response: ConverseResponse = serde_json::from_str(body)?;
    /// let city: City = response.json()?;
    /// assert_eq!(city.name, "Oslo");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the text is not the JSON of a `T`. [`TypedError::is_cut`] tells a text that was cut off from one that is wrong.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, TypedError> {
        read_text(&self.text(), &self.stop_reason)
    }

    /// The input of the first call of the tool `name`.
    ///
    /// # Errors
    /// If the message does not call the tool, or the input is not the JSON of a `T`.
    pub fn tool_input<T: DeserializeOwned>(&self, name: &str) -> Result<T, TypedError> {
        read_input(self.message(), name, &self.stop_reason)
    }
}

impl AssembledMessage {
    /// The text of the message, read as JSON; see [`ConverseResponse::json`].
    ///
    /// # Errors
    /// If the text is not the JSON of a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, TypedError> {
        read_text(&self.text(), self.stop_reason())
    }

    /// The input of the first call of the tool `name`.
    ///
    /// # Errors
    /// If the message does not call the tool, or the input is not the JSON of a `T`.
    pub fn tool_input<T: DeserializeOwned>(&self, name: &str) -> Result<T, TypedError> {
        read_input(Some(&self.message), name, self.stop_reason())
    }
}

fn read_text<T: DeserializeOwned>(text: &str, stop_reason: &StopReason) -> Result<T, TypedError> {
    let json = without_fence(text.trim());
    if json.is_empty() {
        return Err(TypedError::new(Fault::NoText, stop_reason));
    }
    serde_json::from_str(json).map_err(|error| TypedError::new(Fault::Text(error), stop_reason))
}

fn read_input<T: DeserializeOwned>(
    message: Option<&Message>,
    name: &str,
    stop_reason: &StopReason,
) -> Result<T, TypedError> {
    let call = message.into_iter().flat_map(Message::tool_uses).find(|call| call.name == name);
    let Some(call) = call else {
        return Err(TypedError::new(Fault::NoToolUse(name.to_owned()), stop_reason));
    };
    let is_last = message.and_then(|message| message.content.last()).is_some_and(
        |block| matches!(block, ContentBlock::ToolUse(last) if last.tool_use_id == call.tool_use_id),
    );
    // The service may return the part of an input that came as an object.
    if is_last && is_limit(stop_reason) {
        return Err(TypedError::new(Fault::CutInput, stop_reason));
    }
    call.input.parse().map_err(|error| TypedError::new(Fault::Input(name.to_owned(), error), stop_reason))
}

/// True if a limit stopped the model.
fn is_limit(stop_reason: &StopReason) -> bool {
    matches!(stop_reason, StopReason::MaxTokens | StopReason::ModelContextWindowExceeded)
}

/// The text inside a Markdown code fence, or the text itself.
fn without_fence(text: &str) -> &str {
    let inside = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    // The rest of the first line names the language.
    inside.and_then(|inside| inside.split_once('\n')).map_or(text, |(_, json)| json.trim())
}

/// A response that is not what its type asks for.
#[derive(Debug)]
pub struct TypedError {
    fault: Fault,
    stop_reason: StopReason,
}

#[derive(Debug)]
enum Fault {
    NoText,
    Text(serde_json::Error),
    NoToolUse(String),
    Input(String, serde_json::Error),
    CutInput,
}

impl TypedError {
    fn new(fault: Fault, stop_reason: &StopReason) -> Self {
        Self { fault, stop_reason: stop_reason.clone() }
    }

    /// Why the model stopped.
    #[must_use]
    pub fn stop_reason(&self) -> &StopReason {
        &self.stop_reason
    }

    /// True if the model was stopped by a limit, so that the response is not whole: by `max_tokens` or the context window.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        is_limit(&self.stop_reason)
    }
}

impl fmt::Display for TypedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match &self.fault {
            Fault::NoText | Fault::Text(_) => "text",
            Fault::NoToolUse(_) | Fault::Input(..) | Fault::CutInput => "tool input",
        };
        if self.is_cut() {
            return write!(f, "{what} was cut by {}", self.stop_reason.as_str());
        }
        match &self.fault {
            Fault::NoText => write!(f, "response without text (stop reason {})", self.stop_reason.as_str()),
            Fault::NoToolUse(name) => {
                write!(f, "response without a call of {name} (stop reason {})", self.stop_reason.as_str())
            }
            // The service has replaced the text.
            Fault::Text(error)
                if matches!(
                    self.stop_reason,
                    StopReason::GuardrailIntervened
                        | StopReason::ContentFiltered
                        | StopReason::MalformedModelOutput
                ) =>
            {
                let reason = self.stop_reason.as_str();
                write!(f, "text is not the JSON expected (stop reason {reason}): {error}")
            }
            Fault::Text(error) => write!(f, "text is not the JSON expected: {error}"),
            Fault::Input(name, error) => write!(f, "input of {name} is not the JSON expected: {error}"),
            // It is cut, always.
            Fault::CutInput => f.write_str("tool input was cut"),
        }
    }
}

impl core::error::Error for TypedError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.fault {
            Fault::Text(error) | Fault::Input(_, error) => Some(error),
            Fault::NoText | Fault::NoToolUse(_) | Fault::CutInput => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn response(content: &Value, stop_reason: &str) -> ConverseResponse {
        let message = json!({"role": "assistant", "content": content});
        let usage = json!({"inputTokens": 1, "outputTokens": 2, "totalTokens": 3});
        let body = json!({
            "output": {"message": message}, "stopReason": stop_reason, "usage": usage, "metrics": {"latencyMs": 1},
        });
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn a_fence_is_left_out() {
        for text in ["{\"a\":1}", " \n{\"a\":1}\n", "```json\n{\"a\":1}\n```", "```\n{\"a\":1}```\n"] {
            let value: Value = response(&json!([{"text": text}]), "end_turn").json().unwrap();
            assert_eq!(value, json!({"a": 1}), "{text}");
        }
    }

    #[test]
    fn a_cut_text_is_told_from_a_wrong_one() {
        let error = response(&json!([{"text": "{\"a\":"}]), "max_tokens").json::<Value>().unwrap_err();
        assert!(error.is_cut());
        assert_eq!(error.to_string(), "text was cut by max_tokens");
        let error = response(&json!([{"text": "Sure!"}]), "end_turn").json::<Value>().unwrap_err();
        assert!(
            !error.is_cut() && error.to_string().starts_with("text is not the JSON expected: "),
            "{error}"
        );
        let error = response(&json!([]), "end_turn").json::<Value>().unwrap_err();
        assert_eq!(error.to_string(), "response without text (stop reason end_turn)");
    }

    #[test]
    fn the_input_of_a_tool_is_found_by_name() {
        let call = json!([{"text": "x"}, {"toolUse": {"toolUseId": "t", "name": "w", "input": {"n": 7}}}]);
        let response = response(&call, "tool_use");
        assert_eq!(response.tool_input::<Value>("w").unwrap(), json!({"n": 7}));
        let error = response.tool_input::<Value>("v").unwrap_err();
        assert_eq!(error.to_string(), "response without a call of v (stop reason tool_use)");
        let cut = self::response(&call, "max_tokens").tool_input::<Value>("w").unwrap_err();
        assert_eq!((cut.to_string(), cut.is_cut()), ("tool input was cut by max_tokens".to_owned(), true));
        let error = response.tool_input::<Vec<u8>>("w").unwrap_err();
        assert!(error.to_string().starts_with("input of w is not the JSON expected: "), "{error}");
    }
}
