//! Linked baskets: TOK, from a record of list prices to one integer a day (clause 7.12).
//!
//! The baskets follow from the record by the rule alone; each is linked to the one before on the prices of the day
//! before, so that only prices move the index.

use super::basket::{Basket, Prices};
use super::error::IndexError;
use super::fraction::Fraction;
use super::line::Lines;
use super::methodology::BasketRule;
use super::record::{ListQuote, PriceRecord};
use crate::calendar::Date;

/// One day of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyFixing {
    /// Its date.
    pub date: Date,
    /// K · L in units of the last decimal, half up: the fixing.
    pub fixing: u64,
    /// L: the level of the day's basket alone, in the same unit, half up.
    pub unlinked: u64,
    /// K · L, in USD.
    pub level: Fraction,
    /// K: what links the day's basket to those before it; 1 for the first.
    pub scale: Fraction,
    /// The day's basket.
    pub basket: Basket,
}

/// The index as it follows from a record of prices.
#[derive(Clone, Debug)]
pub struct TokIndex<'a> {
    rule: &'a BasketRule,
    record: PriceRecord,
    lines: Lines,
}

impl<'a> TokIndex<'a> {
    /// The index of a record.
    pub fn new(rule: &'a BasketRule, record: PriceRecord) -> Result<Self, IndexError> {
        let lines = Lines::of(rule, &record)?;
        Ok(Self { rule, record, lines })
    }

    /// The base day: the first that has a fixing, and the cut-off of its own basket.
    pub const fn base(&self) -> Date {
        self.rule.basket.base
    }

    /// The prices that it is made of.
    pub const fn prices(&self) -> Prices<'_> {
        Prices { record: &self.record, benchmark: &self.rule.benchmark }
    }

    /// The rows of the record that can bear on a fixing: those of models that qualify for a line.
    pub fn qualifying(&self) -> impl Iterator<Item = ListQuote> {
        self.record.rows().filter(|row| self.lines.qualifies(&row.vendor, &row.model))
    }

    /// The fixings of all days from `from` to `to`, both included; an error if there are none or one is before the
    /// base day. The links are followed from the base day on, so the work grows with `to`.
    pub fn daily(&self, from: Date, to: Date) -> Result<Vec<DailyFixing>, IndexError> {
        let base = self.base();
        if from < base || to < from {
            return Err(IndexError::Span { from, to, base });
        }
        let first = Basket::of(self.rule, self.lines.members(&self.record, base))?;
        let mut linked = Linked { basket: first, scale: Fraction::whole(1) };
        let mut fixings = vec![];
        let mut yesterday = None;
        for days in base.days()..=to.days() {
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
        let unlinked = basket.level(self.prices(), date)?;
        let level = unlinked.times(scale);
        let unit = Fraction::power_of_ten(self.rule.index.decimals).ok_or(IndexError::OutOfBounds(date))?;
        let units = |level: &Fraction| level.times(&unit).half_up().ok_or(IndexError::OutOfBounds(date));
        Ok(DailyFixing {
            date,
            fixing: units(&level)?,
            unlinked: units(&unlinked)?,
            level,
            scale: scale.clone(),
            basket: basket.clone(),
        })
    }

    /// The basket that counts from `today`, on the scale at which it stood where the old one stood yesterday.
    fn rebalance(&self, old: Linked, yesterday: Date, today: Date) -> Result<Linked, IndexError> {
        let base = self.base();
        let cut_off = today.checked_sub_days(self.rule.basket.entry_days).map_or(base, |date| date.max(base));
        let mut members = self.lines.members(&self.record, cut_off);
        members.retain(|member| {
            [yesterday, today].iter().all(|date| self.record.price(&member.vendor, &member.model, *date).is_some())
        });
        if old.basket.has_exactly(&members) {
            return Ok(old);
        }
        let basket = Basket::of(self.rule, members)?;
        let (before, after) = (old.basket.level(self.prices(), yesterday)?, basket.level(self.prices(), yesterday)?);
        let scale = old.scale.times(&before).over(&after).ok_or(IndexError::Worthless(yesterday))?;
        Ok(Linked { basket, scale })
    }
}

/// A basket and what links it to those before it.
struct Linked {
    basket: Basket,
    scale: Fraction,
}
