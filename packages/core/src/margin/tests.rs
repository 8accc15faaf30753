//! Margin against every combination of order fills, and the examples E3 and E6.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions)]

use proptest::prelude::*;

use super::*;
use crate::calendar::Month;
use crate::clearing::{OpenOrders, Position, SeriesClearing};
use crate::id::ProductId;
use crate::price::{Lots, Side};
use crate::product::Product;
use crate::rate::Rate;
use crate::time::Time;

/// A leg in the making: its mark, charge and rates in parts per million, position, and orders (signed lots, price).
#[derive(Clone, Debug)]
struct Draft {
    mark: u32,
    charge: u32,
    initial: u32,
    lots: i64,
    orders: Vec<(i64, u32)>,
}

const SPEC: u32 = 150_000;

fn price(units: u32) -> Price {
    Price::new(units).unwrap()
}

fn at(text: &str) -> Time {
    Time::parse(text).unwrap()
}

fn draft(lots: i64, orders: &[(i64, u32)]) -> Draft {
    Draft { mark: 16_000, charge: 1_000_000, initial: SPEC, lots, orders: orders.to_vec() }
}

impl Draft {
    fn leg(&self, series: u16) -> Leg {
        let mut orders = OpenOrders::default();
        for (lots, units) in &self.orders {
            let side = if *lots > 0 { Side::Buy } else { Side::Sell };
            orders.rest(side, Lots::new(lots.unsigned_abs()), price(*units)).unwrap();
        }
        let month = Month::new(2027, u8::try_from(series).unwrap()).unwrap();
        Leg {
            series: SeriesId(series),
            code: crate::calendar::SeriesCode { product: Product::tok().unwrap().code, month },
            lots: NetLots::new(self.lots),
            orders,
            mark: price(self.mark),
            unsettled: SignedAmount::ZERO,
            initial: Rate::ppm(self.initial),
            maintenance: Rate::ppm(120_000),
            charge: Rate::ppm(self.charge),
            maintenance_charge: Rate::ppm(self.charge),
            settlement_fee: Amount::ZERO,
            open_interest: Lots::ZERO,
        }
    }
}

fn portfolio(cash: i128, drafts: &[Draft]) -> Portfolio {
    let legs = drafts.iter().zip(1u16..).map(|(draft, series)| draft.leg(series)).collect();
    let holding = Holding { id: ProductId(1), product: Product::tok().unwrap(), legs };
    Portfolio { cash: SignedAmount::new(cash), holdings: vec![holding] }
}

fn initial(drafts: &[Draft]) -> u128 {
    portfolio(0, drafts).initial().unwrap().base_units()
}

const DOLLAR: u128 = 1_000_000;

#[test]
fn e3_margin_of_a_lot_a_spread_and_a_quote() {
    let spread = |charge| {
        let leg = |lots| Draft { charge, ..draft(lots, &[]) };
        initial(&[leg(10), leg(-10)])
    };
    assert_eq!(initial(&[draft(1, &[])]), 240 * DOLLAR);
    assert_eq!(initial(&[draft(10, &[])]), 2_400 * DOLLAR);
    assert_eq!(spread(1_000_000), 2_400 * DOLLAR);
    assert_eq!(spread(2_000_000), 4_800 * DOLLAR);
    assert_eq!(spread(1_500_000), 3_600 * DOLLAR);
    let quote = draft(0, &[(10, 16_000), (-10, 16_000)]);
    assert_eq!(initial(std::slice::from_ref(&quote)), 2_400 * DOLLAR);
    assert_eq!(initial(&[quote.clone(), quote]), 4_800 * DOLLAR);
}

#[test]
fn e6_cover_may_not_fall_for_a_friend() {
    // Long 100 at a mark of 1.3610, E = $199: IM is $20,415. All sold at 1.3210 leaves E = −$3,801.
    let held = Draft { mark: 13_610, ..draft(100, &[]) };
    let before = portfolio(199 * DOLLAR as i128, std::slice::from_ref(&held));
    assert_eq!(before.initial().unwrap().base_units(), 20_415 * DOLLAR);
    let sold = |lots: i64, units: u32| {
        let cash = 199_000_000 - i128::from(lots) * (13_610 - i128::from(units)) * 100_000;
        portfolio(cash, &[Draft { lots: 100 - lots, ..held.clone() }])
    };
    let after = sold(100, 13_210);
    assert_eq!(after.health().unwrap().equity, SignedAmount::new(-3_801 * DOLLAR as i128));
    assert_eq!(after.initial().unwrap(), Amount::ZERO);
    assert_eq!(passes(&before, &after), Ok(false));
    // At the mark, or a unit of price below on half of the lots, cover rises: that is reducing.
    assert_eq!(passes(&before, &sold(100, 13_610)), Ok(true));
    assert_eq!(passes(&before, &sold(50, 13_609)), Ok(true));
    // A fill that costs more than its share of the equity does not pass: 50 lots may cost half of $199.
    assert_eq!(passes(&before, &sold(50, 13_591)), Ok(true));
    assert_eq!(passes(&before, &sold(50, 13_590)), Ok(false));
}

#[test]
fn an_account_that_owes_cash_only_reduces_whatever_its_equity() {
    let with = |cash: i128, lots: i64, orders: &[(i64, u32)]| {
        let mut portfolio = portfolio(cash, &[draft(lots, orders)]);
        // $5,000 won and not settled bear $2,400 of margin.
        portfolio.holdings[0].legs[0].unsettled = SignedAmount::new(5_000 * DOLLAR as i128);
        portfolio
    };
    let before = with(-1, 10, &[]);
    for (after, passing) in [
        (with(0, 11, &[]), true),
        (with(-1, 11, &[]), false),
        (with(-1, 10, &[(1, 16_000)]), false),
        (with(-1, 10, &[(-10, 16_000)]), true),
        (with(-1, 10, &[]), true),
        (with(-1, 9, &[]), true),
        (with(-1, -1, &[]), false),
        // Cover may fall, for it suffices.
        (with(-2, 10, &[]), true),
    ] {
        assert_eq!(passes(&before, &after), Ok(passing));
    }
}

#[test]
fn an_account_below_its_margin_neither_grows_nor_flips_nor_takes_on_margin() {
    let short_of = |drafts: &[Draft]| portfolio(100 * DOLLAR as i128, drafts);
    let before = short_of(&[draft(10, &[]), draft(-5, &[])]);
    for (after, passing) in [
        (vec![draft(10, &[]), draft(-5, &[])], true),
        (vec![draft(9, &[]), draft(-5, &[])], true),
        (vec![draft(11, &[]), draft(-5, &[])], false),
        (vec![draft(9, &[]), draft(-6, &[])], false),
        (vec![draft(-1, &[]), draft(-5, &[])], false),
        (vec![draft(9, &[]), draft(1, &[])], false),
        (vec![draft(10, &[(1, 16_000)]), draft(-5, &[])], false),
        // The opposite leg of a spread alone: IM stays, and E stays.
        (vec![draft(10, &[]), draft(-4, &[])], true),
    ] {
        assert_eq!(passes(&before, &short_of(&after)), Ok(passing), "{after:?}");
    }
    let ruined = portfolio(-1, &[draft(10, &[])]);
    assert_eq!(passes(&ruined, &portfolio(-1, &[draft(5, &[])])), Ok(false));
    assert_eq!(passes(&ruined, &portfolio(5_000_000_000, &[draft(10, &[])])), Ok(true));
}

#[test]
fn the_loss_built_into_orders_is_margin() {
    // A bid of 2 lots 100 units above the mark loses $20 when filled; one below it loses nothing.
    let bid = |units| initial(&[draft(0, &[(2, units)])]) - 480 * DOLLAR;
    assert_eq!([bid(16_100), bid(16_000), bid(15_900)], [20 * DOLLAR, 0, 0]);
    let ask = |units| initial(&[draft(0, &[(-2, units)])]) - 480 * DOLLAR;
    assert_eq!([ask(16_100), ask(16_000), ask(15_900)], [0, 0, 20 * DOLLAR]);
}

#[test]
fn reduce_only_orders_count_for_what_they_reduce_at_their_worst_price() {
    let mut held = portfolio(0, &[draft(5, &[])]);
    let orders = &mut held.holdings[0].legs[0].orders;
    orders.rest_reducing(Side::Sell, Lots::new(20), price(15_900)).unwrap();
    orders.rest_reducing(Side::Buy, Lots::new(20), price(20_000)).unwrap();
    // 5 of 20 lots can sell, at $10 a lot below the mark; nothing can be bought back.
    assert_eq!(held.initial().unwrap().base_units(), 5 * 240 * DOLLAR + 5 * 10 * DOLLAR);
}

#[test]
fn concentration_adds_five_percent_above_the_threshold() {
    // $1,600 a lot: 5 % is $80.
    assert_eq!(initial(&[draft(5_000, &[])]), 5_000 * 240 * DOLLAR);
    assert_eq!(initial(&[draft(5_001, &[])]), 5_001 * 240 * DOLLAR + 80 * DOLLAR);
    assert_eq!(initial(&[draft(4_999, &[(3, 16_000)])]), 5_002 * 240 * DOLLAR + 2 * 80 * DOLLAR);
    assert_eq!(portfolio(0, &[draft(5_001, &[])]).maintenance().unwrap().base_units(), 5_001 * 192 * DOLLAR);
}

#[test]
fn unsettled_gains_support_margin_and_do_not_leave() {
    let with = |cash: i128, unsettled: i128| {
        let mut portfolio = portfolio(cash, &[draft(1, &[])]);
        portfolio.holdings[0].legs[0].unsettled = SignedAmount::new(unsettled);
        (portfolio.health().unwrap().meets_initial(), portfolio.withdrawable().unwrap().base_units())
    };
    assert_eq!(with(240_000_000, 0), (true, 0));
    assert_eq!(with(250_000_000, 0), (true, 10_000_000));
    assert_eq!(with(250_000_000, 90_000_000), (true, 10_000_000));
    assert_eq!(with(250_000_000, -4_000_000), (true, 6_000_000));
    assert_eq!(with(200_000_000, 40_000_000), (true, 0));
    assert_eq!(with(200_000_000, 39_999_999), (false, 0));
}

#[test]
fn a_leg_is_charged_by_its_phase_and_its_limit() {
    let product = Product::tok().unwrap();
    let month = Month::new(2026, 12).unwrap();
    let of = |now: &str, limit: u32| {
        let at = (at(now), 1);
        let series = SeriesClearing::listed((ProductId(1), month), 0, price(16_000), Rate::ppm(limit), at);
        let position = Position { lots: NetLots::new(2), ..Position::opened(&series) };
        let leg = Leg::of(SeriesId(1), (&series, price(16_050)), &position, &product, at.0).unwrap();
        assert_eq!(leg.unsettled, SignedAmount::new(2 * 50 * 100_000));
        ([leg.charge.parts(), leg.maintenance_charge.parts()], leg.initial.parts(), leg.maintenance.parts())
    };
    let (whole, half, none) = (1_000_000, 1_500_000, 2_000_000);
    assert_eq!(of("2026-06-01T00:00:00Z", 100_000), ([whole, whole], 150_000, 120_000));
    assert_eq!(of("2026-11-30T23:59:59Z", 100_000), ([whole, whole], 150_000, 120_000));
    // A month's margin grows dearer at midnight, and nobody is liquidated for it before the next one.
    assert_eq!(of("2026-12-01T00:00:00Z", 100_000), ([half, whole], 150_000, 120_000));
    assert_eq!(of("2026-12-01T23:59:59Z", 100_000), ([half, whole], 150_000, 120_000));
    assert_eq!(of("2026-12-02T00:00:00Z", 100_000), ([half, half], 150_000, 120_000));
    assert_eq!(of("2026-12-27T23:59:59Z", 100_000), ([none, half], 150_000, 120_000));
    assert_eq!(of("2026-12-28T00:00:00Z", 100_000), ([none, none], 150_000, 120_000));
    // After a locked day the limit is L + 3: initial margin follows it, maintenance does not. On the listing day both.
    assert_eq!(of("2026-06-01T00:00:00Z", 130_000), ([whole, whole], 180_000, 120_000));
    assert_eq!(of("2026-06-01T00:00:00Z", 200_000), ([whole, whole], 250_000, 220_000));
}

#[test]
fn the_liquidation_price_is_the_first_mark_below_maintenance() {
    let long = portfolio(3_000_000_000, &[draft(10, &[])]);
    let found = long.liquidation_price(SeriesId(1)).unwrap().unwrap();
    let below = |units: u32, of: &Portfolio| {
        let other = of.remarked(SeriesId(1), price(units)).unwrap();
        !other.health().unwrap().meets_maintenance()
    };
    assert!(below(found.units(), &long) && !below(found.units() + 1, &long), "{found}");
    // E(p) = 3,000 + (p − 16,000) · $1 < 0.12 · p · $1: p < 14,772.7.
    assert_eq!(found, price(14_772));
    let short = portfolio(3_000_000_000, &[draft(-10, &[])]);
    let found = short.liquidation_price(SeriesId(1)).unwrap().unwrap();
    // 3,000 − (p − 16,000) < 0.12 p: p > 16,964.3.
    assert_eq!(found, price(16_965));
    assert_eq!(long.liquidation_price(SeriesId(2)), Ok(None));
    assert_eq!(portfolio(i128::from(u64::MAX), &[draft(10, &[])]).liquidation_price(SeriesId(1)), Ok(None));
}

/// f of clause 4.10 in millionths.
fn f(x: i128, charge: u32) -> i128 {
    if x >= 0 { x * 1_000_000 } else { -x * (i128::from(charge) - 1_000_000) }
}

/// The margin of one combination of fills.
fn of_nets(drafts: &[Draft], nets: &[i128]) -> i128 {
    let one = |draft: &Draft| (i128::from(draft.mark) * 100_000 * i128::from(draft.initial) + 999_999) / 1_000_000;
    let sum = |d: i128| drafts.iter().zip(nets).map(|(draft, q)| one(draft) * f(d * q, draft.charge)).sum::<i128>();
    (sum(1).max(sum(-1)) + 999_999) / 1_000_000
}

/// The largest over all combinations of fills, and the loss built into orders.
fn brute(drafts: &[Draft]) -> u128 {
    let orders: Vec<(usize, i64)> =
        drafts.iter().enumerate().flat_map(|(leg, draft)| draft.orders.iter().map(move |(n, _)| (leg, *n))).collect();
    let worst = (0..1u32 << orders.len())
        .map(|filled| {
            let mut nets: Vec<i128> = drafts.iter().map(|draft| i128::from(draft.lots)).collect();
            for (bit, (leg, lots)) in orders.iter().enumerate() {
                if filled & (1 << bit) != 0 {
                    nets[*leg] += i128::from(*lots);
                }
            }
            of_nets(drafts, &nets)
        })
        .max()
        .unwrap();
    let loss: i128 = drafts
        .iter()
        .map(|draft| {
            let cost = |buys: bool| {
                let side = draft.orders.iter().filter(|(n, _)| (*n > 0) == buys);
                side.map(|(n, p)| i128::from(*n) * (i128::from(*p) - i128::from(draft.mark))).sum::<i128>().max(0)
            };
            (cost(true) + cost(false)) * 100_000
        })
        .sum();
    (worst + loss) as u128
}

fn any_draft() -> impl Strategy<Value = Draft> {
    let charge = prop_oneof![Just(1_000_000u32), 1_000_000u32..2_000_000, Just(2_000_000)];
    let order = ((-30i64..30).prop_filter("an order", |n| *n != 0), 15_000u32..17_000);
    (15_000u32..17_000, charge, 120_000u32..300_000, -40i64..40, proptest::collection::vec(order, 0..3))
        .prop_map(|(mark, charge, initial, lots, orders)| Draft { mark, charge, initial, lots, orders })
}

proptest! {
    #[test]
    fn initial_margin_is_that_of_the_worst_combination_of_fills(drafts in proptest::collection::vec(any_draft(), 1..5)) {
        prop_assert_eq!(initial(&drafts), brute(&drafts));
    }

    #[test]
    fn one_position_alone_needs_its_lots_times_r(lots in -2_000i64..2_000, charge in 1_000_000u32..=2_000_000) {
        prop_assert_eq!(initial(&[Draft { charge, ..draft(lots, &[]) }]), u128::from(lots.unsigned_abs()) * 240 * DOLLAR);
    }

    #[test]
    fn margin_never_falls_when_an_order_is_added_or_a_rate_rises(drafts in proptest::collection::vec(any_draft(), 1..5), which in 0usize..5, lots in 1i64..30, buys: bool, by in 0u32..50_000) {
        let base = initial(&drafts);
        let which = which % drafts.len();
        let mark = drafts[which].mark;
        let mut more = drafts.clone();
        // At the mark: what it adds is margin, and no better price is averaged in.
        more[which].orders.push((if buys { lots } else { -lots }, mark));
        prop_assert!(initial(&more) >= base);
        let mut dearer = drafts.clone();
        dearer[which].initial += by;
        prop_assert!(initial(&dearer) >= base);
        dearer[which].charge = 2_000_000;
        prop_assert!(initial(&dearer) >= base);
    }

    #[test]
    fn filled_orders_need_no_more_than_was_reserved(drafts in proptest::collection::vec(any_draft(), 1..4), which in 0usize..4) {
        let which = which % drafts.len();
        let Some((lots, at)) = drafts[which].orders.first().copied() else { return Ok(()) };
        // Equity and margin together: a fill at its price loses or wins against the mark what was built in.
        let before = portfolio(0, &drafts).health().unwrap();
        let mut filled = drafts.clone();
        filled[which].orders.remove(0);
        filled[which].lots += lots;
        let gain = i128::from(lots) * (i128::from(drafts[which].mark) - i128::from(at)) * 100_000;
        let single = drafts[which].orders.len() == 1;
        let after = portfolio(gain, &filled).health().unwrap();
        if single {
            let free = |health: Health| health.equity.base_units() - health.initial.base_units() as i128;
            prop_assert!(free(after) >= free(before));
        }
    }
}
