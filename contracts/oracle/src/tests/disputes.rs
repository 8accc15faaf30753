//! Restatements and disputes (clause 7.8): before final, never a value written by anybody but publishers.

use cosmwasm_std::{BankMsg, Coin, CosmosMsg, HexBinary, coins};
use tokfut_api::event::TypedEvent;
use tokfut_api::oracle::*;
use tokfut_core::time::{HOUR, Time};

use super::world::*;

/// Round [`FIRST`] is provisional at 16,000.
fn provisional() -> World {
    let mut world = World::of(7);
    world.at(FIRST, 0).answer(FIRST, &[16_000; 7]);
    world
}

fn restatement(world: &World, values: &[u128]) -> ExecuteMsg {
    let observations = (0..).zip(values).map(|(publisher, value)| world.revised(FIRST, 1, unsigned(publisher, *value)));
    ExecuteMsg::Submit { feed: 1, round: FIRST, revision: 1, observations: observations.collect() }
}

fn finalised(world: &mut World) -> RoundResponse {
    world.at(FIRST, FINAL_AFTER).finalise(1).unwrap();
    world.round(FIRST)
}

#[test]
fn five_of_seven_restate_a_fixing_before_it_is_final() {
    let mut world = provisional();
    let four = restatement(&world, &[16_500; 4]);
    world.execute(four, &[]).unwrap();
    let round = world.round(FIRST);
    assert_eq!((round.value, round.revision, round.restated.len()), (Some(16_000u128.into()), Some(0), 4));
    let fifth = world.revised(FIRST, 1, unsigned(4, 16_510));
    let msg = ExecuteMsg::Submit { feed: 1, round: FIRST, revision: 1, observations: vec![fifth.clone()] };
    world.execute(msg.clone(), &[]).unwrap();
    assert_eq!((world.round(FIRST).value, world.round(FIRST).revision), (Some(16_500u128.into()), Some(1)));
    assert_eq!(world.refused(msg), "already_answered");
    let round = finalised(&mut world);
    assert_eq!((round.state.as_str(), round.value, round.revision), ("final", Some(16_500u128.into()), Some(1)));
    let latest: FixingResponse = world.ask(QueryMsg::Latest { feed: 1 }).unwrap();
    assert_eq!((latest.sum, latest.count, latest.revision, latest.publisher), (16_500u128.into(), 1, 1, 2));
}

#[test]
fn a_restatement_that_is_not_material_leaves_the_fixing() {
    let mut world = provisional();
    // 0.1 % of 16,000 is 16.
    let msg = restatement(&world, &[16_016; 7]);
    world.execute(msg, &[]).unwrap();
    assert_eq!((finalised(&mut world).value, world.round(FIRST).revision), (Some(16_000u128.into()), Some(0)));
}

#[test]
fn a_restatement_comes_after_the_decision_and_before_the_end() {
    let mut world = World::of(7);
    world.at(FIRST, 0).answer(FIRST, &[16_000; 6]);
    let msg = restatement(&world, &[16_500; 7]);
    assert_eq!(world.refused(msg.clone()), "round_not_decided");
    world.at(FIRST, FINAL_AFTER);
    assert_eq!(world.refused(msg.clone()), "round_closed");
    world.at(FIRST, FINAL_AFTER - 1).execute(msg, &[]).unwrap();

    let mut missed = World::of(7);
    missed.at(FIRST, 0).answer(FIRST, &[16_000; 4]);
    let msg = restatement(&missed, &[16_500; 7]);
    missed.at(FIRST, 3 * HOUR);
    assert_eq!(missed.refused(msg), "nothing_decided");
}

#[test]
fn first_answers_and_restatements_are_signed_apart() {
    let mut world = provisional();
    let first = world.signed(FIRST, unsigned(0, 16_500));
    let submit =
        |revision, observation| ExecuteMsg::Submit { feed: 1, round: FIRST, revision, observations: vec![observation] };
    assert_eq!(world.refused(submit(1, first)), "bad_signature");
    let second = world.revised(FIRST, 1, unsigned(0, 16_500));
    for revision in [2, u16::MAX] {
        assert_eq!(world.refused(submit(revision, second.clone())), "unknown_revision");
    }
    let mut open = World::of(7);
    open.at(FIRST, 0);
    assert_eq!(open.refused(submit(0, second)), "bad_signature");
}

#[test]
fn a_held_fixing_is_restated_by_five_who_agree() {
    let mut world = World::of(7);
    world.fix(FIRST, 10_000);
    let round = FIRST + 1;
    world.at(round, 0).answer(round, &[12_000, 12_000, 12_000, 12_000, 10_000, 10_000, 10_000]);
    assert_eq!(world.state(round), "held");
    let observations = (0..5).map(|publisher| world.revised(round, 1, unsigned(publisher, 12_000))).collect();
    world.execute(ExecuteMsg::Submit { feed: 1, round, revision: 1, observations }, &[]).unwrap();
    world.at(round, FINAL_AFTER).finalise(1).unwrap();
    assert_eq!((world.state(round).as_str(), world.round(round).value), ("final", Some(12_000u128.into())));
}

#[test]
fn a_dispute_puts_finality_off_once_and_lapses_unruled() {
    let mut world = provisional();
    world.at(FIRST, FINAL_AFTER - 1);
    let response = world.dispute("alice", FIRST).unwrap();
    let until = Time::new(ANCHOR + FIRST * 86_400 + FINAL_AFTER + EXTENSION);
    let told = Disputed {
        feed: 1,
        round: FIRST,
        by: address("alice").into_string(),
        bond: BOND,
        evidence: "ee".repeat(32),
        until,
    };
    assert_eq!(Disputed::parse(&response.events[0]), Some(told));
    assert_eq!(world.round(FIRST).final_from, until);
    let fixed = Time::new(ANCHOR + FIRST * 86_400);
    let window: WindowResponse = world.ask(QueryMsg::Window { feed: 1, from: fixed, to: fixed }).unwrap();
    assert_eq!((window.complete, window.complete_from), (false, Some(until)));
    let again = ExecuteMsg::Dispute { feed: 1, round: FIRST, evidence: HexBinary::from([1; 32]) };
    assert_eq!(world.refused_as("bob", again, &coins(BOND, "uusd")), "already_disputed");
    let finalise = || ExecuteMsg::Finalise { feed: 1, limit: None };
    world.at(FIRST, FINAL_AFTER);
    assert_eq!(world.refused(finalise()), "nothing_to_finalise");
    world.at(FIRST, FINAL_AFTER + EXTENSION - 1);
    assert_eq!(world.refused(finalise()), "nothing_to_finalise");
    let rule = ExecuteMsg::Rule { feed: 1, round: FIRST, ruling: Ruling::Void };
    world.at(FIRST, FINAL_AFTER + EXTENSION);
    assert_eq!(world.refused_as("arbiter", rule, &[]), "dispute_over");
    let response = world.execute(finalise(), &[]).unwrap();
    assert_eq!(Fixed::parse(&response.events[0]).unwrap().value, 16_000);
    assert_eq!(Credited::parse(&response.events[1]).unwrap().reason, "lapsed");
    assert_eq!((world.credit("alice"), world.credit("sink")), (BOND, 0));
}

#[test]
fn a_disputed_round_may_be_restated_while_the_dispute_is_open() {
    let mut world = provisional();
    world.dispute("alice", FIRST).unwrap();
    let msg = restatement(&world, &[16_500; 5]);
    world.at(FIRST, FINAL_AFTER + EXTENSION - 1).execute(msg, &[]).unwrap();
    world.at(FIRST, FINAL_AFTER + EXTENSION).finalise(1).unwrap();
    assert_eq!(world.round(FIRST).value, Some(16_500u128.into()));
}

#[test]
fn an_upheld_dispute_ends_void_and_the_bond_goes_back() {
    let mut world = provisional();
    world.dispute("alice", FIRST).unwrap();
    let response = world.rule(FIRST, Ruling::Void).unwrap();
    assert_eq!(Ruled::parse(&response.events[0]).unwrap().ruling, "void");
    assert_eq!((world.state(FIRST).as_str(), world.round(FIRST).value), ("void", None));
    // Not before its time, though nobody waits for a ruling any more.
    assert!(world.finalise(1).is_err());
    let response = world.at(FIRST, FINAL_AFTER).finalise(1).unwrap();
    assert_eq!(Voided::parse(&response.events[0]).unwrap().reason, "disputed");
    assert_eq!(response.events.len(), 1);
    assert_eq!((world.credit("alice"), world.credit("sink")), (BOND, 0));
    assert!(world.ask::<FixingResponse>(QueryMsg::Latest { feed: 1 }).is_err());
}

#[test]
fn a_dismissed_dispute_lets_the_fixing_stand_and_the_bond_goes_to_the_sink() {
    let mut world = provisional();
    world.dispute("alice", FIRST).unwrap();
    world.at(FIRST, FINAL_AFTER + 60).rule(FIRST, Ruling::Dismiss).unwrap();
    let again = ExecuteMsg::Rule { feed: 1, round: FIRST, ruling: Ruling::Void };
    assert_eq!(world.refused_as("arbiter", again, &[]), "no_dispute");
    world.finalise(1).unwrap();
    assert_eq!((world.state(FIRST).as_str(), world.credit("alice"), world.credit("sink")), ("final", 0, BOND));
}

#[test]
fn a_dispute_takes_exactly_the_bond_and_a_provisional_fixing() {
    let mut world = provisional();
    let dispute = |round| ExecuteMsg::Dispute { feed: 1, round, evidence: HexBinary::from([1; 32]) };
    let coin = |amount, denom: &str| Coin::new(amount, denom);
    let wrong: [Vec<Coin>; 6] = [
        vec![],
        coins(BOND - 1, "uusd"),
        coins(BOND + 1, "uusd"),
        coins(BOND, "uatom"),
        vec![coin(BOND, "uusd"), coin(1, "uatom")],
        vec![Coin { denom: "uusd".to_string(), amount: cosmwasm_std::Uint256::MAX }],
    ];
    for coins in wrong {
        assert_eq!(world.refused_as("alice", dispute(FIRST), &coins), "wrong_bond");
    }
    let bond = coins(BOND, "uusd");
    let odd = ExecuteMsg::Dispute { feed: 1, round: FIRST, evidence: HexBinary::from([1; 31]) };
    assert_eq!(world.refused_as("alice", odd, &bond), "invalid_hash");
    assert_eq!(world.refused_as("alice", dispute(FIRST - 1), &bond), "round_before_first");
    assert_eq!(world.refused_as("alice", dispute(FIRST + 1), &bond), "nothing_decided");
    let unknown = ExecuteMsg::Dispute { feed: 9, round: FIRST, evidence: HexBinary::from([1; 32]) };
    assert_eq!(world.refused_as("alice", unknown, &bond), "unknown_feed");
    world.at(FIRST, FINAL_AFTER);
    assert_eq!(world.refused_as("alice", dispute(FIRST), &bond), "dispute_over");

    let mut open = World::of(7);
    open.at(FIRST, 0).answer(FIRST, &[16_000; 6]);
    assert_eq!(open.refused_as("alice", dispute(FIRST), &bond), "nothing_decided");
    // Neither what is held nor what is missed: both end void as it is.
    let mut held = World::of(7);
    held.at(FIRST, 0).answer(FIRST, &[9_000, 9_000, 9_000, 10_000, 12_000, 12_000, 12_000]);
    assert_eq!(
        (held.state(FIRST).as_str(), held.refused_as("alice", dispute(FIRST), &bond).as_str()),
        ("held", "nothing_decided")
    );
    let mut missed = World::of(7);
    missed.at(FIRST, 0).answer(FIRST, &[16_000; 4]);
    missed.at(FIRST, 3 * HOUR);
    assert_eq!(missed.refused_as("alice", dispute(FIRST), &bond), "nothing_decided");
}

#[test]
fn a_dispute_that_was_ruled_is_not_opened_again_and_its_ruling_comes_to_the_last_second() {
    let mut world = provisional();
    world.dispute("alice", FIRST).unwrap();
    world.rule(FIRST, Ruling::Dismiss).unwrap();
    // Else one bond after another would hold the fixing back.
    let again = ExecuteMsg::Dispute { feed: 1, round: FIRST, evidence: HexBinary::from([1; 32]) };
    assert_eq!(world.refused_as("bob", again, &coins(BOND, "uusd")), "already_disputed");

    let mut late = provisional();
    late.dispute("alice", FIRST).unwrap();
    late.at(FIRST, FINAL_AFTER + EXTENSION - 1).rule(FIRST, Ruling::Void).unwrap();
    assert_eq!((late.state(FIRST).as_str(), late.credit("alice")), ("void", BOND));
}

#[test]
fn only_the_arbiter_rules_and_only_what_is_disputed() {
    let mut world = provisional();
    let rule = |round| ExecuteMsg::Rule { feed: 1, round, ruling: Ruling::Void };
    assert_eq!(world.refused_as("arbiter", rule(FIRST), &[]), "no_dispute");
    assert_eq!(world.refused_as("arbiter", rule(FIRST + 5), &[]), "no_dispute");
    world.dispute("alice", FIRST).unwrap();
    for who in ["alice", "administrator", "guardian", "governance", "sink"] {
        assert_eq!(world.refused_as(who, rule(FIRST), &[]), "unauthorized");
    }
    assert_eq!(world.refused_as("arbiter", rule(FIRST), &coins(1, "uusd")), "coins_refused");
}

#[test]
fn credits_add_up_and_are_paid_once() {
    let mut world = provisional();
    world.dispute("alice", FIRST).unwrap();
    world.rule(FIRST, Ruling::Void).unwrap();
    world.at(FIRST + 1, 0).answer(FIRST + 1, &[16_000; 7]);
    world.dispute("alice", FIRST + 1).unwrap();
    world.at(FIRST + 1, FINAL_AFTER + EXTENSION).finalise(30).unwrap();
    assert_eq!(world.credit("alice"), 2 * BOND);
    assert_eq!(world.refused_as("bob", ExecuteMsg::Claim {}, &[]), "no_credit");
    let response = world.execute_as("alice", ExecuteMsg::Claim {}, &[]).unwrap();
    let send = BankMsg::Send { to_address: address("alice").into_string(), amount: coins(2 * BOND, "uusd") };
    assert_eq!(response.messages.into_iter().map(|sub| sub.msg).collect::<Vec<_>>(), [CosmosMsg::Bank(send)]);
    assert_eq!(world.refused_as("alice", ExecuteMsg::Claim {}, &[]), "no_credit");
}
