//! The end of a month: final settlement.

use tokfut_api::clearing::MarkChange;
use tokfut_api::market::{Marked, ProductResponse, SeriesResponse, SettlementResponse, Struck};
use tokfut_core::id::SeriesId;
use tokfut_core::price::Price;
use tokfut_core::product::Product;
use tokfut_core::series::Status;

use super::settlement::{struck, units};
use super::*;

/// All of November fixed at 16,000 but for its last ten days.
fn november(last_ten: u128) -> World {
    let mut world = World::bare();
    {
        let mut facts = world.facts.borrow_mut();
        facts.fixings.clear();
        for day in 1..=30 {
            let value = if day <= 20 { 16_000 } else { last_ten };
            facts.fix(time(&format!("2026-11-{day:02}T12:00:00Z")), value);
        }
    }
    let all = world.facts.borrow().fixings.clone();
    world.facts.borrow_mut().fixings.truncate(23);
    world.instantiate(config()).unwrap();
    world.anyone(ExecuteMsg::ListSeries { product: "TOK".to_string() }).unwrap();
    world.facts.borrow_mut().fixings = all;
    world
}

#[test]
fn a_month_settles_finally_with_the_first_strike_a_day_after_its_last_fixing() {
    let mut world = november(16_300);
    let nov = |side| NewOrder { series: "TOKX26".to_string(), ..order(ALICE, side, 2, "1.6100") };
    let id = world.place(nov(Side::Buy)).unwrap().id();
    world.at("2026-11-29T16:00:00Z").strike().unwrap();
    world.at("2026-11-30T14:59:59Z").place(nov(Side::Buy)).unwrap();
    world.at("2026-11-30T15:00:00Z");
    assert_eq!(world.place(nov(Side::Buy)).unwrap_err().code(), "not_trading");
    // After last trading there is no daily strike of it; its mark is the average.
    let outcome = world.at("2026-11-30T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&outcome, NOV_ID), None);
    assert!(struck(&outcome, DEC_ID).is_some());
    let outcome = world.anyone(ExecuteMsg::PushMarks { series: vec!["TOKX26".to_string()] }).unwrap();
    let Some(vault::ExecuteMsg::SetMarks { marks }) = outcome.to_vault else { panic!() };
    assert_eq!(marks, [MarkChange { series: SeriesId(NOV_ID), price: units(16_100) }]);
    world.fixes("2026-12-01", 16_300);
    let outcome = world.at("2026-12-01T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&outcome, NOV_ID), Some((16_100, 16_100, 21, true)));
    let answer: SeriesResponse = world.ask(QueryMsg::Series { code: "TOKX26".to_string() }).unwrap();
    assert_eq!((answer.status, answer.settlement_price.as_str()), (Status::Settled, "1.6100"));
    // Its orders went with its positions.
    let outcome = world.anyone(ExecuteMsg::Reap { orders: vec![id] }).unwrap();
    assert_eq!((outcome.to_vault, outcome.events.len()), (None, 1));
    let push = ExecuteMsg::PushMarks { series: vec!["TOKX26".to_string()] };
    assert_eq!(world.anyone(push).unwrap_err().code(), "not_trading");
    let list: Vec<SeriesResponse> = world.ask(QueryMsg::SeriesList { product: "TOK".to_string() }).unwrap();
    assert_eq!((list.len(), list[0].code.as_str()), (15, DEC));
    let answers: Vec<SettlementResponse> =
        world.ask(QueryMsg::Settlements { series: "TOKX26".to_string(), start_before: None, limit: Some(1) }).unwrap();
    assert_eq!((answers[0].method, answers[0].last), (21, true));
}

#[test]
fn no_month_settles_before_all_fixings_of_its_window_are_final_or_void() {
    let mut world = november(16_300);
    let last = world.facts.borrow_mut().fixings.pop().unwrap();
    world.at("2026-11-29T16:00:00Z").strike().unwrap();
    world.facts.borrow_mut().provisional = vec![last, (time("2026-12-01T12:00:00Z"), 16_300)];
    world.facts.borrow_mut().stuck = true;
    assert_eq!(world.at("2026-12-01T16:00:00Z").strike().unwrap_err().code(), "fixings_due");
    world.facts.borrow_mut().stuck = false;
    assert_eq!(struck(&world.strike().unwrap(), NOV_ID), Some((16_100, 16_100, 21, true)));
}

#[test]
fn a_month_whose_fixings_are_no_prices_settles_by_its_daily_prices() {
    let mut world = november(16_300);
    world.at("2026-11-29T16:00:00Z").strike().unwrap();
    let settled: SeriesResponse = world.ask(QueryMsg::Series { code: "TOKX26".to_string() }).unwrap();
    world.facts.borrow_mut().fixings.iter_mut().for_each(|(_, value)| *value = 2_000_000_000);
    world.fixes("2026-12-01", 16_300);
    let outcome = world.at("2026-12-01T16:00:00Z").strike().unwrap();
    let price = Price::parse(&settled.settlement_price, 4).unwrap().units();
    assert_eq!(struck(&outcome, NOV_ID), Some((price, price, 23, true)));
}

#[test]
fn the_mark_of_a_month_with_nine_void_days_is_what_will_settle() {
    let mut world = november(16_300);
    // Fixed on twenty-one days, void from the 22nd on; then fixed again when the month is over.
    world.facts.borrow_mut().fixings.truncate(21);
    let nov = || ExecuteMsg::PushMarks { series: vec!["TOKX26".to_string()] };
    let index = |world: &mut World| world.anyone(nov()).unwrap().all::<Marked>()[0].index.map(Price::units);
    // One void day, and eight that may still come.
    world.at("2026-11-22T15:00:00Z");
    assert_eq!(index(&mut world), Some((20 * 16_000 + 10 * 16_300) / 30));
    world.facts.borrow_mut().void_to = time("2026-11-22T12:00:00Z");
    let ahead = |finals: u32, days: u32| {
        (20 * 16_000 + (finals + days) * 16_300 + (20 + finals + days) / 2) / (20 + finals + days)
    };
    assert_eq!(index(&mut world), Some(ahead(1, 8)));
    world.facts.borrow_mut().void_to = time("2026-11-30T12:00:00Z");
    world.at("2026-11-30T16:00:00Z").strike().unwrap();
    world.fixes("2026-12-01", 20_000);
    world.at("2026-12-01T15:30:00Z");
    let mean = ahead(1, 0);
    assert_eq!(index(&mut world), Some(mean));
    let outcome = world.at("2026-12-01T16:00:00Z").strike().unwrap();
    assert_eq!(struck(&outcome, NOV_ID).map(|(price, _, method, last)| (price, method, last)), Some((mean, 22, true)));
}

#[test]
fn the_last_day_of_a_month_void_is_no_fixing_to_come() {
    let mut world = november(16_300);
    world.facts.borrow_mut().fixings.truncate(29);
    world.at("2026-11-29T16:00:00Z").strike().unwrap();
    world.facts.borrow_mut().void_to = time("2026-11-30T12:00:00Z");
    let marked = world.at("2026-11-30T15:30:00Z").anyone(ExecuteMsg::PushMarks { series: vec!["TOKX26".to_string()] });
    // (20 x 16,000 + 9 x 16,300) / 29, not 16,100.
    assert_eq!(marked.unwrap().all::<Marked>()[0].index, Some(units(16_093)));
}

#[test]
fn without_half_the_fixings_the_last_five_daily_prices_settle_the_month() {
    let mut world = World::new();
    for day in 24..=29 {
        world.fixes(&format!("2026-11-{day}"), 16_000 + u128::from(day as u64) * 10);
        world.at(&format!("2026-11-{day}T16:00:00Z")).strike().unwrap();
    }
    let answers: Vec<SettlementResponse> =
        world.ask(QueryMsg::Settlements { series: "TOKX26".to_string(), start_before: None, limit: Some(5) }).unwrap();
    let sum: u32 = answers.iter().map(|s| Price::parse(&s.price, 4).unwrap().units()).sum();
    world.fixes("2026-12-01", 16_300);
    let outcome = world.at("2026-12-01T16:00:00Z").strike().unwrap();
    let (price, _, method, last) = struck(&outcome, NOV_ID).unwrap();
    assert_eq!((method, last), (23, true));
    assert_eq!(price, (f64::from(sum) / 5.0).round() as u32);
}

#[test]
fn a_product_with_nothing_but_an_expired_month_is_due_when_that_is_frozen() {
    let mut world = World::bare();
    let mut only = Product::tok().unwrap();
    (only.listing.serial, only.listing.quarterly) = (1, 0);
    world.facts.borrow_mut().products = vec![only];
    world.instantiate(config()).unwrap();
    world.anyone(ExecuteMsg::ListSeries { product: "TOK".to_string() }).unwrap();
    let due = |world: &mut World| -> Option<Time> {
        world.ask::<ProductResponse>(QueryMsg::Product { code: "TOK".to_string() }).unwrap().next_strike
    };
    world.at("2026-11-29T17:00:00Z").strike().unwrap();
    assert_eq!(due(&mut world), Some(time("2026-12-01T16:00:00Z")));
    assert_eq!(world.at("2026-12-01T15:59:59Z").strike().unwrap_err().code(), "strike_not_due");
    let outcome = world.at("2026-12-01T16:00:00Z").strike().unwrap();
    assert_eq!(outcome.all::<Struck>().len(), 1);
    assert_eq!(due(&mut world), None);
    assert_eq!(world.strike().unwrap_err().code(), "strike_not_due");
}
