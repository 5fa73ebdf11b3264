//! Conversations as JSON.

use std::collections::BTreeSet;

use super::Conversation;
use super::resend::{is_of_caller, resendable};
use crate::json::{Object, ToJson, Writer};
use crate::request::ConverseRequest;
use crate::types::{ContentBlock, ConversationRole, Document, Message};
use crate::validate::ValidationError;

impl Conversation {
    /// The conversation as JSON: the members of its request in Converse's form, with `modelId`, which is the form of
    /// boto3's `converse(**kwargs)` and of the AWS CLI's `--cli-input-json`. [`from_json`](Self::from_json) reads it.
    /// Recorded token counts are not part of it.
    ///
    /// ```
    /// # use barerock_converse::{Conversation, ConverseRequest};
    /// let mut conversation = Conversation::new(ConverseRequest::new("us.anthropic.claude-sonnet-4-6", []));
    /// conversation.push_user("My name is Ada.");
    /// let saved = conversation.to_document().to_pretty("  "); // as text for a file
    /// let mut resumed = Conversation::from_json(&saved)?;
    /// assert_eq!(resumed, conversation);
    /// # Ok::<(), barerock_converse::ValidationError>(())
    /// ```
    #[must_use]
    pub fn to_document(&self) -> Document {
        Document::of(&Saved(&self.request))
    }

    /// Resumes a conversation from the JSON of [`to_document`](Self::to_document), or from any Converse request with a
    /// `modelId`. Responses in it are made resendable as by [`push_response`](Self::push_response); tool uses of the last
    /// message are pending again. Unknown members are kept.
    ///
    /// # Errors
    /// If the text is not a valid Converse request ([`ConverseRequest::from_json`], [`ConverseRequest::validate`]), or
    /// its history is one that the service refuses: it begins with a response, a response cannot be resent, or a tool use
    /// or tool result lacks its counterpart. The error has the path of the value.
    pub fn from_json(json: &str) -> Result<Self, ValidationError> {
        let mut request = ConverseRequest::from_json(json)?;
        request.validate()?;
        let has_tools = request.tool_config.is_some();
        for (index, message) in request.messages.iter_mut().enumerate() {
            if message.role == ConversationRole::Assistant {
                if index == 0 {
                    return Err(ValidationError::of(
                        "messages[0]",
                        "is a response, but the first message must be the user's",
                    ));
                }
                let response = core::mem::replace(message, Message::assistant(Vec::new()));
                *message = resendable(response, has_tools).map_err(|why| {
                    ValidationError::of(format!("messages[{index}]"), format!("cannot be sent again: {why}"))
                })?;
            }
        }
        for (index, pair) in request.messages.windows(2).enumerate() {
            if let [before, after] = pair {
                check_results(index, before, after)?;
            }
        }
        Ok(Self::new(request))
    }
}

/// Checks that the tool uses of a message and the tool results of the next one belong together.
fn check_results(index: usize, before: &Message, after: &Message) -> Result<(), ValidationError> {
    let is_response = before.role == ConversationRole::Assistant;
    let uses: BTreeSet<&str> =
        before.tool_uses().filter(|_| is_response).map(|block| &*block.tool_use_id).collect();
    let mut results = BTreeSet::new();
    for (at, block) in after.content.iter().enumerate() {
        let ContentBlock::ToolResult(result) = block else { continue };
        let is_of_user = after.role == ConversationRole::User;
        if is_of_user && (!uses.contains(&*result.tool_use_id) || !results.insert(&*result.tool_use_id)) {
            let path = format!("messages[{}].content[{at}].toolResult.toolUseId", index + 1);
            return Err(ValidationError::of(
                path,
                format!("is of no toolUse in messages[{index}], or is repeated"),
            ));
        }
    }
    for (at, block) in before.content.iter().enumerate() {
        let ContentBlock::ToolUse(block) = block else { continue };
        if is_response && is_of_caller(block) && !results.contains(&*block.tool_use_id) {
            let path = format!("messages[{index}].content[{at}].toolUse.toolUseId");
            return Err(ValidationError::of(path, format!("has no toolResult in messages[{}]", index + 1)));
        }
    }
    Ok(())
}

/// A request with its `modelId`.
struct Saved<'a>(&'a ConverseRequest);

impl ToJson for Saved<'_> {
    fn to_json(&self, out: &mut Writer) {
        let body = Writer::write(self.0);
        out.begin_object();
        out.key("modelId");
        self.0.model_id.to_json(out);
        for (name, json) in Object::read(&body).members() {
            out.key(name);
            out.raw(json);
        }
        out.end_object();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::types::{
        CachePointBlock, CacheTtl, ReasoningContentBlock, ReasoningTextBlock, Tool, ToolResultBlock,
        ToolUseBlock,
    };

    fn full() -> Conversation {
        let request = ConverseRequest::new("arn:aws:bedrock:us-east-1:123456789012:inference-profile/x", [])
            .system("be brief")
            .max_tokens(7)
            .temperature(0.5)
            .tool(Tool::new("t", Document::from_json("{\"type\":\"object\",\"z\":1.50}").unwrap()))
            .extra("hologram", json!({"depth": 3}));
        let mut conversation = Conversation::new(request);
        conversation.push_user([
            ContentBlock::from("look \u{1f600}\n"),
            ContentBlock::image_png(&b"\0\xffpng"[..]),
            CachePointBlock::default().ttl(CacheTtl::OneHour).into(),
        ]);
        let mut reasoning = ReasoningTextBlock::new("hm");
        reasoning.signature = Some("c2lnbmF0dXJl".to_owned());
        let reasoning = ContentBlock::ReasoningContent(ReasoningContentBlock::ReasoningText(reasoning));
        let call = |id: &str, input: Value| ContentBlock::from(ToolUseBlock::new(id, "t", input));
        let content = [reasoning, call("1", json!({"a": [1]})), call("2", json!("cut"))];
        conversation.push_response(Message::assistant(content)).unwrap();
        conversation
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let open = full();
        let mut answered = open.clone();
        answered.push_tool_results([ToolResultBlock::text("1", "54F")]);
        let mut whole = answered.clone();
        whole.push_response(Message::assistant("done")).unwrap();
        for conversation in [Conversation::new(ConverseRequest::new("m", [])), open.clone(), answered, whole]
        {
            let saved = conversation.to_document();
            for json in [saved.to_compact(), saved.to_pretty("\t"), format!("\u{feff}{saved}\n")] {
                let loaded = Conversation::from_json(&json).unwrap();
                assert_eq!(loaded, conversation);
                assert_eq!(loaded.to_document().to_compact(), saved.to_compact());
            }
        }
        // The tools of the last response still have to run, but for the one whose input was no object.
        let loaded = Conversation::from_json(open.to_document().as_json()).unwrap();
        assert_eq!(loaded.pending().map(|call| &*call.tool_use_id).collect::<Vec<_>>(), ["1"]);
        assert_eq!(loaded.invalid().count(), 1);
        assert!(open.to_document().as_json().starts_with(
            r#"{"modelId":"arn:aws:bedrock:us-east-1:123456789012:inference-profile/x","messages":["#
        ));
    }

    #[test]
    fn what_cannot_be_resumed_is_an_error_with_its_path() {
        let of = |messages: Value| json!({"modelId": "m", "messages": messages}).to_string();
        let user = |text: &str| json!({"role": "user", "content": [{"text": text}]});
        let assistant = |content: Value| json!({"role": "assistant", "content": content});
        let call = |id: &str| json!({"toolUse": {"toolUseId": id, "name": "t", "input": {}}});
        let result = |id: &str| json!({"toolResult": {"toolUseId": id, "content": [{"text": "54F"}]}});
        let with_tools = |messages: Value| {
            let tool = json!({"toolSpec": {"name": "t", "inputSchema": {"json": {"type": "object"}}}});
            json!({"modelId": "m", "messages": messages, "toolConfig": {"tools": [tool]}}).to_string()
        };
        for (json, expected) in [
            ("[]".to_owned(), "not a Converse request: is not an object"),
            (
                "{".to_owned(),
                "not a Converse request: invalid JSON at byte 1 (end of input): expected a string (line 1, column 2)",
            ),
            (
                "{}".to_owned(),
                "modelId is empty, but must name a model, such as us.anthropic.claude-sonnet-4-6",
            ),
            (
                of(json!([{"role": "user", "content": [{"text": 7}]}])),
                "messages[0].content[0].text is not a string",
            ),
            (
                of(json!([assistant(json!([{"text": "hi"}]))])),
                "messages[0] is a response, but the first message must be the user's",
            ),
            (
                of(json!([user("a"), assistant(json!([{"text": " "}]))])),
                "messages[1] cannot be sent again: response without content",
            ),
            (
                of(json!([user("a"), assistant(json!([call("1")]))])),
                "messages[1] cannot be sent again: response that uses the tool t without toolConfig",
            ),
            (
                with_tools(json!([user("a"), assistant(json!([call("1")])), user("b")])),
                "messages[1].content[0].toolUse.toolUseId has no toolResult in messages[2]",
            ),
            (
                with_tools(
                    json!([user("a"), assistant(json!([call("1")])), {"role": "user", "content": [result("1"), result("1")]}]),
                ),
                "messages[2].content[1].toolResult.toolUseId is of no toolUse in messages[1], or is repeated",
            ),
            (
                with_tools(
                    json!([user("a"), assistant(json!([{"text": "b"}])), {"role": "user", "content": [result("1")]}]),
                ),
                "messages[2].content[0].toolResult.toolUseId is of no toolUse in messages[1], or is repeated",
            ),
        ] {
            assert_eq!(Conversation::from_json(&json).unwrap_err().to_string(), expected, "{json}");
        }
    }

    /// A cut file is an error, never a shorter conversation.
    #[test]
    fn no_cut_of_a_saved_conversation_is_loaded() {
        let saved = full().to_document().to_pretty(" ");
        for end in (0..saved.len()).filter(|end| saved.is_char_boundary(*end)) {
            assert!(Conversation::from_json(&saved[..end]).is_err(), "{end}");
        }
    }
}
