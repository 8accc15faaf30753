//! Transactions that take too much gas, and messages that fail.

use serde_json::json;
use tokfut_core::time::{DAILY, FINAL, FIXING, MINUTE};
use tokfut_keeper::{Action, Duty, Keeper, View};
use tokfut_testkit::{Setup, TestWorld, buy, usd};

use crate::chain::{Told, Way, keeper_of, lines, now};

const JULY: &str = "TOKN26";

/// A keeper that reaps, and nine day orders that it has seen and that are dead.
fn nine_dead() -> (TestWorld, Way, (Keeper<Way>, Told)) {
    let world = TestWorld::new();
    let bob = world.trader("bob", usd(900_000));
    for lots in 1..=9 {
        bob.places(buy(lots, JULY, "1.5000").day());
    }
    let way = Way::new(&world, "keeper");
    let (mut keeper, told) = keeper_of(&way, &[Duty::Reap], None);
    assert_eq!(planned(&now(keeper.look()).unwrap()), []);
    world.goes_to(world.next(DAILY));
    world.makes_all_final("TOK");
    world.tries_to_strike().succeeds();
    (world, way, (keeper, told))
}

fn planned(view: &View) -> Vec<Action> {
    tokfut_keeper::plan(view, &[Duty::Reap].into())
}

#[test]
fn out_of_gas_halves_a_batch_until_it_fits() {
    let (world, way, (mut keeper, told)) = nine_dead();
    let view = now(keeper.look()).unwrap();
    // One message has all nine: its length is what a limit of gas would be about.
    let [batch] = [planned(&view)];
    assert_eq!(batch.len(), 9);
    *way.heavy.borrow_mut() = Some(Action::calls(&batch).unwrap()[0].msg.clone());
    let round = now(keeper.act(view.moment, batch)).unwrap();
    assert_eq!((round.done, round.failed), (9, 0));
    assert_eq!(way.tried.borrow().len(), 3, "all, then two halves");
    assert_eq!(lines(&told, Duty::Reap).len(), 9);
    world.later(1);
    assert_eq!(planned(&now(keeper.look()).unwrap()), []);
}

#[test]
fn what_does_not_wait_for_one_another_is_under_way_at_once() {
    let world = Setup::default().bare();
    let way = Way::new(&world, "keeper");
    let (mut keeper, told) = keeper_of(&way, &Duty::ALL, None);
    world.goes_to(world.next(FIXING + 5 * MINUTE));
    world.fixes("TOK", "1.6000");
    world.fixes("GPH", "2.3500");
    world.fixes("CSX", "1000.00");
    world.goes_to(world.next(FINAL));
    let view = now(keeper.look()).unwrap();
    let fixings = keeper.plan(&view);
    assert_eq!(now(keeper.act(view.moment, fixings)).unwrap().done, 3);
    assert_eq!(way.under_way.get(), (0, 3));
    assert_eq!(lines(&told, Duty::Fixings).len(), 3);
    // What waits for another duty comes after it: no strike is refused because of a settlement that is not final yet.
    for _ in 0..2 {
        world.goes_to(world.next(DAILY));
        now(keeper.once()).unwrap();
        world.goes_to(world.next(FIXING + 5 * MINUTE));
        world.fixes("TOK", "1.6000");
    }
    world.goes_to(world.next(FINAL));
    world.makes_all_final("TOK");
    world.goes_to(world.next(DAILY));
    let view = now(keeper.look()).unwrap();
    let plan = keeper.plan(&view);
    assert!(plan.contains(&Action::Finalise("TOK".to_string())) && plan.contains(&Action::Strike("TOK".to_string())));
    assert_eq!(now(keeper.act(view.moment, plan)).unwrap().failed, 0);
    assert!(told.borrow().iter().all(|line| line["code"] != "finalise_first"), "{told:?}");
}

#[test]
fn what_is_too_big_alone_is_set_aside_for_longer_and_longer_and_stops_nothing_else() {
    let (world, way, (mut keeper, told)) = nine_dead();
    let view = now(keeper.look()).unwrap();
    let actions = planned(&view);
    let bad = actions[4].clone();
    *way.heavy.borrow_mut() = Some(Action::calls(std::slice::from_ref(&bad)).unwrap()[0].msg.clone());
    way.gas.set(0);
    // Nothing fits at all: each is tried alone, and set aside.
    let round = now(keeper.act(view.moment, actions)).unwrap();
    assert_eq!((round.done, round.failed), (0, 9));
    assert_eq!(keeper.plan(&view), []);
    way.gas.set(usize::MAX);
    world.later(1);
    let view = now(keeper.look()).unwrap();
    // The batch goes through with the heavy one in it, since the message is another.
    let (heavy, others): (Vec<_>, Vec<_>) = keeper.plan(&view).into_iter().partition(|action| *action == bad);
    assert_eq!(now(keeper.act(view.moment, others)).unwrap().done, 8);
    assert_eq!(now(keeper.act(view.moment, heavy)).unwrap().failed, 1);
    let too_big: Vec<_> = lines(&told, Duty::Reap).into_iter().filter(|line| line[2] == "too_big").collect();
    assert_eq!(too_big.len(), 10);
    // It has failed twice: two blocks.
    world.later(1);
    let view = now(keeper.look()).unwrap();
    assert_eq!((planned(&view).len(), keeper.plan(&view).len()), (1, 0));
    world.later(1);
    let view = now(keeper.look()).unwrap();
    assert_eq!(keeper.plan(&view), [bad]);
}

#[test]
fn one_bad_action_of_a_batch_is_found_by_halving_and_backs_off_in_the_open() {
    let world = TestWorld::new();
    let way = Way::new(&world, "keeper");
    let (mut keeper, told) = keeper_of(&way, &Duty::ALL, None);
    let view = now(keeper.look()).unwrap();
    let mark = |series: &str| Action::Mark { product: "TOK".to_string(), series: series.to_string() };
    let batch = ["TOKM26", "TOKN26", "TOKQ26", "TOKXXX"].map(mark).to_vec();
    let round = now(keeper.act(view.moment, batch)).unwrap();
    assert_eq!((round.done, round.failed), (3, 1));
    let failed: Vec<_> = told.borrow().iter().filter(|line| line["result"] == "failed").cloned().collect();
    assert_eq!((failed.len(), &failed[0]["what"]), (1, &json!("TOKXXX")));
    assert!(failed[0]["message"].as_str().unwrap().contains("TOKXXX"));
    assert!(keeper.metrics().text().contains("actions_total{duty=\"marks\",result=\"failed\"} 1"));
}

#[test]
fn a_list_of_which_nothing_is_left_to_do_is_not_halved() {
    let (_, way, (mut keeper, told)) = nine_dead();
    let view = now(keeper.look()).unwrap();
    let (first, second) = (planned(&view), planned(&view));
    assert_eq!(now(keeper.act(view.moment, first)).unwrap().done, 9);
    assert_eq!(now(keeper.act(view.moment, second)).unwrap().done, 0);
    assert_eq!(way.tried.borrow().len(), 2);
    assert_eq!(lines(&told, Duty::Reap).into_iter().filter(|line| line[2] == "nothing").count(), 9);
}
