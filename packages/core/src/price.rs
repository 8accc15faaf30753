//! Prices, lots and their legal products (clauses 1.2, 1.3, 1.5).
//!
//! `Lots × Price = PriceLots`, `PriceLots × UnitValue = SignedAmount`: exact, nothing rounds.

mod lots;

use core::fmt;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::money::{Amount, Overflow, SignedAmount};
use crate::wire::decimal_string;

pub use lots::{Lots, NetLots, Side};

/// A price as text that is not a price of the product (clause 1.5).
#[derive(Error, Clone, Debug, PartialEq, Eq)]
pub enum PriceError {
    /// Not digits with at most one point.
    #[error("invalid_price: {0:?} is not a decimal number (1.5)")]
    NotDecimal(String),
    /// More digits after the point than the price unit has.
    #[error("invalid_price: {text:?} has more than {decimals} decimals (1.5)")]
    TooPrecise {
        /// What was sent.
        text: String,
        /// The decimals of the product's quotation.
        decimals: u8,
    },
    /// Zero, or above [`Price::MAX`].
    #[error("invalid_price: {0:?} is not between one price unit and {max} units (1.6)", max = Price::MAX.units())]
    OutOfBounds(String),
    /// Not a multiple of the tick.
    #[error("off_tick: {units} units is not a multiple of the tick of {tick} units (1.2)")]
    OffTick {
        /// The price in price units.
        units: u32,
        /// The tick in price units.
        tick: u32,
    },
}

/// A price in price units of its product, 1 to 10^9. Four bytes at rest.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "u32")]
pub struct Price(u32);

impl TryFrom<u32> for Price {
    type Error = Overflow;

    fn try_from(units: u32) -> Result<Self, Overflow> {
        Self::new(units)
    }
}

impl Price {
    /// The highest price: 10^9 units.
    pub const MAX: Self = Self(1_000_000_000);
    /// The lowest price: one unit.
    pub const MIN: Self = Self(1);

    /// `units` price units, if between [`Price::MIN`] and [`Price::MAX`].
    pub fn new(units: u32) -> Result<Self, Overflow> {
        if (Self::MIN.0..=Self::MAX.0).contains(&units) { Ok(Self(units)) } else { Err(Overflow("price")) }
    }

    /// `units` of a wider type, with the same bounds.
    pub fn from_wide(units: u128) -> Result<Self, Overflow> {
        u32::try_from(units).map_err(|_| Overflow("price")).and_then(Self::new)
    }

    /// The number of price units.
    pub const fn units(self) -> u32 {
        self.0
    }

    /// Reads a decimal in the quoted unit, e.g. `"1.6480"` with 4 decimals is 16480 units. Fewer decimals are taken
    /// as zeros; more are refused, never rounded; so are signs, exponents, spaces and needless leading zeros.
    pub fn parse(text: &str, decimals: u8) -> Result<Self, PriceError> {
        let not_decimal = || PriceError::NotDecimal(text.to_string());
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(not_decimal()),
            Some(parts) => parts,
            None => (text, ""),
        };
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let padded = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || padded || !digits(whole) || !digits(fraction) {
            return Err(not_decimal());
        }
        let places = usize::from(decimals);
        if fraction.len() > places {
            return Err(PriceError::TooPrecise { text: text.to_string(), decimals });
        }
        let units = format!("{whole}{fraction:0<places$}");
        let out_of_bounds = || PriceError::OutOfBounds(text.to_string());
        let units = units.parse::<u32>().map_err(|_| out_of_bounds())?;
        Self::new(units).map_err(|_| out_of_bounds())
    }

    /// The decimal in the quoted unit, always with all `decimals`: 16480 units are `"1.6480"`.
    pub fn to_decimal(self, decimals: u8) -> String {
        let places = usize::from(decimals);
        let width = places.saturating_add(1);
        let digits = format!("{:0width$}", self.0);
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
        if places == 0 { whole.to_string() } else { format!("{whole}.{fraction}") }
    }

    /// The same price if it is a multiple of `tick`.
    pub fn on_tick(self, tick: Tick) -> Result<Self, PriceError> {
        match self.0.checked_rem(tick.0) {
            Some(0) => Ok(self),
            _ => Err(PriceError::OffTick { units: self.0, tick: tick.0 }),
        }
    }

    /// The next tick at or below; an error below the first tick.
    pub fn tick_down(self, tick: Tick) -> Result<Self, Overflow> {
        let rest = self.0.checked_rem(tick.0).ok_or(Overflow("tick"))?;
        self.0.checked_sub(rest).ok_or(Overflow("price")).and_then(Self::new)
    }

    /// The next tick at or above.
    pub fn tick_up(self, tick: Tick) -> Result<Self, Overflow> {
        let ticks = self.0.checked_next_multiple_of(tick.0).ok_or(Overflow("tick"))?;
        Self::new(ticks)
    }

    /// `self − other` in price units: positive where `self` is higher.
    pub fn minus(self, other: Self) -> PriceMove {
        PriceMove(i64::from(self.0).saturating_sub(i64::from(other.0)))
    }

    /// This many lots at this price.
    pub fn times(self, lots: Lots) -> PriceLots {
        // 10^9 × 2^64 < 2^127: no overflow is possible.
        PriceLots(i128::from(self.0).saturating_mul(i128::from(lots.count())))
    }
}

/// The step that order prices are multiples of, in price units, at least 1.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "u32")]
pub struct Tick(u32);

impl TryFrom<u32> for Tick {
    type Error = Overflow;

    fn try_from(units: u32) -> Result<Self, Overflow> {
        Self::new(units)
    }
}

impl Tick {
    /// A tick of `units` price units; zero is refused.
    pub fn new(units: u32) -> Result<Self, Overflow> {
        if units == 0 || units > Price::MAX.0 { Err(Overflow("tick")) } else { Ok(Self(units)) }
    }

    /// The number of price units.
    pub const fn units(self) -> u32 {
        self.0
    }
}

/// A difference of two prices in price units, signed.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PriceMove(i64);

impl PriceMove {
    /// The number of price units, signed.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// What a holder of `lots` gains by the move: long gains when it is positive.
    pub fn times(self, lots: NetLots) -> PriceLots {
        PriceLots(i128::from(self.0).saturating_mul(i128::from(lots.count())))
    }
}

/// Lots × price units, signed: what positions and trades are worth before the unit value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PriceLots(i128);

decimal_string!(PriceLots, i128, |_| true, "signed lots x price units, a decimal string");

impl PriceLots {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `value` lots × price units.
    pub const fn new(value: i128) -> Self {
        Self(value)
    }

    /// The number, signed.
    pub const fn get(self) -> i128 {
        self.0
    }

    /// `self + other`.
    pub fn checked_add(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow("price lots"))
    }

    /// `self − other`.
    pub fn checked_sub(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow("price lots"))
    }

    /// `max(0, self)`.
    pub const fn gain(self) -> Self {
        if self.0 > 0 { self } else { Self(0) }
    }

    /// In base units, exactly.
    pub fn value(self, unit: UnitValue) -> Result<SignedAmount, Overflow> {
        self.0.checked_mul(i128::from(unit.0)).map(SignedAmount::new).ok_or(Overflow("value"))
    }
}

/// u: the base units that one price unit is worth on one lot, 1 to 10^9 (clause 1.2).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "u32")]
pub struct UnitValue(u32);

impl TryFrom<u32> for UnitValue {
    type Error = Overflow;

    fn try_from(units: u32) -> Result<Self, Overflow> {
        Self::new(units)
    }
}

impl UnitValue {
    /// `base_units` a price unit and lot, 1 to 10^9.
    pub fn new(base_units: u32) -> Result<Self, Overflow> {
        if (1..=1_000_000_000).contains(&base_units) { Ok(Self(base_units)) } else { Err(Overflow("unit value")) }
    }

    /// The number of base units.
    pub const fn base_units(self) -> u32 {
        self.0
    }

    /// The notional of `lots` at `price`: lots × price × u.
    pub fn notional(self, price: Price, lots: Lots) -> Result<Amount, Overflow> {
        Ok(price.times(lots).value(self)?.gain())
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_price_is_its_digits_and_nothing_else() {
        assert_eq!(Price::parse("1.6480", 4).unwrap().units(), 16480);
        assert_eq!(Price::parse("1.648", 4).unwrap().units(), 16480);
        assert_eq!(Price::parse("2", 4).unwrap().units(), 20000);
        for bad in ["", ".", "1.", ".5", "01.5", "+1", "-1", "1e3", " 1", "1,5", "1.5.0", "0x1", "١"] {
            assert_eq!(Price::parse(bad, 4), Err(PriceError::NotDecimal(bad.to_string())), "{bad:?}");
        }
        for bad in ["0", "0.0000", "100000.0001", "4294967296"] {
            assert_eq!(Price::parse(bad, 4), Err(PriceError::OutOfBounds(bad.to_string())), "{bad:?}");
        }
        let text = "1.64801".to_string();
        assert_eq!(Price::parse(&text, 4), Err(PriceError::TooPrecise { text, decimals: 4 }));
    }

    #[test]
    fn a_tick_is_kept_or_refused_never_rounded() {
        let tick = Tick::new(10).unwrap();
        let price = Price::new(16485).unwrap();
        assert_eq!(price.on_tick(tick), Err(PriceError::OffTick { units: 16485, tick: 10 }));
        assert_eq!(price.tick_down(tick).unwrap().units(), 16480);
        assert_eq!(price.tick_up(tick).unwrap().units(), 16490);
        assert!(Price::new(9).unwrap().tick_down(tick).is_err());
        assert!(Tick::new(0).is_err());
    }

    #[test]
    fn capacity_holds_the_largest_market() {
        let unit = UnitValue::new(1_000_000_000).unwrap();
        let notional = unit.notional(Price::MAX, Lots::MAX).unwrap();
        assert_eq!(notional.base_units(), 10u128.pow(30));
        assert!(Lots::MAX.checked_add(Lots::new(1)).is_err());
    }

    proptest! {
        #[test]
        fn text_and_units_are_the_same_price(units in 1u32..=1_000_000_000, decimals in 0u8..=9) {
            let price = Price::new(units).unwrap();
            prop_assert_eq!(Price::parse(&price.to_decimal(decimals), decimals), Ok(price));
        }

        #[test]
        fn what_the_buyer_gains_the_seller_loses(lots in 0u64..=1_000_000_000_000, a in 1u32..=1_000_000_000, b in 1u32..=1_000_000_000) {
            let (from, to) = (Price::new(a).unwrap(), Price::new(b).unwrap());
            let (long, short) = (Lots::new(lots).long().unwrap(), Lots::new(lots).short().unwrap());
            let sum = to.minus(from).times(long).checked_add(to.minus(from).times(short)).unwrap();
            prop_assert_eq!(sum, PriceLots::ZERO);
        }
    }
}
