//! What the terminal at standard error can show.

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

/// Width of the terminal, in columns.
pub(crate) fn width() -> usize {
    #[cfg(unix)]
    let columns = rustix::termios::tcgetwinsize(io::stderr()).map_or(0, |size| size.ws_col.into());
    #[cfg(not(unix))]
    let columns = 0;
    if columns == 0 { WIDTH } else { columns }
}
