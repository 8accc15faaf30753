//! When rounds fix, collect and may become final: by the clock, never by a claim of the submitter (clauses 7.1, 7.4).

use serde::{Deserialize, Serialize};

use super::FixingError;
use crate::time::{DAY, Time};

/// The longest interval: a leap year.
const MAX_INTERVAL: u64 = 366 * DAY;

/// The times of a feed's rounds, in seconds. Since `final_after` is shorter than the interval, at most one round
/// collects at any time, and it is decided before the next begins.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundClock {
    /// The fixing time of round 0.
    pub anchor: Time,
    /// From round to round.
    pub interval: u64,
    /// From the fixing time, while answers are collected (exclusive end).
    pub window: u64,
    /// From the fixing time, while a missing quorum may still be reached (exclusive end).
    pub late: u64,
    /// From the fixing time on it may be finalised (inclusive): until then it may be restated and disputed.
    pub final_after: u64,
    /// How much later it may be finalised once it is disputed.
    pub extension: u64,
}

/// Where a round stands by the clock alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its fixing time has not come.
    Scheduled,
    /// Its window is open.
    Collecting,
    /// The window is over, the late deadline is not.
    Late,
    /// No answer is taken any more.
    Closed,
}

impl RoundClock {
    /// The same clock, if 1 ≤ window ≤ late ≤ final_after < interval ≤ 366 days, and an extension of at least 1 ends
    /// with the interval: a dispute puts off no round but its own.
    pub fn checked(self) -> Result<Self, FixingError> {
        let Self { anchor: _, interval, window, late, final_after, extension } = self;
        if !(1 <= window && window <= late && late <= final_after && final_after < interval) {
            return Err(FixingError::Clock { window, late, final_after, interval });
        }
        let most = interval.saturating_sub(final_after);
        if !(1..=most).contains(&extension) {
            let (value, most) = (extension.into(), most.into());
            return Err(FixingError::Feed { what: "extension", value, least: 1, most });
        }
        if interval > MAX_INTERVAL {
            let (value, most) = (interval.into(), MAX_INTERVAL.into());
            return Err(FixingError::Feed { what: "interval", value, least: 2, most });
        }
        Ok(self)
    }

    /// When `round` fixes: anchor + round × interval.
    pub fn fixing_time(&self, round: u64) -> Result<Time, FixingError> {
        let beyond = FixingError::NoSuchRound { round };
        let Some(since) = round.checked_mul(self.interval) else { return Err(beyond) };
        self.anchor.checked_add(since).map_err(|_| beyond)
    }

    /// The last round that fixes at or before `time`; none before the anchor.
    pub fn at_or_before(&self, time: Time) -> Option<u64> {
        time.seconds().checked_sub(self.anchor.seconds())?.checked_div(self.interval)
    }

    /// The first round that fixes at or after `time`.
    pub fn at_or_after(&self, time: Time) -> u64 {
        let since = time.saturating_since(self.anchor);
        if self.interval == 0 { 0 } else { since.div_ceil(self.interval) }
    }

    /// The last round that may be finalised at `now`; none yet.
    pub fn last_due(&self, now: Time) -> Option<u64> {
        self.at_or_before(now.checked_sub(self.final_after).ok()?)
    }

    /// From when `round` may be finalised.
    pub fn final_from(&self, round: u64) -> Result<Time, FixingError> {
        self.after(round, self.final_after)
    }

    /// From when `round` may be finalised if it is disputed.
    pub fn disputed_final_from(&self, round: u64) -> Result<Time, FixingError> {
        self.after(round, self.final_after.saturating_add(self.extension))
    }

    /// When the window of `round` closes, exclusive.
    pub fn window_end(&self, round: u64) -> Result<Time, FixingError> {
        self.after(round, self.window)
    }

    /// The late deadline of `round`, exclusive.
    pub fn late_end(&self, round: u64) -> Result<Time, FixingError> {
        self.after(round, self.late)
    }

    /// Where `round` stands at `now`.
    pub fn stage(&self, round: u64, now: Time) -> Result<Stage, FixingError> {
        Ok(if now < self.fixing_time(round)? {
            Stage::Scheduled
        } else if now < self.window_end(round)? {
            Stage::Collecting
        } else if now < self.late_end(round)? {
            Stage::Late
        } else {
            Stage::Closed
        })
    }

    fn after(&self, round: u64, seconds: u64) -> Result<Time, FixingError> {
        self.fixing_time(round)?.checked_add(seconds).map_err(|_| FixingError::NoSuchRound { round })
    }
}
