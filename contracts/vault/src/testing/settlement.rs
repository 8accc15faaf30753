//! Cycles: strike, grace, finalisation, catching up, the end of a series (clauses 4.3–4.7).

use tokfut_api::vault::SettlementStatus;

use super::*;
use crate::state::ACCOUNTS;

/// Alice long and Bob short so many lots of DEC at 1.6100, with enough to hold them.
fn pair(lots: u64) -> (World, AccountId, AccountId) {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 10_000 * DOLLAR), world.opens("bob", 10_000 * DOLLAR));
    world.trades(alice, bob, DEC, lots, 16_100);
    (world, alice, bob)
}

#[test]
fn e1_a_fill_and_its_settlement() {
    let (mut world, alice, bob) = pair(3);
    let variation = |world: &mut World, account| world.account(account).positions[0].variation.base_units();
    assert_eq!((variation(&mut world, alice), variation(&mut world, bob)), (-30_000_000, 30_000_000));
    let before = world.cash(alice);
    world.marks(DEC, 16_050);
    assert_eq!(world.equity(alice) - before, -15_000_000);
    world.settles(&[(DEC, 16_200)], false);
    let outcome = world.touches(&[alice, bob]);
    let to = |account: AccountId| format!("account:{}", account.0);
    let clearing = || "clearing".to_string();
    let moved = [(clearing(), to(alice), 30_000_000), (to(bob), clearing(), 30_000_000)];
    assert_eq!(outcome.posted("settlement"), moved);
    assert_eq!(world.cash(alice) - before, 30_000_000);
}

#[test]
fn a_cycle_ends_with_its_strike_and_is_paid_after_the_grace() {
    let (mut world, alice, _) = pair(1);
    let status = |world: &mut World| -> SettlementStatus {
        world.ask(QueryMsg::Settlement { product: "TOK".to_string() }).unwrap()
    };
    assert_eq!(code(world.by("anyone", ExecuteMsg::Finalise { product: "TOK".to_string() })), "nothing_to_finalise");
    world.strike(TOK, &[(DEC, 16_200), (MAR, 16_100)], false).unwrap();
    assert_eq!(code(world.strike(TOK, &[(DEC, 16_200)], false)), "finalise_first");
    let (struck, pending) = (status(&mut world), world.account(alice).positions[0].pending);
    assert_eq!((struck.struck, struck.finalised, pending.base_units()), (1, 0, 10_000_000));
    // A fill after the strike is of the next cycle.
    let carol = world.opens("carol", 1_000 * DOLLAR);
    world.trades(carol, alice, DEC, 1, 16_300);
    world.now = world.now.checked_add(1_799).unwrap();
    assert_eq!(code(world.by("anyone", ExecuteMsg::Finalise { product: "TOK".to_string() })), "grace_running");
    world.now = world.now.checked_add(1).unwrap();
    assert_eq!(struck.finalises_from, Some(world.now));
    world.by("anyone", ExecuteMsg::Finalise { product: "TOK".to_string() }).unwrap();
    assert_eq!(world.touches(&[alice]).sum("settlement"), 10_000_000);
    assert_eq!(world.account(alice).positions[0].variation.base_units(), 10_000_000);
    assert_eq!(status(&mut world).finalises_from, None);
}

#[test]
fn a_strike_and_a_finalisation_touch_no_account() {
    let (mut world, alice, bob) = pair(3);
    let of = |world: &World| {
        let rows = world.storage.rows();
        rows.into_iter().filter(|(key, _)| key[0] == ACCOUNTS.namespace()).collect::<Vec<_>>()
    };
    let before = of(&world);
    for units in [15_000, 14_000, 13_000] {
        world.settles(&[(DEC, units), (MAR, units)], false);
    }
    assert_eq!(of(&world), before);
    // Three settlements are caught up with in one posting, and nobody's insolvency stopped them.
    let outcome = world.touches(&[alice, bob]);
    assert_eq!(outcome.sum("settlement"), 2 * 3 * 3_100 * 100_000);
    assert_eq!(outcome.posted("settlement").len(), 2);
}

#[test]
fn the_final_settlement_ends_lots_and_orders_for_a_fee() {
    let (mut world, alice, bob) = pair(2);
    world.buys(bob, DEC, 1, 15_000);
    let (a, b) = (world.cash(alice), world.cash(bob));
    world.settles(&[(DEC, 17_000)], true);
    // 1 bp of 2 × $1,700 from each, when it is realised.
    let outcome = world.touches(&[alice, bob]);
    assert_eq!(outcome.sum("settlement_fee"), 2 * 340_000);
    assert_eq!(world.cash(alice) - a, 180_000_000 - 340_000);
    assert_eq!(world.cash(bob) - b, -180_000_000 - 340_000);
    assert_eq!(world.account(bob).positions, []);
    assert!(positions(&world.storage).unwrap().is_empty(), "nothing is left of the positions");
    let free = world.cash(alice) as u128;
    world.withdraws(alice, free).unwrap();
    assert_eq!(code(world.place(bob, (DEC, Side::Buy), 1, 16_000)), "series_settled");
    assert_eq!(code(world.by("market", ExecuteMsg::SetMarks { marks: vec![market::mark(DEC, 1)] })), "series_settled");
}

#[test]
fn nobody_withdraws_the_fee_of_his_last_settlement_before_it_is_due() {
    let (mut world, alice, bob) = pair(2);
    world.strike(TOK, &[(DEC, 16_100)], true).unwrap();
    // 1 bp of $3,220, nothing won or lost, and no margin any more.
    for account in [alice, bob] {
        let answer = world.account(account);
        assert_eq!((answer.initial_margin.base_units(), answer.maintenance_margin.base_units()), (322_000, 0));
        let (cash, free) = (answer.cash.base_units(), answer.withdrawable.base_units());
        assert_eq!(cash - free as i128, 322_000);
        assert_eq!(code(world.withdraws(account, free + 1)), "insufficient_free");
        world.withdraws(account, free).unwrap();
    }
    world.finalise("TOK").unwrap();
    let outcome = world.touches(&[alice, bob]);
    assert_eq!((outcome.sum("settlement_fee"), world.cash(alice), world.cash(bob)), (2 * 322_000, 0, 0));
}

#[test]
fn the_fee_of_lots_that_expired_is_due_when_they_are_paid_not_when_they_are_struck() {
    let (mut world, alice, bob) = pair(2);
    world.strike(TOK, &[(DEC, 17_000)], true).unwrap();
    // Touched in between: the lots are gone, the money and the fee pending.
    let outcome = world.touches(&[alice, bob]);
    assert_eq!((outcome.sum("settlement_fee"), outcome.sum("settlement")), (0, 0));
    assert_eq!(world.lots(alice, DEC), 0);
    world.finalise("TOK").unwrap();
    let outcome = world.touches(&[alice, bob]);
    assert_eq!((outcome.sum("settlement_fee"), outcome.sum("settlement")), (2 * 340_000, 2 * 180_000_000));
    assert!(world.touches(&[alice, bob]).events.is_empty());
}

#[test]
fn everyone_leaves_and_insurance_and_fees_are_left() {
    let (mut world, alice, bob) = pair(2);
    world.funds(1_000);
    world.trades(bob, alice, DEC, 1, 15_990);
    world.settles(&[(DEC, 16_500), (MAR, 16_000)], false);
    world.settles(&[(DEC, 16_700)], true);
    world.touches(&[alice, bob]);
    for account in [alice, bob] {
        let free = world.account(account).withdrawable.base_units();
        assert_eq!(free as i128, world.cash(account));
        world.withdraws(account, free).unwrap();
    }
    let sheet: tokfut_api::vault::BalanceSheet = world.ask(QueryMsg::BalanceSheet {}).unwrap();
    assert_eq!(sheet.bank.base_units() as i128, sheet.insurance.base_units() + sheet.treasury.base_units());
    assert_eq!((sheet.accounts.base_units(), sheet.clearing.base_units()), (0, 0));
}

#[test]
fn the_largest_numbers_there_are_clear_exactly() {
    // Clause 1.6: 10^12 lots, prices to 10^9, deposits of 10^30.
    let (lots, top) = (1_000_000_000_000, 1_000_000_000);
    let mut world = World::new();
    let [alice, bob] = ["alice", "bob"].map(|who| world.opens(who, Amount::MAX_INPUT.base_units()));
    let carol = world.opens("carol", 30_000_000_000_000_000_000_000_000);
    world.funds(Amount::MAX_INPUT.base_units());
    world.trades(alice, bob, DEC, lots, top);
    world.sells(bob, DEC, 1, top);
    assert_eq!(code(world.place(alice, (DEC, Side::Buy), 1, top)), "overflow");
    world.cancels_all(bob).unwrap();
    // Lots change hands while open interest stands at its most.
    let dave = world.opens("dave", Amount::MAX_INPUT.base_units());
    world.trades(dave, alice, DEC, 1, top);
    world.trades(alice, dave, DEC, 1, top);
    for units in [top, 1, top, 16_000] {
        world.marks(DEC, units);
        world.settles(&[(DEC, units), (MAR, units)], false);
    }
    world.touches(&[alice]);
    world.trades(bob, alice, DEC, lots, 16_000);
    world.touches(&[alice, bob]);
    // 10^12 lots lost 999,984,000 units; the fees were 2 bp of 10^26 and 0.5 bp of 1.6 × 10^21.
    let lost = 1_000_000_000_000 * (1_000_000_000 - 16_000) * 100_000;
    let dave_too = 5_000_000_000 + 20_000_000_000;
    let fees = 20_000_000_000_000_000_000_000 + 80_000_000_000_000_000 + dave_too;
    assert_eq!(world.cash(alice) + lost + fees, Amount::MAX_INPUT.base_units() as i128);
    // A quarter of the price takes Carol below maintenance, and the house has it all.
    world.marks(DEC, top);
    world.trades(carol, bob, DEC, lots, top);
    world.marks(DEC, 750_000_000);
    world.liquidates(carol).unwrap();
    world.waits(3_600);
    world.liquidates(carol).unwrap();
    assert_eq!(world.lots(AccountId::HOUSE, DEC), lots as i64);
    world.settles(&[(DEC, top)], true);
    world.touches(&[alice, bob, carol, AccountId::HOUSE]);
}

#[test]
fn a_series_listed_between_strike_and_finalisation_begins_in_the_next_cycle() {
    let (mut world, alice, bob) = pair(1);
    world.strike(TOK, &[(DEC, 16_200), (MAR, 16_100)], false).unwrap();
    let new = SeriesId(9);
    let listing =
        NewSeries { series: new, month: Month::new(2027, 4).unwrap(), price: price(16_000), limit: Rate::ppm(200_000) };
    world.by("market", ExecuteMsg::ListSeries { product: TOK, series: vec![listing] }).unwrap();
    world.naive.list(new, 16_000);
    world.trades(alice, bob, new, 1, 16_050);
    world.finalise("TOK").unwrap();
    world.settles(&[(DEC, 16_200), (new, 16_080)], false);
    world.touches(&[alice, bob]);
    world.settles(&[(new, 16_090)], true);
    world.touches(&[alice, bob]);
}
