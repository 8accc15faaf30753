//! Rounds on their way: their answers, and which is the next to be finalised.

use cosmwasm_std::{Order, StdResult, Storage};
use tokfut_core::fixing::Answer;
use tokfut_storage::{Key, Table};

/// The next round to be finalised, by feed. All before it are final or void.
pub const NEXT: Table<u32, u64> = Table::new(super::NEXT);
/// The answers of a round, in order of publisher; removed when the round is final or void.
pub const ANSWERS: Table<(u32, u64), Vec<Answer>> = Table::new(super::ANSWERS);

/// The earliest `limit` rounds of `feed` with answers, in order.
pub fn answered(storage: &dyn Storage, feed: u32, limit: usize) -> StdResult<Vec<(u64, Vec<Answer>)>> {
    let rounds = ANSWERS.range(storage, &feed.bytes(), None, Order::Ascending);
    rounds.take(limit).map(|row| row.map(|((_, round), answers)| (round, answers))).collect()
}
