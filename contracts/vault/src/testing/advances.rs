//! Cash below zero (clause 6.1): no new risk, no withdrawal; the house advances what is missing after a finalisation.

use tokfut_api::vault::Level;

use super::*;

/// Alice is long ten lots; a settlement at 1.2500 took more than her cash, and the mark came back to 1.6000.
fn indebted() -> (World, AccountId, AccountId) {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 3_000 * DOLLAR), world.opens("bob", 100_000 * DOLLAR));
    world.trades(alice, bob, DEC, 10, 16_000);
    world.settles(&[(DEC, 12_500), (MAR, 12_500)], false);
    world.marks(DEC, 16_000);
    world.touches(&[alice]);
    assert_eq!((world.cash(alice), world.equity(alice)), (-503_200_000, 2_996_800_000));
    (world, alice, bob)
}

#[test]
fn an_account_that_owes_cash_takes_on_no_new_risk() {
    let (mut world, alice, bob) = indebted();
    let account = world.account(alice);
    assert_eq!((account.level, account.withdrawable.base_units()), (Level::Call, 0));
    world.place(bob, (DEC, Side::Sell), 1, 16_000).unwrap();
    assert_eq!(code(world.place(alice, (DEC, Side::Buy), 1, 16_000)), "cash_below_zero");
    assert_eq!(code(world.place(alice, (DEC, Side::Buy), 1, 15_000)), "cash_below_zero");
    assert_eq!(code(world.place(alice, (MAR, Side::Buy), 1, 12_000)), "cash_below_zero");
    // It may reduce, and rest what reduces.
    world.cancels_all(bob).unwrap();
    world.place(bob, (DEC, Side::Buy), 1, 15_990).unwrap();
    world.place(alice, (DEC, Side::Sell), 2, 15_990).unwrap();
    assert_eq!(world.lots(alice, DEC), 9);
    world.cancels_all(alice).unwrap();
    // Paid in, it is free again.
    world.deposits(alice, 503_200_000);
    assert_eq!(world.account(alice).level, Level::Healthy);
    world.place(alice, (DEC, Side::Buy), 1, 15_000).unwrap();
}

#[test]
fn the_house_advances_what_is_still_missing_at_the_next_finalisation() {
    let (mut world, alice, _) = indebted();
    let advance = |account| ExecuteMsg::Advance { account };
    world.funds(10_000 * DOLLAR);
    assert_eq!(code(world.by("anyone", advance(alice))), "nothing_to_advance");
    world.settles(&[(DEC, 12_500), (MAR, 12_500)], false);
    // Below maintenance there is liquidation instead.
    world.marks(DEC, 12_500);
    assert_eq!(code(world.by("anyone", advance(alice))), "nothing_to_advance");
    world.marks(DEC, 16_000);
    let before = (world.equity(alice), world.equity(AccountId::HOUSE));
    let outcome = world.by("anyone", advance(alice)).unwrap();
    let moved = ("insurance".to_string(), "account:8".to_string(), 503_200_000);
    assert_eq!(outcome.posted("advance"), [moved]);
    assert_eq!((world.equity(alice), world.equity(AccountId::HOUSE)), before);
    assert_eq!((world.cash(alice), world.lots(alice, DEC)), (0, 10));
    assert_eq!(code(world.by("anyone", advance(alice))), "nothing_to_advance");
    // The house has its money back with the next settlement, and the account what is left of its gain.
    world.settles(&[(DEC, 16_000), (MAR, 12_500)], false);
    world.touches(&[alice, AccountId::HOUSE]);
    assert_eq!(world.cash(alice), 2_996_800_000);
    assert_eq!(world.cash(AccountId::HOUSE), before.1);
}

#[test]
fn a_finalisation_in_the_second_in_which_cash_fell_below_zero_is_not_the_next() {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 3_000 * DOLLAR), world.opens("bob", 100_000 * DOLLAR));
    world.funds(10_000 * DOLLAR);
    world.trades(alice, bob, DEC, 10, 16_000);
    world.strike(TOK, &[(DEC, 12_500), (MAR, 12_500)], false).unwrap();
    world.marks(DEC, 16_000);
    world.finalise("TOK").unwrap();
    world.touches(&[alice]);
    assert_eq!((world.cash(alice), world.equity(alice)), (-503_200_000, 2_996_800_000));
    let advance = ExecuteMsg::Advance { account: alice };
    assert_eq!(code(world.by("anyone", advance.clone())), "nothing_to_advance");
    world.settles(&[(DEC, 12_500), (MAR, 12_500)], false);
    world.marks(DEC, 16_000);
    world.by("anyone", advance).unwrap();
}

#[test]
fn the_house_advances_no_more_than_it_has_free() {
    let (mut world, alice, _) = indebted();
    world.settles(&[(DEC, 12_500), (MAR, 12_500)], false);
    world.marks(DEC, 16_000);
    let fees = world.cash(AccountId::HOUSE) as u128;
    world.funds(503_199_999 - fees);
    assert_eq!(code(world.by("anyone", ExecuteMsg::Advance { account: alice })), "house_exhausted");
    world.funds(1);
    world.by("anyone", ExecuteMsg::Advance { account: alice }).unwrap();
}
