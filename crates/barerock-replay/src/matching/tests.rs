use super::*;
use crate::fixtures::Fixtures;
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

const CLAUDE: &str = "anthropic.claude-sonnet-4-20250514";

fn builtin(mode: MatchMode) -> Matcher {
    Matcher::new(Fixtures::builtin().into_vec(), mode)
}

fn find(matcher: &Matcher, model: &str, operation: &str, body: &Value) -> Result<String, String> {
    let operation = Operation::parse(Method::POST, &format!("/model/{model}/{operation}"));
    let body = RequestBody::new(Bytes::from(body.to_string()), &operation);
    matcher.find(&operation, &body).map(|fixture| fixture.name().to_owned())
}

fn ask(text: &str) -> Value {
    json!({"messages": [{"role": "user", "content": [{"text": text}]}]})
}

#[test]
fn exact_compares_bodies_as_values() {
    let matcher = builtin(MatchMode::Exact);
    let body = json!({
        "messages": [{"role": "user", "content": [{"text": "Explain container orchestration."}]}],
        "inferenceConfig": {"temperature": 0.7, "maxTokens": 512.0},
    });
    let found = find(&matcher, "meta.llama3-1-70b-instruct-v1:0", "converse", &body);
    assert_eq!(found.as_deref(), Ok("tutorial-converse-llama"));
}

#[test]
fn exact_says_what_differs() {
    let matcher = builtin(MatchMode::Exact);
    let mut body = ask("Explain RLHF in three sentences.");
    body["inferenceConfig"] = json!({"maxTokens": 512, "temperature": 0.5});
    let error = find(&matcher, CLAUDE, "converse", &body).unwrap_err();
    assert!(error.starts_with(
        "no fixture for converse for model \"anthropic.claude-sonnet-4-20250514\" (match mode exact); most \
         similar: \"tutorial-converse\": messages[0].content[0].text is \"Explain RLHF in three sentences.\", in \
         the recording \"What are the tradeoffs between"
    ), "{error}");
    let error = find(&matcher, "nobody.knows", "converse", &body).unwrap_err();
    assert!(error.contains("; this operation has fixtures for: us.anthropic.claude-sonnet-4-6, "), "{error}");
    let error = find(&matcher, CLAUDE, "invoke", &body).unwrap_err();
    assert!(error.contains("; operations with fixtures: converse"), "{error}");
}

#[test]
fn a_slash_in_a_model_id_is_pointed_out() {
    let matcher = builtin(MatchMode::Any);
    let error = find(&matcher, "arn:aws:bedrock:us-east-1::a/b", "converse", &ask("Hi")).unwrap_err();
    assert!(
        error.ends_with("; the path is not /model/ID/OPERATION: a slash in a model id is sent as %2F"),
        "{error}"
    );
}

#[test]
fn model_asks_for_the_same_model_only() {
    let matcher = builtin(MatchMode::Model);
    let found = find(&matcher, CLAUDE, "converse", &ask("Explain RLHF in two sentences."));
    assert_eq!(found.as_deref(), Ok("tutorial-helper-claude"));
    assert!(find(&matcher, "nobody.knows", "converse", &ask("Hello")).is_err());
}

#[test]
fn any_finds_the_tool_round_by_its_shape() {
    let matcher = builtin(MatchMode::Any);
    let mut body = ask("Is it raining in Bergen?");
    assert_eq!(find(&matcher, "nobody.knows", "converse-stream", &body).as_deref(), Ok("chat-stream"));
    body["toolConfig"] = json!({"tools": []});
    assert_eq!(find(&matcher, "nobody.knows", "converse", &body).as_deref(), Ok("tutorial-tool-turn-1"));
    assert_eq!(
        find(&matcher, "nobody.knows", "converse-stream", &body).as_deref(),
        Ok("chat-tool-stream-turn-1")
    );
    body["messages"] = json!([{"role": "user", "content": [{"toolResult": {}}]}]);
    assert_eq!(
        find(&matcher, "nobody.knows", "converse-stream", &body).as_deref(),
        Ok("chat-tool-stream-turn-2")
    );
}

#[test]
fn any_prefers_the_same_model_and_the_same_text() {
    let matcher = builtin(MatchMode::Any);
    let rest = ask("What are the tradeoffs between REST and GraphQL?");
    assert_eq!(find(&matcher, "us.anthropic.claude-sonnet-4-6", "converse", &rest).as_deref(), Ok("chat"));
    assert_eq!(find(&matcher, CLAUDE, "converse", &rest).as_deref(), Ok("tutorial-converse"));
    let binary = ask("Write a Python binary search implementation.");
    assert_eq!(find(&matcher, "x.y", "converse-stream", &binary).as_deref(), Ok("tutorial-stream"));
}

#[test]
fn a_failing_fixture_answers_its_own_model_only() {
    let mut all = Fixtures::builtin().into_vec();
    all.push(made("error-throttling", 429));
    let matcher = Matcher::new(all, MatchMode::Any);
    for operation in ["converse", "converse-stream"] {
        let found = find(&matcher, "nobody.knows", operation, &ask("Count from one to ten.")).unwrap();
        assert!(!found.starts_with("error-"), "{found}");
    }
    let found = find(&matcher, "m", "converse", &ask("Hi"));
    assert_eq!(found.as_deref(), Ok("error-throttling"));
}

/// A fixture of model `m` with this status.
fn made(name: &str, status: u16) -> Fixture {
    let request = br#"{"method":"POST","uri":"/model/m/converse","headers":[],"body":"{\"a\": 1}"}"#;
    let response = json!({"status": status, "headers": []}).to_string();
    Fixture::parse(name, request, response.as_bytes(), Bytes::new()).unwrap()
}

#[test]
fn a_recorded_model_id_in_the_body_does_not_matter() {
    let request =
        br#"{"method":"POST","uri":"/model/m/converse","headers":[],"body":"{\"modelId\":\"m\",\"a\":1}"}"#;
    let fixture = Fixture::parse("one", request, br#"{"status":200,"headers":[]}"#, Bytes::new()).unwrap();
    let matcher = Matcher::new(vec![fixture], MatchMode::Exact);
    for body in [json!({"a": 1}), json!({"a": 1, "modelId": "m"})] {
        assert_eq!(find(&matcher, "m", "converse", &body).as_deref(), Ok("one"));
    }
}

#[test]
fn the_same_request_is_answered_in_turn() {
    let fixtures = vec![made("one", 200), made("two", 429), made("three", 200)];
    for (mode, body, expected) in [
        (MatchMode::Exact, json!({"a": 1}), ["one", "two", "three", "one"]),
        // A request that is only similar gets the complete response, not the recorded error.
        (MatchMode::Model, json!({"a": 2}), ["one", "three", "one", "three"]),
    ] {
        let matcher = Matcher::new(fixtures.clone(), mode);
        let answers = [(); 4].map(|()| find(&matcher, "m", "converse", &body).unwrap());
        assert_eq!(answers, expected, "{mode}");
    }
}

#[test]
fn a_mode_reads_what_it_writes() {
    for mode in [MatchMode::Exact, MatchMode::Model, MatchMode::Any, MatchMode::InOrder] {
        assert_eq!(mode.to_string().parse(), Ok(mode));
    }
    assert_eq!(
        "all".parse::<MatchMode>().unwrap_err(),
        "unknown match mode \"all\": expected exact, model, any or in-order"
    );
}

fn with_messages(name: &str, texts: &[&str]) -> Fixture {
    let request = json!({
        "method": "POST", "uri": "/model/m/converse", "headers": [], "body": conversation(texts).to_string(),
    });
    Fixture::parse(name, request.to_string().as_bytes(), br#"{"status":200,"headers":[]}"#, Bytes::new())
        .unwrap()
}

/// A conversation whose messages are the user's and the assistant's in turn.
fn conversation(texts: &[&str]) -> Value {
    let roles = ["user", "assistant"].into_iter().cycle();
    let messages = roles.zip(texts).map(|(role, text)| json!({"role": role, "content": [{"text": text}]}));
    json!({"messages": messages.collect::<Vec<_>>()})
}

#[test]
fn a_conversation_of_as_many_messages_comes_first() {
    let fixtures = vec![
        with_messages("one", &["Hi"]),
        with_messages("three", &["Hello", "Hello!", "Hi"]),
        with_messages("three others", &["Bye", "Bye!", "Hi"]),
    ];
    let matcher = Matcher::new(fixtures, MatchMode::Model);
    for (texts, expected) in [
        (&["Hello", "Oh.", "Hi"][..], "three"),
        (&["Bye", "Oh.", "Hi"], "three others"),
        (&["What?", "Oh.", "And?"], "three"),
        (&["What?"], "one"),
    ] {
        let found = find(&matcher, "m", "converse", &conversation(texts));
        assert_eq!(found.as_deref(), Ok(expected), "{texts:?}");
    }
}

#[test]
fn a_composed_fixture_serves_every_request_of_its_model() {
    for mode in [MatchMode::Exact, MatchMode::Model, MatchMode::Any] {
        let fixtures = vec![with_messages("recorded", &["Hi"]), Fixture::text("m", "composed")];
        let matcher = Matcher::new(fixtures, mode);
        assert_eq!(find(&matcher, "m", "converse", &ask("Hi")).as_deref(), Ok("recorded"));
        for operation in ["converse", "converse-stream"] {
            let found = find(&matcher, "m", operation, &ask("What?"));
            assert_eq!(found.as_deref(), Ok("composed for m"), "{mode} {operation}");
        }
        assert!(find(&matcher, "m", "count-tokens", &ask("What?")).is_err());
        assert_eq!(find(&matcher, "n", "converse", &ask("What?")).is_ok(), mode == MatchMode::Any);
    }
}

#[test]
fn composed_fixtures_of_a_model_are_served_in_turn_errors_among_them() {
    let fixtures = vec![
        Fixture::tool_use("m", "weather", json!({})),
        Fixture::error("m", 429, "ThrottlingException", "slow down"),
        Fixture::text("m", "sunny"),
    ];
    let matcher = Matcher::new(fixtures, MatchMode::Exact);
    let operation = Operation::parse(Method::POST, "/model/m/converse");
    let body = RequestBody::new(Bytes::from(ask("Hi").to_string()), &operation);
    let statuses = [(); 4].map(|()| matcher.find(&operation, &body).unwrap().status().as_u16());
    assert_eq!(statuses, [200, 429, 200, 200]);
}

#[test]
fn in_order_serves_each_fixture_once() {
    let fixtures = vec![with_messages("one", &["Hi"]), Fixture::text("m", "two")];
    let matcher = Matcher::new(fixtures, MatchMode::InOrder);
    let error = find(&matcher, "x", "converse-stream", &ask("?")).unwrap_err();
    assert!(
        error.ends_with("number 1, \"one\", is of converse for model \"m\" (match mode in-order)"),
        "{error}"
    );
    assert_eq!(find(&matcher, "x", "converse", &ask("?")).as_deref(), Ok("one"));
    assert_eq!(find(&matcher, "x", "converse-stream", &ask("?")).as_deref(), Ok("composed for m"));
    let error = find(&matcher, "x", "converse", &ask("?")).unwrap_err();
    assert!(error.ends_with("all 2 were served (match mode in-order)"), "{error}");
}
