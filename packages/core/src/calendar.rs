//! The calendar: dates, delivery months, and what the rules of a product make of them (clauses 2.2, 2.3, 2.5).

use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::time::{DAY, Time};

mod code;
mod rule;
#[cfg(test)]
mod tests;

pub use code::{ProductCode, SeriesCode};
pub use rule::{FinalWindow, ListingRule, Phase, last_trading};

/// A date, month or code that is not one.
#[derive(Error, Clone, Debug, PartialEq, Eq)]
pub enum CalendarError {
    /// No such day, or not of the form `2026-07-30`.
    #[error("invalid_date: {0:?} is not a date like 2026-07-30 (2.3)")]
    NotADate(String),
    /// No such month, or out of the years 2000 to 2099, or not of the form `2026-12`.
    #[error("invalid_month: {0:?} is not a month like 2026-12 between 2000 and 2099 (2.2)")]
    NotAMonth(String),
    /// Not three capital letters.
    #[error("invalid_product_code: {0:?} is not three capital letters (2.1)")]
    NotAProduct(String),
    /// Not a product, a month's letter and two digits of the year.
    #[error("invalid_series_code: {0:?} is not a series like TOKZ26 (2.2)")]
    NotASeries(String),
}

/// The first year that a date can have.
const EPOCH_YEAR: u16 = 1970;
/// The last year that a date can have.
const LAST_YEAR: u16 = 9_999;
/// Days of the months of a common year.
const MONTH_DAYS: [u8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Every fourth year, but of the full hundreds only every fourth.
const fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// The lengths of the months of a year, from January.
fn month_days(year: u16) -> impl Iterator<Item = u32> {
    let leap_day = move |index: usize| u32::from(index == 1 && is_leap(year));
    MONTH_DAYS.into_iter().enumerate().map(move |(index, days)| u32::from(days).saturating_add(leap_day(index)))
}

/// Days from 1970-01-01 to the first of January of `year`.
fn days_before_year(year: u16) -> u32 {
    // Years up to `last` that a period divides; those before the epoch are taken off.
    let leaps = |last: u16| {
        let every = |period: u16| u32::from(last.checked_div(period).unwrap_or(0));
        every(4).saturating_sub(every(100)).saturating_add(every(400))
    };
    let years = u32::from(year.saturating_sub(EPOCH_YEAR));
    let leap_days = leaps(year.saturating_sub(1)).saturating_sub(leaps(EPOCH_YEAR.saturating_sub(1)));
    years.saturating_mul(365).saturating_add(leap_days)
}

/// Two digits or more of a text that has nothing but digits.
fn digits<T: FromStr>(text: &str, width: usize) -> Option<T> {
    let plain = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

/// A day of the Gregorian calendar, 1970-01-01 to 9999-12-31, as days since the first of them.
/// In JSON it is `"2026-07-30"`, at rest a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(u32);

impl Date {
    /// 9999-12-31.
    pub const MAX: Self = Self(2_932_896);

    /// The day of this year, month (from 1) and day (from 1); an error if there is none.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, CalendarError> {
        let find = || {
            if !(EPOCH_YEAR..=LAST_YEAR).contains(&year) {
                return None;
            }
            let index = usize::from(month.checked_sub(1)?);
            let length = month_days(year).nth(index)?;
            let before: u32 = month_days(year).take(index).sum();
            let of_month = u32::from(day.checked_sub(1)?);
            let days = days_before_year(year).checked_add(before)?.checked_add(of_month)?;
            (of_month < length).then_some(Self(days))
        };
        find().ok_or_else(|| CalendarError::NotADate(format!("{year:04}-{month:02}-{day:02}")))
    }

    /// `days` after 1970-01-01, at most [`Date::MAX`].
    pub const fn from_days(days: u32) -> Self {
        if days > Self::MAX.0 { Self::MAX } else { Self(days) }
    }

    /// Days since 1970-01-01.
    pub const fn days(self) -> u32 {
        self.0
    }

    /// Year, month (1 to 12) and day (1 to 31).
    pub fn ymd(self) -> (u16, u8, u8) {
        // A year is never shorter than 365 days, so this is the year or a little later.
        let guess = self.0.checked_div(365).and_then(|years| u16::try_from(years).ok()).unwrap_or(0);
        let mut year = guess.saturating_add(EPOCH_YEAR).min(LAST_YEAR);
        while days_before_year(year) > self.0 {
            year = year.saturating_sub(1);
        }
        let mut rest = self.0.saturating_sub(days_before_year(year));
        let mut month = 1_u8;
        for length in month_days(year) {
            if rest < length {
                break;
            }
            rest = rest.saturating_sub(length);
            month = month.saturating_add(1);
        }
        (year, month, u8::try_from(rest.saturating_add(1)).unwrap_or(u8::MAX))
    }

    /// Reads `2026-07-30`, exactly this form.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let parse = || {
            let (year, rest) = text.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            Self::new(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?).ok()
        };
        parse().ok_or_else(|| CalendarError::NotADate(text.to_string()))
    }

    /// The time `seconds_of_day` after its midnight, at most [`Time::MAX`].
    pub fn at(self, seconds_of_day: u64) -> Time {
        Time::new(u64::from(self.0).saturating_mul(DAY).saturating_add(seconds_of_day))
    }

    /// `days` later; none beyond [`Date::MAX`].
    pub fn checked_add_days(self, days: u32) -> Option<Self> {
        self.0.checked_add(days).filter(|days| *days <= Self::MAX.0).map(Self)
    }

    /// `days` earlier; none before 1970.
    pub fn checked_sub_days(self, days: u32) -> Option<Self> {
        self.0.checked_sub(days).map(Self)
    }

    /// Days from `earlier` to it; none if `earlier` is later.
    pub fn days_since(self, earlier: Self) -> Option<u32> {
        self.0.checked_sub(earlier.0)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// The letters of the delivery months, from January.
const LETTERS: [char; 12] = ['F', 'G', 'H', 'J', 'K', 'M', 'N', 'Q', 'U', 'V', 'X', 'Z'];

/// A delivery month of the years 2000 to 2099, counted from January 2000; two bytes at rest, `"2026-12"` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(u16);

impl Month {
    /// January 2000.
    pub const MIN: Self = Self(0);
    /// December 2099.
    pub const MAX: Self = Self(1_199);
    /// The year of [`Month::MIN`].
    const FIRST_YEAR: u16 = 2_000;

    /// `month` (1 to 12) of `year` (2000 to 2099).
    pub fn new(year: u16, month: u8) -> Result<Self, CalendarError> {
        let find = || {
            let index = u16::from(month.checked_sub(1).filter(|index| *index < 12)?);
            let years = year.checked_sub(Self::FIRST_YEAR)?;
            Self::from_index(years.checked_mul(12)?.checked_add(index)?)
        };
        find().ok_or_else(|| CalendarError::NotAMonth(format!("{year:04}-{month:02}")))
    }

    /// The month `index` after January 2000, up to [`Month::MAX`].
    pub fn from_index(index: u16) -> Option<Self> {
        (index <= Self::MAX.0).then_some(Self(index))
    }

    /// Months since January 2000: a number that orders as the months do, for keys.
    pub const fn index(self) -> u16 {
        self.0
    }

    /// The month that `date` is in; none out of the years 2000 to 2099.
    pub fn of(date: Date) -> Option<Self> {
        let (year, month, _) = date.ymd();
        Self::new(year, month).ok()
    }

    /// Reads `2026-12`, exactly this form.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let parse = || {
            let (year, month) = text.split_once('-')?;
            Self::new(digits(year, 4)?, digits(month, 2)?).ok()
        };
        parse().ok_or_else(|| CalendarError::NotAMonth(text.to_string()))
    }

    /// Its year.
    pub fn year(self) -> u16 {
        self.0.checked_div(12).unwrap_or(0).saturating_add(Self::FIRST_YEAR)
    }

    /// Its number in the year, 1 to 12.
    pub fn month(self) -> u8 {
        let index = self.0.checked_rem(12).and_then(|index| u8::try_from(index).ok()).unwrap_or(0);
        index.saturating_add(1)
    }

    /// How many days it has.
    pub fn days(self) -> u32 {
        month_days(self.year()).nth(usize::from(self.month().saturating_sub(1))).unwrap_or(0)
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        let before: u32 = month_days(self.year()).take(usize::from(self.month().saturating_sub(1))).sum();
        Date(days_before_year(self.year()).saturating_add(before))
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        Date(self.first_day().0.saturating_add(self.days()).saturating_sub(1))
    }

    /// The month after it; none after [`Month::MAX`].
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).and_then(Self::from_index)
    }

    /// The month before it; none before [`Month::MIN`].
    pub fn prev(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }

    /// How many months lie between it and `other`, whichever is first.
    pub const fn distance(self, other: Self) -> u16 {
        self.0.abs_diff(other.0)
    }

    /// Its letter in a series code: F for January to Z for December.
    pub fn letter(self) -> char {
        let index = usize::from(self.month().saturating_sub(1));
        LETTERS.get(index).copied().unwrap_or('?')
    }

    /// March, June, September or December (H M U Z).
    pub fn is_quarterly(self) -> bool {
        self.month().is_multiple_of(3)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

/// Both forms of a calendar type: its one text in JSON, its number at rest.
macro_rules! text_and_number {
    ($name:ident, $number:ty, $get:ident, $make:expr, $example:literal) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    self.$get().serialize(serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use serde::de::Error;
                if deserializer.is_human_readable() {
                    return Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom);
                }
                let make: fn($number) -> Option<Self> = $make;
                make(<$number>::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("out of the calendar"))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> String {
                stringify!($name).to_string()
            }

            fn json_schema(_: &mut schemars::r#gen::SchemaGenerator) -> schemars::schema::Schema {
                let mut schema = schemars::schema::SchemaObject {
                    instance_type: Some(schemars::schema::InstanceType::String.into()),
                    ..Default::default()
                };
                schema.metadata().description = Some(concat!("E.g. ", $example, ".").to_string());
                schema.into()
            }
        }
    };
}

pub(crate) use text_and_number;

text_and_number!(Date, u32, days, |days| Self(0).checked_add_days(days), "2026-07-30");
text_and_number!(Month, u16, index, Self::from_index, "2026-12");
