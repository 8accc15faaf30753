//! Fixings: what publishers sign, and how one number becomes of it (clause 7).
//!
//! A round is dated by the clock, collects signed answers for a window, and becomes one number, their lower median,
//! or none. Nothing here is stored or averaged: see `observation` for the bytes, `round` for the decision,
//! `finalisation` for the order in which decisions become irrevocable.

mod carry;
mod clock;
mod error;
mod finalisation;
mod median;
mod merkle;
mod observation;
mod panel;
mod round;
mod rules;
mod standing;

use serde::{Deserialize, Serialize};

use crate::money::Overflow;
use crate::time::Time;

pub use carry::Carry;
pub use clock::{RoundClock, Stage};
pub use error::FixingError;
pub use finalisation::{Answered, Step, VoidReason, finalise};
pub use median::{distance_median, lower_median};
pub use merkle::{MerkleProof, Side, leaf_hash, merkle_root};
use observation::check_low_s;
pub use observation::{Frame, HALF_ORDER, Observation, PREIMAGE_LEN, SIGNATURE_LEN, digest, domain};
pub use panel::{MAX_PANEL, MIN_PANEL, PanelSize, PublisherKey, Scheme, set_digest};
pub use round::{Answer, Answers, Outcome, Picked, RoundState, collects, decide, restates, state};
pub use rules::{Bounds, MAX_VALUE, check_decimals};
pub use standing::{Hint, Standing};

/// The latest final fixing of a feed.
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
    /// The time integral up to `fixing_time`: Σ value × seconds of the final fixings before it, each standing from its
    /// own fixing time to the next one's.
    pub integral: u128,
}

impl LatestFinal {
    /// The final fixing of `round` after `previous` (none: the first of the feed), with its prefix sums (clause 7.6).
    pub fn after(previous: Option<&Self>, round: u64, fixing_time: Time, value: u128) -> Result<Self, Overflow> {
        let (sum, count) = previous.map_or((0, 0), |previous| (previous.sum, previous.count));
        let sum = sum.checked_add(value).ok_or(Overflow("sum of fixings"))?;
        let count = count.checked_add(1).ok_or(Overflow("count of fixings"))?;
        let integral = previous.map_or(Ok(0), |previous| previous.integral_to(fixing_time))?;
        Ok(Self { round, fixing_time, value, sum, count, integral })
    }

    /// The time integral up to `time`, at or after `fixing_time`, this fixing standing until then. The difference of
    /// two, over the seconds between, is the time-weighted average (clause 7.7).
    pub fn integral_to(&self, time: Time) -> Result<u128, Overflow> {
        let stood = self.value.checked_mul(u128::from(time.saturating_since(self.fixing_time)));
        stood.and_then(|stood| self.integral.checked_add(stood)).ok_or(Overflow("integral of fixings"))
    }
}

#[cfg(test)]
mod tests;
