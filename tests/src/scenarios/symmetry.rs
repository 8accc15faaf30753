//! What must not depend on how a thing is done: in one order or in many, long or short, in pages of one size or another.

use tokfut_api::vault;
use tokfut_testkit::{Setup, TestWorld, Trader, usd};

const DEC: &str = "TOKZ26";

/// All but the fees, each of which rounds up by itself.
fn without_fees(trader: &Trader, deposit: i128) -> (i64, i128, i128) {
    let state = trader.state();
    (trader.lots(DEC), state.unsettled.base_units(), state.cash.base_units() - deposit)
}

#[test]
fn ten_orders_of_a_lot_are_one_of_ten() {
    let deposit = usd(20_000);
    let run = |orders: u64| {
        let world = TestWorld::new();
        let (maker, taker) = (world.trader("maker", deposit), world.trader("taker", deposit));
        maker.sells(10, DEC, "1.6010");
        for _ in 0..orders {
            taker.buys(10 / orders, DEC, "1.6010");
        }
        world.settle_day("1.6200");
        (without_fees(&maker, deposit), without_fees(&taker, deposit), world.balance_sheet())
    };
    // The fees of ten lots at 1.6010 are whole base units: nothing rounds, so nothing differs.
    assert_eq!(run(1), run(10));
    assert_eq!(run(1), run(5));
}

#[test]
fn a_fee_that_rounds_is_never_less_for_many_orders() {
    let fees = |orders: u64| {
        // A taker's rate at which one lot's fee is no whole number.
        let rate = serde_json::json!(203);
        let world = Setup::default().with("/products/TOK/fees/taker", rate).fixed_at("1.6003").open();
        let (maker, taker) = (world.trader("maker", usd(20_000)), world.trader("taker", usd(20_000)));
        maker.sells(10, DEC, "1.6010");
        for _ in 0..orders {
            taker.buys(10 / orders, DEC, "1.6010");
        }
        usd(20_000) - taker.cash()
    };
    let exact = 10 * 16_010 * 100_000 * 203 / 1_000_000;
    assert!((fees(1) - exact) <= 1 && fees(10) >= fees(1) && fees(10) - exact <= 10);
}

#[test]
fn what_one_side_gains_the_other_would_have_lost() {
    let run = |mirrored: bool| {
        let world = TestWorld::new();
        let (a, b) = (world.trader("a", usd(50_000)), world.trader("b", usd(50_000)));
        let (long, short) = if mirrored { (&b, &a) } else { (&a, &b) };
        short.sells(50, DEC, "1.6000");
        long.buys(50, DEC, "1.6000");
        world.settle_day("1.6300");
        let fees = (usd(50_000) - 50 * 16_000 * 20, usd(50_000) - 50 * 16_000 * 5);
        let (taker, maker) = (long.cash() - fees.0, short.cash() - fees.1);
        (taker, maker, long.initial_margin(), short.initial_margin())
    };
    let (gain, loss, long, short) = run(false);
    assert_eq!((gain, loss), (50 * 300 * 100_000, -50 * 300 * 100_000));
    assert_eq!(long, short);
    assert_eq!(run(true), (gain, loss, long, short));
}

#[test]
fn pages_of_any_size_tell_the_same() {
    let world = TestWorld::new();
    let traders: Vec<_> = (0..7).map(|number| world.trader(&format!("user{number}"), usd(1_000 + number))).collect();
    for (ticks, trader) in (0u64..).zip(&traders) {
        trader.buys(1, DEC, &format!("1.5{ticks}00"));
        trader.buys(2, DEC, "1.5000");
    }
    let pages = |limit: u32| {
        let (mut all, mut start_after) = (Vec::new(), None);
        loop {
            let query = vault::QueryMsg::Accounts { start_after, limit: Some(limit) };
            let page: Vec<vault::AccountResponse> = world.asks(&query);
            let Some(last) = page.last() else { return all };
            assert!(u32::try_from(page.len()).unwrap() <= limit);
            start_after = Some(last.account);
            all.extend(page);
        }
    };
    assert_eq!(pages(30).len(), 8);
    for limit in [1, 2, 3, 7, 8] {
        assert_eq!(pages(limit), pages(30), "{limit}");
    }
}
