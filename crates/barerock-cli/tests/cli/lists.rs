//! `barerock models`, `barerock completions` and `barerock man`.

use serde_json::{Value, json};

use crate::program::{bare, run};

#[test]
fn ids_are_listed_the_default_among_them() {
    let ran = run(bare(&["models"]), "");
    assert_eq!(ran.code, 0, "{ran:?}");
    let default = ran.out.lines().find(|line| line.starts_with("* us.")).unwrap();
    let help = run(bare(&["chat", "--help"]), "").out;
    let id = default.split_whitespace().nth(1).unwrap();
    assert!(help.contains(&format!("[default: {id}]")), "{help}");
    assert!(ran.out.lines().all(|line| line == line.trim_end()), "{}", ran.out);

    let ran = run(bare(&["models", "--output", "json"]), "");
    let list: Value = serde_json::from_str(&ran.out).unwrap();
    let defaults: Vec<_> =
        list.as_array().unwrap().iter().filter(|entry| entry["isDefault"] == true).collect();
    assert_eq!(defaults.len(), 1);
    assert_eq!(
        *defaults[0],
        json!({
            "modelId": id,
            "name": "Claude Sonnet 4.6",
            "kind": "inference profile",
            "isDefault": true,
            "path": format!("/model/{id}/converse-stream"),
            "profiles": ["us", "global"],
        })
    );
}

/// What a list of models is for: which to call, for how long, and what to leave out of a request.
#[test]
fn models_say_where_they_are_and_what_they_refuse() {
    let of = |id: &str| -> Value {
        let ran = run(bare(&["models", id, "--output", "json"]), "");
        assert_eq!(ran.code, 0, "{ran:?}");
        serde_json::from_str::<Value>(&ran.out).unwrap()[0].clone()
    };
    let text = run(bare(&["models"]), "").out;
    for family in
        ["haiku-5-5", "sonnet-5", "sonnet-5-5", "opus-5", "opus-5-5", "fable-5", "fable-5-1", "mythos-5"]
    {
        let id = format!("us.anthropic.claude-{family}");
        assert!(text.lines().any(|line| line.split_whitespace().next() == Some(&id)), "{id}: {text}");
        let known = of(&id);
        assert!(known["refuses"].to_string().contains("temperature"), "{known}");
    }
    assert!(of("us.anthropic.claude-sonnet-5-5")["refuses"].to_string().contains("toolChoice any or tool"));
    for id in ["opus-4-7", "opus-4-8", "opus-5", "fable-5", "sonnet-5"] {
        let known = of(&format!("us.anthropic.claude-{id}"));
        assert!(known["refuses"].to_string().contains("strict tools"), "{known}");
    }
    assert_eq!(of("global.anthropic.claude-opus-5")["name"], "Claude Opus 5");
    assert_eq!(of("us.anthropic.claude-mythos-5")["profiles"], json!(["us"]));
    assert_eq!(of("global.anthropic.claude-mythos-5")["name"], Value::Null, "there is no such profile");
    for (id, date) in [
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "2026-10-14"),
        ("us.anthropic.claude-opus-4-1-20250805-v1:0", "2027-01-08"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "2027-04-08"),
    ] {
        assert_eq!(of(id)["endOfLife"], date);
    }
    for id in ["openai.gpt-5.2", "openai.gpt-6-mini", "xai.grok-4.1", "google.gemma-4-27b"] {
        assert_eq!(of(id)["endpoint"], "bedrock-mantle", "{id}");
    }
    assert_eq!(of("openai.gpt-oss-120b-1:0")["endpoint"], Value::Null);
    for words in ["openai.gpt-5.…", "xai.grok-4.…", "on bedrock-mantle only", "As of 2026-11-28", "litellm"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn an_id_is_explained() {
    let arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6";
    let ran = run(bare(&["models", "anthropic.claude-sonnet-4-20250514", arn]), "");
    assert_eq!(ran.code, 0, "{ran:?}");
    for words in [
        "is       foundation model",
        "`-v1:0` is missing",
        "is       application inference profile",
        "region   us-east-1",
        "account  123456789012",
        "path     /model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fa1b2c3d4e5f6/converse-stream",
    ] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let ran = run(bare(&["models", "claude sonnet"]), "");
    assert_eq!((ran.code, &*ran.out), (2, ""));
    assert!(ran.err.contains("claude sonnet: invalid model id"), "{}", ran.err);
}

#[test]
fn every_shell_gets_its_script() {
    for (shell, word) in [
        ("bash", "complete -F _barerock"),
        ("zsh", "#compdef barerock"),
        ("fish", "complete -c barerock"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[barerock]"),
    ] {
        let ran = run(bare(&["completions", shell]), "");
        assert_eq!((ran.code, &*ran.err), (0, ""), "{shell}");
        assert!(ran.out.contains(word) && ran.out.contains("converse-stream"), "{shell}");
    }
    assert_eq!(run(bare(&["completions", "cobol"]), "").code, 2);
}

/// The script is one that bash can read, and it knows the commands and their options.
#[test]
#[cfg(unix)]
fn bash_completes_with_it() {
    let script = run(bare(&["completions", "bash"]), "").out;
    let asks = "\nCOMP_WORDS=(barerock chat --too); COMP_CWORD=2; _barerock barerock --too chat; echo \"${COMPREPLY[@]}\"";
    let Ok(output) = std::process::Command::new("bash").args(["--norc", "-c", &(script + asks)]).output()
    else {
        // A machine without bash has nobody to complete for.
        return;
    };
    let words = str::from_utf8(&output.stdout).unwrap();
    assert_eq!(
        words.split_whitespace().collect::<Vec<_>>(),
        ["--tool", "--tool-config", "--tool-timeout", "--tool-env-aws", "--tool-approve"],
        "{output:?}"
    );
}

/// The words of a man page, without the marks of roff.
fn plain(page: &str) -> String {
    page.replace("\\-", "-").replace("\\fB", "").replace("\\fI", "").replace("\\fR", "")
}

#[test]
fn every_command_has_a_man_page_with_its_options() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    let ran = run(bare(&["man", pages.to_str().unwrap()]), "");
    assert_eq!((ran.code, &*ran.out, &*ran.err), (0, "", ""));
    let help = run(bare(&["--help"]), "").out;
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() > 15, "{commands:?}");
    let mut options = 0;
    for command in &commands {
        let page = plain(&std::fs::read_to_string(pages.join(format!("barerock-{command}.1"))).unwrap());
        let help = run(bare(&[command, "--help"]), "").out;
        let names = help.lines().filter_map(|line| line.trim_start().strip_prefix('-')).filter_map(|line| {
            let long = line.split_whitespace().find(|word| word.starts_with('-') && word.len() > 2)?;
            Some(long.trim_end_matches(',').to_owned())
        });
        for name in names {
            let name = format!("--{}", name.trim_start_matches('-').split(['=', '[']).next().unwrap());
            assert!(page.contains(&name), "barerock-{command}.1 lacks {name}");
            options += 1;
        }
        assert!(page.contains("Exit codes") || !help.contains("Exit codes"), "{command}");
    }
    assert!(options > 150, "{options}");
    let page = run(bare(&["man"]), "").out;
    assert_eq!(page, std::fs::read_to_string(pages.join("barerock.1")).unwrap());
    assert!(
        commands.iter().all(|command| plain(&page).contains(&format!("barerock-{command}(1)"))),
        "{page}"
    );
    // What cannot be written is named.
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let ran = run(bare(&["man", file.to_str().unwrap()]), "");
    assert!(ran.code == 1 && ran.err.contains("file: man pages cannot be written"), "{ran:?}");
}
