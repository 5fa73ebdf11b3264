//! A line on standard error that shows what the program waits for, and how long. Terminals only.

use core::pin::pin;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::time::Duration;
use std::io::{self, Write as _};

use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::terminal;

/// Time before a spinner is shown: most waits are shorter.
const PATIENCE: Duration = Duration::from_millis(300);

/// Time between two frames of a spinner.
const FRAME: Duration = Duration::from_millis(125);

const FRAMES: [char; 4] = ['|', '/', '-', '\\'];

/// Returns to the start of the line and clears it.
const CLEAR: &str = "\r\u{1b}[K";

/// True while a status is on the screen.
static IS_SHOWN: AtomicBool = AtomicBool::new(false);

/// Number of [`Pause`]s.
static PAUSES: AtomicUsize = AtomicUsize::new(0);

/// Replaces the status. A failure to write is ignored: there is nowhere to report it.
pub(crate) fn show(text: &str) {
    if PAUSES.load(Ordering::Relaxed) > 0 {
        return;
    }
    // The last column is left free: some terminals break the line there.
    let room = terminal::width().saturating_sub(1);
    let text: String = text.chars().take(room).collect();
    let mut out = io::stderr().lock();
    let _ = write!(out, "{CLEAR}{text}").and_then(|()| out.flush());
    IS_SHOWN.store(true, Ordering::Relaxed);
}

/// Takes the status off the screen, before anything else is written.
pub(crate) fn clear() {
    if IS_SHOWN.swap(false, Ordering::Relaxed) {
        let mut out = io::stderr().lock();
        let _ = write!(out, "{CLEAR}").and_then(|()| out.flush());
    }
}

/// Keeps the status off the screen until dropped, as while the user types.
pub(crate) struct Pause;

impl Pause {
    pub(crate) fn begin() -> Self {
        PAUSES.fetch_add(1, Ordering::Relaxed);
        clear();
        Self
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        PAUSES.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A spinner with the seconds since it was made.
pub(crate) struct Spinner {
    /// `None` if standard error is no terminal that can show it.
    since: Option<Instant>,
    what: &'static str,
}

impl Spinner {
    pub(crate) fn new(what: &'static str) -> Self {
        Self { since: terminal::is_capable().then(Instant::now), what }
    }

    /// Spins until the future is done.
    pub(crate) async fn during<F: Future>(&self, future: F) -> F::Output {
        let Some(since) = self.since else { return future.await };
        let mut future = pin!(future);
        let mut ticks = interval(FRAME);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut frames = FRAMES.iter().cycle();
        loop {
            tokio::select! {
                biased;
                output = &mut future => {
                    clear();
                    return output;
                }
                _ = ticks.tick() => {
                    let waited = since.elapsed();
                    if waited >= PATIENCE {
                        let frame = frames.next().unwrap_or(&' ');
                        show(&format!("{frame} {}, {} s", self.what, waited.as_secs()));
                    }
                }
            }
        }
    }
}
