//! Money: unsigned amounts, signed amounts, in base units of the collateral (clauses 1.1, 1.6).

use core::fmt;
use thiserror::Error;

use crate::wire::decimal_string;

/// Arithmetic left its bounds: the message that caused it fails whole (clause 1.6).
#[derive(Error, Clone, Copy, Debug, PartialEq, Eq)]
#[error("overflow: {0} out of bounds (1.6)")]
pub struct Overflow(pub &'static str);

/// Base units of the collateral, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(u128);

/// Base units of the collateral; positive is the holder's gain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignedAmount(i128);

decimal_string!(Amount, u128, |_| true, "base units of the collateral, a decimal string");
decimal_string!(SignedAmount, i128, |_| true, "signed base units of the collateral, a decimal string");

impl Amount {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest amount a message may name: 10^30 base units.
    pub const MAX_INPUT: Self = Self(1_000_000_000_000_000_000_000_000_000_000);

    /// `base_units` as an amount.
    pub const fn new(base_units: u128) -> Self {
        Self(base_units)
    }

    /// The number of base units.
    pub const fn base_units(self) -> u128 {
        self.0
    }

    /// True for nothing at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `self + other`.
    pub fn checked_add(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow("amount"))
    }

    /// `self − other`; an error if that would be negative.
    pub fn checked_sub(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow("amount"))
    }

    /// `self − other`, or zero if that would be negative.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The same amount as a gain.
    pub fn signed(self) -> Result<SignedAmount, Overflow> {
        i128::try_from(self.0).map(SignedAmount).map_err(|_| Overflow("amount"))
    }
}

impl SignedAmount {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// `base_units` as a signed amount; positive is the holder's gain.
    pub const fn new(base_units: i128) -> Self {
        Self(base_units)
    }

    /// The number of base units, signed.
    pub const fn base_units(self) -> i128 {
        self.0
    }

    /// True for nothing at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// True below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// `self + other`.
    pub fn checked_add(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow("signed amount"))
    }

    /// `self − other`.
    pub fn checked_sub(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow("signed amount"))
    }

    /// `self + amount`.
    pub fn credit(self, amount: Amount) -> Result<Self, Overflow> {
        self.checked_add(amount.signed()?)
    }

    /// `self − amount`.
    pub fn debit(self, amount: Amount) -> Result<Self, Overflow> {
        self.checked_sub(amount.signed()?)
    }

    /// `−self`.
    pub fn checked_neg(self) -> Result<Self, Overflow> {
        self.0.checked_neg().map(Self).ok_or(Overflow("signed amount"))
    }

    /// The gain in it: `max(0, self)`.
    pub fn gain(self) -> Amount {
        Amount(u128::try_from(self.0).unwrap_or(0))
    }

    /// The loss in it: `max(0, −self)`.
    pub const fn loss(self) -> Amount {
        if self.0 < 0 { Amount(self.0.unsigned_abs()) } else { Amount(0) }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for SignedAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_amount_is_its_gain_less_its_loss() {
        for units in [-7, 0, 7, i128::MIN + 1, i128::MAX] {
            let amount = SignedAmount::new(units);
            let back = SignedAmount::ZERO.credit(amount.gain()).unwrap().debit(amount.loss()).unwrap();
            assert_eq!(back, amount);
        }
    }

    #[test]
    fn an_amount_below_zero_or_above_the_type_is_an_error() {
        assert_eq!(Amount::new(1).checked_sub(Amount::new(2)), Err(Overflow("amount")));
        assert_eq!(Amount::new(u128::MAX).checked_add(Amount::new(1)), Err(Overflow("amount")));
        assert_eq!(Amount::new(u128::MAX).signed(), Err(Overflow("amount")));
        assert_eq!(SignedAmount::new(i128::MIN).checked_neg(), Err(Overflow("signed amount")));
    }
}
