//! How much is shown of long values.

use core::fmt::Write as _;

use crate::text::{count, counted, safe};

/// How much is shown of long payloads and header values.
#[derive(Debug, Clone, Copy)]
pub struct Excerpt {
    /// Characters of a payload that is text.
    pub(super) text: usize,
    /// Bytes of a payload that is not.
    pub(super) bytes: usize,
    /// Characters of a header's value.
    line: usize,
    /// What to do to see all of a payload.
    hint: &'static str,
}

impl Excerpt {
    /// 2,000 characters of a text, 256 bytes of anything else, 300 characters of a header's value.
    pub const SHORT: Self = Self { text: 2000, bytes: 256, line: 300, hint: "" };
    /// Everything.
    pub const WHOLE: Self = Self { text: usize::MAX, bytes: usize::MAX, line: usize::MAX, hint: "" };

    /// Says below a shortened payload how to see all of it.
    #[must_use]
    pub const fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

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

    /// The note below a payload of which `more` bytes are not shown.
    pub(super) fn note(self, more: u64) -> Option<String> {
        let separator = if self.hint.is_empty() { "" } else { "; " };
        (more > 0).then(|| format!("… {} more{separator}{}", counted(more, "byte"), self.hint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_between_characters() {
        let text = "é".repeat(301);
        assert_eq!(Excerpt::SHORT.line(&text), format!("{}… (2 bytes more)", "é".repeat(300)));
        assert_eq!(Excerpt::WHOLE.line(&text), text);
    }

    #[test]
    fn what_is_left_out_is_noted() {
        assert_eq!(Excerpt::SHORT.note(0), None);
        assert_eq!(Excerpt::SHORT.note(1).as_deref(), Some("… 1 byte more"));
        let hinting = Excerpt::SHORT.with_hint("--full shows all");
        assert_eq!(hinting.note(2).as_deref(), Some("… 2 bytes more; --full shows all"));
    }
}
