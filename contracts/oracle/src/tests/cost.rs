//! What messages cost in storage: the numbers of the README.

use tokfut_api::oracle::*;
use tokfut_core::time::{DAY, Time};

use super::world::*;

fn submitted(size: usize) -> (World, Counts) {
    let mut world = World::of(size);
    world.fix(FIRST, 16_200);
    world.at(FIRST + 1, 0).answer(FIRST + 1, &vec![16_210; size]);
    let counts = world.counts();
    (world, counts)
}

#[test]
fn a_submission_of_the_whole_panel_reads_each_publishers_jail_record_and_writes_one() {
    let (world, counts) = submitted(7);
    // Read: feed, clock, round, seven times jail; sought: panel, methodology, bounds. Written: key 13 bytes, counts 2, no
    // dispute 1, then 36 an answer: index 1, value 1 + 2, root 32.
    let expected = Counts { reads: 10, scanned: 3, writes: 1, removes: 0, bytes_written: 13 + 3 + 7 * 36 };
    assert_eq!(counts, expected);
    assert_eq!(submitted(31).1, Counts { reads: 34, bytes_written: 13 + 3 + 31 * 36, ..expected });
    assert_eq!(world.state(FIRST + 1), "provisional");
}

#[test]
fn a_finalisation_is_three_reads_three_seeks_two_writes_and_a_removal() {
    let (mut world, _) = submitted(7);
    world.at(FIRST + 1, FINAL_AFTER).finalise(10).unwrap();
    // Read: feed, clock, standing. Sought: the round, its panel, its bounds. Written: fixing 13 + 45, standing 5 + 20.
    let expected = Counts { reads: 3, scanned: 3, writes: 2, removes: 1, bytes_written: 58 + 25 };
    assert_eq!(world.counts(), expected);
}

#[test]
fn a_window_costs_two_seeks_however_long_it_is() {
    let mut world = World::of(4);
    for round in FIRST..FIRST + 40 {
        world.fix(round, 16_200);
    }
    let counted = |from: u64, to: u64| {
        let [from, to] = [from, to].map(|round| Time::new(ANCHOR + round * DAY));
        let before = world.counts();
        let _: WindowResponse = world.ask(QueryMsg::Window { feed: 1, from, to }).unwrap();
        (world.counts().reads - before.reads, world.counts().scanned - before.scanned)
    };
    assert_eq!(counted(FIRST + 1, FIRST + 39), (2, 2));
    assert_eq!(counted(FIRST + 20, FIRST + 20), (2, 2));
    let before = world.counts();
    let time = Time::new(ANCHOR + (FIRST + 17) * DAY);
    let _: FixingResponse = world.ask(QueryMsg::AtOrBefore { feed: 1, time }).unwrap();
    assert_eq!((world.counts().reads - before.reads, world.counts().scanned - before.scanned), (1, 1));
}
