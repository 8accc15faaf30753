//! The numbers of a feed and their hard bounds (clause 7.1).

use serde::{Deserialize, Serialize};

use super::{FixingError, Observation};

/// The largest value of any feed: 10^27. Then no prefix sum and no time integral until the end of time, and no value
/// times a million, leaves 128 bits.
pub const MAX_VALUE: u128 = 1_000_000_000_000_000_000_000_000_000;
/// The most digits after the point.
const MAX_DECIMALS: u8 = 18;
/// One whole, in parts per million.
const WHOLE: u32 = 1_000_000;
/// The largest materiality: a restatement of 10 % may always stand.
const MAX_MATERIALITY: u32 = 100_000;

/// What an answer may be and when a median is believed (clauses 7.3, 7.5, 7.8). All but the last in parts per million.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The largest move against the last final fixing, of that fixing, 1 to 1,000,000.
    pub max_move: u32,
    /// The largest dispersion ([`super::distance_median`]), of the median, 1 to 1,000,000.
    pub max_dispersion: u32,
    /// How far from the median a value still agrees with it, of the median, 1 to 1,000,000.
    pub outlier: u32,
    /// A restatement must differ by more than this, of the median restated, 0 to 100,000.
    pub materiality: u32,
    /// The largest value an answer may have, 1 to [`MAX_VALUE`].
    pub max_value: u128,
}

impl Bounds {
    /// The same bounds, if each is within its own.
    pub fn checked(self) -> Result<Self, FixingError> {
        let Self { max_move, max_dispersion, outlier, materiality, max_value } = self;
        within("max_move", max_move.into(), 1, WHOLE.into())?;
        within("max_dispersion", max_dispersion.into(), 1, WHOLE.into())?;
        within("outlier", outlier.into(), 1, WHOLE.into())?;
        within("materiality", materiality.into(), 0, MAX_MATERIALITY.into())?;
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

    /// True if `distance` is more than `parts` per million of `base`.
    pub(super) fn exceeds(distance: u128, parts: u32, base: u128) -> bool {
        // Saturation only widens a distance that is already above any bound.
        distance.saturating_mul(u128::from(WHOLE)) > base.saturating_mul(u128::from(parts))
    }
}

/// The digits after the point of a feed's values, at most 18.
pub fn check_decimals(decimals: u8) -> Result<u8, FixingError> {
    within("decimals", decimals.into(), 0, MAX_DECIMALS.into())?;
    Ok(decimals)
}

fn within(what: &'static str, value: u128, least: u128, most: u128) -> Result<(), FixingError> {
    if (least..=most).contains(&value) { Ok(()) } else { Err(FixingError::Feed { what, value, least, most }) }
}
