//! Several futures at the same time, without a runtime.

use core::pin::Pin;
use core::task::Poll;

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A future, or its output.
enum Slot<'a, T> {
    Running(Boxed<'a, T>),
    Done(T),
}

/// Waits for all futures and returns their outputs in their order. Each wake polls those that are not done: meant for the few
/// tool calls of a response.
pub(super) async fn join_all<'a, T>(futures: impl IntoIterator<Item = Boxed<'a, T>>) -> Vec<T> {
    let mut slots: Vec<Slot<'a, T>> = futures.into_iter().map(Slot::Running).collect();
    core::future::poll_fn(|cx| {
        let mut pending = false;
        for slot in &mut slots {
            if let Slot::Running(future) = slot {
                match future.as_mut().poll(cx) {
                    Poll::Ready(output) => *slot = Slot::Done(output),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    slots
        .into_iter()
        .filter_map(|slot| match slot {
            Slot::Done(output) => Some(output),
            Slot::Running(_) => None,
        })
        .collect()
}
