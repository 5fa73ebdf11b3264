//! `barerock chat`.

use crate::program::{Server, bare, run, with_credentials};

const QUESTION: &str = "What are the tradeoffs between REST and GraphQL?";

#[test]
fn the_readmes_first_command() {
    let ran = run(bare(&["chat", "--offline", QUESTION]), "");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("## GraphQL") && ran.out.ends_with('\n'), "{}", ran.out);
    assert!(!ran.out.contains("tokens:"), "the summary is not part of the answer");
    assert!(ran.err.contains("no model is called"), "{}", ran.err);
    assert!(ran.err.contains("stop reason: end_turn · tokens: 17 in, 368 out, 385 total"), "{}", ran.err);
}

#[test]
fn piped_input_is_the_prompt_or_appended_to_it() {
    let server = Server::start(&["--match", "exact"]);
    let chat = |arguments: &[&str]| {
        let mut all = vec!["chat", "--endpoint-url", &server.url];
        all.extend(arguments);
        with_credentials(&all)
    };
    let piped = run(chat(&[]), &format!("{QUESTION}\n"));
    assert_eq!(piped.code, 0, "{piped:?}");
    let (first, second) = QUESTION.split_at(8);
    let both = run(chat(&[first]), second);
    // The two are joined by an empty line, so the recording does not match: what it lacks is shown.
    assert_eq!(both.code, 3, "{both:?}");
    assert!(both.err.contains("ResourceNotFoundException"), "{}", both.err);
}

#[test]
fn settings_reach_the_request() {
    let server = Server::start(&["--match", "exact"]);
    // The tutorial's streamed call, as a chat.
    let ran = run(
        with_credentials(&[
            "chat",
            "--endpoint-url",
            &server.url,
            "-m",
            "anthropic.claude-sonnet-4-20250514",
            "--system",
            "You are a concise coding assistant. Return only code with brief comments.",
            "--max-tokens",
            "1024",
            "--temperature",
            "0.2",
            "Write a Python binary search implementation.",
        ]),
        "",
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("def binary_search"), "{}", ran.out);
}

#[test]
fn a_broken_answer_is_printed_as_far_as_it_came_and_then_the_error() {
    let whole = run(bare(&["chat", "--offline", QUESTION]), "").out;
    for (fault, code, word) in [
        ("truncate=5000", 4, "cut off"),
        ("close-after=5000", 4, "cut off"),
        ("corrupt=5000", 4, "corrupt"),
        ("exception=modelStreamErrorException:20", 3, "ModelStreamErrorException"),
        ("error-frame=InternalError:20", 3, "InternalError"),
    ] {
        let server = Server::start(&["--fault", fault]);
        let ran = run(with_credentials(&["chat", "--endpoint-url", &server.url, QUESTION]), "");
        assert_eq!(ran.code, code, "{fault}: {ran:?}");
        let text = ran.out.trim_end();
        assert!(
            text.len() > 100 && whole.starts_with(text) && text.len() < whole.len() / 2,
            "{fault}: {text}"
        );
        assert!(ran.err.contains(word) && !ran.err.contains("stop reason"), "{fault}: {}", ran.err);
    }
}

#[test]
fn nothing_to_ask_is_a_usage_error() {
    let ran = run(bare(&["chat", "--offline"]), " \n");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no prompt"), "{}", ran.err);
}
