//! A second program that foretells every answer found it: past last trading the orders of a month were dead, one by one,
//! and yet its book and its best bid and ask showed them.

use tokfut_testkit::{Setup, usd};

const JUNE: &str = "TOKM26";

#[test]
fn a_month_past_last_trading_shows_no_orders() {
    let world = Setup::default().months(1).open();
    let alice = world.trader("alice", usd(50_000));
    alice.buys(1, JUNE, "1.5900");
    alice.sells(2, JUNE, "1.6100");
    let quotes = || (world.series(JUNE).bid, world.series(JUNE).ask);
    world.goes_to(tokfut_testkit::time("2026-06-30T14:59:59Z"));
    assert_eq!(quotes(), (Some("1.5900".into()), Some("1.6100".into())));
    world.goes_to(tokfut_testkit::time("2026-06-30T15:00:00Z"));
    assert_eq!(quotes(), (None, None));
    assert_eq!(world.book(JUNE), [vec![], vec![]]);
}
