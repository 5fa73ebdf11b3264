//! The colours of a dump.

use anstyle::{AnsiColor, Style};

use super::StreamOutcome;

/// The styles of a dump's parts.
#[derive(Debug, Clone, Copy)]
pub struct Palette {
    pub(super) title: Style,
    pub(super) label: Style,
    pub(super) name: Style,
    pub(super) good: Style,
    pub(super) bad: Style,
}

impl Palette {
    /// No styles.
    pub const PLAIN: Self = Self {
        title: Style::new(),
        label: Style::new(),
        name: Style::new(),
        good: Style::new(),
        bad: Style::new(),
    };
    /// ANSI escape sequences for a terminal.
    pub const ANSI: Self = Self {
        title: Style::new().bold(),
        label: Style::new().dimmed(),
        name: AnsiColor::Cyan.on_default(),
        good: AnsiColor::Green.on_default(),
        bad: AnsiColor::Red.on_default().bold(),
    };

    /// The outcome's line.
    pub(super) fn outcome(&self, outcome: &StreamOutcome) -> String {
        let style = if outcome.is_complete() { self.good } else { self.bad };
        format!("{style}{outcome}{style:#}\n")
    }
}
