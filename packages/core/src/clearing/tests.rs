//! A series and its accounts, settled lazily: the worked examples, and the bounds.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions)]

mod naive;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::calendar::Month;
use crate::id::ProductId;
use crate::money::{Amount, Overflow, SignedAmount};
use crate::price::{Lots, NetLots, Price, PriceLots, Side, UnitValue};
use crate::rate::Rate;
use crate::time::Time;

impl Settlements for BTreeMap<u32, Settlement> {
    type Error = Overflow;

    fn at(&self, cycle: u32) -> Result<Settlement, Overflow> {
        self.get(&cycle).cloned().ok_or(Overflow("no settlement"))
    }

    fn after(&self, cycle: u32) -> Result<(u32, Settlement), Overflow> {
        self.range(cycle + 1..).next().map(|(k, s)| (*k, s.clone())).ok_or(Overflow("no settlement"))
    }
}

fn price(units: u32) -> Price {
    Price::new(units).unwrap()
}

/// u of TOK.
fn unit() -> UnitValue {
    UnitValue::new(100_000).unwrap()
}

/// One series, its accounts, and what became cash of each.
struct Lazy {
    series: SeriesClearing,
    settlements: BTreeMap<u32, Settlement>,
    positions: Vec<Position>,
    gross: Vec<i128>,
    haircut: Vec<i128>,
    expired: Vec<u64>,
    unit: UnitValue,
}

impl Lazy {
    fn new(accounts: usize, reference: u32, unit: UnitValue) -> Self {
        let now = (Time::new(0), 0);
        let series = SeriesClearing::listed((ProductId(1), Month::MIN), 7, price(reference), Rate::ZERO, now);
        let positions = vec![Position::opened(&series); accounts];
        let (gross, haircut, expired) = (vec![0; accounts], vec![0; accounts], vec![0; accounts]);
        Self { series, settlements: BTreeMap::new(), positions, gross, haircut, expired, unit }
    }

    /// Account 0 is the house.
    fn bearer(account: usize) -> Bearer {
        if account == 0 { Bearer::House } else { Bearer::Client }
    }

    fn touch(&mut self, account: usize) {
        let bearer = Self::bearer(account);
        let position = &mut self.positions[account];
        let (before, up_to_date) = (position.clone(), position.is_up_to_date(&self.series));
        let realised = position.sync(&self.series, (self.unit, bearer), &self.settlements).unwrap();
        let same = *position == before && realised == Realised::default();
        // A record of no lots and no money changes only its cycle.
        assert!(same || !up_to_date, "what is up to date has nothing to catch up with");
        assert!(!same || up_to_date, "what has nothing to catch up with is up to date");
        self.gross[account] += realised.gross.base_units();
        self.haircut[account] += realised.haircut.base_units() as i128;
        self.expired[account] += realised.expired.map_or(0, |(lots, _)| lots.count());
    }

    fn one(&mut self, account: usize, side: Side, lots: u64, at: Price) {
        self.touch(account);
        let before = self.positions[account].exposure();
        let booked = (self.series.struck.price, self.unit);
        self.positions[account].fill(side, Lots::new(lots), at, booked).unwrap();
        self.series.shift(before, self.positions[account].exposure()).unwrap();
    }

    fn trade(&mut self, buyer: usize, seller: usize, lots: u64, at: u32) {
        self.one(buyer, Side::Buy, lots, price(at));
        self.one(seller, Side::Sell, lots, price(at));
    }

    fn strike(&mut self, skipped: u32, at: u32, last: bool) {
        let cycle = self.series.struck.cycle + 1 + skipped;
        let settlement = self.series.strike(cycle, (price(at), last), Rate::ZERO, (Time::new(0), 0)).unwrap();
        self.settlements.insert(cycle, settlement);
    }

    /// The house's carried lots of the side that gained, and its banked gain, in the struck settlement.
    fn exempt(&self) -> (Lots, PriceLots) {
        let mut house = self.positions[0].clone();
        house.sync(&self.series, (self.unit, Bearer::House), &self.settlements).unwrap();
        let Some(pending) = house.pending else { return (Lots::ZERO, PriceLots::ZERO) };
        let lots = match self.settlements[&self.series.struck.cycle].change.units() {
            0 => Lots::ZERO,
            1.. => pending.carried.long_part(),
            _ => pending.carried.short_part(),
        };
        (lots, pending.banked.gain())
    }

    /// Finalises with this shortfall; returns what was haircut for, and what the charges will bring.
    fn finalise(&mut self, shortfall: u128) -> (u128, u128) {
        let cycle = self.series.struck.cycle;
        let (struck, exempt) = (self.settlements[&cycle].clone(), self.exempt());
        let gains = struck.gains(self.unit, exempt).unwrap();
        let haircut = Haircut::new(Amount::new(shortfall), gains);
        let done = self.series.finalise(&struck, haircut, self.unit).unwrap();
        let yields = struck.yields(&done.charges().unwrap(), exempt).unwrap();
        self.settlements.insert(cycle, done);
        (haircut.map_or(0, |haircut| haircut.covers().base_units()), yields.base_units())
    }

    /// I2, I3, I10 and the carried sums, as if touched; nothing is changed.
    fn check(&self) {
        let synced: Vec<Position> = (0..self.positions.len())
            .map(|account| {
                let mut position = self.positions[account].clone();
                position.sync(&self.series, (self.unit, Self::bearer(account)), &self.settlements).unwrap();
                position
            })
            .collect();
        let sum = |of: &dyn Fn(&Exposure) -> u64| synced.iter().map(|p| of(&p.exposure())).sum::<u64>();
        assert_eq!(synced.iter().map(|p| p.lots.count()).sum::<i64>(), 0, "I2");
        assert_eq!(self.series.open_interest.count(), sum(&|e| e.long.count()), "I10");
        assert_eq!(self.series.carried.0.count(), sum(&|e| e.carried.0.count()), "carried long");
        assert_eq!(self.series.carried.1.count(), sum(&|e| e.carried.1.count()), "carried short");
        let banked: i128 = synced.iter().map(|p| p.exposure().banked.get()).sum();
        assert_eq!(self.series.banked.get(), banked, "B");
        let variation: i128 = synced.iter().map(|p| p.variation.base_units()).sum();
        assert_eq!(variation, 0, "4.3");
        let held: i128 = self.positions.iter().map(|p| self.held(p)).sum();
        let pot: i128 = -self.gross.iter().sum::<i128>();
        assert_eq!(held, pot, "I3");
    }

    /// Variation, pending and the unrealised difference of prices, of a record as it lies.
    fn held(&self, position: &Position) -> i128 {
        let then = self.settlements.get(&position.cycle).map_or(price(REFERENCE), |settlement| settlement.price);
        position.unsettled(self.series.struck.price, then, self.unit).unwrap().base_units()
    }
}

const REFERENCE: u32 = 16_000;

#[test]
fn open_interest_at_its_most_still_moves() {
    let mut series = Lazy::new(1, 16_000, unit()).series;
    let long =
        |lots: u64| Exposure { long: Lots::new(lots), carried: (Lots::new(lots), Lots::ZERO), ..Default::default() };
    let most = Lots::MAX.count();
    series.shift(long(0), long(most)).unwrap();
    assert!(series.clone().shift(long(0), long(1)).is_err());
    series.shift(long(most), long(most - 1)).unwrap();
    assert_eq!((series.open_interest.count(), series.carried.0.count()), (most - 1, most - 1));
    assert!(series.shift(long(most), long(0)).is_err());
}

#[test]
fn e1_a_fill_and_its_settlement() {
    let mut world = Lazy::new(2, 16_000, unit());
    let (a, b) = (0, 1);
    world.trade(a, b, 3, 16_100);
    assert_eq!(world.positions[a].variation, SignedAmount::new(-30_000_000));
    assert_eq!(world.positions[b].variation, SignedAmount::new(30_000_000));
    let equity = |account: usize| world.positions[account].unsettled(price(16_050), price(16_000), unit()).unwrap();
    assert_eq!((equity(a).base_units(), equity(b).base_units()), (-15_000_000, 15_000_000));
    world.strike(0, 16_200, false);
    world.finalise(0);
    world.touch(a);
    world.touch(b);
    assert_eq!(world.gross, [30_000_000, -30_000_000]);
    assert_eq!(world.haircut, [0, 0]);
}

#[test]
fn e2_the_hedge_of_december() {
    // 80 % of 62,000 BMT at a cost of $2.354, by value at an index of 1.6489; a lot is 1,000 BMT.
    let exact = (80 * 62_000 * 23_540, 100 * 1_000 * 16_489);
    let lots = crate::average::nearest(exact.0, exact.1, Price::MIN).unwrap().units();
    assert_eq!((exact.0 * 100 / exact.1, lots), (7_080, 71));
    for (last, gain) in [(20_000, 28_400_000_000), (11_200, -34_080_000_000)] {
        let mut world = Lazy::new(2, 16_000, unit());
        world.trade(0, 1, lots.into(), 16_000);
        world.strike(0, last, true);
        world.finalise(0);
        world.touch(0);
        world.touch(1);
        assert_eq!((world.gross, world.expired), (vec![gain, -gain], vec![71, 71]));
    }
}

#[test]
fn e4_a_haircut_of_two_fifteenths() {
    // A long carries 100 lots through +200 units; the product's gains are $900,000: 45 times as much.
    let mut world = Lazy::new(4, 15_800, unit());
    world.trade(1, 3, 100, 15_800);
    world.trade(2, 3, 44_900, 15_800);
    world.strike(0, 15_800, false);
    world.finalise(0);
    world.strike(0, 16_000, false);
    let (covered, yields) = world.finalise(120_000_000_000);
    assert_eq!(covered, 120_000_000_000);
    let charges = world.settlements[&9].charges().unwrap();
    assert_eq!((charges.long, charges.short), (Amount::new(2_666_667), Amount::ZERO));
    (1..4).for_each(|account| world.touch(account));
    assert_eq!(world.gross[1] - world.haircut[1], 1_733_333_300);
    assert_eq!(world.haircut, [0, 266_666_700, 44_900 * 2_666_667, 0]);
    assert_eq!(yields, 45_000 * 2_666_667);
    assert_eq!(yields - covered, 15_000, "the surplus of rounding, less than one base unit a carried lot");
}

#[test]
fn e7_selling_to_oneself_after_the_strike_dodges_nothing() {
    let dodge = |after_strike: bool| {
        let mut world = Lazy::new(5, 16_000, unit());
        world.trade(1, 4, 100, 16_000);
        world.trade(2, 4, 100, 16_000);
        world.strike(0, 16_000, false);
        world.finalise(0);
        if !after_strike {
            // Before the strike: at the price that will be struck.
            world.trade(3, 1, 100, 16_010);
        }
        world.strike(0, 16_010, false);
        if after_strike {
            world.trade(3, 1, 100, 16_010);
        }
        world.finalise(1_900_000_000);
        (1..5).for_each(|account| world.touch(account));
        world.haircut
    };
    // One price unit on 100 lots of TOK is 10,000,000: gains are 100,000,000 each, and suffice for 1,900 times less.
    assert_eq!(dodge(true), dodge(false), "banked gains pay as carried ones");
    let world = dodge(true);
    assert_eq!(world[1], world[2]);
    assert_eq!(world[3], 0);
}

#[test]
fn e7_each_bears_half() {
    let mut world = Lazy::new(5, 16_000, unit());
    world.trade(1, 4, 100, 16_000);
    world.trade(2, 4, 100, 16_000);
    world.strike(0, 16_000, false);
    world.finalise(0);
    world.strike(0, 16_200, false);
    // Gains $2,000 each; the shortfall is $1,900.
    world.trade(3, 1, 100, 16_200);
    world.finalise(1_900_000_000);
    (1..5).for_each(|account| world.touch(account));
    assert_eq!(world.haircut, [0, 950_000_000, 950_000_000, 0, 0]);
    assert_eq!(world.gross, [0, 2_000_000_000, 2_000_000_000, 0, -4_000_000_000]);
}

#[test]
fn a_flip_carries_nothing_and_lots_bought_back_are_not_carried() {
    let mut world = Lazy::new(2, 16_000, unit());
    world.trade(0, 1, 10, 16_000);
    world.strike(0, 16_000, false);
    world.finalise(0);
    world.trade(1, 0, 4, 16_100);
    assert_eq!((world.positions[0].carried.count(), world.positions[0].banked.get()), (6, 400));
    assert_eq!((world.positions[1].carried.count(), world.positions[1].banked.get()), (-6, -400));
    assert_eq!(world.series.banked.get(), 400);
    world.trade(0, 1, 4, 16_100);
    assert_eq!((world.positions[0].lots.count(), world.positions[0].carried.count()), (10, 6));
    world.trade(1, 0, 15, 15_900);
    assert_eq!((world.positions[0].lots.count(), world.positions[0].carried.count()), (-5, 0));
    assert_eq!((world.positions[0].banked.get(), world.positions[1].banked.get()), (-200, 200));
    assert_eq!(world.series.carried, (Lots::ZERO, Lots::ZERO));
    world.check();
}

#[test]
fn settlements_come_in_order_or_not_at_all() {
    let mut series = Lazy::new(1, 16_000, unit()).series;
    let now = (Time::new(0), 0);
    let order = Err(Overflow("settlement order"));
    assert_eq!(series.strike(7, (price(1), false), Rate::ZERO, now), order, "its own cycle again");
    let first = series.strike(8, (price(16_001), true), Rate::ZERO, now).unwrap();
    assert_eq!(series.clone().strike(9, (price(1), false), Rate::ZERO, now), order, "the one before is not final");
    let done = series.finalise(&first, None, unit()).unwrap();
    assert_eq!(series.clone().finalise(&first, None, unit()), order, "twice");
    assert_eq!(series.finalise(&done, None, unit()), order, "one that is final");
    assert_eq!(series.strike(9, (price(1), false), Rate::ZERO, now), order, "after the last");
}

#[test]
fn capacity_is_ten_to_the_twelfth_lots_at_the_highest_price() {
    let mut world = Lazy::new(2, 1, UnitValue::new(1_000_000_000).unwrap());
    world.trade(0, 1, 1_000_000_000_000, 1);
    world.strike(0, 1_000_000_000, false);
    world.finalise(0);
    world.strike(0, 1, true);
    world.finalise(0);
    world.touch(0);
    world.touch(1);
    assert_eq!(world.gross, [0, 0]);
    assert_eq!(world.expired, [1_000_000_000_000; 2]);
}

proptest! {
    #[test]
    fn nobody_pays_more_than_he_gained(lots in 1i64..500, from in 1u32..30_000, to in 1u32..30_000, banked in -900i128..900, part in 0u64..1_000_000_000, whole in 1u64..1_000_000_000) {
        let state = SettlementState::Struck { carried: (Lots::new(500), Lots::new(500)), banked: PriceLots::new(900) };
        let settlement = Settlement { price: price(to), change: price(to).minus(price(from)), last: false, state };
        let Some(haircut) = Haircut::new(Amount::new(u128::from(part)), Amount::new(u128::from(whole))) else { return Ok(()) };
        let charges = haircut.charges(&settlement, unit()).unwrap();
        prop_assert!(charges.long.is_zero() || charges.short.is_zero());
        for q in [lots, -lots] {
            let gain = (i128::from(to) - i128::from(from)) * i128::from(q);
            let gained = (gain.max(0) + banked.max(0)) * 100_000;
            let pays = charges.on(NetLots::new(q), PriceLots::new(banked)).unwrap().base_units() as i128;
            prop_assert!(pays <= gained);
        }
    }
}
