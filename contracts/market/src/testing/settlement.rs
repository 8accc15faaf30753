//! Listing, marks, daily strikes.

use tokfut_api::clearing::{MarkChange, NewSeries, StruckPrice};
use tokfut_api::market::{Marked, ProductResponse, SeriesListed, SeriesResponse, SettlementResponse, Struck};
use tokfut_core::calendar::Month;
use tokfut_core::id::{ProductId, SeriesId};
use tokfut_core::price::Price;
use tokfut_core::rate::Rate;
use tokfut_core::series::Status;

use super::*;
use crate::state::{SERIES, WindowBase};

pub fn units(price: u32) -> Price {
    Price::new(price).unwrap()
}

/// S, T, method and whether final, of one series in a strike.
pub fn struck(outcome: &Outcome, series: u16) -> Option<(u32, u32, u16, bool)> {
    let found = outcome.all::<Struck>().into_iter().find(|struck| struck.series == SeriesId(series))?;
    let told = match &outcome.to_vault {
        Some(vault::ExecuteMsg::Strike { prices, .. }) => prices.iter().find(|price| price.series == SeriesId(series)),
        other => panic!("no strike: {other:?}"),
    };
    let told = told.unwrap();
    assert_eq!((told.price, told.last), (found.price, found.last));
    Some((found.price.units(), found.unclamped.units(), found.method, found.last))
}

#[test]
fn the_calendar_says_which_months_are_listed_and_at_which_price() {
    let mut world = World::unlisted();
    let outcome = world.anyone(ExecuteMsg::ListSeries { product: "TOK".to_string() }).unwrap();
    let codes: Vec<String> = outcome.all::<SeriesListed>().into_iter().map(|listed| listed.code).collect();
    assert_eq!(codes.len(), 16);
    assert_eq!((codes[0].as_str(), codes[1].as_str(), codes[15].as_str()), ("TOKX26", "TOKZ26", "TOKU28"));
    let Some(vault::ExecuteMsg::ListSeries { product, series }) = outcome.to_vault else { panic!() };
    let month = Month::parse("2026-12").unwrap();
    let expected = NewSeries { series: SeriesId(DEC_ID), month, price: units(16_000), limit: Rate::ppm(200_000) };
    assert_eq!((product, series.len(), &series[1]), (ProductId(1), 16, &expected));
    let answer: SeriesResponse = world.ask(QueryMsg::Series { code: DEC.to_string() }).unwrap();
    assert_eq!((answer.lowest.as_str(), answer.highest.as_str()), ("1.2800", "1.9200"));
    assert_eq!((answer.status, answer.last_trading), (Status::Open, time("2026-12-31T15:00:00Z")));
}

#[test]
fn a_new_month_begins_at_the_price_of_the_nearest_and_of_two_the_earlier() {
    let mut world = World::new();
    world.fixes("2026-11-24", 17_000);
    world.at("2026-11-24T16:00:00Z").strike().unwrap();
    // Two neighbours at the same distance; the earlier gets another price.
    for (code, price) in [("TOKV27", 15_000), ("TOKZ27", 18_000)] {
        let (id, mut series) = {
            let desk = crate::desk::Desk::open(&world.storage, &world.config(), code).unwrap();
            (desk.id, desk.series)
        };
        series.settlement = units(price);
        SERIES.save(&mut world.storage, &id, &series).unwrap();
    }
    world.fixes("2026-11-30", 17_000);
    world.at("2026-11-30T15:00:00Z");
    assert_eq!(world.anyone(ExecuteMsg::ListSeries { product: "TOK".to_string() }).unwrap_err().code(), "strike_due");
    world.strike().unwrap();
    for code in ["TOKV27", "TOKZ27"] {
        let desk = crate::desk::Desk::open(&world.storage, &world.config(), code).unwrap();
        let price = if code == "TOKV27" { 15_000 } else { 18_000 };
        SERIES
            .save(&mut world.storage, &desk.id, &crate::state::Series { settlement: units(price), ..desk.series })
            .unwrap();
    }
    let outcome = world.anyone(ExecuteMsg::ListSeries { product: "TOK".to_string() }).unwrap();
    let listed = outcome.all::<SeriesListed>();
    assert_eq!((listed.len(), listed[0].code.as_str(), listed[0].price.units()), (1, "TOKX27", 15_000));
}

#[test]
fn from_the_daily_time_to_the_strike_no_book_changes() {
    let mut world = World::new();
    let id = world.buys(ALICE, 1, "1.6000").id();
    assert_eq!(world.strike().unwrap_err().code(), "strike_not_due");
    world.at("2026-11-24T15:59:59Z").buys(ALICE, 1, "1.6000");
    world.at("2026-11-24T16:00:00Z");
    let order_ref = tokfut_api::market::OrderRef::Id(id.clone());
    let close = |void_orders| ExecuteMsg::Close { account: ALICE, orders: vec![], void_orders };
    let messages = [
        ExecuteMsg::PlaceOrder(order(ALICE, Side::Buy, 1, "1.6000")),
        ExecuteMsg::CancelOrder { account: ALICE, order: order_ref },
        ExecuteMsg::CancelAll { account: ALICE },
        ExecuteMsg::Reap { orders: vec![id] },
        ExecuteMsg::ListSeries { product: "TOK".to_string() },
        close(true),
    ];
    for message in messages.clone() {
        assert_eq!(world.by("vault", message).unwrap_err().code(), "strike_due");
    }
    world.strike().unwrap();
    assert_eq!(world.strike().unwrap_err().code(), "strike_not_due");
    for message in messages.into_iter().take(1) {
        world.by("vault", message).unwrap();
    }
    let product: ProductResponse = world.ask(QueryMsg::Product { code: "TOK".to_string() }).unwrap();
    assert_eq!((product.cycle, product.last_strike), (1, Some(time("2026-11-24T16:00:00Z"))));
    assert_eq!(product.next_strike, Some(time("2026-11-25T16:00:00Z")));
}

#[test]
fn a_product_that_is_not_due_trades_on_beside_one_that_is() {
    let mut world = World::new();
    world.at("2026-11-24T16:00:00Z").strike().unwrap();
    world.anyone(ExecuteMsg::ListSeries { product: "GPH".to_string() }).unwrap();
    let gph = NewOrder { series: "GPHZ26".to_string(), ..order(ALICE, Side::Buy, 1, "1.6000") };
    world.place(gph.clone()).unwrap();
    world.fixes("2026-11-25", 16_000);
    world.at("2026-11-25T16:00:00Z").strike().unwrap();
    world.buys(ALICE, 1, "1.6000");
    assert_eq!(world.place(gph).unwrap_err().code(), "strike_due");
    assert_eq!(world.anyone(ExecuteMsg::CancelAll { account: ALICE }).unwrap_err().code(), "strike_due");
}

#[test]
fn a_fall_beyond_the_limit_arrives_day_by_day() {
    let mut world = World::new();
    let mut path = vec![];
    for (day, fixing) in [("24", 16_000), ("25", 12_480), ("26", 12_480), ("27", 12_480)] {
        world.fixes(&format!("2026-11-{day}"), fixing);
        let outcome = world.at(&format!("2026-11-{day}T16:00:00Z")).strike().unwrap();
        path.push(struck(&outcome, DEC_ID).unwrap());
    }
    let expected = [
        (16_000, 16_000, 5, false),
        (14_400, 12_480, 5, false),
        (12_960, 12_480, 5, false),
        (12_480, 12_480, 5, false),
    ];
    assert_eq!(path, expected);
    let answers: Vec<SettlementResponse> =
        world.ask(QueryMsg::Settlements { series: DEC.to_string(), start_before: Some(4), limit: Some(2) }).unwrap();
    let prices: Vec<_> = answers.iter().map(|s| (s.cycle, s.price.as_str(), s.unclamped.as_str(), s.method)).collect();
    assert_eq!(prices, [(3, "1.2960", "1.2480", 5), (2, "1.4400", "1.2480", 5)]);
}

#[test]
fn after_the_first_strike_the_limit_is_l() {
    let mut world = World::new();
    let outcome = world.at("2026-11-24T16:00:00Z").strike().unwrap();
    let Some(vault::ExecuteMsg::Strike { at, prices, .. }) = outcome.to_vault else { panic!() };
    let expected =
        StruckPrice { series: SeriesId(DEC_ID), price: units(16_000), last: false, limit: Rate::ppm(100_000) };
    assert_eq!((at, prices.len(), &prices[1]), (time("2026-11-24T16:00:00Z"), 16, &expected));
    let answer: SeriesResponse = world.ask(QueryMsg::Series { code: DEC.to_string() }).unwrap();
    assert_eq!((answer.lowest.as_str(), answer.highest.as_str()), ("1.4400", "1.7600"));
}

#[test]
fn after_a_gap_there_is_one_strike_for_the_last_daily_time_with_the_fixing_of_then() {
    let mut world = World::new();
    for (day, fixing) in [("24", 16_100), ("25", 16_200), ("26", 16_300), ("27", 16_400)] {
        world.fixes(&format!("2026-11-{day}"), fixing);
    }
    let outcome = world.at("2026-11-27T15:30:00Z").strike().unwrap();
    let all = outcome.all::<Struck>();
    assert_eq!((all[0].cycle, all[0].at), (1, time("2026-11-26T16:00:00Z")));
    assert_eq!(struck(&outcome, DEC_ID), Some((16_300, 16_300, 5, false)));
    assert_eq!(world.strike().unwrap_err().code(), "strike_not_due");
    let outcome = world.at("2026-11-27T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&outcome, DEC_ID), Some((16_400, 16_400, 5, false)));
}

#[test]
fn trades_of_orders_that_stood_a_minute_settle_the_day() {
    let mut world = World::new();
    world.fixes("2026-11-24", 16_000);
    world.at("2026-11-24T15:38:00Z");
    for (maker, price) in [(BOB, "1.6100"), (CAROL, "1.6110"), (DAVE, "1.6120")] {
        world.sells(maker, 10, price);
    }
    world.at("2026-11-24T15:39:00Z").buys(ALICE, 30, "1.6120");
    let outcome = world.at("2026-11-24T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&outcome, DEC_ID), Some((16_110, 16_110, 1, false)));
    let series = crate::desk::Desk::open(&world.storage, &world.config(), DEC).unwrap().series;
    assert_eq!((series.anchor.price, series.anchor.fixing), (units(16_110), units(16_000)));
}

#[test]
fn trades_of_fresh_orders_settle_nothing() {
    let mut world = World::new();
    world.fixes("2026-11-24", 16_000);
    world.at("2026-11-24T15:38:01Z");
    for (maker, price) in [(BOB, "1.6100"), (CAROL, "1.6110"), (DAVE, "1.6120")] {
        world.sells(maker, 10, price);
    }
    world.at("2026-11-24T15:39:00Z").buys(ALICE, 30, "1.6120");
    let answer: SeriesResponse = world.ask(QueryMsg::Series { code: DEC.to_string() }).unwrap();
    assert_eq!((answer.volume, answer.last_price.as_deref()), (Lots::new(30), Some("1.6120")));
    let outcome = world.at("2026-11-24T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&outcome, DEC_ID), Some((16_000, 16_000, 5, false)));
}

#[test]
fn a_book_that_stood_five_minutes_settles_the_day_its_day_orders_included() {
    let quote = |placed: &str| {
        let mut world = World::new();
        world.fixes("2026-11-24", 16_000);
        world.at(placed);
        for (account, side, price) in [
            (ALICE, Side::Buy, "1.6010"),
            (BOB, Side::Buy, "1.6010"),
            (CAROL, Side::Sell, "1.6110"),
            (DAVE, Side::Sell, "1.6110"),
        ] {
            let day = NewOrder { time_in_force: Some(TimeInForce::Day), ..order(account, side, 10, price) };
            world.place(day).unwrap();
        }
        let outcome = world.at("2026-11-24T16:00:00Z").strike().unwrap();
        struck(&outcome, DEC_ID).unwrap()
    };
    assert_eq!(quote("2026-11-24T15:55:00Z"), (16_060, 16_060, 3, false));
    assert_eq!(quote("2026-11-24T15:55:01Z"), (16_000, 16_000, 5, false));
}

#[test]
fn in_its_month_a_series_settles_toward_the_average() {
    let mut world = World::new();
    world.fixes("2026-11-24", 15_000);
    let outcome = world.at("2026-11-24T16:00:00Z").strike().unwrap();
    // (16,000 + 15,000 + 6 x 15,000) / 8: the days before the 23rd were void.
    assert_eq!(struck(&outcome, NOV_ID), Some((15_125, 15_125, 5, false)));
    assert_eq!(struck(&outcome, DEC_ID), Some((15_000, 15_000, 5, false)));
    let base = crate::desk::Desk::open(&world.storage, &world.config(), "TOKX26").unwrap().series.window_base;
    assert_eq!(base, Some(WindowBase { sum: 0, count: 0 }));
    // From here on the index leg of the month needs no question to the oracle but one raw read.
    world.fixes("2026-11-25", 15_000);
    world.at("2026-11-25T15:30:00Z");
    world.facts.borrow_mut().queries = 0;
    let outcome = world.anyone(ExecuteMsg::PushMarks { series: vec!["TOKX26".to_string()] }).unwrap();
    assert_eq!(outcome.all::<Marked>()[0].index, Some(units(15_125)));
    assert_eq!(world.facts.borrow().queries, 1);
}

#[test]
fn whoever_strikes_cannot_leave_out_the_fixing_of_the_day() {
    let mut world = World::new();
    world.facts.borrow_mut().provisional = vec![(time("2026-11-24T12:00:00Z"), 15_000)];
    let outcome = world.at("2026-11-24T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&outcome, DEC_ID), Some((15_000, 15_000, 5, false)));
    world.facts.borrow_mut().provisional = vec![(time("2026-11-25T12:00:00Z"), 14_000)];
    world.facts.borrow_mut().stuck = true;
    world.at("2026-11-25T15:59:59Z");
    assert_eq!(world.strike().unwrap_err().code(), "strike_not_due");
    world.at("2026-11-25T16:00:00Z");
    assert_eq!(world.strike().unwrap_err().code(), "fixings_due");
}

#[test]
fn a_fixing_that_cannot_be_final_yet_holds_no_strike_up_and_one_before_it_is_not_left_out() {
    let mut world = World::new();
    let days = ["2026-11-24T12:00:00Z", "2026-11-25T12:00:00Z"].map(time);
    world.facts.borrow_mut().provisional = vec![(days[0], 15_900), (days[1], 15_000)];
    world.facts.borrow_mut().disputed = Some((days[1], time("2026-11-25T16:00:01Z")));
    // Two daily times have passed; of the fixings the first is due, the second disputed for a second more.
    let outcome = world.at("2026-11-25T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&outcome, DEC_ID), Some((15_900, 15_900, 5, false)));
    assert_eq!(world.facts.borrow().provisional, [(days[1], 15_000)]);
    // The next strike has its move.
    world.facts.borrow_mut().provisional.push((time("2026-11-26T12:00:00Z"), 15_000));
    let outcome = world.at("2026-11-26T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&outcome, DEC_ID), Some((15_000, 15_000, 5, false)));
}

#[test]
fn a_dispute_that_is_over_holds_nothing_up_however_late_the_strike() {
    let mut world = World::new();
    let day = time("2026-11-24T12:00:00Z");
    world.facts.borrow_mut().provisional = vec![(day, 15_000)];
    world.facts.borrow_mut().disputed = Some((day, time("2026-11-24T16:00:01Z")));
    let outcome = world.at("2026-11-24T16:00:01Z").strike().unwrap();
    assert_eq!(struck(&outcome, DEC_ID), Some((15_000, 15_000, 5, false)));
}

#[test]
fn a_fixing_that_is_no_price_is_no_index_and_stops_nothing() {
    let mut world = World::new();
    let id = world.buys(ALICE, 2, "1.6000").id();
    for value in [1_000_000_001, 0] {
        world.fixes("2026-11-24", value);
        let answer: SeriesResponse = world.ask(QueryMsg::Series { code: DEC.to_string() }).unwrap();
        assert_eq!((answer.index_price, answer.mark.as_str()), (None, "1.6000"));
        world.anyone(ExecuteMsg::PushMarks { series: vec![DEC.to_string()] }).unwrap();
        assert_eq!(world.place(order(ALICE, Side::Buy, 1, "1.6000")).unwrap_err().code(), "index_stale");
    }
    let outcome = world.at("2026-11-24T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&outcome, DEC_ID), Some((16_000, 16_000, 6, false)));
    world.by("trader", ExecuteMsg::CancelAll { account: ALICE }).unwrap();
    world.anyone(ExecuteMsg::Reap { orders: vec![id] }).unwrap();
}

#[test]
fn a_move_that_leaves_the_prices_is_no_index_leg() {
    let mut world = World::new();
    let desk = crate::desk::Desk::open(&world.storage, &world.config(), DEC).unwrap();
    let series = crate::state::Series { fixing: units(1), ..desk.series };
    SERIES.save(&mut world.storage, &desk.id, &series).unwrap();
    world.fixes("2026-11-24", 100_000);
    let outcome = world.at("2026-11-24T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&outcome, DEC_ID), Some((16_000, 16_000, 6, false)));
}

#[test]
fn a_late_strike_averages_the_fixings_up_to_its_daily_time() {
    let mut world = World::new();
    world.fixes("2026-11-24", 15_000);
    world.fixes("2026-11-25", 9_000);
    let outcome = world.at("2026-11-25T15:30:00Z").strike().unwrap();
    // As at the daily time of the 24th: (16,000 + 15,000 + 6 x 15,000) / 8.
    assert_eq!(struck(&outcome, NOV_ID), Some((15_125, 15_125, 5, false)));
}

#[test]
fn a_late_strike_without_a_fixing_before_its_daily_time_has_no_index() {
    let mut world = World::new();
    world.facts.borrow_mut().fixings = vec![(time("2026-11-25T12:00:00Z"), 15_000)];
    let outcome = world.at("2026-11-25T15:30:00Z").strike().unwrap();
    assert_eq!(struck(&outcome, DEC_ID), Some((16_000, 16_000, 6, false)));
}

#[test]
fn at_a_strike_a_half_goes_toward_the_price_that_no_limit_cut_off() {
    let of = |unclamped: u32| {
        let mut world = World::new();
        world.fixes("2026-11-24", 15_004);
        let desk = crate::desk::Desk::open(&world.storage, &world.config(), "TOKX26").unwrap();
        let series = crate::state::Series { unclamped: units(unclamped), ..desk.series };
        SERIES.save(&mut world.storage, &desk.id, &series).unwrap();
        struck(&world.at("2026-11-24T16:00:00Z").strike().unwrap(), NOV_ID).unwrap()
    };
    // (16,000 + 7 x 15,004) / 8 = 15,128.5
    assert_eq!(of(15_128), (15_128, 15_128, 5, false));
    assert_eq!(of(15_129), (15_129, 15_129, 5, false));
}

#[test]
fn without_a_fresh_fixing_the_previous_price_stays() {
    let mut world = World::new();
    let outcome = world.at("2026-11-25T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&outcome, DEC_ID), Some((16_000, 16_000, 6, false)));
}

#[test]
fn the_margin_mark_is_held_near_the_index_for_ten_minutes() {
    let mut world = World::new();
    world.at("2026-11-24T11:00:00Z").sells(BOB, 500, "1.7000");
    world.buys(CAROL, 10, "1.6980");
    let mut marks = vec![];
    for minute in 1..=11 {
        world.at(&format!("2026-11-24T11:{minute:02}:00Z"));
        for taker in [ALICE, DAVE] {
            let outcome = world.buys(taker, 10, "1.7000");
            let marked = outcome.all::<Marked>().remove(0);
            let told = outcome.clearing().marks[0].clone();
            assert_eq!(told, MarkChange { series: SeriesId(DEC_ID), price: marked.margin_mark });
            marks.push((marked.mark.units(), marked.margin_mark.units()));
        }
    }
    // Ten lots prove nothing: book and index are left, and the index is the nearer to S.
    assert_eq!(marks[0], (16_000, 16_000));
    assert!(marks[1..20].iter().all(|mark| *mark == (16_990, 16_480)), "{marks:?}");
    assert_eq!(marks[20], (16_990, 16_990));
}

#[test]
fn what_the_fixings_moved_while_they_were_stale_is_not_lost() {
    let mut world = World::new();
    world.fixes("2026-11-24", 15_000);
    // Final, but 52 hours old at the strike: no index leg, and T keeps the fixing it was found at.
    let first = world.at("2026-11-26T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&first, DEC_ID), Some((16_000, 16_000, 6, false)));
    world.fixes("2026-11-27", 15_000);
    let then = world.at("2026-11-27T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&then, DEC_ID), Some((15_000, 15_000, 5, false)));
}
