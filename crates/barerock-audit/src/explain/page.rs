//! The stages of a signature as a page.

mod mismatch;

use core::fmt::Write as _;

use super::map::Form;
use super::rule::Kind;
use super::{Explanation, Piece, SignatureMap, Stage, StageName};
use crate::page::{self, Escaped, SIDES, STYLE};
use crate::text::{count, counted, grouped, safe, safe_lines};

/// The style of the stages.
const STAGES: &str = include_str!("../page/sign.css");

/// The script: it ties pieces to each other when one is chosen.
const SCRIPT: &str = concat!("\"use strict\";\n", include_str!("../page/sign.js"));

/// Characters of a piece shown: a body can be long.
const SHOWN_CHARS: usize = 4000;

impl SignatureMap {
    /// The stages as a self-contained page, which opens from disk and loads nothing: a byte that is chosen in one stage is marked in
    /// those that it was made of and that are made of it. With an `explanation`, our texts are beside the service's, and the page
    /// opens at the first difference. No secret access key, session token or cookie is on it; the signature is, but for an API key.
    ///
    /// `title` names the request, such as the file it was read from.
    #[must_use]
    pub fn to_html(&self, title: &str, explanation: Option<&Explanation>) -> String {
        let verdict = self.verdict(explanation);
        let is_good = explanation.is_none();
        let mut out = page::head(&format!("{verdict} · {title}"), &[STYLE, SIDES, STAGES], SCRIPT);
        let _ = write!(
            out,
            "<body data-verdict=\"{}\">\n<header class=\"card\"><h1 id=\"verdict\">{verdict}</h1><span id=\"title\">{}</span>\
             <p id=\"sentence\">{}</p><div id=\"chips\">",
            if is_good { "complete" } else { "different" },
            Escaped(&safe(&self.secrets.hide(title))),
            Escaped(&explanation.map_or(self.sentence().to_owned(), mismatch::sentence)),
        );
        for (kind, name) in Kind::LEGEND {
            let _ =
                write!(out, "<span class=\"chip\"><i class=\"swatch {}\"></i> {name}</span>", kind.class());
        }
        out.push_str("</div></header>\n");
        if let Some(explanation) = explanation {
            self.push_mismatch(&mut out, explanation);
        }
        out.push_str("<div id=\"stages\">\n");
        for column in COLUMNS {
            out.push_str("<div class=\"column\">\n");
            column.iter().for_each(|name| self.push_stage(&mut out, *name));
            out.push_str("</div>\n");
        }
        let _ = write!(out, "</div>\n{FOOT}<script>{SCRIPT}</script>\n</body></html>\n");
        out
    }

    fn verdict(&self, explanation: Option<&Explanation>) -> &'static str {
        match (explanation, self.form) {
            (Some(explanation), _) if explanation.first_difference().is_some() => "different",
            (Some(_), _) => "same texts",
            (None, Form::Header) => "signed",
            (None, Form::Query) => "presigned",
            (None, Form::ApiKey) => "API key",
        }
    }

    fn sentence(&self) -> &'static str {
        match self.form {
            Form::Header => {
                "Signed in the authorization header. The signature is on this page: with the rest of the request it authorizes the \
                 call for some minutes."
            }
            Form::Query => {
                "Signed in the query. The signature is on this page: without a session token, the URL authorizes anyone until it \
                 expires."
            }
            Form::ApiKey => {
                "A short-term API key is a presigned request in base64. The key is a secret, so its signature is not on this page."
            }
        }
    }

    fn title_of(&self, name: StageName) -> (&'static str, &'static str) {
        match (name, self.form) {
            (StageName::Request, Form::ApiKey) => ("request", "the request that the key signs"),
            (StageName::Request, _) => ("request", "as it was given"),
            (StageName::Inputs, _) => ("inputs", "who signs, when and where"),
            (StageName::CanonicalRequest, _) => ("canonical request", "what both sides hash"),
            (StageName::StringToSign, _) => ("string to sign", "what is signed"),
            (StageName::SigningKey, _) => ("signing key", "derived for the day, region and service"),
            (StageName::Signature, _) => ("signature", "HMAC-SHA256(signing key, string to sign)"),
            (StageName::Signed, Form::Header) => ("authorization", "the headers to add"),
            (StageName::Signed, Form::Query) => ("target", "the path and query to send"),
            (StageName::Signed, Form::ApiKey) => ("API key, decoded", "without its host and version"),
        }
    }

    fn push_stage(&self, out: &mut String, name: StageName) {
        let stage = self.stage(name);
        let (title, note) = self.title_of(name);
        let length = counted(count(stage.bytes()), "byte");
        let _ = write!(
            out,
            "<section class=\"card\" aria-label=\"{title}\"><div class=\"bar\"><b>{title}</b> <span class=\"dim\">{note}</span>\
             <small>{length}</small></div><pre class=\"stage\" data-stage=\"{}\" tabindex=\"0\">",
            index(name)
        );
        stage.pieces().iter().for_each(|piece| push_piece(out, stage, piece));
        out.push_str("</pre></section>\n");
    }
}

/// The stages side by side.
const COLUMNS: [&[StageName]; 3] = [
    &[StageName::Request, StageName::Inputs],
    &[StageName::CanonicalRequest],
    &[StageName::StringToSign, StageName::SigningKey, StageName::Signature, StageName::Signed],
];

const FOOT: &str = "<div id=\"detail\" class=\"card\" role=\"status\" aria-live=\"polite\"><p id=\"where\" class=\"dim\">Choose a byte \
     to see what it was made of, and what is made of it.</p><p id=\"why\"></p></div>\n\
     <footer><kbd>←</kbd> <kbd>→</kbd> piece · <kbd>Shift</kbd> <kbd>←</kbd> <kbd>→</kbd> byte · <kbd>↑</kbd> <kbd>↓</kbd> line · \
     <kbd>Tab</kbd> stage · <kbd>Enter</kbd> origin · <kbd>Esc</kbd> clear · <kbd>d</kbd> first difference</footer>\n\
     <noscript>Without a script the colours tie the stages together.</noscript>\n";

/// The number of a stage on the page.
fn index(name: StageName) -> usize {
    StageName::ALL.iter().position(|each| *each == name).unwrap_or_default()
}

fn push_piece(out: &mut String, stage: &Stage, piece: &Piece) {
    let bytes = piece.bytes();
    let mut class = piece.rule.kind.class().to_owned();
    let (text, is_exact) = match stage.shown(piece) {
        Some(shown) => {
            let end = shown.char_indices().nth(SHOWN_CHARS).map_or(shown.len(), |(end, _)| end);
            let (start, rest) = shown.split_at(end);
            let text = safe_lines(start);
            let is_exact = rest.is_empty() && stage.bytes().get(bytes.clone()) == Some(text.as_bytes());
            let more = grouped(count(rest.as_bytes()));
            (if rest.is_empty() { text } else { format!("{text}… ({more} more bytes)") }, is_exact)
        }
        None => (
            format!(
                "({} that are not text)",
                counted(count(stage.bytes().get(bytes.clone()).unwrap_or_default()), "byte")
            ),
            false,
        ),
    };
    if text == "\n" || text == "\\r\n" {
        class.push_str(" end");
    }
    let _ = write!(out, "<span class=\"{class}\" data-at=\"{}-{}\"", bytes.start, bytes.end);
    if !piece.origins().is_empty() {
        let origins: Vec<String> = piece
            .origins()
            .iter()
            .map(|origin| format!("{}:{}-{}", index(origin.stage), origin.bytes.start, origin.bytes.end))
            .collect();
        let _ = write!(out, " data-from=\"{}\"", origins.join(" "));
    }
    if piece.is_verbatim() && is_exact {
        out.push_str(" data-verbatim");
    }
    let _ = write!(out, " data-why=\"{}\">{}</span>", Escaped(piece.rule()), Escaped(&text));
}
