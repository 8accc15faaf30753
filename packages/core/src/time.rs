//! Protocol time and the times of day (clauses 2.5, 2.6).

use core::fmt;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::Date;

/// Seconds of a minute.
pub const MINUTE: u64 = 60;
/// Seconds of an hour.
pub const HOUR: u64 = 3_600;
/// Seconds of a day.
pub const DAY: u64 = 86_400;

/// When fixings are dated, in seconds of the day (12:00).
pub const FIXING: u64 = 12 * HOUR;
/// When trading ends on the last trading day (15:00).
pub const LAST_TRADING: u64 = 15 * HOUR;
/// When a fixing may become final (15:15).
pub const FINAL: u64 = 15 * HOUR + 15 * MINUTE;
/// The daily time: when settlement is struck (16:00).
pub const DAILY: u64 = 16 * HOUR;
/// From the strike to the finalisation.
pub const GRACE: u64 = 30 * MINUTE;

/// A time or clock that is not one.
#[derive(Error, Clone, Debug, PartialEq, Eq)]
pub enum TimeError {
    /// Before 1970 or after [`Time::MAX`].
    #[error("invalid_time: {0} is out of bounds (2.6)")]
    OutOfBounds(u64),
    /// Not of the form `2026-07-30T15:00:00Z`.
    #[error("invalid_time: {0:?} is not a time like 2026-07-30T15:00:00Z (2.6)")]
    NotATime(String),
    /// A speed of 0 or above a day a second.
    #[error("invalid_clock: speed {0} is not between 1 and 86400 (2.6)")]
    Speed(u32),
}

/// Protocol time in whole Unix seconds, from 1970 to [`Time::MAX`] in the year 2106.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "u64")]
pub struct Time(u64);

impl TryFrom<u64> for Time {
    type Error = TimeError;

    fn try_from(seconds: u64) -> Result<Self, TimeError> {
        Self::new(0).checked_add(seconds)
    }
}

impl Time {
    /// The latest time: 2^32 − 1 seconds.
    pub const MAX: Self = Self(0xffff_ffff);

    /// `seconds` since 1970, at most [`Time::MAX`].
    pub const fn new(seconds: u64) -> Self {
        if seconds > Self::MAX.0 { Self::MAX } else { Self(seconds) }
    }

    /// Seconds since 1970.
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// `seconds` later; an error beyond [`Time::MAX`].
    pub fn checked_add(self, seconds: u64) -> Result<Self, TimeError> {
        let sum = self.0.saturating_add(seconds);
        if sum <= Self::MAX.0 { Ok(Self(sum)) } else { Err(TimeError::OutOfBounds(sum)) }
    }

    /// `seconds` earlier; an error before 1970.
    pub fn checked_sub(self, seconds: u64) -> Result<Self, TimeError> {
        self.0.checked_sub(seconds).map(Self).ok_or(TimeError::OutOfBounds(seconds))
    }

    /// Seconds since `earlier`, or 0 if it is later.
    pub const fn saturating_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Its calendar date.
    pub fn date(self) -> Date {
        let days = self.0.checked_div(DAY).unwrap_or(0);
        Date::from_days(u32::try_from(days).unwrap_or(u32::MAX))
    }

    /// Seconds since its midnight.
    pub fn of_day(self) -> u64 {
        self.0.checked_rem(DAY).unwrap_or(0)
    }

    /// Seconds since the latest daily time at or before it.
    fn since_daily_time(self) -> u64 {
        self.0.saturating_add(DAY - DAILY).checked_rem(DAY).unwrap_or(0)
    }

    /// The latest daily time (16:00) at or before it; 0 on the first day of 1970 before 16:00.
    pub fn last_daily_time(self) -> Self {
        Self(self.0.saturating_sub(self.since_daily_time()))
    }

    /// The first daily time (16:00) strictly after it, at most [`Time::MAX`].
    pub fn next_daily_time(self) -> Self {
        Self::new(self.0.saturating_add(DAY.saturating_sub(self.since_daily_time())))
    }

    /// Reads `2026-07-30T15:00:00Z`, exactly this form.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let parse = || {
            let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
            let mut parts = time.split(':');
            let mut part = |limit: u64| parts.next()?.parse::<u64>().ok().filter(|part| *part < limit);
            let (hour, minute, second) = (part(24)?, part(60)?, part(60)?);
            let of_day = hour.checked_mul(HOUR)?.checked_add(minute.checked_mul(MINUTE)?)?.checked_add(second)?;
            let time = Date::parse(date).ok()?.at(of_day);
            (time.to_string() == text).then_some(time)
        };
        parse().ok_or_else(|| TimeError::NotATime(text.to_string()))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = self.of_day();
        let part =
            |unit: u64, count: u64| of_day.checked_div(unit).and_then(|part| part.checked_rem(count)).unwrap_or(0);
        write!(f, "{}T{:02}:{:02}:{:02}Z", self.date(), part(HOUR, 24), part(MINUTE, 60), part(1, 60))
    }
}

/// How block time becomes protocol time (clause 2.6): `anchor + (block time − anchor) × speed`. Before the anchor
/// protocol time is block time, so that it neither runs backwards nor jumps, whenever the contract begins.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Unix seconds of block time.
    pub anchor: u64,
    /// 1 wherever money is real; up to 86,400 on a test network.
    pub speed: u32,
}

impl Clock {
    /// Protocol time is block time.
    pub const REAL: Self = Self { anchor: 0, speed: 1 };

    /// A clock of `speed` from `anchor` on.
    pub fn new(anchor: u64, speed: u32) -> Result<Self, TimeError> {
        Self { anchor, speed }.checked()
    }

    /// The same clock, if its speed is between 1 and 86,400.
    pub fn checked(self) -> Result<Self, TimeError> {
        if (1..=86_400).contains(&self.speed) { Ok(self) } else { Err(TimeError::Speed(self.speed)) }
    }

    /// Protocol time at a block time in seconds.
    pub fn at(self, block_seconds: u64) -> Result<Time, TimeError> {
        let start = self.anchor.min(block_seconds);
        let run = block_seconds.saturating_sub(start).saturating_mul(u64::from(self.speed));
        Time(start).checked_add(run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daily_time_is_its_own_last_and_not_its_own_next() {
        let at = |text| Time::parse(text).unwrap();
        let daily = at("2026-07-30T16:00:00Z");
        assert_eq!(daily.last_daily_time(), daily);
        assert_eq!(daily.next_daily_time(), at("2026-07-31T16:00:00Z"));
        assert_eq!(at("2026-07-30T15:59:59Z").last_daily_time(), at("2026-07-29T16:00:00Z"));
        assert_eq!(at("2026-07-30T15:59:59Z").next_daily_time(), daily);
        assert_eq!(at("2026-07-31T00:00:00Z").last_daily_time(), daily);
        assert_eq!(Time::new(0).next_daily_time(), Time::new(DAILY));
        assert_eq!(Time::MAX.next_daily_time(), Time::MAX);
    }

    #[test]
    fn no_time_is_beyond_the_last() {
        assert_eq!(Time::MAX.to_string(), "2106-02-07T06:28:15Z");
        assert_eq!(Time::new(u64::MAX), Time::MAX);
        assert_eq!(Time::MAX.checked_add(1), Err(TimeError::OutOfBounds(4_294_967_296)));
        assert_eq!(Time::new(5).checked_sub(6), Err(TimeError::OutOfBounds(6)));
        assert_eq!(serde_json::from_str::<Time>("4294967295").unwrap(), Time::MAX);
        assert!(serde_json::from_str::<Time>("4294967296").is_err());
        assert_eq!(Time::new(7).saturating_since(Time::new(9)), 0);
    }

    #[test]
    fn a_time_has_one_text() {
        let text = "2026-07-30T15:00:01Z";
        assert_eq!(Time::parse(text).unwrap().to_string(), text);
        assert_eq!(Time::parse("1970-01-01T00:00:00Z").unwrap(), Time::new(0));
        for bad in [
            "",
            "2026-07-30",
            "2026-07-30T15:00Z",
            "2026-07-30T24:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-7-30T15:00:00Z",
            "2026-07-30T15:00:00:00Z",
            "2026-07-30T15:60:00Z",
            "2026-07-30T15:00:00",
            "2026-07-30T+5:00:00Z",
            "2107-01-01T00:00:00Z",
        ] {
            assert_eq!(Time::parse(bad), Err(TimeError::NotATime(bad.to_string())));
        }
    }

    #[test]
    fn a_fast_clock_runs_from_its_anchor_on() {
        let clock = Clock::new(1_000, 1_440).unwrap();
        assert_eq!(clock.at(999).unwrap(), Time::new(999));
        assert_eq!(clock.at(1_000).unwrap(), Time::new(1_000));
        assert_eq!(clock.at(1_060).unwrap(), Time::new(1_000 + DAY));
        assert!(Clock::new(0, 0).is_err());
        assert!(Clock::new(0, 86_401).is_err());
        assert!(Clock::new(0, 86_400).unwrap().at(1 << 40).is_err());
    }
}
