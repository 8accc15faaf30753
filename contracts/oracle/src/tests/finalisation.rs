//! How rounds end (clause 7.6): in order, by anyone, none blocking the next.

use cosmwasm_std::{Response, Uint128};
use tokfut_api::event::TypedEvent;
use tokfut_api::oracle::*;
use tokfut_api::raw::STANDING;
use tokfut_core::fixing::{Hint, LatestFinal, Standing};
use tokfut_core::time::{DAY, Time};

use super::world::*;

fn voided(response: &Response) -> Vec<(u64, u64, String)> {
    let voided = response.events.iter().filter_map(Voided::parse);
    voided.map(|event| (event.round, event.last, event.reason)).collect()
}

#[test]
fn e5_one_off_by_eleven_percent_moves_nothing() {
    let mut world = World::of(9);
    let values = [16_190, 16_200, 16_205, 16_210, 16_210, 16_225, 16_230, 16_300, 18_000];
    world.at(FIRST, 0).answer(FIRST, &values);
    let response = world.at(FIRST, FINAL_AFTER).finalise(1).unwrap();
    let fixed = Fixed {
        feed: 1,
        round: FIRST,
        fixing_time: Time::new(ANCHOR + FIRST * DAY),
        value: 16_210,
        publisher: 4,
        sum: 16_210,
        count: 1,
        revision: 0,
    };
    assert_eq!(Fixed::parse(&response.events[0]), Some(fixed));
    assert_eq!((world.state(FIRST).as_str(), world.round(FIRST).value), ("final", Some(Uint128::new(16_210))));
}

#[test]
fn a_final_fixing_is_read_raw_by_others() {
    let mut world = World::of(7);
    world.fix(FIRST, 16_210);
    world.fix(FIRST + 1, 16_300);
    let expected = LatestFinal {
        round: FIRST + 1,
        fixing_time: Time::new(ANCHOR + (FIRST + 1) * DAY),
        value: 16_300,
        sum: 32_510,
        count: 2,
        integral: 16_210 * u128::from(DAY),
    };
    let expected = Standing { next: FIRST + 2, latest: Some(expected), hint: Hint::None };
    assert_eq!(STANDING.may_load(&world.deps.storage, &1).unwrap(), Some(expected));
    assert_eq!(STANDING.may_load(&world.deps.storage, &2).unwrap(), Some(Standing::new(FIRST)));
    assert_eq!(STANDING.may_load(&world.deps.storage, &3).unwrap(), None);
}

#[test]
fn nothing_is_final_before_its_time_or_twice() {
    let mut world = World::of(7);
    let finalise = || ExecuteMsg::Finalise { feed: 1, limit: None };
    world.at(FIRST, 0).answer(FIRST, &[5; 7]);
    world.at(FIRST, FINAL_AFTER - 1);
    assert_eq!(world.refused(finalise()), "nothing_to_finalise");
    world.at(FIRST, FINAL_AFTER).execute(finalise(), &[]).unwrap();
    assert_eq!(world.refused(finalise()), "nothing_to_finalise");
    let late = vec![world.signed(FIRST, unsigned(0, 6))];
    assert_eq!(world.refuses(FIRST, late), "round_closed");
    for limit in [0, 31] {
        assert_eq!(world.refused(ExecuteMsg::Finalise { feed: 1, limit: Some(limit) }), "invalid_limit");
    }
}

#[test]
fn a_missed_round_ends_void_and_the_next_is_final() {
    let mut world = World::of(7);
    world.at(FIRST, 0).answer(FIRST, &[5; 4]);
    world.at(FIRST + 1, 0).answer(FIRST + 1, &[6; 7]);
    world.at(FIRST + 1, FINAL_AFTER);
    assert_eq!([FIRST, FIRST + 1].map(|round| world.state(round)), ["missed", "provisional"]);
    let response = world.finalise(30).unwrap();
    assert_eq!(voided(&response), [(FIRST, FIRST, "missed".to_string())]);
    assert_eq!([FIRST, FIRST + 1].map(|round| world.state(round)), ["void", "final"]);
    let latest: FixingResponse = world.ask(QueryMsg::Latest { feed: 1 }).unwrap();
    assert_eq!((latest.round, latest.value, latest.count), (FIRST + 1, Uint128::new(6), 1));
}

#[test]
fn a_jump_without_agreement_is_held_and_ends_void() {
    let mut world = World::of(7);
    world.fix(FIRST, 10_000);
    world.at(FIRST + 1, 0).answer(FIRST + 1, &[12_000, 12_000, 12_000, 12_000, 10_000, 10_000, 10_000]);
    let held = world.round(FIRST + 1);
    assert_eq!((held.state.as_str(), held.value), ("held", Some(Uint128::new(12_000))));
    let response = world.at(FIRST + 1, FINAL_AFTER).finalise(30).unwrap();
    assert_eq!(voided(&response), [(FIRST + 1, FIRST + 1, "held".to_string())]);
    let void = world.round(FIRST + 1);
    assert_eq!((void.state.as_str(), void.value, void.answers.len()), ("void", None, 0));
    // The next is measured against the last final one, and is not blocked.
    world.fix(FIRST + 2, 10_100);
    assert_eq!(world.state(FIRST + 2), "final");
}

#[test]
fn a_jump_that_five_of_seven_agree_on_becomes_final() {
    let mut world = World::of(7);
    world.fix(FIRST, 18_230);
    world.at(FIRST + 1, 0).answer(FIRST + 1, &[10_000, 10_010, 10_020, 10_030, 10_300, 18_230, 18_230]);
    assert_eq!(world.state(FIRST + 1), "provisional");
    world.at(FIRST + 1, FINAL_AFTER).finalise(30).unwrap();
    assert_eq!(world.round(FIRST + 1).value, Some(Uint128::new(10_030)));
}

#[test]
fn a_gap_of_three_years_is_one_step() {
    let mut world = World::of(4);
    world.fix(FIRST, 100);
    world.at(FIRST + 1_000, 0).answer(FIRST + 1_000, &[101; 4]);
    let response = world.at(FIRST + 1_000, FINAL_AFTER).finalise(1).unwrap();
    assert_eq!(voided(&response), [(FIRST + 1, FIRST + 999, "missed".to_string())]);
    assert_eq!(world.state(FIRST + 1_000), "provisional");
    world.finalise(1).unwrap();
    assert_eq!(world.state(FIRST + 1_000), "final");
    // And one that nobody has answered since.
    let response = world.at(FIRST + 2_000, FINAL_AFTER).finalise(1).unwrap();
    assert_eq!(voided(&response), [(FIRST + 1_001, FIRST + 2_000, "missed".to_string())]);
    let feed: FeedResponse = world.ask(QueryMsg::Feed { feed: 1 }).unwrap();
    assert_eq!(feed.next_round, FIRST + 2_001);
}

#[test]
fn one_message_takes_at_most_its_limit_of_rounds() {
    let mut world = World::of(4);
    for round in FIRST..FIRST + 12 {
        world.at(round, 0).answer(round, &[100; 4]);
    }
    world.at(FIRST + 11, FINAL_AFTER);
    let next = |world: &World| world.ask::<FeedResponse>(QueryMsg::Feed { feed: 1 }).unwrap().next_round;
    assert_eq!(world.finalise(3).unwrap().events.len(), 3);
    assert_eq!(next(&world), FIRST + 3);
    let response = world.execute(ExecuteMsg::Finalise { feed: 1, limit: None }, &[]).unwrap();
    assert_eq!(response.events.len(), 9);
    assert_eq!(next(&world), FIRST + 12);
}

#[test]
fn feeds_end_their_rounds_apart() {
    let mut world = World::of(4);
    world.fix(FIRST, 100);
    let feed: FeedResponse = world.ask(QueryMsg::Feed { feed: 2 }).unwrap();
    assert_eq!(feed.next_round, FIRST);
    let response = world.execute(ExecuteMsg::Finalise { feed: 2, limit: None }, &[]).unwrap();
    assert_eq!(voided(&response), [(FIRST, FIRST, "missed".to_string())]);
    assert_eq!(world.state(FIRST), "final");
}
