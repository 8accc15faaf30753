//! The price limits of the day (clause 3.10).

use thiserror::Error;

use crate::money::Overflow;
use crate::price::{Price, Tick};
use crate::rate::Rate;

/// A price beyond the day's limits.
#[derive(Error, Clone, Copy, Debug, PartialEq, Eq)]
#[error("outside_limits: {price} is not between {lowest} and {highest} price units (3.10)")]
pub struct OutsideLimits {
    /// The price, in price units.
    pub price: Price,
    /// The day's lowest.
    pub lowest: Price,
    /// The day's highest.
    pub highest: Price,
}

/// The lowest and the highest price of the day, both on the tick, both allowed. They bound orders, marks and
/// settlement prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayLimits {
    lowest: Price,
    highest: Price,
}

impl DayLimits {
    /// ⌈S (1 − l)⌉ and ⌊S (1 + l)⌋, moved inwards onto the tick, but at least one tick either side of S; never below
    /// the first tick nor above the last.
    pub fn around(settlement: Price, limit: Rate, tick: Tick) -> Result<Self, Overflow> {
        let step = tick.units();
        let last = Price::MAX.tick_down(tick)?;
        let below = settlement.units().saturating_sub(1);
        let below = below.saturating_sub(below.checked_rem(step).unwrap_or(0)).max(step);
        let above = settlement.units().saturating_add(1).checked_next_multiple_of(step).ok_or(Overflow("tick"))?;
        let above = Price::new(above.min(last.units()))?;
        let lowest = limit.below_up(settlement)?.tick_up(tick).unwrap_or(last).min(Price::new(below)?);
        // No tick at or below ⌊S (1 + l)⌋: then the tick above S is the limit.
        let highest = limit.above_down(settlement)?.tick_down(tick).unwrap_or(above).max(above);
        Ok(Self { lowest, highest })
    }

    /// The day's lowest price.
    pub const fn lowest(self) -> Price {
        self.lowest
    }

    /// The day's highest price.
    pub const fn highest(self) -> Price {
        self.highest
    }

    /// True from the lowest to the highest, both in.
    pub fn contain(self, price: Price) -> bool {
        (self.lowest..=self.highest).contains(&price)
    }

    /// The price itself, if the limits contain it.
    pub fn check(self, price: Price) -> Result<Price, OutsideLimits> {
        let outside = OutsideLimits { price, lowest: self.lowest, highest: self.highest };
        if self.contain(price) { Ok(price) } else { Err(outside) }
    }

    /// The nearest price that the limits contain.
    pub fn clamp(self, price: Price) -> Price {
        price.clamp(self.lowest, self.highest)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects)]
    use super::*;
    use proptest::prelude::*;

    fn limits(settlement: u32, percent: u32, tick: u32) -> (u32, u32) {
        let settlement = Price::new(settlement).unwrap();
        let limits = DayLimits::around(settlement, Rate::ppm(percent * 10_000), Tick::new(tick).unwrap()).unwrap();
        (limits.lowest().units(), limits.highest().units())
    }

    #[test]
    fn limits_round_inwards_on_the_tick() {
        assert_eq!(limits(16_000, 10, 10), (14_400, 17_600));
        assert_eq!(limits(16_489, 10, 10), (14_850, 18_130));
        assert_eq!(limits(16_489, 10, 1), (14_841, 18_137));
    }

    #[test]
    fn there_is_a_tick_either_side_of_the_settlement_price() {
        assert_eq!(limits(50, 10, 10), (40, 60));
        assert_eq!(limits(55, 1, 10), (50, 60));
        assert_eq!(limits(10, 10, 10), (10, 20));
        assert_eq!(limits(3, 10, 10), (10, 10));
        assert_eq!(limits(1, 10, 1), (1, 2));
        assert_eq!(limits(1_000_000_000, 10, 10), (900_000_000, 1_000_000_000));
        assert_eq!(limits(1_000_000_000, 10, 7), (900_000_003, 999_999_994));
    }

    #[test]
    fn a_price_on_a_limit_is_in_and_one_beyond_is_out() {
        let day = DayLimits::around(Price::new(16_000).unwrap(), Rate::ppm(100_000), Tick::new(10).unwrap()).unwrap();
        let at = |units| Price::new(units).unwrap();
        assert_eq!(day.check(at(14_400)), Ok(at(14_400)));
        assert_eq!(day.check(at(17_600)), Ok(at(17_600)));
        let outside = OutsideLimits { price: at(14_399), lowest: at(14_400), highest: at(17_600) };
        assert_eq!(day.check(at(14_399)), Err(outside));
        assert_eq!(day.clamp(at(12_480)), at(14_400));
        assert_eq!(day.clamp(at(17_601)), at(17_600));
        assert_eq!(day.clamp(at(16_001)), at(16_001));
    }

    proptest! {
        #[test]
        fn limits_stand_on_the_tick_and_no_wider_than_the_rate_or_one_tick(
            settlement in 1u32..=1_000_000_000, ppm in 0u32..=500_000, tick in 1u32..=1_000,
        ) {
            let (price, step) = (Price::new(settlement).unwrap(), Tick::new(tick).unwrap());
            let day = DayLimits::around(price, Rate::ppm(ppm), step).unwrap();
            let (lowest, highest) = (u64::from(day.lowest().units()), u64::from(day.highest().units()));
            let (settlement, tick, ppm) = (u64::from(settlement), u64::from(tick), u64::from(ppm));
            prop_assert!(lowest % tick == 0 && highest % tick == 0 && lowest <= highest);
            prop_assert!(lowest < settlement || lowest == tick);
            prop_assert!(highest > settlement || highest + tick > 1_000_000_000);
            let width = (settlement * ppm / 1_000_000).max(tick);
            prop_assert!(lowest + width >= settlement && highest <= settlement.max(1) + width.max(tick));
        }
    }
}
