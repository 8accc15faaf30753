//! An index that dies: risk only falls, and on the tenth day everybody goes home (clause 7.10).

use serde_json::json;
use tokfut_api::oracle::{self, StatusResponse};
use tokfut_api::vault::Level;
use tokfut_core::fixing::Carry;
use tokfut_core::series::Status;
use tokfut_core::time::{DAILY, FIXING, HOUR, MINUTE};
use tokfut_testkit::{Setup, TestWorld, buy, sell, time, usd};

const DEC: &str = "TOKZ26";
const JAN: &str = "TOKF27";

fn leant_on(world: &TestWorld) -> Carry {
    world.asks::<StatusResponse>(&oracle::QueryMsg::Status { feed: 1 }).status
}

/// The settlement of a day on which nothing is fixed.
fn silent_day(world: &TestWorld) {
    world.strike();
    world.finalise();
}

/// Method and price of the last settlement of a series.
fn settled(world: &TestWorld, series: &str) -> (u8, String) {
    let last = world.settlements(series).remove(0);
    (last.method, last.price)
}

#[test]
fn an_index_silent_for_twelve_days_ends_its_product_and_everybody_goes_home() {
    let world = Setup::default().insured(usd(50_000)).open();
    let names = [("maker", 100_000), ("alice", 50_000), ("thin", 15_000), ("broke", 10_000)];
    let [maker, alice, thin, broke] = names.map(|(name, dollars)| world.trader(name, usd(dollars)));
    maker.sells(120, DEC, "1.6000");
    for (buyer, lots) in [(&thin, 40), (&broke, 40), (&alice, 10)] {
        buyer.buys(lots, DEC, "1.6000");
    }
    maker.buys(20, JAN, "1.6000");
    alice.sells(20, JAN, "1.6000");
    // Two days at the limit, 1.4400 and 1.2960; nobody bids for what the two cannot hold any more.
    world.settle_day("1.2960");
    world.settle_day("1.2960");
    let rests = alice.buys(3, JAN, "1.2500").id();
    assert_eq!((thin.state().level, broke.state().level), (Level::Liquidating, Level::Default));

    // The fixing of 3 June was the last one. It is fresh for 48 hours; then only risk may fall, and money still leaves.
    let (mut methods, mut states) = (vec![], vec![]);
    for day in 4..=12 {
        world.at(&format!("2026-06-{day:02}T12:00:00Z"));
        states.push(leant_on(&world));
        if day >= 5 {
            alice.tries_to_place(buy(1, DEC, "1.2960")).refused_with("index_stale");
            maker.cancels(&maker.places(buy(1, DEC, "1.2000").reduce_only()).id());
            alice.withdraws(usd(1));
        }
        silent_day(&world);
        methods.push(settled(&world, DEC));
    }
    use Carry::{Carried, CloseOnly};
    assert_eq!(states[..3], [Carry::Ok, Carried, Carried]);
    assert_eq!(states[3..], [CloseOnly; 6]);
    assert_eq!(methods[0], (5, "1.2960".to_string()));
    assert!(methods[1..].iter().all(|told| *told == (6, "1.2960".to_string())), "{methods:?}");

    // From the tenth day's noon on the feed is terminated; until the strike the market closes out at fresh marks.
    world.at("2026-06-13T11:59:59Z");
    assert_eq!(leant_on(&world), Carry::CloseOnly);
    world.at("2026-06-13T12:00:00Z");
    assert_eq!(leant_on(&world), Carry::Terminated);
    maker.places(buy(4, DEC, "1.2900").reduce_only());
    world.push_marks(&[DEC]);
    world.later(15 * MINUTE);
    world.liquidate(thin.account).succeeds();
    assert_eq!(thin.lots(DEC), 36);
    assert_eq!((thin.state().level, broke.lots(DEC)), (Level::Liquidating, 40));

    world.strike();
    assert_eq!(world.now(), time("2026-06-13T16:00:00Z"));
    for series in [DEC, JAN] {
        assert_eq!((settled(&world, series), world.series(series).status), ((24, "1.2960".into()), Status::Settled));
    }
    assert!(world.clearing(DEC).last);
    // In the grace: no lots, so what is left of the one is his, and the other is dealt with as ever.
    assert_eq!((thin.state().level, broke.state().level), (Level::Healthy, Level::Default));
    world.liquidate(thin.account).refused_with("not_liquidatable");
    world.liquidate(broke.account).succeeds();
    assert_eq!((broke.equity(), broke.cash(), broke.lots(DEC)), (0, 0, 0));
    alice.tries_to_cancel(&rests).refused_with("series_settled");
    alice.tries_to_place(sell(1, DEC, "1.2960").reduce_only()).refused_with("not_trading");
    world.finalise();

    let product = world.product("TOK");
    assert_eq!((product.next_strike, product.listable), (None, vec![]));
    world.lists("TOK").refused_with("nothing_to_list");
    world.at("2026-06-15T16:00:00Z");
    world.tries_to_strike().refused_with("strike_not_due");
    let insurance = world.house().cash.base_units();
    assert!(insurance < usd(50_000) && world.house().positions.is_empty(), "{:?}", world.house());
    let left = world.wind_down("1.2960");
    assert_eq!((left.shortfall, left.unpaid), (0, 0));
}

#[test]
fn an_answer_in_the_last_second_keeps_the_product_and_one_a_second_later_comes_too_late() {
    for (answered, lives) in [("2026-06-11T14:59:59Z", true), ("2026-06-11T15:00:00Z", false)] {
        let world = TestWorld::new();
        let (alice, bob) = (world.trader("alice", usd(50_000)), world.trader("bob", usd(50_000)));
        bob.sells(20, DEC, "1.6000");
        alice.buys(20, DEC, "1.6000");
        while world.now() < time("2026-06-10T16:00:00Z") {
            silent_day(&world);
        }
        let before = alice.cash();
        world.at(answered);
        // Five of seven are a quorum, and all that is taken so late.
        let fixed = world.tries_to_fix("TOK", "2026-06-11", &[Some("1.6100"); 5]);
        assert_eq!(fixed.map_err(|failure| failure.code), if lives { Ok(()) } else { Err("round_closed".to_string()) });
        // Nobody makes it final before the strike does.
        world.at("2026-06-11T16:00:00Z");
        world.tries_to_strike().succeeds();
        world.finalise();
        let gain = if lives { 20 * 100 * 100_000 } else { -20 * 16_000 * 100_000 / 10_000 };
        assert_eq!(alice.cash() - before, gain, "settled at the new fixing, or for a fee at the old price");
        let (method, status, lots) = if lives { (5, Status::Open, 20) } else { (24, Status::Settled, 0) };
        assert_eq!((settled(&world, DEC).0, world.series(DEC).status, alice.lots(DEC)), (method, status, lots));
        if lives {
            alice.sells(1, DEC, "1.6100");
            world.lists("TOK").refused_with("nothing_to_list");
        }
    }
}

#[test]
fn a_feed_that_is_ended_ends_its_product_at_the_mean_where_half_the_month_is_fixed() {
    for (last, method) in [(15, 22), (14, 24)] {
        let world = Setup::default().months(2).open();
        let (alice, bob) = (world.trader("alice", usd(50_000)), world.trader("bob", usd(50_000)));
        for series in ["TOKM26", "TOKN26"] {
            bob.sells(20, series, "1.6000");
            alice.buys(20, series, "1.6000");
        }
        let from = time(&format!("2026-06-{:02}T12:00:00Z", last + 1));
        let change = oracle::Change::Terminate { feed: 1, from };
        world.sends("administrator", &oracle::ExecuteMsg::Announce { change });
        for day in 2..=last {
            // A step up on the eighth: the mean of all is not that of the last days.
            world.settle_day(if day < 8 { "1.6000" } else { "1.6014" });
        }
        world.at(&format!("2026-06-{:02}T11:59:59Z", last + 1));
        alice.buys(1, "TOKN26", "1.5000");
        silent_day(&world);
        assert_eq!(settled(&world, "TOKN26"), (24, "1.6014".to_string()));
        let june = settled(&world, "TOKM26");
        assert_eq!(june.0, method);
        if method == 22 {
            // (7 × 1.6000 + 8 × 1.6014) / 15
            assert_eq!(june.1, "1.6007");
        }
        world.at("2026-07-01T10:00:00Z");
        world.lists("TOK").refused_with("index_terminated");
        let left = world.wind_down("1.6000");
        assert_eq!((left.shortfall, left.unpaid), (0, 0));
    }
}

#[test]
fn nobody_does_anything_for_weeks_and_one_strike_ends_it_all_on_a_fast_clock_too() {
    for speed in [1, 1_440] {
        let clock = json!({"anchor": time("2026-05-01T00:00:00Z").seconds(), "speed": speed});
        let world = Setup::default().with("/clock", clock).open();
        let (alice, bob) = (world.trader("alice", usd(50_000)), world.trader("bob", usd(50_000)));
        for series in [DEC, JAN, "TOKM26", "TOKZ27"] {
            bob.sells(10, series, "1.6000");
            alice.buys(10, series, "1.6000");
        }
        let cycle = world.settlement_of("TOK").struck;
        world.goes_to(time("2026-07-15T16:00:00Z"));
        silent_day(&world);
        assert_eq!(world.settlement_of("TOK").struck, cycle + 1);
        for series in [DEC, JAN, "TOKZ27"] {
            assert_eq!(settled(&world, series), (24, "1.6000".to_string()));
        }
        // June was over before.
        assert_eq!(settled(&world, "TOKM26"), (23, "1.6000".to_string()));
        let left = world.wind_down_unfixed(0);
        assert_eq!((left.shortfall, left.unpaid), (0, 0));
    }
}

#[test]
fn the_other_products_trade_on_and_a_dead_one_begins_anew_with_new_months() {
    let world = TestWorld::new();
    world.at("2026-06-02T12:05:00Z");
    world.fixes("GPH", "2.4000");
    world.at("2026-06-02T15:15:00Z");
    world.makes_final("GPH").succeeds();
    world.lists("GPH").succeeds();
    let (alice, bob) = (world.trader("alice", usd(90_000)), world.trader("bob", usd(90_000)));
    for (series, price) in [(DEC, "1.6000"), ("GPHZ26", "2.4000")] {
        bob.sells(10, series, price);
        alice.buys(10, series, price);
    }
    for _ in 3..=11 {
        world.goes_to(world.next(FIXING + 5 * MINUTE));
        world.fixes("GPH", "2.4000");
        world.goes_to(world.next(DAILY));
        for product in ["TOK", "GPH"] {
            world.strike_of(product);
        }
        for product in ["TOK", "GPH"] {
            world.finalise_of(product);
        }
        world.later(HOUR);
    }
    assert_eq!((alice.lots(DEC), alice.lots("GPHZ26")), (0, 10));
    bob.buys(1, "GPHZ26", "2.4000");
    alice.places(sell(1, "GPHZ26", "2.4000").reduce_only());
    // TOK comes back: all its months of the time were listed once, and stay what they are.
    world.day("1.7000");
    world.lists("TOK").refused_with("nothing_to_list");
    alice.tries_to_place(buy(1, DEC, "1.7000")).refused_with("not_trading");
    world.at("2026-07-01T10:00:00Z");
    world.catches_up();
    world.day("1.7000");
    world.lists("TOK").succeeds();
    let series = world.series("TOKM28");
    assert_eq!((series.status, series.settlement_price.as_str()), (Status::Open, "1.7000"));
}
