use super::*;

/// The text rendered in pieces of every size, which are all the same; styles are written as `<1>`.
fn rendered(text: &str, width: usize) -> String {
    let of_size = |size: usize| {
        let mut markdown = Markdown::new(width, true);
        let chars: Vec<char> = text.chars().collect();
        let pieces = chars.chunks(size).map(|piece| markdown.push(&piece.iter().collect::<String>()));
        let mut out = pieces.collect::<String>();
        out.push_str(&markdown.finish());
        out.replace("\u{1b}[", "<").replace('m', ">m").replace(">m", "m")
    };
    let whole = of_size(text.chars().count().max(1));
    for size in 1..12 {
        assert_eq!(of_size(size), whole, "{size}");
    }
    whole
}

#[test]
fn words_are_wrapped_and_lists_hang() {
    for (text, expected) in [
        ("one two three four five six", "one two three four\nfive six"),
        ("- one two three four five six", "• one two three four\n  five six"),
        ("  * one two three four five", "  • one two three\n    four five"),
        ("12. one two three four five", "12. one two three\n    four five"),
        ("> one two three four five", "│ one two three four\n│ five"),
        ("https://a.example/a/very/long/path x", "https://a.example/a/very/long/path\nx"),
        ("a\n\n b\n", "a\n\n b\n"),
        ("two  spaces", "two  spaces"),
        ("漢字漢字漢字漢字漢字漢字", "漢字漢字漢字漢字漢字\n漢字"),
        ("", ""),
    ] {
        assert_eq!(rendered(text, 20), expected, "{text}");
    }
    assert_eq!(rendered("a b c", 1), "a b c", "a narrow terminal breaks lines itself");
}

#[test]
fn marks_are_styles() {
    for (text, expected) in [
        ("## Title here\nx", "<1mTitle here<0m\nx"),
        ("a **b c** d", "a <0m<1mb c<0m d"),
        ("**Note:** x", "<0m<1mNote:<0m x"),
        ("an *old* _saying_, yes", "an <0m<3mold<0m <0m<3msaying<0m, yes"),
        ("run `cargo build` now", "run <0m<36mcargo build<0m now"),
        ("`a * b` and 2 * 3 * 4", "<0m<36ma * b<0m and 2 * 3 * 4"),
        ("snake_case_name and __init__", "snake_case_name and __init__"),
        (r"\*not\* a mark", "*not* a mark"),
        ("**open\nnext", "<0m<1mopen<0m\nnext"),
        ("#hashtag # x", "#hashtag # x"),
        ("***both*** x", "<0m<1m<0m<1m<3mboth<0m<3m<0m x"),
    ] {
        assert_eq!(rendered(text, 80), expected, "{text}");
    }
}

#[test]
fn code_and_tables_stay_as_they_are() {
    let code = "```rust\nlet a = \"**b**   c d e f g h\";\n  `x`\n````\n```\nand *on*";
    let expected = "<2m```rust<0m\nlet a = \"**b**   c d e f g h\";\n  `x`\n````\n<2m```<0m\nand <0m<3mon<0m";
    assert_eq!(rendered(code, 20), expected);
    let table = "| a | **b** | a long cell that goes on |\n|---|\n";
    assert_eq!(rendered(table, 20), table);
    assert_eq!(rendered("```\nopen", 20), "<2m```<0m\nopen");
}

#[test]
fn without_styles_marks_stay() {
    let mut markdown = Markdown::new(20, false);
    let text = markdown.push("# A *title* that is too long\n- `b`\n> c\n```\nd\n```\n") + &markdown.finish();
    assert_eq!(text, "# A *title* that is\ntoo long\n- `b`\n> c\n```\nd\n```\n");
}
