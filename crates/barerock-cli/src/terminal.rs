//! What the terminal at standard error can show.

#[cfg(unix)]
use std::io::Write as _;
use std::io::{self, IsTerminal as _};

/// Width assumed of a terminal that does not tell its own, in columns.
const WIDTH: usize = 80;

/// True if standard error is a terminal that understands control sequences.
pub(crate) fn is_capable() -> bool {
    io::stderr().is_terminal() && has_sequences()
}

/// True if the environment names a terminal that understands control sequences.
pub(crate) fn has_sequences() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the environment tells what the terminal is")]
    let term = std::env::var_os("TERM");
    term.is_some_and(|term| !term.is_empty() && term != "dumb")
}

/// True if the user wants no colours (no-color.org).
pub(crate) fn is_colourless() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the environment tells what the user wants")]
    let no_color = std::env::var_os("NO_COLOR");
    no_color.is_some_and(|value| !value.is_empty())
}

/// Width of the terminal at standard error or output, in columns.
pub(crate) fn width() -> usize {
    #[cfg(unix)]
    let columns = {
        use rustix::termios::tcgetwinsize;
        let size = tcgetwinsize(io::stderr()).or_else(|_| tcgetwinsize(io::stdout()));
        size.map_or(0, |size| size.ws_col.into())
    };
    #[cfg(not(unix))]
    let columns = 0;
    if columns == 0 { WIDTH } else { columns }
}

/// Sets the modes of the terminal at standard input. A failure is ignored: the terminal has gone.
#[cfg(unix)]
pub(crate) fn set_modes(modes: &rustix::termios::Termios) {
    let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, modes);
}

/// Restores the terminal if a signal ends the program while lines are edited.
#[cfg(unix)]
pub(crate) struct RestoredModes {
    _on_interrupt: Option<crate::interrupt::OnInterrupt>,
}

#[cfg(unix)]
impl RestoredModes {
    /// Ends bracketed paste, which the editor begins.
    const END_PASTE: &str = "\u{1b}[?2004l";

    pub(crate) fn begin() -> Self {
        let on_interrupt = rustix::termios::tcgetattr(io::stdin()).ok().map(|modes| {
            crate::interrupt::OnInterrupt::new(move || {
                set_modes(&modes);
                let mut out = io::stderr();
                let _ = out.write_all(Self::END_PASTE.as_bytes());
            })
        });
        Self { _on_interrupt: on_interrupt }
    }
}
