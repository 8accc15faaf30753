//! Whole lots, held and traded.

use core::fmt;
use serde::{Deserialize, Serialize};

use super::Price;
use crate::money::Overflow;
use crate::wire::decimal_string;

/// Whole lots, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lots(u64);

decimal_string!(Lots, u64, |lots| *lots <= Lots::MAX.0, "lots, a decimal string, at most 10^12");

impl Lots {
    /// No lots.
    pub const ZERO: Self = Self(0);
    /// The most lots anything may hold: 10^12 (clause 1.6).
    pub const MAX: Self = Self(1_000_000_000_000);

    /// `lots` lots.
    pub const fn new(lots: u64) -> Self {
        Self(lots)
    }

    /// The number of lots.
    pub const fn count(self) -> u64 {
        self.0
    }

    /// True for none.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `self + other`, at most [`Lots::MAX`].
    pub fn checked_add(self, other: Self) -> Result<Self, Overflow> {
        match self.0.checked_add(other.0) {
            Some(sum) if sum <= Self::MAX.0 => Ok(Self(sum)),
            _ => Err(Overflow("lots")),
        }
    }

    /// `self − other`; an error if that would be negative.
    pub fn checked_sub(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow("lots"))
    }

    /// `self − other`, or none if that would be negative.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The same number held long.
    pub fn long(self) -> Result<NetLots, Overflow> {
        i64::try_from(self.0).map(NetLots).map_err(|_| Overflow("lots"))
    }

    /// The same number held short.
    pub fn short(self) -> Result<NetLots, Overflow> {
        self.long()?.checked_neg()
    }
}

/// A net position in lots: positive is long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetLots(i64);

decimal_string!(NetLots, i64, |lots| lots.unsigned_abs() <= Lots::MAX.0, "signed lots, a decimal string");

impl NetLots {
    /// Flat.
    pub const ZERO: Self = Self(0);

    /// `lots` lots, positive is long.
    pub const fn new(lots: i64) -> Self {
        Self(lots)
    }

    /// The number of lots, positive is long.
    pub const fn count(self) -> i64 {
        self.0
    }

    /// True for flat.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `self + other`, at most [`Lots::MAX`] either way.
    pub fn checked_add(self, other: Self) -> Result<Self, Overflow> {
        match self.0.checked_add(other.0) {
            Some(sum) if sum.unsigned_abs() <= Lots::MAX.0 => Ok(Self(sum)),
            _ => Err(Overflow("position")),
        }
    }

    /// `self − other`, at most [`Lots::MAX`] either way.
    pub fn checked_sub(self, other: Self) -> Result<Self, Overflow> {
        self.checked_add(other.checked_neg()?)
    }

    /// `−self`.
    pub fn checked_neg(self) -> Result<Self, Overflow> {
        self.0.checked_neg().map(Self).ok_or(Overflow("position"))
    }

    /// The size, without the side.
    pub const fn size(self) -> Lots {
        Lots(self.0.unsigned_abs())
    }

    /// The long part: `max(0, self)`.
    pub const fn long_part(self) -> Lots {
        if self.0 > 0 { Lots(self.0.unsigned_abs()) } else { Lots(0) }
    }

    /// The short part: `max(0, −self)`.
    pub const fn short_part(self) -> Lots {
        if self.0 < 0 { Lots(self.0.unsigned_abs()) } else { Lots(0) }
    }

    /// The side held; none if flat.
    pub const fn side(self) -> Option<Side> {
        match self.0 {
            0 => None,
            1.. => Some(Side::Buy),
            _ => Some(Side::Sell),
        }
    }
}

/// The two directions of an order. A long position was bought, a short one sold.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// To buy, to be long.
    Buy,
    /// To sell, to be short.
    Sell,
}

impl Side {
    /// The other one.
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// `lots` bought are positive, sold negative.
    pub fn net(self, lots: Lots) -> Result<NetLots, Overflow> {
        match self {
            Self::Buy => lots.long(),
            Self::Sell => lots.short(),
        }
    }

    /// True if an order of this side at `limit` may trade at `price`.
    pub fn accepts(self, limit: Price, price: Price) -> bool {
        match self {
            Self::Buy => price <= limit,
            Self::Sell => price >= limit,
        }
    }
}

impl fmt::Display for Lots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for NetLots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        })
    }
}
