//! Splitting of a message into stream events, in every way the protocol allows.

use barerock_converse::types::{
    Citation, CitationsContentBlock, ContentBlock, Document, ImageBlock, ImageSource, Message,
    ReasoningContentBlock, ReasoningTextBlock, ToolResultBlock, ToolResultContentBlock, ToolUseBlock,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Source of choices: a given sequence of numbers, repeated.
#[derive(Debug, Clone)]
pub struct Choices {
    numbers: Vec<u8>,
    next: usize,
}

impl Choices {
    /// Creates choices from these numbers; without numbers, every choice is the first option.
    pub fn new(numbers: Vec<u8>) -> Self {
        Self { numbers, next: 0 }
    }

    /// Returns a number below `bound`; 0 if `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let Some(number) = self.numbers.get(self.next % self.numbers.len().max(1)) else { return 0 };
        self.next += 1;
        usize::from(*number) % bound.max(1)
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 1
    }

    /// Splits a range into parts, some of them empty, at the allowed offsets `edges`.
    fn cut(&mut self, edges: &[usize]) -> Vec<(usize, usize)> {
        let (mut pieces, mut at, last) = (Vec::new(), 0, edges.len() - 1);
        while at < last {
            if self.below(4) == 3 {
                pieces.push((edges[at], edges[at]));
            }
            let end = (at + 1 + self.below(5)).min(last);
            pieces.push((edges[at], edges[end]));
            at = end;
        }
        pieces
    }

    fn cut_text<'a>(&mut self, text: &'a str) -> Vec<&'a str> {
        let edges: Vec<_> = text.char_indices().map(|(index, _)| index).chain([text.len()]).collect();
        self.cut(&edges).into_iter().map(|(start, end)| &text[start..end]).collect()
    }

    fn cut_bytes(&mut self, bytes: &[u8]) -> Vec<String> {
        let edges: Vec<_> = (0..=bytes.len()).collect();
        self.cut(&edges).into_iter().map(|(start, end)| STANDARD.encode(&bytes[start..end])).collect()
    }
}

/// Builds the events of the blocks of a message, as `{"contentBlockDelta": {…}}`: in order within a block, in any order
/// between blocks.
pub fn events(message: &Message, choices: &mut Choices) -> Vec<Value> {
    let blocks = message.content.iter().enumerate();
    let mut blocks: Vec<Vec<Value>> = blocks
        .map(|(index, block)| {
            let mut events = block_events(index, block, choices);
            // The service sends a start; the assembler does not need it.
            if choices.yes() {
                events.push(json!({"contentBlockStop": {"contentBlockIndex": index}}));
            }
            events.reverse();
            events
        })
        .collect();
    let (mut events, mut block) = (Vec::new(), 0);
    while blocks.iter().any(|events| !events.is_empty()) {
        if choices.yes() {
            block = choices.below(blocks.len());
        }
        if blocks[block].is_empty() {
            block = blocks.iter().position(|events| !events.is_empty()).unwrap_or_default();
        }
        events.extend(blocks[block].pop());
    }
    events
}

fn block_events(index: usize, block: &ContentBlock, choices: &mut Choices) -> Vec<Value> {
    let delta = |delta: Value| json!({"contentBlockDelta": {"contentBlockIndex": index, "delta": delta}});
    let start = |start: Value| json!({"contentBlockStart": {"contentBlockIndex": index, "start": start}});
    let (first, deltas) = match block {
        ContentBlock::Text(text) => (None, texts(text, choices, |text| json!({"text": text}))),
        ContentBlock::ReasoningContent(ReasoningContentBlock::ReasoningText(block)) => {
            (None, reasoning(block, choices))
        }
        ContentBlock::ReasoningContent(ReasoningContentBlock::RedactedContent(blob)) => {
            let pieces = choices.cut_bytes(blob.as_bytes());
            let deltas =
                pieces.into_iter().map(|piece| json!({"reasoningContent": {"redactedContent": piece}}));
            (None, deltas.collect())
        }
        ContentBlock::CitationsContent(block) => (None, citations(block, choices)),
        ContentBlock::ToolUse(block) => (Some(tool_start(block)), tool_input(&block.input, choices)),
        ContentBlock::ToolResult(block) => (Some(result_start(block)), tool_result(block, choices)),
        ContentBlock::Image(block) => {
            (Some(json!({"image": {"format": block.format}})), image(block, choices))
        }
        other => panic!("no stream carries {other:?}"),
    };
    first.map(start).into_iter().chain(deltas.into_iter().map(delta)).collect()
}

/// At least one delta, because a block without a start exists only through its deltas.
fn texts(text: &str, choices: &mut Choices, delta: impl Fn(&str) -> Value) -> Vec<Value> {
    let mut pieces = choices.cut_text(text);
    if pieces.is_empty() {
        pieces.push("");
    }
    pieces.into_iter().map(delta).collect()
}

fn reasoning(block: &ReasoningTextBlock, choices: &mut Choices) -> Vec<Value> {
    let mut deltas = texts(&block.text, choices, |text| json!({"reasoningContent": {"text": text}}));
    let signature = block
        .signature
        .as_deref()
        .map(|signature| texts(signature, choices, |text| json!({"reasoningContent": {"signature": text}})));
    deltas.extend(signature.into_iter().flatten());
    deltas
}

/// Builds text deltas with citations before, between and after them.
fn citations(block: &CitationsContentBlock, choices: &mut Choices) -> Vec<Value> {
    let content = block.content.iter().flatten().filter_map(|content| content.as_text());
    let mut deltas: Vec<_> = match content.collect::<String>() {
        text if text.is_empty() => Vec::new(),
        text => texts(&text, choices, |text| json!({"text": text})),
    };
    let mut at = 0;
    for citation in block.citations.iter().flatten() {
        at += choices.below(deltas.len() + 1 - at);
        deltas.insert(at, json!({"citation": as_delta(citation)}));
        at += 1;
    }
    deltas
}

fn as_delta(citation: &Citation) -> Value {
    serde_json::to_value(citation).unwrap()
}

fn tool_start(block: &ToolUseBlock) -> Value {
    let mut start = json!({"toolUseId": block.tool_use_id, "name": block.name});
    if let Some(kind) = &block.r#type {
        start["type"] = json!(kind);
    }
    json!({"toolUse": start})
}

/// Splits the input text at any offset; no delta stands for `{}`.
fn tool_input(input: &Document, choices: &mut Choices) -> Vec<Value> {
    if input == &Document::default() && choices.yes() {
        return Vec::new();
    }
    texts(input.as_json(), choices, |text| json!({"toolUse": {"input": text}}))
}

fn result_start(block: &ToolResultBlock) -> Value {
    let mut start = json!({"toolUseId": block.tool_use_id});
    if let Some(status) = &block.status {
        start["status"] = json!(status);
    }
    if let Some(kind) = &block.r#type {
        start["type"] = json!(kind);
    }
    json!({"toolResult": start})
}

/// Builds the deltas of a tool result, one or several content blocks per delta.
fn tool_result(block: &ToolResultBlock, choices: &mut Choices) -> Vec<Value> {
    let pieces = block.content.iter().flat_map(|content| match content {
        ToolResultContentBlock::Text(text) => texts(text, choices, |text| json!({"text": text})),
        content => vec![serde_json::to_value(content).unwrap()],
    });
    let mut deltas: Vec<Vec<Value>> = Vec::new();
    for piece in pieces.collect::<Vec<_>>() {
        match deltas.last_mut() {
            Some(delta) if choices.yes() => delta.push(piece),
            _ => deltas.push(vec![piece]),
        }
    }
    deltas.into_iter().map(|delta| json!({"toolResult": delta})).collect()
}

fn image(block: &ImageBlock, choices: &mut Choices) -> Vec<Value> {
    let sources = match &block.source {
        ImageSource::Bytes(bytes) => {
            choices.cut_bytes(bytes.as_bytes()).into_iter().map(|piece| json!({"bytes": piece})).collect()
        }
        source => vec![serde_json::to_value(source).unwrap()],
    };
    let mut deltas: Vec<_> = sources.into_iter().map(|source| json!({"image": {"source": source}})).collect();
    if let Some(error) = &block.error {
        deltas.insert(choices.below(deltas.len() + 1), json!({"image": {"error": error}}));
    }
    deltas
}
