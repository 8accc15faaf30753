//! What moved an index from one day to the next, exactly, and by how much each constituent did.

use super::error::IndexError;
use super::fraction::Fraction;
use super::line::Member;
use super::record::ListPrice;
use super::tok::{DailyFixing, TokIndex};
use crate::calendar::Date;

/// From one day of a linked basket to the next.
///
/// Since a change of basket is linked on the prices of the day before, K · L moves by Σ K w (P − P of the day before)
/// over the new basket, to the last digit, and by nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayMove {
    /// Its later day.
    pub date: Date,
    /// The fixing of the day before, in units of the last decimal.
    pub before: u64,
    /// The fixing of the day.
    pub after: u64,
    /// What each constituent of the day's basket did, in order of lines.
    pub parts: Vec<Part>,
    /// Constituents that the basket of the day before did not have.
    pub entered: Vec<Member>,
    /// Constituents that the basket of the day before had.
    pub left: Vec<Member>,
}

/// What a constituent did to an index in a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which.
    pub member: Member,
    /// Its share of the basket.
    pub weight: Fraction,
    /// Its list prices of the day before.
    pub before: ListPrice,
    /// Its list prices of the day.
    pub after: ListPrice,
    /// K w (P − P of the day before), in USD: below 0 where it lowered the index.
    pub moved: Fraction,
}

impl DayMove {
    /// Σ of what the constituents did, in USD: the difference of K · L.
    pub fn moved(&self) -> Fraction {
        Fraction::sum(self.parts.iter().map(|part| &part.moved))
    }
}

impl TokIndex<'_> {
    /// The moves of all days from `from` to `to`, both included. Days before the second of the index have none.
    pub fn moves(&self, from: Date, to: Date) -> Result<Vec<DayMove>, IndexError> {
        let before = from.checked_sub_days(1).unwrap_or(from).max(self.base());
        let days = self.daily(before, to)?;
        let pairs = days.iter().zip(days.iter().skip(1));
        pairs.map(|(before, after)| self.day_move(before, after)).collect()
    }

    fn day_move(&self, before: &DailyFixing, after: &DailyFixing) -> Result<DayMove, IndexError> {
        let prices = self.prices();
        let part = |constituent: &super::Constituent| {
            let (member, weight) = (constituent.member.clone(), constituent.weight.clone());
            let (was, is) = (prices.of(&member, before.date)?, prices.of(&member, after.date)?);
            let list = |date| {
                let not_listed =
                    IndexError::NotListed { vendor: member.vendor.clone(), model: member.model.clone(), date };
                prices.record.price(&member.vendor, &member.model, date).ok_or(not_listed)
            };
            Ok(Part {
                before: list(before.date)?,
                after: list(after.date)?,
                moved: after.scale.times(&weight).times(&is.usd().minus(was.usd())),
                member,
                weight,
            })
        };
        let only = |one: &DailyFixing, other: &DailyFixing| {
            let members = one.basket.constituents.iter().map(|constituent| &constituent.member);
            let is_in = |member: &&Member| other.basket.constituents.iter().any(|known| known.member == **member);
            members.filter(|member| !is_in(member)).cloned().collect()
        };
        Ok(DayMove {
            date: after.date,
            before: before.fixing,
            after: after.fixing,
            parts: after.basket.constituents.iter().map(part).collect::<Result<_, IndexError>>()?,
            entered: only(after, before),
            left: only(before, after),
        })
    }
}
