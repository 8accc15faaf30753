//! The life of months: listing, statuses, gaps, limits, a stale index, the end.

use tokfut_api::market;
use tokfut_core::series::Status;
use tokfut_testkit::{Setup, TestWorld, buy, sell, usd};

const DEC: &str = "TOKZ26";

fn codes(world: &TestWorld) -> Vec<String> {
    let listed: Vec<market::SeriesResponse> = world.asks(&market::QueryMsg::SeriesList { product: "TOK".to_string() });
    listed.into_iter().map(|series| series.code).collect()
}

fn set(world: &TestWorld, status: Status) {
    world.sends("guardian", &market::ExecuteMsg::SetStatus { series: DEC.to_string(), status });
}

#[test]
fn months_are_listed_by_rule_over_the_end_of_a_year() {
    let world = Setup::default().starting("2026-11-30T00:00:00Z").open();
    // November's last trading is over: twelve months from December, then four of H M U Z.
    let expected = [
        "Z26", "F27", "G27", "H27", "J27", "K27", "M27", "N27", "Q27", "U27", "V27", "X27", "Z27", "H28", "M28", "U28",
    ];
    assert_eq!(codes(&world), expected.map(|month| format!("TOK{month}")));
    world.lists("TOK").refused_with("nothing_to_list");
    while world.now() < tokfut_testkit::time("2026-12-31T12:00:00Z") {
        world.settle_day("1.6000");
    }
    world.morning();
    world.lists("TOK").succeeds();
    // January has become the first: December 2027 was there, and September 2028 is new... as a quarter.
    let added: Vec<String> = codes(&world).into_iter().filter(|code| !expected.contains(&&code[3..])).collect();
    assert_eq!(added, ["TOKZ28"]);
}

#[test]
fn a_halt_lets_everybody_leave_and_nobody_in() {
    let world = TestWorld::new();
    let (alice, bob) = (world.trader("alice", usd(50_000)), world.trader("bob", usd(50_000)));
    bob.sells(20, DEC, "1.6000");
    alice.buys(20, DEC, "1.6000");
    let rests = alice.buys(1, DEC, "1.5000");

    set(&world, Status::CloseOnly);
    bob.tries_to_place(sell(1, DEC, "1.6000")).refused_with("reduce_only_required");
    bob.tries_to_place(sell(1, DEC, "1.6000").reduce_only()).refused_with("nothing_to_reduce");
    bob.places(buy(5, DEC, "1.6000").reduce_only());
    assert_eq!(alice.places(sell(5, DEC, "1.6000").reduce_only()).lots, [5, 0, 0]);

    for status in [Status::Paused, Status::Halted] {
        set(&world, status);
        for order in [sell(1, DEC, "1.6000"), sell(1, DEC, "1.6000").reduce_only(), buy(1, DEC, "1.6000").ioc()] {
            alice.tries_to_place(order).refused_with("not_trading");
        }
    }
    alice.cancels(&rests.id());
    alice.withdraws_all();
    bob.deposits(usd(1));
    // It settles all the same, and opens again only when governance has said so for a day.
    world.settle_day("1.6100");
    assert_eq!((alice.lots(DEC), alice.unsettled()), (15, 0));
    world.tries("anyone", &market::ExecuteMsg::Reopen { series: DEC.to_string() }).refused_with("not_scheduled");
    world.sends("governance", &market::ExecuteMsg::ScheduleOpen { series: DEC.to_string() });
    world.tries("anyone", &market::ExecuteMsg::Reopen { series: DEC.to_string() }).refused_with("timelocked");
    world.settle_day("1.6100");
    world.sends("anyone", &market::ExecuteMsg::Reopen { series: DEC.to_string() });
    world.morning();
    alice.sells(1, DEC, "1.6100");
}

#[test]
fn with_a_stale_index_only_risk_may_fall() {
    let world = TestWorld::new();
    let (alice, bob) = (world.trader("alice", usd(50_000)), world.trader("bob", usd(50_000)));
    bob.sells(20, DEC, "1.6000");
    alice.buys(20, DEC, "1.6000");
    // The fixing of 1 June is fresh for 48 hours to the second.
    world.at("2026-06-02T16:00:00Z");
    world.strike();
    world.finalise();
    world.at("2026-06-03T11:59:59Z");
    bob.sells(1, DEC, "1.6000");
    world.at("2026-06-03T12:00:00Z");
    bob.tries_to_place(sell(1, DEC, "1.6000")).refused_with("index_stale");
    alice.tries_to_place(buy(1, DEC, "1.6000")).refused_with("index_stale");
    bob.places(buy(5, DEC, "1.6000").reduce_only());
    assert_eq!(alice.places(sell(5, DEC, "1.6000").reduce_only()).lots, [5, 0, 0]);
    assert_eq!(world.series(DEC).index_price, None);
    // The strike has the previous price, and a new fixing opens the market again.
    world.makes_all_final("TOK");
    world.strike();
    assert_eq!((world.settlements(DEC)[0].price.as_str(), world.settlements(DEC)[0].method), ("1.6000", 6));
    world.finalise();
    world.day("1.6000");
    bob.sells(1, DEC, "1.6000");
}

#[test]
fn what_a_limit_cuts_off_comes_the_next_day() {
    let world = TestWorld::new();
    for price in ["1.4400", "1.2960", "1.2480", "1.2480"] {
        world.settle_day("1.2480");
        let struck = &world.settlements(DEC)[0];
        assert_eq!((struck.price.as_str(), struck.unclamped.as_str(), struck.method), (price, "1.2480", 5));
    }
}

#[test]
fn after_a_gap_there_is_one_strike_of_the_last_daily_time() {
    let world = TestWorld::new();
    let (alice, bob) = (world.trader("alice", usd(50_000)), world.trader("bob", usd(50_000)));
    bob.sells(20, DEC, "1.6000");
    alice.buys(20, DEC, "1.6000");
    let (cash, cycle) = (alice.cash(), world.settlement_of("TOK").struck);
    for fixing in ["1.6100", "1.6200", "1.6300"] {
        world.day(fixing);
        world.morning();
        alice.tries_to_place(buy(1, DEC, "1.6000")).refused_with("strike_due");
    }
    // It is the morning of the fifth: the last daily time was that of the fourth.
    world.strike();
    world.tries_to_strike().refused_with("strike_not_due");
    world.finalise();
    assert_eq!(world.settlement_of("TOK").struck, cycle + 1);
    let struck = &world.settlements(DEC)[0];
    assert_eq!((struck.at, struck.price.as_str()), (tokfut_testkit::time("2026-06-04T16:00:00Z"), "1.6300"));
    assert_eq!(alice.cash() - cash, 20 * 300 * 100_000);
}

#[test]
fn a_whole_month_settles_at_the_mean_of_its_fixings() {
    let world = Setup::default().months(1).open();
    let (alice, bob) = (world.trader("alice", usd(50_000)), world.trader("bob", usd(50_000)));
    bob.sells(20, "TOKM26", "1.6000");
    alice.buys(20, "TOKM26", "1.6000");
    let (long, short) = (alice.cash(), bob.cash());
    let rests = alice.buys(1, "TOKM26", "1.5000").id();
    // 1.6000 on the first, then 29 days that rise by a unit each: the mean is 1.6000 + 435/30 units, a half toward the
    // previous settlement price.
    for day in 1..29 {
        world.settle_day(&format!("1.60{day:02}"));
    }
    world.day("1.6029");
    assert_eq!(world.series("TOKM26").status, Status::Expired);
    alice.tries_to_place(sell(1, "TOKM26", "1.6000")).refused_with("not_trading");
    // Frozen a day after the last fixing, struck at the daily time after that.
    world.strike();
    assert_eq!(world.now(), tokfut_testkit::time("2026-07-01T16:00:00Z"));
    world.finalise();
    let last = &world.settlements("TOKM26")[0];
    assert_eq!((last.price.as_str(), last.method, last.last), ("1.6014", 21, true));
    let fee = 20 * 16_014 * 100_000 / 10_000;
    assert_eq!(alice.cash() - long, 20 * 14 * 100_000 - fee);
    assert_eq!(bob.cash() - short, -20 * 14 * 100_000 - fee);
    // Its orders went with its positions: there is nothing to cancel, only to sweep.
    alice.tries_to_cancel(&rests).refused_with("series_settled");
    world.sends("anyone", &market::ExecuteMsg::Reap { orders: vec![rests] });
    let left = world.wind_down("1.7000");
    assert_eq!((left.shortfall, left.unpaid), (0, 0));
}
