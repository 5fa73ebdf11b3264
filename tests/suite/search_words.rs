//! Tests that rustdoc's search finds the names of boto3 and the SDKs: each is an alias of an item.

use barerock_test_data::text;
use barerock_tests::workspace::{root, sources};

/// Search terms of users of boto3 and the AWS SDKs.
const WORDS: [&str; 15] = [
    "AccessDeniedException",
    "BedrockRuntimeClient",
    "ThrottlingException",
    "api key",
    "batch",
    "cancel",
    "chat_history",
    "mock",
    "prompt_caching",
    "read_timeout",
    "sse",
    "structured_output",
    "system_prompt",
    "thinking",
    "tracing",
];

#[test]
fn every_word_is_an_alias_of_a_public_item() {
    let mut files = Vec::new();
    for folder in ["crates/barerock/src", "crates/barerock-converse/src"] {
        sources(&root().join(folder), &mut files);
    }
    let texts: Vec<String> = files.iter().map(|path| text(path)).collect();
    for word in WORDS {
        let attribute = format!("#[doc(alias = \"{word}\")]");
        let items: Vec<&str> = texts.iter().flat_map(|source| items(source, &attribute)).collect();
        assert!(!items.is_empty(), "no item has {attribute}");
        for item in items {
            // The macros make shapes, their members and values public.
            let is_shape = item.ends_with(['{', ',']) && !item.starts_with("pub");
            assert!(is_shape || item.starts_with("pub "), "{attribute} stands before {item}");
        }
    }
}

/// The item that an attribute applies to, after further attributes and comments.
fn items<'a>(source: &'a str, attribute: &str) -> Vec<&'a str> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let at = lines.iter().enumerate().filter(|(_, line)| **line == attribute).map(|(at, _)| at);
    at.filter_map(|at| {
        lines.iter().skip(at).find(|line| !line.starts_with('#') && !line.starts_with("//")).copied()
    })
    .collect()
}
