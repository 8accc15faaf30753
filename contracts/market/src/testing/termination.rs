//! The end of a product whose index is dead.

use tokfut_api::market::{
    ProductResponse, ProductTerminated, SeriesListed, SeriesResponse, SettlementResponse, Struck,
};
use tokfut_core::id::SeriesId;
use tokfut_core::price::Price;
use tokfut_core::series::Status;

use super::*;
use crate::state::{SERIES, SETTLEMENTS, SettlementRecord};

/// The first daily time at which the only fixing, of 23 November at noon, is ten days old.
const TENTH: &str = "2026-12-03T16:00:00Z";

/// Number and method of each series that had its final settlement, and how often a termination was told.
fn ended(outcome: &Outcome) -> (Vec<(u16, u16)>, usize) {
    let last = outcome.all::<Struck>().into_iter().filter(|struck| struck.last);
    (last.map(|struck| (struck.series.0, struck.method)).collect(), outcome.all::<ProductTerminated>().len())
}

fn product(world: &mut World) -> ProductResponse {
    world.ask(QueryMsg::Product { code: "TOK".to_string() }).unwrap()
}

fn list(world: &mut World) -> Result<Outcome, ContractError> {
    world.anyone(ExecuteMsg::ListSeries { product: "TOK".to_string() })
}

/// Strikes day by day up to and with a daily time; the last strike.
fn strikes_to(world: &mut World, from: &str, to: &str) -> Outcome {
    let (mut day, last) = (time(from), time(to));
    loop {
        world.now = day;
        let outcome = world.strike().unwrap();
        if day == last {
            return outcome;
        }
        day = Time::new(day.seconds() + 86_400);
    }
}

#[test]
fn on_the_tenth_day_without_a_fixing_every_month_ends_at_the_mean_of_its_last_five_prices() {
    let mut world = World::new();
    // The last five daily prices: 15,400 three times, then 15,407 and 15,408 by trades while only risk fell.
    let id = world.buys(ALICE, 2, "1.5000").id();
    strikes_to(&mut world, "2026-11-24T16:00:00Z", "2026-12-02T16:00:00Z");
    let prices = [15_400, 15_400, 15_400, 15_407, 15_408];
    for (price, cycle) in prices.into_iter().zip(5u32..) {
        let key = (SeriesId(DEC_ID), cycle);
        let record = SETTLEMENTS.may_load(&world.storage, &key).unwrap().unwrap();
        let record = SettlementRecord { price: Price::new(price).unwrap(), ..record };
        SETTLEMENTS.save(&mut world.storage, &key, &record).unwrap();
    }
    assert_eq!(product(&mut world).listable, ["TOKX27"]);
    let outcome = world.at(TENTH).strike().unwrap();
    let (last, told) = ended(&outcome);
    assert_eq!((last.len(), told), (15, 1));
    assert!(last.iter().all(|(_, method)| *method == 24), "{last:?}");
    let dec: SeriesResponse = world.ask(QueryMsg::Series { code: DEC.to_string() }).unwrap();
    // 77,015 / 5
    assert_eq!((dec.settlement_price.as_str(), dec.status, dec.bid), ("1.5403", Status::Settled, None));
    let settlements = QueryMsg::Settlements { series: DEC.to_string(), start_before: None, limit: Some(1) };
    let told: Vec<SettlementResponse> = world.ask(settlements).unwrap();
    assert_eq!((told[0].at, told[0].method, told[0].last), (time(TENTH), 24, true));

    // Nothing is left to strike or to list, and orders went with positions.
    let after = product(&mut world);
    assert_eq!((after.cycle, after.next_strike, after.listable), (10, None, vec![]));
    assert_eq!(world.ask::<Vec<SeriesResponse>>(QueryMsg::SeriesList { product: "TOK".to_string() }).unwrap(), []);
    assert_eq!(world.at("2026-12-04T16:00:00Z").strike().unwrap_err().code(), "strike_not_due");
    assert_eq!(list(&mut world).unwrap_err().code(), "index_terminated");
    for reduce_only in [false, true] {
        let order = NewOrder { reduce_only, ..order(ALICE, Side::Sell, 1, "1.5400") };
        assert_eq!(world.place(order).unwrap_err().code(), "not_trading");
    }
    assert_eq!(world.anyone(ExecuteMsg::Reap { orders: vec![id] }).unwrap().to_vault, None);
}

#[test]
fn the_tenth_day_begins_ten_days_after_the_last_fixing_to_the_second() {
    for (last, dead) in [("2026-11-23T16:00:00Z", true), ("2026-11-23T16:00:01Z", false)] {
        let mut world = World::new();
        world.facts.borrow_mut().fixings = vec![(time(last), 16_000)];
        let (ended, told) = ended(&strikes_to(&mut world, "2026-11-24T16:00:00Z", TENTH));
        assert_eq!((ended.is_empty(), told), (!dead, usize::from(dead)), "{last}");
    }
}

#[test]
fn a_late_strike_asks_how_old_the_index_was_at_its_own_daily_time() {
    let late = |fixed: &str, now: &str| {
        let mut world = World::new();
        strikes_to(&mut world, "2026-11-24T16:00:00Z", "2026-11-30T16:00:00Z");
        world.fixes(fixed, 15_000);
        ended(&world.at(now).strike().unwrap()).1
    };
    // Of the third: the fixing of the fourth comes too late for it. Of the fourth, one strike for two days: it is in time.
    assert_eq!(late("2026-12-04", "2026-12-04T15:59:59Z"), 1);
    assert_eq!(late("2026-12-04", "2026-12-04T16:00:00Z"), 0);
    // Of the second, however late in the third.
    assert_eq!(late("2026-12-04", "2026-12-03T15:59:59Z"), 0);
}

#[test]
fn a_fixing_that_is_due_is_settled_first_and_keeps_the_product_alive() {
    let dead_after = |disputed: bool| {
        let mut world = World::new();
        strikes_to(&mut world, "2026-11-24T16:00:00Z", "2026-12-02T16:00:00Z");
        let day = time("2026-12-03T12:00:00Z");
        world.facts.borrow_mut().provisional = vec![(day, 15_000)];
        world.facts.borrow_mut().disputed = disputed.then(|| (day, time("2026-12-03T16:00:01Z")));
        ended(&world.at(TENTH).strike().unwrap()).1
    };
    // What cannot be final yet is no final fixing: time alone decides.
    assert_eq!([dead_after(false), dead_after(true)], [0, 1]);
}

/// November with final fixings on its first days, one with so many of them that its feed ends on the 27th at noon.
fn ends_in_november(finals: u64) -> Outcome {
    let mut world = World::new();
    {
        let mut facts = world.facts.borrow_mut();
        facts.fixings.clear();
        for day in 27 - finals..27 {
            facts.fix(time(&format!("2026-11-{day:02}T12:00:00Z")), 16_000 + u128::from(day) * 10);
        }
        facts.ends = Some(time("2026-11-27T12:00:00Z"));
    }
    assert_eq!(ended(&strikes_to(&mut world, "2026-11-24T16:00:00Z", "2026-11-26T16:00:00Z")), (vec![], 0));
    world.at("2026-11-27T16:00:00Z").strike().unwrap()
}

#[test]
fn an_ended_feed_takes_no_mean_from_a_month_that_has_half_its_fixings() {
    for (finals, method) in [(26, 21), (24, 21), (23, 22), (15, 22), (14, 24)] {
        let outcome = ends_in_november(finals);
        let (last, told) = ended(&outcome);
        assert_eq!((last.len(), told), (16, 1));
        let others: Vec<u16> = last.iter().skip(1).map(|(_, method)| *method).collect();
        assert_eq!((last[0], others), ((NOV_ID, method), vec![24; 15]), "{finals}");
        let november = outcome.all::<Struck>()[0].price.units();
        if method != 24 {
            // The mean of days in a row; a half goes toward the previous price, which stands above it.
            let doubled = 2 * 16_000 + 10 * (27 - u32::try_from(finals).unwrap() + 26);
            assert_eq!(november, doubled.div_ceil(2), "{finals}");
        }
    }
}

#[test]
fn a_month_past_last_trading_settles_a_day_later_as_it_would_have() {
    for (finals, method) in [(15, 22), (14, 23)] {
        let mut world = World::new();
        {
            let mut facts = world.facts.borrow_mut();
            facts.fixings.clear();
            for day in 21 - finals..21 {
                facts.fix(time(&format!("2026-11-{day:02}T12:00:00Z")), 16_000);
            }
        }
        // Its last trading was an hour ago, its last day may still be fixed.
        let (last, told) = ended(&strikes_to(&mut world, "2026-11-24T16:00:00Z", "2026-11-30T16:00:00Z"));
        assert_eq!((last.len(), last[0].0, told), (15, DEC_ID, 1));
        let november: SeriesResponse = world.ask(QueryMsg::Series { code: "TOKX26".to_string() }).unwrap();
        assert_eq!(november.status, Status::Expired);
        assert_eq!(product(&mut world).next_strike, Some(time("2026-12-01T16:00:00Z")));
        let outcome = world.at("2026-12-01T16:00:00Z").strike().unwrap();
        assert_eq!(ended(&outcome), (vec![(NOV_ID, method)], 0));
    }
}

#[test]
fn no_status_keeps_a_month_from_its_end() {
    let mut world = World::new();
    let months = ["TOKF27", "TOKG27", "TOKH27", "TOKJ27"];
    for (month, status) in months.into_iter().zip([Status::Paused, Status::Halted, Status::CloseOnly, Status::Halted]) {
        world.by("guardian", ExecuteMsg::SetStatus { series: month.to_string(), status }).unwrap();
    }
    world.by("governance", ExecuteMsg::ScheduleOpen { series: "TOKJ27".to_string() }).unwrap();
    let (last, _) = ended(&strikes_to(&mut world, "2026-11-24T16:00:00Z", TENTH));
    assert_eq!(last.len(), 15);
    for month in months {
        let series: SeriesResponse = world.ask(QueryMsg::Series { code: month.to_string() }).unwrap();
        assert_eq!(series.status, Status::Settled, "{month}");
        assert_eq!(
            world.anyone(ExecuteMsg::Reopen { series: month.to_string() }).unwrap_err().code(),
            if month == "TOKJ27" { "invalid_transition" } else { "not_scheduled" }
        );
        let open = ExecuteMsg::ScheduleOpen { series: month.to_string() };
        assert_eq!(world.by("governance", open).unwrap_err().code(), "invalid_transition");
    }
}

#[test]
fn when_fixings_come_back_only_months_that_never_were_are_listed() {
    let mut world = World::new();
    strikes_to(&mut world, "2026-11-24T16:00:00Z", TENTH);
    world.fixes("2026-12-04", 15_000);
    world.at("2026-12-04T15:15:00Z");
    assert_eq!(product(&mut world).listable, ["TOKX27"]);
    let listed = list(&mut world).unwrap().all::<SeriesListed>();
    let listed: Vec<_> = listed.iter().map(|listed| (listed.code.as_str(), listed.price.units())).collect();
    assert_eq!(listed, [("TOKX27", 15_000)]);
    assert_eq!(list(&mut world).unwrap_err().code(), "nothing_to_list");
    assert_eq!(world.place(order(ALICE, Side::Buy, 1, "1.5000")).unwrap_err().code(), "not_trading");
    let november = NewOrder { series: "TOKX27".to_string(), ..order(ALICE, Side::Buy, 1, "1.5000") };
    world.place(november).unwrap();
    // A series is listed on an index of nine days and 86,399 seconds, and on no older one.
    world.at("2026-12-14T11:59:59Z");
    SERIES.remove(&mut world.storage, &SeriesId(DEC_ID + 12));
    assert_eq!(product(&mut world).listable, ["TOKZ27"]);
    world.at("2026-12-14T12:00:00Z");
    assert_eq!(product(&mut world).listable, Vec::<String>::new());
}
