//! The worked examples E1 to E6 of the specification, through real orders and signed fixings.

use serde_json::json;
use tokfut_api::oracle;
use tokfut_testkit::{Setup, TestWorld, buy, sell, usd};

const DEC: &str = "TOKZ26";
const JAN: &str = "TOKF27";

#[test]
fn e1_a_fill_is_booked_against_the_strike_and_settled_in_cash() {
    let world = TestWorld::new();
    let (a, b) = (world.trader("a", usd(5_000)), world.trader("b", usd(5_000)));
    b.sells(3, DEC, "1.6100");
    a.buys(3, DEC, "1.6100");
    // Taker fee 2 bp of $4,830, maker fee 0.5 bp.
    assert_eq!((a.cash(), b.cash()), (usd(5_000) - 966_000, usd(5_000) - 241_500));
    assert_eq!((a.unsettled(), b.unsettled()), (-30_000_000, 30_000_000));

    world.day("1.6050");
    world.push_marks(&[DEC]);
    assert_eq!((a.unsettled(), b.unsettled()), (-15_000_000, 15_000_000));

    world.morning();
    world.tries_to_strike().succeeds();
    world.finalise();
    world.settle_day("1.6200");
    // Over both settlements A has gained 3 lots x 100 units x 100,000, and it is cash.
    assert_eq!((a.unsettled(), b.unsettled()), (0, 0));
    assert_eq!((a.cash(), b.cash()), (usd(5_030) - 966_000, usd(4_970) - 241_500));
}

#[test]
fn e2_the_hedge_pays_what_tokens_became_dearer() {
    for (fixing, gain) in [("2.0000", 28_400), ("1.1200", -34_080)] {
        let world = Setup::default().starting("2026-11-30T00:00:00Z").open();
        let (app, provider) = (world.trader("app", usd(100_000)), world.trader("provider", usd(100_000)));
        provider.sells(71, DEC, "1.6000");
        app.buys(71, DEC, "1.6000");
        let (before, owed) = (app.cash(), provider.cash());
        while !world.clearing(DEC).last {
            world.settle_day(fixing);
        }
        let last = &world.settlements(DEC)[0];
        assert_eq!((last.price.as_str(), last.method, last.last), (fixing, 21, true));
        let fee = match fixing {
            "2.0000" => 71 * 20_000 * 100_000 / 10_000,
            _ => 71 * 11_200 * 100_000 / 10_000,
        };
        assert_eq!(app.cash() - before, usd(gain) - fee);
        assert_eq!(provider.cash() - owed, usd(-gain) - fee);
        assert_eq!((app.lots(DEC), app.initial_margin()), (0, 0));
        let left = world.wind_down(fixing);
        assert_eq!((left.shortfall, left.unpaid), (0, 0));
    }
}

#[test]
fn e3_margin_is_that_of_the_worst_combination_of_fills() {
    for (charge, spread) in [(1_000_000, usd(2_400)), (2_000_000, usd(4_800))] {
        let world = Setup::default().with("/products/TOK/margin/spread_charge", json!(charge)).open();
        let (alice, maker) = (world.trader("alice", usd(20_000)), world.trader("maker", usd(100_000)));
        maker.sells(10, DEC, "1.6000");
        maker.buys(10, JAN, "1.6000");
        alice.buys(10, DEC, "1.6000");
        assert_eq!(alice.initial_margin(), usd(2_400));
        alice.sells(10, JAN, "1.6000");
        assert_eq!(alice.initial_margin(), spread);
        assert_eq!(alice.maintenance_margin(), spread * 12 / 15);

        // A quote has one side filled at worst; quotes in two months may both be bought.
        let quoter = world.trader("quoter", usd(20_000));
        quoter.buys(10, DEC, "1.5990");
        quoter.sells(10, DEC, "1.6010");
        assert_eq!(quoter.initial_margin(), usd(2_400));
        quoter.buys(10, JAN, "1.5990");
        quoter.sells(10, JAN, "1.6010");
        assert_eq!(quoter.initial_margin(), usd(4_800));
    }
}

#[test]
fn e3_an_order_reserves_its_margin_to_the_last_unit() {
    let world = TestWorld::new();
    // Ten lots at the mark need $2,400, and a resting order pays no fee yet.
    let short = world.trader("short", usd(2_400) - 1);
    short.tries_to_place(buy(10, DEC, "1.6000")).refused_with("insufficient_margin");
    short.deposits(1);
    short.buys(10, DEC, "1.6000");
    // Above the mark it needs what it would lose at once, too.
    short.cancels_all();
    short.tries_to_place(buy(10, DEC, "1.6010")).refused_with("insufficient_margin");
    short.deposits(usd(10) - 1);
    short.tries_to_place(buy(10, DEC, "1.6010")).refused_with("insufficient_margin");
    short.deposits(1);
    short.buys(10, DEC, "1.6010");
    assert_eq!((short.equity(), short.initial_margin()), (usd(2_410), usd(2_410)));
}

#[test]
fn e5_one_wild_publisher_moves_nothing() {
    let values = ["1.6190", "1.6200", "1.6205", "1.6210", "1.6210", "1.6225", "1.6230", "1.6300", "1.8000"];
    for last in ["1.8000", "1.6300", "9.0000"] {
        let world = Setup::default().with("/panel", json!(9)).bare();
        world.at("2026-06-01T12:05:00Z");
        let said: Vec<_> = values[..8].iter().chain([&last]).map(|value| Some(*value)).collect();
        world.tries_to_fix("TOK", "2026-06-01", &said).unwrap();
        world.at("2026-06-01T15:15:00Z");
        world.makes_final("TOK").succeeds();
        let latest: oracle::FixingResponse = world.asks(&oracle::QueryMsg::Latest { feed: 1 });
        assert_eq!(latest.value.u128(), 16_210, "{last}");
        // It is the number of a publisher who signed it.
        assert!([3, 4].contains(&latest.publisher), "{}", latest.publisher);
    }
}

#[test]
fn e6_nobody_below_his_margin_gives_his_cover_to_a_friend() {
    let world = TestWorld::new();
    let victim = world.trader("victim", usd(24_131));
    let (maker, friend) = (world.trader("maker", usd(100_000)), world.trader("friend", usd(100_000)));
    maker.sells(100, DEC, "1.6000");
    victim.buys(100, DEC, "1.6000");
    world.settle_day("1.3610");
    world.settle_day("1.3610");
    world.morning();
    assert_eq!((victim.equity(), victim.initial_margin()), (usd(199), usd(20_415)));
    assert_eq!((victim.cash(), victim.unsettled()), (usd(199), 0));

    friend.buys(100, DEC, "1.3210");
    let refusal = victim.tries_to_place(sell(100, DEC, "1.3210")).refused_with("insufficient_margin");
    // Selling costs 100 x 400 units x 100,000 and takes the fee of 2 bp of $132,100.
    assert_eq!(refusal, "need 0, have -3827420000 (4.11)");
    // At the mark he may: what is left of his equity stays his.
    friend.buys(100, DEC, "1.3610");
    victim.sells(100, DEC, "1.3610");
    assert_eq!(victim.equity(), usd(199) - 27_220_000);
}
