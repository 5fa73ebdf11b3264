//! Clean-up before a signal ends the program: SIGINT, SIGTERM, or SIGHUP when the terminal closes.

use std::io::{IsTerminal as _, stdin};
use std::process::exit;
use std::sync::{Mutex, Once, PoisonError, mpsc};
use std::thread;

use tokio::signal::unix::{SignalKind, signal};

/// Shells report a process ended by signal N as exit code 128 + N.
const BY_SIGNAL: i32 = 128;

type Action = Box<dyn Fn() + Send>;

static ACTIONS: Mutex<Vec<(u64, Action)>> = Mutex::new(Vec::new());

/// An action that runs if such a signal arrives before this is dropped.
pub(crate) struct OnInterrupt {
    number: u64,
}

impl OnInterrupt {
    pub(crate) fn new(action: impl Fn() + Send + 'static) -> Self {
        watch();
        let mut actions = ACTIONS.lock().unwrap_or_else(PoisonError::into_inner);
        let number = actions.last().map_or(0, |(last, _)| last.wrapping_add(1));
        actions.push((number, Box::new(action)));
        Self { number }
    }
}

impl Drop for OnInterrupt {
    fn drop(&mut self) {
        ACTIONS.lock().unwrap_or_else(PoisonError::into_inner).retain(|(number, _)| *number != self.number);
    }
}

/// Starts to watch for the signals on a thread of its own, since the main thread may be blocked reading a line. If that cannot be
/// set up, signals keep their default action.
fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        let (ready, is_ready) = mpsc::channel();
        let watcher = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async move {
                let (interrupt, end, hangup) =
                    (SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup());
                // Under nohup standard input is no terminal, and SIGHUP must stay ignored.
                let hangups = if stdin().is_terminal() { hangup } else { end };
                let (Ok(mut interrupts), Ok(mut ends), Ok(mut hangups)) =
                    (signal(interrupt), signal(end), signal(hangups))
                else {
                    return;
                };
                // Lets the caller continue: the handlers are installed.
                drop(ready);
                let by = tokio::select! {
                    _ = interrupts.recv() => interrupt,
                    _ = ends.recv() => end,
                    _ = hangups.recv() => hangup,
                };
                for (_, action) in &*ACTIONS.lock().unwrap_or_else(PoisonError::into_inner) {
                    action();
                }
                exit(BY_SIGNAL.saturating_add(by.as_raw_value()));
            });
        };
        if thread::Builder::new().name("barerock-interrupt".to_owned()).spawn(watcher).is_ok() {
            let _: Result<(), _> = is_ready.recv();
        }
    });
}
