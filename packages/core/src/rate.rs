//! Ratios: the only things that round (clause 1.4).

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::money::{Amount, Overflow};
use crate::price::Price;

/// A ratio in parts per million: 15 % is 150,000, half a basis point is 50.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rate(u32);

/// A ratio that is charged or paid, in parts per million: below zero it is paid. A JSON number on the wire; at rest, where
/// it is above zero, as a [`Rate`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignedRate(i32);

/// One whole, in parts per million.
const WHOLE: u32 = 1_000_000;

impl Rate {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// 100 %.
    pub const ONE: Self = Self(WHOLE);

    /// `ppm` parts per million.
    pub const fn ppm(ppm: u32) -> Self {
        Self(ppm)
    }

    /// The number of parts per million.
    pub const fn parts(self) -> u32 {
        self.0
    }

    /// `self + other`.
    pub fn checked_add(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow("rate"))
    }

    /// `self − other`; an error if that would be negative.
    pub fn checked_sub(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow("rate"))
    }

    /// `self × times`.
    pub fn checked_mul(self, times: u32) -> Result<Self, Overflow> {
        self.0.checked_mul(times).map(Self).ok_or(Overflow("rate"))
    }

    /// This share of `amount`, rounded up: for what is charged or required. The remainder is insurance's.
    pub fn of_up(self, amount: Amount) -> Result<Amount, Overflow> {
        let product = amount.base_units().checked_mul(u128::from(self.0)).ok_or(Overflow("share of an amount"))?;
        Ok(Amount::new(product.div_ceil(u128::from(WHOLE))))
    }

    /// This share of `amount`, rounded down: for what is credited. The remainder stays with the payer.
    pub fn of_down(self, amount: Amount) -> Result<Amount, Overflow> {
        let product = amount.base_units().checked_mul(u128::from(self.0)).ok_or(Overflow("share of an amount"))?;
        Ok(Amount::new(product.checked_div(u128::from(WHOLE)).unwrap_or(0)))
    }

    /// ⌊price × (1 − self)⌋ in price units, at least one unit.
    pub fn below_down(self, price: Price) -> Result<Price, Overflow> {
        let left = WHOLE.saturating_sub(self.0);
        let units = scaled(price, left)?.checked_div(u128::from(WHOLE)).unwrap_or(0);
        Price::from_wide(units.max(1))
    }

    /// ⌈price × (1 − self)⌉ in price units, at least one unit.
    pub fn below_up(self, price: Price) -> Result<Price, Overflow> {
        let left = WHOLE.saturating_sub(self.0);
        Price::from_wide(scaled(price, left)?.div_ceil(u128::from(WHOLE)).max(1))
    }

    /// ⌊price × (1 + self)⌋ in price units, at most [`Price::MAX`].
    pub fn above_down(self, price: Price) -> Result<Price, Overflow> {
        let more = WHOLE.checked_add(self.0).ok_or(Overflow("rate"))?;
        let units = scaled(price, more)?.checked_div(u128::from(WHOLE)).unwrap_or(0);
        Price::from_wide(units.min(u128::from(Price::MAX.units())))
    }

    /// ⌈price × (1 + self)⌉ in price units, at most [`Price::MAX`].
    pub fn above_up(self, price: Price) -> Result<Price, Overflow> {
        let more = WHOLE.checked_add(self.0).ok_or(Overflow("rate"))?;
        let units = scaled(price, more)?.div_ceil(u128::from(WHOLE));
        Price::from_wide(units.min(u128::from(Price::MAX.units())))
    }
}

impl SignedRate {
    /// `ppm` parts per million; below zero it is paid.
    pub const fn ppm(ppm: i32) -> Self {
        Self(ppm)
    }

    /// The number of parts per million.
    pub const fn parts(self) -> i32 {
        self.0
    }

    /// What is charged by it; nothing where it is paid.
    pub const fn charge(self) -> Rate {
        if self.0 > 0 { Rate(self.0.unsigned_abs()) } else { Rate::ZERO }
    }

    /// What is paid by it; nothing where it is charged.
    pub const fn rebate(self) -> Rate {
        if self.0 < 0 { Rate(self.0.unsigned_abs()) } else { Rate::ZERO }
    }
}

impl Serialize for SignedRate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_i32(self.0)
        } else {
            serializer.serialize_u32(self.0.cast_unsigned())
        }
    }
}

impl<'de> Deserialize<'de> for SignedRate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            i32::deserialize(deserializer).map(Self)
        } else {
            u32::deserialize(deserializer).map(|bits| Self(bits.cast_signed()))
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for SignedRate {
    fn schema_name() -> String {
        "SignedRate".to_string()
    }

    fn json_schema(generator: &mut schemars::r#gen::SchemaGenerator) -> schemars::schema::Schema {
        let mut schema = i32::json_schema(generator).into_object();
        let what = "A ratio that is charged or paid, in parts per million: below zero it is paid.";
        schema.metadata().description = Some(what.to_string());
        schema.into()
    }
}

fn scaled(price: Price, parts: u32) -> Result<u128, Overflow> {
    u128::from(price.units()).checked_mul(u128::from(parts)).ok_or(Overflow("scaled price"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charge_rounds_up_and_a_credit_down() {
        let rate = Rate::ppm(200);
        assert_eq!(rate.of_up(Amount::new(1)).unwrap(), Amount::new(1));
        assert_eq!(rate.of_down(Amount::new(1)).unwrap(), Amount::ZERO);
        assert_eq!(rate.of_up(Amount::new(5_000)).unwrap(), Amount::new(1));
        assert_eq!(rate.of_down(Amount::new(9_999)).unwrap(), Amount::new(1));
        assert_eq!(rate.of_up(Amount::ZERO).unwrap(), Amount::ZERO);
        assert!(rate.of_up(Amount::new(u128::MAX)).is_err());
    }

    #[test]
    fn a_signed_ratio_is_charged_above_zero_and_paid_below() {
        let both = |ppm| (SignedRate::ppm(ppm).charge().parts(), SignedRate::ppm(ppm).rebate().parts());
        assert_eq!([both(7), both(0), both(-7), both(i32::MIN)], [(7, 0), (0, 0), (0, 7), (0, 1 << 31)]);
    }

    #[test]
    fn a_share_of_a_price_rounds_as_its_name_says() {
        let (rate, price) = (Rate::ppm(100_000), Price::new(16_489).unwrap());
        assert_eq!(rate.below_down(price).unwrap().units(), 14_840);
        assert_eq!(rate.below_up(price).unwrap().units(), 14_841);
        assert_eq!(rate.above_down(price).unwrap().units(), 18_137);
        assert_eq!(rate.above_up(price).unwrap().units(), 18_138);
        assert_eq!(Rate::ONE.below_down(price).unwrap().units(), 1);
    }
}
