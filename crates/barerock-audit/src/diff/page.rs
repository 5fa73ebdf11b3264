//! A comparison as a page.

use core::fmt::Write as _;

use super::{Change, Comparison};
use crate::page::{self, Escaped, SIDES, STYLE};
use crate::text::{counted, safe};

/// Characters of a value shown.
const SHOWN_CHARS: usize = 20_000;

impl Comparison {
    /// The comparison as a self-contained page without a script: each difference with both values side by side, the ignored
    /// ones below. `a` and `b` name the recordings.
    #[must_use]
    pub fn to_html(&self, a: &str, b: &str) -> String {
        let (class, verdict) =
            if self.is_equal() { ("complete", "equal") } else { ("different", "different") };
        let count =
            |kept: usize, further: u64| u64::try_from(kept).unwrap_or(u64::MAX).saturating_add(further);
        let differences = counted(count(self.differences.len(), self.further), "difference");
        let ignored = count(self.ignored.len(), self.further_ignored);
        let mut out = page::head(&format!("{verdict} · {a} · {b}"), &[STYLE, SIDES], "");
        let _ = write!(
            out,
            "<body data-verdict=\"{class}\">\n<header class=\"card\"><h1 id=\"verdict\">{verdict}</h1>\
             <p id=\"sentence\">{differences}, {ignored} ignored</p></header>\n\
             <table class=\"card sides\"><thead><tr><th>where</th><th>{}</th><th>{}</th></tr></thead>\n",
            Escaped(&safe(a)),
            Escaped(&safe(b)),
        );
        rows(&mut out, &self.differences);
        out.push_str("</table>\n");
        if !self.ignored.is_empty() {
            let _ =
                writeln!(out, "<details><summary>{ignored} ignored</summary><table class=\"card sides\">");
            rows(&mut out, &self.ignored);
            out.push_str("</table></details>\n");
        }
        out.push_str("</body></html>\n");
        out
    }
}

fn rows(out: &mut String, changes: &[Change]) {
    for change in changes {
        let why = change.ignored().map_or("", |why| why.as_str());
        let _ = write!(out, "<tr><th>{}<small>{why}</small></th>", Escaped(&safe(change.place())));
        for value in [change.a(), change.b()] {
            match value {
                Some(value) => {
                    let end = value.char_indices().nth(SHOWN_CHARS).map_or(value.len(), |(end, _)| end);
                    let (shown, rest) = value.split_at(end);
                    let more = if rest.is_empty() { "" } else { "…" };
                    let _ = write!(out, "<td><pre>{}{more}</pre></td>", Escaped(&safe(shown)));
                }
                None => out.push_str("<td class=\"dim\">(none)</td>"),
            }
        }
        out.push_str("</tr>\n");
    }
}
