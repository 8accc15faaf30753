//! Futures side by side.

use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;

/// Runs all of them until the last has ended; what came of each, in their order.
pub async fn together<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut ended: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        let mut all = Poll::Ready(());
        for (future, end) in running.iter_mut().zip(&mut ended).filter(|(_, end)| end.is_none()) {
            match future.as_mut().poll(context) {
                Poll::Ready(value) => *end = Some(value),
                Poll::Pending => all = Poll::Pending,
            }
        }
        all
    })
    .await;
    ended.into_iter().flatten().collect()
}
