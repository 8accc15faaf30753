//! Actions in one transaction, and in halves of it where that does not go.

use tokfut_scenario::Failure;

use crate::action::Action;
use crate::chain::{Chain, Sent};

/// Refusals that say that another has done it, or that it is not due (any more).
const NOTHING_TO_DO: [&str; 25] = [
    "strike_not_due",
    "nothing_to_finalise",
    "grace_running",
    "finalise_first",
    "fixings_due",
    "strike_due",
    "nothing_to_list",
    "no_reference_price",
    "nothing_to_reap",
    "not_liquidatable",
    "liquidation_throttled",
    "nothing_to_unwind",
    "nothing_to_advance",
    "nothing_to_collect",
    "house_exhausted",
    "already_answered",
    "round_closed",
    "round_in_future",
    "round_not_decided",
    "not_scheduled",
    "timelocked",
    "not_trading",
    "stale_mark",
    "series_settled",
    "feed_ended",
];
/// Failures of the way to the chain, or of the key: they are nobody's action's.
const OF_THE_WAY: [&str; 12] = [
    "node_unreachable",
    "node_starting",
    "node_refused",
    "not_included",
    "wrong_sequence",
    "mempool_full",
    "insufficient_fee",
    "insufficient_funds",
    "unauthorized_signature",
    "unknown_account",
    "already_sent",
    "invalid_answer",
];

/// What became of an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    /// Done, in this transaction.
    Sent(Sent),
    /// Another has done it, or it is not due: the contract's code.
    Nothing(String),
    /// It takes more gas than a transaction may, alone.
    TooBig,
    /// Refused otherwise.
    Failed(Failure),
}

/// Actions with what became of each, and the failure of the way that ended the work, if one did.
pub type Result = (Vec<(Action, Done)>, Option<Failure>);

/// Does the actions as one transaction. Where the chain refuses it, halves are tried, down to single actions, so that
/// one that cannot be done stops no other. A failure of the way ends it: the rest is left for the next look.
pub async fn carry_out<C: Chain>(chain: &C, actions: Vec<Action>) -> Result {
    let mut done = Vec::new();
    // A stack: the first half is on top.
    let mut left = vec![actions];
    while let Some(batch) = left.pop().filter(|batch| !batch.is_empty()) {
        let (sent, messages) = match Action::calls(&batch) {
            Ok(calls) => (chain.transact(&calls).await, calls.len()),
            Err(failure) => (Err(failure), 0),
        };
        match sent {
            Ok(sent) => done.extend(batch.into_iter().map(|action| (action, Done::Sent(sent.clone())))),
            Err(failure) if OF_THE_WAY.contains(&failure.code.as_str()) => return (done, Some(failure)),
            // One message that has nothing to do with the whole of its list.
            Err(failure) if messages == 1 && NOTHING_TO_DO.contains(&failure.code.as_str()) => {
                done.extend(batch.into_iter().map(|action| (action, Done::Nothing(failure.code.clone()))));
            }
            Err(failure) => match single(batch) {
                Ok(action) => done.push((action, refusal(failure))),
                Err(mut first) => {
                    let second = first.split_off(first.len().div_ceil(2));
                    left.extend([second, first]);
                }
            },
        }
    }
    (done, None)
}

/// The only action of a batch, or the batch back.
fn single(mut batch: Vec<Action>) -> core::result::Result<Action, Vec<Action>> {
    match batch.pop() {
        Some(action) if batch.is_empty() => Ok(action),
        Some(action) => {
            batch.push(action);
            Err(batch)
        }
        None => Err(batch),
    }
}

fn refusal(failure: Failure) -> Done {
    if failure.code == "out_of_gas" || failure.message.contains("out of gas") {
        Done::TooBig
    } else if NOTHING_TO_DO.contains(&failure.code.as_str()) {
        Done::Nothing(failure.code)
    } else {
        Done::Failed(failure)
    }
}
