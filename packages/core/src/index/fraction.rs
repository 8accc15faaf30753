//! Exact fractions without bound: weights, levels, links.

use core::fmt;

use num_rational::BigRational;
use num_traits::{CheckedDiv, ToPrimitive};

/// An exact fraction ≥ 0 in lowest terms, of any length: links multiply up for years.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fraction(BigRational);

#[expect(clippy::arithmetic_side_effects, reason = "sums and products of unbounded integers do not overflow")]
impl Fraction {
    /// `self + other`.
    pub fn plus(&self, other: &Self) -> Self {
        Self(&self.0 + &other.0)
    }

    /// `self × other`.
    pub fn times(&self, other: &Self) -> Self {
        Self(&self.0 * &other.0)
    }

    /// `self − other`; none if that would be negative.
    pub fn minus(&self, other: &Self) -> Option<Self> {
        (self >= other).then(|| Self(&self.0 - &other.0))
    }

    /// ⌊self + ½⌋: the nearest integer, a half up; none beyond 64 bits.
    pub fn half_up(&self) -> Option<u64> {
        let two = Self::whole(2).0;
        ((&self.0 * &two + Self::whole(1).0) / two).to_integer().to_u64()
    }
}

impl Fraction {
    /// The integer `number`.
    pub fn whole(number: u64) -> Self {
        Self(BigRational::from_integer(number.into()))
    }

    /// `number` hundredths.
    pub fn percent(number: u64) -> Self {
        Self(BigRational::new(number.into(), 100.into()))
    }

    /// `self / other`; none if `other` is 0.
    pub fn over(&self, other: &Self) -> Option<Self> {
        self.0.checked_div(&other.0).map(Self)
    }

    /// Σ.
    pub fn sum<'a>(terms: impl IntoIterator<Item = &'a Self>) -> Self {
        terms.into_iter().fold(Self::whole(0), |sum, term| sum.plus(term))
    }
}

/// `3/40`, or `2` where it is an integer.
impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
