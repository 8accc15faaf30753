//! Small integer names of accounts, series, products and orders.

use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::Month;
use crate::price::{Price, Side};
use crate::wire::decimal_string;

/// Accounts an owner may hold (clause 4.1).
pub const ACCOUNTS_PER_OWNER: u64 = 8;

/// An account: `owner × 8 + slot`, so that a number tells whose it is and two accounts of one owner are known without
/// a read. Account 0 is the house (insurance).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountId(pub u64);

impl AccountId {
    /// The house: the insurance fund's own account.
    pub const HOUSE: Self = Self(0);

    /// The account in `slot` (0 to 7) of `owner`; none out of bounds.
    pub fn of(owner: OwnerId, slot: u64) -> Option<Self> {
        if slot >= ACCOUNTS_PER_OWNER {
            return None;
        }
        owner.0.checked_mul(ACCOUNTS_PER_OWNER)?.checked_add(slot).map(Self)
    }

    /// Whose account it is.
    pub fn owner(self) -> OwnerId {
        OwnerId(self.0.checked_div(ACCOUNTS_PER_OWNER).unwrap_or(0))
    }

    /// Its place among its owner's accounts, from 0.
    pub fn slot(self) -> u64 {
        self.0.checked_rem(ACCOUNTS_PER_OWNER).unwrap_or(0)
    }

    /// Its owner's first account.
    pub fn first(self) -> Self {
        Self(self.0.saturating_sub(self.slot()))
    }

    /// All accounts that this owner can have, in order of id.
    pub fn siblings(self) -> impl Iterator<Item = Self> {
        let owner = self.owner();
        (0..ACCOUNTS_PER_OWNER).filter_map(move |slot| Self::of(owner, slot))
    }
}

/// An owner of accounts, counted from 1; 0 is the house.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnerId(pub u64);

/// A contract series: its product and its delivery month in one number, `product × 1,200 + months since January 2000`,
/// so that a code names its series without a read. Numbers of one product are in order of delivery.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeriesId(pub u16);

impl SeriesId {
    /// Months that a product can have: those of 2000 to 2099.
    const MONTHS: u16 = 1_200;

    /// The series of this month; none of a product above number 53.
    pub fn of(product: ProductId, month: Month) -> Option<Self> {
        u16::from(product.0).checked_mul(Self::MONTHS)?.checked_add(month.index()).map(Self)
    }

    /// Whose month it is.
    pub fn product(self) -> ProductId {
        ProductId(self.0.checked_div(Self::MONTHS).and_then(|number| u8::try_from(number).ok()).unwrap_or(0))
    }
}

/// A product, in order of configuration, from 1.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProductId(pub u8);

/// An account's own number for an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(u64);

decimal_string!(ClientId, u64, |_| true, "an account's own number for an order, a decimal string");

impl From<u64> for ClientId {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl ClientId {
    /// The number.
    pub const fn u64(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where an order stands in its book, and its public name: `series-side-price-sequence`, e.g. `3-b-16480-42`.
/// The sequence is never used twice, so neither is the name.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId {
    /// The series whose book it is in.
    pub series: SeriesId,
    /// Its side.
    pub side: Side,
    /// Its limit price.
    pub price: Price,
    /// Its number, growing with time over all books.
    pub sequence: u64,
}

/// A text that names no order.
#[derive(Error, Clone, Debug, PartialEq, Eq)]
#[error("invalid_order_id: {0:?} is not series-side-price-sequence, e.g. 3-b-16480-42 (3.3)")]
pub struct OrderIdError(pub String);

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Buy => 'b',
            Side::Sell => 's',
        };
        write!(f, "{}-{side}-{}-{}", self.series.0, self.price.units(), self.sequence)
    }
}

impl FromStr for OrderId {
    type Err = OrderIdError;

    fn from_str(text: &str) -> Result<Self, OrderIdError> {
        let parse = || {
            let mut parts = text.split('-');
            let series = SeriesId(parts.next()?.parse().ok()?);
            let side = match parts.next()? {
                "b" => Side::Buy,
                "s" => Side::Sell,
                _ => return None,
            };
            let price = Price::new(parts.next()?.parse().ok()?).ok()?;
            let sequence = parts.next()?.parse().ok()?;
            let id = Self { series, side, price, sequence };
            // One order has one name: "+3-b-016480-42" is refused.
            (id.to_string() == text).then_some(id)
        };
        parse().ok_or_else(|| OrderIdError(text.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_has_one_name() {
        let id: OrderId = "3-b-16480-42".parse().unwrap();
        assert_eq!(id.to_string(), "3-b-16480-42");
        for bad in ["", "3-b-16480", "3-x-16480-42", "+3-b-16480-42", "3-b-016480-42", "3-b-0-42", "3-b-16480-42-1"] {
            assert!(bad.parse::<OrderId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_series_number_tells_its_product_and_no_two_are_the_same() {
        let of = |product, month| SeriesId::of(ProductId(product), month);
        assert_eq!(of(1, Month::new(2026, 12).unwrap()), Some(SeriesId(1_523)));
        let mut numbers = vec![];
        for product in [1, 2, 53] {
            for month in [Month::MIN, Month::MAX] {
                let series = of(product, month).unwrap();
                assert_eq!(series.product(), ProductId(product));
                numbers.push(series);
            }
        }
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        assert_eq!((of(54, Month::MIN), of(54, Month::MAX)), (Some(SeriesId(64_800)), None));
    }

    #[test]
    fn an_account_number_tells_its_owner() {
        let account = AccountId::of(OwnerId(5), 3).unwrap();
        assert_eq!((account, account.owner()), (AccountId(43), OwnerId(5)));
        assert_eq!(AccountId::of(OwnerId(5), 8), None);
        assert_eq!(account.siblings().map(|a| a.0).collect::<Vec<_>>(), (40..48).collect::<Vec<_>>());
        assert_eq!(AccountId::HOUSE.owner(), OwnerId(0));
    }
}
