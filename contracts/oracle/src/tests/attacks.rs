//! Attacks that clause 7 does not list by name: with proofs, panels, clocks and numbers at their ends.

use cosmwasm_std::{HexBinary, Uint64, Uint128};
use tokfut_api::oracle::*;
use tokfut_core::fixing::{Carry, MAX_VALUE};
use tokfut_core::time::{DAY, HOUR, Time};

use super::world::*;

fn time(round: u64) -> Time {
    Time::new(ANCHOR + round * DAY)
}

fn report(round: u64, revision: u16, first: Observation, second: Observation) -> ExecuteMsg {
    ExecuteMsg::ReportEquivocation { feed: 1, round, revision, first, second }
}

fn restatement(world: &World, round: u64, publishers: &[u16], value: u128) -> ExecuteMsg {
    let said = publishers.iter().map(|publisher| world.revised(round, 1, unsigned(*publisher, value)));
    ExecuteMsg::Submit { feed: 1, round, revision: 1, observations: said.collect() }
}

#[test]
fn jail_in_the_middle_of_a_round_takes_nothing_back_and_lets_nothing_more_in() {
    let mut world = World::of(7);
    world.at(FIRST, 0).answer(FIRST, &[16_000; 5]);
    // One who has answered, and one who has not.
    for publisher in [1, 5] {
        let proof = world.proof(FIRST, publisher, [16_000, 16_001]);
        world.execute(proof, &[]).unwrap();
    }
    let late = vec![world.signed(FIRST, unsigned(5, 16_000))];
    assert_eq!(world.refuses(FIRST, late), "jailed");
    let sixth = vec![world.signed(FIRST, unsigned(6, 16_000))];
    world.submit(FIRST, sixth).unwrap();
    world.at(FIRST, 2 * HOUR);
    assert_eq!((world.state(FIRST).as_str(), world.round(FIRST).answers.len()), ("provisional", 6));
    // Nor do they restate; the five others are n − f.
    let with_them = restatement(&world, FIRST, &[0, 1, 2, 3, 4], 17_000);
    assert_eq!(world.refused(with_them), "jailed");
    let others = restatement(&world, FIRST, &[0, 2, 3, 4, 6], 17_000);
    world.execute(others, &[]).unwrap();
    world.at(FIRST, FINAL_AFTER).finalise(1).unwrap();
    assert_eq!(world.round(FIRST).value, Some(17_000u128.into()));
}

#[test]
fn a_proof_is_of_one_panel_and_reaches_a_key_that_has_left_it() {
    let mut world = World::of(7);
    let first = FIRST + 3;
    world.at(FIRST, 0);
    let publishers = feed_config(1, 8).publishers.split_off(1);
    world.announce(Change::Panel { feed: 1, from: time(first), publishers }).unwrap();
    world.at(first, 0);
    // Key 1 sits at index 1 of the old panel and at index 0 of the new one.
    let said = unsigned(1, 16_000);
    let preimage = world.preimage(1, first - 1, 0, &said).preimage.to_vec();
    let new = world.ask::<FeedResponse>(QueryMsg::Feed { feed: 1 }).unwrap().set_digest;
    let under_new = [&preimage[..48], &new, &preimage[80..]].concat();
    let other = unsigned(1, 16_001);
    let one = world.signed(first - 1, said.clone());
    let foreign = Observation { signature: sign(1, &under_new), ..said };
    assert_ne!(one.signature, foreign.signature);
    let two = world.signed(first - 1, other);
    assert_eq!(world.refused(report(first - 1, 0, foreign, two)), "bad_signature");
    // Key 0 has left: what it signed for a round of the old panel still jails it.
    let proof = world.proof(first - 1, 0, [16_000, 16_001]);
    world.execute(proof, &[]).unwrap();
    let old = QueryMsg::Publishers { feed: 1, round: Some(first - 1) };
    assert!(world.ask::<PublishersResponse>(old).unwrap().publishers[0].jailed);
    let back = Change::Panel { feed: 1, from: time(first + 4), publishers: feed_config(1, 7).publishers };
    assert_eq!(world.refused_as("administrator", ExecuteMsg::Announce { change: back }, &[]), "jailed");
}

#[test]
fn a_first_answer_and_a_restatement_prove_nothing_but_two_restatements_do() {
    let mut world = World::of(7);
    world.at(FIRST, 0);
    let first = world.signed(FIRST, unsigned(0, 16_000));
    let [one, other] = [16_001, 16_002].map(|value| world.revised(FIRST, 1, unsigned(0, value)));
    for revision in [0, 1] {
        assert_eq!(world.refused(report(FIRST, revision, first.clone(), one.clone())), "bad_signature");
    }
    world.execute(report(FIRST, 1, one, other), &[]).unwrap();
    assert_eq!(world.refuses(FIRST, vec![first]), "jailed");
}

#[test]
fn a_panel_may_seat_one_who_is_released_by_then() {
    let mut world = World::of(7);
    world.at(FIRST, 0);
    let proof = world.proof(FIRST, 2, [1, 2]);
    world.execute(proof, &[]).unwrap();
    let Publisher { scheme, key, .. } = feed_config(1, 7).publishers[2].clone();
    world.announce(Change::Release { scheme, key, from: time(FIRST + 4) }).unwrap();
    let panel = |from| Change::Panel { feed: 1, from, publishers: feed_config(1, 7).publishers };
    let early = ExecuteMsg::Announce { change: panel(time(FIRST + 3)) };
    assert_eq!(world.refused_as("administrator", early, &[]), "jailed");
    world.announce(panel(time(FIRST + 4))).unwrap();
}

#[test]
fn a_bond_a_day_holds_no_day_back_for_longer_than_its_extension() {
    let mut world = World::of(7);
    for round in FIRST..FIRST + 10 {
        world.at(round, 0).answer(round, &[16_000; 7]);
        world.at(round, FINAL_AFTER - 1).dispute("mallory", round).unwrap();
        let early = ExecuteMsg::Finalise { feed: 1, limit: None };
        world.at(round, FINAL_AFTER + EXTENSION - 1);
        assert_eq!(world.refused(early), "nothing_to_finalise");
        world.at(round, FINAL_AFTER + EXTENSION).finalise(1).unwrap();
        assert_eq!(world.state(round), "final");
    }
    assert_eq!(world.credit("mallory"), 10 * BOND);
}

#[test]
fn a_dispute_that_nobody_rules_holds_no_later_round_back_either() {
    let longest = FeedConfig { extension: DAY - FINAL_AFTER, ..feed_config(1, 7) };
    let mut world = World::with(vec![longest]).unwrap();
    for round in [FIRST, FIRST + 1] {
        world.at(round, 0).answer(round, &[16_000; 7]);
        world.dispute("mallory", round).unwrap();
    }
    // The first one's time is up as the second one fixes; the second waits by itself.
    world.at(FIRST + 1, 0).finalise(30).unwrap();
    assert_eq!([FIRST, FIRST + 1].map(|round| world.state(round)), ["final", "provisional"]);
    let early = ExecuteMsg::Finalise { feed: 1, limit: None };
    world.at(FIRST + 1, DAY - 1);
    assert_eq!(world.refused(early), "nothing_to_finalise");
    world.at(FIRST + 2, 0).finalise(30).unwrap();
    assert_eq!(world.state(FIRST + 1), "final");
}

#[test]
fn what_waits_for_a_ruling_holds_back_nothing_before_it() {
    let mut world = World::of(7);
    for round in [FIRST, FIRST + 1] {
        world.at(round, 0).answer(round, &[16_000; 7]);
    }
    world.dispute("mallory", FIRST + 1).unwrap();
    world.at(FIRST + 1, FINAL_AFTER).finalise(30).unwrap();
    assert_eq!([FIRST, FIRST + 1].map(|round| world.state(round)), ["final", "provisional"]);
    let rest = ExecuteMsg::Finalise { feed: 1, limit: None };
    assert_eq!(world.refused(rest), "nothing_to_finalise");
}

#[test]
fn a_proof_has_its_signatures_in_their_one_form() {
    let mut world = World::of(7);
    world.at(FIRST, 0);
    let [first, second] = [16_000, 16_001].map(|value| world.signed(FIRST, unsigned(0, value)));
    let (r, s) = k256::ecdsa::Signature::from_slice(&second.signature).unwrap().split_scalars();
    let high = k256::ecdsa::Signature::from_scalars(*r, -*s).unwrap().to_bytes().to_vec();
    let malleated = Observation { signature: HexBinary::from(high), ..second };
    assert_eq!(world.refused(report(FIRST, 0, first, malleated)), "high_s");
}

#[test]
fn numbers_at_their_ends_are_refused_or_borne() {
    let largest = FeedConfig { max_value: Uint128::new(MAX_VALUE), decimals: 18, ..feed_config(1, 7) };
    let mut world = World::with(vec![largest]).unwrap();
    world.at(FIRST, 0);
    let said = |publisher: u16| Observation {
        value: Uint128::new(MAX_VALUE),
        dispersion: Uint128::MAX,
        observed_at: Uint64::MAX,
        input_count: u32::MAX,
        inputs_root: HexBinary::from([0xff; 32]),
        ..unsigned(publisher, 0)
    };
    let above = vec![world.signed(FIRST, Observation { value: Uint128::new(MAX_VALUE + 1), ..said(0) })];
    assert_eq!(world.refuses(FIRST, above), "value_above_max");
    let all = (0..7).map(|publisher| world.signed(FIRST, said(publisher))).collect();
    world.submit(FIRST, all).unwrap();
    world.at(FIRST, FINAL_AFTER).finalise(30).unwrap();
    let latest: FixingResponse = world.ask(QueryMsg::Latest { feed: 1 }).unwrap();
    assert_eq!(latest.value.u128(), MAX_VALUE);
    // From a value of 10^27 to a value of 1, of which nothing overflows.
    let round = FIRST + 1;
    let ones = (0..7).map(|publisher| world.signed(round, unsigned(publisher, 1))).collect();
    world.at(round, 0).submit(round, ones).unwrap();
    world.at(round, FINAL_AFTER).finalise(30).unwrap();
    let twap = QueryMsg::Twap { feed: 1, from: time(FIRST), to: time(FIRST + 2) };
    assert_eq!(world.ask::<TwapResponse>(twap).unwrap().twap.u128(), MAX_VALUE.div_ceil(2));
}

#[test]
fn at_the_end_of_time_all_is_settled_and_after_it_all_is_refused() {
    let mut world = World::of(4);
    world.fix(FIRST, 16_000);
    let last = (Time::MAX.seconds() - ANCHOR) / DAY;
    world.env.block.time = cosmwasm_std::Timestamp::from_seconds(Time::MAX.seconds());
    world.finalise(1).unwrap();
    let feed = world.ask::<FeedResponse>(QueryMsg::Feed { feed: 1 });
    // The next round has no time at which it could be final.
    assert_eq!(code(&feed.unwrap_err()), "no_such_round");
    assert_eq!(world.state(last - 1), "void");
    let twap = QueryMsg::Twap { feed: 1, from: time(FIRST), to: Time::MAX };
    assert_eq!(world.ask::<TwapResponse>(twap).unwrap().twap.u128(), 16_000);
    let status: StatusResponse = world.ask(QueryMsg::Status { feed: 1 }).unwrap();
    assert_eq!(status.status, Carry::Terminated);
    world.env.block.time = world.env.block.time.plus_seconds(1);
    assert_eq!(world.refused(ExecuteMsg::Finalise { feed: 1, limit: None }), "invalid_time");
    let one = vec![world.signed(last, unsigned(0, 5))];
    assert_eq!(world.refuses(last, one), "invalid_time");
    let latest: FixingResponse = world.ask(QueryMsg::Latest { feed: 1 }).unwrap();
    assert_eq!(latest.value.u128(), 16_000);
}

#[test]
fn a_panel_that_counts_from_a_fixing_time_signs_that_round_and_the_one_before_it_is_the_old_ones() {
    let mut world = World::of(7);
    world.at(FIRST, 0);
    let publishers = feed_config(1, 8).publishers.split_off(1);
    world.announce(Change::Panel { feed: 1, from: time(FIRST + 3), publishers }).unwrap();
    let digest = |world: &World, round| world.preimage(1, round, 0, &unsigned(0, 5)).preimage[48..80].to_vec();
    let old = digest(&world, FIRST);
    assert_eq!(digest(&world, FIRST + 2), old);
    assert_ne!(digest(&world, FIRST + 3), old);
    // Round FIRST + 2 is open to its own panel until its own deadlines, and to nobody of the new one.
    world.at(FIRST + 2, 2 * HOUR - 1).answer(FIRST + 2, &[16_000; 5]);
    let newcomer = Observation { publisher: 6, signature: sign(7, &[0; 224]), ..unsigned(6, 16_000) };
    assert_eq!(world.refuses(FIRST + 2, vec![newcomer]), "bad_signature");
}
