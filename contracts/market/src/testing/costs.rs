//! What the hot messages read and write, so that a key more does not come in unnoticed. The README's table is this one.

use tokfut_storage::counting::Counts;

use super::*;

/// Reads, writes, removes of one message in the market's own storage, bytes written, and queries of the neighbours.
fn cost(world: &mut World, msg: ExecuteMsg) -> (Counts, usize) {
    world.storage.counted();
    world.facts.borrow_mut().queries = 0;
    let info = message_info(&addr("trader"), &[]);
    world.with(|deps, env| contract::execute(deps, env, info, Wire(msg))).unwrap();
    (world.storage.counted(), world.facts.borrow().queries)
}

/// Reads, rows of scans with them, writes, removes, queries.
fn short((counts, queries): (Counts, usize)) -> [usize; 4] {
    [counts.reads + counts.scanned, counts.writes, counts.removes, queries]
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
    let in_small = cost(&mut small, rest.clone());
    assert_eq!(short(in_small), [4, 3, 0, 1]);
    assert_eq!(in_small.0.bytes_written, 52);
    assert_eq!(short(cost(&mut large, rest)), short(in_small));
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
    assert_eq!(take(1), [5, 1, 2, 1]);
    assert_eq!(take(2), [6, 1, 4, 1]);
    assert_eq!(take(10), [14, 1, 20, 1]);
}

/// Trades that make a price other than the index: now the middle of the book counts.
fn traded(world: &mut World) {
    for (maker, lots) in [(BOB, 15), (CAROL, 5)] {
        world.sells(maker, lots, "1.6100");
    }
    world.at("2026-11-24T10:02:00Z");
    let outcome = world.buys(DAVE, 20, "1.6100");
    assert_eq!(outcome.lots(), [20, 0, 0]);
}

/// What it costs Alice to buy a lot from Bob.
fn takes_one(world: &mut World) -> (Counts, usize) {
    world.sells(BOB, 1, "1.6100");
    let cost = cost(world, placed(1, Side::Buy, "1.6100"));
    world.facts.borrow_mut().positions.clear();
    cost
}

#[test]
fn a_trade_reads_the_book_only_where_the_middle_counts() {
    let mut world = World::new();
    world.buys(CAROL, 9, "1.6050");
    world.sells(CAROL, 9, "1.6150");
    let quiet = takes_one(&mut world);
    assert_eq!(short(quiet), [5, 1, 2, 1]);
}

#[test]
fn dead_orders_before_the_best_live_ones_cost_a_trade_no_more_than_four_removals() {
    let with_dead = |dead: u64| {
        let mut world = World::new();
        world.buys(CAROL, 9, "1.6050");
        world.sells(CAROL, 9, "1.6150");
        for _ in 0..dead {
            world.buys(DAVE, 1, "1.6060");
        }
        world.by("dave", ExecuteMsg::CancelAll { account: DAVE }).unwrap();
        traded(&mut world);
        world
    };
    // With the first of these trades four are gone already.
    let clean = short(takes_one(&mut with_dead(4)));
    let some = short(takes_one(&mut with_dead(4 + 5)));
    assert_eq!(some, short(takes_one(&mut with_dead(200))));
    // Two orders, and the void number of their one account.
    assert_eq!(clean, [5 + 3, 1, 2, 2]);
    // The fifth is read and stays; the other side is not asked.
    assert_eq!(some, [5 + 6, 1, 2 + 4 * 2, 2]);
}

#[test]
fn cancelling_costs_the_same_for_one_order_and_for_all() {
    let mut world = World::new();
    for _ in 0..50 {
        world.buys(ALICE, 1, "1.6000");
    }
    let order = tokfut_api::market::OrderRef::Id("1523-b-16000-7".to_string());
    assert_eq!(short(cost(&mut world, ExecuteMsg::CancelOrder { account: ALICE, order })), [3, 0, 2, 0]);
    assert_eq!(short(cost(&mut world, ExecuteMsg::CancelAll { account: ALICE })), [2, 1, 0, 0]);
}

#[test]
fn a_strike_reads_and_writes_three_records_a_series() {
    let mut world = World::new();
    let of = |world: &mut World| short(cost(world, ExecuteMsg::Strike { product: "TOK".to_string() }));
    world.fixes("2026-11-24", 16_000);
    let sixteen = of(world.at("2026-11-24T16:00:00Z"));
    assert_eq!(sixteen, [2 + 16 * 3, 2 + 16 * 2, 0, 2 + 2 + 16]);
}

#[test]
fn a_termination_reads_five_prices_a_series_and_asks_of_the_months_that_have_begun_alone() {
    let mut world = World::new();
    let daily = ["25", "26", "27", "28", "29"].map(|day| format!("2026-11-{day}T16:00:00Z"));
    for at in daily.iter().map(String::as_str).chain(["2026-12-01T16:00:00Z", "2026-12-02T16:00:00Z"]) {
        world.at(at).strike().unwrap();
    }
    // The oracle has been told of the silent days.
    let now = world.at("2026-12-03T16:00:00Z").now;
    world.facts.borrow_mut().finalise(now);
    let fifteen = short(cost(&mut world, ExecuteMsg::Strike { product: "TOK".to_string() }));
    // The series, five prices, no tape; the day, the fixing, and December's window.
    assert_eq!(fifteen, [2 + 15 * 7, 2 + 15 * 2, 0, 2 + 1]);
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
    assert_eq!(world.storage.sizes(0x87), [(16, 10), (16, 28)]);
    assert_eq!(world.storage.sizes(0x88), [(18, 6), (18, 6)]);
    world.sells(BOB, 1, "1.6000");
    assert_eq!(world.storage.sizes(0x85), [(3, 19)]);
    for minute in 40..50 {
        for (number, maker) in [BOB, CAROL, DAVE].into_iter().enumerate() {
            world.at(&format!("2026-11-24T15:{minute}:00Z")).sells(AccountId(maker.0 * 100_000), 500, "1.6500");
            world.at(&format!("2026-11-24T15:{:02}:00Z", minute + 1)).buys(AccountId(8 * number as u64), 500, "1.6500");
        }
    }
    assert_eq!(world.storage.sizes(0x85), [(3, 127)]);
    assert_eq!(world.storage.sizes(0x84)[0], (3, 24));
}
