//! What the hot messages read and write, so that a key more does not come in unnoticed. The README's table is this one.

use super::storage::Counts;
use super::*;

/// Reads, writes, removes of one message in the market's own storage, bytes written, and queries of the neighbours.
fn cost(world: &mut World, msg: ExecuteMsg) -> (Counts, usize) {
    world.storage.counted();
    world.facts.borrow_mut().queries = 0;
    let info = message_info(&addr("trader"), &[]);
    world.with(|deps, env| contract::execute(deps, env, info, Wire(msg))).unwrap();
    (world.storage.counted(), world.facts.borrow().queries)
}

/// Reads, writes, removes, queries.
fn short((counts, queries): (Counts, usize)) -> [usize; 4] {
    [counts.reads, counts.writes, counts.removes, queries]
}

fn placed(lots: u64, side: Side, price: &str) -> ExecuteMsg {
    ExecuteMsg::PlaceOrder(order(ALICE, side, lots, price))
}

#[test]
fn resting_an_order_costs_the_same_in_any_book() {
    let mut small = World::new();
    small.sells(BOB, 1, "1.6100");
    let mut large = World::new();
    for _ in 0..200 {
        large.sells(BOB, 1, "1.6100");
        large.buys(BOB, 1, "1.6000");
    }
    let rest = placed(3, Side::Buy, "1.6050");
    let (counts, queries) = cost(&mut small, rest.clone());
    assert_eq!((counts.reads, counts.writes, counts.removes, queries), (7, 3, 0, 1));
    assert_eq!(counts.bytes_written, 61);
    let (in_large, _) = cost(&mut large, rest);
    assert_eq!((in_large.reads, in_large.writes), (counts.reads, counts.writes));
}

#[test]
fn each_further_fill_costs_one_order_read_and_removed() {
    let take = |makers: usize| {
        let mut world = World::new();
        for _ in 0..makers {
            world.sells(BOB, 1, "1.6100");
        }
        world.at("2026-11-24T10:02:00Z");
        short(cost(&mut world, placed(makers as u64, Side::Buy, "1.6100")))
    };
    assert_eq!(take(1), [8, 1, 2, 3]);
    assert_eq!(take(2), [9, 1, 4, 3]);
    assert_eq!(take(10), [17, 1, 20, 3]);
}

#[test]
fn cancelling_costs_the_same_for_one_order_and_for_all() {
    let mut world = World::new();
    for _ in 0..50 {
        world.buys(ALICE, 1, "1.6000");
    }
    let order = tokfut_api::market::OrderRef::Id("2-b-16000-7".to_string());
    assert_eq!(short(cost(&mut world, ExecuteMsg::CancelOrder { account: ALICE, order })), [5, 0, 2, 0]);
    assert_eq!(short(cost(&mut world, ExecuteMsg::CancelAll { account: ALICE })), [3, 1, 0, 0]);
}

#[test]
fn a_strike_reads_and_writes_three_records_a_series() {
    let mut world = World::new();
    let of = |world: &mut World| short(cost(world, ExecuteMsg::Strike { product: "TOK".to_string() }));
    world.fixes("2026-11-24", 16_000);
    let sixteen = of(world.at("2026-11-24T16:00:00Z"));
    assert_eq!(sixteen, [6 + 16 * 3, 2 + 16 * 2, 0, 2 + 2 + 16]);
}

#[test]
fn hot_records_are_small() {
    let mut world = World::new();
    world.buys(ALICE, 3, "1.6000");
    let day = NewOrder {
        time_in_force: Some(TimeInForce::Day),
        client_id: Some(u64::MAX.into()),
        ..order(AccountId(800_000), Side::Buy, 500, "1.6000")
    };
    world.place(day).unwrap();
    assert_eq!(world.storage.sizes(0x8a), [(16, 10), (16, 28)]);
    assert_eq!(world.storage.sizes(0x8b), [(18, 15), (18, 15)]);
    world.sells(BOB, 1, "1.6000");
    assert_eq!(world.storage.sizes(0x88), [(3, 19)]);
    for minute in 40..50 {
        for (number, maker) in [BOB, CAROL, DAVE].into_iter().enumerate() {
            world.at(&format!("2026-11-24T15:{minute}:00Z")).sells(AccountId(maker.0 * 100_000), 500, "1.6500");
            world.at(&format!("2026-11-24T15:{:02}:00Z", minute + 1)).buys(AccountId(8 * number as u64), 500, "1.6500");
        }
    }
    assert_eq!(world.storage.sizes(0x88), [(3, 127)]);
    assert_eq!(world.storage.sizes(0x87)[0], (3, 24));
}
