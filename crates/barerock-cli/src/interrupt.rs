//! What is put right before a signal ends the program: Ctrl-C, a request to end, or a terminal that has gone.

use std::io::{IsTerminal as _, stdin};
use std::process::exit;
use std::sync::{Mutex, Once, PoisonError, mpsc};
use std::thread;

use tokio::signal::unix::{SignalKind, signal};

/// What shells add to a signal's number for the exit code of whom it ended.
const BY_SIGNAL: i32 = 128;

type Action = Box<dyn Fn() + Send>;

static ACTIONS: Mutex<Vec<(u64, Action)>> = Mutex::new(Vec::new());

/// Something to do if such a signal comes while this is there.
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

/// Waits for the signals from now on, on a thread of its own: the program's may be blocked, reading a line, say. Where that cannot be
/// set up, the signal ends the program as it always did.
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
                // Who runs it past the end of its terminal (nohup) takes that away.
                let hangups = if stdin().is_terminal() { hangup } else { end };
                let (Ok(mut interrupts), Ok(mut ends), Ok(mut hangups)) =
                    (signal(interrupt), signal(end), signal(hangups))
                else {
                    return;
                };
                // Whoever asked goes on only now.
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
