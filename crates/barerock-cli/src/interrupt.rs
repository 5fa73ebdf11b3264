//! Clean-up before a signal ends the program: SIGINT, SIGTERM, SIGHUP or SIGQUIT. SIGINT may be caught instead.

use std::process::exit;
use std::sync::{Mutex, Once, PoisonError, mpsc};
use std::thread;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::UnboundedSender;

/// Shells report a process ended by signal N as exit code 128 + N.
const BY_SIGNAL: i32 = 128;

type Action = Box<dyn Fn() + Send>;

static ACTIONS: Mutex<Vec<(u64, Action)>> = Mutex::new(Vec::new());

/// An action that runs if such a signal arrives before this is dropped.
#[derive(Debug)]
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

/// Is told of SIGINT, which then does not end the program.
static CATCHER: Mutex<Option<UnboundedSender<()>>> = Mutex::new(None);

/// Sets or removes who is told of SIGINT.
pub(crate) fn catch(catcher: Option<UnboundedSender<()>>) {
    watch();
    *CATCHER.lock().unwrap_or_else(PoisonError::into_inner) = catcher;
}

/// True if SIGINT was caught.
fn is_caught() -> bool {
    let catcher = CATCHER.lock().unwrap_or_else(PoisonError::into_inner);
    catcher.as_ref().is_some_and(|catcher| catcher.send(()).is_ok())
}

/// Removes what is half written if such a signal ends the program.
pub(crate) fn leave_nothing_unfinished() {
    watch();
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
                let (interrupt, end) = (SignalKind::interrupt(), SignalKind::terminate());
                // What the caller ignores stays ignored, as SIGHUP under nohup; this one stands in for it.
                let or_end = |kind| if is_ignored(kind) { end } else { kind };
                let (hangup, quit) = (or_end(SignalKind::hangup()), or_end(SignalKind::quit()));
                let (Ok(mut interrupts), Ok(mut ends), Ok(mut hangups), Ok(mut quits)) =
                    (signal(interrupt), signal(end), signal(hangup), signal(quit))
                else {
                    return;
                };
                // Lets the caller continue: the handlers are installed.
                drop(ready);
                let by = loop {
                    tokio::select! {
                        _ = interrupts.recv() => {
                            if !is_caught() {
                                break interrupt;
                            }
                        }
                        _ = ends.recv() => break end,
                        _ = hangups.recv() => break hangup,
                        _ = quits.recv() => break quit,
                    }
                };
                for (_, action) in &*ACTIONS.lock().unwrap_or_else(PoisonError::into_inner) {
                    action();
                }
                barerock_audit::discard_unfinished();
                exit(BY_SIGNAL.saturating_add(by.as_raw_value()));
            });
        };
        if thread::Builder::new().name("barerock-interrupt".to_owned()).spawn(watcher).is_ok() {
            let _: Result<(), _> = is_ready.recv();
        }
    });
}

/// Whether the process was started with this signal ignored.
#[cfg(target_os = "linux")]
fn is_ignored(kind: SignalKind) -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "the kernel tells by a file; the standard library does not"
    )]
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    let bit = u32::try_from(kind.as_raw_value().saturating_sub(1)).unwrap_or(u32::MAX);
    mask.checked_shr(bit).is_some_and(|mask| mask & 1 == 1)
}

/// Without `/proc`: nohup is recognised by standard input that is no terminal.
#[cfg(not(target_os = "linux"))]
fn is_ignored(kind: SignalKind) -> bool {
    use std::io::{IsTerminal as _, stdin};
    kind == SignalKind::hangup() && !stdin().is_terminal()
}
