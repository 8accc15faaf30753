//! What the hot messages read and write, so that a key more does not come in unnoticed. The README's table is this one.

use tokfut_api::clearing::RestChange;
use tokfut_storage::counting::Counts;

use super::market::fill;
use super::*;

/// Reads, rows scanned, writes, removes of one message, and their gas.
fn cost(world: &mut World, who: &str, units: u128, message: ExecuteMsg) -> [usize; 5] {
    let funds = if units > 0 { vec![coin(units, DENOM)] } else { vec![] };
    world.storage.counted();
    world.run(|deps, env| contract::execute(deps, env, message_info(&addr(who), &funds), Wire(message))).unwrap();
    let Counts { reads, scanned, writes, removes, bytes_written: _, gas } = world.storage.counted();
    [reads, scanned, writes, removes, gas]
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
    assert_eq!(cost(&mut world, "market", 0, ExecuteMsg::Clear(rest)), [2, 3, 1, 0, 7_645]);
    // Of an order that was void already the vault is only asked who may cancel it.
    let void = Clearing { book: vec![], ..cancel.clone() };
    assert_eq!(cost(&mut world, "market", 0, ExecuteMsg::Clear(cancel)), [2, 3, 1, 0, 7_591]);
    assert_eq!(cost(&mut world, "market", 0, ExecuteMsg::Clear(void))[..4], [2, 0, 0, 0]);
}

#[test]
fn another_account_reads_its_owner_apart_and_a_cancel_passes_earlier_positions() {
    let (mut world, _) = world();
    let second = world.opens("alice", 10_000 * DOLLAR);
    let (sender, cancels) = (addr("alice").to_string(), Purpose::Cancel { sender: addr("alice").to_string() });
    let resting = |series| Resting {
        account: second,
        series,
        side: Side::Buy,
        price: price(16_000),
        lots: 5,
        reduce_only: false,
    };
    let mut done = vec![];
    for series in [DEC, MAR] {
        let book = vec![resting(series).change(RestChange::Rested)];
        let rest = Clearing { book, ..empty(Purpose::Trade { sender: sender.clone() }, second, TOK) };
        done.push(cost(&mut world, "market", 0, ExecuteMsg::Clear(rest)));
    }
    for series in [MAR, DEC] {
        let book = vec![resting(series).change(RestChange::Removed)];
        let cancel = Clearing { book, ..empty(cancels.clone(), second, TOK) };
        done.push(cost(&mut world, "market", 0, ExecuteMsg::Clear(cancel)));
    }
    // Read: configuration with terms, owner, series; the second order's margin asks for the first one's series too.
    let [rest, other, after_one, alone] = done.try_into().unwrap();
    assert_eq!((rest[..4].to_vec(), other[..4].to_vec()), (vec![3, 1, 1, 0], vec![4, 2, 1, 0]));
    assert_eq!((after_one[..4].to_vec(), alone[..4].to_vec()), (vec![3, 3, 0, 1], vec![3, 2, 0, 1]));
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
    assert_eq!(takes(1, 1), [3, 5, 6, 0, 27_552]);
    assert_eq!(takes(2, 1), [3, 7, 8, 0, 35_482]);
    assert_eq!(takes(10, 1), [3, 23, 24, 0, 98_982]);
    // A further fill of the same maker costs nothing here.
    assert_eq!(takes(1, 10), [3, 5, 6, 0, 27_612]);
}

#[test]
fn money_in_and_out_writes_the_account_and_the_pots() {
    let (mut world, alice) = world();
    assert_eq!(cost(&mut world, "alice", 7, ExecuteMsg::Deposit { account: alice }), [3, 0, 2, 0, 10_639]);
    let withdraw = ExecuteMsg::Withdraw { account: alice, amount: Amount::new(7) };
    assert_eq!(cost(&mut world, "alice", 0, withdraw), [4, 3, 2, 0, 13_064]);
    assert_eq!(cost(&mut world, "new", 0, ExecuteMsg::OpenAccount {}), [4, 0, 4, 0, 21_723]);
    assert_eq!(cost(&mut world, "new", 0, ExecuteMsg::OpenAccount {}), [3, 0, 2, 0, 12_718]);
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
    let short = |counts: [usize; 5]| [counts[0], counts[1], counts[2], counts[3]];
    assert_eq!([one, two].map(|pair| pair.map(short)), [[[4, 0, 3, 0], [4, 2, 3, 0]], [[5, 0, 5, 0], [6, 2, 5, 0]]]);
    // Catching up with any number of settlements: the next and the last.
    assert_eq!(short(cost(&mut world, "anyone", 0, ExecuteMsg::Touch { accounts: vec![alice] })), [6, 3, 3, 0]);
    assert_eq!(short(cost(&mut world, "anyone", 0, ExecuteMsg::Touch { accounts: vec![alice] })), [2, 3, 0, 0]);
}

#[test]
fn a_liquidation_notes_its_clock_and_what_it_asked() {
    let (mut world, _) = world();
    let dave = world.opens("dave", 3_000 * DOLLAR);
    world.trades(dave, AccountId(16), DEC, 10, 16_000);
    world.marks(DEC, 14_600);
    world.opens("keeper", 0);
    assert_eq!(cost(&mut world, "keeper", 0, ExecuteMsg::Liquidate { account: dave }), [5, 3, 2, 0, 17_196]);
    let none = Clearing { voids_orders: true, ..empty(Purpose::Close {}, dave, TOK) };
    assert_eq!(cost(&mut world, "market", 0, ExecuteMsg::Clear(none)), [3, 3, 0, 1, 6_241]);
}

#[test]
fn hot_records_are_small() {
    let (mut world, alice) = world();
    let largest = |world: &World, namespace| world.storage.sizes(namespace).into_iter().max().unwrap();
    assert_eq!((largest(&world, 0xa0), largest(&world, 0xa1), largest(&world, 0xa6)), ((3, 27), (11, 15), (2, 135)));
    assert_eq!((largest(&world, 0xa2), largest(&world, 0xa4), largest(&world, 0xac)), ((1, 79), (2, 56), (1, 15)));
    world.settles(&[(DEC, 16_100), (MAR, 16_100)], false);
    world.touches(&[alice]);
    world.buys(alice, DEC, 1, 16_100);
    world.strike(TOK, &[(DEC, 16_200), (MAR, 16_100)], false).unwrap();
    world.sells(alice, DEC, 5, 16_300);
    // A position with everything on it, and a settlement record.
    assert_eq!((largest(&world, 0xa1), largest(&world, 0xab)), ((11, 21), (7, 17)));
}
