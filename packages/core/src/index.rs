//! The TOK index, methodology version 1: from public list prices to one integer a day (clause 7.12).
//!
//! Exact fractions to the last step, then half up, so that honest publishers agree to the bit. The baskets follow from
//! the record by the rule alone; each is linked to the one before on the prices of the day before, so that only
//! prices move the index. Where the rule leaves room, this is how it is read:
//! - the weights of a basket are a function of its constituents: one that is delisted between cut-off and entry leaves
//!   the others of its tier with equal weight, and the 25 % bound holds for what is left;
//! - a constituent has a price on the day it counts for and on the day before, on whose prices it is linked.

use crate::calendar::Date;

mod basket;
mod error;
mod fraction;
mod line;
mod record;
#[cfg(test)]
mod tests;

pub use basket::{Basket, Constituent};
pub use error::IndexError;
pub use fraction::Fraction;
pub use line::{Member, Tier};
pub use record::{BmtPrice, PriceRecord};

use line::Lines;

/// How long after its first record a model enters, in days.
const ENTRY_DAYS: u32 = 10;
/// 0.0001 USD, the unit of a fixing, in units of [`BmtPrice`].
const PRICE_UNIT: u64 = 100_000;

/// One day of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyFixing {
    /// Its date.
    pub date: Date,
    /// K · L: the fixing, in price units of 0.0001 USD per BMT, half up.
    pub fixing: u64,
    /// L: the level of the day's basket alone, in the same unit, half up.
    pub unlinked: u64,
    /// K: what links the day's basket to those before it; 1 for the first.
    pub scale: Fraction,
    /// The day's basket.
    pub basket: Basket,
}

/// The index as it follows from a record of prices.
#[derive(Clone, Debug)]
pub struct TokIndex {
    record: PriceRecord,
    lines: Lines,
}

impl TokIndex {
    /// The base day, 2025-10-10: the first that has a fixing, and the cut-off of its own basket.
    pub const BASE: Date = Date::from_days(20_371);

    /// The index of a record in the form of `model_prices.csv`; an error names the line that is not in that form.
    pub fn from_csv(text: &str) -> Result<Self, IndexError> {
        let record = PriceRecord::from_csv(text)?;
        let lines = Lines::of(&record)?;
        Ok(Self { record, lines })
    }

    /// The prices that it is made of.
    pub const fn record(&self) -> &PriceRecord {
        &self.record
    }

    /// The fixings of all days from `from` to `to`, both included; an error if there are none or one is before the
    /// base day. The links are followed from the base day on, so the work grows with `to`.
    pub fn daily(&self, from: Date, to: Date) -> Result<Vec<DailyFixing>, IndexError> {
        if from < Self::BASE || to < from {
            return Err(IndexError::Span { from, to });
        }
        let mut linked =
            Linked { basket: Basket::of(self.lines.members(&self.record, Self::BASE))?, scale: Fraction::whole(1) };
        let mut fixings = vec![];
        let mut yesterday = None;
        for days in Self::BASE.days()..=to.days() {
            let today = Date::from_days(days);
            if let Some(yesterday) = yesterday {
                linked = self.rebalance(linked, yesterday, today)?;
            }
            if today >= from {
                fixings.push(self.fix(&linked, today)?);
            }
            yesterday = Some(today);
        }
        Ok(fixings)
    }

    fn fix(&self, linked: &Linked, date: Date) -> Result<DailyFixing, IndexError> {
        let Linked { basket, scale } = linked;
        let unit = Fraction::whole(PRICE_UNIT);
        let level = basket.level(&self.record, date)?;
        let units = |level: &Fraction| -> Result<u64, IndexError> {
            level.over(&unit).and_then(|units| units.half_up()).ok_or(IndexError::OutOfBounds(date))
        };
        Ok(DailyFixing {
            date,
            fixing: units(&level.times(scale))?,
            unlinked: units(&level)?,
            scale: scale.clone(),
            basket: basket.priced(&self.record, date)?,
        })
    }

    /// The basket that counts from `today`, on the scale at which it stood where the old one stood yesterday.
    fn rebalance(&self, old: Linked, yesterday: Date, today: Date) -> Result<Linked, IndexError> {
        let cut_off = today.checked_sub_days(ENTRY_DAYS).map_or(Self::BASE, |date| date.max(Self::BASE));
        let mut members = self.lines.members(&self.record, cut_off);
        members.retain(|member| {
            [yesterday, today].iter().all(|date| self.record.price(&member.vendor, &member.model, *date).is_some())
        });
        if old.basket.has_exactly(&members) {
            return Ok(old);
        }
        let basket = Basket::of(members)?;
        let (before, after) = (old.basket.level(&self.record, yesterday)?, basket.level(&self.record, yesterday)?);
        let scale = old.scale.times(&before).over(&after).ok_or(IndexError::Worthless(yesterday))?;
        Ok(Linked { basket, scale })
    }
}

/// A basket and what links it to those before it.
struct Linked {
    basket: Basket,
    scale: Fraction,
}
