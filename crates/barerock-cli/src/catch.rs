//! Ctrl-C that stops something other than the program.

#[cfg(unix)]
use tokio::sync::mpsc;

/// While held, the program goes on after Ctrl-C, which its holder is told of.
#[cfg(unix)]
pub(crate) struct CatchInterrupt {
    interrupts: mpsc::UnboundedReceiver<()>,
}

#[cfg(unix)]
impl CatchInterrupt {
    pub(crate) fn begin() -> Self {
        let (sender, interrupts) = mpsc::unbounded_channel();
        crate::interrupt::catch(Some(sender));
        Self { interrupts }
    }

    /// Waits for the next Ctrl-C.
    pub(crate) async fn caught(&mut self) {
        if self.interrupts.recv().await.is_none() {
            core::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
impl Drop for CatchInterrupt {
    fn drop(&mut self) {
        crate::interrupt::catch(None);
    }
}

/// Elsewhere tokio handles Ctrl-C from the first time on.
#[cfg(not(unix))]
pub(crate) struct CatchInterrupt;

#[cfg(not(unix))]
impl CatchInterrupt {
    pub(crate) fn begin() -> Self {
        Self
    }

    /// Waits for the next Ctrl-C.
    pub(crate) async fn caught(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            core::future::pending::<()>().await;
        }
    }
}
