//! What a product's rules make of the calendar: which months exist, when they end, what settles them, which phase
//! they are in (clauses 2.2, 2.3, 2.5). All computed from time, nothing stored.

use serde::{Deserialize, Serialize};

use super::{Date, Month};
use crate::time::{LAST_TRADING, Time};

/// When trading in a delivery month ends: its last calendar day, 15:00 (clause 2.3).
pub fn last_trading(month: Month) -> Time {
    month.last_day().at(LAST_TRADING)
}

/// Which delivery months of a product must exist (clause 2.2).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListingRule {
    /// So many months in a row, the first being the first whose last trading lies ahead.
    pub serial: u8,
    /// So many of March, June, September and December after them.
    pub quarterly: u8,
}

impl ListingRule {
    /// The months that must exist at `now`, in order of delivery. A month whose last trading is now is over. None
    /// beyond December 2099.
    pub fn months(&self, now: Time) -> Vec<Month> {
        let today = Month::of(now.date());
        let first = today.and_then(|month| if now < last_trading(month) { Some(month) } else { month.next() });
        let ahead = || core::iter::successors(first, |month| month.next());
        let serial = usize::from(self.serial);
        let quarterly = ahead().skip(serial).filter(|month| month.is_quarterly()).take(usize::from(self.quarterly));
        ahead().take(serial).chain(quarterly).collect()
    }
}

/// Which daily fixings of the delivery month the final settlement price is the mean of (clause 2.3).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FinalWindow {
    /// Those of all its days.
    WholeMonth,
    /// Those of its last days: so many, at least one and at most all.
    LastDays(u8),
}

impl FinalWindow {
    /// The first and the last date whose fixings count, both included.
    pub fn dates(self, month: Month) -> (Date, Date) {
        let last = month.last_day();
        let first = last.checked_sub_days(self.days(month).saturating_sub(1)).unwrap_or(last);
        (first, last)
    }

    /// How many dates count.
    pub fn days(self, month: Month) -> u32 {
        match self {
            Self::WholeMonth => month.days(),
            Self::LastDays(days) => u32::from(days).clamp(1, month.days()),
        }
    }
}

/// How near a series is to its end, for position limits and spread offsets (clause 2.5). Changes at 00:00.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Before the others.
    General,
    /// From the first day of the month before.
    Nearby,
    /// From the first day of the delivery month.
    Averaging,
    /// From the fifth last day of the delivery month, and after its end.
    Final,
}

impl Phase {
    /// The last days of the delivery month that are [`Phase::Final`].
    const FINAL_DAYS: FinalWindow = FinalWindow::LastDays(5);

    /// The phase of a delivery month at `now`.
    pub fn of(month: Month, now: Time) -> Self {
        let today = now.date();
        let (last_days, _) = Self::FINAL_DAYS.dates(month);
        if today >= last_days {
            Self::Final
        } else if today >= month.first_day() {
            Self::Averaging
        } else if month.prev().is_none_or(|before| today >= before.first_day()) {
            Self::Nearby
        } else {
            Self::General
        }
    }
}
