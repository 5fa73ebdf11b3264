//! Light Markdown for a terminal: headings, lists, emphasis and code, with lines broken between words. Text is shown word by word
//! as it arrives.

mod inline;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use inline::Inline;

/// Begin fenced code.
const FENCES: [&str; 2] = ["```", "~~~"];

/// Narrowest text, in columns, before lines are left to the terminal.
const MIN_WIDTH: usize = 20;

/// Widest indentation of the lines that follow in a paragraph, in columns.
const MAX_INDENT: usize = 12;

/// Renders text that comes in pieces.
#[derive(Debug)]
pub(super) struct Markdown {
    width: usize,
    inline: Inline,
    /// Fence that ends the code.
    fence: Option<&'static str>,
    line: Line,
    /// The word under way, with its marks.
    word: String,
    /// White space before it.
    gap: String,
    /// Columns written in this line.
    column: usize,
    /// Prefix of each continuation line.
    indent: String,
    out: String,
}

/// How the line under way is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Its first word is not complete.
    Start,
    /// Word by word.
    Text,
    /// As it is: code and tables.
    Raw,
}

impl Markdown {
    /// For a terminal of this width, in columns. Without styles the marks stay in the text.
    pub(super) fn new(width: usize, is_styled: bool) -> Self {
        Self {
            width: width.max(MIN_WIDTH),
            inline: Inline::new(is_styled),
            fence: None,
            line: Line::Start,
            word: String::new(),
            gap: String::new(),
            column: 0,
            indent: String::new(),
            out: String::new(),
        }
    }

    /// Takes a piece of text, and returns what can be shown of it.
    pub(super) fn push(&mut self, text: &str) -> String {
        for c in text.chars() {
            match (self.line, c) {
                (_, '\n') => self.end_line(),
                (Line::Raw, c) => self.out.push(c),
                (Line::Start, c) if self.fence.is_some() => self.code(c),
                (_, ' ' | '\t') => {
                    self.end_word();
                    self.inline.space();
                    self.gap.push(c);
                }
                (_, c) => self.letter(c),
            }
        }
        core::mem::take(&mut self.out)
    }

    /// The rest of the text.
    pub(super) fn finish(&mut self) -> String {
        self.end_word();
        self.out.push_str(self.inline.reset());
        core::mem::take(&mut self.out)
    }

    fn letter(&mut self, c: char) {
        self.word.push(c);
        if self.line == Line::Start && (self.word == "|" || FENCES.contains(&&*self.word)) {
            self.begin_raw();
        } else if c.width().unwrap_or_default() > 1 {
            // Scripts without spaces are broken anywhere.
            self.end_word();
        }
    }

    /// A table, or the line of a fence.
    fn begin_raw(&mut self) {
        if let Some(fence) = FENCES.into_iter().find(|fence| *fence == self.word) {
            self.fence = Some(fence);
            self.out.push_str(self.inline.dim());
        }
        self.out.push_str(&core::mem::take(&mut self.gap));
        self.out.push_str(&core::mem::take(&mut self.word));
        self.line = Line::Raw;
    }

    /// A character of code, at the start of a line that may be the closing fence.
    fn code(&mut self, c: char) {
        self.word.push(c);
        let fence = self.fence.unwrap_or_default();
        let so_far = self.word.trim_start();
        if !fence.starts_with(so_far) && so_far.trim_end() != fence {
            self.out.push_str(&core::mem::take(&mut self.word));
            self.line = Line::Raw;
        }
    }

    fn end_line(&mut self) {
        if self.fence.is_some() && self.line == Line::Start {
            if self.word.trim() == self.fence.unwrap_or_default() {
                self.fence = None;
                self.out.push_str(self.inline.dim());
            }
            self.out.push_str(&core::mem::take(&mut self.word));
        } else {
            self.end_word();
        }
        self.out.push_str(self.inline.reset());
        self.out.push('\n');
        self.gap.clear();
        self.indent.clear();
        self.column = 0;
        self.line = Line::Start;
    }

    fn end_word(&mut self) {
        if self.word.is_empty() || self.line == Line::Raw {
            return;
        }
        let word = core::mem::take(&mut self.word);
        if core::mem::replace(&mut self.line, Line::Text) == Line::Start && self.begin_line(&word) {
            return;
        }
        let (styled, width) = self.inline.word(&word);
        self.place(&styled, width);
    }

    /// Begins a line; true if its first word is a mark, which then needs no other place.
    fn begin_line(&mut self, word: &str) -> bool {
        let spaces = self.gap.width().min(MAX_INDENT);
        let hanging = |more: usize| " ".repeat(spaces.saturating_add(more).min(MAX_INDENT));
        self.indent = hanging(0);
        let is_styled = self.inline.is_styled();
        let mark = match word {
            "#" | "##" | "###" | "####" | "#####" | "######" if is_styled => {
                // The heading's own words come next, without the space between.
                self.out.push_str(self.inline.begin_heading());
                self.line = Line::Text;
                self.gap.clear();
                self.inline.join();
                return true;
            }
            "-" | "*" | "+" => {
                if is_styled {
                    "•"
                } else {
                    word
                }
            }
            ">" if is_styled => "│",
            ">" => ">",
            _ if is_number(word) => word,
            _ => return false,
        };
        self.indent = if word == ">" {
            format!("{}{mark} ", self.gap)
        } else {
            hanging(mark.width().saturating_add(1))
        };
        self.place(mark, mark.width());
        true
    }

    /// Writes a word, in the next line if it does not fit.
    fn place(&mut self, word: &str, width: usize) {
        let gap = if self.inline.joins() { String::new() } else { core::mem::take(&mut self.gap) };
        self.gap.clear();
        let end = self.column.saturating_add(gap.width()).saturating_add(width);
        let start = self.indent.width();
        if end > self.width && self.column > start {
            self.out.push('\n');
            self.out.push_str(&self.indent);
            self.column = start.saturating_add(width);
        } else {
            self.out.push_str(&gap);
            self.column = end;
        }
        self.out.push_str(word);
    }
}

/// True for the mark of a numbered list, such as `12.`.
fn is_number(word: &str) -> bool {
    let digits = word.strip_suffix(['.', ')']).unwrap_or_default();
    (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
