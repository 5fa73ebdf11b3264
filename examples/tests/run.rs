//! Runs every example offline, as a program of its own, and looks at what it prints.

use std::path::PathBuf;
use std::process::Command;

/// Examples, and a part of what each prints.
const EXAMPLES: [(&str, &str); 27] = [
    ("any_model", "mistral.mistral-large-2407-v1:0: An answer"),
    ("aws_config_bridge", "Hello."),
    ("axum_sse", "data: Tokens"),
    ("blocking", "One thread is enough."),
    ("bring_your_own_http", "Bytes in, bytes out."),
    ("chat_helper", "Human feedback"),
    ("citations", "from report"),
    ("concurrent_batch", "500 of 500 answered"),
    ("conversation_on_disk", "Your name is Ada."),
    ("converse", "Total tokens: "),
    ("errors", "hint: "),
    ("guardrail", "no investment advice"),
    ("images_and_documents", "The image is white."),
    ("metrics", "attempt 2 of 3"),
    ("own_credentials", "the vault is asked\nHello.\nHello.\nHello."),
    ("own_transport", "200 OK after"),
    ("prompt_caching", "tokens read from the cache"),
    ("reasoning", "(reasoning: 17 * 20"),
    ("resume_with_documents", "4 million, as the report says."),
    ("retries", "The second attempt was answered."),
    ("stream", "Output tokens: "),
    ("structured_output", "Oslo has 717710 inhabitants"),
    ("system_prompt", "Arr"),
    ("testing", "2 requests, as they should be"),
    ("tool_use", "54"),
    ("toolbox", "6 messages, stop reason end_turn"),
    ("tracing", "gen_ai.request.model=\"us.anthropic.claude-sonnet-4-6\""),
];

#[test]
fn every_example_runs_offline() {
    let mut failures = Vec::new();
    for (name, expected) in EXAMPLES {
        // No variable of this machine may decide anything.
        let output = Command::new(folder().join(name)).env_clear().output().unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || !stdout.contains(expected) {
            failures.push(format!(
                "{name}: {}\n{stdout}{}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_table_names_every_example() {
    let manifest = include_str!("../Cargo.toml");
    let names: Vec<&str> =
        manifest.lines().filter_map(|line| line.strip_prefix("path = \"")?.strip_suffix(".rs\"")).collect();
    let mut expected: Vec<&str> = EXAMPLES.iter().map(|(name, _)| *name).collect();
    expected.splice(0..0, ["support/lib", "std_net"]); // not examples
    assert_eq!(names, expected);
}

/// Where cargo puts the programs of the examples: beside the folder of the tests' own.
fn folder() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(|deps| deps.parent()).unwrap().join("examples")
}
