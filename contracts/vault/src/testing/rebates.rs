//! The maker's rebate (clause 4.8): paid by the taker of that very trade, or not at all.

use tokfut_core::rate::SignedRate;

use super::*;

/// A world in which makers of TOK are paid so many parts per million, and takers pay 2 bp.
fn world(ppm: i32) -> World {
    let mut terms = config();
    terms.products[0].fees.maker = SignedRate::ppm(-ppm);
    World::with(terms)
}

fn posting(from: &str, to: &str, amount: u128) -> (String, String, u128) {
    (from.to_string(), to.to_string(), amount)
}

#[test]
fn a_rebate_is_rounded_down_and_comes_out_of_the_takers_fee() {
    let mut world = world(33);
    let (alice, bob) = (world.opens("alice", 10_000 * DOLLAR), world.opens("bob", 10_000 * DOLLAR));
    // Of $1,601.50: the fee of 2 bp is 320,300, the rebate ⌊52,849.5⌋; the rest is halved, the odd unit is insurance's.
    let outcome = world.trades(alice, bob, DEC, 1, 16_015);
    assert_eq!(outcome.posted("maker_rebate"), [posting("account:8", "account:16", 52_849)]);
    let kept = [posting("account:8", "insurance", 133_726), posting("account:8", "treasury", 133_725)];
    assert_eq!(outcome.posted("taker_fee"), kept);
    assert_eq!(outcome.sum("maker_fee"), 0);
    assert_eq!(world.cash(alice), 10_000 * DOLLAR as i128 - 320_300);
    assert_eq!(world.cash(bob), 10_000 * DOLLAR as i128 + 52_849);
}

#[test]
fn each_maker_is_paid_for_each_of_his_trades() {
    let mut world = world(33);
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|who| world.opens(who, 10_000 * DOLLAR));
    for (maker, units) in [(bob, 16_005), (carol, 16_015), (bob, 16_025)] {
        world.sells(maker, DEC, 1, units);
    }
    let outcome = world.buys(alice, DEC, 3, 16_025);
    // ⌊52,816.5⌋ + ⌊52,882.5⌋, and ⌊52,849.5⌋.
    let paid = [posting("account:8", "account:16", 105_698), posting("account:8", "account:24", 52_849)];
    assert_eq!(outcome.posted("maker_rebate"), paid);
    assert_eq!(outcome.sum("taker_fee") + outcome.sum("maker_rebate"), 3 * 320_300);
}

/// A taker with a gain on paper and so many base units of cash sells a lot to each of two makers at 1.6500, at a rebate of
/// 1.99 bp: what each of them is paid, and what insurance and treasury have of it.
fn sold_with(cash: u128) -> ([u128; 2], u128) {
    let mut world = world(199);
    let alice = world.opens("alice", 480_640_000);
    let makers = ["bob", "carol"].map(|who| world.opens(who, 10_000 * DOLLAR));
    world.trades(alice, makers[0], DEC, 2, 16_000);
    assert_eq!(world.cash(alice), 480 * DOLLAR as i128);
    // All of it is lost at a settlement, and won back on paper.
    world.settles(&[(DEC, 13_600)], false);
    world.marks(DEC, 16_500);
    if cash > 0 {
        world.deposits(alice, cash);
    }
    for maker in makers {
        world.buys(maker, DEC, 1, 16_500);
    }
    let outcome = world.sells(alice, DEC, 2, 16_500);
    assert_eq!(
        u128::try_from(world.cash(alice)).unwrap() + outcome.sum("taker_fee") + outcome.sum("maker_rebate"),
        cash
    );
    let paid = |maker: AccountId| {
        let to = format!("account:{}", maker.0);
        outcome.posted("maker_rebate").iter().filter(|(_, payee, _)| *payee == to).map(|(_, _, amount)| amount).sum()
    };
    (makers.map(paid), outcome.sum("taker_fee"))
}

#[test]
fn a_rebate_is_no_more_than_the_taker_paid_for_that_very_trade() {
    // The fee of a lot is 330,000, its rebate 328,350.
    assert_eq!(sold_with(0), ([0, 0], 0));
    assert_eq!(sold_with(5), ([5, 0], 0));
    assert_eq!(sold_with(328_351), ([328_350, 0], 1));
    assert_eq!(sold_with(330_001), ([328_350, 1], 1_650));
    assert_eq!(sold_with(660_001), ([328_350, 328_350], 3_300));
}

#[test]
fn nobody_is_paid_for_meeting_a_close_out() {
    let mut world = world(199);
    let (alice, bob) = (world.opens("alice", 2_500 * DOLLAR), world.opens("bob", 10_000 * DOLLAR));
    world.trades(alice, bob, DEC, 10, 16_000);
    world.marks(DEC, 15_000);
    world.marks(DEC, 15_000);
    world.buys(bob, DEC, 10, 15_000);
    let outcome = world.liquidates(alice).unwrap();
    assert!(outcome.sum("liquidation_fee") > 0);
    assert_eq!((outcome.sum("taker_fee"), outcome.sum("maker_rebate")), (0, 0));
}

#[test]
fn a_simulation_tells_what_of_the_fee_goes_to_the_makers() {
    let mut world = world(33);
    let (alice, bob) = (world.opens("alice", 10_000 * DOLLAR), world.opens("bob", 10_000 * DOLLAR));
    world.sells(bob, DEC, 2, 16_015);
    let clearing = Clearing {
        fills: vec![market::fill(DEC, Side::Buy, bob, 1, 16_015), market::fill(DEC, Side::Buy, bob, 1, 16_015)],
        ..empty(Purpose::Trade { sender: addr("alice").to_string() }, alice, TOK)
    };
    let told: tokfut_api::vault::SimulatedAccount = world.ask(QueryMsg::SimulateClear(clearing)).unwrap();
    assert_eq!((told.fee.base_units(), told.rebates.base_units()), (640_600, 105_698));
}

#[test]
fn a_rate_that_was_stored_without_a_sign_reads_as_it_was() {
    for parts in [0, 50, 10_000] {
        let stored = tokfut_storage::encode(&Rate::ppm(parts)).unwrap();
        let read: SignedRate = tokfut_storage::decode(&stored).unwrap();
        assert_eq!((read.charge(), read.rebate()), (Rate::ppm(parts), Rate::ZERO));
        assert_eq!(tokfut_storage::encode(&read).unwrap(), stored);
    }
    let paid = SignedRate::ppm(-199);
    assert_eq!(tokfut_storage::decode::<SignedRate>(&tokfut_storage::encode(&paid).unwrap()).unwrap(), paid);
    assert_eq!(from_json::<SignedRate>(b"-199").unwrap(), paid);
    assert!(from_json::<SignedRate>(br#""-199""#).is_err());
}
