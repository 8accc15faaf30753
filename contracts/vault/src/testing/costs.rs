//! What the hot messages read and write, so that a key more does not come in unnoticed. The README's table is this one.

use tokfut_api::clearing::RestChange;

use super::market::fill;
use super::storage::Counts;
use super::*;

/// Reads, writes, removes of one message, and the bytes of keys and values it reads and writes.
fn cost(world: &mut World, who: &str, units: u128, message: ExecuteMsg) -> [usize; 5] {
    let funds = if units > 0 { vec![coin(units, DENOM)] } else { vec![] };
    world.storage.counted();
    world.run(|deps, env| contract::execute(deps, env, message_info(&addr(who), &funds), Wire(message))).unwrap();
    let Counts { reads, writes, removes, bytes_read, bytes_written } = world.storage.counted();
    [reads, writes, removes, bytes_read, bytes_written]
}

/// Twenty makers of one lot each at 1.6100, and Alice, who holds a position already.
fn world() -> (World, AccountId) {
    let mut world = World::new();
    let alice = world.opens("alice", 10_000 * DOLLAR);
    let bob = world.opens("bob", 100_000 * DOLLAR);
    world.trades(alice, bob, DEC, 3, 16_050);
    for number in 0..20 {
        let maker = world.opens(&format!("maker {number}"), 10_000 * DOLLAR);
        world.sells(maker, DEC, 40, 16_100);
    }
    world.height += 1;
    (world, alice)
}

fn trade(account: AccountId) -> Clearing {
    let sender = addr("alice").to_string();
    empty(Purpose::Trade { sender }, account, TOK)
}

#[test]
fn resting_and_cancelling_write_the_position_alone() {
    let (mut world, alice) = world();
    let resting =
        Resting { account: alice, series: DEC, side: Side::Buy, price: price(16_000), lots: 5, reduce_only: false };
    let rest = Clearing { book: vec![resting.change(RestChange::Rested)], ..trade(alice) };
    let sender = addr("alice").to_string();
    let cancel = Clearing {
        purpose: Purpose::Cancel { sender },
        book: vec![resting.change(RestChange::Removed)],
        ..trade(alice)
    };
    assert_eq!(cost(&mut world, "market", 0, ExecuteMsg::Clear(rest)), [6, 1, 0, 289, 28]);
    assert_eq!(cost(&mut world, "market", 0, ExecuteMsg::Clear(cancel)), [4, 1, 0, 216, 26]);
}

/// Alice takes one lot from each of so many makers, `each` times.
fn takes(makers: u64, each: usize) -> [usize; 5] {
    let (mut world, alice) = world();
    let of = |maker| (0..each).map(move |_| fill(DEC, Side::Buy, AccountId(24 + 8 * maker), 1, 16_100));
    let fills = (0..makers).flat_map(of).collect();
    cost(
        &mut world,
        "market",
        0,
        ExecuteMsg::Clear(Clearing { fills, marks: vec![market::mark(DEC, 16_080)], ..trade(alice) }),
    )
}

#[test]
fn a_trade_writes_two_records_an_account_and_two_more() {
    assert_eq!(takes(1, 1), [9, 6, 0, 347, 134]);
    assert_eq!(takes(2, 1), [11, 8, 0, 389, 179]);
    assert_eq!(takes(10, 1), [27, 24, 0, 725, 541]);
    // A further fill of the same maker costs nothing here.
    assert_eq!(takes(1, 10), [9, 6, 0, 347, 136]);
}

#[test]
fn money_in_and_out_writes_the_account_and_the_pots() {
    let (mut world, alice) = world();
    assert_eq!(cost(&mut world, "alice", 7, ExecuteMsg::Deposit { account: alice }), [3, 2, 0, 113, 33]);
    let withdraw = ExecuteMsg::Withdraw { account: alice, amount: Amount::new(7) };
    assert_eq!(cost(&mut world, "alice", 0, withdraw), [7, 2, 0, 305, 33]);
    assert_eq!(cost(&mut world, "new", 0, ExecuteMsg::OpenAccount {}), [4, 4, 0, 159, 162]);
    assert_eq!(cost(&mut world, "new", 0, ExecuteMsg::OpenAccount {}), [3, 2, 0, 227, 91]);
}

#[test]
fn settlements_write_series_and_no_account() {
    let (mut world, alice) = world();
    let mut strike = |prices: &[(SeriesId, u32)]| {
        let limit = Rate::ppm(100_000);
        let struck = |(series, units): &(SeriesId, u32)| StruckPrice {
            series: *series,
            price: price(*units),
            last: false,
            limit,
        };
        let prices = prices.iter().map(struck).collect();
        let strike = ExecuteMsg::Strike { product: TOK, at: world.now, prices };
        let counts = cost(&mut world, "market", 0, strike);
        world.waits(1_800);
        [counts, cost(&mut world, "anyone", 0, ExecuteMsg::Finalise { product: "TOK".to_string() })]
    };
    let one = strike(&[(DEC, 16_050)]);
    let two = strike(&[(DEC, 16_060), (MAR, 16_050)]);
    let short = |counts: [usize; 5]| [counts[0], counts[1], counts[2]];
    assert_eq!([one, two].map(|pair| pair.map(short)), [[[4, 3, 0], [6, 3, 0]], [[5, 5, 0], [8, 5, 0]]]);
    // Catching up with any number of settlements: the next and the last.
    assert_eq!(short(cost(&mut world, "anyone", 0, ExecuteMsg::Touch { accounts: vec![alice] })), [8, 3, 0]);
    assert_eq!(short(cost(&mut world, "anyone", 0, ExecuteMsg::Touch { accounts: vec![alice] })), [4, 0, 0]);
}

#[test]
fn a_liquidation_notes_its_clock_and_what_it_asked() {
    let (mut world, _) = world();
    let dave = world.opens("dave", 3_000 * DOLLAR);
    world.trades(dave, AccountId(16), DEC, 10, 16_000);
    world.marks(DEC, 14_600);
    world.opens("keeper", 0);
    assert_eq!(cost(&mut world, "keeper", 0, ExecuteMsg::Liquidate { account: dave }), [7, 2, 0, 278, 128]);
    let none = Clearing { voids_orders: true, ..empty(Purpose::Close {}, dave, TOK) };
    assert_eq!(cost(&mut world, "market", 0, ExecuteMsg::Clear(none)), [6, 0, 1, 319, 0]);
}

#[test]
fn hot_records_are_small() {
    let (mut world, alice) = world();
    let largest = |world: &World, namespace| world.storage.sizes(namespace).into_iter().max().unwrap();
    assert_eq!((largest(&world, 0xa0), largest(&world, 0xa1), largest(&world, 0xa6)), ((3, 27), (11, 15), (9, 9)));
    assert_eq!((largest(&world, 0xa2), largest(&world, 0xa4), largest(&world, 0xac)), ((1, 79), (2, 56), (1, 15)));
    world.settles(&[(DEC, 16_100), (MAR, 16_100)], false);
    world.touches(&[alice]);
    world.buys(alice, DEC, 1, 16_100);
    world.strike(TOK, &[(DEC, 16_200), (MAR, 16_100)], false).unwrap();
    world.sells(alice, DEC, 5, 16_300);
    // A position with everything on it, and a settlement record.
    assert_eq!((largest(&world, 0xa1), largest(&world, 0xab)), ((11, 21), (7, 17)));
}
