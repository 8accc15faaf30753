//! Rounds on their way: their answers and their dispute.

use cosmwasm_std::{Addr, Order, StdResult, Storage};
use serde::{Deserialize, Serialize};
use tokfut_api::oracle::Ruling;
use tokfut_core::fixing::{Answers, FixingError, RoundClock};
use tokfut_core::time::Time;
use tokfut_storage::{Key, Table};

/// Rounds with answers; removed when the round is final or void.
pub const ROUNDS: Table<(u32, u64), Round> = Table::new(super::ROUNDS);

/// A round with answers. About 36 bytes an answer.
#[derive(Serialize, Deserialize, Clone, Default)]
pub struct Round {
    /// What was answered.
    pub answers: Answers,
    /// Its dispute.
    pub dispute: Option<Dispute>,
}

/// A dispute.
#[derive(Serialize, Deserialize, Clone)]
pub struct Dispute {
    /// Who.
    pub by: Addr,
    /// What he put up.
    pub bond: u128,
    /// How it was ruled; none yet.
    pub ruling: Option<Ruling>,
}

impl Round {
    /// The dispute that waits for a ruling.
    pub fn open_dispute(&self) -> Option<&Dispute> {
        self.dispute.as_ref().filter(|dispute| dispute.ruling.is_none())
    }

    /// True if a dispute was upheld.
    pub fn is_upheld(&self) -> bool {
        self.dispute.as_ref().is_some_and(|dispute| dispute.ruling == Some(Ruling::Void))
    }

    /// From when this round, `round` by number, may be finalised: later while a dispute is open.
    pub fn final_from(&self, clock: &RoundClock, round: u64) -> Result<Time, FixingError> {
        if self.open_dispute().is_some() { clock.disputed_final_from(round) } else { clock.final_from(round) }
    }
}

/// The earliest `limit` rounds of `feed` with answers, in order.
pub fn answered(storage: &dyn Storage, feed: u32, limit: usize) -> StdResult<Vec<(u64, Round)>> {
    let rounds = ROUNDS.range(storage, &feed.bytes(), None, Order::Ascending);
    rounds.take(limit).map(|row| row.map(|((_, number), round)| (number, round))).collect()
}
