//! Final fixings: written once, kept for ever, with prefix sums, so that any window costs two seeks (clause 7.7).

use serde::{Deserialize, Serialize};
use tokfut_core::fixing::LatestFinal;
use tokfut_core::time::Time;
use tokfut_storage::Table;

/// Final fixings by feed and round.
pub const FINALS: Table<(u32, u64), FinalFixing> = Table::new(super::FINALS);

/// A final fixing. About 60 bytes.
#[derive(Serialize, Deserialize, Clone, Copy)]
pub struct FinalFixing {
    /// Its value.
    pub value: u128,
    /// Σ of all final values up to and with it.
    pub sum: u128,
    /// How many they are.
    pub count: u64,
    /// The time integral up to its fixing time ([`LatestFinal::integral`]).
    pub integral: u128,
    /// The publisher whose signed number it is.
    pub publisher: u16,
    /// Merkle root over that publisher's quotes.
    pub inputs_root: [u8; 32],
    /// 0, or 1 if it was restated.
    pub revision: u16,
}

impl FinalFixing {
    /// Without what names its publisher; `round` fixes at `fixing_time`.
    pub const fn numbers(&self, round: u64, fixing_time: Time) -> LatestFinal {
        let Self { value, sum, count, integral, .. } = *self;
        LatestFinal { round, fixing_time, value, sum, count, integral }
    }
}
