//! Final fixings: written once, kept for ever, with prefix sums, so that any window costs two seeks (clause 7.7).

use cosmwasm_std::{Order, StdResult, Storage};
use serde::{Deserialize, Serialize};
use tokfut_storage::{Key, Table};

pub use tokfut_api::raw::LATEST_FINAL;

/// Final fixings by feed and round.
pub const FINALS: Table<(u32, u64), FinalFixing> = Table::new(super::FINALS);

/// A final fixing. About 50 bytes.
#[derive(Serialize, Deserialize, Clone, Copy)]
pub struct FinalFixing {
    /// Its value.
    pub value: u128,
    /// Σ of all final values up to and with it.
    pub sum: u128,
    /// How many they are.
    pub count: u64,
    /// The publisher whose signed number it is.
    pub publisher: u16,
    /// Merkle root over that publisher's quotes.
    pub inputs_root: [u8; 32],
}

/// The last final fixing of `feed` at or before `round`, in one seek.
pub fn at_or_before(storage: &dyn Storage, feed: u32, round: u64) -> StdResult<Option<(u64, FinalFixing)>> {
    // Rounds end with protocol time, far below the last u64.
    let after = (feed, round.saturating_add(1));
    let found = FINALS.range(storage, &feed.bytes(), Some(&after), Order::Descending).next().transpose()?;
    Ok(found.map(|((_, round), fixing)| (round, fixing)))
}
