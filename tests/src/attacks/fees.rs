//! Getting something out of fees: by a rebate, by rounding, by not paying.

use serde_json::json;
use tokfut_testkit::{Setup, buy, sell, usd};

const DEC: &str = "TOKZ26";

/// Two accounts of one person trade to and fro at the highest rebate there can be, lot by lot at prices that round: the
/// pair pays at least one unit a trade, and neither insurance nor the treasury ever has less.
#[test]
fn a_pair_that_trades_with_itself_draws_nothing_out_of_fees() {
    let world = Setup::default().with("/products/TOK/fees/maker", json!(-199)).open();
    let (one, other) = (world.trader("mallory", usd(2_000)), world.trader("oscar", usd(2_000)));
    let mut before = one.equity() + other.equity();
    let mut kept = world.balance_sheet();
    for (round, price) in ["1.6010", "1.5990", "1.6070", "1.5910", "1.6000", "1.6130"].into_iter().enumerate() {
        let (maker, taker) = if round % 2 == 0 { (&one, &other) } else { (&other, &one) };
        for (rests, takes) in [(sell(1, DEC, price), buy(1, DEC, price)), (buy(1, DEC, price), sell(1, DEC, price))] {
            maker.places(rests);
            assert_eq!(taker.places(takes).lots, [1, 0, 0]);
            let (after, sheet) = (one.equity() + other.equity(), world.balance_sheet());
            assert!(after < before, "{round}: {before} {after}");
            assert!(sheet.insurance >= kept.insurance && sheet.treasury >= kept.treasury);
            let gained = sheet.insurance.base_units() + sheet.treasury.base_units();
            let had = kept.insurance.base_units() + kept.treasury.base_units();
            assert_eq!(gained - had, before - after, "{round}: the pair has paid what the pots have got");
            (before, kept) = (after, sheet);
        }
    }
    let left = world.wind_down("1.6000");
    assert_eq!((left.shortfall, left.unpaid), (0, 0));
}
