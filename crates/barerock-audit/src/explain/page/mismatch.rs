//! A mismatch on the page: ours beside the service's, line by line.

use core::fmt::Write as _;
use core::ops::Range;

use super::index;
use crate::explain::{Difference, Explanation, SignatureMap, StageName};
use crate::page::Escaped;
use crate::text::safe;

impl SignatureMap {
    /// Ours beside the service's, line by line.
    pub(super) fn push_mismatch(&self, out: &mut String, explanation: &Explanation) {
        let hide = |text: &str| safe(&self.secrets.hide(text));
        let _ = writeln!(
            out,
            "<section class=\"card\" id=\"mismatch\" aria-label=\"mismatch\"><p><b>The service says:</b> {}</p>",
            Escaped(&hide(explanation.message()))
        );
        for cause in explanation.causes() {
            let _ = writeln!(out, "<p class=\"reason\">Likely cause: {}</p>", Escaped(&hide(cause)));
        }
        let mut first = explanation.first_difference();
        for (name, lines) in [
            (StageName::CanonicalRequest, explanation.canonical_request()),
            (StageName::StringToSign, explanation.string_to_sign()),
        ] {
            if lines.is_empty() {
                continue;
            }
            let _ = writeln!(
                out,
                "<table class=\"sides\"><thead><tr><th>{name}, line</th><th>ours</th><th>the service's</th></tr></thead>"
            );
            let text = String::from_utf8_lossy(self.stage(name).bytes());
            let mut ours = text.split('\n');
            let mut at = 0_usize;
            for (number, line) in lines.iter().enumerate() {
                let length = line.ours.as_ref().and_then(|_| ours.next()).map(str::len);
                let range = length.map(|length| at..at.saturating_add(length));
                at = range.as_ref().map_or(at, |range| range.end.saturating_add(1));
                let is_first = first.take_if(|first| core::ptr::eq(*first, line)).is_some();
                push_line(out, &Line { number, line, is_first, name, range }, hide);
            }
            out.push_str("</table>\n");
        }
        out.push_str("</section>\n");
    }
}

/// A line of ours beside the service's.
struct Line<'a> {
    number: usize,
    line: &'a Difference,
    is_first: bool,
    name: StageName,
    /// Where our line is in its stage.
    range: Option<Range<usize>>,
}

fn push_line(out: &mut String, row: &Line<'_>, hide: impl Fn(&str) -> String) {
    let line = row.line;
    let (ours, theirs) = (line.ours.as_deref().map(&hide), line.theirs.as_deref().map(&hide));
    let common = match (&ours, &theirs) {
        (Some(ours), Some(theirs)) if !line.is_same => common_start(ours, theirs),
        _ => usize::MAX,
    };
    out.push_str(if line.is_same { "<tr" } else { "<tr class=\"bad\"" });
    if row.is_first {
        out.push_str(" id=\"first\"");
    }
    if let Some(range) = &row.range {
        let stage = index(row.name);
        let _ = write!(out, " data-from=\"{stage}:{}-{}\"", range.start, range.end);
        // Where nothing is hidden before it, the byte is known.
        if ours.as_ref().is_some_and(|ours| common < ours.len() && ours.len() == range.len()) {
            let at = range.start.saturating_add(common);
            let _ = write!(out, " data-first=\"{stage}:{at}-{}\"", at.saturating_add(1));
        }
    }
    let note = if row.is_first { "<small>the first difference</small>" } else { "" };
    let _ = write!(out, "><th>{}{note}</th>", row.number.saturating_add(1));
    for side in [&ours, &theirs] {
        match side {
            None => out.push_str("<td class=\"dim\">(no such line)</td>"),
            Some(text) => push_marked(out, text, common),
        }
    }
    out.push_str("</tr>\n");
}

/// A text whose character at `mark` is marked; none beyond its end, but at its end where `mark` is there.
fn push_marked(out: &mut String, text: &str, mark: usize) {
    let (same, rest) = text.split_at_checked(mark).unwrap_or((text, ""));
    let _ = write!(out, "<td><pre>{}", Escaped(same));
    let mut rest = rest.chars();
    if let Some(c) = rest.next() {
        let _ = write!(out, "<mark>{}</mark>{}", Escaped(c.encode_utf8(&mut [0; 4])), Escaped(rest.as_str()));
    } else if mark == text.len() {
        out.push_str("<mark>(end)</mark>");
    }
    out.push_str("</pre></td>");
}

/// What the comparison found, in a sentence.
pub(super) fn sentence(explanation: &Explanation) -> String {
    let line_of =
        |lines: &[Difference]| lines.iter().position(|line| !line.is_same).map(|at| at.saturating_add(1));
    let in_request = line_of(explanation.canonical_request());
    match in_request.or_else(|| line_of(explanation.string_to_sign())) {
        Some(line) => {
            let stage =
                if in_request.is_some() { StageName::CanonicalRequest } else { StageName::StringToSign };
            format!("Ours and the service's {stage} differ, first in line {line}.")
        }
        None if explanation.string_to_sign().is_empty() => {
            "The service did not say what it signed.".to_owned()
        }
        None => "Ours and the service's texts are the same.".to_owned(),
    }
}

/// The bytes that two texts begin with alike.
fn common_start(one: &str, other: &str) -> usize {
    let same = one.char_indices().zip(other.chars()).find(|((_, one), other)| one != other);
    same.map_or(one.len().min(other.len()), |((at, _), _)| at)
}
