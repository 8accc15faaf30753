//! Money in and out (clauses 4.4, 4.8, 4.9).

use super::*;

#[test]
fn anyone_pays_in_and_only_the_owner_takes_out_what_is_free() {
    let mut world = World::new();
    let account = world.opens("alice", 0);
    world.pay("bob", 7, ExecuteMsg::Deposit { account }).unwrap();
    assert_eq!(world.cash(account), 7);
    assert_eq!(code(world.by("bob", ExecuteMsg::Withdraw { account, amount: Amount::new(1) })), "not_permitted");
    assert_eq!(code(world.withdraws(account, 8)), "insufficient_free");
    world.withdraws(account, 7).unwrap();
    assert_eq!((world.cash(account), world.bank[addr("alice").as_str()]), (0, 7));
}

#[test]
fn unsettled_gains_support_margin_and_do_not_leave() {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 1_000 * DOLLAR), world.opens("bob", 1_000 * DOLLAR));
    // One lot at 1.6000 needs $240 of margin; the maker paid 0.5 bp of $1,600, eight cents, the taker 32.
    world.trades(alice, bob, DEC, 1, 16_000);
    assert_eq!((world.cash(alice), world.cash(bob)), (999_680_000, 999_920_000));
    world.marks(DEC, 17_000);
    // $100 are won and not settled: margin is 15 % of $1,700.
    let margin = 255 * DOLLAR as i128;
    let free = (999_680_000 - margin) as u128;
    assert_eq!((world.equity(alice), world.account(alice).withdrawable.base_units()), (1_099_680_000, free));
    // What is lost does not leave either.
    let lost = (999_920_000 - margin - 100_000_000) as u128;
    assert_eq!(world.account(bob).withdrawable.base_units(), lost);
    assert_eq!(code(world.withdraws(alice, free + 1)), "insufficient_free");
    assert_eq!(code(world.withdraws(bob, lost + 1)), "insufficient_free");
    world.withdraws(alice, free).unwrap();
    world.withdraws(bob, lost).unwrap();
}

#[test]
fn what_is_struck_is_withdrawn_when_it_is_final() {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 1_000 * DOLLAR), world.opens("bob", 1_000 * DOLLAR));
    world.trades(alice, bob, DEC, 1, 16_000);
    world.strike(TOK, &[(DEC, 17_000)], false).unwrap();
    let free = world.account(alice).withdrawable.base_units();
    assert_eq!(free, 999_680_000 - 255_000_000, "pending gains stay");
    world.finalise("TOK").unwrap();
    assert_eq!(world.account(alice).withdrawable.base_units(), free + 100_000_000);
    // A query answers as if touched; a withdrawal touches.
    world.withdraws(alice, free + 100_000_000).unwrap();
}

#[test]
fn a_withdrawal_leaves_what_the_owners_other_accounts_owe() {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 400 * DOLLAR), world.opens("bob", 1_000 * DOLLAR));
    let purse = world.opens("alice", 500 * DOLLAR);
    world.trades(alice, bob, DEC, 1, 16_000);
    world.marks(DEC, 12_800);
    world.marks(DEC, 11_600);
    // The first account stands at $400 − $0.32 − $440.
    assert_eq!(world.equity(alice), -40_320_000);
    assert_eq!(world.account(purse).withdrawable.base_units(), 459_680_000);
    assert_eq!(code(world.withdraws(purse, 459_680_001)), "insufficient_free");
    world.withdraws(purse, 459_680_000).unwrap();
    // What was left pays, and insurance nothing.
    world.buys(bob, DEC, 1, 11_600);
    let outcome = world.liquidates(alice).unwrap();
    assert_eq!(outcome.sum("owner_cover"), 40_320_000);
    assert_eq!((outcome.sum("insurance_cover"), outcome.sum("missing")), (0, 0));
}

#[test]
fn a_fee_takes_no_cash_below_zero() {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 240_100_000), world.opens("bob", 1_000 * DOLLAR));
    // A fee of 32 cents would leave $239.78 for $240 of margin.
    world.sells(bob, DEC, 1, 16_000);
    assert_eq!(code(world.place(alice, (DEC, Side::Buy), 1, 16_000)), "insufficient_margin");
    world.deposits(alice, 220_000);
    world.buys(alice, DEC, 1, 16_000);
    assert_eq!(world.cash(alice), 240 * DOLLAR as i128);
    // All cash but five units is lost at a settlement, and won back on paper: what is there is the fee of a sale.
    world.settles(&[(DEC, 13_600)], false);
    world.marks(DEC, 16_500);
    world.deposits(alice, 5);
    world.buys(bob, DEC, 1, 16_500);
    let outcome = world.sells(alice, DEC, 1, 16_500);
    assert_eq!((outcome.sum("taker_fee"), world.cash(alice)), (5, 0));
}

#[test]
fn a_fee_is_split_and_the_remainder_is_insurances() {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 10_000 * DOLLAR), world.opens("bob", 10_000 * DOLLAR));
    world.sells(bob, DEC, 1, 16_010);
    let outcome = world.buys(alice, DEC, 1, 16_010);
    // 2 bp and 0.5 bp of $1,601: 320,200 and 80,050.
    let half = |from: &str, amount: u128| {
        [(from.to_string(), "insurance".to_string(), amount), (from.to_string(), "treasury".to_string(), amount)]
    };
    assert_eq!(outcome.posted("taker_fee"), half("account:8", 160_100));
    assert_eq!(outcome.posted("maker_fee"), half("account:16", 40_025));
    // One base unit of fee cannot be halved.
    let mut odd = config();
    odd.products[0].fees.taker = Rate::ppm(201);
    odd.insurance_share = Rate::ppm(333_333);
    let mut world = World::with(odd);
    let (alice, bob) = (world.opens("alice", 10_000 * DOLLAR), world.opens("bob", 10_000 * DOLLAR));
    let outcome = world.trades(alice, bob, DEC, 1, 16_010);
    // ⌈1,601,000,000 × 201 / 10^6⌉ = 321,801; the treasury ⌊321,801 × 0.666667⌋ = 214,534.
    let parts: Vec<u128> = outcome.posted("taker_fee").iter().map(|(_, _, amount)| *amount).collect();
    assert_eq!(parts, [107_267, 214_534]);
}

#[test]
fn fees_are_collected_by_anyone_into_the_treasury() {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 10_000 * DOLLAR), world.opens("bob", 10_000 * DOLLAR));
    assert_eq!(code(world.by("anyone", ExecuteMsg::CollectFees {})), "nothing_to_collect");
    world.trades(alice, bob, DEC, 1, 16_000);
    world.by("anyone", ExecuteMsg::CollectFees {}).unwrap();
    assert_eq!(world.bank[addr("treasury").as_str()], 160_000 + 40_000);
    assert_eq!(code(world.by("anyone", ExecuteMsg::CollectFees {})), "nothing_to_collect");
}

#[test]
fn insurance_is_given_to_by_anyone_and_left_by_nobody() {
    let mut world = World::new();
    world.funds(5 * DOLLAR);
    let house = world.account(AccountId::HOUSE);
    assert_eq!((house.cash.base_units(), house.withdrawable), (5 * DOLLAR as i128, Amount::ZERO));
    let take = ExecuteMsg::Withdraw { account: AccountId::HOUSE, amount: Amount::new(1) };
    assert_eq!(code(world.by("governance", take)), "unknown_account");
    let give = ExecuteMsg::Deposit { account: AccountId::HOUSE };
    assert_eq!(code(world.pay("anyone", 1, give)), "unknown_account");
}

#[test]
fn coins_of_strangers_change_nothing() {
    let mut world = World::new();
    world.opens("alice", 5);
    let rows = world.storage.rows();
    *world.bank.get_mut("vault").unwrap() += 3;
    let sheet: tokfut_api::vault::BalanceSheet = world.ask(QueryMsg::BalanceSheet {}).unwrap();
    assert_eq!((sheet.total.base_units(), sheet.bank.base_units()), (5, 8));
    assert_eq!(world.storage.rows(), rows);
}

#[test]
fn a_simulation_says_what_the_clearing_then_does() {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 1_000 * DOLLAR), world.opens("bob", 10_000 * DOLLAR));
    world.sells(bob, DEC, 4, 16_010);
    let clearing = |lots| Clearing {
        fills: vec![market::fill(DEC, Side::Buy, bob, lots, 16_010)],
        ..empty(Purpose::Trade { sender: addr("alice").to_string() }, alice, TOK)
    };
    let mut simulate =
        |lots| -> tokfut_api::vault::SimulatedAccount { world.ask(QueryMsg::SimulateClear(clearing(lots))).unwrap() };
    // Three lots need $720 of $996; five were never offered.
    let told = simulate(3);
    assert_eq!((told.accepted, told.refusal), (true, None));
    let rows = world.storage.rows();
    assert!(world.ask::<tokfut_api::vault::SimulatedAccount>(QueryMsg::SimulateClear(clearing(5))).is_err());
    assert_eq!(world.storage.rows(), rows);
    world.market.orders[0].lots = 1;
    let outcome = world.clear(clearing(3)).unwrap();
    let account = world.account(alice);
    assert_eq!(told.fee.base_units(), outcome.sum("taker_fee"));
    assert_eq!((told.equity_after, told.initial_margin_after), (account.equity, account.initial_margin));
    assert_eq!(told.equity_before.base_units(), 1_000 * DOLLAR as i128);
    let poor: tokfut_api::vault::SimulatedAccount = world
        .ask(QueryMsg::SimulateClear(Clearing {
            book: vec![
                Resting {
                    account: alice,
                    series: DEC,
                    side: Side::Buy,
                    price: price(15_000),
                    lots: 2,
                    reduce_only: false,
                }
                .change(tokfut_api::clearing::RestChange::Rested),
            ],
            ..empty(Purpose::Trade { sender: addr("alice").to_string() }, alice, TOK)
        }))
        .unwrap();
    assert_eq!((poor.accepted, poor.refusal.as_deref()), (false, Some("insufficient_margin")));
}
