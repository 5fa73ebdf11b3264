//! How values are made fit to be read: cut where they are long, and in colour.

use core::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::decode::count;
use super::verdict::Verdict;
use crate::render::{counted, safe};

/// How much is shown of long values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    /// Characters of a payload that is text.
    pub(super) text: usize,
    /// Bytes of a payload that is not.
    pub(super) bytes: usize,
    /// Characters of a header's value.
    line: usize,
}

impl Shown {
    pub(super) const CUT: Self = Self { text: 2000, bytes: 256, line: 300 };
    pub(super) const WHOLE: Self = Self { text: usize::MAX, bytes: usize::MAX, line: usize::MAX };

    /// The text on one line.
    pub(super) fn line(self, text: &str) -> String {
        let end = text.char_indices().nth(self.line).map_or(text.len(), |(end, _)| end);
        let (shown, rest) = text.split_at(end);
        let mut line = safe(shown);
        if !rest.is_empty() {
            let _ = write!(line, "… ({} more)", counted(count(rest.as_bytes()), "byte"));
        }
        line
    }
}

/// Colours, or none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    pub(super) title: Style,
    pub(super) label: Style,
    pub(super) name: Style,
    pub(super) good: Style,
    pub(super) bad: Style,
}

impl Paint {
    pub(super) const PLAIN: Self = Self {
        title: Style::new(),
        label: Style::new(),
        name: Style::new(),
        good: Style::new(),
        bad: Style::new(),
    };
    pub(super) const COLOURED: Self = Self {
        title: Style::new().bold(),
        label: Style::new().dimmed(),
        name: AnsiColor::Cyan.on_default(),
        good: AnsiColor::Green.on_default(),
        bad: AnsiColor::Red.on_default().bold(),
    };

    /// A verdict's line.
    pub(super) fn verdict(&self, verdict: &Verdict) -> String {
        let style = if verdict.is_complete() { self.good } else { self.bad };
        format!("{style}{verdict}{style:#}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_between_characters() {
        let text = "é".repeat(301);
        assert_eq!(Shown::CUT.line(&text), format!("{}… (2 bytes more)", "é".repeat(300)));
        assert_eq!(Shown::WHOLE.line(&text), text);
    }
}
