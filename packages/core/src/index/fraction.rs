//! Exact fractions without bound: weights, levels, links.

use core::fmt;

use num_rational::BigRational;
use num_traits::{CheckedDiv, Signed, ToPrimitive};

/// Digits before the point that a decimal may have.
const WHOLE_DIGITS: usize = 9;
/// Digits after the point that a decimal may have.
const FRACTION_DIGITS: usize = 6;

/// An exact fraction in lowest terms, of any length: links multiply up for years. It may be negative: a fall.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fraction(BigRational);

#[expect(clippy::arithmetic_side_effects, reason = "sums and products of unbounded integers do not overflow")]
impl Fraction {
    /// `self + other`.
    pub fn plus(&self, other: &Self) -> Self {
        Self(&self.0 + &other.0)
    }

    /// `self − other`.
    pub fn minus(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    /// `self × other`.
    pub fn times(&self, other: &Self) -> Self {
        Self(&self.0 * &other.0)
    }

    /// ⌊self + ½⌋: the nearest integer, a half up; none below 0 or beyond 64 bits.
    pub fn half_up(&self) -> Option<u64> {
        let two = Self::whole(2).0;
        ((&self.0 * &two + Self::whole(1).0) / two).floor().to_integer().to_u64()
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

    /// `number` millionths.
    pub fn millionths(number: u64) -> Self {
        Self(BigRational::new(number.into(), 1_000_000.into()))
    }

    /// 10^`exponent`; none beyond 64 bits.
    pub fn power_of_ten(exponent: u8) -> Option<Self> {
        10_u64.checked_pow(exponent.into()).map(Self::whole)
    }

    /// `self / other`; none if `other` is 0.
    pub fn over(&self, other: &Self) -> Option<Self> {
        self.0.checked_div(&other.0).map(Self)
    }

    /// Σ.
    pub fn sum<'a>(terms: impl IntoIterator<Item = &'a Self>) -> Self {
        terms.into_iter().fold(Self::whole(0), |sum, term| sum.plus(term))
    }

    /// True above 0.
    pub fn is_positive(&self) -> bool {
        self.0.is_positive()
    }

    /// True for 0.
    pub fn is_zero(&self) -> bool {
        *self == Self::whole(0)
    }

    /// To be read: with `places` digits after the point, a half away from zero; with a sign only where it is negative.
    /// `…` beyond 64 bits.
    pub fn to_decimal(&self, places: u8) -> String {
        let size = Self(self.0.abs());
        let units = Self::power_of_ten(places).and_then(|unit| size.times(&unit).half_up());
        let Some(units) = units else { return "…".to_string() };
        let sign = if self.0.is_negative() && units > 0 { "-" } else { "" };
        format!("{sign}{}", decimal(units, places))
    }
}

/// `units` of the last of `places` digits after the point.
pub fn decimal(units: u64, places: u8) -> String {
    let places = usize::from(places);
    let digits = format!("{units:0>width$}", width = places.saturating_add(1));
    match digits.split_at_checked(digits.len().saturating_sub(places)) {
        Some((whole, fraction)) if places > 0 => format!("{whole}.{fraction}"),
        _ => digits,
    }
}

/// `1.4826` in millionths; none unless it has one to nine digits and, after a point, one to six.
pub fn millionths(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole, WHOLE_DIGITS) || !digits(fraction, FRACTION_DIGITS) {
        return None;
    }
    format!("{whole}{fraction:0<FRACTION_DIGITS$}").parse().ok()
}

/// `3/40`, or `2` where it is an integer.
impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
