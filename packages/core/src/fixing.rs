//! Fixings: what publishers sign, and how one number becomes of it (clause 7).
//!
//! A round is dated by the clock, collects signed answers for a window, and becomes one number, their lower median,
//! or none. Nothing here is stored or averaged: see `observation` for the bytes, `round` for the decision,
//! `finalisation` for the order in which decisions become irrevocable.

mod clock;
mod error;
mod finalisation;
mod median;
mod merkle;
mod observation;
mod panel;
mod round;
mod rules;

use serde::{Deserialize, Serialize};

use crate::money::Overflow;
use crate::time::Time;

pub use clock::{RoundClock, Stage};
pub use error::FixingError;
pub use finalisation::{Step, finalise};
pub use median::{distance_median, lower_median};
pub use merkle::{MerkleProof, Side, leaf_hash, merkle_root};
pub use observation::{Frame, HALF_ORDER, Observation, PREIMAGE_LEN, SIGNATURE_LEN, check_signature, digest, domain};
pub use panel::{MAX_PANEL, MIN_PANEL, PanelSize, PublisherKey, set_digest};
pub use round::{Answer, Outcome, Picked, RoundState, collects, decide, state};
pub use rules::{Bounds, FeedRules, MAX_VALUE};

/// The latest final fixing of a feed; other contracts read it raw.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatestFinal {
    /// Its round.
    pub round: u64,
    /// When it fixed.
    pub fixing_time: Time,
    /// Its value, in the feed's units.
    pub value: u128,
    /// Σ of all final values up to and with it.
    pub sum: u128,
    /// How many they are.
    pub count: u64,
}

impl LatestFinal {
    /// The final fixing of `round` after `previous` (none: the first of the feed), with its prefix sums (clause 7.6).
    pub fn after(previous: Option<&Self>, round: u64, fixing_time: Time, value: u128) -> Result<Self, Overflow> {
        let (sum, count) = previous.map_or((0, 0), |previous| (previous.sum, previous.count));
        let sum = sum.checked_add(value).ok_or(Overflow("sum of fixings"))?;
        let count = count.checked_add(1).ok_or(Overflow("count of fixings"))?;
        Ok(Self { round, fixing_time, value, sum, count })
    }
}

#[cfg(test)]
mod tests;
