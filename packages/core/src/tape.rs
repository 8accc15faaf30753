//! The trades of a series since its last strike, as far as marks and settlement prices ask for them (clauses 4.13, 5.1).

use serde::{Deserialize, Serialize};

use crate::average::nearest;
use crate::id::OwnerId;
use crate::money::Overflow;
use crate::price::{Lots, Price, PriceLots};
use crate::time::{MINUTE, Time};

/// How long a resting order must have stood for its trade to count, in seconds.
pub const STOOD: u64 = 60;
/// The late window: the last half hour before the daily time.
pub const LATE: u64 = 30 * MINUTE;
/// The minutes that the trade leg of the mark looks back over, the running one included.
pub const MARK_MINUTES: u64 = 5;
/// Pairs of owners that a total remembers: as many as any rule asks for.
const PAIRS: usize = 2;
/// Owners that a minute remembers: as many as any rule asks for.
const OWNERS: usize = 3;

/// A trade that counts: its resting order stood a minute, and two owners met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// When.
    pub at: Time,
    /// At which price.
    pub price: Price,
    /// So many lots.
    pub lots: Lots,
    /// Whose orders met.
    pub owners: (OwnerId, OwnerId),
}

/// Sums over trades.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Σ lots.
    pub lots: Lots,
    /// Σ lots × price.
    pub value: PriceLots,
    /// How many trades.
    pub trades: u32,
    /// The first distinct unordered pairs of owners, at most two.
    pairs: Vec<(OwnerId, OwnerId)>,
}

impl Totals {
    fn add(&mut self, trade: &Trade) -> Result<(), Overflow> {
        self.lots = self.lots.checked_add(trade.lots)?;
        self.value = self.value.checked_add(trade.price.times(trade.lots))?;
        self.trades = self.trades.saturating_add(1);
        let (a, b) = trade.owners;
        let pair = (a.min(b), a.max(b));
        if self.pairs.len() < PAIRS && !self.pairs.contains(&pair) {
            self.pairs.push(pair);
        }
        Ok(())
    }

    /// Distinct unordered pairs of owners, counted up to two.
    pub const fn pairs(&self) -> usize {
        self.pairs.len()
    }

    /// The volume-weighted average price, a half toward `toward`; none without trades.
    pub fn average(&self, toward: Price) -> Result<Option<Price>, Overflow> {
        average(self.value, self.lots, toward)
    }
}

fn average(value: PriceLots, lots: Lots, toward: Price) -> Result<Option<Price>, Overflow> {
    if lots.is_zero() {
        return Ok(None);
    }
    let value = u128::try_from(value.get()).map_err(|_| Overflow("average"))?;
    nearest(value, u128::from(lots.count()), toward).map(Some)
}

/// The trades of one minute.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
struct Minute {
    /// Minutes since 1970.
    number: u64,
    lots: Lots,
    value: PriceLots,
    owners: Vec<OwnerId>,
}

/// The trades of the last five minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recent {
    /// Σ lots.
    pub lots: Lots,
    /// Distinct owners, counted up to three.
    pub owners: usize,
    /// The volume-weighted average price; none without trades.
    pub average: Option<Price>,
}

/// What is kept of a series' trades. 20 bytes when idle, up to about 130 in a busy late window.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Tape {
    /// The daily time that ends its day.
    ends: Time,
    /// All of the day.
    day: Totals,
    /// The last half hour of it.
    late: Totals,
    /// At most five, oldest first.
    minutes: Vec<Minute>,
    /// Lots of every trade of the day, those that do not count too.
    volume: Lots,
    /// The last trade, whether it counts or not.
    last: Option<Price>,
    /// Since when the raw mark has stood outside the band around the index.
    pub outside_since: Option<Time>,
}

impl Tape {
    /// An empty tape of the day that ends at `ends`.
    pub fn new(ends: Time) -> Self {
        let (day, late) = (Totals::default(), Totals::default());
        Self { ends, day, late, minutes: Vec::new(), volume: Lots::ZERO, last: None, outside_since: None }
    }

    /// The tape of the next day, after a strike. The last price and the band's clock go on.
    pub fn next_day(&self, ends: Time) -> Self {
        Self { last: self.last, outside_since: self.outside_since, minutes: self.minutes.clone(), ..Self::new(ends) }
    }

    /// Notes any trade: the day's volume and the last price.
    pub fn print(&mut self, price: Price, lots: Lots) -> Result<(), Overflow> {
        self.last = Some(price);
        self.volume = self.volume.checked_add(lots)?;
        Ok(())
    }

    /// Notes a trade that counts.
    pub fn count(&mut self, trade: &Trade) -> Result<(), Overflow> {
        self.day.add(trade)?;
        let late_from = self.ends.seconds().saturating_sub(LATE);
        if trade.at.seconds() >= late_from && trade.at < self.ends {
            self.late.add(trade)?;
        }
        let number = minute_of(trade.at);
        self.minutes.retain(|minute| is_recent(minute.number, number));
        if self.minutes.last().is_none_or(|minute| minute.number != number) {
            self.minutes.push(Minute { number, lots: Lots::ZERO, value: PriceLots::ZERO, owners: Vec::new() });
        }
        let Some(minute) = self.minutes.last_mut() else { return Ok(()) };
        minute.lots = minute.lots.checked_add(trade.lots)?;
        minute.value = minute.value.checked_add(trade.price.times(trade.lots))?;
        for owner in [trade.owners.0, trade.owners.1] {
            note(&mut minute.owners, owner);
        }
        Ok(())
    }

    /// The daily time that ends its day.
    pub const fn ends(&self) -> Time {
        self.ends
    }

    /// The counting trades of the day that ended at `daily_time`; nothing if the tape is of an earlier day.
    pub fn day(&self, daily_time: Time) -> Totals {
        if daily_time == self.ends { self.day.clone() } else { Totals::default() }
    }

    /// The counting trades of its last half hour; nothing if the tape is of an earlier day.
    pub fn late(&self, daily_time: Time) -> Totals {
        if daily_time == self.ends { self.late.clone() } else { Totals::default() }
    }

    /// Lots traded since the last strike.
    pub const fn volume(&self) -> Lots {
        self.volume
    }

    /// The price of the last trade.
    pub const fn last(&self) -> Option<Price> {
        self.last
    }

    /// The counting trades of the running minute and the four before it; a half goes toward `toward`.
    pub fn recent(&self, now: Time, toward: Price) -> Result<Recent, Overflow> {
        let (mut lots, mut value, mut owners) = (Lots::ZERO, PriceLots::ZERO, Vec::new());
        for minute in self.minutes.iter().filter(|minute| is_recent(minute.number, minute_of(now))) {
            lots = lots.checked_add(minute.lots)?;
            value = value.checked_add(minute.value)?;
            minute.owners.iter().for_each(|owner| note(&mut owners, *owner));
        }
        Ok(Recent { lots, owners: owners.len(), average: average(value, lots, toward)? })
    }
}

fn note(owners: &mut Vec<OwnerId>, owner: OwnerId) {
    if owners.len() < OWNERS && !owners.contains(&owner) {
        owners.push(owner);
    }
}

fn minute_of(time: Time) -> u64 {
    time.seconds().checked_div(MINUTE).unwrap_or(0)
}

const fn is_recent(minute: u64, now: u64) -> bool {
    minute.saturating_add(MARK_MINUTES) > now
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects)]
    use super::*;

    const ENDS: Time = Time::new(1_000_800);

    fn trade(at: u64, price: u32, lots: u64, owners: (u64, u64)) -> Trade {
        let price = Price::new(price).unwrap();
        Trade { at: Time::new(at), price, lots: Lots::new(lots), owners: (OwnerId(owners.0), OwnerId(owners.1)) }
    }

    fn tape(trades: &[Trade]) -> Tape {
        let mut tape = Tape::new(ENDS);
        trades.iter().for_each(|trade| tape.count(trade).unwrap());
        tape
    }

    #[test]
    fn the_late_window_is_the_last_half_hour_and_ends_before_the_daily_time() {
        let from = ENDS.seconds() - 1_800;
        let tape =
            tape(&[trade(from - 1, 100, 1, (1, 2)), trade(from, 200, 2, (1, 2)), trade(from + 1_799, 300, 4, (2, 3))]);
        assert_eq!((tape.day(ENDS).lots, tape.day(ENDS).trades), (Lots::new(7), 3));
        assert_eq!((tape.late(ENDS).lots, tape.late(ENDS).trades), (Lots::new(6), 2));
        assert_eq!(tape.late(ENDS).average(Price::MIN).unwrap().unwrap().units(), 267);
        let mut beyond = tape.clone();
        beyond.count(&trade(ENDS.seconds(), 300, 1, (1, 2))).unwrap();
        assert_eq!(beyond.late(ENDS).lots, Lots::new(6));
    }

    #[test]
    fn a_pair_is_the_same_either_way_round() {
        let same = tape(&[trade(0, 1, 1, (1, 2)), trade(0, 1, 1, (2, 1))]);
        assert_eq!(same.day(ENDS).pairs(), 1);
        let two = tape(&[trade(0, 1, 1, (1, 2)), trade(0, 1, 1, (2, 3)), trade(0, 1, 1, (3, 4))]);
        assert_eq!(two.day(ENDS).pairs(), 2);
    }

    #[test]
    fn the_tape_of_another_day_proves_nothing() {
        let tape = tape(&[trade(ENDS.seconds() - 5, 100, 50, (1, 2))]);
        let later = Time::new(ENDS.seconds() + 86_400);
        assert_eq!((tape.day(later), tape.late(later)), (Totals::default(), Totals::default()));
        assert_eq!(tape.next_day(later).day(later), Totals::default());
    }

    #[test]
    fn the_last_five_minutes_are_the_running_one_and_four_before() {
        let tape = tape(&[trade(0, 100, 1, (1, 2)), trade(60, 200, 1, (3, 4)), trade(299, 300, 3, (1, 2))]);
        let recent = |now| tape.recent(Time::new(now), Price::MIN).unwrap();
        assert_eq!((recent(299).lots, recent(299).owners), (Lots::new(5), 3));
        assert_eq!((recent(300).lots, recent(359).lots, recent(360).lots), (Lots::new(4), Lots::new(4), Lots::new(3)));
        assert_eq!(recent(300).average.unwrap().units(), 275);
        assert_eq!((recent(600).lots, recent(600).average, recent(600).owners), (Lots::ZERO, None, 0));
    }

    #[test]
    fn minutes_that_are_over_are_forgotten() {
        let trades: Vec<_> = (0..100).map(|minute| trade(minute * 60, 100, 1, (1, 2))).collect();
        assert_eq!(tape(&trades).minutes.len(), 5);
    }

    #[test]
    fn every_trade_prints_but_not_every_one_counts() {
        let mut tape = Tape::new(ENDS);
        tape.print(Price::new(7).unwrap(), Lots::new(3)).unwrap();
        assert_eq!(
            (tape.volume(), tape.last().map(Price::units), tape.day(ENDS).lots),
            (Lots::new(3), Some(7), Lots::ZERO)
        );
        let next = tape.next_day(Time::new(ENDS.seconds() + 86_400));
        assert_eq!((next.volume(), next.last().map(Price::units)), (Lots::ZERO, Some(7)));
    }
}
