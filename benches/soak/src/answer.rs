//! The responses of the server, and the check that a client received exactly them.

use std::time::Instant;

use barerock_eventstream::{Header, encode_frame};
use serde_json::{Value, json};

/// Number of responses. Each has a different text, so that bytes of one stream in another are detected.
pub const MODELS: usize = 8;

/// Words of the responses, some with escapes and multi-byte characters.
const WORDS: [&str; 12] = [
    " the",
    " quick",
    "\n",
    " brown",
    " fox",
    " \"jumps\"",
    " over",
    " größe",
    " 猫",
    " lazy",
    "\\",
    " dogs.",
];
/// Padding as the service sends it.
const PADDING: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/// Number of other events: messageStart, contentBlockStop, messageStop, metadata.
const OTHER_EVENTS: usize = 4;

/// A response: its stream and the expected result.
#[derive(Debug)]
pub struct Answer {
    /// The complete body.
    pub stream: Vec<u8>,
    /// End offsets of its frames.
    pub ends: Vec<usize>,
    /// The complete text.
    pub text: String,
    /// Number of events.
    pub events: usize,
}

impl Answer {
    /// Builds the response of a model with this number of events.
    pub fn new(model: usize, events: usize) -> Self {
        let mut answer = Self { stream: Vec::new(), ends: Vec::new(), text: String::new(), events };
        answer.push("messageStart", json!({"role": "assistant"}));
        for delta in 0..events.saturating_sub(OTHER_EVENTS) {
            let text = format!("{}{}", WORDS[(delta * (model + 1) + model) % WORDS.len()], delta % 10);
            answer.push("contentBlockDelta", json!({"contentBlockIndex": 0, "delta": {"text": text}}));
            answer.text.push_str(&text);
        }
        answer.push("contentBlockStop", json!({"contentBlockIndex": 0}));
        answer.push("messageStop", json!({"stopReason": "end_turn"}));
        let tokens = events.saturating_sub(OTHER_EVENTS);
        let usage = json!({"inputTokens": 17, "outputTokens": tokens, "totalTokens": 17 + tokens});
        answer.push("metadata", json!({"metrics": {"latencyMs": 9000}, "usage": usage}));
        answer
    }

    fn push(&mut self, event_type: &str, mut payload: Value) {
        payload["p"] = PADDING[..2 + self.ends.len() * 7 % (PADDING.len() - 2)].into();
        let headers =
            [(":event-type", event_type), (":content-type", "application/json"), (":message-type", "event")];
        let headers = headers.map(|(name, value)| Header::new(name, value));
        encode_frame(&headers, payload.to_string().as_bytes(), &mut self.stream)
            .expect("a frame far under the limits");
        self.ends.push(self.stream.len());
    }

    /// Returns the ID of a model.
    pub fn model_id(model: usize) -> String {
        format!("example.soak-{model}-v1:0")
    }
}

/// Compares the events a client reports of one stream with the expected response.
#[derive(Debug)]
pub struct Check<'a> {
    answer: &'a Answer,
    text: usize,
    events: usize,
    stopped: bool,
    first: Option<Instant>,
    wrong: Option<String>,
}

impl<'a> Check<'a> {
    pub(crate) fn new(answer: &'a Answer) -> Self {
        Self { answer, text: 0, events: 0, stopped: false, first: None, wrong: None }
    }

    /// Records an event.
    pub fn event(&mut self) {
        self.first.get_or_insert_with(Instant::now);
        self.events += 1;
    }

    /// Records the text of an event.
    pub fn text(&mut self, text: &str) {
        if self.answer.text.get(self.text..).is_some_and(|rest| rest.starts_with(text)) {
            self.text += text.len();
        } else {
            self.wrong.get_or_insert_with(|| format!("other text at byte {}: {text:?}", self.text));
        }
    }

    /// Records the end of the message and its stop reason.
    pub fn stop(&mut self, reason: &str) {
        self.stopped = reason == "end_turn";
    }

    pub(crate) fn first(&self) -> Option<Instant> {
        self.first
    }

    pub(crate) fn events(&self) -> usize {
        self.events
    }

    /// Returns the first deviation, regardless of the outcome of the stream.
    pub(crate) fn wrong(&self) -> Option<&str> {
        self.wrong.as_deref()
    }

    /// Describes what is missing from the complete response.
    pub(crate) fn missing(&self) -> Option<String> {
        let whole = self.events == self.answer.events && self.text == self.answer.text.len() && self.stopped;
        (!whole).then(|| {
            let (events, text) = (self.answer.events, self.answer.text.len());
            format!("{} of {events} events, {} of {text} bytes of text", self.events, self.text)
        })
    }
}
