//! `barerock models` and `barerock completions`.

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
        })
    );
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
    assert!(ran.err.contains("claude sonnet: a model id is letters"), "{}", ran.err);
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
        ["--tool", "--tool-config", "--tool-timeout", "--tool-env-aws"],
        "{output:?}"
    );
}
