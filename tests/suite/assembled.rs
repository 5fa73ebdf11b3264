//! Tests that assembling reverses splitting: a message split into a stream in any allowed way is assembled into the
//! same message.

use barerock_converse::stream::{AssembledMessage, EventDecoder, MessageAssembler};
use barerock_converse::types::{
    Citation, CitationGeneratedContent, CitationLocation, CitationSourceContent, CitationsContentBlock,
    ContentBlock, ConverseMetrics, Document, DocumentRangeLocation, ErrorBlock, ImageBlock, ImageFormat,
    ImageSource, Message, ReasoningContentBlock, ReasoningTextBlock, S3Location, StopReason, TokenUsage,
    ToolResultBlock, ToolResultContentBlock, ToolResultStatus, ToolUseBlock, ToolUseType,
};
use barerock_converse::{ConverseOutput, ConverseResponse};
use barerock_eventstream::{Header, encode_frame};
use barerock_tests::splitting::{Choices, events};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Texts with JSON escapes, multi-byte characters, and empty texts.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z \\\\\"/\n\t{}:,]{0,20}",
        vec(
            prop_oneof![Just('é'), Just('語'), Just('😀'), Just('\u{1}'), Just('\u{2028}'), any::<char>()],
            0..8
        )
        .prop_map(String::from_iter),
    ]
}

/// JSON objects, as compact, spaced or ASCII text.
fn document() -> impl Strategy<Value = Document> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // Few digits, so that no parser rounds them.
        any::<i32>().prop_map(|number| (f64::from(number) / 8.0).into()),
        text().prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((text(), inner), 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    let object = vec((text(), value), 0..4).prop_map(|members| Value::Object(members.into_iter().collect()));
    (object, 0..3).prop_map(|(value, form)| {
        let text = match form {
            0 => value.to_string(),
            1 => serde_json::to_string_pretty(&value).unwrap(),
            _ => ascii(&value.to_string()),
        };
        Document::from_json(text).unwrap()
    })
}

/// The same JSON with non-ASCII characters escaped.
fn ascii(json: &str) -> String {
    let units =
        |char: char| char.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
    json.chars().map(|char| if char.is_ascii() { char.to_string() } else { units(char) }).collect()
}

fn citation() -> impl Strategy<Value = Citation> {
    (option::of(text()), vec(text(), 0..3), option::of(any::<u32>())).prop_map(|(title, words, start)| {
        let mut citation = Citation::new();
        citation.title = title;
        citation.source_content = Some(words.into_iter().map(CitationSourceContent::Text).collect());
        citation.location = start.map(|start| {
            CitationLocation::DocumentPage(DocumentRangeLocation::new().document_index(0_u64).start(start))
        });
        citation
    })
}

/// Adjacent texts are merged in a stream.
fn tool_result_content() -> impl Strategy<Value = Vec<ToolResultContentBlock>> {
    let content = prop_oneof![
        text().prop_map(ToolResultContentBlock::Text),
        document().prop_map(ToolResultContentBlock::Json),
    ];
    vec(content, 0..4).prop_map(|mut content| {
        content.dedup_by(|a, b| {
            matches!((a, b), (ToolResultContentBlock::Text(_), ToolResultContentBlock::Text(_)))
        });
        content
    })
}

fn block() -> impl Strategy<Value = ContentBlock> {
    let reasoning = (text(), option::of(text())).prop_map(|(text, signature)| {
        let mut block = ReasoningTextBlock::new(text);
        block.signature = signature;
        ReasoningContentBlock::ReasoningText(block)
    });
    // A block without bytes would have no deltas.
    let bytes = || vec(any::<u8>(), 1..20);
    let redacted = bytes().prop_map(|bytes| ReasoningContentBlock::RedactedContent(bytes.into()));
    let cited = (text(), vec(citation(), 1..4)).prop_map(|(text, citations)| {
        let mut block = CitationsContentBlock::new().citations(citations);
        block.content = (!text.is_empty()).then(|| vec![CitationGeneratedContent::Text(text)]);
        block
    });
    let tool_use = (text(), document(), any::<bool>()).prop_map(|(name, input, is_servers)| {
        let mut block = ToolUseBlock::new("tooluse_1", name, input);
        block.r#type = is_servers.then_some(ToolUseType::ServerToolUse);
        block
    });
    let tool_result = (tool_result_content(), option::of(text())).prop_map(|(content, kind)| {
        let mut block = ToolResultBlock::new("tooluse_1", content).status(ToolResultStatus::Error);
        block.r#type = kind;
        block
    });
    let source = prop_oneof![
        bytes().prop_map(|bytes| ImageSource::Bytes(bytes.into())),
        Just(ImageSource::S3Location(S3Location::new("s3://bucket/key"))),
    ];
    let image = (source, option::of(text())).prop_map(|(source, error)| {
        let mut block = ImageBlock::new(ImageFormat::Webp, source);
        block.error = error.map(|message| ErrorBlock::new().message(message));
        block
    });
    prop_oneof![
        3 => text().prop_map(ContentBlock::Text),
        2 => prop_oneof![reasoning, redacted].prop_map(ContentBlock::ReasoningContent),
        1 => cited.prop_map(ContentBlock::CitationsContent),
        2 => tool_use.prop_map(ContentBlock::ToolUse),
        1 => tool_result.prop_map(ContentBlock::ToolResult),
        1 => image.prop_map(ContentBlock::Image),
    ]
}

fn response() -> impl Strategy<Value = ConverseResponse> {
    let stop_reason = prop_oneof![
        Just(StopReason::EndTurn),
        Just(StopReason::ToolUse),
        Just(StopReason::Unknown("struck".to_owned())),
    ];
    (vec(block(), 0..5), stop_reason, option::of(document()), option::of(document())).prop_map(
        |(content, stop_reason, fields, trace)| {
            let mut response = ConverseResponse::new(
                ConverseOutput::Message(Message::assistant(content)),
                stop_reason,
                TokenUsage::new(3_u64, 4_u64, 7_u64).cache_read_input_tokens(2_u64),
                ConverseMetrics::new(9_u64),
            );
            response.additional_model_response_fields = fields;
            response.trace = trace;
            response
        },
    )
}

/// Builds the events of a complete response, with metadata and an unknown event at any position.
fn stream(response: &ConverseResponse, choices: &mut Choices) -> Vec<Value> {
    let message = response.message().unwrap();
    let mut stream = events(message, choices);
    let start = json!({"messageStart": {"role": message.role}});
    stream.insert(0, start);
    let mut stop = json!({"stopReason": response.stop_reason});
    if let Some(fields) = &response.additional_model_response_fields {
        stop["additionalModelResponseFields"] = json!(fields);
    }
    stream.push(json!({"messageStop": stop}));
    let mut metadata = json!({"usage": response.usage, "metrics": response.metrics});
    if let Some(trace) = &response.trace {
        metadata["trace"] = json!(trace);
    }
    for (event, payload) in [("metadata", metadata), ("heartbeat", json!({"n": 1}))] {
        let at = 1 + choices.below(stream.len());
        stream.insert(at, json!({event: payload}));
    }
    stream
}

/// Encodes a stream; payloads are escaped and padded at random.
fn bytes(stream: &[Value], choices: &mut Choices) -> Vec<u8> {
    let mut bytes = Vec::new();
    for event in stream {
        let (name, payload) = event.as_object().unwrap().iter().next().unwrap();
        let mut payload = payload.clone();
        if choices.below(2) == 1 {
            payload["p"] = "abcdefghij"[..choices.below(10)].into();
        }
        let text = if choices.below(3) == 0 { ascii(&payload.to_string()) } else { payload.to_string() };
        let headers = [Header::new(":event-type", &**name), Header::new(":message-type", "event")];
        encode_frame(&headers, text.as_bytes(), &mut bytes).unwrap();
    }
    bytes
}

fn assemble(bytes: &[u8], choices: &mut Choices) -> AssembledMessage {
    let (mut decoder, mut assembler, mut at) = (EventDecoder::new(), MessageAssembler::new(), 0);
    while at < bytes.len() {
        let end = (at + 1 + choices.below(200)).min(bytes.len());
        let mut chunk = &bytes[at..end];
        at = end;
        while let Some(event) = decoder.next_event(&mut chunk).unwrap() {
            assembler.push(event);
        }
    }
    decoder.finish().unwrap();
    assembler.finish().unwrap()
}

fn tool_inputs(response: &ConverseResponse) -> Vec<&str> {
    response.tool_uses().map(|tool_use| tool_use.input.as_json()).collect()
}

proptest! {
    #[test]
    fn a_split_message_comes_back_the_same(
        response in response(),
        choices in vec(any::<u8>(), 1..60),
    ) {
        let mut choices = Choices::new(choices);
        let stream = stream(&response, &mut choices);
        let bytes = bytes(&stream, &mut choices);
        let assembled = assemble(&bytes, &mut choices);
        prop_assert_eq!(&assembled.malformed_tool_inputs, &[]);
        prop_assert_eq!(assembled.unknown_events.len(), 1);
        let assembled = assembled.into_response();
        // Tool inputs are preserved byte for byte; other JSON in a payload may be formatted differently.
        prop_assert_eq!(tool_inputs(&assembled), tool_inputs(&response));
        prop_assert_eq!(json!(assembled), json!(response), "{:?}", stream);
    }
}
