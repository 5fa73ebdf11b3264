//! A response body as a list of steps: send, wait, pause, abort.

use bytes::Bytes;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use http_body::{Body, Frame};
use std::collections::VecDeque;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::received::Progress;

/// Delay before a connection is aborted, so that sent bytes reach the client.
const LINGER: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(crate) enum Step {
    Send(Bytes),
    /// Lets hyper write the sent bytes to the socket.
    Flush,
    Wait(Duration),
    /// Waits until a time; no wait if it has passed.
    WaitUntil(Instant),
    /// Sends nothing more and does not end.
    Hang,
    /// Aborts the connection.
    Abort,
}

/// Body that executes the steps.
#[derive(Debug, Default)]
pub(crate) struct Script {
    steps: VecDeque<Step>,
    sleep: Option<Pin<Box<Sleep>>>,
    progress: Progress,
}

/// Error that makes hyper abort the connection.
#[derive(Debug)]
pub(crate) struct Aborted;

impl fmt::Display for Aborted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("aborted by a fault rule or a failed upstream response")
    }
}

impl core::error::Error for Aborted {}

impl Script {
    /// Sends each piece as a chunk, after this delay.
    pub(crate) fn pieces(pieces: impl IntoIterator<Item = Bytes>, delay: Duration) -> Self {
        Self::timed(pieces.into_iter().map(|piece| (piece, None)), delay, None)
    }

    /// Sends each piece as a chunk at its time plus the delay, and ends the body at `end`.
    pub(crate) fn timed(
        pieces: impl IntoIterator<Item = (Bytes, Option<Instant>)>,
        delay: Duration,
        end: Option<Instant>,
    ) -> Self {
        let mut steps = VecDeque::new();
        for (piece, time) in pieces {
            steps.extend(time.map(Step::WaitUntil));
            if !delay.is_zero() {
                steps.push_back(Step::Wait(delay));
            }
            steps.extend([Step::Send(piece), Step::Flush]);
        }
        steps.extend(end.map(Step::WaitUntil));
        Self { steps, sleep: None, progress: Progress::default() }
    }

    /// Counts the sent bytes in `progress`.
    pub(crate) fn count_in(&mut self, progress: Progress) {
        self.progress = progress;
    }

    /// Interrupts the body after the first `bytes` bytes. Only a pause keeps the rest.
    pub(crate) fn interrupt(&mut self, bytes: usize, then: Interruption) {
        let mut left = bytes;
        let mut before = VecDeque::new();
        let mut cut = None;
        while let Some(step) = self.steps.pop_front() {
            match step {
                Step::Send(piece) if piece.len() > left => {
                    let mut piece = piece;
                    before.extend([Step::Send(piece.split_to(left)), Step::Flush]);
                    cut = Some(piece);
                    break;
                }
                Step::Send(piece) => {
                    left = left.saturating_sub(piece.len());
                    before.push_back(Step::Send(piece));
                }
                step => before.push_back(step),
            }
        }
        match then {
            Interruption::Pause(duration) => {
                before.push_back(Step::Wait(duration));
                before.extend(cut.map(Step::Send));
                before.append(&mut self.steps);
            }
            Interruption::Hang => before.push_back(Step::Hang),
            Interruption::Abort => before.extend([Step::Flush, Step::Wait(LINGER), Step::Abort]),
        }
        self.steps = before;
    }
}

/// Interruption in the middle of a body.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Interruption {
    Pause(Duration),
    Hang,
    Abort,
}

impl Body for Script {
    type Data = Bytes;
    type Error = Aborted;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Aborted>>> {
        loop {
            if let Some(sleep) = &mut self.sleep {
                match sleep.as_mut().poll(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(()) => self.sleep = None,
                }
            }
            match self.steps.pop_front() {
                None => return Poll::Ready(None),
                Some(Step::Send(bytes)) => {
                    self.progress.add_sent(bytes.len());
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Some(Step::Wait(duration)) => self.sleep = Some(Box::pin(sleep(duration))),
                Some(Step::WaitUntil(time)) => self.sleep = Some(Box::pin(sleep_until(time))),
                Some(Step::Flush) => {
                    // A pending body makes hyper write its buffer to the socket.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Some(Step::Hang) => {
                    self.steps.push_front(Step::Hang);
                    return Poll::Pending;
                }
                Some(Step::Abort) => return Poll::Ready(Some(Err(Aborted))),
            }
        }
    }
}

impl Drop for Script {
    /// Records that the client left: hyper drops an unfinished body when the connection is closed.
    fn drop(&mut self) {
        if self.steps.iter().any(|step| matches!(step, Step::Send(_) | Step::Hang)) {
            self.progress.set_client_left();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(script: &Script) -> Vec<String> {
        script
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Send(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
                Step::Flush => None,
                other => Some(format!("{other:?}")),
            })
            .collect()
    }

    fn script() -> Script {
        Script::pieces(["abc", "def"].map(Bytes::from), Duration::ZERO)
    }

    #[test]
    fn an_interruption_falls_inside_a_piece_or_between_two() {
        for (bytes, expected) in [
            (0, vec!["", "Hang"]),
            (2, vec!["ab", "Hang"]),
            (3, vec!["abc", "", "Hang"]),
            (5, vec!["abc", "de", "Hang"]),
            (6, vec!["abc", "def", "Hang"]),
            (99, vec!["abc", "def", "Hang"]),
        ] {
            let mut script = script();
            script.interrupt(bytes, Interruption::Hang);
            assert_eq!(sent(&script), expected, "{bytes}");
        }
    }

    #[test]
    fn a_pause_loses_nothing() {
        let mut script = script();
        script.interrupt(4, Interruption::Pause(Duration::from_secs(1)));
        assert_eq!(sent(&script), ["abc", "d", "Wait(1s)", "ef"]);
    }
}
