//! The numbers of a feed and their hard bounds (clause 7.1).

use serde::{Deserialize, Serialize};

use super::{FixingError, Observation, RoundClock};

/// The largest value of any feed: 10^27. Then no prefix sum until the end of time, and no value times a million, leaves
/// 128 bits.
pub const MAX_VALUE: u128 = 1_000_000_000_000_000_000_000_000_000;
/// The most digits after the point.
const MAX_DECIMALS: u8 = 18;
/// One whole, in parts per million.
const WHOLE: u32 = 1_000_000;

/// When a median is not believed (clause 7.5), in parts per million, each 1 to 1,000,000.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The largest move against the last final fixing, of that fixing.
    pub max_move: u32,
    /// The largest dispersion ([`super::distance_median`]), of the median.
    pub max_dispersion: u32,
    /// How far from the median a value still agrees with it, of the median.
    pub outlier: u32,
}

impl Bounds {
    /// True if `distance` is more than `parts` per million of `base`.
    pub(super) fn exceeds(distance: u128, parts: u32, base: u128) -> bool {
        // Saturation only widens a distance that is already above any bound.
        distance.saturating_mul(u128::from(WHOLE)) > base.saturating_mul(u128::from(parts))
    }
}

/// The numbers of a feed.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedRules {
    /// Digits after the point of its values, at most 18.
    pub decimals: u8,
    /// The times of its rounds.
    pub clock: RoundClock,
    /// When a median is not believed.
    pub bounds: Bounds,
    /// The largest value an answer may have, 1 to [`MAX_VALUE`].
    pub max_value: u128,
}

impl FeedRules {
    /// The same rules, if every number is within its hard bounds.
    pub fn checked(self) -> Result<Self, FixingError> {
        let Self { decimals, clock, bounds, max_value } = self;
        let Bounds { max_move, max_dispersion, outlier } = bounds;
        clock.checked()?;
        within("decimals", decimals.into(), 0, MAX_DECIMALS.into())?;
        within("max_move", max_move.into(), 1, WHOLE.into())?;
        within("max_dispersion", max_dispersion.into(), 1, WHOLE.into())?;
        within("outlier", outlier.into(), 1, WHOLE.into())?;
        within("max_value", max_value, 1, MAX_VALUE)?;
        Ok(self)
    }

    /// Refuses a value of 0 or above the feed's largest. "Unavailable" is in order.
    pub fn check_value(&self, observation: &Observation) -> Result<(), FixingError> {
        let publisher = observation.publisher;
        match observation.value {
            Some(0) => Err(FixingError::ZeroValue { publisher }),
            Some(value) if value > self.max_value => {
                Err(FixingError::ValueAboveMax { publisher, value, max: self.max_value })
            }
            _ => Ok(()),
        }
    }
}

fn within(what: &'static str, value: u128, least: u128, most: u128) -> Result<(), FixingError> {
    if (least..=most).contains(&value) { Ok(()) } else { Err(FixingError::Feed { what, value, least, most }) }
}
