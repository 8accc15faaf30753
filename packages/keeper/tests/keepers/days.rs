//! Markets that nobody but a keeper settles.

use serde_json::json;
use tokfut_api::oracle::{Change, ExecuteMsg};
use tokfut_api::vault::Level;
use tokfut_api::{market, vault};
use tokfut_core::money::SignedAmount;
use tokfut_core::price::Price;
use tokfut_core::series::Status;
use tokfut_core::time::{DAILY, FINAL, FIXING, GRACE, HOUR, MINUTE};
use tokfut_keeper::{Duty, Keeper};
use tokfut_testkit::{Setup, TestWorld, buy, time, usd};

use crate::chain::{Told, Way, keeper, keeper_of, lines, turn};

const JULY: &str = "TOKN26";

/// The panel fixes; all else of the day is the keeper's, at its times.
pub fn lives(world: &TestWorld, keeper: &mut Keeper<Way>, fixing: &str) {
    world.goes_to(world.next(FIXING + 5 * MINUTE));
    world.fixes("TOK", fixing);
    for of_day in [FINAL, DAILY, DAILY + GRACE] {
        world.goes_to(world.next(of_day));
        turn(keeper);
    }
}

fn done(told: &Told, duty: Duty) -> Vec<String> {
    lines(told, duty).into_iter().filter(|line| line[2] == "done").map(|line| line[1].clone()).collect()
}

#[test]
fn a_keeper_alone_brings_a_market_from_its_first_fixing_to_the_last_settlement() {
    let world = Setup::default().starting("2026-06-27T00:00:00Z").months(2).insured(usd(1_000)).bare();
    let way = Way::new(&world, "keeper");
    let (mut keeper, told) = keeper(&way);
    lives(&world, &mut keeper, "1.6000");
    // TOK alone has a fixing: it alone is listed.
    assert_eq!(done(&told, Duty::List), ["TOK"]);
    world.morning();
    let (alice, bob) = (world.trader("alice", usd(50_000)), world.trader("bob", usd(50_000)));
    bob.sells(10, "TOKM26", "1.6000");
    alice.buys(10, "TOKM26", "1.6000");
    for fixing in ["1.6100", "1.6200", "1.6300"] {
        lives(&world, &mut keeper, fixing);
    }
    // June is settled a day after its last fixing.
    lives(&world, &mut keeper, "1.6400");
    assert_eq!((alice.lots("TOKM26"), alice.unsettled()), (0, 0));
    let june = &world.settlements("TOKM26")[0];
    assert!(june.last);
    let price = i128::from(Price::parse(&june.price, 4).unwrap().units());
    // Ten lots bought at 1.6000; the taker's fee, 2 bp of $16,000, and the settlement's, 1 bp of what they are worth.
    let (gain, fees) = (10 * (price - 16_000) * 100_000, 3_200_000 + 10 * price * 100_000 / 10_000);
    assert_eq!(alice.cash() - usd(50_000), gain - fees);
    let settled: Vec<market::SeriesResponse> = world.asks(&market::QueryMsg::SeriesList { product: "TOK".to_string() });
    assert_eq!(settled.into_iter().map(|series| series.code).collect::<Vec<_>>(), ["TOKN26", "TOKQ26"]);
    // Both have been touched, once: the fees of their last day are where they belong, though neither has done a thing.
    assert_eq!(done(&told, Duty::Touch), [alice.account, bob.account].map(|account| format!("account {}", account.0)));
    let before = world.balance_sheet();
    world.sends("anyone", &vault::ExecuteMsg::Touch { accounts: vec![alice.account, bob.account] });
    assert_eq!(world.balance_sheet(), before);
    // Every day was struck and finalised, once.
    assert_eq!(done(&told, Duty::Strike), ["TOK"; 5]);
    assert_eq!(done(&told, Duty::Finalise), ["TOK"; 5]);
}

/// A day on which nothing is fixed.
fn lives_silently(world: &TestWorld, keeper: &mut Keeper<Way>) {
    for of_day in [FINAL, DAILY, DAILY + GRACE] {
        world.goes_to(world.next(of_day));
        turn(keeper);
    }
}

#[test]
fn a_keeper_alone_winds_up_a_product_whose_index_has_died_and_lists_new_months_once_it_is_back() {
    let world = Setup::default().months(2).insured(usd(1_000)).open();
    let (mut keeper, told) = keeper(&Way::new(&world, "keeper"));
    let (alice, bob) = (world.trader("alice", usd(50_000)), world.trader("bob", usd(50_000)));
    bob.sells(10, JULY, "1.6000");
    alice.buys(10, JULY, "1.6000");
    alice.buys(1, JULY, "1.5000");
    // The fixing of 1 June was the last: the strike of the 11th ends June and July, and that is the last one.
    for _ in 2..=20 {
        lives_silently(&world, &mut keeper);
    }
    assert_eq!(done(&told, Duty::Strike), ["TOK"; 10]);
    assert_eq!(world.settlements(JULY)[0].method, 24);
    assert_eq!((alice.lots(JULY), alice.orders()), (0, vec![]));
    assert_eq!(keeper.book().unwrap().orders().count(), 0);
    assert_eq!(done(&told, Duty::Touch), [alice.account, bob.account].map(|account| format!("account {}", account.0)));
    // August would have been listed with the end of June; the index is dead until the second of July.
    while world.now() < time("2026-07-02T00:00:00Z") {
        lives_silently(&world, &mut keeper);
    }
    assert!(lines(&told, Duty::List).is_empty(), "{told:?}");
    lives(&world, &mut keeper, "1.6100");
    assert_eq!(done(&told, Duty::List), ["TOK"]);
    let listed: Vec<market::SeriesResponse> = world.asks(&market::QueryMsg::SeriesList { product: "TOK".to_string() });
    let listed: Vec<_> = listed.iter().map(|one| (one.code.as_str(), one.settlement_price.as_str())).collect();
    assert_eq!(listed, [("TOKQ26", "1.6100")]);
}

#[test]
fn a_feed_that_has_ended_is_left_alone() {
    let world = Setup::default().months(2).open();
    let (mut keeper, told) = keeper(&Way::new(&world, "keeper"));
    let change = Change::Terminate { feed: 1, from: time("2026-06-10T12:00:00Z") };
    world.sends("administrator", &ExecuteMsg::Announce { change });
    for _ in 2..=14 {
        lives_silently(&world, &mut keeper);
    }
    assert_eq!(world.settlements(JULY)[0].method, 24);
    // The feeds of the other products go on.
    let of_tok = done(&told, Duty::Fixings).into_iter().filter(|what| what == "feed 1").count();
    assert_eq!(of_tok, 8, "{:?}", lines(&told, Duty::Fixings));
}

#[test]
fn an_account_below_maintenance_is_found_by_the_move_of_the_mark_and_closed_out() {
    let world = Setup::default().insured(usd(100_000)).open();
    let way = Way::new(&world, "keeper");
    let (mut keeper, told) = keeper(&way);
    turn(&mut keeper);
    let (alice, bob) = (world.trader("alice", usd(2_000)), world.trader("bob", usd(900_000)));
    bob.sells(8, JULY, "1.6000");
    alice.buys(8, JULY, "1.6000");
    turn(&mut keeper);
    assert!(lines(&told, Duty::Liquidate).is_empty());
    // Down 9 % in a day: her 8 lots have lost $1,152 of $2,000, and maintenance is $1,398.
    lives(&world, &mut keeper, "1.4560");
    bob.buys(100, JULY, "1.4500");
    world.later(5);
    turn(&mut keeper);
    world.later(HOUR);
    turn(&mut keeper);
    assert!(!done(&told, Duty::Liquidate).is_empty());
    assert!(!matches!(alice.state().level, Level::Liquidating | Level::Default), "{:?}", alice.state());
    assert_eq!(
        keeper.book().unwrap().positions(alice.account).map(|(_, lots)| lots.count()).sum::<i64>(),
        alice.lots(JULY)
    );
}

#[test]
fn dead_orders_are_removed_and_live_ones_are_not() {
    let world = TestWorld::new();
    let way = Way::new(&world, "keeper");
    let (mut keeper, told) = keeper(&way);
    let alice = world.trader("alice", usd(500_000));
    let lives_on = alice.buys(1, JULY, "1.5000").id();
    turn(&mut keeper);
    let ends_today = alice.places(buy(2, JULY, "1.5010").day()).id();
    turn(&mut keeper);
    assert!(done(&told, Duty::Reap).is_empty());
    lives(&world, &mut keeper, "1.6000");
    assert_eq!(done(&told, Duty::Reap), [format!("order {ends_today}")]);
    let orders: Vec<String> = alice.orders().into_iter().map(|order| order.id).collect();
    assert_eq!(orders, std::slice::from_ref(&lives_on));
    alice.cancels_all();
    turn(&mut keeper);
    assert_eq!(done(&told, Duty::Reap)[1..], [format!("order {lives_on}")]);
    assert_eq!(keeper.book().unwrap().orders().count(), 0);
}

#[test]
fn orders_that_were_dead_before_the_keeper_first_looked_are_removed() {
    let world = Setup::default().starting("2026-06-29T00:00:00Z").months(2).open();
    let alice = world.trader("alice", usd(500_000));
    // Of a month that will be settled by then, of a day that will be over, let go of, and alive.
    let settled = alice.buys(1, "TOKM26", "1.5000").id();
    let over = alice.places(buy(2, JULY, "1.5010").day()).id();
    let let_go = alice.buys(3, JULY, "1.5020").id();
    for _ in 0..3 {
        lives(
            &world,
            &mut keeper_of(&Way::new(&world, "another"), &[Duty::Fixings, Duty::Strike, Duty::Finalise], None).0,
            "1.6000",
        );
    }
    alice.cancels_all();
    let lives_on = alice.buys(4, JULY, "1.5030").id();
    let (mut keeper, told) = keeper(&Way::new(&world, "keeper"));
    turn(&mut keeper);
    let mut removed = done(&told, Duty::Reap);
    removed.sort();
    let mut dead = [settled, over, let_go].map(|id| format!("order {id}"));
    dead.sort();
    assert_eq!(removed, dead);
    let left: Vec<String> = keeper.book().unwrap().orders().map(|(id, _)| id.to_string()).collect();
    assert_eq!(left, [lives_on]);
}

#[test]
fn the_treasury_is_paid_from_a_hundred_coins_on() {
    let world = TestWorld::new();
    let way = Way::new(&world, "keeper");
    let (mut keeper, told) = keeper(&way);
    let (alice, bob) = (world.trader("alice", usd(5_000_000)), world.trader("bob", usd(5_000_000)));
    // A lot at 1.6000 brings 2.5 bp of $1,600 in fees, half of it for the treasury: $0.20.
    bob.sells(499, JULY, "1.6000");
    alice.buys(499, JULY, "1.6000");
    turn(&mut keeper);
    assert_eq!((done(&told, Duty::Collect).len(), world.balance_sheet().treasury), (0, SignedAmount::new(99_800_000)));
    bob.sells(1, JULY, "1.6000");
    alice.buys(1, JULY, "1.6000");
    turn(&mut keeper);
    assert_eq!(
        (done(&told, Duty::Collect), world.balance_sheet().treasury),
        (vec!["treasury".to_string()], SignedAmount::ZERO)
    );
}

#[test]
fn an_announced_opening_happens_when_its_time_has_come() {
    let world = TestWorld::new();
    let (mut keeper, told) = keeper(&Way::new(&world, "keeper"));
    world.sends("guardian", &market::ExecuteMsg::SetStatus { series: JULY.to_string(), status: Status::Halted });
    world.sends("governance", &market::ExecuteMsg::ScheduleOpen { series: JULY.to_string() });
    turn(&mut keeper);
    assert!(lines(&told, Duty::Reopen).is_empty());
    for _ in 0..2 {
        lives(&world, &mut keeper, "1.6000");
    }
    assert_eq!(done(&told, Duty::Reopen), [JULY]);
    assert_eq!(world.series(JULY).status, Status::Open);
}

#[test]
fn what_a_publisher_leaves_in_its_outbox_is_brought_to_the_oracle_once() {
    let world = TestWorld::new();
    let outbox = tempfile::tempdir().unwrap();
    let way = Way::new(&world, "keeper");
    let settings = tokfut_keeper::Settings {
        duties: [Duty::Relay].into(),
        dry_run: false,
        checkpoint: None,
        submissions: Some(outbox.path().to_path_buf()),
    };
    let told = Told::default();
    let log = told.clone();
    let mut keeper = Keeper::new(way, settings, Box::new(move |line| log.borrow_mut().push(line.clone())));
    world.at("2026-06-02T12:05:00Z");
    let feed = world.chain().spec().feed("TOK").unwrap().clone();
    let round = (time("2026-06-02T12:00:00Z").seconds() - feed.anchor.seconds()) / feed.interval;
    let said = |publisher| {
        let chain = world.chain();
        chain.observation(&feed, round, time("2026-06-02T12:00:00Z"), publisher, Some("1.6100")).unwrap()
    };
    let message = |publishers: &[u16]| {
        let observations: Vec<_> = publishers.iter().map(|publisher| said(*publisher)).collect();
        json!({"submit": {"feed": feed.id, "round": round, "observations": observations}}).to_string()
    };
    std::fs::write(outbox.path().join("one.json"), message(&[0, 1, 2])).unwrap();
    std::fs::write(outbox.path().join("half.json"), &message(&[4])[..40]).unwrap();
    turn(&mut keeper);
    // A file of another relayer's overlaps: only what is missing is sent.
    std::fs::write(outbox.path().join("two.json"), message(&[1, 2, 3])).unwrap();
    turn(&mut keeper);
    turn(&mut keeper);
    let what = |publishers: &str| format!("feed {} round {round} revision 0 publishers {publishers}", feed.id);
    assert_eq!(done(&told, Duty::Relay), [what("0 1 2"), what("3")]);
    let bad: Vec<_> = told.borrow().iter().filter(|line| line["event"] == "invalid_submission").cloned().collect();
    assert_eq!(bad.len(), 1, "told once: {bad:?}");
}

#[test]
fn a_dry_run_says_what_it_would_do_and_does_nothing() {
    let world = Setup::default().bare();
    world.at("2026-06-01T12:05:00Z");
    world.fixes("TOK", "1.6000");
    world.at("2026-06-01T15:15:00Z");
    let told = Told::default();
    let log = told.clone();
    let settings =
        tokfut_keeper::Settings { duties: Duty::ALL.into(), dry_run: true, checkpoint: None, submissions: None };
    let log = Box::new(move |line: &serde_json::Value| log.borrow_mut().push(line.clone()));
    let before = world.chain().fingerprint();
    let mut keeper = Keeper::new(Way::new(&world, "keeper"), settings, log);
    let round = turn(&mut keeper);
    assert_eq!((round.done, world.chain().fingerprint()), (0, before));
    assert!(lines(&told, Duty::Fixings).iter().all(|line| line[2] == "would"), "{told:?}");
    assert!(round.tried > 0);
}

#[test]
fn a_keeper_keeps_to_its_duties() {
    let world = Setup::default().bare();
    let way = Way::new(&world, "keeper");
    let (mut keeper, told) = keeper_of(&way, &[Duty::Strike], None);
    world.day("1.6000");
    world.lists("TOK").succeeds();
    world.goes_to(world.next(DAILY));
    turn(&mut keeper);
    world.later(GRACE);
    turn(&mut keeper);
    assert_eq!(done(&told, Duty::Strike), ["TOK"]);
    assert!(told.borrow().iter().all(|line| line["duty"] == "strike"), "{told:?}");
    assert!(world.settlement_of("TOK").finalises_from.is_some());
}
