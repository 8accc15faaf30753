//! Random worlds found it: with money missing, a withdrawal was paid out of coins that a stranger had sent past the
//! messages, and the pots together stood below zero. Nothing leaves now that is not in them.

use tokfut_testkit::{Setup, usd};

const DEC: &str = "TOKZ26";

#[test]
fn what_is_missing_is_not_paid_with_coins_that_are_in_no_pot() {
    let world = Setup::default().insured(0).open();
    let (long, short) = (world.trader("long", usd(10_000)), world.trader("short", usd(10_000)));
    short.sells(40, DEC, "1.6000");
    long.buys(40, DEC, "1.6000");
    world.settle_day("1.2960");
    world.settle_day("1.2960");
    // $2,172.80 are missing: all but the half of $16 of fees that is insurance's.
    short.buys(40, DEC, "1.2960");
    for _ in 0..3 {
        world.later(5);
        world.liquidate(long.account).succeeds();
    }
    assert_eq!(world.settlement_of("TOK").shortfall.base_units(), 2_164_800_000);
    let coins = world.coins(usd(5_000));
    world.step("stray coins", |chain| {
        let vault = chain.address(tokfut_embedded::Contract::Vault).clone();
        chain.send("stranger", &vault, &coins).unwrap();
    });
    // The short has won what the long could not lose, and what the treasury has is there as well.
    let there = world.balance_sheet().total.base_units();
    assert_eq!(short.withdrawable() - there, 2_164_800_000 - 8_000_000);
    short.tries_to_withdraw(there + 1).refused_with("money_missing");
    let left = world.wind_down("1.2960");
    assert_eq!((left.bank, left.unpaid), (usd(5_000), 2_164_800_000 - 8_000_000));
}
