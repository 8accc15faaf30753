//! The classes of loss that others had, each tried here.

use serde_json::json;
use tokfut_api::{market, oracle, vault};
use tokfut_core::id::AccountId;
use tokfut_core::money::Amount;
use tokfut_embedded::{Call, Contract};
use tokfut_testkit::{Setup, TestWorld, buy, sell, usd};

const DEC: &str = "TOKZ26";

/// S4: three orders of 80 in one transaction on a margin for 100: each passes alone, the third of them together not.
#[test]
fn s4_orders_of_one_transaction_see_one_another() {
    let world = TestWorld::new();
    let alice = world.trader("alice", usd(24_000));
    let order = |price: &str| {
        Call::new(Contract::Market, &market::ExecuteMsg::PlaceOrder(buy(80, DEC, price).of(alice.account))).unwrap()
    };
    let three = vec![order("1.5900"), order("1.5910"), order("1.5920")];
    world.tries_all("alice", three).refused_with("insufficient_margin");
    assert_eq!((alice.orders().len(), alice.initial_margin()), (0, 0));
    world.tries_all("alice", vec![order("1.5900")]).succeeds();
    alice.tries_to_place(buy(80, DEC, "1.5910")).refused_with("insufficient_margin");
    assert_eq!(alice.initial_margin(), usd(19_200));
}

/// S10: whoever brings the fixing and an order in one transaction trades at resting prices, and the fixing moves no
/// mark before it is final.
#[test]
fn s10_nobody_trades_against_the_fixing_he_brings() {
    let world = TestWorld::new();
    let (maker, mallory) = (world.trader("maker", usd(100_000)), world.trader("mallory", usd(100_000)));
    maker.sells(50, DEC, "1.6010");
    world.at("2026-06-02T12:05:00Z");
    let (feed, round) = (world.chain().spec().feed("TOK").unwrap().clone(), 235);
    let time = feed.anchor.checked_add(round * feed.interval).unwrap();
    let observations: Vec<_> =
        (0..7).map(|who| world.chain().observation(&feed, round, time, who, Some("1.7000")).unwrap()).collect();
    let submit =
        Call::new(Contract::Oracle, &oracle::ExecuteMsg::Submit { feed: 1, round, revision: 0, observations }).unwrap();
    let trade = market::ExecuteMsg::PlaceOrder(buy(50, DEC, "1.7600").of(mallory.account));
    let trade = Call::new(Contract::Market, &trade).unwrap();
    let purse = mallory.cash();
    world.tries_all("mallory", vec![submit, trade]).succeeds();
    // He has bought at the maker's price, the mark has not moved, and nothing can leave on it.
    assert_eq!(mallory.lots(DEC), 50);
    assert_eq!(world.clearing(DEC).mark, "1.6000");
    assert_eq!(mallory.unsettled(), -usd(50));
    let fee = 50 * 16_010 * 100_000 * 2 / 10_000;
    assert_eq!(mallory.cash(), purse - fee);
}

/// S11: a gain that is not cash supports margin and does not leave, nor does principal against it.
#[test]
fn s11_unsettled_gains_never_leave() {
    let world = TestWorld::new();
    let (long, short) = (world.trader("long", usd(30_000)), world.trader("short", usd(60_000)));
    short.sells(100, DEC, "1.6000");
    long.buys(100, DEC, "1.6000");
    let principal = long.cash() - usd(24_000);
    assert_eq!(long.withdrawable(), principal);
    world.day("1.6480");
    world.push_marks(&[DEC]);
    // $4,800 are won; margin has risen to 15 % of $164,800.
    assert_eq!(long.unsettled(), usd(4_800));
    assert_eq!(long.withdrawable(), long.cash() - usd(24_720));
    long.tries_to_withdraw(long.withdrawable() + 1).refused_with("insufficient_free");
    world.strike();
    assert_eq!(long.withdrawable(), long.cash() - usd(24_720), "pending gains stay");
    world.finalise();
    assert_eq!(long.withdrawable(), principal + usd(4_800) - usd(720));
    long.withdraws_all();
    long.tries_to_withdraw(1).refused_with("insufficient_free");
}

/// S13: an order that is refused half way leaves nothing of the half.
#[test]
fn s13_a_refused_order_leaves_no_half() {
    let world = TestWorld::new();
    let maker = world.trader("maker", usd(100_000));
    let alice = world.trader("alice", usd(3_000));
    let ids: Vec<String> = ["1.6000", "1.6010", "1.6020"].map(|price| maker.sells(10, DEC, price).id()).into();
    alice.tries_to_place(buy(30, DEC, "1.6020")).refused_with("insufficient_margin");
    alice.tries_to_place(buy(31, DEC, "1.6020").fok()).refused_with("unfilled");
    alice.tries_to_place(buy(1, DEC, "1.6020").post_only()).refused_with("post_only_would_trade");
    assert_eq!(maker.orders().iter().map(|order| order.id.clone()).collect::<Vec<_>>(), ids);
    assert_eq!((alice.cash(), alice.lots(DEC), maker.lots(DEC)), (usd(3_000), 0, 0));
}

/// S14: the whole open interest is one bankrupt against another; the last position ends without a division by zero.
#[test]
fn s14_the_whole_open_interest_is_liquidated() {
    let world = Setup::default().insured(usd(1_000_000)).open();
    let (long, short) = (world.trader("long", usd(24_100)), world.trader("short", usd(24_100)));
    short.sells(100, DEC, "1.6000");
    long.buys(100, DEC, "1.6000");
    world.settle_day("1.2800");
    world.settle_day("1.2800");
    world.morning();
    // S is 1.2960 and then 1.2800: the long has lost $32,000 of $24,100.
    world.settle_day("1.2800");
    assert!(long.equity() < 0);
    assert_eq!(world.clearing(DEC).open_interest.count(), 100);
    world.liquidate(long.account).succeeds();
    assert_eq!((long.lots(DEC), long.equity()), (0, 0));
    assert_eq!(world.house().positions[0].lots.count(), 100);
    // The house sells to the last holder, and the market is empty.
    while world.clearing(DEC).open_interest.count() > 0 {
        world.later(5);
        short.buys(10, DEC, "1.2800");
        world.sends("keeper", &vault::ExecuteMsg::UnwindHouse { series: world.house().positions[0].series });
    }
    assert_eq!(short.lots(DEC), 0);
    let left = world.wind_down("1.2800");
    assert_eq!((left.shortfall, left.unpaid), (0, 0));
}

/// S18: an order is judged again when it is met.
#[test]
fn s18_what_rests_is_checked_again_when_it_is_met() {
    let world = TestWorld::new();
    let (maker, taker) = (world.trader("maker", usd(100_000)), world.trader("taker", usd(100_000)));
    // Reduce-only, and nothing left to reduce.
    taker.sells(5, DEC, "1.6000");
    maker.buys(5, DEC, "1.6000");
    let exit = maker.places(sell(5, DEC, "1.6100").reduce_only());
    maker.sells(5, DEC, "1.6000");
    taker.buys(5, DEC, "1.6000");
    assert_eq!(maker.lots(DEC), 0);
    assert_eq!(taker.places(buy(5, DEC, "1.6100").ioc()).lots, [0, 0, 5]);
    maker.tries_to_cancel(&exit.id()).refused_with("unknown_order");
    // Good for the day, and the day is over.
    maker.places(sell(5, DEC, "1.6100").day());
    // Within the limits of its day, not within those of the next.
    maker.sells(5, DEC, "1.7500");
    world.settle_day("1.4800");
    world.settle_day("1.4800");
    world.morning();
    assert_eq!(world.series(DEC).highest, "1.6280");
    assert_eq!(taker.places(buy(5, DEC, "1.6280").ioc()).lots, [0, 0, 5]);
    assert_eq!(world.book(DEC)[1], [("1.7500".to_string(), 5)]);
}

/// S23: coins that come past the messages are in no pot and help nobody.
#[test]
fn s23_coins_of_strangers_change_nothing() {
    let world = TestWorld::new();
    let alice = world.trader("alice", usd(1_000));
    let before = world.balance_sheet();
    for contract in Contract::ALL {
        let coins = world.coins(usd(5));
        world.step("stray coins", |chain| {
            let to = chain.address(contract).clone();
            chain.send("stranger", &to, &coins).unwrap();
        });
    }
    let after = world.balance_sheet();
    assert_eq!((after.total, after.insurance, after.accounts), (before.total, before.insurance, before.accounts));
    assert_eq!(after.bank.base_units(), before.bank.base_units() + 5_000_000);
    alice.tries_to_withdraw(usd(1_000) + 1).refused_with("insufficient_free");
    alice.withdraws_all();
    let left = world.wind_down("1.6000");
    assert_eq!(left.bank, usd(5));
}

/// S2: nobody gives insurance less than something, and an account of the house's is nobody's.
#[test]
fn s2_a_donation_is_positive() {
    let world = TestWorld::new();
    for amount in ["-5", "0", "+5", "05"] {
        let message = json!({"fund_insurance": {"amount": amount}});
        world.tries_raw("mallory", Contract::Vault, &message, &world.coins(1)).refused_with("invalid_message");
    }
    world.tries_with("donor", &vault::ExecuteMsg::FundInsurance {}, &world.coins(7)).succeeds();
    assert_eq!(world.balance_sheet().insurance.base_units(), 7);
    let steal = vault::ExecuteMsg::Withdraw { account: AccountId::HOUSE, amount: Amount::new(1) };
    world.tries("governance", &steal).refused_with("unknown_account");
}
