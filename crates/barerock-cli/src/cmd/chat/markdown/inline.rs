//! Emphasis and code inside a line.

use unicode_width::UnicodeWidthStr as _;

const RESET: &str = "\u{1b}[0m";
const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const ITALIC: &str = "\u{1b}[3m";
const CYAN: &str = "\u{1b}[36m";

/// The styles that apply.
#[derive(Debug, Default)]
pub(super) struct Inline {
    is_styled: bool,
    is_heading: bool,
    is_bold: bool,
    /// The mark that began emphasis, `*` or `_`.
    italic: Option<char>,
    is_code: bool,
    /// True if anything is to be reset.
    is_dirty: bool,
    /// The character before, if no white space is between.
    before: Option<char>,
    /// True if the next word follows without its gap.
    joins: bool,
}

impl Inline {
    pub(super) fn new(is_styled: bool) -> Self {
        Self { is_styled, ..Self::default() }
    }

    pub(super) fn is_styled(&self) -> bool {
        self.is_styled
    }

    /// White space.
    pub(super) fn space(&mut self) {
        self.before = None;
    }

    /// The next word follows without its gap.
    pub(super) fn join(&mut self) {
        self.joins = true;
    }

    /// True once after [`join`](Self::join).
    pub(super) fn joins(&mut self) -> bool {
        core::mem::take(&mut self.joins)
    }

    /// Ends all styles, as at the end of a line: marks without a partner go no further.
    pub(super) fn reset(&mut self) -> &'static str {
        let is_dirty = self.is_dirty;
        *self = Self::new(self.is_styled);
        if is_dirty { RESET } else { "" }
    }

    pub(super) fn dim(&mut self) -> &'static str {
        self.begin(DIM)
    }

    pub(super) fn begin_heading(&mut self) -> &'static str {
        self.is_heading = true;
        self.begin(BOLD)
    }

    fn begin(&mut self, style: &'static str) -> &'static str {
        if !self.is_styled {
            return "";
        }
        self.is_dirty = true;
        style
    }

    /// A word with its marks as styles, and its width in columns.
    pub(super) fn word(&mut self, word: &str) -> (String, usize) {
        if !self.is_styled {
            return (word.to_owned(), word.width());
        }
        let (mut out, mut shown) = (String::new(), String::new());
        let mut rest = word;
        while let Some(c) = rest.chars().next() {
            let run = rest.chars().take_while(|other| *other == c).count();
            let after = rest.chars().nth(run);
            let (length, is_mark) = match c {
                '`' => (run, self.code()),
                _ if self.is_code => (1, false),
                '*' if run == 2 || run == 3 => (2, self.bold(after.is_some() || run == 3)),
                '*' if run == 1 => (1, self.emphasis('*', after)),
                '_' if run == 1 => (1, self.emphasis('_', after)),
                '\\' if rest.chars().nth(1).is_some_and(|next| next.is_ascii_punctuation()) => {
                    // The mark behind it is a character.
                    let escaped = rest.chars().nth(1).unwrap_or_default();
                    out.push(escaped);
                    shown.push(escaped);
                    self.before = Some(escaped);
                    rest = rest.get(1 + escaped.len_utf8()..).unwrap_or_default();
                    continue;
                }
                '*' | '_' => (run, false),
                _ => (c.len_utf8(), false),
            };
            let (mark, next) = rest.split_at(length);
            if is_mark {
                out.push_str(&self.styles());
            } else {
                out.push_str(mark);
                shown.push_str(mark);
                self.before = Some(c);
            }
            rest = next;
        }
        (out, shown.width())
    }

    fn code(&mut self) -> bool {
        self.is_code = !self.is_code;
        true
    }

    /// `**`: begins before a character, ends behind one.
    fn bold(&mut self, is_before_character: bool) -> bool {
        let is_mark = if self.is_bold { self.before.is_some() } else { is_before_character };
        self.is_bold ^= is_mark;
        is_mark
    }

    /// `*` or `_`, which are no marks inside a name such as `snake_case`.
    fn emphasis(&mut self, mark: char, after: Option<char>) -> bool {
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let ends = self.italic == Some(mark) && self.before.is_some() && (mark == '*' || !is_letter(after));
        let begins = self.italic.is_none() && after.is_some() && !is_letter(self.before);
        if ends {
            self.italic = None;
        } else if begins {
            self.italic = Some(mark);
        }
        ends || begins
    }

    /// The control sequence of the styles that apply now.
    fn styles(&mut self) -> String {
        let mut styles = RESET.to_owned();
        for (applies, style) in
            [(self.is_bold || self.is_heading, BOLD), (self.italic.is_some(), ITALIC), (self.is_code, CYAN)]
        {
            if applies {
                styles.push_str(style);
            }
        }
        self.is_dirty = styles != RESET;
        styles
    }
}
