//! The response on standard output: as it is, or rendered for a terminal.

use std::io::{self, IsTerminal as _};

use barerock::StreamEvent;
use barerock::converse::stream::{ContentBlockDelta, ContentBlockDeltaEvent, ReasoningContentBlockDelta};

use super::markdown::Markdown;
use crate::exit::Failure;
use crate::render::{Output, safe_lines};
use crate::terminal;

const DIM: &str = "\u{1b}[2m";
const RESET: &str = "\u{1b}[0m";

/// Prints one response.
pub(super) struct Answer {
    output: Output,
    /// `None` if the text is printed as it is.
    rich: Option<Rich>,
}

struct Rich {
    markdown: Markdown,
    is_styled: bool,
    /// True while reasoning is printed.
    is_reasoning: bool,
}

impl Answer {
    /// Renders for a terminal that understands control sequences, unless the text is plain.
    pub(super) fn new(is_plain: bool) -> Self {
        let is_rich = !is_plain && io::stdout().is_terminal() && terminal::has_sequences();
        let rich = is_rich.then(|| {
            let is_styled = !terminal::is_colourless();
            let markdown = Markdown::new(terminal::width(), is_styled);
            Rich { markdown, is_styled, is_reasoning: false }
        });
        Self { output: Output::new(), rich }
    }

    /// Prints the text of an event, and returns whether there was any. Reasoning is printed on a terminal only.
    pub(super) fn event(&mut self, event: &StreamEvent<'_>) -> Result<bool, Failure> {
        match event {
            StreamEvent::ContentBlockDelta(ContentBlockDeltaEvent {
                delta: ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::Text(text)),
                ..
            }) => self.reasoning(text),
            event => match event.text() {
                Some(text) if !text.is_empty() => self.text(text).map(|()| true),
                _ => Ok(false),
            },
        }
    }

    /// Prints a piece of the response's text.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Failure> {
        let Some(rich) = &mut self.rich else { return self.output.answer(text) };
        if core::mem::take(&mut rich.is_reasoning) {
            let end = rich.markdown.finish();
            self.output.text(&end)?;
            self.output.text(if rich.is_styled { RESET } else { "" })?;
            self.output.text("\n\n")?;
            rich.markdown = Markdown::new(terminal::width(), rich.is_styled);
        }
        let text = rich.markdown.push(&safe_lines(text));
        self.output.text(&text)
    }

    fn reasoning(&mut self, text: &str) -> Result<bool, Failure> {
        let Some(rich) = &mut self.rich else { return Ok(false) };
        if !core::mem::replace(&mut rich.is_reasoning, true) {
            self.output.end_line()?;
            // Words are wrapped; styles of its own would end the dim one.
            rich.markdown = Markdown::new(terminal::width(), false);
            self.output.text(if rich.is_styled { DIM } else { "" })?;
        }
        let text = rich.markdown.push(&safe_lines(text));
        self.output.text(&text)?;
        Ok(!text.is_empty())
    }

    /// Prints what was held back, and ends the line.
    pub(super) fn end(&mut self) -> Result<(), Failure> {
        if let Some(rich) = &mut self.rich {
            let end = rich.markdown.finish();
            self.output.text(&end)?;
            if core::mem::take(&mut rich.is_reasoning) && rich.is_styled {
                self.output.text(RESET)?;
            }
        }
        self.output.end_line()
    }
}
