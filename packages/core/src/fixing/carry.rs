//! How far a feed may still be leant on, by the age of its last final fixing (clause 7.10).

use core::fmt;
use serde::{Deserialize, Serialize};

use super::RoundClock;
use crate::time::{DAY, Time};

/// What a consumer may do, from most to least: the greater of two is the stricter. A day here is the feed's interval
/// where that is longer than a day.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Carry {
    /// The last final fixing is the newest there can be.
    Ok,
    /// A newer one is overdue. The last one is younger than two days.
    Stale,
    /// The last one is two or three days old and is carried: only risk may fall. It never enters a mean.
    Carried,
    /// Day 4, or there is none at all yet: close only.
    CloseOnly,
    /// Day 10: terminate at the written fallback.
    Terminated,
}

impl Carry {
    /// By the fixing time of the last final fixing. Time alone decides, whether or not anybody has finalised.
    pub fn of(clock: &RoundClock, last: Option<Time>, now: Time) -> Self {
        let Some(last) = last else { return Self::CloseOnly };
        let age = now.saturating_since(last);
        let days = age.checked_div(clock.interval.max(DAY)).unwrap_or(0);
        match days {
            10.. => Self::Terminated,
            4.. => Self::CloseOnly,
            2.. => Self::Carried,
            _ if age >= clock.interval.saturating_add(clock.final_after) => Self::Stale,
            _ => Self::Ok,
        }
    }

    /// True while a consumer may let risk grow.
    pub const fn may_open(self) -> bool {
        matches!(self, Self::Ok | Self::Stale)
    }
}

impl fmt::Display for Carry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Stale => "stale",
            Self::Carried => "carried",
            Self::CloseOnly => "close_only",
            Self::Terminated => "terminated",
        })
    }
}
