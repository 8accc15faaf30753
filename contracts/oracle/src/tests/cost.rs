//! What messages cost in storage: the numbers of the README.

use cosmwasm_std::Timestamp;
use tokfut_api::oracle::*;
use tokfut_api::raw::STANDING;
use tokfut_core::fixing::{Hint, LatestFinal, Standing};
use tokfut_core::time::{DAY, HOUR, Time};
use tokfut_storage::counting::Counts;

use super::world::*;
use crate::state::fixing::{FINALS, FinalFixing};

fn submitted(size: usize) -> (World, Counts) {
    let mut world = World::of(size);
    world.fix(FIRST, 16_200);
    world.at(FIRST + 1, 0).answer(FIRST + 1, &vec![16_210; size]);
    let counts = world.counted();
    (world, counts)
}

#[test]
fn a_submission_of_the_whole_panel_reads_each_publishers_jail_record_and_writes_one() {
    let (world, counts) = submitted(7);
    // Read: feed, clock, round, seven times jail; sought: panel, methodology, bounds. Written: key 13 bytes, counts 2, no
    // dispute 1, then 36 an answer: index 1, value 1 + 2, root 32.
    let expected = Counts { reads: 10, scanned: 3, writes: 1, removes: 0, bytes_written: 13 + 3 + 7 * 36, gas: 25_752 };
    assert_eq!(counts, expected);
    assert_eq!(submitted(31).1, Counts { reads: 34, bytes_written: 13 + 3 + 31 * 36, gas: 85_320, ..expected });
    assert_eq!(world.state(FIRST + 1), "provisional");
}

#[test]
fn a_finalisation_is_three_reads_three_seeks_two_writes_and_a_removal() {
    let (mut world, _) = submitted(7);
    world.at(FIRST + 1, FINAL_AFTER).finalise(10).unwrap();
    // Read: feed, clock, standing. Sought: the round, its panel, its bounds. Written: fixing 13 + 45, standing 5 + 20.
    let expected = Counts { reads: 3, scanned: 3, writes: 2, removes: 1, bytes_written: 58 + 25, gas: 17_159 };
    assert_eq!(world.counted(), expected);
}

/// A feed of hourly rounds of which the first `finals` are final, at the value 100 each.
fn seeded(finals: u64) -> World {
    let hourly = FeedConfig {
        anchor: Time::new(ANCHOR),
        interval: HOUR,
        window: 600,
        late: 900,
        final_after: 1_000,
        extension: 600,
        ..feed_config(1, 7)
    };
    let mut world = World::instantiated(setup_msg(vec![hourly]), ANCHOR).unwrap();
    let storage = &mut world.deps.storage;
    let mut latest = None;
    for round in 0..finals {
        let fixing_time = Time::new(ANCHOR + round * HOUR);
        let fixing = LatestFinal::after(latest.as_ref(), round, fixing_time, 100).unwrap();
        let LatestFinal { value, sum, count, integral, .. } = fixing;
        let record = FinalFixing { value, sum, count, integral, publisher: 3, inputs_root: [3; 32], revision: 0 };
        FINALS.save(storage, &(1, round), &record).unwrap();
        latest = Some(fixing);
    }
    STANDING.save(storage, &1, &Standing { next: finals, latest, hint: Hint::None }).unwrap();
    world.env.block.time = Timestamp::from_seconds(ANCHOR + finals * HOUR);
    world
}

/// What is read, sought, written and removed by: a relayed round, its finalisation, and the queries of averages.
fn costs(finals: u64) -> Vec<[usize; 4]> {
    let mut world = seeded(finals);
    let mut seen = Vec::new();
    let operations = |counts: Counts| [counts.reads, counts.scanned, counts.writes, counts.removes];
    world.answer(finals, &[100; 7]);
    seen.push(operations(world.counted()));
    world.env.block.time = world.env.block.time.plus_seconds(1_000);
    world.finalise(30).unwrap();
    seen.push(operations(world.counted()));
    let (from, to) = (Time::new(ANCHOR + HOUR), Time::new(ANCHOR + (finals - 1) * HOUR));
    let told: WindowResponse = world.ask(QueryMsg::Window { feed: 1, from, to }).unwrap();
    assert_eq!((told.finals, told.sum.u128()), (finals - 1, 100 * u128::from(finals - 1)));
    for query in [
        QueryMsg::Window { feed: 1, from, to },
        QueryMsg::Mean { feed: 1, from, to },
        QueryMsg::Twap { feed: 1, from, to },
        QueryMsg::AtOrBefore { feed: 1, time: to },
    ] {
        world.counted();
        let _: serde_json::Value = world.ask(query).unwrap();
        seen.push(operations(world.counted()));
    }
    seen
}

#[test]
fn nothing_costs_more_after_a_hundred_thousand_rounds_than_after_ten() {
    let ten = costs(10);
    // Submission, finalisation; window, mean, average over time, at or before.
    assert_eq!(ten, [[10, 3, 1, 0], [3, 3, 2, 1], [2, 2, 0, 0], [1, 2, 0, 0], [2, 2, 0, 0], [1, 1, 0, 0]]);
    assert_eq!(costs(100_000), ten);
}

#[test]
fn finalising_ten_rounds_costs_three_seeks_a_write_and_a_removal_a_round() {
    let finalised = |rounds: u64| {
        let mut world = World::of(7);
        for round in FIRST..FIRST + rounds {
            world.at(round, 0).answer(round, &[16_200; 7]);
        }
        world.at(FIRST + rounds - 1, FINAL_AFTER).finalise(30).unwrap();
        let Counts { reads, scanned, writes, removes, .. } = world.counted();
        [reads, scanned, writes, removes]
    };
    assert_eq!(finalised(1), [3, 3, 2, 1]);
    assert_eq!(finalised(10), [3, 30, 11, 10]);
    assert_eq!(finalised(30), [3, 90, 31, 30]);
}

#[test]
fn a_year_of_silence_is_settled_at_the_cost_of_one_round() {
    let mut world = World::of(7);
    world.fix(FIRST, 16_200);
    world.at(FIRST + 365, FINAL_AFTER).finalise(1).unwrap();
    // The standing alone is written: no round has left anything behind.
    let Counts { reads, scanned, writes, removes, .. } = world.counted();
    assert_eq!([reads, scanned, writes, removes], [3, 0, 1, 0]);
}

#[test]
fn a_thousand_observations_are_refused_at_one_read() {
    let mut world = World::of(7);
    world.at(FIRST, 0);
    let one = world.signed(FIRST, unsigned(0, 5));
    assert_eq!(world.refuses(FIRST, vec![one; 1_000]), "too_many_observations");
    assert_eq!(world.counted(), Counts { reads: 1, gas: 1_174, ..Counts::default() });
}

#[test]
fn the_rarer_messages_are_bounded_too() {
    let mut world = World::of(7);
    world.at(FIRST, 0).answer(FIRST, &[16_200; 7]);
    let mut seen = Vec::new();
    let mut note = |world: &World| {
        let Counts { reads, scanned, writes, removes, .. } = world.counted();
        seen.push([reads, scanned, writes, removes]);
    };
    world.dispute("alice", FIRST).unwrap();
    note(&world);
    world.rule(FIRST, Ruling::Void).unwrap();
    note(&world);
    world.execute_as("alice", ExecuteMsg::Claim {}, &[]).unwrap();
    note(&world);
    let proof = world.proof(FIRST, 2, [1, 2]);
    world.execute(proof, &[]).unwrap();
    note(&world);
    assert_eq!(seen, [[5, 2, 1, 0], [5, 0, 2, 0], [2, 0, 0, 1], [3, 3, 1, 0]]);
}

#[test]
fn a_window_costs_two_seeks_however_long_it_is() {
    let mut world = World::of(4);
    for round in FIRST..FIRST + 40 {
        world.fix(round, 16_200);
    }
    let counted = |from: u64, to: u64| {
        let [from, to] = [from, to].map(|round| Time::new(ANCHOR + round * DAY));
        world.counted();
        let _: WindowResponse = world.ask(QueryMsg::Window { feed: 1, from, to }).unwrap();
        let Counts { reads, scanned, .. } = world.counted();
        (reads, scanned)
    };
    assert_eq!(counted(FIRST + 1, FIRST + 39), (2, 2));
    assert_eq!(counted(FIRST + 20, FIRST + 20), (2, 2));
    world.counted();
    let time = Time::new(ANCHOR + (FIRST + 17) * DAY);
    let _: FixingResponse = world.ask(QueryMsg::AtOrBefore { feed: 1, time }).unwrap();
    let Counts { reads, scanned, .. } = world.counted();
    assert_eq!((reads, scanned), (1, 1));
}
